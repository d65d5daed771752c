"""The labels of findings in the margins of a picture: number, name and main number, with a line.

A label keeps off the anatomy as far as the margin has room, off other labels, and always off the
words, letters and scale of the view.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from viewer.presenters.tools.marks import Mark
from viewer.widgets.examine import mark_paint, slice_paint
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.theme import TEXT_PX, picture_colour, text_font
from virtopsy.geometry.frame import Floats

BADGE_PX = 9.5
_EDGE = 7.0
_PAD = 4.0
_APART = 4.0
_NAME_SHARE = 0.24  # of the view's width, at most
_WORDS_FROM_PX = 400.0  # a smaller view has room for numbers only
_MOST = 14
_STEP_PX = 7.0
_SEEN_GREY, _EVERY = 28, 4
_COVERED, _SPARED = 900.0, 0.02  # what it costs to lie on anatomy, and how much of it costs nothing
_CROSSED = 260.0  # what it costs to cross another line or words
_LEADER_SHORT = 7.0  # px the line ends before what it points at
_SIDEWAYS = 0.3  # a px to the side costs so much of one up or down
_LINE_RIM = QColor(0, 0, 0, 150)


@dataclass(frozen=True)
class Label:
    """One label where it stands.

    Attributes:
        mark: what it names.
        box: that it takes, logical pixels.
        badge: the middle of its number's circle.
        anchor: the point of the mark that its line goes to, the nearest one.
        lines: its words.
    """

    mark: Mark
    box: QRectF
    badge: QPointF
    anchor: QPointF
    lines: tuple[str, ...]

    @property
    def leader(self) -> QLineF:
        """The line from the label to what it names."""
        x = min(max(self.anchor.x(), self.box.left()), self.box.right())
        y = min(max(self.anchor.y(), self.box.top()), self.box.bottom())
        line = QLineF(QPointF(x, y), self.anchor)
        line.setLength(max(line.length() - _LEADER_SHORT, 0.0))
        return line


class Anatomy:
    """Where a picture shows something: how much of a box it fills, asked quickly.

    Args:
        grey: (height, width) the picture.
        width, height: of the view that it fills, logical pixels.
    """

    def __init__(self, grey: NDArray[np.uint8], width: float, height: float) -> None:
        seen = (grey[::_EVERY, ::_EVERY] > _SEEN_GREY).astype(np.int32)
        self._sums = np.pad(seen.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        rows, columns = seen.shape
        self._down, self._across = rows / height, columns / width

    def shares(self, left: Floats, top: Floats, wide: float, high: float) -> Floats:
        """(n,) share of boxes of one size that is anatomy."""
        rows, columns = self._sums.shape
        x0 = np.clip((left * self._across).astype(int), 0, columns - 1)
        x1 = np.clip(np.ceil((left + wide) * self._across).astype(int), 0, columns - 1)
        y0 = np.clip((top * self._down).astype(int), 0, rows - 1)
        y1 = np.clip(np.ceil((top + high) * self._down).astype(int), 0, rows - 1)
        sums = self._sums
        found = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
        shares: Floats = found / np.maximum((x1 - x0) * (y1 - y0), 1)
        return shares


def labels(
    sheet: FlatSheet,
    marks: Sequence[Mark],
    grey: NDArray[np.uint8],
    kept: Sequence[QRectF],
    pixels: int = TEXT_PX,
) -> list[Label]:
    """Return where the labels of the marks on a picture stand.

    Args:
        sheet: how the patient lies on the view.
        marks: every mark; those of other slices have no label here.
        grey: (height, width) the picture.
        kept: boxes that stay free.
        pixels: size of the type; a court's has room for numbers alone.
    """
    named = [one for one in marks if _has_label(sheet, one)]
    named.sort(key=lambda one: (not one.selected, mark_paint.nearest_mm(sheet, one)))
    if not named:
        return []
    anatomy = Anatomy(grey, sheet.width, sheet.height)
    placed: list[Label] = []
    for one in sorted(named[:_MOST], key=lambda one: sheet.place(one.anchor).y()):
        found = _placed(
            sheet, one, anatomy, [*kept, *(each.box for each in placed)], placed, pixels
        )
        if found is not None:
            placed.append(found)
    return placed


def paint(painter: QPainter, placed: Sequence[Label], pixels: int = TEXT_PX) -> None:
    """Draw labels with their lines; lines first, so that none lies on a label."""
    for one in placed:
        for tint, wide in ((_LINE_RIM, 2.6), (mark_paint.tint(one.mark), 1.0)):
            painter.setPen(QPen(tint, wide))
            painter.drawLine(one.leader)
    for one in placed:
        badge(painter, one.mark, one.badge, pixels)
        painter.setFont(text_font())
        metrics = QFontMetricsF(painter.font())
        left = one.badge.x() < one.box.center().x()
        for row, words in enumerate(one.lines):
            wide = metrics.horizontalAdvance(words)
            x = one.badge.x() + BADGE_PX + _PAD if left else one.badge.x() - BADGE_PX - _PAD - wide
            y = one.box.top() + metrics.ascent() + row * metrics.height()
            slice_paint.text(painter, QPointF(x, y), words, picture_colour("text"))


def badge_px(pixels: int) -> float:
    """Return how large the circle of a number is for type of this size."""
    return pixels * BADGE_PX / TEXT_PX


def badge(painter: QPainter, mark: Mark, at: QPointF, pixels: int = TEXT_PX) -> None:
    """Draw a number in a circle."""
    colour, radius = mark_paint.tint(mark), badge_px(pixels)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(mark_paint.brush(mark))
    painter.drawEllipse(at, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(text_font(pixels, bold=True))
    painter.setPen(picture_colour("on_accent") if mark.selected else colour)
    box = QRectF(at.x() - 2 * radius, at.y() - 2 * radius, 4 * radius, 4 * radius)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(mark.number))


def _has_label(sheet: FlatSheet, mark: Mark) -> bool:
    if not mark.number or not mark_paint.is_drawn(sheet, mark):
        return False
    seen = mark_paint.nearest_mm(sheet, mark) <= sheet.near_mm
    return seen or mark.selected or mark.kind == "trajectory"


def _placed(  # noqa: PLR0913, PLR0917 -- what is named, what it keeps off, and how large
    sheet: FlatSheet,
    mark: Mark,
    anatomy: Anatomy,
    taken: Sequence[QRectF],
    placed: Sequence[Label],
    pixels: int,
) -> Label | None:
    """Return the label where it costs least; without words where they fit nowhere."""
    metrics, radius = QFontMetricsF(text_font()), badge_px(pixels)
    words = [one for one in (mark.name, mark.told) if one]
    room = sheet.width * _NAME_SHARE
    lines = tuple(metrics.elidedText(one, Qt.TextElideMode.ElideRight, room) for one in words)
    worded = pixels == TEXT_PX and sheet.width >= _WORDS_FROM_PX
    spots = _spots(sheet, mark)
    for shown in (lines, ()) if worded else ((),):
        wide = max((metrics.horizontalAdvance(one) for one in shown), default=-_PAD)
        size = (2 * radius + _PAD + wide, max(2 * radius, metrics.height() * len(shown)))
        box = _best(sheet, spots, size, anatomy, taken, [one.leader for one in placed])
        if box is not None:
            left = box.center().x() < sheet.width / 2
            x = box.left() + radius if left else box.right() - radius
            near = min(spots, key=lambda one: QLineF(box.center(), one).length())
            return Label(mark, box, QPointF(x, box.center().y()), near, shown)
    return None


def _spots(sheet: FlatSheet, mark: Mark) -> list[QPointF]:
    """Return where a label may point: what lies on the picture, else what is projected on it."""
    points = [sheet.place(one) for one in mark.points if sheet.is_near(one)]
    pieces = [piece for line in mark.lines for piece in mark_paint.near_parts(sheet, line)]
    on_it = [*points, *(end for piece in pieces for end in piece)]
    return on_it or [sheet.place(one) for one in mark.points]


def _best(  # noqa: PLR0913, PLR0917 -- what it points at, its size, and what it keeps off
    sheet: FlatSheet,
    spots: Sequence[QPointF],
    size: tuple[float, float],
    anatomy: Anatomy,
    taken: Sequence[QRectF],
    leaders: Sequence[QLineF],
) -> QRectF | None:
    wide, high = size
    tops = np.arange(_EDGE, sheet.height - _EDGE - high, _STEP_PX)
    if not len(tops):
        return None
    lefts = np.repeat([_EDGE, sheet.width - _EDGE - wide], len(tops))
    tops = np.tile(tops, 2)
    away = np.full(len(tops), math.inf)
    for one in spots:
        up, aside = np.abs(tops + high / 2 - one.y()), np.abs(lefts + wide / 2 - one.x())
        away = np.minimum(away, up + _SIDEWAYS * aside)
    covered = np.maximum(anatomy.shares(lefts, tops, wide, high) - _SPARED, 0.0)
    cost = away + _COVERED * covered
    for n in np.argsort(cost, kind="stable").tolist():
        box = QRectF(lefts[n], tops[n], wide, high)
        around = box.adjusted(-_APART, -_APART / 2, _APART, _APART / 2)
        if any(around.intersects(one) for one in taken):
            cost[n] = math.inf
    best, least = None, math.inf
    for n in np.argsort(cost, kind="stable").tolist():
        if cost[n] >= least:
            break
        box = QRectF(lefts[n], tops[n], wide, high)
        near = min(spots, key=lambda one: QLineF(box.center(), one).length())
        whole = cost[n] + _CROSSED * _crossings(box, near, taken, leaders)
        if whole < least:
            best, least = box, whole
    return best


def _crossings(
    box: QRectF, anchor: QPointF, taken: Sequence[QRectF], leaders: Sequence[QLineF]
) -> int:
    """Return how many words and lines the line to a place would cross."""
    line = QLineF(box.center(), anchor)
    bounded = QLineF.IntersectionType.BoundedIntersection
    crossed = sum(line.intersects(one)[0] == bounded for one in leaders)
    return crossed + sum(_goes_through(line, one) for one in taken)


def _goes_through(line: QLineF, box: QRectF) -> bool:
    corners = (box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft())
    bounded = QLineF.IntersectionType.BoundedIntersection
    sides = zip(corners, (*corners[1:], corners[0]), strict=True)
    return any(line.intersects(QLineF(*side))[0] == bounded for side in sides)
