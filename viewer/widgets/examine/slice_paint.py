"""What is painted over a slice: letters, scale, marks; logical pixels of the widget."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.presenters.tools.marks import Mark
from viewer.render.slice_camera import SliceCamera
from viewer.widgets.examine.sheet import FlatSheet, Scaled
from viewer.widgets.theme import TEXT_PX, picture_colour, text_font
from virtopsy.language import Language, say

_SMALL_VIEW_PX = 400.0
_EDGE = 7.0  # px between a text and the edge of the view
_CORNER_SHARE = 0.38  # of the width for a corner's text: the anatomy is in the middle
LETTER_PX = 16
LETTER_ROOM = 26.0  # px at each edge kept free of the crosshair, for the letters
_FOLDS = 3
_COURT_LINES = 2
_COURT_WORD = 1.9  # half of the widest side in words, in heights of the type
COURT_PX = 28  # the smallest type a court room reads from its benches
_END_RADIUS = 6.0
_BADGE_RADIUS = 9.5
_BADGE_OFFSET = 24.0
_NOTICE_PX = 18
_NOTICE_SHARE = 0.3  # of the height: above the crosshair of a view's middle
_SCALE_LENGTHS_MM = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_SCALE_SHARE = 0.28  # of the view's width, at most
NEAR_MM = 2.0
_RIM, _RIM_PX = QColor(0, 0, 0, 130), 2.0


@dataclass(frozen=True)
class Sheet(FlatSheet):
    """The picture of a slice in one of the reading planes."""

    camera: SliceCamera


def text(painter: QPainter, place: QPointF, words: str, tint: QColor) -> None:
    """Draw words with a dark rim, readable on bone and on air; `place` is their baseline."""
    painter.setPen(QColor(0, 0, 0, 200))
    for dx, dy in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        painter.drawText(place + QPointF(dx, dy), words)
    painter.setPen(tint)
    painter.drawText(place, words)


def corner_lines(
    painter: QPainter, width: float, lines: Sequence[str], *, right: bool = False
) -> QRectF:
    """Draw lines of text in an upper corner, before the view's middle; return their box."""
    painter.setFont(text_font())
    metrics = QFontMetricsF(painter.font())
    for row, shown in enumerate(_folded(width, lines, metrics)):
        x = width - _EDGE - metrics.horizontalAdvance(shown) if right else _EDGE
        y = _EDGE + metrics.ascent() + row * metrics.height()
        text(painter, QPointF(x, y), shown, picture_colour("text", 225))
    return corner_area(width, lines, right=right)


def corner_area(width: float, lines: Sequence[str], *, right: bool = False) -> QRectF:
    """Return the area that `corner_lines` takes, logical pixels."""
    metrics = QFontMetricsF(text_font())
    folded = _folded(width, lines, metrics)
    wide = max((metrics.horizontalAdvance(one) for one in folded), default=0.0)
    left = width - _EDGE - wide if right else _EDGE
    return QRectF(left, _EDGE, wide, len(folded) * metrics.height())


def _folded(width: float, lines: Sequence[str], metrics: QFontMetricsF) -> list[str]:
    room = width * _CORNER_SHARE
    if is_small(width):
        room = width / 2 - LETTER_ROOM + _EDGE  # up to the letter in the middle
    return [part for line in lines for part in fold(line, metrics, room)]


def is_small(width: float) -> bool:
    """Tell whether a view has room only for whose scan it is, and of when."""
    return width < _SMALL_VIEW_PX


def fold(line: str, metrics: QFontMetricsF, room: float, *, most: int | None = _FOLDS) -> list[str]:
    """Return a line in as many parts of at most `room` px as it needs, up to `most`.

    A long Kazakh name keeps its last part: a person cut short may be another person. What is
    longer still ends with an ellipsis.
    """
    parts = [""]
    for word in line.split(" "):
        longer = f"{parts[-1]} {word}".strip()
        full = len(parts) == most and parts[-1]
        if full or not parts[-1] or metrics.horizontalAdvance(longer) <= room:
            parts[-1] = longer
        else:
            parts.append(word)
    return [metrics.elidedText(one, Qt.TextElideMode.ElideRight, room) for one in parts]


def remarks(
    painter: QPainter, width: float, height: float, lines: Sequence[str], pixels: int = TEXT_PX
) -> QRectF:
    """Draw short remarks in the lower left corner, in the colour of warnings; return their box.

    They are folded before the letter at the lower edge.
    """
    folded, size = folded_remarks(width, lines, pixels)
    painter.setFont(text_font(size))
    metrics = QFontMetricsF(painter.font())
    taken = QRectF(0, height, 0, 0)
    for row, shown in enumerate(reversed(folded)):
        y = height - _EDGE - metrics.descent() - row * metrics.height()
        wide = metrics.horizontalAdvance(shown)
        ground = QRectF(_EDGE - 3, y - metrics.ascent(), wide + 6, metrics.height())
        painter.fillRect(ground, QColor(0, 0, 0, 150))  # yellow on ivory bone cannot be read
        text(painter, QPointF(_EDGE, y), shown, picture_colour("warning"))
        taken = taken.united(ground)
    return taken


