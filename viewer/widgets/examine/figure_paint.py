"""How the little man is painted: in the corner of the 3D view, and of every slice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from viewer.presenters.examine.figure import Stroke
from viewer.widgets.theme import picture_colour

_DIM = 0.45  # how much darker the furthest limb is
_RIM_PX = 3.0
_RIM = QColor(0, 0, 0, 210)


def figure(painter: QPainter, drawn: Sequence[Stroke], middle: QPointF, half_px: float) -> None:
    """Paint the figure, `half_px` for half of his height, his middle at `middle`."""
    for one in drawn:
        _line(painter, one, middle, half_px, _RIM, _RIM_PX)
    for one in drawn:
        _line(painter, one, middle, half_px, _tint(one), 0.0)


def figure_in(painter: QPainter, drawn: Sequence[Stroke], box: QRectF) -> None:
    """Paint the figure as large as a box allows, in its middle."""
    edges = [
        (right + side * one.radius, up + side * one.radius)
        for one in drawn
        for right, up in (one.start, one.end)
        for side in (-1, 1)
    ]
    left, right = min(x for x, _ in edges), max(x for x, _ in edges)
    low, high = min(y for _, y in edges), max(y for _, y in edges)
    half = min(box.width() / (right - left), box.height() / (high - low))
    middle = box.center() - QPointF((left + right) / 2, -(low + high) / 2) * half
    figure(painter, drawn, middle, half)


def _line(  # noqa: PLR0913, PLR0917 -- a limb, where, how large, and its pen
    painter: QPainter, one: Stroke, middle: QPointF, half: float, tint: QColor, rim: float
) -> None:
    start, end = (middle + QPointF(right * half, -up * half) for right, up in (one.start, one.end))
    wide = 2 * one.radius * half + rim
    if start == end:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(tint))
        painter.drawEllipse(start, wide / 2, wide / 2)
        return
    painter.setPen(QPen(tint, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(start, end)


def _tint(one: Stroke) -> QColor:
    base = {
        "skin": QColor("#d9b08c"),
        "shirt": QColor("#8d98a5"),
        "left": picture_colour("sagittal"),
        "right": QColor("#c9cdd2"),
        "dark": QColor("#23272c"),
    }[one.tint]
    return base.darker(round(100 * (1 + _DIM * (1 - one.nearness))))
