"""What the window's widgets are given: the presenters and the few values they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from viewer.presenters.archive.anchoring import Anchoring
from viewer.presenters.archive.backups import Backups
from viewer.presenters.archive.case_list import CaseList
from viewer.presenters.archive.checking import Checking
from viewer.presenters.archive.exchanging import Exchanging
from viewer.presenters.archive.finding_history import FindingHistory
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.archive.log_files import LogFiles
from viewer.presenters.archive.log_pages import LogPages
from viewer.presenters.archive.presence import Presence
from viewer.presenters.archive.receipts import Receipts
from viewer.presenters.court.walkthrough import Walkthrough
from viewer.presenters.examine.along import Along
from viewer.presenters.examine.comparison import Comparison
from viewer.presenters.examine.cutting import Cutting
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.overlay import whose
from viewer.presenters.examine.pictures import Pictures
from viewer.presenters.examine.reading import Reading
from viewer.presenters.examine.subject import SubjectState
from viewer.presenters.examine.transfer import Transfer
from viewer.presenters.examine.views import Views
from viewer.presenters.protocol.writing import Writing
from viewer.presenters.session import Session
from viewer.presenters.tools.fragment_search import FragmentSearch
from viewer.presenters.tools.handles import Handles
from viewer.presenters.tools.marks import Marks
from viewer.presenters.tools.paint import PaintTool
from viewer.presenters.tools.points import PointsTool
from viewer.presenters.tools.region import RegionTool
from viewer.presenters.tools.trajectory import TrajectoryTool
from viewer.presenters.tools.workshop import Workshop
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Post, Work
from virtopsy.errors import VirtopsyError
from virtopsy.findings.region import Substance
from virtopsy.findings.vocabulary import called
from virtopsy.findings.words import number
from virtopsy.imaging.volume import Identity
from virtopsy.language import Fact, Language, say

ROOMS = ("cases", "examine", "protocol", "court", "log")
MARKING = ("measure", "wound", "fragment", "fracture", "note")
"""The tools that mark points; landmarks are in the menu of measures."""
TOOLS = ("point", "window", *MARKING, "trajectory", "region", "path")
THEMES = ("dark", "light")


@dataclass(frozen=True)
class Parts:
    """Everything a room needs, built once in `viewer.app.start`.

    Attributes:
        language: of every word on the screen.
        comparison: a second scan beside the examined one.
        compared_findings: those recorded on the second scan; nothing new is marked there.
        compared_trajectory: marks none there.
        points: marks everything else that is made of points.
        handles: drags the points of an unlocked finding.
        marks: what the views draw of findings.
        compared_points: marks nothing there.
        compared_handles: drags nothing there.
        compared_marks: of the second scan.
        compared_along: of the second scan, where nothing is looked along.
        compared_region: none is drawn there.
        paint: grows and paints volumes of voxels.
        compared_paint: paints none there.
        workshop: makes a track of rough clicks.
        fragment_search: lists the metal of the scan.
        compared_subject: nothing is stated there: it may be another person, or one still alive.
        room: which of `ROOMS` is shown.
        archive_folder: where evidence was kept last, or usually is.
        tool: which of `TOOLS` the left mouse button is.
        hinted: the views on which a newcomer still reads what to try first.
        theme: which of `THEMES` the window wears.
        helped: whether the sheet that lists mouse and keys lies over the views.
        loupe: whether the slice under the mouse is magnified.
        warned: whether the strip with the scan's warnings is open; closed, a sign stays.
        trouble: what failed, for the strip over the room.
        told: what was done, for some seconds in the place of the hint.
        post: runs a function in the screen's thread.
    """

    language: Value[Language]
    session: Session
    views: Views
    comparison: Comparison
    cutting: Cutting
    transfer: Transfer
    reading: Reading
    work: Work
    opening: Opening
    pictures: Pictures
    findings: Findings
    history: FindingHistory
    subject: SubjectState
    trajectory: TrajectoryTool
    compared_findings: Findings
    compared_trajectory: TrajectoryTool
    points: PointsTool
    compared_points: PointsTool
    handles: Handles
    compared_handles: Handles
    marks: Marks
    compared_marks: Marks
    along: Along
    compared_along: Along
    region: RegionTool
    compared_region: RegionTool
    paint: PaintTool
    compared_paint: PaintTool
    workshop: Workshop
    fragment_search: FragmentSearch
    compared_subject: SubjectState
    keeping: Keeping
    exchanging: Exchanging
    case_list: CaseList
    receipts: Receipts
    log_pages: LogPages
    checking: Checking
    anchoring: Anchoring
    presence: Presence
    backups: Backups
    log_files: LogFiles
    walkthrough: Walkthrough
    writing: Writing
    post: Post
    clock: Callable[[], datetime]
    archive_folder: Value[Path]
    room: Value[str] = field(default_factory=lambda: Value("cases"))
    tool: Value[str] = field(default_factory=lambda: Value("point"))
    hinted: Value[frozenset[str]] = field(default_factory=lambda: Value(frozenset()))
    theme: Value[str] = field(default_factory=lambda: Value(THEMES[0]))
    helped: Value[bool] = field(default_factory=lambda: Value(False))
    loupe: Value[bool] = field(default_factory=lambda: Value(False))
    warned: Value[bool] = field(default_factory=lambda: Value(True))
    trouble: Event[VirtopsyError] = field(default_factory=Event)
    told: Event[str] = field(default_factory=Event)

    def say(self, key: str, /, **facts: Fact) -> str:
        """Return the text of `key` in the language of the screen."""
        return say(key, self.language.now, **facts)

    def number(self, value: float, decimals: int = 1) -> str:
        """Return a number as the language of the screen writes it."""
        return number(value, self.language.now, decimals)

    def whose(self, identity: Identity, *, briefly: bool = False) -> tuple[str, ...]:
        """Return the corner of a view: patient, or that there is no name; date and series."""
        return whose(identity, self.language.now, briefly=briefly)

    def beside(self) -> Parts:
        """Return what the views of the compared scan are given."""
        second = self.comparison
        return replace(
            self,
            views=second.views,
            opening=second.opening,
            reading=second.reading,
            tool=second.tool,
            findings=self.compared_findings,
            trajectory=self.compared_trajectory,
            points=self.compared_points,
            handles=self.compared_handles,
            marks=self.compared_marks,
            along=self.compared_along,
            region=self.compared_region,
            paint=self.compared_paint,
            subject=self.compared_subject,
        )

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do what a person asked for; an expected failure goes to the strip, said in words."""
        try:
            act()
        except VirtopsyError as error:
            self.trouble.announce(error)
            return False
        return True

    def leave_tool(self) -> None:
        """Give up what is being marked and go back to pointing."""
        self.give_up_marking()
        self.loupe.set(False)
        self.tool.set("point")

    def give_up_marking(self) -> None:
        """Forget what is being marked, dragged or drawn."""
        self.trajectory.leave()
        self.points.leave()
        self.handles.leave()
        self.along.give_up()
        self.region.leave()
        self.paint.leave()

    def paint_volumes(self) -> None:
        """Take the tool for volumes of voxels in hand, where there is a whole scan."""
        if self.views.volume.now is not None:
            self.give_up_marking()
            self.tool.set("volume")

    def keep_volume(self) -> None:
        """Record the volume that is painted, named by what it is taken to be."""
        substance = self.paint.settings.now.substance
        what = called("substance", substance.value, self.language.now)
        if substance is Substance.GAS:  # it is called gas once somebody confirmed it
            what = self.say("panel.gas.unconfirmed")
        name = self.say(
            "paint.name", n=len(self.findings.shown) + 1, what=what or self.say("paint.volume")
        )
        self.attempt(lambda: self.paint.keep(name, self.say("paint.cut_off")))

    def find_metal(self) -> None:
        """List every dense piece of the scan among the findings."""
        self.fragment_search.search(lambda n: self.say("fragments.name", n=n))

    def finish_path(self) -> None:
        """Look along the path that was drawn, where it has two points."""
        if self.along.finish():
            self.tool.set("point")
