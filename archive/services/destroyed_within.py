"""Which zips of a case still hold bytes that are destroyed: a zip is kept beside its members.

A zip's own directory tells size and CRC-32 of its members. That finds a file in it whatever it is
called there, also one that had come by itself before. What a damaged or lying directory does not
tell, the names do by which the members were taken in.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from archive.ports import Blobs
from archive.records import FileRow
from virtopsy.confined import Lost, each
from virtopsy.dicom.carrier import ZIP_ERRORS, zip_checksums
from virtopsy.errors import IntegrityError
from virtopsy.exhibit.exhibit import Kind
from virtopsy.jobs import Progress


def containers_of(
    blobs: Blobs, held: Sequence[FileRow], rows: Sequence[FileRow]
) -> tuple[FileRow, ...]:
    """Return the containers among `held`, but not among `rows`, that hold bytes of `rows`.

    Args:
        blobs: where the bytes lie still.
        held: the files of the case that are not destroyed.
        rows: those that will be.
    """
    going = {one.sha256 for one in rows}
    zips = [one for one in held if one.kind == Kind.CONTAINER and one.sha256 not in going]
    if not zips:
        return ()
    members = _members(blobs, zips)
    sizes = {size for within in members for size, _ in within}
    sums = {(one.size, _crc(blobs, one.sha256)) for one in rows if one.size in sizes}
    return tuple(
        one
        for one, within in zip(zips, members, strict=True)
        if within & sums or any(row.path.startswith(f"{one.path}/") for row in rows)
    )


def _members(blobs: Blobs, zips: Sequence[FileRow]) -> list[set[tuple[int, int]]]:
    """Return size and CRC-32 of what each container holds; none where it cannot be listed."""
    found: list[set[tuple[int, int]]] = [set() for _ in zips]
    there = [(n, path) for n, one in enumerate(zips) if (path := _path(blobs, one.sha256))]
    for place, listed in each(_listing, [path for _, path in there], Progress()):
        if not isinstance(listed, Lost):
            found[there[place][0]] = set(listed)
    return found


def _path(blobs: Blobs, sha256: str) -> str:
    try:
        return str(blobs.checked_path(sha256))
    except IntegrityError:  # the zip is damaged or gone: verify tells of it
        return ""


def _listing(path: str) -> list[tuple[int, int]]:
    """Return what a zip's directory claims; called in a worker process."""
    try:
        return zip_checksums(path)
    except (OSError, *ZIP_ERRORS):  # no zip (a DICOMDIR), or a damaged one
        return []


def _crc(blobs: Blobs, sha256: str) -> int:
    """Return the CRC-32 of an object; -1, which no member has, where it is damaged or gone."""
    found = 0
    try:
        for block in blobs.blocks(sha256):
            found = crc32(block, found)
    except IntegrityError:
        return -1
    return found
