"""The editor of the transfer function: histogram, line and points, over the 3D view."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.presenters.examine.transfer import TransferPoint
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.elided import ElidedLabel
from viewer.widgets.examine.colour_row import ColourRow
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.theme import colour, text_font
from virtopsy.imaging.preset import Scale

_GRAB_PX = 9.0
_POINT_PX = 5.0
_EDGE = 8.0
_HEIGHT_PX = 150
_TICKS = 6


class TransferCurve(QWidget):
    """The line from value to opacity over the volume's histogram; its points are dragged."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("volume.curve")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self._parts, self._transfer = parts, parts.transfer
        self._dragged: int | None = None
        follow(self, self._transfer.histogram, lambda _: self.update())
        follow(self, self._transfer.selected, lambda _: self.update())
        follow(self, parts.views.edited, lambda _: self.update())
        follow(self, parts.views.preset, lambda _: self.update())
        follow(self, parts.theme, lambda _: self.update())

    @override
    def sizeHint(self) -> QSize:
        return QSize(340, _HEIGHT_PX)

    def place(self, point: TransferPoint) -> QPointF:
        """Return where a point is drawn, logical pixels."""
        low, high = self._transfer.span
        across = (point.value - low) / (high - low)
        field = self._field()
        return QPointF(
            field.left() + across * field.width(), field.bottom() - point.opacity * field.height()
        )

    def _meant(self, place: QPointF) -> tuple[float, float]:
        """Return the value and the opacity of a place."""
        low, high = self._transfer.span
        field = self._field()
        across = (place.x() - field.left()) / field.width()
        return low + across * (high - low), (field.bottom() - place.y()) / field.height()

    def _field(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE - 12)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = self._field()
        painter.fillRect(field, colour("background"))
        self._paint_histogram(painter, field)
        self._paint_scale(painter, field)
        self._paint_line(painter, field)
        painter.end()

    def _paint_histogram(self, painter: QPainter, field: QRectF) -> None:
        counted = self._transfer.histogram.now
        if counted is None:
            return
        wide = field.width() / len(counted.heights)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(colour("hover")))
        for number, height in enumerate(counted.heights.tolist()):
            tall = height * field.height()
            painter.drawRect(
                QRectF(field.left() + number * wide, field.bottom() - tall, wide + 0.5, tall)
            )

    def _paint_scale(self, painter: QPainter, field: QRectF) -> None:
        low, high = self._transfer.span
        step = _round_step((high - low) / _TICKS)
        painter.setFont(text_font())
        painter.setPen(colour("quiet"))
        value = math.ceil(low / step) * step
        while value <= high:
            x = field.left() + (value - low) / (high - low) * field.width()
            text = f"{value:g}"
            wide = painter.fontMetrics().horizontalAdvance(text)
            left = min(max(x - wide / 2, 0.0), self.width() - wide)
            painter.drawText(QPointF(left, field.bottom() + 14), text)
            value += step

    def _paint_line(self, painter: QPainter, field: QRectF) -> None:
        points = self._transfer.points
        if not points:
            return
        line = [self.place(one) for one in points]
        line = [QPointF(field.left(), line[0].y()), *line, QPointF(field.right(), line[-1].y())]
        tint = QLinearGradient(field.left(), 0, field.right(), 0)
        low, high = self._transfer.span
        for one in points:
            share = min(max((one.value - low) / (high - low), 0.0), 1.0)
            tint.setColorAt(share, QColor.fromRgbF(*one.colour, 0.55))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(tint))
        corners = [QPointF(field.left(), field.bottom()), QPointF(field.right(), field.bottom())]
        painter.drawPolygon(QPolygonF([corners[0], *line, corners[1]]))
        painter.setPen(QPen(colour("text"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        for number, one in enumerate(points):
            chosen = number == self._transfer.selected.now
            painter.setPen(QPen(colour("accent" if chosen else "text"), 2.5 if chosen else 1.5))
            painter.setBrush(QBrush(QColor.fromRgbF(*one.colour)))
            painter.drawEllipse(self.place(one), _POINT_PX, _POINT_PX)

    def _at(self, place: QPointF) -> int | None:
        near = [
            (math.hypot(*(self.place(one) - place).toTuple()), number)
            for number, one in enumerate(self._transfer.points)
        ]
        distance, number = min(near, default=(math.inf, 0))
        return number if distance <= _GRAB_PX else None

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragged = self._at(event.position())
        self._transfer.selected.set(self._dragged)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None and event.buttons():
            self._transfer.move(self._dragged, *self._meant(event.position()))
        grabs = self._at(event.position()) is not None or self._dragged is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if grabs else Qt.CursorShape.CrossCursor)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._at(event.position()) is None:
            self._dragged = self._transfer.add(*self._meant(event.position()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self._transfer.selected.now
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and chosen is not None:
            self._transfer.remove(chosen)
        else:
            super().keyPressEvent(event)


class TransferPanel(QFrame):
    """The curve with what acts on it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("volume.transfer")
        self._parts, self._transfer = parts, parts.transfer
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.setSpacing(3)
        row = QHBoxLayout()
        self._said = ElidedLabel()
        row.addStretch(1)
        self._remove = self._button(row, "curve.remove")
        self._remove.clicked.connect(self._take_away)
        self._reset = self._button(row, "curve.reset")
        self._reset.clicked.connect(self._transfer.reset)
        close = QToolButton()
        close.setObjectName("volume.curve.close")
        close.setIcon(icon("close"))
        close.clicked.connect(lambda: self._transfer.shown.set(False))
        tip(close, parts.language, "volume3d.curve.tip")
        row.addWidget(close)
        column.addLayout(row)
        column.addWidget(self._said)
        column.addWidget(ColourRow(parts))
        self.curve = TransferCurve(parts)
        column.addWidget(self.curve, 1)
        follow(self, self._transfer.selected, lambda _: self._say())
        follow(self, parts.views.edited, lambda _: self._say())
        follow(self, parts.language, lambda _: self._say())
        follow(self, self._transfer.shown, self.setVisible)

    def _button(self, row: QHBoxLayout, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"volume.{name}")
        words(button, self._parts.language, button.setText, f"volume3d.{name}")
        tip(button, self._parts.language, f"volume3d.{name}.tip")
        row.addWidget(button)
        return button

    def _say(self) -> None:
        chosen, points = self._transfer.selected.now, self._transfer.points
        there = chosen is not None and chosen < len(points)
        self._remove.setEnabled(there and len(points) > 2)
        self._reset.setEnabled(self._transfer.is_edited)
        if chosen is None or not there:
            self._said.setText(self._parts.say("volume3d.curve.hint"))
            return
        point, preset = points[chosen], self._transfer.preset
        hu = preset is None or preset.scale is Scale.HU
        self._said.setText(
            self._parts.say(
                "volume3d.curve.point",
                value=self._parts.number(point.value, 0 if hu else 2),
                unit=self._parts.say("volume3d.unit.HU" if hu else "volume3d.unit.signal"),
                opacity=self._parts.number(point.opacity, 2),
            )
        )

    def _take_away(self) -> None:
        if self._transfer.selected.now is not None:
            self._transfer.remove(self._transfer.selected.now)


def _round_step(rough: float) -> float:
    decade = 10.0 ** math.floor(math.log10(rough))
    return next(step * decade for step in (1.0, 2.0, 5.0, 10.0) if step * decade >= rough)
