"""What was destroyed by act, told to whoever asks for it: that it was, when, on which basis."""

from __future__ import annotations

from collections.abc import Sequence

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, chain
from archive.records import Document, LogEntry, Tombstone
from virtopsy.errors import InputError

KIND = "destruction"
"""Of the salted object with the basis and the names of what was destroyed."""


def of_series(work: UnitOfWork, number: str, series_uid: str) -> list[Tombstone]:
    """Return the tombstones of a series of a case; its newest manifest may not name them."""
    found = work.cases.tombstones(number)
    if not found:
        return []
    files = work.cases.files(number)
    members = {one.sha256 for one in files if one.series_uid == series_uid}
    return [one for one in found if one.sha256 in members]


def refusal(work: UnitOfWork, blobs: Blobs, found: Sequence[Tombstone]) -> InputError:
    """Return the error that tells of the newest act that destroyed some of what was asked for."""
    newest = max(found, key=lambda one: one.seq)
    entry = work.log.at(newest.seq)
    return InputError(
        "destruction.read",
        number=newest.case_number,
        n=len(found),
        seq=newest.seq,
        when=entry.ts[:10] if entry else "",
        basis=basis_of(blobs, entry) if entry else "",
    )


def basis_of(blobs: Blobs, entry: LogEntry) -> str:
    """Return the legal basis of an entry `destroy`."""
    for named in chain.read(entry)["obj"]:
        if named["t"] == KIND:
            kept: Document = canonical.decode(blobs.read(named["sha256"]))["data"]
            return str(kept["basis"])
    return ""
