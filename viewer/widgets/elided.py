"""Texts that end in an ellipsis where they have no room, with the whole text as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
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
    """A combo box whose chosen text is never cut within a letter."""

    @override
    def sizeHint(self) -> QSize:
        # The style counts its own arrow, not the padding that the style sheet adds to it.
        return super().sizeHint() + QSize(_STYLED_PX, 0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        drawn = 0 if option.currentIcon.isNull() else option.iconSize.width() + _ICON_GAP_PX
        whole = option.currentText or self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(
            whole, Qt.TextElideMode.ElideRight, field.width() - 4 - drawn
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
