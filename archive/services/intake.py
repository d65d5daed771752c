"""Taking evidence in: kept byte for byte, durable before it is announced, never overwritten.

The order is the promise: copy and hash in one pass, one sync for all, final names, read back past
the cache, and only then rows and log entry in one transaction. What was copied before a kill is
not copied again; what was not recorded was not announced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from archive.ports import Blobs, Staging, StagingPlace, UnitOfWork
from archive.proof import canonical
from archive.proof.acts import ActName
from archive.proof.chain import Act, utc
from archive.records import Actor, CaseRow, FileReport, Flag, IntakeReport, ObjectName, SeriesRow
from archive.services import containers
from archive.services.access import Access
from archive.services.containers import BundleSaid
from archive.services.copying import Staged, keep, stage
from archive.services.flags import of_all
from archive.services.gate import Session, who
from archive.services.hands import Tally
from archive.services.journal import Journal
from archive.services.leftovers import Leftovers
from archive.services.persons import salted
from archive.services.rights import Right
from archive.services.searched import case_item, file_items, series_item
from archive.services.sources import Brought, Listing, listed
from archive.services.statement import Statement
from archive.services.taken import Taken, series_row
from virtopsy import confined
from virtopsy.errors import InputError, StorageError
from virtopsy.jobs import Progress

LONGEST_NUMBER = 64
_SPARE = 1.1
_HARMLESS = ("archive.storage.space", "archive.storage.busy")
"""Failures that say nothing about what was copied."""


class Intake:
    """Takes files into a case."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what an intake touches, given once
        self,
        access: Access,
        journal: Journal,
        blobs: Blobs,
        place: StagingPlace,
        leftovers: Leftovers,
        folder: Path,
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._place = place
        self._leftovers = leftovers
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

        Zips are kept and their members besides; a court bundle is checked by its verifier first.
        With `below`, a folder that holds all sources, their names are kept relative to it. The
        same call after a kill, a cancel or an unplugged carrier goes on where it was.
        `progress` counts bytes.

        Raises:
            AccessDenied: no right to import, or the case is another person's.
            InputError: the source cannot be read at all, or the case number is none.
            UsageError: a statement is too long, or body tag, scout and name do not agree (`agrees`
                is False) and no words say in what.
            StorageError: the disk refused, or the archive is only read; nothing was recorded.
            IntegrityError: bytes that the archive had already are not what they were.
            Cancelled: nothing was recorded.
        """
        session = self._access.require(actor, Right.IMPORT)
        if self._journal.database.shut:
            raise self._journal.database.shut.refusal
        number = case_number_of(case_number)
        statement = Statement(basis, deliverer, carrier, seal, agrees, agrees_words).checked()
        self._refuse_foreign_case(session, number)
        begun = self._journal.machine.monotonic_ns()
        confined.start()
        given = [sources] if isinstance(sources, Path) else list(sources)
        brought = listed(given, self._folder, below)
        self._leftovers.note(session)
        draft = _Draft(number, statement, reason)
        report = self._through_staging(session, draft, brought, progress)
        self._journal.checkpoint_after(session.seal, at_once=True)
        progress.tick(1, 1)
        seconds = (self._journal.machine.monotonic_ns() - begun) / 1e9
        return replace(report, seconds=seconds)

    def _through_staging(
        self, session: Session, draft: _Draft, brought: Listing, progress: Progress
    ) -> IntakeReport:
        """Copy, keep and record; what was copied stays for the next try unless the disk failed."""
        owner = canonical.sha256(f"{session.actor.person_id}\n{draft.number}".encode())
        boot = self._journal.machine.surroundings().boot
        staging = self._place.enter(owner, boot, [one.key for one in brought.files])
        try:
            draft = self._staged(staging, draft, brought, progress)
            report = self._record(session, staging, draft)
        except StorageError as error:
            # What the disk did not take once is not trusted to be there now.
            (staging.leave if error.key in _HARMLESS else staging.clear)()
            raise
        except BaseException:
            staging.leave()
            raise
        staging.clear()
        return report

    def _staged(
        self, staging: Staging, draft: _Draft, brought: Listing, progress: Progress
    ) -> _Draft:
        """Return the draft with everything that came, on the disk and read back."""
        self._preflight(staging, brought.files)
        tally = Tally(progress, 2 * sum(one.size for one in brought.files))
        bundles = [said for one in brought.bundles if (said := containers.said_of(one, ""))]
        staged, unreadable = stage(staging, brought.files, brought.roots, tally)
        if not staged:
            raise InputError("archive.source.nothing_readable", path=brought.roots[0])
        inside = containers.within(staged, progress)
        self._preflight(staging, inside.files)
        tally.expect(2 * sum(one.size for one in inside.files))
        for one in inside.bundles:
            said = containers.said_of(one.copied.path, one.brought.name)
            bundles += [said] if said else []
        members, broken = stage(staging, inside.files, (), tally) if inside.files else ([], [])
        staging.settle()
        keep(staging, [*staged, *members], tally)
        others = (*brought.others, *unreadable, *inside.refused, *broken)
        whole = (*staged, *members)
        flags = (*of_all(whole, self._journal.clock()), *(one.flag for one in bundles))
        return replace(draft, staged=whole, others=others, flags=flags, bundles=tuple(bundles))

    def _preflight(self, staging: Staging, files: Sequence[Brought]) -> None:
        """Refuse before anything is written what the disk has no room for."""
        size = sum(one.size for one in files if staging.copied(one.key) is None)
        needed, free = int(size * _SPARE), self._place.free_bytes()
        if free < needed:
            needed_mb, free_mb = -(-needed // 1_000_000), free // 1_000_000
            raise StorageError("archive.storage.space", needed_mb=needed_mb, free_mb=free_mb)

    def _refuse_foreign_case(self, session: Session, number: str) -> None:
        with self._journal.database.reading() as work:
            case = work.cases.get(number)
        if case is not None and case.owner != session.actor.person_id:
            raise self._access.denied(session.actor, Right.IMPORT, number, number)

    def _record(self, session: Session, staging: Staging, draft: _Draft) -> IntakeReport:
        actor = session.actor
        with self._journal.database.writing() as work:
            case = work.cases.get(draft.number)
            if case is None:
                self._open_case(work, actor, draft)
            if case is None or case.owner == actor.person_id:
                # Bytes that were there already may have been destroyed for another case since.
                gone = [one for one in draft.staged if not self._blobs.holds(one.sha256)]
                if gone:
                    keep(staging, gone, Tally(Progress(), sum(one.size for one in gone)))
                report = self._record_in(work, actor, draft)
                work.commit()
                return report
        # Opened by somebody else while the files were copied; the denial is its own transaction.
        raise self._access.denied(actor, Right.IMPORT, draft.number, draft.number)

    def _record_in(self, work: UnitOfWork, actor: Actor, draft: _Draft) -> IntakeReport:
        number = draft.number
        destroyed = {one.sha256 for one in work.cases.tombstones(number)}
        taken = Taken.sort(draft.staged, work.cases.files(number), number, destroyed)
        again = [one.sha256 for one in taken.new if one.sha256 in destroyed]
        work.cases.lift_tombstones(number, again)
        work.cases.add_files(taken.new)
        rows = self._series_rows(work, draft, taken)
        for row in rows:
            work.cases.put_series(row)
        touched = {row.series_uid for row in rows}
        held = [row for row in work.cases.series(draft.number) if row.series_uid in touched]
        work.search.put((*map(series_item, held), *file_items(taken.new)))
        kept = self._blobs.put(salted("intake", draft.record(taken, rows)))
        entry = self._journal.append(work, draft.act(actor, taken, rows, kept))
        return IntakeReport(
            case=draft.number,
            **taken.counts,
            seconds=0.0,
            not_stated=draft.statement.not_stated,
            report=draft.reports(taken),
            series_manifests={row.series_uid: row.manifest_sha256 for row in rows},
            kinds=taken.kinds,
            flags=draft.flags,
            seq=entry.seq,
            intake_sha256=kept,
        )

    def _open_case(self, work: UnitOfWork, actor: Actor, draft: _Draft) -> None:
        opened = utc(self._journal.clock())
        case = CaseRow(draft.number, actor.person_id, opened)
        work.cases.add(case)
        work.search.put((case_item(case),))
        act = Act(ActName.CREATE_CASE, who(actor), case=draft.number, data={"opened": opened})
        self._journal.append(work, act)

    def _series_rows(self, work: UnitOfWork, draft: _Draft, taken: Taken) -> list[SeriesRow]:
        """Return the series this intake touched, each with its manifest of all files so far."""
        manifests: dict[str, list[dict[str, object]]] = defaultdict(list)
        gone = {one.sha256 for one in work.cases.tombstones(draft.number)}
        held = [one for one in work.cases.files(draft.number) if one.sha256 not in gone]
        for f in sorted(held, key=lambda f: (f.sop_uid, f.sha256)):
            manifests[f.series_uid].append(
                {"sha256": f.sha256, "size": f.size, "path": f.path, "sop_uid": f.sop_uid}
            )
        return [
            series_row(draft.number, header, self._blobs.put(canonical.encode(manifests[uid])))
            for uid, header in taken.headers.items()
        ]


@dataclass(frozen=True)
class _Draft:
    """Everything an intake will record."""

    number: str
    statement: Statement
    reason: str
    staged: tuple[Staged, ...] = ()
    others: tuple[FileReport, ...] = ()
    flags: tuple[Flag, ...] = ()
    bundles: tuple[BundleSaid, ...] = ()

    def reports(self, taken: Taken) -> tuple[FileReport, ...]:
        """Return a report on everything met, by path."""
        return tuple(sorted((*taken.files, *self.others), key=lambda one: one.path))

    def record(self, taken: Taken, rows: Sequence[SeriesRow]) -> dict[str, object]:
        """Return what the intake object keeps."""
        return {
            **self.statement.record(),
            "files": [asdict(row) for row in taken.new],
            "report": [one.record() for one in self.reports(taken)],
            "series": [asdict(row) for row in rows],
            "flags": [one.record() for one in self.flags],
            "bundles": [one.record() for one in self.bundles],
        }

    def act(self, actor: Actor, taken: Taken, rows: Sequence[SeriesRow], kept: str) -> Act:
        """Return the act; what is personal stands in the intake object alone."""
        manifests = (ObjectName("manifest", row.series_uid, row.manifest_sha256) for row in rows)
        counted = {
            **taken.counts,
            "kinds": taken.kinds,
            "flags": len(self.flags) + sum(len(one.flags) for one in taken.files),
            "not_stated": list(self.statement.not_stated),
            "agrees": self.statement.agrees,
        }
        return Act(
            Right.IMPORT,
            who(actor),
            case=self.number,
            objects=(ObjectName("intake", uuid4().hex, kept), *manifests),
            reason=self.reason,
            data=counted,
        )


def case_number_of(given: str) -> str:
    """Return a case number as it is kept; InputError where it is none."""
    number = " ".join(canonical.text(given).split())
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise InputError("archive.case.number", number=number[:LONGEST_NUMBER])
    return number
