"""The little man in a corner of a slice: the body as the reader of that slice sees it.

He shows directions and nothing else: which part of a body was scanned stands in no scan, so no
line across him says where the slice lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer.presenters.examine.figure import Stroke, strokes_on
from viewer.widgets.examine.figure_paint import figure_in
from viewer.widgets.examine.slice_paint import Sheet
from virtopsy.geometry.plane import Plane
from virtopsy.geometry.turn import Turn

_HIGH_PX, _WIDE_PX = 64.0, 44.0
_COURT_TIMES = 1.7
_EDGE_PX, _APART_PX = 10.0, 8.0
_LEAST = 5.0  # figures each way that a view has room for: in smaller ones he lies on anatomy


def room(sheet: Sheet, kept: Sequence[QRectF], *, court: bool) -> QRectF | None:
    """Return where he stands, at the right above the scale; None where there is no room.

    Args:
        sheet: how the patient lies on the view.
        kept: boxes with words, which stay free.
        court: whether he is seen from the benches of a court room.
    """
    sizes = (_COURT_TIMES, 1.0) if court else (1.0,)
    found = (_at_size(sheet, kept, times) for times in sizes)
    return next((box for box in found if box is not None), None)


def _at_size(sheet: Sheet, kept: Sequence[QRectF], times: float) -> QRectF | None:
    wide, high = _WIDE_PX * times, _HIGH_PX * times
    if sheet.width < _LEAST * wide or sheet.height < _LEAST * high:
        return None
    left = sheet.width - _EDGE_PX - wide
    corner = QRectF(left, sheet.height * 0.75, wide, sheet.height / 4)
    below = [one.top() - _APART_PX for one in kept if one.intersects(corner)]
    bottom = min([sheet.height - _EDGE_PX, *below])
    box = QRectF(left, bottom - high, wide, high)
    return None if any(one.intersects(box) for one in kept) else box


def paint(painter: QPainter, sheet: Sheet, box: QRectF) -> None:
    """Paint him into a box."""
    figure_in(painter, _seen(sheet.camera.plane, sheet.camera.turn), box)


@lru_cache(maxsize=8)
def _seen(plane: Plane, turn: Turn) -> tuple[Stroke, ...]:
    return strokes_on(plane, turn)
