"""The list of findings: number in its colour, name, kind, main number, and an eye to hide it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize
from PySide6.QtCore import Qt as Core
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from typing_extensions import override

from viewer.presenters.examine.findings import Row
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import set_tip
from viewer.widgets.theme import colour, text_font

ROW_PX = 42
_ROW, _ID = Core.ItemDataRole.UserRole + 1, Core.ItemDataRole.UserRole
_DOT_PX, _EDGE_PX, _EYE_PX, _LINE_PX = 20, 5, 18, 18
_LIGHT = 0.45  # brightness from which letters on a colour are dark
_ENTER = {Core.Key.Key_Return, Core.Key.Key_Enter}


def shade(named: str) -> QColor:
    """Return a finding's colour: its own, or that of a kind in the theme that is worn."""
    return QColor(named) if named.startswith("#") else colour(named)


class FindingsList(QListWidget):
    """One click selects and jumps, arrows walk, the eye or Space hides.

    Letters are the room's keys, not a search for names.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("findings.list")
        self.setHorizontalScrollBarPolicy(Core.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setItemDelegate(_RowPaint(self))
        self._parts = parts
        self.currentItemChanged.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def fill(self, rows: tuple[Row, ...], hidden: str, eye: str) -> None:
        """List findings.

        Args:
            rows: what is listed.
            hidden: says of a row that the views do not show it.
            eye: says what the eye does.
        """
        with QSignalBlocker(self):
            self.clear()
            for row in rows:
                item = QListWidgetItem(f"{row.number}   {row.name}\n{_second(row)}")
                item.setData(_ID, row.finding_id)
                item.setData(_ROW, row)
                seen = "" if row.drawn else f" ({hidden})"
                set_tip(item, f"{row.number}   {row.name}\n{_second(row)}{seen}\n{eye}")
                self.addItem(item)
        self.select(self._parts.findings.selected.now)

    def select(self, finding_id: str | None) -> None:
        """Mark the row of a finding without acting as if it had been clicked."""
        with QSignalBlocker(self):
            self.setCurrentRow(-1)
            for row in range(self.count()):
                if self.item(row).data(_ID) == finding_id:
                    self.setCurrentRow(row)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() == Core.Key.Key_Space and item is not None:
            self._parts.findings.toggle(item.data(_ID))
        elif event.key() in _ENTER and item is not None:
            self._parts.findings.choose(item.data(_ID))
        elif event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        item = self.itemAt(place)
        if item is not None and _eye(self.visualItemRect(item)).contains(place):
            self._parts.findings.toggle(item.data(_ID))
        else:
            super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        item = self.itemAt(place)
        if item is None or not _eye(self.visualItemRect(item)).contains(place):
            super().mouseReleaseEvent(event)

    def _choose(self, item: QListWidgetItem | None, _before: object = None) -> None:
        if item is not None:
            self._parts.findings.choose(item.data(_ID))


def _second(row: Row) -> str:
    return " · ".join(one for one in (row.kind, row.summary) if one)


def _eye(row: QRect) -> QRect:
    """Return where the eye of a row is, a little larger than it is drawn."""
    wide = _EYE_PX + 2 * _EDGE_PX
    return QRect(row.right() - wide, row.top(), wide, _LINE_PX + 8)


class _RowPaint(QStyledItemDelegate):
    """Paints a row: what does not fit ends in an ellipsis, the number never does."""

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_DOT_PX, ROW_PX)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        row = index.data(_ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = bool(option.state & QStyle.StateFlag.State_Selected)
        _paint(painter, option.rect, row, marked=marked)
        painter.restore()

    @override
    def editorEvent(self, event: QEvent, *_: object) -> bool:
        return False


def _paint(painter: QPainter, box: QRect, row: Row, *, marked: bool) -> None:
    dot = QRect(box.left() + _EDGE_PX, box.top() + 3, _DOT_PX, _DOT_PX)
    made = shade(row.colour)
    painter.setPen(Core.PenStyle.NoPen)
    painter.setBrush(made)
    painter.drawEllipse(dot)
    painter.setFont(text_font(bold=row.number < 100))
    painter.setPen(QColor("black" if made.lightnessF() > _LIGHT else "white"))
    painter.drawText(dot, Core.AlignmentFlag.AlignCenter, str(row.number))
    words = QRect(dot.right() + 8, box.top() + 3, 0, _LINE_PX)
    eye = _eye(box)
    words.setRight(eye.left() - 2)
    painter.setFont(text_font(bold=marked))
    painter.setPen(colour("text" if row.drawn else "disabled"))
    _write(painter, words, row.name)
    drawing = icon("eye" if row.drawn else "eye_closed", "quiet")
    drawing.paint(painter, QRect(eye.center().x() - _EYE_PX // 2, words.top(), _EYE_PX, _LINE_PX))
    wide = box.width() - 2 * _EDGE_PX
    _paint_second(painter, QRect(dot.left(), words.bottom() + 1, wide, _LINE_PX), row)


def _paint_second(painter: QPainter, box: QRect, row: Row) -> None:
    """Paint the number whole at the right, and as much of the kind as there is room for."""
    painter.setFont(text_font())
    painter.setPen(colour("quiet" if row.drawn else "disabled"))
    wide = painter.fontMetrics().horizontalAdvance(row.summary)
    right = Core.AlignmentFlag.AlignRight | Core.AlignmentFlag.AlignVCenter
    painter.drawText(box, right, row.summary)
    _write(painter, box.adjusted(0, 0, -wide - 6 if wide else 0, 0), row.kind)


def _write(painter: QPainter, box: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Core.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Core.AlignmentFlag.AlignLeft | Core.AlignmentFlag.AlignVCenter, shown)