def folded_remarks(
    width: float, lines: Sequence[str], pixels: int = TEXT_PX
) -> tuple[list[str], int]:
    """Return remarks in parts that end before the letter at the lower edge, and the type's size.

    A court's large type is smaller where a remark would take more than two lines of the picture.
    """
    room = width / 2 - _EDGE - pixels * (1 if pixels < COURT_PX else _COURT_WORD)
    size = pixels
    folded = _parts(lines, room, size)
    while size > TEXT_PX and any(len(parts) > _COURT_LINES for parts in folded):
        size -= 1
        folded = _parts(lines, room, size)
    return [part for parts in folded for part in parts], size


def _parts(lines: Sequence[str], room: float, pixels: int) -> list[list[str]]:
    metrics = QFontMetricsF(text_font(pixels))
    return [fold(line, metrics, room, most=None) for line in lines]


def letters(
    painter: QPainter, width: float, height: float, shown: dict[str, str], pixels: int = LETTER_PX
) -> list[QRectF]:
    """Draw the letters, or words, in the middle of the four edges; return their boxes."""
    boxes = []
    painter.setFont(text_font(pixels, bold=True))
    metrics = QFontMetricsF(painter.font())
    for edge, word in shown.items():
        wide = metrics.horizontalAdvance(word)
        middle = QPointF((width - wide) / 2, height / 2 + metrics.capHeight() / 2)
        place = {
            "left": QPointF(_EDGE, middle.y()),
            "right": QPointF(width - wide - _EDGE, middle.y()),
            "top": QPointF(middle.x(), _EDGE + metrics.capHeight()),
            "bottom": QPointF(middle.x(), height - max(_EDGE, metrics.descent() + 1)),
        }[edge]
        text(painter, place, word, picture_colour("accent"))
        boxes.append(QRectF(place.x(), place.y() - metrics.ascent(), wide, metrics.height()))
    return boxes


def sides_in_words(shown: dict[str, str], language: Language) -> dict[str, str]:
    """Return the sides as a court hears them: the leading letter of each edge in a full word."""
    return {edge: say(f"ui.side.{word[0]}", language) for edge, word in shown.items() if word}


def scale_bar(painter: QPainter, sheet: Scaled, words: str, pixels: int = TEXT_PX) -> QRectF:
    """Draw a bar of `scale_mm` in the lower right corner, which `words` name; return its box."""
    length = scale_mm(sheet) / sheet.mm_per_px
    y = sheet.height - _EDGE - 3
    start, end = sheet.width - _EDGE - length, sheet.width - _EDGE
    painter.setFont(text_font(pixels))
    metrics = QFontMetricsF(painter.font())
    for tint, wide in ((QColor(0, 0, 0, 200), 4.0), (picture_colour("text"), 1.6)):
        painter.setPen(QPen(tint, wide))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        for x in (start, end):
            painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 3))
    wide = metrics.horizontalAdvance(words)
    text(painter, QPointF(end - wide, y - 8), words, picture_colour("text"))
    high = 8 + metrics.ascent()
    return QRectF(min(start, end - wide), y - high, max(length, wide), high + 4)


def scale_mm(sheet: Scaled) -> int:
    """Return the longest round length that fits into a share of the view, mm."""
    room = sheet.mm_per_px * sheet.width * _SCALE_SHARE
    return max((one for one in _SCALE_LENGTHS_MM if one <= room), default=_SCALE_LENGTHS_MM[0])


