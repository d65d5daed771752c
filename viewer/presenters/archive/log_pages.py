"""The log on the screen: a page of sentences, newest first, and what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.proof.acts import ActName
from archive.records import LogQuery
from archive.services.explain import sentence
from archive.services.log_reader import LogPage
from archive.services.rights import Right
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.errors import VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, count, say
from virtopsy.report.moments import logged_words

EVERY = ""
"""Every act, in the choice of acts."""


@dataclass(frozen=True)
class Told:
    """An entry as the room shows it.

    Attributes:
        seq: its number.
        when: date and time, UTC.
        text: what happened, a sentence.
        refused: whether it was an attempt that was refused or failed.
    """

    seq: int
    when: str
    text: str
    refused: bool


class LogPages:
    """Reads pages of the log; every page read is an entry itself.

    Attributes:
        page: what is shown; None before anything was read.
        query: which entries are wanted.
        reading: whether a page is on its way.
        problem: what failed, for the strip.
    """

    def __init__(self, keeping: Keeping, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self._before: list[int | None] = [None]
        self.page: Value[LogPage | None] = Value(None)
        self.query: Value[LogQuery] = Value(LogQuery())
        self.reading: Value[bool] = Value(False)
        self.problem: Event[VirtopsyError] = Event()
        keeping.archive.subscribe(lambda _: self._forget())

    @property
    def allowed(self) -> bool:
        """Whether the person who is signed in may read the log, or a part of it."""
        return self._keeping.allows(Right.READ_LOG)

    @property
    def newest_shown(self) -> bool:
        """Whether the first page is shown."""
        return len(self._before) == 1

    def ask(self, *, case_number: str, act: str, refused: bool) -> None:
        """Show the newest of other entries."""
        self.query.set(LogQuery(case_number.strip(), act, refused))
        self.newest()

    def of_case(self, number: str) -> None:
        """Ask for the entries of a case; they are read when the room is shown."""
        self.query.set(replace(self.query.now, case_number=number))
        self._before = [None]
        self.page.set(None)

    def newest(self) -> None:
        """Show the newest entries, read anew."""
        self._before = [None]
        self._read()

    def older(self) -> None:
        """Turn to the page before; nothing where there is none."""
        page = self.page.now
        if page is not None and page.older:
            self._before.append(page.entries[-1].seq)
            self._read()

    def newer(self) -> None:
        """Turn back to the page after."""
        if not self.newest_shown:
            self._before.pop()
            self._read()

    def told(self, language: Language) -> Sequence[Told]:
        """Return the entries of the page in words."""
        page = self.page.now
        if page is None:
            return ()
        return [
            Told(
                one.seq,
                logged_words(one.ts),
                sentence(one, language),
                one.out != "ok",
            )
            for one in page.entries
        ]

    def place(self, language: Language) -> str:
        """Say which entries are shown, of how many."""
        page = self.page.now
        if page is None or not page.entries:
            return say("logroom.nothing", language)
        first, last = page.entries[0].seq, page.entries[-1].seq
        facts = {"first": count(first), "last": count(last), "size": count(page.size)}
        return say("logroom.place", language, **facts)

    def _read(self) -> None:
        archive, actor = self._keeping.acting()
        wanted, before = self.query.now, self._before[-1]
        self.reading.set(True)

        def job(_: Progress) -> LogPage | None:
            # Who signed out meanwhile asked nothing: no refusal belongs into the log.
            allowed = archive.access.allows(actor, Right.READ_LOG)
            return archive.log.page(actor, wanted, before=before) if allowed else None

        def done(page: LogPage | None) -> None:
            self.reading.set(False)
            if self._keeping.archive.now is archive:
                self.page.set(page)

        def failed(error: VirtopsyError) -> None:
            self.reading.set(False)
            self.problem.announce(error)

        self._work.start("logroom.job.read", job, done, failed, quiet=True)

    def _forget(self) -> None:
        self._before = [None]
        self.query.set(LogQuery())
        self.page.set(None)


def acts(language: Language) -> Sequence[tuple[str, str]]:
    """Return every act that can be asked for with its words, in the order of the words."""
    words = [(one.value, say(f"entry.what.{one.value}", language)) for one in ActName]
    every = (EVERY, say("logroom.every_act", language))
    return [every, *sorted(words, key=lambda one: one[1].casefold())]
