"""How findings are drawn on a flat picture: full where they lie in it, dotted where projected."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from viewer.presenters.tools.marks import Line, Mark
from viewer.widgets.examine.sheet import FlatSheet
from viewer.widgets.theme import picture_colour, text_font
from virtopsy.geometry.frame import Floats

FAR_MM = 10.0
"""What lies further from a picture is not drawn on it, but tracks and what is selected."""
RING_PX = 6.0
_DOT_PX, _DIAMOND_PX, _CROSS_PX = 2.6, 5.5, 6.0
_HANDLE_PX = 4.0
_WIDE, _WIDE_SELECTED, _WIDE_FAR = 1.8, 2.8, 1.2
# A translucent pen costs ten times an opaque one, on every scrolled slice.
_RIM, _RIM_PX = QColor(0, 0, 0), 1.4
_PALE = 130  # how much darker what only is projected
_HEAD_FROM_PX = 40.0  # a shorter arrow's head would be a blot
_TOLD_PX = 15.0  # from the mouse to the number that is told beside it
_TINTS = MappingProxyType({"landmark": "measure", "region": "measure", "key_picture": "note"})
_GROUND = QColor(0, 0, 0, 170)


def tint(mark: Mark, alpha: int = 255) -> QColor:
    """Return the colour of a mark: its own, else that of its kind."""
    if not mark.colour:
        return picture_colour(_TINTS.get(mark.kind, mark.kind), alpha)
    own = QColor(mark.colour)
    own.setAlpha(alpha)
    return own


class Cloud:
    """The points of all marks together, to tell quickly which of them a picture shows.

    Args:
        marks: that are drawn.
    """

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = marks
        each = [(*one.points, *(lps for line in one.lines for lps in line)) for one in marks]
        self._points = np.array([lps for points in each for lps in points]).reshape(-1, 3)
        self._starts = np.cumsum([0, *(len(points) for points in each)])[:-1]
        self._lined = np.array([bool(one.lines) for one in marks])

    def seen(self, sheet: FlatSheet) -> list[tuple[Mark, float]]:
        """Return the marks that a picture shows, each with how far it lies from it, mm.

        Tracks, what is selected and what is being marked are shown from everywhere.
        """
        if not self.marks:
            return []
        camera = sheet.camera
        depths = (self._points - np.array(camera.centre_mm)) @ camera.normal_mm
        low = np.minimum.reduceat(depths, self._starts)
        high = np.maximum.reduceat(depths, self._starts)
        away = np.minimum.reduceat(np.abs(depths), self._starts)
        away = np.where(self._lined & (low <= 0) & (high >= 0), 0.0, away)
        reach = max(FAR_MM, sheet.near_mm)
        return [
            (one, mm)
            for one, mm in zip(self.marks, away.tolist(), strict=True)
            if mm <= reach or one.selected or one.draft or one.kind == "trajectory"
        ]


def paint(painter: QPainter, sheet: FlatSheet, mark: Mark) -> None:
    """Draw a mark on a picture that shows it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in mark.lines:
        _line(painter, sheet, mark, line)
    for number, lps in enumerate(mark.points):
        _point(painter, sheet, mark, number, near=sheet.is_near(lps))
    if mark.kind == "trajectory" and mark.entry is not None and len(mark.points) > 1:
        start, end = (sheet.place(one) for one in mark.points[:2])
        _travel(painter, mark, start, end, towards_end=mark.entry == 0)
    if mark.arrow and sheet.is_near(mark.points[0]):
        _tip(painter, mark, *(sheet.place(one) for one in mark.points[:2]))
    if mark.unlocked:
        handles(painter, [sheet.place(one) for one in mark.points if sheet.is_near(one)])


