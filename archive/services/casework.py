"""Cases: opened, changed by one transaction an act, and read only through a check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical
from archive.proof.acts import ActName
from archive.proof.chain import Act, utc
from archive.records import (
    Actor,
    CaseSummary,
    Document,
    ObjectName,
    Out,
    SeriesRow,
    SourceObject,
    ThingRow,
)
from archive.services import tombstones
from archive.services.access import Access
from archive.services.anchors import refuse_false
from archive.services.gate import Session, who
from archive.services.handed_in import added
from archive.services.journal import Journal
from archive.services.release import wants_reason
from archive.services.rights import Right
from archive.services.searched import keep_things
from virtopsy.case import subject as subject_record
from virtopsy.case.case import Case, SeriesEntry
from virtopsy.case.changes import THE_SUBJECT, Change
from virtopsy.case.subject import Subject
from virtopsy.errors import Bug, InputError, IntegrityError, VirtopsyError
from virtopsy.findings import record as finding_record
from virtopsy.findings.finding import Finding
from virtopsy.jobs import Progress
from virtopsy.walkthrough import stop as stop_record
from virtopsy.walkthrough.stop import Stop

How: TypeAlias = Literal["do", "undo", "redo"]
NOTES = (
    *(ActName.VIEW, ActName.SHOW, ActName.EXPORT),
    *(ActName.PRINT, ActName.PICTURE, ActName.VIDEO),
)
"""What can be noted without changing a case; every other entry is written by its own service."""


class Cases:
    """The cases of the acting person."""

    def __init__(self, access: Access, journal: Journal, blobs: Blobs) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs

    def list(
        self, actor: Actor, *, limit: int | None = None, after: str = ""
    ) -> tuple[CaseSummary, ...]:
        """Return the person's cases, newest first; other cases are not hinted at.

        Args:
            actor: whose cases.
            limit: how many at most; None for all.
            after: number of the last case of the page before; empty for the first page.

        Raises:
            AccessDenied: no right to list cases.
        """
        session = self._access.require(actor, Right.LIST_CASES)
        self._journal.write(Act(Right.LIST_CASES, who(actor)))
        with self._journal.database.reading() as work:
            return tuple(work.cases.summaries(session.actor.person_id, limit, after))

    def open(self, actor: Actor, number: str) -> Case:
        """Return the case as it was last recorded.

        Raises:
            AccessDenied: not this person's case, or no such case.
            IntegrityError: a finding's object is missing or not what it was.
        """
        session = self._access.require_case(actor, Right.OPEN_CASE, number)
        with self._journal.database.reading() as work:
            series = work.cases.series(number)
            things = work.cases.things(number)
        try:
            case = self._case(number, series, things)
        except IntegrityError as error:
            self._failed(session, Right.OPEN_CASE, number, error)
            raise
        self._journal.write(Act(Right.OPEN_CASE, who(actor), case=number), session.seal)
        return case

    def record(  # noqa: PLR0913 -- what an act is called and how it came; by name
        self,
        actor: Actor,
        number: str,
        changes: tuple[Change, ...],
        *,
        label: str,
        act: How,
        reason: str = "",
    ) -> None:
        """Keep what an act changed; when this returns, it survives a pulled plug.

        Raises:
            AccessDenied: only the case's expert records.
            InputError: a record is malformed, names a series the case lacks, the thing was changed
                meanwhile by another program, or a finding that was handed out is changed without
                a reason.
            StorageError: nothing was recorded.
        """
        session = self._access.require_case(actor, Right.RECORD, number)
        self._record(session, number, changes, label=label, act=act, reason=reason)

    def _record(  # noqa: PLR0913 -- as `record` is told
        self,
        session: Session,
        number: str,
        changes: tuple[Change, ...],
        *,
        label: str,
        act: How,
        reason: str,
    ) -> None:
        with self._journal.database.writing() as work:
            if not reason.strip() and wants_reason(work, number, changes):
                raise InputError("panel.reason.wanted", number=number)
            series = {row.series_uid: row for row in work.cases.series(number)}
            rows = [self._put(work, session, number, one, series) for one in changes]
            keep_things(work, rows, changes, series)
            self._journal.append(
                work,
                Act(
                    Right.RECORD,
                    who(session.actor),
                    case=number,
                    objects=tuple(ObjectName(row.thing, row.thing_id, row.sha256) for row in rows),
                    reason=reason.strip(),
                    data={"label": label, "how": act, "changes": _done(rows, changes)},
                ),
            )
            work.commit()
        self._journal.checkpoint_after(session.seal)

    def wants_reason(self, actor: Actor, number: str, changes: tuple[Change, ...]) -> bool:
        """Tell whether these changes are recorded only with a reason, see `services.release`.

        Raises:
            AccessDenied: only the case's expert records.
        """
        self._access.require_case(actor, Right.RECORD, number)
        with self._journal.database.reading() as work:
            return wants_reason(work, number, changes)

    def add_finding(
        self, actor: Actor, number: str, record: Mapping[str, Any], *, reason: str = ""
    ) -> str:
        """Record a finding that came as JSON; one without an id is given one.

        Args:
            actor: the case's expert.
            number: of the case.
            record: the finding as resources/schemas describe it, or a bundle's file round it.
            reason: kept in the entry.

        Returns:
            The finding's id.

        Raises:
            AccessDenied, InputError, StorageError: as `record` does.
        """
        (made,) = self.add_findings(actor, number, (record,), reason=reason)
        return made

    def add_findings(
        self, actor: Actor, number: str, records: Sequence[Mapping[str, Any]], *, reason: str = ""
    ) -> tuple[str, ...]:
        """Record several findings as one act: all of them or none.

        Args:
            actor: the case's expert.
            number: of the case.
            records: at least one, each as `add_finding` takes it.
            reason: kept in the entry.

        Returns:
            Their ids.

        Raises:
            AccessDenied, InputError, StorageError: as `record` does.
        """
        session = self._access.require_case(actor, Right.RECORD, number)
        changes = tuple(added(one, session.actor) for one in records)
        self._require_slices(number, changes)
        label = "case.finding.add" if len(changes) == 1 else "case.findings.add"
        self._record(session, number, changes, label=label, act="do", reason=reason)
        return tuple(one.thing_id for one in changes)

    def _require_slices(self, number: str, changes: Sequence[Change]) -> None:
        """Refuse a source slice that is none of the case: what was seen there could not be."""
        named = {str((one.after or {}).get("seen_on_slice", "")) for one in changes} - {""}
        if not named:
            return
        with self._journal.database.reading() as work:
            known = {row.sop_uid for row in work.cases.files(number)}
        for uid in sorted(named - known):
            raise InputError("conclusion5.no_such_slice", number=number, uid=uid)

    def note(
        self, actor: Actor, number: str, act: str, data: Mapping[str, Any], *, reason: str = ""
    ) -> None:
        """Write an act that changes nothing (a view, a show, an export) into the log."""
        session = self._access.require_case(actor, Right.NOTE, number)
        if act not in NOTES:
            raise Bug(f"{act!r} is no act to be noted; there are {NOTES}")
        refuse_false(self._journal, act, data)
        made = Act(act, who(actor), case=number, reason=reason, data=data)
        self._journal.write(made, session.seal, at_once=act == ActName.EXPORT)

    def destroyed_series(self, actor: Actor, number: str) -> tuple[str, ...]:
        """Return the UIDs of the series that can no longer be read whole: destroyed by act.

        Raises:
            AccessDenied: not this person's case.
        """
        self._access.require_case(actor, Right.OPEN_CASE, number)
        with self._journal.database.reading() as work:
            return tuple(sorted(tombstones.destroyed_series(work, number)))

    def series_files(
        self, actor: Actor, number: str, series_uid: str, *, progress: Progress | None = None
    ) -> tuple[SourceObject, ...]:
        """Return the files of a series, each read through and found unchanged just now.

        Raises:
            AccessDenied: not this person's case.
            InputError: the case has no such series, or files of it were destroyed by act.
            IntegrityError: names the first file that is missing or not what it was.
        """
        session = self._access.require_case(actor, Right.READ_SOURCE, number)
        with self._journal.database.reading() as work:
            series = {row.series_uid: row for row in work.cases.series(number)}
        row = series.get(series_uid)
        if row is None:
            raise InputError("archive.case.no_series", number=number, series=series_uid)
        try:
            found = self._read_series(number, row, progress or Progress())
        except (IntegrityError, InputError) as error:
            self._failed(session, Right.READ_SOURCE, number, error)
            raise
        manifest = ObjectName("manifest", series_uid, row.manifest_sha256)
        act = Act(Right.READ_SOURCE, who(actor), case=number, objects=(manifest,))
        self._journal.write(act)
        return found

    def _read_series(
        self, number: str, row: SeriesRow, progress: Progress
    ) -> tuple[SourceObject, ...]:
        manifest = canonical.decode(self._blobs.read(row.manifest_sha256))
        with self._journal.database.reading() as work:
            if gone := tombstones.of_series(work, number, row.series_uid):
                raise tombstones.refusal(work, self._blobs, gone)
        found = []
        for done, one in enumerate(manifest):
            progress.tick(done, len(manifest))
            path = self._blobs.checked_path(one["sha256"])
            found.append(
                SourceObject(one["sha256"], one["size"], one["path"], one["sop_uid"], path)
            )
        progress.tick(len(manifest), len(manifest))
        return tuple(found)

    def _case(self, number: str, series: Sequence[SeriesRow], things: Sequence[ThingRow]) -> Case:
        newest: dict[tuple[str, str], ThingRow] = {}
        for row in things:
            newest[row.thing, row.thing_id] = row
        kept = [self._document(row.sha256) for row in newest.values() if not row.withdrawn]
        return _with_all(Case(number, tuple(map(_series_entry, series))), kept)

    def _put(
        self,
        work: UnitOfWork,
        session: Session,
        number: str,
        change: Change,
        series: Mapping[str, SeriesRow],
    ) -> ThingRow:
        latest = work.cases.latest(number, change.thing, change.thing_id)
        earlier = self._document(latest.sha256) if latest else None
        self._refuse_stale(change, earlier)
        described = canonical.normalised(change.after)
        source = _source_of(number, change, series)
        row = ThingRow(
            case_number=number,
            thing=change.thing,
            thing_id=change.thing_id,
            version=latest.version + 1 if latest else 1,
            sha256="",
            withdrawn=change.after is None,
        )
        kept = {
            "v": 1,
            "t": change.thing,
            "id": change.thing_id,
            "case": number,
            "version": row.version,
            "previous": latest.sha256 if latest else "",
            "act": change.act,
            "author": session.actor.person_id,
            "ts": utc(self._journal.clock()),
            "source": source.manifest_sha256 if source else "",
            "record": described,
        }
        row = replace(row, sha256=self._blobs.put(canonical.encode(kept, fractions=True)))
        work.cases.add_thing(row)
        return row

    def _refuse_stale(self, change: Change, earlier: Document | None) -> None:
        """Refuse a change that starts from something else than what is kept."""
        stored = earlier["record"] if earlier else None
        before = canonical.normalised(change.before)
        if canonical.encode(stored, fractions=True) != canonical.encode(before, fractions=True):
            raise InputError("archive.record.changed_meanwhile", id=change.thing_id)

    def _document(self, sha256: str) -> Document:
        found: Document = canonical.decode(self._blobs.read(sha256), fractions=True)
        return found

    def _failed(self, session: Session, right: Right, number: str, error: VirtopsyError) -> None:
        data = {"why": error.key}
        self._journal.write(Act(right, who(session.actor), Out.FAIL, case=number, data=data))


def _source_of(number: str, change: Change, series: Mapping[str, SeriesRow]) -> SeriesRow | None:
    """Return the series a record is about, after checking that it fits the case."""
    record = change.after or change.before
    if record is None:
        raise Bug(f"a change of {change.thing_id} from nothing to nothing")
    if change.thing == "subject":
        _subject_of(change.thing_id, record)
        return None
    reads = finding_record.from_record if change.thing == "finding" else stop_record.from_record
    read = reads(record)
    row = series.get(read.series_uid.partition("#")[0])
    if row is None:
        raise InputError("archive.case.no_series", number=number, series=read.series_uid)
    frame = record.get("frame_of_reference_uid", "")
    if frame and row.frame_of_reference_uid and frame != row.frame_of_reference_uid:
        raise InputError("archive.finding.frame", number=number, frame=frame)
    return row


def _with_all(case: Case, kept: Iterable[Document]) -> Case:
    """Return the case with all that is kept of it laid in, each in its first place.

    Raises:
        InputError: a record is malformed, or of a kind that a later version brought.
    """
    findings: dict[str, Finding] = {}
    stops: dict[str, Stop] = {}
    for one in kept:
        thing, record = one["t"], one["record"]
        if thing == "finding":
            finding = finding_record.from_record(record)
            findings[finding.finding_id] = finding
        elif thing == "stop":
            stop = stop_record.from_record(record)
            stops[stop.stop_id] = stop
        elif thing == "subject":
            case = case.with_subject(_subject_of(one["id"], record))
        else:
            raise InputError("archive.record.unknown_thing", thing=ascii(str(thing)[:40])[1:-1])
    return replace(case, findings=tuple(findings.values()), stops=tuple(stops.values()))


def _subject_of(thing_id: str, record: object) -> Subject:
    """Return the state of the one person a case is about; another id would be another person."""
    if thing_id != THE_SUBJECT:
        raise InputError("case.subject.malformed", detail=ascii(thing_id[:40])[1:-1])
    return subject_record.from_record(record)


def _done(rows: Sequence[ThingRow], changes: Sequence[Change]) -> list[Document]:
    return [
        {"thing": row.thing, "id": row.thing_id, "version": row.version, "act": change.act}
        for row, change in zip(rows, changes, strict=True)
    ]


def _series_entry(row: SeriesRow) -> SeriesEntry:
    return SeriesEntry(
        series_uid=row.series_uid,
        study_uid=row.study_uid,
        description=row.description,
        modality=row.modality,
        patient_name=row.patient_name,
        study_date=row.study_date,
        manifest_sha256=row.manifest_sha256,
    )