def hatch(painter: QPainter, sheet: Scaled, areas: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Hatch what no acquired plane covers; outlines in pixels of the sheet's camera."""
    # A translucent pen costs ten times an opaque one, on every scrolled slice.
    edge = QPen(picture_colour("warning").darker(160), 1.0)
    for area in areas:
        outline = QPolygonF(
            [QPointF((x + 0.5) / sheet.ratio, (y + 0.5) / sheet.ratio) for x, y in area]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(picture_colour("warning", 45)))
        painter.drawPolygon(outline)
        painter.setPen(edge)
        painter.setBrush(QBrush(picture_colour("warning", 150), Qt.BrushStyle.BDiagPattern))
        painter.drawPolygon(outline)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def notice(painter: QPainter, sheet: Scaled, words: str, pixels: int = _NOTICE_PX) -> QRectF:
    """Write in the middle of the view what stands for the picture; return its box."""
    painter.setFont(text_font(pixels, bold=True))
    room = sheet.width - 2 * _EDGE
    box = QRectF(_EDGE, sheet.height * _NOTICE_SHARE, room, sheet.height)
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
    wrapped = int(flags) | int(Qt.TextFlag.TextWordWrap)
    used = painter.boundingRect(box, wrapped, words).adjusted(-8, -5, 8, 5)
    painter.fillRect(used, QColor(0, 0, 0, 210))
    painter.setPen(picture_colour("warning"))
    painter.drawText(box, wrapped, words)
    return QRectF(used)


def mark(painter: QPainter, sheet: FlatSheet, drawn: Mark) -> None:
    """Draw one track: faint where it is projected, solid where it runs in the slice."""
    start, end = (sheet.place(one) for one in drawn.ends_lps_mm)
    wide = 2.4 if drawn.selected else 1.8
    style = Qt.PenStyle.DashLine if drawn.draft else Qt.PenStyle.SolidLine
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _rimmed(painter, start, end, QPen(picture_colour("trajectory", 150), 1.2, Qt.PenStyle.DotLine))
    part = near_part(sheet, drawn)
    if part is not None:
        first, last = (start + (end - start) * share for share in part)
        _rimmed(painter, first, last, QPen(picture_colour("trajectory"), wide, style))
    for number, (place, lps) in enumerate(zip((start, end), drawn.ends_lps_mm, strict=True)):
        if sheet.is_near(lps):
            ring(painter, place, filled=drawn.entry == number, wide=wide)
    if drawn.entry is not None:
        arrow(painter, start, end, towards_end=drawn.entry == 0)
    badge(painter, start, end, str(drawn.number), selected=drawn.selected)


def _rimmed(painter: QPainter, start: QPointF, end: QPointF, pen: QPen) -> None:
    """Draw a line on a dark one: yellow is nothing on white bone."""
    rim = QPen(_RIM, pen.widthF() + _RIM_PX)
    rim.setCapStyle(Qt.PenCapStyle.FlatCap)
    for one in (rim, pen):
        painter.setPen(one)
        painter.drawLine(start, end)


def near_part(sheet: FlatSheet, drawn: Mark) -> tuple[float, float] | None:
    """Return the share (from, to) of a track that runs within the slice, None if none does."""
    first, second = (sheet.camera.distance_mm(one) for one in drawn.ends_lps_mm)
    change = second - first
    if abs(change) < 1e-9:
        return (0.0, 1.0) if abs(first) <= sheet.near_mm else None
    crossings = sorted(((side * sheet.near_mm) - first) / change for side in (-1, 1))
    low, high = max(crossings[0], 0.0), min(crossings[1], 1.0)
    return (low, high) if low < high else None


def ring(painter: QPainter, place: QPointF, *, filled: bool, wide: float = 2.0) -> None:
    """Draw one end: a ring, with a dot in it where the entry was stated."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 170), wide + 2))
    painter.drawEllipse(place, _END_RADIUS, _END_RADIUS)
    painter.setPen(QPen(picture_colour("trajectory"), wide))
    painter.drawEllipse(place, _END_RADIUS, _END_RADIUS)
    if filled:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(picture_colour("trajectory")))
        painter.drawEllipse(place, 2.4, 2.4)


def arrow(painter: QPainter, start: QPointF, end: QPointF, *, towards_end: bool) -> None:
    """Draw a small head in the middle that points where the bullet travelled."""
    along = end - start if towards_end else start - end
    length = math.hypot(along.x(), along.y())
    if length < 40:
        return  # too short on this view for a head to be more than a blot
    along /= length
    across = QPointF(-along.y(), along.x())
    middle = (start + end) / 2
    painter.setPen(QPen(picture_colour("trajectory"), 1.8))
    for side in (-1, 1):
        painter.drawLine(middle + along * 4, middle - along * 5 + across * (5 * side))


def badge(painter: QPainter, start: QPointF, end: QPointF, number: str, *, selected: bool) -> None:
    """Draw the number in a circle, off the line and beyond its first end."""
    centre = badge_place(start, end)
    back = start - centre
    length = math.hypot(back.x(), back.y()) or 1.0
    painter.setPen(QPen(picture_colour("trajectory", 170), 1.0))
    painter.drawLine(
        centre + back * (_BADGE_RADIUS / length), start - back * (_END_RADIUS / length)
    )
    painter.setPen(QPen(picture_colour("trajectory"), 1.5))
    fill = picture_colour("trajectory") if selected else QColor(0, 0, 0, 190)
    painter.setBrush(QBrush(fill))
    painter.drawEllipse(centre, _BADGE_RADIUS, _BADGE_RADIUS)
    painter.setFont(text_font(bold=True))
    painter.setPen(picture_colour("on_accent") if selected else picture_colour("trajectory"))
    box = QRectF(centre.x() - 20, centre.y() - 20, 40, 40)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, number)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def badge_place(start: QPointF, end: QPointF) -> QPointF:
    """Return where a track's number stands: on from its first end, away from the second."""
    away = np.array([start.x() - end.x(), start.y() - end.y()])
    length = float(np.linalg.norm(away))
    unit = away / length if length > 1 else np.array([0.7, -0.7])
    return start + QPointF(*(unit * _BADGE_OFFSET).tolist())