def told_beside(painter: QPainter, view: QRectF, mark: Mark, at: QPointF, words: str) -> None:
    """Write the number of what is being marked beside the mouse."""
    painter.setFont(text_font(bold=True))
    metrics = QFontMetricsF(painter.font())
    box = QRectF(0, 0, metrics.horizontalAdvance(words) + 10, metrics.height() + 4)
    right = at.x() + _TOLD_PX + box.width() <= view.right()
    below = at.y() + _TOLD_PX + box.height() <= view.bottom()
    x = at.x() + _TOLD_PX if right else at.x() - _TOLD_PX - box.width()
    y = at.y() + _TOLD_PX if below else at.y() - _TOLD_PX - box.height()
    box.moveTo(max(x, view.left()), max(y, view.top()))
    painter.fillRect(box, _GROUND)
    painter.setPen(tint(mark))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def handles(painter: QPainter, places: Sequence[QPointF]) -> None:
    """Draw what the points of an unlocked finding are dragged by."""
    painter.setPen(QPen(QColor(0, 0, 0, 190), 1.0))
    painter.setBrush(picture_colour("text"))
    for at in places:
        corner = at - QPointF(_HANDLE_PX, _HANDLE_PX)
        painter.drawRect(QRectF(corner.x(), corner.y(), 2 * _HANDLE_PX, 2 * _HANDLE_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def near_parts(sheet: FlatSheet, line: Line) -> list[tuple[QPointF, QPointF]]:
    """Return the pieces of a line that run within the picture, logical pixels."""
    return _pieces(_places(sheet, line), _depths(sheet, line), sheet.near_mm)


def _line(painter: QPainter, sheet: FlatSheet, mark: Mark, line: Line) -> None:
    places, depths = _places(sheet, line), _depths(sheet, line)
    within = bool((np.abs(depths) <= sheet.near_mm).all())
    if not within:
        painter.setPen(QPen(tint(mark).darker(_PALE), _WIDE_FAR, Qt.PenStyle.DotLine))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in places.tolist()]))
    wide = _WIDE_SELECTED if mark.selected else _WIDE
    style = Qt.PenStyle.DashLine if mark.draft else Qt.PenStyle.SolidLine
    pen = QPen(tint(mark), wide, style)
    if within:
        _rimmed(painter, QPolygonF([QPointF(x, y) for x, y in places.tolist()]), pen)
        return
    for start, end in _pieces(places, depths, sheet.near_mm):
        _rimmed(painter, QPolygonF([start, end]), pen)


def _pieces(places: Floats, depths: Floats, near_mm: float) -> list[tuple[QPointF, QPointF]]:
    pieces = []
    for n in range(len(depths) - 1):
        share = _share_near(float(depths[n]), float(depths[n + 1]), near_mm)
        if share is not None:
            ends = [places[n] + one * (places[n + 1] - places[n]) for one in share]
            pieces.append((QPointF(*ends[0].tolist()), QPointF(*ends[1].tolist())))
    return pieces


def _share_near(first: float, second: float, near_mm: float) -> tuple[float, float] | None:
    """Return from where to where, as shares, a piece lies near; None where it nowhere does."""
    change = second - first
    if abs(change) < 1e-9:
        return (0.0, 1.0) if abs(first) <= near_mm else None
    crossings = sorted((side * near_mm - first) / change for side in (-1, 1))
    low, high = max(crossings[0], 0.0), min(crossings[1], 1.0)
    return (low, high) if low < high else None


def _rimmed(painter: QPainter, line: QPolygonF, pen: QPen) -> None:
    """Draw a line on a dark one: yellow is nothing on white bone."""
    rim = QPen(_RIM, pen.widthF() + _RIM_PX)
    rim.setCapStyle(Qt.PenCapStyle.FlatCap)
    for one in (rim, pen):
        painter.setPen(one)
        painter.drawPolyline(line)


def _point(painter: QPainter, sheet: FlatSheet, mark: Mark, number: int, *, near: bool) -> None:
    """Draw one point; what only is projected is a pale ring, of points that stand alone."""
    at = sheet.place(mark.points[number])
    if near:
        sign(painter, at, mark, number)
    elif not mark.lines:
        painter.setPen(QPen(tint(mark).darker(_PALE), _WIDE_FAR, Qt.PenStyle.DotLine))
        painter.drawEllipse(at, RING_PX, RING_PX)


