"""Regions on a slice: their outline, their handles, and their statistics off the anatomy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from viewer.presenters.tools.region import HANDLES, Drawn, Sign
from viewer.widgets.examine import slice_paint
from viewer.widgets.examine.slice_paint import Sheet
from viewer.widgets.theme import picture_colour, text_font
from virtopsy.imaging.roi import Outline, Region

_GRAB_PX = 8.0
_HANDLE_PX = 3.5
_RIM = QColor(0, 0, 0, 190)
_GROUND = QColor(0, 0, 0, 185)
_BESIDE_PX = 12.0
_PAD_X, _PAD_Y = 5.0, 3.0
_LETTER_ROOM = 24.0
_ROWS = (0.1, 0.2, 0.3, 0.4, 0.55, 0.65, 0.75, 0.85)  # of the height, where lines may begin too
_FAR = 0.25  # grey values that a label's pixel of distance weighs
_COVERED = 800.0  # grey values that a label weighs which covers something else


def form(sheet: Sheet, region: Region) -> QTransform:
    """Return how the square from -1 to 1 lies on the view that the region fills."""
    middle = sheet.place(region.centre_mm)
    centre = np.array(region.centre_mm)
    right = sheet.place((centre + np.array(region.right) * region.half_right_mm).tolist()) - middle
    down = sheet.place((centre + np.array(region.down) * region.half_down_mm).tolist()) - middle
    return QTransform(right.x(), right.y(), down.x(), down.y(), middle.x(), middle.y())


def handle_places(sheet: Sheet, region: Region) -> dict[Sign, QPointF]:
    """Return where a region can be resized."""
    lying = form(sheet, region)
    return {sign: lying.map(QPointF(*sign)) for sign in HANDLES}


def taken(
    sheet: Sheet, regions: Sequence[Drawn], selected: int | None, place: QPointF
) -> tuple[int, Sign | None] | None:
    """Return what the mouse takes at a place: a region and one of its handles, or all of it.

    A region is taken by its line; the selected one also from within.
    """
    for one in reversed(regions):
        if one.number == selected:
            for sign, spot in handle_places(sheet, one.region).items():
                if math.hypot(*(spot - place).toTuple()) <= _GRAB_PX:
                    return one.number, sign
    for one in reversed(regions):
        if _on_line(sheet, one.region, place, within=one.number == selected):
            return one.number, None
    return None


def _on_line(sheet: Sheet, region: Region, place: QPointF, *, within: bool) -> bool:
    lying = form(sheet, region)
    back, possible = lying.inverted()
    if not possible:
        return False
    u, v = back.map(place).toTuple()
    reach = math.hypot(u, v) if region.outline is Outline.ELLIPSE else max(abs(u), abs(v))
    thinnest = min(math.hypot(lying.m11(), lying.m12()), math.hypot(lying.m21(), lying.m22()))
    return abs(reach - 1) * thinnest <= _GRAB_PX or (within and reach < 1)


def outline(painter: QPainter, sheet: Sheet, region: Region, *, selected: bool) -> None:
    """Draw the line round a region, and its handles where it is selected."""
    path = QPainterPath()
    if region.outline is Outline.ELLIPSE:
        path.addEllipse(QPointF(0, 0), 1, 1)
    else:
        path.addRect(QRectF(-1, -1, 2, 2))
    drawn = form(sheet, region).map(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    wide = 2.2 if selected else 1.6
    for pen in (QPen(_RIM, wide + 2), QPen(picture_colour("measure"), wide)):
        painter.setPen(pen)
        painter.drawPath(drawn)
    if not selected:
        return
    painter.setPen(QPen(_RIM, 1.0))
    painter.setBrush(picture_colour("text"))
    for place in handle_places(sheet, region).values():
        side = 2 * _HANDLE_PX
        painter.drawRect(QRectF(place.x() - _HANDLE_PX, place.y() - _HANDLE_PX, side, side))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def around(sheet: Sheet, region: Region) -> QRectF:
    """Return the box round a region on the view."""
    return form(sheet, region).mapRect(QRectF(-1, -1, 2, 2))


def label(
    painter: QPainter, sheet: Sheet, region: Region, lines: Sequence[str], box: QRectF
) -> None:
    """Write a region's lines into a box, joined to it by a thin line."""
    at = around(sheet, region)
    edge = QPointF(
        min(max(at.center().x(), box.left()), box.right()),
        min(max(at.center().y(), box.top()), box.bottom()),
    )
    rim = _rim_towards(sheet, region, edge)
    if rim is not None:
        painter.setPen(QPen(picture_colour("measure"), 1.0))
        painter.drawLine(rim, edge)
    painter.fillRect(box, _GROUND)
    painter.setFont(text_font())
    metrics = QFontMetricsF(painter.font())
    for row, line in enumerate(lines):
        y = box.top() + _PAD_Y + metrics.ascent() + row * metrics.height()
        slice_paint.text(painter, QPointF(box.left() + _PAD_X, y), line, picture_colour("text"))


