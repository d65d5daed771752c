"""The log as one person may see it, read piece by piece.

Who sees which entry is said here and in the query alone (`records.OwnEntries`); whoever reads a
million entries holds neither them nor a lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archive.records import Actor, LogEntry, LogQuery, OwnEntries
from archive.services.access import Access
from archive.services.explain import named
from archive.services.gate import Session
from archive.services.journal import Journal
from archive.services.rights import Right

PAGE = 1000
"""Entries handed over by one transaction: while it is open nobody's act becomes durable."""
STRETCH = 20_000
"""Entries that one transaction looks through, where few of them are wanted."""


@dataclass(frozen=True)
class LogPage:
    """Some entries, newest first, with the names of the persons in them.

    Attributes:
        older: whether there are earlier entries that were asked for.
        size: entries of the whole log.
    """

    entries: tuple[LogEntry, ...]
    older: bool
    size: int


@dataclass(frozen=True)
class LogReader:
    """Reads what a person may see of the log."""

    access: Access
    journal: Journal

    def admitted(
        self, actor: Actor | None, right: Right, wanted: LogQuery
    ) -> tuple[Session, OwnEntries | None]:
        """Return the person's session, and which entries the person may see; None for all.

        Whoever may read the whole log sees all; everybody else own cases and own acts; an
        administrator also what belongs to no case.

        Raises:
            AccessDenied: nobody is logged in, no such right, or the case is another person's.
        """
        session = self.access.require(actor, right)
        person = session.actor
        if self.access.allows(person, Right.READ_WHOLE_LOG):
            return session, None
        if wanted.case_number:
            self.access.require_case(person, right, wanted.case_number)
        house = self.access.allows(person, Right.READ_HOUSE_LOG)
        return session, OwnEntries(person.person_id, house)

    def entries(self, wanted: LogQuery, own: OwnEntries | None, until: int) -> Iterator[LogEntry]:
        """Yield the entries up to `until` by seq, with the names of persons."""
        after = wanted.after
        while after < until:
            last = min(after + STRETCH, until)
            page = self._stretch(replace(wanted, after=after), last, own)
            yield from page
            after = page[-1].seq if len(page) == PAGE else last

    def page(
        self, wanted: LogQuery, own: OwnEntries | None, before: int | None, most: int
    ) -> LogPage:
        """Return the newest entries, at most `most`, of those before an entry if one is named."""
        with self.journal.database.reading() as work:
            found = list(work.log.page(wanted, most + 1, before=before, own=own))
            size = work.log.size()
            names = {one.person_id: one.name for one in work.persons.all()}
        shown = tuple(named(one, names) for one in found[:most])
        return LogPage(shown, len(found) > most, size)

    def last_seq(self) -> int:
        """Return the newest entry's number."""
        with self.journal.database.reading() as work:
            return work.log.size()

    def _stretch(self, wanted: LogQuery, until: int, own: OwnEntries | None) -> list[LogEntry]:
        with self.journal.database.reading() as work:
            page = list(work.log.stretch(wanted, PAGE, until=until, own=own))
            names = {one.person_id: one.name for one in work.persons.all()} if page else {}
        return [named(one, names) for one in page]
