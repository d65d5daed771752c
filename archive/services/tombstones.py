"""What was destroyed by act: whether its entry proves it, when it was, on which basis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.records import Document, LogEntry, Out, Tombstone
from virtopsy.errors import InputError, IntegrityError, StorageError

_HASH = re.compile(r"[0-9a-f]{64}")
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


def destroyed_series(work: UnitOfWork, number: str) -> set[str]:
    """Return the UIDs of the series of a case of which at least one file was destroyed."""
    gone = {one.sha256 for one in work.cases.tombstones(number)}
    if not gone:
        return set()
    return {one.series_uid for one in work.cases.files(number) if one.sha256 in gone} - {""}


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


def side_object(body: Document) -> str:
    """Return the SHA-256 of the salted object that an entry `destroy` names; "" for none."""
    named = [str(one["sha256"]) for one in body["obj"] if one["t"] == KIND]
    return named[0] if len(named) == 1 else ""


def is_proven(body: Document, blobs: Blobs) -> bool:
    """Tell whether an entry `destroy` is borne out by its salted object.

    That must be there, be of the same case (older ones name none), and list exactly the hashes
    and sizes that the entry lists. An entry appended past the program has none, or another's.
    """
    try:
        kept: Document = canonical.decode(blobs.read(side_object(body)))
        said = kept["data"]
        of_case = said.get("case", body["case"]) == body["case"]
        return kept["t"] == KIND and of_case and _listed(said["files"]) == _listed(_objects(body))
    except (IntegrityError, StorageError, ValueError, LookupError, TypeError, AttributeError):
        return False


def proven(work: UnitOfWork, blobs: Blobs, rows: Iterable[Tombstone]) -> list[Tombstone]:
    """Return the tombstones whose entry is a destruction, lists them and is borne out.

    Nothing is removed on the word of a row that somebody wrote into the database.
    """
    bodies: dict[int, Document | None] = {}
    found = []
    for one in rows:
        if one.seq not in bodies:
            bodies[one.seq] = _proven_body(work, blobs, one.seq)
        body = bodies[one.seq]
        if body is None or body["case"] != one.case_number:
            continue
        if (one.sha256, one.size) in _listed(_objects(body)):
            found.append(one)
    return found


def _proven_body(work: UnitOfWork, blobs: Blobs, seq: int) -> Document | None:
    entry = work.log.at(seq)
    if entry is None or (entry.act, entry.out) != (ActName.DESTROY, Out.OK):
        return None
    try:
        body = chain.read(entry)
    except canonical.NotCanonical:
        return None
    return body if is_proven(body, blobs) else None


def _objects(body: Document) -> list[Document]:
    found: list[Document] = body["data"]["objects"]
    return found


def _listed(files: Iterable[Document]) -> list[tuple[str, int]]:
    """Return what a list of objects names; ValueError where something in it is no object."""
    found = sorted((one["sha256"], chain.whole(one["size"])) for one in files)
    if not all(_HASH.fullmatch(sha256) for sha256, _ in found):
        raise ValueError("no SHA-256")
    return found


def basis_of(blobs: Blobs, entry: LogEntry) -> str:
    """Return the legal basis of an entry `destroy`."""
    for named in chain.read(entry)["obj"]:
        if named["t"] == KIND:
            kept: Document = canonical.decode(blobs.read(named["sha256"]))["data"]
            return str(kept["basis"])
    return ""
