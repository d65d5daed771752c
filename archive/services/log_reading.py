"""The log page by page: whoever reads a million entries holds neither them nor a lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from archive.records import Actor, LogEntry, Out
from archive.services.access import Access, Session
from archive.services.explain import named
from archive.services.journal import Journal
from archive.services.rights import Right

PAGE = 1000
"""Entries read in one transaction: while it is open nobody else's act becomes durable."""

_Shown: TypeAlias = Callable[[LogEntry], bool]


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for.

    Attributes:
        case_number: of one case only.
        after: only those later than this entry.
        denied: only refused acts.
    """

    case_number: str | None = None
    after: int = 0
    denied: bool = False


@dataclass(frozen=True)
class LogReading:
    """Reads what a person may see of the log."""

    access: Access
    journal: Journal

    def admitted(self, actor: Actor | None, right: Right, wanted: Wanted) -> tuple[Session, _Shown]:
        """Return the person's session, and which of the entries asked for the person may see.

        Whoever may read the whole log sees all; everybody else own cases and own acts; an
        administrator own acts and what belongs to no case.

        Raises:
            AccessDenied: nobody is logged in, no such right, or the case is another person's.
        """
        session = self.access.require(actor, right)
        person = session.actor
        if self.access.allows(person, Right.READ_WHOLE_LOG):
            return session, lambda _: True
        if wanted.case_number is not None:
            self.access.require_case(person, right, wanted.case_number)
            return session, lambda _: True
        own = self._own_cases(person)
        return session, lambda one: one.case_number in own or one.actor == person.person_id

    def _own_cases(self, actor: Actor) -> set[str]:
        """Return the cases whose entries the person reads; "" stands for those of no case."""
        with self.journal.database.reading() as work:
            own = {one.number for one in work.cases.summaries(actor.person_id)}
        house = self.access.allows(actor, Right.READ_HOUSE_LOG)
        return own | {""} if house else own

    def entries(self, wanted: Wanted, shown: _Shown) -> Iterator[LogEntry]:
        """Return the entries that are there now, by seq, with the names of persons."""
        return self._until(self.last_seq(), wanted, shown)

    def _until(self, until: int, wanted: Wanted, shown: _Shown) -> Iterator[LogEntry]:
        after = wanted.after
        while page := self._page(wanted.case_number, after):
            after = page[-1].seq
            for one in page:
                if one.seq > until:
                    return
                if shown(one) and (not wanted.denied or one.out == Out.DENIED):
                    yield one

    def last_seq(self) -> int:
        """Return the newest entry's number."""
        with self.journal.database.reading() as work:
            last = work.log.last()
        return last.seq if last else 0

    def _page(self, case_number: str | None, after: int) -> list[LogEntry]:
        with self.journal.database.reading() as work:
            page = list(islice(work.log.entries(case_number, after), PAGE))
            names = {one.person_id: one.name for one in work.persons.all()} if page else {}
        return [named(one, names) for one in page]
