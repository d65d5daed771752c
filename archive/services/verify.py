"""Is everything as it was recorded? Every fault is listed; none stops the check.

======================= =======================================================================
code                    what it means
======================= =======================================================================
object_missing          an object that the log names is not there
object_changed          an object's bytes do not give its name
object_unreadable       the disk cannot read an object
log_body_changed        an entry's bytes do not give its hash, or are no entry of this archive
log_columns_differ      what lists show of an entry is not what its body says
log_chain_broken        an entry before this one was removed, inserted, moved or changed
log_case_gap            an entry of the case before this one is missing
log_tail_cut            a checkpoint or the copy of the log has more entries than the database
log_copy_differs        an entry in log/entries.jsonl is not the entry in the database
log_copy_missing        log/entries.jsonl is not there, or holds nothing
log_empty               the log has no entry at all
checkpoint_mismatch     a checkpoint signed another root than the entries give
checkpoint_unreadable   a file in log/ is no checkpoint of this archive
checkpoint_unsigned     a checkpoint is not signed by this archive's key
checkpoint_key_ended    a checkpoint is signed by a key that was not, or no longer, in use then
key_unvouched           a key was brought in without the signatures that vouch for it
checkpoint_missing      no checkpoint is left, although one is made with every archive
row_missing             the index lacks a row that log and objects tell
row_extra               the index holds a row that neither log nor objects tell
row_changed             the index says something else than log and objects
database_damaged        the database cannot be read (to the end)
card_damaged            archive.json cannot be read
card_differs            archive.json names other keys than the log
unknown_signer          the archive's key is not the one asked for
======================= =======================================================================

Beyond this check: a whole log rewritten by somebody who holds the key shows only against
something outside this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.ports import Blobs, Cards, UnitOfWork
from archive.proof import checkpoint, merkle, signing, stretch
from archive.proof.chain import SYSTEM, Act
from archive.proof.checkpoint import Checkpoint
from archive.records import Checked, LogEntry, Problem, VerifyReport
from archive.services import keys
from archive.services.journal import Journal
from archive.services.keys import KeyRing
from archive.services.replay import Expected, replay
from virtopsy.errors import InputError, IntegrityError, StorageError
from virtopsy.jobs import Progress

CODES = (
    *("object_missing", "object_changed", "object_unreadable"),
    *("log_body_changed", "log_columns_differ", "log_chain_broken", "log_case_gap"),
    *("log_tail_cut", "log_copy_differs", "log_copy_missing", "log_empty"),
    *("checkpoint_mismatch", "checkpoint_unreadable", "checkpoint_unsigned", "checkpoint_missing"),
    *("row_missing", "row_extra", "row_changed", "database_damaged"),
    *("checkpoint_key_ended", "key_unvouched"),
    *("card_damaged", "card_differs", "unknown_signer"),
)
_DATABASE = "db/archive.sqlite"
_COPY = "log/entries.jsonl"
_CARD = "archive.json"


@dataclass
class _Findings:
    """What was found so far."""

    problems: list[Problem] = field(default_factory=list)
    checked: Checked = field(default_factory=Checked)
    sealed_when: str = ""

    def add(self, code: str, path: str, **facts: str | int) -> None:
        self.problems.append(Problem(code, path, facts))

    def add_once(self, code: str, path: str) -> None:
        if Problem(code, path, {}) not in self.problems:
            self.add(code, path)


@dataclass
class _Stored:
    """One state of what is kept.

    Attributes:
        bodies: the copy of the log outside the database.
        notes: the checkpoints by name; None where a file is none.
        entries: the log.
        tables: every row of the index, by table and key; a table that could not be read lacks.
    """

    bodies: Sequence[bytes]
    notes: Mapping[str, Checkpoint | None]
    entries: list[LogEntry] = field(default_factory=list)
    tables: dict[str, dict[Any, Any]] = field(default_factory=dict)


class Verify:
    """Checks the whole archive, or one case's objects and rows with the whole log."""

    def __init__(self, journal: Journal, blobs: Blobs, cards: Cards) -> None:
        self._journal = journal
        self._blobs = blobs
        self._cards = cards

    def run(
        self,
        case_number: str | None = None,
        progress: Progress | None = None,
        *,
        key: str | None = None,
    ) -> VerifyReport:
        """Check; needs no person. Logged as actor `system` where all is whole and writable.

        Args:
            case_number: only this case's objects and rows, with the whole log.
            progress: counts objects.
            key: fingerprint the archive's key must have.

        Raises:
            InputError: there is no such case.
            Cancelled: the person stopped it.
        """
        found = _Findings()
        stored = self._stored(case_number, found)
        ring = keys.ring(stored.entries, self._cards.read().public_keys)
        fingerprint = signing.fingerprint(ring.known[-1])
        if key is not None and key.casefold() != fingerprint:
            found.add("unknown_signer", fingerprint)
        self._check_log(stored, ring, found)
        _check_keys(ring, found)
        expected = replay(stored.entries, self._blobs)
        if case_number is not None and case_number not in expected.cases and not found.problems:
            raise InputError("archive.case.unknown", number=case_number)
        _check_rows(stored, expected, case_number, found)
        self._check_objects(expected, case_number, found, progress or Progress())
        report = VerifyReport(
            checked=found.checked,
            problems=tuple(found.problems),
            sealed_when=found.sealed_when,
            fingerprint=fingerprint,
        )
        if report.ok:
            self._log(report, case_number or "")
        return report

    def _stored(self, case: str | None, found: _Findings) -> _Stored:
        """Read one state of the database, up to the first damaged page.

        Copy and checkpoints are read before it: a program that records meanwhile may put the
        database ahead of them, never them ahead of the database.
        """
        stored = _Stored(self._bodies(), self._notes())
        if self._journal.database.is_damaged():
            found.add("database_damaged", _DATABASE)
        try:
            with self._journal.database.reading() as work:
                for entry in work.log.entries():
                    stored.entries.append(entry)
                for name, rows in _tables(work, case):
                    stored.tables.setdefault(name, {}).update(rows)
        except (IntegrityError, StorageError, ValueError, TypeError):
            found.add_once("database_damaged", _DATABASE)
        return stored

    def _bodies(self) -> Sequence[bytes]:
        try:
            return self._journal.bodies.bodies()
        except StorageError:
            return []  # which is said below: the copy cannot be read, so it is not there

    def _notes(self) -> dict[str, Checkpoint | None]:
        return {name: self._note(name) for name in self._journal.notes.names()}

    def _note(self, name: str) -> Checkpoint | None:
        try:
            return checkpoint.read(self._journal.notes.read(name))
        except StorageError:
            return None

    def _check_log(self, stored: _Stored, ring: KeyRing, found: _Findings) -> None:
        for fault in stretch.faults(self._journal.archive, stored.entries):
            found.add(fault.code, _DATABASE, seq=fault.seq)
        if not stored.entries:
            found.add("log_empty", _DATABASE)
        found.checked = replace(found.checked, log_entries=len(stored.entries))
        _check_copy(stored, found)
        self._check_checkpoints(stored, ring, found)

    def _check_checkpoints(self, stored: _Stored, ring: KeyRing, found: _Findings) -> None:
        leaves = [merkle.leaf_hash(one.body) for one in stored.entries]
        if not stored.notes:
            found.add("checkpoint_missing", "log")
        for path, read in stored.notes.items():
            if read is None or read.origin != checkpoint.origin_of(self._journal.archive):
                found.add("checkpoint_unreadable", path)
            elif (key := _signer(read, ring)) is None:
                found.add("checkpoint_unsigned", path)
            elif not ring.may_sign(key, read.size):
                found.add("checkpoint_key_ended", path, fingerprint=signing.fingerprint(key))
            elif read.size > len(leaves):
                found.add("log_tail_cut", path, size=read.size, left=len(leaves))
            elif merkle.root(leaves[: read.size]) != read.root:
                found.add("checkpoint_mismatch", path, size=read.size)
            else:
                found.sealed_when = stored.entries[read.size - 1].ts if read.size else ""
            found.checked = replace(found.checked, signatures=found.checked.signatures + 1)

    def _check_objects(
        self, expected: Expected, case: str | None, found: _Findings, progress: Progress
    ) -> None:
        wanted = self._objects_of(expected, case)
        total = 0
        for done, sha256 in enumerate(wanted):
            progress.tick(done, len(wanted))
            fault, size = self._blobs.fault(sha256)
            total += size
            if fault:
                found.add(fault, self._blobs.relative_path(sha256))
        progress.tick(len(wanted), len(wanted))
        found.checked = replace(found.checked, files=len(wanted), bytes=total)

    def _objects_of(self, expected: Expected, case: str | None) -> list[str]:
        """Return the objects to read; all that are there, for an edited log may not name them."""
        if case is None:
            return sorted({*expected.objects, *self._blobs.names()})
        return sorted(s for s, cases in expected.objects.items() if cases & {case, ""})

    def _log(self, report: VerifyReport, case: str) -> None:
        data = {"files": report.checked.files, "entries": report.checked.log_entries}
        try:
            self._journal.write(Act("verify", SYSTEM, case=case, data=data))
        except (StorageError, IntegrityError):
            return  # a write-protected archive can be checked; then nothing is written


