"""Backing the archive up from the screen: a job, and its answer in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archive.services.backup import BackupReport
from archive.services.rights import Right
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.errors import UsageError, VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, count, say

_MOST_TOLD = 200
"""Problems of one backup that are told one by one; the command line tells all."""


class Backups:
    """Writes backups in the background.

    Attributes:
        report: of the last backup; None before one.
        problem: what failed, for the strip.
    """

    def __init__(self, keeping: Keeping, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self.report: Value[BackupReport | None] = Value(None)
        self.problem: Event[VirtopsyError] = Event()
        keeping.archive.subscribe(lambda _: self.report.set(None))

    @property
    def allowed(self) -> bool:
        """Whether the person who is signed in may back up."""
        return self._keeping.allows(Right.BACKUP)

    def write(self, place: Path, password: str, *, plain: bool) -> None:
        """Back up into `place`.

        Args:
            place: a folder on another disk.
            password: of the person; opens the backup later.
            plain: not encrypted.

        Raises:
            UsageError: nobody is signed in, no folder, or no password for an encrypted backup.
        """
        archive, actor = self._keeping.acting()
        if place == Path() or not (password or plain):
            raise UsageError("logroom.backup.incomplete")
        self.report.set(None)

        def job(progress: Progress) -> BackupReport:
            return archive.backup.write(
                actor, place, password=password, plain=plain, progress=progress
            )

        self._work.start("backup.progress.write", job, self.report.set, self.problem.announce)

    def told(self, language: Language) -> Sequence[tuple[str, bool]]:
        """Return what the last backup did, a sentence each, and whether it asks for caution."""
        report = self.report.now
        if report is None:
            return ()
        done = say(
            "backup.done",
            language,
            path=report.path,
            snapshot=report.snapshot,
            objects=count(report.objects),
            written=count(report.written),
            entries=count(report.size),
            seconds=round(report.seconds, 1),
        )
        sealed = say("backup.encrypted" if report.encrypted else "backup.plain", language)
        told = [(done, False), (sealed, not report.encrypted)]
        if report.renewed:
            told.append((say("backup.renewed", language, count=report.renewed), True))
        if not report.ok:
            told.append((say("backup.not_whole", language, count=len(report.problems)), True))
        told += [(one.sentence(language), True) for one in report.problems[:_MOST_TOLD]]
        left_out = report.left_out[:_MOST_TOLD]
        return [*told, *((say("backup.left_out", language, path=one), False) for one in left_out)]
