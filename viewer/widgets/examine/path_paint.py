"""What is painted over the views of a path, and of a drawn path over the slices."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.widgets.examine import mark_paint, slice_paint
from viewer.widgets.examine.sheet import FlatSheet, PathSheet
from viewer.widgets.theme import picture_colour, text_font
from virtopsy.geometry.camera import Point
from virtopsy.geometry.path import Path

_GAP_PX = 12.0  # kept free about the path: what is looked for lies there
_EDGE_PX = 26.0  # and at the edges, for the letters
_HANDLE_SHARE, _HANDLE_PX = 0.8, 4.0
_TAG_BELOW_PX = 22.0
_STEP_MM = 1.0
_DOT_PX = 3.5
_LINE_SHARE = 0.16  # of the height, left free above and below the line of the place
_INSTEAD_PX = 16
_DARK = QColor(0, 0, 0, 170)


def ends(
    painter: QPainter, sheet: PathSheet, length_mm: float, names: tuple[str, str], *, entry: bool
) -> None:
    """Draw both ends and the path between them, dotted: what lies on it must be seen.

    Args:
        painter: of the view.
        sheet: how the path lies on it.
        length_mm: of the path.
        names: of its beginning and its end.
        entry: whether its beginning was stated to be the entry.
    """
    start, end = sheet.on_path(0.0), sheet.on_path(length_mm)
    pen = QPen(picture_colour("trajectory").darker(120), 1.0, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([1.0, 7.0])
    painter.setPen(pen)
    painter.drawLine(start, end)
    for number, at in enumerate((start, end)):
        _end(painter, at, entry=entry and number == 0)
    _tag(painter, sheet, start, names[0] if start.x() >= 0 else f"← {names[0]}")
    _tag(painter, sheet, end, names[1] if end.x() <= sheet.width else f"{names[1]} →")


def _end(painter: QPainter, at: QPointF, *, entry: bool) -> None:
    """Draw an end of the path: a ring, with a dot in it where it was stated to be the entry."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(_DARK, 4.0), QPen(picture_colour("trajectory"), 2.0)):
        painter.setPen(pen)
        painter.drawEllipse(at, mark_paint.RING_PX, mark_paint.RING_PX)
        if entry:
            painter.drawEllipse(at, 1.0, 1.0)


def _tag(painter: QPainter, sheet: PathSheet, place: QPointF, name: str) -> None:
    """Write the name of an end below it, or at the edge beyond which it lies."""
    painter.setFont(text_font())
    metrics = QFontMetricsF(painter.font())
    wide = metrics.horizontalAdvance(name)
    left = min(max(place.x() - wide / 2, 4.0), max(sheet.width - wide - 4, 4.0))
    at = QPointF(left, place.y() + _TAG_BELOW_PX + metrics.ascent() / 2)
    slice_paint.text(painter, at, name, picture_colour("trajectory"))


def place(painter: QPainter, sheet: PathSheet, arc_mm: float, words: str, free_from: float) -> None:
    """Draw where on the path the place is: a line across it, with its mm above.

    Args:
        painter: of the view.
        sheet: how the path lies on it.
        arc_mm: the place.
        words: its mm.
        free_from: logical pixels from the top that the words of the corners take.
    """
    at = sheet.on_path(arc_mm)
    painter.setFont(text_font(bold=True))
    metrics = QFontMetricsF(painter.font())
    top = max(sheet.height * _LINE_SHARE, free_from + metrics.height() + 8)
    for tint, wide in ((_DARK, 3.0), (picture_colour("accent"), 1.2)):
        painter.setPen(QPen(tint, wide))
        painter.drawLine(QPointF(at.x(), top), QPointF(at.x(), at.y() - _GAP_PX))
        low = QPointF(at.x(), sheet.height * (1 - _LINE_SHARE))
        painter.drawLine(QPointF(at.x(), at.y() + _GAP_PX), low)
    wide = metrics.horizontalAdvance(words)
    left = min(max(at.x() - wide / 2, 4.0), max(sheet.width - wide - 4, 4.0))
    ground = QRectF(left - 3, top - metrics.height() - 3, wide + 6, metrics.height() + 2)
    painter.fillRect(ground, QColor(0, 0, 0, 150))
    words_at = QPointF(left, top - 3 - metrics.descent())
    slice_paint.text(painter, words_at, words, picture_colour("accent"))


