"""Finding metal by itself: every dense piece of the scan becomes a finding, none is left out."""

from __future__ import annotations

import math
from collections.abc import Callable

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.case.commands import AddFindings
from virtopsy.errors import Bug, VirtopsyError
from virtopsy.findings.fragment import Fragment, of_piece
from virtopsy.imaging.metal import MetalPiece, fragments
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

SAME_MM = 2.0
"""Two centres that are nearer than that are one piece, found again."""


class FragmentSearch:
    """Searches the shown scan and adds what is not listed yet, as one act.

    Attributes:
        found: how many pieces the last search added; None before one.
        trouble: what failed, for the strip.
    """

    def __init__(
        self,
        session: Session,
        views: Views,
        findings: Findings,
        work: Work,
        new_id: Callable[[], str],
    ) -> None:
        self._session, self._views, self._findings = session, views, findings
        self._work, self._new_id = work, new_id
        self._running: Running | None = None
        self.found: Value[int | None] = Value(None)
        self.trouble: Event[VirtopsyError] = Event()
        views.volume.subscribe(lambda _: self._forget())

    @property
    def searching(self) -> bool:
        """Whether a search runs."""
        return self._running is not None

    def search(self, named: Callable[[int], str]) -> None:
        """Search in the background.

        Args:
            named: what the n-th fragment is called until the expert renames it.
        """
        volume = self._views.volume.now
        if volume is None:
            raise Bug("a search needs a volume")
        if self._running is not None:
            return

        def job(progress: Progress) -> tuple[MetalPiece, ...]:
            return fragments(volume, progress)

        def done(pieces: tuple[MetalPiece, ...]) -> None:
            self._running = None
            if self._views.volume.now is volume:
                self._add(volume, pieces, named)

        def failed(error: VirtopsyError) -> None:
            self._running = None
            self.trouble.announce(error)

        def cancelled() -> None:
            self._running = None

        self._running = self._work.start("fragments.job", job, done, failed, cancelled=cancelled)

    def _add(
        self, volume: Volume, pieces: tuple[MetalPiece, ...], named: Callable[[int], str]
    ) -> None:
        listed = [one for one in self._findings.shown if isinstance(one, Fragment)]
        new = [one for one in pieces if not any(_same(one, known) for known in listed)]
        findings = tuple(
            of_piece(piece, volume, self._new_id(), named(len(listed) + number))
            for number, piece in enumerate(new, start=1)
        )
        if findings:
            try:
                self._session.do(AddFindings(findings))
            except VirtopsyError as error:
                self.trouble.announce(error)
                return
        self.found.set(None)
        self.found.set(len(findings))

    def _forget(self) -> None:
        if self._running is not None:
            self._running.progress.cancel()
        self.found.set(None)


def _same(piece: MetalPiece, known: Fragment) -> bool:
    return math.dist(piece.centre_lps_mm, known.centre_lps_mm) < SAME_MM
