"""Texts that end in an ellipsis where they have no room, with the whole text as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStylePainter,
)
from typing_extensions import override

from viewer.widgets.plain import PlainLabel, set_tip

_STYLED_PX = 16
_ICON_GAP_PX = 6
_LIST_EDGE_PX = 26  # frame and scroll bar


class ElidedLabel(PlainLabel):
    """Takes whatever width is left; one line."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        set_tip(self, text)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        style: QStyle = self.style()
        style.drawItemText(
            painter,
            self.rect(),
            middle,
            option.palette,
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )
        painter.end()


class ElidedComboBox(QComboBox):
    """A combo box whose chosen text is never cut within a letter, nor its list at all."""

    def __init__(self) -> None:
        super().__init__()
        self._about = ""  # what the box is for
        self._telling = False
        self.currentTextChanged.connect(self._tell)

    @override
    def sizeHint(self) -> QSize:
        # The style counts its own arrow, not the padding that the style sheet adds to it.
        return super().sizeHint() + QSize(_STYLED_PX, 0)

    @override
    def showPopup(self) -> None:
        """Open the list, as wide as its longest line."""
        needed = self.view().sizeHintForColumn(0) + _LIST_EDGE_PX
        self.view().setMinimumWidth(max(self.view().minimumWidth(), needed))
        super().showPopup()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTipChange and not self._telling:
            self._about = self.toolTip()
            self._tell()
        return super().event(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        """Say the chosen text whole in the tooltip where the box has no room for it."""
        whole, shown = self._texts(self._option())
        self._telling = True
        set_tip(self, self._about if whole == shown else f"{whole}\n{self._about}".strip())
        self._telling = False

    def _option(self) -> QStyleOptionComboBox:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        return option

    def _texts(self, option: QStyleOptionComboBox) -> tuple[str, str]:
        """Return the chosen text, and as much of it as there is room for."""
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        drawn = 0 if option.currentIcon.isNull() else option.iconSize.width() + _ICON_GAP_PX
        whole = option.currentText or self.placeholderText()
        room = field.width() - 4 - drawn
        return whole, self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = self._option()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self._texts(option)[1]
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