def cut(painter: QPainter, sheet: FlatSheet, angle: float, *, turned: bool) -> None:
    """Draw where the picture along the path cuts the one across it, and what turns it.

    Args:
        painter: of the view across.
        sheet: how the patient lies on it.
        angle: how far the picture along the path is turned, radians.
        turned: whether the mouse turns it now.
    """
    middle = QPointF(sheet.width / 2, sheet.height / 2)
    along = _up(angle)
    reach = _reach(sheet)
    painter.setPen(QPen(picture_colour("accent").darker(100 if turned else 130), 1.2))
    for side in (-1, 1):
        painter.drawLine(middle + along * (side * _GAP_PX), middle + along * (side * reach))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(picture_colour("accent"), 1.2))
    for at in cut_handles(sheet, angle):
        painter.drawEllipse(at, _HANDLE_PX, _HANDLE_PX)


def cut_handles(sheet: FlatSheet, angle: float) -> tuple[QPointF, QPointF]:
    """Return the two places by which the picture along the path is turned; the first is its top."""
    middle = QPointF(sheet.width / 2, sheet.height / 2)
    reach = _up(angle) * (_HANDLE_SHARE * _reach(sheet))
    return middle + reach, middle - reach


def angle_at(sheet: FlatSheet, place: QPointF) -> float:
    """Return how far the top of the picture along the path is turned where the mouse is."""
    off = place - QPointF(sheet.width / 2, sheet.height / 2)
    return math.atan2(off.x(), -off.y())


def crosshair(painter: QPainter, sheet: FlatSheet, position_mm: Point) -> None:
    """Draw a small cross where the crosshair is, if it lies on this picture off the path."""
    at = sheet.place(position_mm)
    off = at - QPointF(sheet.width / 2, sheet.height / 2)
    if not sheet.is_near(position_mm) or math.hypot(off.x(), off.y()) < 1.5:
        return
    painter.setPen(QPen(picture_colour("text"), 1.2))
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        way = QPointF(dx, dy)
        painter.drawLine(at + way * 4, at + way * 11)


def drawn(
    painter: QPainter, sheet: FlatSheet, path: Path | None, points_mm: Sequence[Point]
) -> None:
    """Draw a path on a slice: its line as it is projected, its points full where they lie on it."""
    if path is not None:
        count = max(math.ceil(path.length_mm / _STEP_MM), 1) + 1
        places = path.at(np.linspace(0.0, path.length_mm, count)).places_mm
        line = QPolygonF([sheet.place(one) for one in places.tolist()])
        for tint, wide in ((_DARK, 3.5), (picture_colour("trajectory"), 1.5)):
            painter.setPen(QPen(tint, wide, Qt.PenStyle.DashLine))
            painter.drawPolyline(line)
    for one in points_mm:
        near = sheet.is_near(one)
        painter.setPen(QPen(picture_colour("trajectory"), 1.5))
        painter.setBrush(picture_colour("trajectory") if near else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(sheet.place(one), _DOT_PX, _DOT_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def instead(painter: QPainter, room: QRect, words: str) -> None:
    """Write in the middle of a view what stands for its picture."""
    painter.setFont(text_font(_INSTEAD_PX))
    painter.setPen(picture_colour("quiet"))
    flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
    painter.drawText(room.adjusted(30, 0, -30, 0), flags, words)


def _up(angle: float) -> QPointF:
    """Return where the top of the picture along the path lies in the one across it."""
    return QPointF(math.sin(angle), -math.cos(angle))


def _reach(sheet: FlatSheet) -> float:
    return max(min(sheet.width, sheet.height) / 2 - _EDGE_PX, _GAP_PX)