def _tables(work: UnitOfWork, case: str | None) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Yield rows by their keys, table by table; of one case, where one is asked for."""
    yield "person", {one.person_id: one for one in work.persons.all()}
    cases = {one.number: one for one in work.cases.all()}
    yield "case", cases
    for number in sorted(cases) if case is None else [case]:
        yield "series", {(number, one.series_uid): one for one in work.cases.series(number)}
        yield "file", {(number, one.sha256): one for one in work.cases.files(number)}
        things = work.cases.things(number)
        yield "finding", {(number, t.thing, t.thing_id, t.version): t for t in things}


def _signer(read: Checkpoint, ring: KeyRing) -> bytes | None:
    return next((key for key in ring.known if checkpoint.signed_by(read, key)), None)


def _check_keys(ring: KeyRing, found: _Findings) -> None:
    if ring.card_fault == "card_differs":
        found.add("card_differs", _CARD)
    for seq in ring.unvouched():
        found.add("key_unvouched", _DATABASE, seq=seq)


def _check_copy(stored: _Stored, found: _Findings) -> None:
    """Compare the copy outside the database; it may be behind by what a kill cut short."""
    present = {one.seq: one.body for one in stored.entries}
    newest = max(present, default=0)
    if present and not stored.bodies:
        found.add("log_copy_missing", _COPY)
    if len(stored.bodies) > newest:
        found.add("log_tail_cut", _COPY, size=len(stored.bodies), left=newest)
    for seq, body in enumerate(stored.bodies[:newest], start=1):
        if present.get(seq, body) != body:
            found.add("log_copy_differs", _COPY, seq=seq)


def _check_rows(stored: _Stored, expected: Expected, case: str | None, found: _Findings) -> None:
    told: dict[str, Mapping[Any, Any]] = {
        "person": expected.persons,
        "case": expected.cases,
        "series": _of(case, expected.series),
        "file": _of(case, expected.files),
        "finding": _of(case, expected.things),
    }
    for table, wanted in told.items():
        if table in stored.tables or stored.tables.get("case") == {}:
            _compare(table, wanted, stored.tables.get(table, {}), found)


def _of(case: str | None, rows: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: row for key, row in rows.items() if case is None or key[0] == case}


def _compare(
    table: str, wanted: Mapping[Any, Any], present: Mapping[Any, Any], found: _Findings
) -> None:
    for key in _sorted(wanted.keys() | present.keys()):
        name = f"{_DATABASE}#{table}/{_words(key)}"
        if key not in present:
            found.add("row_missing", name)
        elif key not in wanted:
            found.add("row_extra", name)
        elif wanted[key] != present[key]:
            found.add("row_changed", name)


def _sorted(keys: Iterable[Any]) -> list[Any]:
    return sorted(keys, key=str)


def _words(key: Any) -> str:
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)
