"""The log handed out as a file from the screen: a table, or DICOM audit messages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.records import LogQuery
from archive.services.log_export import LogExported, LogForm
from archive.services.rights import Right
from viewer.presenters import handed_out
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Event
from viewer.presenters.work import Work
from virtopsy.errors import VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, say

ENDINGS = {LogForm.CSV: ".csv", LogForm.AUDIT_XML: ".xml"}


@dataclass(frozen=True)
class Written:
    """A file that was handed out."""

    path: Path
    exported: LogExported

    def sentence(self, language: Language) -> str:
        """Say where it lies, how many entries it has, and its hash."""
        done = self.exported
        return say("entry.written", language, n=done.entries, path=self.path, sha256=done.sha256)


class LogFiles:
    """Writes what the person may read of the log.

    Attributes:
        problem: what failed, for the strip.
        written: told about a finished file.
    """

    def __init__(self, keeping: Keeping, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self.problem: Event[VirtopsyError] = Event()
        self.written: Event[Written] = Event()

    @property
    def allowed(self) -> bool:
        """Whether the person who is signed in may hand the log out."""
        return self._keeping.allows(Right.EXPORT_LOG)

    def write(self, out: Path, form: LogForm, language: Language, query: LogQuery) -> None:
        """Write the entries that are asked for.

        Raises:
            UsageError: nobody is signed in, or the ending is another form's.
            InputError: the file would lie in the archive.
            StorageError: its folder is missing.
        """
        archive, actor = self._keeping.acting()
        handed_out.check(out, (ENDINGS[form],))

        def job(progress: Progress) -> Written:
            with handed_out.draft(out) as file:
                exported = archive.log_export.write(
                    actor, form, language, file.write, wanted=query, progress=progress
                )
            return Written(out, exported)

        self._work.start("logroom.job.export", job, self.written.announce, self.problem.announce)