def sign(painter: QPainter, at: QPointF, mark: Mark, number: int) -> None:
    """Draw the sign of a kind at one of its points; the first one tells it, others are dots."""
    wide = _WIDE_SELECTED if mark.selected else _WIDE
    main = number == 0 or mark.kind == "trajectory"
    draw = _SIGNS.get(mark.kind, _dot) if main else _dot
    for pen in (QPen(_RIM, wide + 2), QPen(tint(mark), wide)):
        painter.setPen(pen)
        draw(painter, at)
        if mark.entry == number or (mark.kind == "wound" and main):
            painter.drawEllipse(at, 1.0, 1.0)


def _ring(painter: QPainter, at: QPointF) -> None:
    painter.drawEllipse(at, RING_PX, RING_PX)


def _diamond(painter: QPainter, at: QPointF) -> None:
    corners = [QPointF(0, -1), QPointF(1, 0), QPointF(0, 1), QPointF(-1, 0)]
    painter.drawPolygon(QPolygonF([at + one * _DIAMOND_PX for one in corners]))


def _cross(painter: QPainter, at: QPointF) -> None:
    for x, y in ((1, 0), (0, 1)):
        painter.drawLine(at - QPointF(x, y) * _CROSS_PX, at + QPointF(x, y) * _CROSS_PX)


def _dot(painter: QPainter, at: QPointF) -> None:
    painter.drawEllipse(at, _DOT_PX, _DOT_PX)


_SIGNS: Mapping[str, Callable[[QPainter, QPointF], None]] = MappingProxyType(
    {"trajectory": _ring, "wound": _ring, "fragment": _diamond, "landmark": _cross}
)


def _travel(
    painter: QPainter, mark: Mark, start: QPointF, end: QPointF, *, towards_end: bool
) -> None:
    """Draw a small head in the middle that points where the bullet travelled."""
    along = end - start if towards_end else start - end
    length = math.hypot(along.x(), along.y())
    if length >= _HEAD_FROM_PX:
        middle = (start + end) / 2
        _head(painter, mark, middle + along * (4 / length), along / length, 5.0)


def _tip(painter: QPainter, mark: Mark, tip: QPointF, tail: QPointF) -> None:
    along = tip - tail
    length = math.hypot(along.x(), along.y())
    if length > 1:
        _head(painter, mark, tip, along / length, 6.0)


def _head(painter: QPainter, mark: Mark, tip: QPointF, along: QPointF, size: float) -> None:
    across = QPointF(-along.y(), along.x())
    painter.setPen(QPen(tint(mark), _WIDE_SELECTED if mark.selected else _WIDE))
    for side in (-1, 1):
        painter.drawLine(tip, tip - along * (1.8 * size) + across * (size * side))


def _places(sheet: FlatSheet, line: Line) -> Floats:
    """(n, 2) where points are painted, logical pixels."""
    camera = sheet.camera
    off = (np.array(line) - np.array(camera.centre_mm)) / camera.mm_per_pixel
    middle = np.array(((camera.width - 1) / 2, (camera.height - 1) / 2))
    pixels = np.stack((off @ camera.right_mm, off @ camera.down_mm), axis=1) + middle
    places: Floats = (pixels + 0.5) / sheet.ratio
    return places


def _depths(sheet: FlatSheet, line: Line) -> Floats:
    """(n,) how far points lie behind the picture, mm."""
    depths: Floats = (np.array(line) - np.array(sheet.camera.centre_mm)) @ sheet.camera.normal_mm
    return depths


def brush(mark: Mark) -> QBrush:
    """Return what the number's circle of a mark is filled with."""
    return QBrush(tint(mark) if mark.selected else QColor(0, 0, 0, 200))
