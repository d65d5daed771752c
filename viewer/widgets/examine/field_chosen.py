"""Fields of a finding that are chosen with one click: among words, a tick, a colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QToolButton,
)
from typing_extensions import override

from viewer.presenters.examine.finding_fields import COLOURS, YES, Field
from viewer.widgets.bind import tip
from viewer.widgets.elided import ElidedComboBox
from viewer.widgets.examine.field_row import FieldRow
from viewer.widgets.plain import set_tip
from viewer.widgets.theme import colour

_SWATCH_PX = 18


class ChoiceRow(FieldRow):
    """One of several terms; a chance turn of the wheel over it chooses none."""

    @override
    def build(self, field: Field) -> None:
        self._box = _Box()
        self._box.setObjectName(f"finding.{field.name}")
        self._codes: list[str] = []
        self._box.activated.connect(lambda row: self.committed(self._codes[row]))
        self.column.addWidget(self._box)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        with QSignalBlocker(self._box):
            self._box.clear()
            self._codes = [code for code, _ in field.choices]
            self._box.addItems([called for _, called in field.choices])
            known = field.value in self._codes
            self._box.setCurrentIndex(self._codes.index(field.value) if known else -1)
        self._box.setEnabled(field.usable)
        self._box.setAccessibleName(field.label)
        set_tip(self._box, field.label)


class _Box(ElidedComboBox):
    """A choice that the wheel scrolls past: a chance turn of it would be an act."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumContentsLength(4)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class TickRow(FieldRow):
    """A box with its words beside it, which wrap and can be clicked as well."""

    @override
    def build(self, field: Field) -> None:
        self._box = QCheckBox()
        self._box.setObjectName(f"finding.{field.name}")
        self._box.toggled.connect(lambda on: self.committed(YES if on else ""))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box, 0, Qt.AlignmentFlag.AlignTop)
        self.column.removeWidget(self.label)
        self.label.setProperty("role", "")
        self.label.installEventFilter(self)
        row.addWidget(self.label, 1)
        self.column.addLayout(row)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        with QSignalBlocker(self._box):
            self._box.setChecked(field.value == YES)
        self.setEnabled(field.usable)
        self._box.setAccessibleName(field.label)
        set_tip(self._box, field.note or field.label)

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        pressed = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        if pressed and self._box.isEnabled():
            self._box.toggle()
        return False


class ColourRow(FieldRow):
    """Colours beside each other, first that of the kind."""

    @override
    def build(self, field: Field) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(2)
        self._swatches = {one: _Swatch(one) for one in ("", *COLOURS)}
        for one, swatch in self._swatches.items():
            swatch.setObjectName(f"finding.colour.{one or 'kind'}")
            tip(swatch, self.parts.language, f"panel.colour.{one.removeprefix('#') or 'kind'}")
            swatch.clicked.connect(lambda _=False, chosen=one: self.committed(chosen))
            row.addWidget(swatch)
        row.addStretch(1)
        self.column.addLayout(row)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        for one, swatch in self._swatches.items():
            swatch.mark(one == field.value)


class _Swatch(QToolButton):
    """A colour to choose; the one of the kind is a ring."""

    def __init__(self, named: str) -> None:
        super().__init__()
        self._named = named
        self._marked = False
        self.setFixedSize(self.sizeHint())

    def mark(self, marked: bool) -> None:
        """Show whether this one is chosen."""
        self._marked = marked
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_SWATCH_PX, _SWATCH_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self.rect().adjusted(4, 4, -4, -4)
        painter.setPen(colour("quiet"))
        painter.setBrush(QColor(self._named) if self._named else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(inside)
        if self._marked or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colour("accent"))
            painter.drawEllipse(self.rect().adjusted(1, 1, -2, -2))
        painter.end()