def _rim_towards(sheet: Sheet, region: Region, place: QPointF) -> QPointF | None:
    """Return where a line from the middle of a region leaves it; None for a place within."""
    lying = form(sheet, region)
    u, v = lying.inverted()[0].map(place).toTuple()
    reach = math.hypot(u, v) if region.outline is Outline.ELLIPSE else max(abs(u), abs(v))
    return lying.map(QPointF(u / reach, v / reach)) if reach > 1 else None


def label_size(lines: Sequence[str]) -> QSizeF:
    """Return how much room lines of statistics take."""
    metrics = QFontMetricsF(text_font())
    wide = max(metrics.horizontalAdvance(line) for line in lines)
    return QSizeF(wide + 2 * _PAD_X, metrics.height() * len(lines) + 2 * _PAD_Y)


def label_box(
    size: QSizeF, beside: QRectF, view: QSizeF, grey: NDArray[np.uint8], kept: Sequence[QRectF]
) -> QRectF | None:
    """Return where lines stand best: near their region, on the dark; None where they fit nowhere.

    Args:
        size: of the lines.
        beside: the box round the region.
        view: its width and height.
        grey: (height, width) the picture that fills the view.
        kept: boxes that stay free: what they hold must be read.
    """
    free = QRectF(4, 4, view.width() - 8, view.height() - 8)

    def cost(box: QRectF) -> float:
        away = math.hypot(*(box.center() - beside.center()).toTuple())
        return _brightness(box, view, grey) + _FAR * away + _COVERED * _share(box, beside)

    possible = [
        box
        for box in _candidates(size, beside, free)
        if free.contains(box) and not any(box.intersects(one) for one in kept)
    ]
    return min(possible, key=cost, default=None)


def _candidates(size: QSizeF, beside: QRectF, free: QRectF) -> list[QRectF]:
    wide, high = size.toTuple()
    middle = beside.center()
    columns = [
        beside.right() + _BESIDE_PX,
        beside.left() - _BESIDE_PX - wide,
        middle.x() - wide / 2,
        free.left() + _LETTER_ROOM,
        free.right() - _LETTER_ROOM - wide,
    ]
    rows = [
        middle.y() - high / 2,
        beside.bottom() + _BESIDE_PX,
        beside.top() - _BESIDE_PX - high,
        *(free.top() + free.height() * share for share in _ROWS),
    ]
    return [
        QRectF(
            min(max(x, free.left()), max(free.right() - wide, free.left())),
            min(max(y, free.top()), max(free.bottom() - high, free.top())),
            wide,
            high,
        )
        for x in columns
        for y in rows
    ]


def _share(box: QRectF, other: QRectF) -> float:
    common = box.intersected(other)
    return common.width() * common.height() / (box.width() * box.height())


def _brightness(box: QRectF, view: QSizeF, grey: NDArray[np.uint8]) -> float:
    rows, columns = grey.shape
    across, down = columns / view.width(), rows / view.height()
    part = grey[
        max(int(box.top() * down), 0) : max(int(box.bottom() * down), 1),
        max(int(box.left() * across), 0) : max(int(box.right() * across), 1),
    ]
    return float(part[::3, ::3].mean()) if part.size else 255.0
