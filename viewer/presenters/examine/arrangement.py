"""Where the views lie in the room for each layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FOUR = ("axial", "volume", "coronal", "sagittal")
"""The views, in reading order."""
LARGE_SHARE = 7
"""Of ten: the width that one large view has beside three small ones."""


@dataclass(frozen=True)
class Place:
    """Where a view lies on the grid: row, column, and how many of each it takes."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


_FIXED: Mapping[str, Mapping[str, Place]] = MappingProxyType(
    {
        "all": {
            "axial": Place(0, 0),
            "volume": Place(0, 1),
            "coronal": Place(1, 0),
            "sagittal": Place(1, 1),
        },
        "row": {"axial": Place(0, 0), "coronal": Place(0, 1), "sagittal": Place(0, 2)},
        "path": {
            "along": Place(0, 0, rows=2),
            "across": Place(0, 1),
            "axial": Place(1, 1),
        },
    }
)

_STRETCHES: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = MappingProxyType(
    {"all": ((1, 1), (1, 1)), "row": ((1,), (1, 1, 1)), "path": ((1, 1), (3, 2))}
)


def places(layout: str, large: str) -> Mapping[str, Place]:
    """Return where each view of a layout lies; a view that is not named is not shown.

    Args:
        layout: one of `LAYOUTS` of the views.
        large: the view that has most of the room in "one_three".
    """
    if layout == "one_three":
        small = [one for one in FOUR if one != large]
        beside = {one: Place(row, 1) for row, one in enumerate(small)}
        return {large: Place(0, 0, rows=3), **beside}
    return _FIXED.get(layout, {layout: Place(0, 0)})


def beside(plane: str) -> Mapping[str, Place]:
    """Return where the views lie while a second scan is compared, `plane` of both."""
    return {
        "beside.bar": Place(0, 0, columns=2),
        plane: Place(1, 0),
        "beside.view": Place(1, 1),
    }


BESIDE_STRETCHES = ((0, 1), (1, 1))
"""How `beside` shares the room among rows and among columns."""


def stretches(layout: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return how the room is shared among the rows and among the columns."""
    if layout == "one_three":
        return (1, 1, 1), (LARGE_SHARE, 10 - LARGE_SHARE)
    return _STRETCHES.get(layout, ((1,), (1,)))
