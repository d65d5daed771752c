"""The live line: how long nothing outside this machine vouches for the log."""

from __future__ import annotations

from archive.services.anchors import LastAnchor, age_in_words
from archive.services.rights import Right
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.errors import VirtopsyError
from virtopsy.jobs import Progress
from virtopsy.language import Language, say


class Anchoring:
    """Follows the newest outside anchor: after every act, and whenever it is asked.

    Attributes:
        last: the newest anchor seen from now; None where nobody is signed in who may see it.
        problem: what failed, for the strip.
    """

    def __init__(self, keeping: Keeping, session: Session, work: Work) -> None:
        self._keeping = keeping
        self._work = work
        self._waiting = False
        self.last: Value[LastAnchor | None] = Value(None)
        self.problem: Event[VirtopsyError] = Event()
        keeping.archive.subscribe(lambda _: self.refresh())
        keeping.saved.subscribe(lambda _: self.refresh())
        session.changed.subscribe(lambda _: self.refresh())
        work.running.subscribe(self._after_jobs)

    def refresh(self) -> None:
        """Look again; it takes a look at an index, so it may be asked often."""
        if not self._keeping.allows(Right.READ_LOG):
            self.last.set(None)
            return
        if self._waiting:
            return
        archive, actor = self._keeping.acting()
        self._waiting = True

        def done(found: LastAnchor | None) -> None:
            self._waiting = False
            if self._keeping.archive.now is archive:
                self.last.set(found)

        def failed(error: VirtopsyError) -> None:
            self._waiting = False
            self.last.set(None)
            if self._keeping.archive.now is archive:
                self.problem.announce(error)

        def job(_: Progress) -> LastAnchor | None:
            # Who signed out meanwhile asked nothing: no refusal belongs into the log.
            allowed = archive.access.allows(actor, Right.READ_LOG)
            return archive.anchors.last(actor) if allowed else None

        self._work.start("logroom.job.read", job, done, failed, quiet=True)

    def briefly(self, language: Language) -> str:
        """Return what the bottom line says; empty where there is nothing to say."""
        last = self.last.now
        if last is None:
            return ""
        if last.anchor is None:
            return say("logroom.anchor.none", language, n=last.entries_since)
        age = age_in_words(last.age, language)
        return say("logroom.anchor", language, age=age, n=last.entries_since)

    def sentence(self, language: Language) -> str:
        """Return it with the kind of the anchor; empty where there is nothing to say."""
        return "" if self.last.now is None else self.last.now.sentence(language)

    def _after_jobs(self, running: tuple[Running, ...]) -> None:
        """Look again when the last job ended: exports, receipts and backups are acts."""
        if not running:
            self.refresh()
