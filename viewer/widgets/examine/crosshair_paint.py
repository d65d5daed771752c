"""The crosshair on a slice: its lines, the rings by which it is turned, and its echo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from viewer.widgets.examine.slice_paint import LETTER_ROOM, Sheet
from viewer.widgets.theme import picture_colour
from virtopsy.geometry.plane import Plane

_HANDLE_SHARES = (0.82, 0.7, 0.58, 0.46, 0.34)  # of the way to the end of a line
_HEAD_PX, _HEAD_SHARE, _FOOT_PX = 112.0, 0.4, 44.0  # where words stand, in the corners
_HANDLE_ROOM = 70.0  # px: a shorter line has no handle
_HANDLE_PX = 4.0
_CROSS_GAP = 12.0  # px kept free round the crosshair's middle
_ECHO_PX = (4.0, 11.0)  # from the place to the near and the far end of its cross's arms
_RIM, _RIM_PX = QColor(0, 0, 0, 130), 2.0
_OTHERS = {
    Plane.AXIAL: (Plane.CORONAL, Plane.SAGITTAL),
    Plane.CORONAL: (Plane.AXIAL, Plane.SAGITTAL),
    Plane.SAGITTAL: (Plane.AXIAL, Plane.CORONAL),
}


def crosshair(
    painter: QPainter,
    sheet: Sheet,
    position_mm: Sequence[float],
    *,
    turned: bool = False,
    rings: bool = True,
) -> None:
    """Draw where the two other planes are seen edge on, each in its colour.

    The middle, where the anatomy of interest is, stays free; a ring near each end is what the
    lines are turned by. While they are turned they are drawn stronger.

    Args:
        painter: of the view.
        sheet: how the patient lies on it.
        position_mm: the crosshair, LPS mm.
        turned: whether the mouse turns it now.
        rings: whether it has rings to be turned by.
    """
    at = sheet.place(position_mm)
    for other in _OTHERS[sheet.camera.plane]:
        right, down = sheet.camera.line_of(other)
        along = QPointF(right, down)
        # A translucent pen costs ten times an opaque one, on every scrolled slice.
        tint = picture_colour(other.value) if turned else picture_colour(other.value).darker(135)
        painter.setPen(QPen(tint, 1.6 if turned else 1.0))
        for side in (-1, 1):
            reach = _reach(sheet, at, along * side)
            if reach > _CROSS_GAP:
                painter.drawLine(at + along * (side * _CROSS_GAP), at + along * (side * reach))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for other in _OTHERS[sheet.camera.plane] if rings else ():
        painter.setPen(QPen(picture_colour(other.value, 200), 1.2))
        for place in _handles_of(sheet, at, other):
            painter.drawEllipse(place, _HANDLE_PX, _HANDLE_PX)


def echo(painter: QPainter, sheet: Sheet, lps_mm: Sequence[float]) -> None:
    """Draw the place that is pointed at on the scan beside this one."""
    at = sheet.place(lps_mm)
    for tint, wide in ((_RIM, _RIM_PX + 1.4), (picture_colour("accent"), 1.4)):
        painter.setPen(QPen(tint, wide))
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            step = QPointF(x, y)
            painter.drawLine(at + step * _ECHO_PX[0], at + step * _ECHO_PX[1])


def turn_handles(sheet: Sheet, position_mm: Sequence[float]) -> list[QPointF]:
    """Return the places by which the crosshair is turned, logical pixels; as `crosshair` draws."""
    at = sheet.place(position_mm)
    return [
        place for other in _OTHERS[sheet.camera.plane] for place in _handles_of(sheet, at, other)
    ]


def turn_rings(sheet: Sheet, position_mm: Sequence[float]) -> list[QRectF]:
    """Return the boxes of the rings, which words keep off."""
    side = 2 * _HANDLE_PX + 2
    return [
        QRectF(place.x() - side / 2, place.y() - side / 2, side, side)
        for place in turn_handles(sheet, position_mm)
    ]


def _handles_of(sheet: Sheet, at: QPointF, other: Plane) -> list[QPointF]:
    right, down = sheet.camera.line_of(other)
    along = QPointF(right, down)
    ends = [(side, _reach(sheet, at, along * side)) for side in (-1, 1)]
    found = [
        _clear_place(sheet, at, along * (side * reach))
        for side, reach in ends
        if reach > _HANDLE_ROOM
    ]
    return [one for one in found if one is not None]


def _clear_place(sheet: Sheet, at: QPointF, reach: QPointF) -> QPointF | None:
    """Return a place near the end of a line, off words in the corners; maybe none."""
    places = [at + reach * share for share in _HANDLE_SHARES]
    return next((one for one in places if not _among_words(sheet, one)), None)


def _among_words(sheet: Sheet, place: QPointF) -> bool:
    aside = abs(place.x() - sheet.width / 2) > LETTER_ROOM
    low = place.y() > sheet.height - _FOOT_PX
    return aside and (low or place.y() < min(_HEAD_PX, sheet.height * _HEAD_SHARE))


def _reach(sheet: Sheet, at: QPointF, along: QPointF) -> float:
    """Return how far a line may go from a place before it meets the room of the letters."""
    room = []
    for place, step, size in (
        (at.x(), along.x(), sheet.width),
        (at.y(), along.y(), sheet.height),
    ):
        if abs(step) > 1e-9:
            end = size - LETTER_ROOM if step > 0 else LETTER_ROOM
            room.append((end - place) / step)
    return max(min(room, default=0.0), 0.0)
