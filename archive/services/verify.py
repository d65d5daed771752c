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
log_tail_cut            a checkpoint covers more entries than there are
log_empty               the log has no entry at all
checkpoint_mismatch     a checkpoint signed another root than the entries give
checkpoint_unreadable   a file in log/ is no checkpoint of this archive
checkpoint_unsigned     a checkpoint is not signed by this archive's key
checkpoint_missing      no checkpoint is left, although one is made with every archive
row_missing             the index lacks a row that log and objects tell
row_extra               the index holds a row that neither log nor objects tell
row_changed             the index says something else than log and objects
database_damaged        the database cannot be read (to the end)
card_damaged            archive.json cannot be read
unknown_signer          the archive's key is not the one asked for
======================= =======================================================================

Beyond this check: a whole log rewritten by somebody who holds the key shows only against
something outside this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from archive.ports import Blobs
from archive.proof import chain, checkpoint, merkle, signing
from archive.proof.chain import SYSTEM, Act
from archive.proof.checkpoint import Checkpoint
from archive.records import Checked, LogEntry, Problem, VerifyReport
from archive.services.journal import Journal
from archive.services.replay import Expected, replay
from virtopsy.errors import InputError, IntegrityError, StorageError
from virtopsy.jobs import Progress

CODES = (
    *("object_missing", "object_changed", "object_unreadable"),
    *("log_body_changed", "log_columns_differ", "log_chain_broken", "log_case_gap"),
    *("log_tail_cut", "log_empty"),
    *("checkpoint_mismatch", "checkpoint_unreadable", "checkpoint_unsigned", "checkpoint_missing"),
    *("row_missing", "row_extra", "row_changed", "database_damaged"),
    *("card_damaged", "unknown_signer"),
)
_DATABASE = "db/archive.sqlite"


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


class Verify:
    """Checks the whole archive, or one case's objects and rows with the whole log."""

    def __init__(self, journal: Journal, blobs: Blobs, public_keys: Sequence[bytes]) -> None:
        self._journal = journal
        self._blobs = blobs
        self._public_keys = tuple(public_keys)

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
        fingerprint = signing.fingerprint(self._public_keys[-1])
        if key is not None and key.casefold() != fingerprint:
            found.add("unknown_signer", fingerprint)
        entries = self._entries(found)
        self._check_log(entries, found)
        expected = replay(entries, self._blobs)
        if case_number is not None and case_number not in expected.cases and not found.problems:
            raise InputError("archive.case.unknown", number=case_number)
        self._check_rows(expected, case_number, found)
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

    def _entries(self, found: _Findings) -> list[LogEntry]:
        """Return the entries that can be read, up to the first damaged page."""
        entries: list[LogEntry] = []
        if self._journal.database.is_damaged():
            found.add("database_damaged", _DATABASE)
        try:
            with self._journal.database.reading() as work:
                for entry in work.log.entries():
                    entries.append(entry)  # noqa: PERF402 -- what came before a damaged page counts
        except (IntegrityError, StorageError, ValueError, TypeError):
            found.add_once("database_damaged", _DATABASE)
        return entries

    def _check_log(self, entries: Sequence[LogEntry], found: _Findings) -> None:
        for fault in chain.faults(self._journal.archive, entries):
            found.add(fault.code, _DATABASE, seq=fault.seq)
        if not entries:
            found.add("log_empty", _DATABASE)
        found.checked = replace(found.checked, log_entries=len(entries))
        self._check_checkpoints(entries, found)

    def _check_checkpoints(self, entries: Sequence[LogEntry], found: _Findings) -> None:
        leaves = [merkle.leaf_hash(one.body) for one in entries]
        names = self._journal.notes.names()
        if not names:
            found.add("checkpoint_missing", "log")
        for path in names:
            read = self._note(path)
            if read is None or read.origin != checkpoint.origin_of(self._journal.archive):
                found.add("checkpoint_unreadable", path)
            elif not any(checkpoint.signed_by(read, key) for key in self._public_keys):
                found.add("checkpoint_unsigned", path)
            elif read.size > len(leaves):
                found.add("log_tail_cut", path, size=read.size, left=len(leaves))
            elif merkle.root(leaves[: read.size]) != read.root:
                found.add("checkpoint_mismatch", path, size=read.size)
            else:
                found.sealed_when = entries[read.size - 1].ts if read.size else ""
            found.checked = replace(found.checked, signatures=found.checked.signatures + 1)

    def _note(self, name: str) -> Checkpoint | None:
        try:
            return checkpoint.read(self._journal.notes.read(name))
        except StorageError:
            return None

    def _check_rows(self, expected: Expected, case: str | None, found: _Findings) -> None:
        try:
            for table, wanted, present in self._tables(expected, case):
                _compare(table, wanted, present, found)
        except (IntegrityError, StorageError, ValueError, TypeError):
            found.add_once("database_damaged", _DATABASE)

    def _tables(
        self, expected: Expected, case: str | None
    ) -> Iterator[tuple[str, Mapping[Any, Any], Mapping[Any, Any]]]:
        """Yield each table's name with the rows told and the rows there, by their keys."""
        with self._journal.database.reading() as work:
            persons = {one.person_id: one for one in work.persons.all()}
            yield "person", expected.persons, persons
            cases = {one.number: one for one in work.cases.all()}
            yield "case", expected.cases, cases
            for number in sorted({*cases, *expected.cases} if case is None else {case}):
                series = {(number, one.series_uid): one for one in work.cases.series(number)}
                yield "series", _of(number, expected.series), series
                files = {(number, one.sha256): one for one in work.cases.files(number)}
                yield "file", _of(number, expected.files), files
                things = {
                    (number, one.thing, one.thing_id, one.version): one
                    for one in work.cases.things(number)
                }
                yield "finding", _of(number, expected.things), things

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


def _of(number: str, rows: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: row for key, row in rows.items() if key[0] == number}


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
