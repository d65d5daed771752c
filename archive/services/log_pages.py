"""The log a page at a time, newest first: it may have a million entries."""

from __future__ import annotations

from dataclasses import dataclass

from archive.proof.chain import Act
from archive.records import Actor, LogEntry, LogQuery, OwnEntries
from archive.services.access import Access, who
from archive.services.explain import named
from archive.services.journal import Journal
from archive.services.rights import Right

PAGE = 100


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


class LogPages:
    """Reads the log for one person: whole, or own cases, own acts, and the house's for some."""

    def __init__(self, access: Access, journal: Journal) -> None:
        self._access = access
        self._journal = journal

    def page(
        self, actor: Actor, wanted: LogQuery, *, before: int | None = None, most: int = PAGE
    ) -> LogPage:
        """Return the newest entries that are wanted, of those before an entry where one is named.

        Reading is an act: it is an entry itself.

        Args:
            actor: who reads.
            wanted: which entries.
            before: number of an entry; only earlier ones are returned.
            most: at most so many.

        Raises:
            AccessDenied: nobody is logged in, the person may not read the log, or the case is
                another person's.
        """
        session = self._access.require(actor, Right.READ_LOG)
        person = session.actor
        whole = self._access.allows(person, Right.READ_WHOLE_LOG)
        if wanted.case_number and not whole:
            self._access.require_case(person, Right.READ_LOG, wanted.case_number)
        self._journal.write(Act(Right.READ_LOG, who(person), case=wanted.case_number))
        with self._journal.database.reading() as work:
            own = None
            if not whole:
                house = self._access.allows(person, Right.READ_HOUSE_LOG)
                own = OwnEntries(person.person_id, house)
            found = list(work.log.page(wanted, most + 1, before=before, own=own))
            last = work.log.last()
            names = {one.person_id: one.name for one in work.persons.all()}
        shown = tuple(named(one, names) for one in found[:most])
        return LogPage(shown, len(found) > most, last.seq if last else 0)
