"""Do the files of outside anchors fit the log? A pure function, and how `verify` calls it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from archive.ports import AnchorFiles, Blobs
from archive.proof import (
    anchor_name,
    canonical,
    chain,
    checkpoint,
    cosignature,
    timestamp,
    timestamp_signature,
)
from archive.proof.acts import ActName
from archive.proof.checkpoint import Checkpoint
from archive.proof.cosignature import Cosigner
from archive.proof.timestamp import Refused
from archive.records import LogEntry, Out, Problem, Witness
from archive.services.journal import Journal
from archive.services.replay import replay
from archive.services.verify_findings import DAMAGE, Findings
from virtopsy.errors import IntegrityError, StorageError


@dataclass(frozen=True)
class Log:
    """What anchors must fit.

    Attributes:
        origin: name of this log.
        root_of: the Merkle root over so many entries; None where the log is shorter.
        public_keys: the archive's, former ones too.
        notes: size -> the checkpoint kept beside.
    """

    origin: str
    root_of: Callable[[int], bytes | None]
    public_keys: Sequence[bytes]
    notes: Mapping[int, Checkpoint]


def anchor_faults(
    files: Mapping[str, bytes], witnesses: Iterable[Witness], log: Log
) -> Iterator[Problem]:
    """Yield what does not fit: `witness_mismatch`, `timestamp_mismatch`, `timestamp_uncovered`.

    A witness's signature must be a known witness's, and under the root that the entries give; its
    file holds that line and the archive's own under the checkpoint, and no other. A timestamp must
    stand over the very bytes of the checkpoint of that size, and be as it came.
    Whether its authority is to be believed is not judged here.

    Args:
        files: name within the archive -> content; those of no anchor are passed over.
        witnesses: known ones, as log and objects tell them.
        log: this one.
    """
    known = [Cosigner(one.name, one.public_key) for one in witnesses]
    for name in sorted(files):
        size = anchor_name.size_of(name)
        if size is None:
            continue
        if anchor_name.is_witness(name):
            if not _witnessed(files[name], size, known, log):
                yield Problem("witness_mismatch", name, {"size": size})
        elif not _is_itself(name, files[name], size):
            yield Problem("timestamp_mismatch", name, {"size": size})
        elif size not in log.notes:
            yield Problem("timestamp_uncovered", name, {"size": size})
        elif not _timestamped(files[name], log.notes[size]):
            yield Problem("timestamp_mismatch", name, {"size": size})


def missing(
    names: Container[str], taken: Iterable[tuple[ActName, Mapping[str, Any]]]
) -> Iterator[Problem]:
    """Yield anchors that were taken and are not there: `witness_missing`, `timestamp_missing`.

    Args:
        names: of what is there, within the archive.
        taken: act and data of the entries of anchors that were found good.
    """
    for act, data in taken:
        name = _name(act, data)
        if name not in names:
            kind = "witness" if anchor_name.is_witness(name) else "timestamp"
            yield Problem(f"{kind}_missing", name, {"size": data["size"]})


def recorded(entries: Iterable[LogEntry]) -> Iterator[str]:
    """Yield the names of the anchors that these entries say were taken."""
    return (_name(act, data) for act, data in _taken(entries))


def _name(act: ActName, data: Mapping[str, Any]) -> str:
    if act == ActName.TAKE_WITNESS:
        return anchor_name.of_key(data["size"], data["key"])
    return anchor_name.of_timestamp(data["size"], data["sha256"])


def _witnessed(content: bytes, size: int, known: Iterable[Cosigner], log: Log) -> bool:
    note = content.decode("utf-8", "replace")
    point = checkpoint.read(note)
    if point is None or (point.origin, point.size) != (log.origin, size):
        return False
    if log.root_of(size) != point.root:
        return False
    owns = [own for key in log.public_keys if (own := checkpoint.alone(point, key)) is not None]
    return any(
        cosignature.cosigned(note, one) is not None
        and any(cosignature.only_signed_by(note, one, own).encode() == content for own in owns)
        for one in known
    )


def _is_itself(name: str, content: bytes, size: int) -> bool:
    return name == anchor_name.of_timestamp(size, canonical.sha256(content))


def _timestamped(content: bytes, note: Checkpoint) -> bool:
    try:
        stamp = timestamp.read(content)
        if timestamp_signature.is_checkable(stamp):
            timestamp_signature.check(stamp)
    except Refused:
        return False
    return stamp.imprint == timestamp.imprint_of(note.note.encode())


_TAKING: Final = frozenset({ActName.TAKE_WITNESS, ActName.TAKE_TIMESTAMP})


def _taken(entries: Iterable[LogEntry]) -> Iterator[tuple[ActName, Mapping[str, Any]]]:
    """Yield what was taken; entries that cannot be read are named by the check of the log."""
    for entry in entries:
        if entry.out != Out.OK:
            continue
        try:
            data = chain.read(entry)["data"]
            if {type(data["size"]), type(_whose(entry, data))} == {int, str}:
                yield ActName(entry.act), data
        except DAMAGE:
            continue


def _whose(entry: LogEntry, data: Mapping[str, Any]) -> object:
    return data["key" if entry.act == ActName.TAKE_WITNESS else "sha256"]


class AnchorCheck:
    """Reads the anchors' files and what they must fit, and names what does not."""

    _size = 0

    def __init__(self, journal: Journal, blobs: Blobs, kept: AnchorFiles) -> None:
        self._journal = journal
        self._blobs = blobs
        self._kept = kept

    def run(self, public_keys: Sequence[bytes], found: Findings) -> None:
        """Check all, and tell what lies beside them and is nothing of the log's.

        What the entries say is judged before: here they count as they are.
        """
        files = {name: self._content(name) for name in self._kept.names()}
        found.signatures += len(files)
        for name in self._kept.strays():
            found.note("stray_file", name)
        try:
            with self._journal.database.reading() as work:
                told = replay(work.log.of_acts({ActName.ADD_WITNESS}), self._blobs)
                self._size = work.log.size()
                taken = list(_taken(work.log.of_acts(_TAKING)))
        except DAMAGE:
            found.damaged()
            return
        origin = checkpoint.origin_of(self._journal.archive)
        log = Log(origin, self._root, public_keys, self._notes(files))
        faults = anchor_faults(files, told.witnesses.values(), log)
        for one in (*missing(files, taken), *faults):
            found.add(one.code, one.path, size=int(str(one.facts["size"])))

    def _content(self, name: str) -> bytes:
        try:
            return self._kept.read(name)
        except StorageError:
            return b""  # which fits nothing, and is named so

    def _root(self, size: int) -> bytes | None:
        if size > self._size:
            return None
        try:
            return self._journal.root(size)
        except IntegrityError:
            return None

    def _notes(self, files: Iterable[str]) -> dict[int, Checkpoint]:
        """Return the checkpoints that the files stand beside."""
        wanted = {anchor_name.size_of(name) for name in files if not anchor_name.is_witness(name)}
        found = {}
        for name in self._journal.notes.names():
            if anchor_name.checkpoint_size(name) in wanted:
                one = self._note(name)
                if one is not None:
                    found[one.size] = one
        return found

    def _note(self, name: str) -> Checkpoint | None:
        try:
            return checkpoint.read(self._journal.notes.read(name))
        except (StorageError, IntegrityError):  # the check of the checkpoints names it
            return None
