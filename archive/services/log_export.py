"""The log handed out as a file, a table or DICOM audit messages: a million entries as they come."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from archive.proof.chain import Act
from archive.records import Actor, LogEntry, LogQuery
from archive.services import audit_xml, log_csv
from archive.services.access import Access
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.log_reader import LogReader
from archive.services.rights import Right
from virtopsy.jobs import Progress
from virtopsy.language import Language

Write: TypeAlias = Callable[[bytes], Any]


class LogForm(StrEnum):
    """What the log can be handed out as."""

    CSV = "csv"
    AUDIT_XML = "audit_xml"


@dataclass(frozen=True)
class LogExported:
    """What was handed out.

    Attributes:
        entries: how many stand in the file.
        sha256: of the file's bytes; the entry of the export names it.
    """

    entries: int
    sha256: str


class LogExport:
    """Writes what a person may read of the log."""

    def __init__(self, access: Access, journal: Journal) -> None:
        self._journal = journal
        self._reader = LogReader(access, journal)

    def write(  # noqa: PLR0913 -- what is asked for and where it goes; by name
        self,
        actor: Actor | None,
        form: LogForm,
        language: Language,
        write: Write,
        *,
        wanted: LogQuery,
        progress: Progress | None = None,
    ) -> LogExported:
        """Hand the entries to `write` piece by piece, then record the export with its hash.

        That the log is read is an entry before the first piece: a file that was begun is in the
        log, whatever stops it. The entry of the export, with the hash, comes before the file has
        its name.

        Raises:
            AccessDenied: no right to it, or the case is another person's.
            StorageError: the archive is only read; nothing was handed out.
        """
        session, own = self._reader.admitted(actor, Right.EXPORT_LOG, wanted)
        if self._journal.database.shut:
            raise self._journal.database.shut.refusal
        until = self._reader.last_seq()
        self._journal.write(Act(Right.READ_LOG, who(session.actor), case=wanted.case_number))
        entries = self._reader.entries(wanted, own, until)
        counted = _Counted(entries, until, progress or Progress())
        digest = hashlib.sha256()
        for piece in self._pieces(form, counted, language):
            digest.update(piece)
            write(piece)
        data: dict[str, Any] = {
            "form": form.value,
            "entries": counted.count,
            "first": counted.first,
            "last": counted.last,
            "sha256": digest.hexdigest(),
        }
        if wanted.refused:
            data["denied"] = True
        if wanted.act:
            data["act"] = wanted.act
        act = Act(Right.EXPORT_LOG, who(session.actor), case=wanted.case_number, data=data)
        self._journal.write(act, session.seal, at_once=True)
        return LogExported(counted.count, digest.hexdigest())

    def _pieces(
        self, form: LogForm, entries: Iterable[LogEntry], language: Language
    ) -> Iterator[bytes]:
        if form is LogForm.CSV:
            return log_csv.table(entries, language)
        return audit_xml.messages(entries, self._journal.archive, language)


class _Counted:
    """Passes entries on and remembers how many there were."""

    def __init__(self, entries: Iterator[LogEntry], until: int, progress: Progress) -> None:
        self._entries = entries
        self._until = until
        self._progress = progress
        self.count = self.first = self.last = 0

    def __iter__(self) -> Iterator[LogEntry]:
        for one in self._entries:
            self.count += 1
            self.first, self.last = self.first or one.seq, one.seq
            self._progress.tick(one.seq, self._until)
            yield one
