"""Dragging a point of an unlocked finding: a draft until the release, then one new version."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.forms import At
from viewer.presenters.tools.measured import moved, read
from viewer.presenters.value import Value
from virtopsy.case.commands import ChangeFinding
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.findings.measure import Measure


@dataclass(frozen=True)
class Dragged:
    """A point that follows the mouse.

    Attributes:
        before: the finding as it is recorded.
        now: as it would be.
        place: which of its places.
        at: where the mouse is; None before it moved.
    """

    before: Finding
    now: Finding
    place: int
    at: At | None = None


class Handles:
    """Moves one point at a time.

    Attributes:
        drag: what is being dragged.
    """

    def __init__(self, session: Session, views: Views, findings: Findings) -> None:
        self._session, self._views, self._findings = session, views, findings
        self.drag: Value[Dragged | None] = Value(None)
        session.changed.subscribe(lambda _: self.leave())

    def grab(self, finding_id: str, place: int) -> None:
        """Take hold of a point; Bug where the finding is locked."""
        if self._findings.unlocked.now != finding_id:
            raise Bug(f"finding {finding_id} is locked")
        finding = self._session.case.finding(finding_id)
        self.drag.set(Dragged(finding, finding, place))

    def pull(self, at: At) -> None:
        """Let the point follow the mouse."""
        drag = self.drag.now
        if drag is not None:
            now = moved(drag.before, drag.place, at.lps_mm)
            self.drag.set(Dragged(drag.before, now, drag.place, at))

    def release(self) -> None:
        """Record the moved finding as a new version; a grab without a move records nothing.

        Raises:
            VirtopsyError: there can be no such finding; it stays as it was.
        """
        drag = self.drag.now
        self.drag.set(None)
        if drag is None or drag.now == drag.before:
            return
        finding, volume = drag.now, self._views.volume.now
        if isinstance(finding, Measure) and volume is not None:
            finding = read(volume, finding)
        self._session.do(ChangeFinding(finding))

    def leave(self) -> None:
        """Let go; nothing is moved."""
        self.drag.set(None)
