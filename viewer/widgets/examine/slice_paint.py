"""What is painted over a slice: letters, scale, marks; logical pixels of the widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

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
_NOTICE_PX = 18
_NOTICE_SHARE = 0.3  # of the height: above the crosshair of a view's middle
_SCALE_LENGTHS_MM = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_SCALE_SHARE = 0.28  # of the view's width, at most
NEAR_MM = 2.0


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
