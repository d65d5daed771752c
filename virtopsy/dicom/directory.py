"""DICOMDIR, the index of a carrier (PS3.3 F): what it lists, and what of that is not there.

The files themselves are always looked at; the index only tells whether one of them is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from virtopsy.dicom.carrier import Address
from virtopsy.dicom.series import Problem, Skipped
from virtopsy.language import printable

Reference: TypeAlias = tuple[str, ...]
_ESCAPES: Final = frozenset({"", ".", ".."})


def not_there(
    index: Address, listed: Iterable[Reference], files: Iterable[Address]
) -> Iterator[Skipped]:
    """Yield what a DICOMDIR lists but the carrier does not hold, or what it may not list.

    Args:
        index: where the DICOMDIR lies.
        listed: its references.
        files: what was found on the carrier.
    """
    folder = index.place.parent
    known = {_plain(one.place) for one in files}
    for reference in listed:
        place = folder.joinpath(*(printable(part).replace("/", "\\") for part in reference))
        if any(part in _ESCAPES or "/" in part or "\\" in part for part in reference):
            yield Skipped(place, Problem("unreadable", "escapes"))
        elif _plain(place) not in known:
            yield Skipped(place, Problem("unreadable", "not_there"))


def _plain(place: Path) -> str:
    """Return a path as discs spell it: ISO 9660 may add a version and knows no case."""
    return str(PurePosixPath(place)).casefold().removesuffix(";1").removesuffix(".")
