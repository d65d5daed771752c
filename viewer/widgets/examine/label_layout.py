"""Where labels stand in the two margins of a picture; all places are weighed at once.

Pixels are logical ones of the view, from its upper left corner.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from virtopsy.geometry.frame import Floats

EDGE_PX = 7.0
_APART_PX, _APART_UP_PX = 4.0, 2.0
_STEP_PX = 9.0
_SEEN_GREY, _EVERY = 28, 4
_COVERED, _SPARED = 900.0, 0.02  # what it costs to lie on anatomy, and how much of it costs nothing
_CROSSED = 260.0  # what it costs to cross another line or words
SIDEWAYS = 0.3  # a px to the side costs so much of one up or down
_LEVEL = 1e-9


class Anatomy:
    """Where a picture shows something: how much of a box it fills, asked quickly.

    Args:
        grey: (height, width) the picture.
        width, height: of the view that it fills.
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


class Margins:
    """The room beside a picture, as it fills with labels.

    Args:
        grey: (height, width) the picture.
        width, height: of the view.
        kept: boxes that stay free.
    """

    def __init__(
        self, grey: NDArray[np.uint8], width: float, height: float, kept: Sequence[QRectF]
    ) -> None:
        self._width, self._height = width, height
        self._anatomy = Anatomy(grey, width, height)
        self._taken = [_corners(one) for one in kept]
        self._lines: list[tuple[float, float, float, float]] = []

    def take(self, spots: Sequence[QPointF], wide: float, high: float) -> QRectF | None:
        """Return the box where a label costs least, and keep it; None where it fits nowhere.

        Args:
            spots: what its line may go to, at least one.
            wide: of the label.
            high: of the label.
        """
        tops = np.arange(EDGE_PX, self._height - EDGE_PX - high, _STEP_PX)
        lefts = np.repeat([EDGE_PX, self._width - EDGE_PX - wide], len(tops))
        boxes = np.stack((lefts, np.tile(tops, 2)), axis=1)
        boxes = boxes[~self._overlaps(boxes, wide, high)]
        if not len(boxes):
            return None
        middles = boxes + np.array((wide / 2, high / 2))
        targets = np.array([(one.x(), one.y()) for one in spots])
        away = np.abs(middles[:, 1:] - targets[:, 1])
        away += SIDEWAYS * np.abs(middles[:, :1] - targets[:, 0])
        nearest = targets[away.argmin(axis=1)]
        covered = self._anatomy.shares(boxes[:, 0], boxes[:, 1], wide, high)
        cost = away.min(axis=1) + _COVERED * np.maximum(covered - _SPARED, 0.0)
        cost += _CROSSED * self._crossed(middles, nearest)
        best = int(cost.argmin())
        left, top = boxes[best].tolist()
        box = QRectF(left, top, wide, high)
        self._taken.append(_corners(box))
        self._lines.append((*middles[best].tolist(), *nearest[best].tolist()))
        return box

    def _overlaps(self, boxes: Floats, wide: float, high: float) -> NDArray[np.bool_]:
        """(n,) whether boxes of one size come near what is taken."""
        if not self._taken:
            return np.zeros(len(boxes), np.bool_)
        left, top, right, bottom = np.array(self._taken).T
        x, y = boxes[:, :1], boxes[:, 1:]
        across = (x < right + _APART_PX) & (x + wide > left - _APART_PX)
        near = across & (y < bottom + _APART_UP_PX) & (y + high > top - _APART_UP_PX)
        return np.asarray(near.any(axis=1))

    def _crossed(self, starts: Floats, ends: Floats) -> Floats:
        """(n,) how many boxes and lines the lines from (n, 2) to (n, 2) go through."""
        count = np.zeros(len(starts))
        if self._taken:
            count += _through(starts, ends, np.array(self._taken)).sum(axis=1)
        if self._lines:
            count += _meet(starts, ends, np.array(self._lines)).sum(axis=1)
        return count


def _through(starts: Floats, ends: Floats, boxes: Floats) -> NDArray[np.bool_]:
    """(n, m) which lines go through which boxes (Liang and Barsky 1984)."""
    shape = (len(starts), len(boxes))
    enters, leaves = np.zeros(shape), np.ones(shape)
    for axis in (0, 1):
        begin, along = starts[:, axis, None], (ends - starts)[:, axis, None]
        along = np.where(np.abs(along) < _LEVEL, _LEVEL, along)
        one, other = (boxes[:, axis] - begin) / along, (boxes[:, axis + 2] - begin) / along
        enters = np.maximum(enters, np.minimum(one, other))
        leaves = np.minimum(leaves, np.maximum(one, other))
    return np.asarray(enters <= leaves)


def _meet(starts: Floats, ends: Floats, lines: Floats) -> NDArray[np.bool_]:
    """(n, m) which lines cross which others: the ends of each lie on both sides of the other."""
    ax, ay, bx, by = starts[:, :1], starts[:, 1:], ends[:, :1], ends[:, 1:]
    cx, cy, dx, dy = lines.T
    one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    other = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    apart = one * other < 0
    one = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    other = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    return np.asarray(apart & (one * other < 0))


def _corners(box: QRectF) -> tuple[float, float, float, float]:
    return box.left(), box.top(), box.right(), box.bottom()
