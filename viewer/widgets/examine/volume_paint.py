"""What is painted over the 3D picture: marks with their labels in the margin, handles, outline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.presenters.examine.margin import Margin, label_places
from viewer.presenters.tools.marks import Mark
from viewer.widgets.examine import mark_paint, slice_paint
from viewer.widgets.examine.volume_stage import Placed, Stage
from viewer.widgets.theme import TEXT_PX, picture_colour, text_font
from virtopsy.geometry.frame import Floats

_EDGE = 7.0
_RADIUS = 9.5  # for type of the usual size
_ABOVE_LETTER, _BELOW_LETTER = 2.9, 1.7  # heights of the type, from middle to middle
_HANDLE_PX = 7.0
_FAR_HANDLE_PX = 5.0
_TAIL_PX = 26.0
_RIM = QColor(0, 0, 0, 200)
_SCALE_LENGTHS_MM = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_SCALE_SHARE = 0.22  # of the view's width, at most
_NAMES_FROM_PX = 640.0  # a view at least so wide has room for names beside the numbers
_NAME_SHARE = 0.16
_BESIDE_PX = 4.0  # between a number, its name and its line


def position(painter: QPainter, at: QPointF) -> None:
    """Draw where the slices meet."""
    for tint, wide in ((_RIM, 3.0), (picture_colour("accent", 230), 1.4)):
        painter.setPen(QPen(tint, wide))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(at + QPointF(4 * dx, 4 * dy), at + QPointF(11 * dx, 11 * dy))


def drafts(painter: QPainter, stage: Stage, drawn: Sequence[Mark]) -> None:
    """Draw what is not recorded yet, which the picture itself does not have."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for one in drawn:
        if not one.draft:
            continue
        for line in one.lines:
            painter.setPen(QPen(mark_paint.tint(one), 2.0, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF([stage.place(lps) for lps in line]))
        for number, lps in enumerate(one.points):
            mark_paint.sign(painter, stage.place(lps), one, number)


def told(painter: QPainter, stage: Stage, mark: Mark, words: str) -> None:
    """Write the number of what is being marked beside its newest point."""
    view = QRectF(0, 0, stage.width, stage.height)
    mark_paint.told_beside(painter, view, mark, stage.place(mark.points[-1]), words)


def labels(
    painter: QPainter, stage: Stage, drawn: Sequence[Mark], margin: Margin, pixels: int = TEXT_PX
) -> list[tuple[QRectF, str]]:
    """Write each mark's number, and its name where there is room, in the margin, with a line.

    Where there is no room for all, the selected one is written and those listed first. Return the
    boxes of the numbers with the findings they stand for.

    Args:
        painter: of the view.
        stage: how the patient lies on it.
        drawn: what is named.
        margin: where names may stand.
        pixels: size of the type.
    """
    if not margin.has_room:
        return []  # a number over words could not be read; the slices have it
    radius, boxes = badge_radius(pixels), []
    drawn = sorted(drawn, key=lambda one: not one.selected)[: margin.rooms]
    anchors = [stage.place(one.anchor) for one in drawn]
    places = label_places([(one.x(), one.y()) for one in anchors], margin)
    for one, anchor, (x, y) in zip(drawn, anchors, places, strict=True):
        at = QPointF(x, y)
        inwards = 1.0 if x < stage.width / 2 else -1.0
        name = _shown_name(stage, one, pixels)
        from_name = inwards * (radius + (_BESIDE_PX + _wide(name, pixels) if name else 0.0))
        for tint, wide in ((QColor(0, 0, 0, 150), 3.0), (mark_paint.tint(one, 210), 1.2)):
            painter.setPen(QPen(tint, wide))
            painter.drawLine(at + QPointF(from_name, 0), anchor)
        number_badge(painter, at, one, pixels)
        if name:
            _name(painter, name, at, inwards, pixels)
        box = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
        boxes.append((box, one.finding_id or ""))
    return boxes


def badge_radius(pixels: int) -> float:
    """Return how large the circle of a number is for type of this size."""
    return pixels * _RADIUS / TEXT_PX


def number_badge(painter: QPainter, at: QPointF, mark: Mark, pixels: int) -> None:
    """Draw the number of a mark in a circle."""
    radius, colour = badge_radius(pixels), mark_paint.tint(mark)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(mark_paint.brush(mark))
    painter.drawEllipse(at, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(text_font(pixels, bold=True))
    painter.setPen(picture_colour("on_accent") if mark.selected else colour)
    box = QRectF(at.x() - 2 * radius, at.y() - 2 * radius, 4 * radius, 4 * radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(mark.number))


def _shown_name(stage: Stage, mark: Mark, pixels: int) -> str:
    """Return the name beside a number, as much of it as there is room for; empty: none."""
    if stage.width < _NAMES_FROM_PX:
        return ""
    metrics = QFontMetricsF(text_font(pixels))
    return metrics.elidedText(mark.name, Qt.TextElideMode.ElideRight, stage.width * _NAME_SHARE)


def _wide(name: str, pixels: int) -> float:
    return QFontMetricsF(text_font(pixels)).horizontalAdvance(name) + _BESIDE_PX


def _name(painter: QPainter, name: str, at: QPointF, inwards: float, pixels: int) -> None:
    """Write a name beside its number, inwards of it."""
    painter.setFont(text_font(pixels))
    metrics = QFontMetricsF(painter.font())
    off = badge_radius(pixels) + _BESIDE_PX
    x = at.x() + off if inwards > 0 else at.x() - off - metrics.horizontalAdvance(name)
    place = QPointF(x, at.y() + metrics.capHeight() / 2)
    slice_paint.text(painter, place, name, picture_colour("text"))


def edges(painter: QPainter, stage: Stage, drawn: Sequence[tuple[Floats, Floats]]) -> None:
    """Draw the edges of the crop box."""
    for tint, wide in ((QColor(0, 0, 0, 140), 3.0), (picture_colour("accent", 190), 1.2)):
        painter.setPen(QPen(tint, wide))
        for start, end in drawn:
            painter.drawLine(stage.place(start), stage.place(end))


def handle(painter: QPainter, stage: Stage, one: Placed, *, grabbed: bool) -> None:
    """Draw what can be grabbed, and the way it goes where that is seen.

    A disc is near; a smaller ring lies behind.
    """
    at, grip = one.at, one.handle
    if at != one.seen_at:
        _tinted_line(painter, at, _towards(at, one.seen_at, _TAIL_PX), 1.2)
    if stage.turned(grip.direction):
        step = stage.place(np.add(grip.lps_mm, grip.direction)) - stage.place(grip.lps_mm)
        step /= max(float(np.hypot(step.x(), step.y())), 1e-9)
        _tinted_line(painter, at - step * 15, at + step * 15, 2.0)
    tint = picture_colour("text" if grabbed else "accent")
    radius = _FAR_HANDLE_PX if one.far else _HANDLE_PX
    painter.setPen(QPen(tint, 2.0) if one.far else QPen(_RIM, 1.5))
    painter.setBrush(QBrush(_RIM if one.far else tint))
    painter.drawEllipse(at, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _tinted_line(painter: QPainter, start: QPointF, end: QPointF, wide: float) -> None:
    for tint, breadth in ((_RIM, wide + 2), (picture_colour("accent"), wide)):
        painter.setPen(QPen(tint, breadth))
        painter.drawLine(start, end)


def _towards(start: QPointF, end: QPointF, most: float) -> QPointF:
    """Return a place on the way from start to end, at most so far."""
    way = end - start
    length = float(np.hypot(way.x(), way.y()))
    return end if length <= most else start + way * (most / length)


def outline(painter: QPainter, stage: Stage, drawn: Sequence[tuple[float, float]]) -> None:
    """Draw what the scalpel is cutting out."""
    if len(drawn) < 2:
        return
    line = QPolygonF([stage.place_drawn(right, up) for right, up in drawn])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(picture_colour("wound", 60)))
    painter.drawPolygon(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for tint, wide in ((_RIM, 4.0), (picture_colour("wound"), 2.0)):
        painter.setPen(QPen(tint, wide))
        painter.drawPolyline(line)
    painter.setPen(QPen(picture_colour("wound"), 1.2, Qt.PenStyle.DashLine))
    painter.drawLine(line.last(), line.first())


def scale_mm(stage: Stage) -> int:
    """Return the longest round length that fits into a share of the view, mm."""
    room = stage.mm_per_pixel * stage.width * _SCALE_SHARE
    return max((one for one in _SCALE_LENGTHS_MM if one <= room), default=_SCALE_LENGTHS_MM[0])


def scale_bar(
    painter: QPainter, stage: Stage, end: QPointF, words: str, pixels: int = TEXT_PX
) -> None:
    """Draw a bar of `scale_mm` that ends at a place; only a parallel camera has one scale."""
    start = end - QPointF(scale_mm(stage) / stage.mm_per_pixel, 0)
    painter.setFont(text_font(pixels))
    for tint, wide in ((_RIM, 4.0), (picture_colour("text"), 1.6)):
        painter.setPen(QPen(tint, wide))
        painter.drawLine(start, end)
        for x in (start, end):
            painter.drawLine(x - QPointF(0, 4), x + QPointF(0, 3))
    wide = QFontMetricsF(painter.font()).horizontalAdvance(words)
    slice_paint.text(painter, end - QPointF(wide, 8), words, picture_colour("text"))


def remarks(
    painter: QPainter, width: float, height: float, folded: Sequence[str], pixels: int = TEXT_PX
) -> float:
    """Draw folded remarks in the lower left corner; return how high they are, logical pixels."""
    slice_paint.remarks(painter, width, height, folded, pixels)
    tall = QFontMetricsF(text_font(pixels)).height()
    return len(folded) * tall + _EDGE if folded else 0.0


def sentence(painter: QPainter, around: QRectF, words: str) -> None:
    """Say something where the picture would be."""
    painter.setFont(text_font())
    painter.setPen(picture_colour("quiet"))
    middle = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    upper = around.adjusted(30, 30, -30, -0.4 * around.height())  # hints and controls lie below
    painter.drawText(upper, middle, words)


def margin_of(
    width: float,
    top: float,
    low: tuple[float, float],
    letters: tuple[float, float],
    pixels: int = TEXT_PX,
) -> Margin:
    """Return where labels may stand: beside the picture, clear of corners, letters and man.

    Args:
        width: of the view, logical pixels.
        top: y below which nothing of the corners stands.
        low: y above which nothing else stands at the left, and at the right.
        letters: y of the middles of the letters there.
        pixels: size of the type.
    """
    radius = badge_radius(pixels)
    side = _EDGE + radius + 1
    spans = [
        _beside_letter(top + radius, lowest - radius, letter, pixels)
        for lowest, letter in zip(low, letters, strict=True)
    ]
    return Margin(side, width - side, spans[0], spans[1], 2 * radius + 5)


def _beside_letter(top: float, low: float, letter: float, pixels: int) -> tuple[float, float]:
    """Return the longer part of a margin, above a letter or below it.

    The name of a label stands below its number, so it needs more room above a letter.
    """
    above = (top, letter - _ABOVE_LETTER * pixels)
    below = (letter + _BELOW_LETTER * pixels, low)
    return max(above, below, key=lambda one: one[1] - one[0])
