"""The cases of the open archive on the screen: a page at a time, or what a search found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from archive.opening import Archive
from archive.records import Actor, CaseSummary, SearchReport
from archive.services.rights import Right
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.errors import VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, count, printable, say

T = TypeVar("T")
PAGE = 50


@dataclass(frozen=True)
class Line:
    """A case in the list.

    Attributes:
        number: of the case it opens.
        text: its number, and below what it holds or what was found in it.
    """

    number: str
    text: str


class CaseList:
    """Lists and searches the cases of the person who is signed in; each is an entry of the log.

    Attributes:
        cases: the pages read so far, newest first.
        found: what the search found; None while all cases are listed.
        busy: whether a page or a search is on its way.
        problem: what failed, for the strip.
    """

    def __init__(self, keeping: Keeping, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self._more = False
        self.cases: Value[tuple[CaseSummary, ...]] = Value(())
        self.found: Value[SearchReport | None] = Value(None)
        self.busy: Value[bool] = Value(False)
        self.problem: Event[VirtopsyError] = Event()

    @property
    def allowed(self) -> bool:
        """Whether the person who is signed in may list cases and search them."""
        return self._keeping.allows(Right.LIST_CASES) and self._keeping.allows(Right.SEARCH)

    def refresh(self) -> None:
        """Read the first page anew and leave the search; no cases where nobody may list them.

        Nobody is refused what nobody asked for: the log would tell of a person who tried.
        """
        self.found.set(None)
        page: tuple[CaseSummary, ...] = ()
        if self.allowed:
            archive, actor = self._keeping.acting()
            page = archive.cases.list(actor, limit=PAGE)
        self._more = len(page) == PAGE
        self.cases.set(page)

    def older(self) -> None:
        """Read one more page; nothing where there is none, or while something else is read."""
        shown = self.cases.now
        if not self._more or self.busy.now or self.found.now is not None:
            return

        def done(page: tuple[CaseSummary, ...]) -> None:
            if self.cases.now is shown:
                self._more = len(page) == PAGE
                self.cases.set((*shown, *page))

        self._start(
            "search.job.list",
            lambda archive, actor: archive.cases.list(actor, limit=PAGE, after=shown[-1].number),
            done,
        )

    def seek(self, text: str) -> None:
        """Search for words; no word shows the cases again."""
        if text.strip():
            find = "search.job.find"
            self._start(find, lambda archive, who: archive.search.find(who, text), self.found.set)
        else:
            self.found.set(None)

    def lines(self, language: Language) -> Sequence[Line]:
        """Return what the list shows."""
        found = self.found.now
        if found is None:
            return [_of_case(one, language) for one in self.cases.now]
        return [
            Line(
                one.case_number,
                f"{one.case_number}\n{say(f'search.kind.{one.kind}', language)}: "
                f"{printable(one.text)}",
            )
            for one in found.results
        ]

    def told(self, language: Language) -> str:
        """Say how much was found, or that no case is to be seen; empty while cases are listed."""
        if self._keeping.signed_in and not self.allowed:
            return say("search.no_cases", language)
        found = self.found.now
        if found is None:
            return ""
        shown = len(found.results)
        if found.more or shown < found.total:
            facts = {"total": count(found.total), "shown": count(shown)}
            return say("search.more" if found.more else "search.some", language, **facts)
        return say(found.answer, language, total=count(found.total))

    def _start(
        self, label: str, ask: Callable[[Archive, Actor], T], done: Callable[[T], object]
    ) -> None:
        archive, actor = self._keeping.acting()
        self.busy.set(True)

        def job(_: Progress) -> T:
            return ask(archive, actor)

        def end(answer: T) -> None:
            self.busy.set(False)
            if self._keeping.archive.now is archive:
                done(answer)

        def fail(error: VirtopsyError) -> None:
            self.busy.set(False)
            self.problem.announce(error)

        self._work.start(label, job, end, fail, lane="archive")


def _of_case(case: CaseSummary, language: Language) -> Line:
    holds = say("ui.archive.findings", language, n=case.findings)
    return Line(case.number, f"{case.number}\n{case.opened[:10]} · {holds}")
