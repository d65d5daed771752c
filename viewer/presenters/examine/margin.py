"""Where labels stand beside a picture: in its margins, in the order of what they point at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Margin:
    """The two columns of a view in which labels may stand; pixels from the upper left corner.

    Attributes:
        left, right: x of the labels' middles.
        left_span, right_span: the y between which a label's middle may lie, in each column; the
            second is the smaller one where there is no room.
        step: the least distance between the middles of two labels.
    """

    left: float
    right: float
    left_span: tuple[float, float]
    right_span: tuple[float, float]
    step: float

    @property
    def rooms(self) -> int:
        """How many labels can stand apart, in both columns together."""
        return _room(self, right=False) + _room(self, right=True)

    @property
    def has_room(self) -> bool:
        """Whether a label can stand anywhere."""
        return any(low <= high for low, high in (self.left_span, self.right_span))


def label_places(
    anchors: Sequence[tuple[float, float]], margin: Margin
) -> list[tuple[float, float]]:
    """Return for each anchor (x, y) where its label stands.

    A label takes the nearer column, or the other one where that is full. Within a column labels
    keep the order of their anchors from top to bottom, so that no two leader lines cross.
    """
    middle = (margin.left + margin.right) / 2
    wanted: dict[bool, list[int]] = {True: [], False: []}
    for index in sorted(range(len(anchors)), key=lambda one: abs(anchors[one][0] - middle))[::-1]:
        first = anchors[index][0] >= middle
        full = len(wanted[first]) >= _room(margin, right=first)
        side = not first if full and _is_freer(wanted, margin, right=not first) else first
        wanted[side].append(index)
    places = [(0.0, 0.0)] * len(anchors)
    for side, indices in wanted.items():
        column, span = (
            (margin.right, margin.right_span) if side else (margin.left, margin.left_span)
        )
        ordered = sorted(indices, key=lambda one: anchors[one][1])
        heights = _spread([anchors[one][1] for one in ordered], span, margin.step)
        for index, height in zip(ordered, heights, strict=True):
            places[index] = (column, height)
    return places


def _is_freer(wanted: dict[bool, list[int]], margin: Margin, *, right: bool) -> bool:
    """Tell whether a column has room where the opposite one has none left."""
    if _room(margin, right=not right) == 0:
        return _room(margin, right=right) > 0
    return len(wanted[right]) < len(wanted[not right])


def _room(margin: Margin, *, right: bool) -> int:
    low, high = margin.right_span if right else margin.left_span
    return int((high - low) / margin.step) + 1 if high >= low else 0


def _spread(wanted: Sequence[float], span: tuple[float, float], step: float) -> list[float]:
    """Return rising heights at least a step apart, as near as they can be to where they point."""
    low, high = span[0], max(span)
    if len(wanted) > 1:
        step = min(step, max(high - low, 0.0) / (len(wanted) - 1))
    placed: list[float] = []
    for height in wanted:
        least = placed[-1] + step if placed else low
        placed.append(max(height, least))
    most = high
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], most)
        most = placed[index] - step
    return placed
