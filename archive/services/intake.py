"""Taking evidence in: kept byte for byte, durable before it is announced, never overwritten.

The order is the promise: copy and hash in one pass, sync, final name, read back past the cache,
and only then rows and log entry in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

from archive.ports import Blobs, Staging, UnitOfWork
from archive.proof import canonical
from archive.proof.chain import Act, utc
from archive.records import (
    Actor,
    CaseRow,
    FileReport,
    FileRow,
    IntakeReport,
    ObjectName,
    SeriesRow,
)
from archive.services.access import Access, Session, salted, who
from archive.services.header import Header, read_header
from archive.services.journal import Journal
from archive.services.rights import Right
from archive.services.sources import Brought, listed
from archive.services.statement import Statement
from virtopsy.confined import Lost, each
from virtopsy.errors import InputError, StorageError
from virtopsy.jobs import Progress

NewStaging: TypeAlias = Callable[[], Staging]
LONGEST_NUMBER = 64
_SPARE = 1.1


@dataclass(frozen=True)
class Staged:
    """A file copied and hashed, not yet kept.

    Attributes:
        header: what it says, or why it says nothing.
    """

    brought: Brought
    path: Path
    sha256: str
    size: int
    header: Header | str


class Intake:
    """Takes files into a case."""

    def __init__(
        self, access: Access, journal: Journal, blobs: Blobs, staging: NewStaging, folder: Path
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._staging = staging
        self._folder = folder

    def take_in(  # noqa: PLR0913 -- the form has that many fields; all by name
        self,
        actor: Actor,
        sources: Sequence[Path] | Path,
        *,
        case_number: str,
        basis: str = "",
        deliverer: str = "",
        carrier: str = "",
        seal: str = "",
        agrees: bool | None = None,
        agrees_words: str = "",
        reason: str = "",
        below: Path | None = None,
        progress: Progress,
    ) -> IntakeReport:
        """Keep every regular file of `sources` in the case; a new case is opened by the actor.

        With `below`, a folder that holds all sources, their names are kept relative to it.

        Raises:
            AccessDenied: no right to import, or the case is another person's.
            InputError: the source cannot be read at all, or the case number is none.
            UsageError: a statement is too long, or body tag, scout and name do not agree (`agrees`
                is False) and no words say in what.
            StorageError: the disk refused; nothing was recorded.
            Cancelled: nothing was recorded.
        """
        session = self._access.require(actor, Right.IMPORT)
        number = case_number_of(case_number)
        statement = Statement(basis, deliverer, carrier, seal, agrees, agrees_words).checked()
        self._refuse_foreign_case(session, number)
        begun = self._journal.machine.monotonic_ns()
        given = [sources] if isinstance(sources, Path) else list(sources)
        files, others = listed(given, self._folder, below)
        staging = self._staging()
        try:
            _preflight(staging, files)
            staged, unreadable = _stage(staging, files, progress)
            _keep(staging, staged, progress)
        finally:
            staging.clear()
        draft = _Draft(number, statement, reason, tuple(staged), (*others, *unreadable))
        report = self._record(session, draft)
        self._journal.checkpoint_after(session.seal, at_once=True)
        seconds = (self._journal.machine.monotonic_ns() - begun) / 1e9
        return replace(report, seconds=seconds)

    def _refuse_foreign_case(self, session: Session, number: str) -> None:
        with self._journal.database.reading() as work:
            case = work.cases.get(number)
        if case is not None and case.owner != session.actor.person_id:
            raise self._access.denied(session.actor, Right.IMPORT, number, number)

    def _record(self, session: Session, draft: _Draft) -> IntakeReport:
        actor = session.actor
        with self._journal.database.writing() as work:
            case = work.cases.get(draft.number)
            if case is None:
                self._open_case(work, actor, draft)
            if case is None or case.owner == actor.person_id:
                report = self._record_in(work, actor, draft)
                work.commit()
                return report
        # Opened by somebody else while the files were copied; the denial is its own transaction.
        raise self._access.denied(actor, Right.IMPORT, draft.number, draft.number)

    def _record_in(self, work: UnitOfWork, actor: Actor, draft: _Draft) -> IntakeReport:
        taken = _Taken.sort(draft.staged, work.cases.files(draft.number), draft.number)
        work.cases.add_files(taken.new)
        rows = self._series_rows(work, draft, taken)
        for row in rows:
            work.cases.put_series(row)
        self._journal.append(work, self._act(actor, draft, taken, rows))
        return taken.report(draft, rows)

    def _open_case(self, work: UnitOfWork, actor: Actor, draft: _Draft) -> None:
        opened = utc(self._journal.clock())
        work.cases.add(CaseRow(draft.number, actor.person_id, opened))
        act = Act("case.create", who(actor), case=draft.number, data={"opened": opened})
        self._journal.append(work, act)

    def _series_rows(self, work: UnitOfWork, draft: _Draft, taken: _Taken) -> list[SeriesRow]:
        """Return the series this intake touched, each with its manifest of all files so far."""
        files = work.cases.files(draft.number)
        rows = []
        for uid, header in taken.headers.items():
            manifest = [
                {"sha256": f.sha256, "size": f.size, "path": f.path, "sop_uid": f.sop_uid}
                for f in sorted(files, key=lambda f: (f.sop_uid, f.sha256))
                if f.series_uid == uid
            ]
            sha256 = self._blobs.put(canonical.encode(manifest))
            rows.append(_series_row(draft.number, header, sha256))
        return rows

    def _act(self, actor: Actor, draft: _Draft, taken: _Taken, rows: list[SeriesRow]) -> Act:
        described = {
            **draft.statement.record(),
            "files": [asdict(row) for row in taken.new],
            "report": [asdict(one) for one in taken.reports(draft)],
            "series": [asdict(row) for row in rows],
        }
        kept = self._blobs.put(salted("intake", described))
        manifests = (ObjectName("manifest", row.series_uid, row.manifest_sha256) for row in rows)
        return Act(
            "import",
            who(actor),
            case=draft.number,
            objects=(ObjectName("intake", uuid4().hex, kept), *manifests),
            reason=draft.reason,
            data={**taken.counts, "not_stated": list(draft.statement.not_stated)},
        )


def case_number_of(given: str) -> str:
    """Return a case number as it is kept; InputError where it is none."""
    number = " ".join(canonical.text(given).split())
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise InputError("archive.case.number", number=number[:LONGEST_NUMBER])
    return number


@dataclass(frozen=True)
class _Draft:
    """Everything an intake will record."""

    number: str
    statement: Statement
    reason: str
    staged: tuple[Staged, ...]
    others: tuple[FileReport, ...]


@dataclass(frozen=True)
class _Taken:
    """What the staged files are to the case.

    Attributes:
        new: rows for bytes the case did not hold.
        files: a report on each staged file.
        headers: series UID -> a header of the series.
    """

    new: tuple[FileRow, ...]
    files: tuple[FileReport, ...]
    headers: dict[str, Header]
    bytes: int

    @classmethod
    def sort(cls, staged: Sequence[Staged], held: Sequence[FileRow], number: str) -> _Taken:
        """Tell new bytes from bytes already held, and flag SOP UIDs with other bytes."""
        known = {row.sha256 for row in held}
        uids = {row.sop_uid for row in held if row.sop_uid}
        rows: list[FileRow] = []
        reports: list[FileReport] = []
        headers: dict[str, Header] = {}
        for one in staged:
            row = _file_row(number, one)
            reports.append(_report(one, row, known, uids))
            if isinstance(one.header, Header):
                headers.setdefault(one.header.series_uid, one.header)
            if one.sha256 not in known:
                rows.append(row)
            known.add(one.sha256)
            uids.add(row.sop_uid)
        size = sum(one.size for one in staged)
        return cls(tuple(rows), tuple(reports), headers, size)

    @property
    def counts(self) -> dict[str, Any]:
        """Return how many files of each kind, for the log."""
        codes = [one.code for one in self.files]
        return {
            "files": len(codes),
            "stored": len(self.new),
            "already": codes.count("already"),
            "conflicts": codes.count("conflict"),
            "opaque": codes.count("opaque"),
            "bytes": self.bytes,
        }

    def reports(self, draft: _Draft) -> tuple[FileReport, ...]:
        """Return a report on everything met, by path."""
        return tuple(sorted((*self.files, *draft.others), key=lambda one: one.path))

    def report(self, draft: _Draft, rows: Sequence[SeriesRow]) -> IntakeReport:
        """Return the report for the person; its seconds are not known yet."""
        return IntakeReport(
            case=draft.number,
            **self.counts,
            seconds=0.0,
            not_stated=draft.statement.not_stated,
            report=self.reports(draft),
            series_manifests={row.series_uid: row.manifest_sha256 for row in rows},
        )


def _preflight(staging: Staging, files: Sequence[Brought]) -> None:
    needed = int(sum(one.size for one in files) * _SPARE)
    free = staging.free_bytes()
    if free < needed:
        needed_mb, free_mb = -(-needed // 1_000_000), free // 1_000_000
        raise StorageError("archive.storage.space", needed_mb=needed_mb, free_mb=free_mb)


def _stage(
    staging: Staging, files: Sequence[Brought], progress: Progress
) -> tuple[list[Staged], list[FileReport]]:
    copied, unreadable = [], []
    for done, brought in enumerate(files):
        tick = partial(progress.tick, done, 2 * len(files))
        tick()
        try:
            path, sha256, size = staging.copy(brought.path, tick)
        except InputError:
            unreadable.append(FileReport(brought.name, "unreadable"))
            continue
        copied.append((brought, path, sha256, size))
    if not copied:
        raise InputError("archive.source.nothing_readable", path=files[0].path.parent)
    headers = _headers([path for _, path, _, _ in copied], progress)
    return [Staged(*one, header) for one, header in zip(copied, headers, strict=True)], unreadable


def _headers(paths: Sequence[Path], progress: Progress) -> list[Header | str]:
    """Read the headers in worker processes: what a file may do there, it does to itself."""
    headers: list[Header | str] = ["malformed"] * len(paths)
    for number, header in each(read_header, [path.absolute() for path in paths], progress):
        if not isinstance(header, Lost):
            headers[number] = header
    return headers


def _keep(staging: Staging, staged: Sequence[Staged], progress: Progress) -> None:
    """Give the files their names and read them back; the person can stop until the names."""
    staging.publish([(one.path, one.sha256) for one in staged])
    for done, sha256 in enumerate(dict.fromkeys(one.sha256 for one in staged)):
        staging.read_back(sha256)
        progress.tick(len(staged) + done + 1, 2 * len(staged))
    progress.tick(1, 1)


def _report(one: Staged, row: FileRow, known: set[str], uids: set[str]) -> FileReport:
    if one.sha256 in known:
        return FileReport(row.path, "already")
    if isinstance(one.header, str):
        return FileReport(row.path, "opaque", one.header)
    return FileReport(row.path, "conflict" if row.sop_uid in uids else "stored")


def _file_row(number: str, one: Staged) -> FileRow:
    header = one.header if isinstance(one.header, Header) else None
    return FileRow(
        case_number=number,
        sha256=one.sha256,
        size=one.size,
        path=one.brought.name,
        sop_uid=header.sop_uid if header else "",
        series_uid=header.series_uid if header else "",
    )


def _series_row(number: str, header: Header, manifest: str) -> SeriesRow:
    return SeriesRow(
        case_number=number,
        series_uid=header.series_uid,
        study_uid=header.study_uid,
        description=header.description,
        modality=header.modality,
        patient_name=header.patient_name,
        study_date=header.study_date,
        frame_of_reference_uid=header.frame_of_reference_uid,
        manifest_sha256=manifest,
    )
