"""The labels of findings in the margins of a picture: number, name and main number, with a line.

A label keeps off the anatomy as far as the margin has room, off other labels, and always off the
words, letters and scale of the view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from viewer.presenters.tools.marks import Mark
from viewer.widgets.examine import mark_paint, slice_paint
from viewer.widgets.examine.label_layout import SIDEWAYS, Margins
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.theme import TEXT_PX, picture_colour, text_font

BADGE_PX = 9.5
_PAD = 4.0
_NAME_SHARE = 0.24  # of the view's width, at most
_WORDS_FROM_PX = 400.0  # a smaller view has room for numbers only
_MOST = 14
_LEADER_SHORT = 7.0  # px the line ends before what it points at
_LINE_RIM = QColor(0, 0, 0)


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


def labels(
    sheet: FlatSheet,
    marks: Sequence[tuple[Mark, float]],
    grey: NDArray[np.uint8],
    kept: Sequence[QRectF],
    pixels: int = TEXT_PX,
) -> list[Label]:
    """Return where the labels of the marks on a picture stand.

    Args:
        sheet: how the patient lies on the view.
        marks: that it shows, with how far each lies from it, mm.
        grey: (height, width) the picture.
        kept: boxes that stay free.
        pixels: size of the type; a court's has room for numbers alone.
    """
    named = [pair for pair in marks if pair[0].number and _is_named(sheet, *pair)]
    named.sort(key=lambda pair: (not pair[0].selected, pair[1]))
    if not named:
        return []
    margins = Margins(grey, sheet.width, sheet.height, kept)
    told = [(one, _spots(sheet, one)) for one, _ in named[:_MOST]]
    told.sort(key=lambda pair: pair[1][0].y())
    placed = (_placed(sheet, one, spots, margins, pixels) for one, spots in told)
    return [one for one in placed if one is not None]


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


def _is_named(sheet: FlatSheet, mark: Mark, away_mm: float) -> bool:
    """Tell whether a mark has a label here: not where it only is projected from another slice."""
    return away_mm <= sheet.near_mm or mark.selected or mark.kind == "trajectory"


def _placed(
    sheet: FlatSheet, mark: Mark, spots: Sequence[QPointF], margins: Margins, pixels: int
) -> Label | None:
    """Return the label where it costs least; without words where they fit nowhere."""
    metrics, radius = QFontMetricsF(text_font()), badge_px(pixels)
    words = [one for one in (mark.name, mark.told) if one]
    room = sheet.width * _NAME_SHARE
    lines = tuple(metrics.elidedText(one, Qt.TextElideMode.ElideRight, room) for one in words)
    worded = pixels == TEXT_PX and sheet.width >= _WORDS_FROM_PX
    for shown in (lines, ()) if worded else ((),):
        wide = max((metrics.horizontalAdvance(one) for one in shown), default=-_PAD)
        high = max(2 * radius, metrics.height() * len(shown))
        box = margins.take(spots, 2 * radius + _PAD + wide, high)
        if box is not None:
            left = box.center().x() < sheet.width / 2
            x = box.left() + radius if left else box.right() - radius
            near = min(spots, key=lambda one: _weighed(box, one))
            return Label(mark, box, QPointF(x, box.center().y()), near, shown)
    return None


def _weighed(box: QRectF, spot: QPointF) -> float:
    off = box.center() - spot
    return abs(off.y()) + SIDEWAYS * abs(off.x())


def _spots(sheet: FlatSheet, mark: Mark) -> list[QPointF]:
    """Return where a label may point: what lies on the picture, else what is projected on it."""
    points = [sheet.place(one) for one in mark.points if sheet.is_near(one)]
    pieces = [piece for line in mark.lines for piece in mark_paint.near_parts(sheet, line)]
    on_it = [*points, *(end for piece in pieces for end in piece)]
    return on_it or [sheet.place(one) for one in mark.points]
