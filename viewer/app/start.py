"""The window's parts are built once, here, and handed to each other."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple
from uuid import uuid4

from platformdirs import user_cache_path
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from archive.storage.machine import own_state
from viewer.app import settings as kept_settings
from viewer.app.demo import Places, make_scan
from viewer.app.settings import Settings
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
from viewer.presenters.examine.pictures import Pictures
from viewer.presenters.examine.reading import Reading
from viewer.presenters.examine.subject import SubjectState
from viewer.presenters.examine.transfer import Transfer
from viewer.presenters.examine.views import Views
from viewer.presenters.protocol.writing import Writing
from viewer.presenters.remembered import Remembered
from viewer.presenters.session import Session
from viewer.presenters.tools.fragment_search import FragmentSearch
from viewer.presenters.tools.handles import Handles
from viewer.presenters.tools.maker import FindingMaker
from viewer.presenters.tools.marks import Marks
from viewer.presenters.tools.paint import PaintTool
from viewer.presenters.tools.points import PointsTool
from viewer.presenters.tools.region import RegionTool
from viewer.presenters.tools.trajectory import TrajectoryTool
from viewer.presenters.tools.workshop import Workshop
from viewer.presenters.value import Value
from viewer.presenters.work import Work
from viewer.render.court_pictures import court_pictures
from viewer.render.scene import Picture
from viewer.render.thumbnails import thumbnails
from viewer.widgets.archive.sign_in import SignIn
from viewer.widgets.examine.hints import HINTED
from viewer.widgets.main_window import MainWindow
from viewer.widgets.parts import Parts
from viewer.widgets.post import Postman
from viewer.widgets.theme import dress, wear, worn
from virtopsy import confined
from virtopsy.errors import UsageError
from virtopsy.imaging.preset import presets
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Lanes, Progress
from virtopsy.language import Language, say

_SWITCH_S = 0.001


def clock() -> datetime:
    """Return the time in UTC; the one place of the window that asks the machine."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the clock that is injected


def new_id() -> str:
    """Return an identity nobody else has."""
    return str(uuid4())


class Desk:
    """The window with everything behind it.

    Attributes:
        parts: the presenters.
        window: the one window.
    """

    def __init__(self, language: Language, settings_path: Path) -> None:
        self._settings_path = settings_path
        self._settings = kept_settings.read(settings_path)
        self._postman = Postman()
        self._lanes = Lanes()
        self.parts = build(self._settings, language, self._lanes, self._postman.post)
        self.parts.theme.subscribe(_wear, now=True)
        self.window = MainWindow(self.parts, self.close)
        self.parts.theme.subscribe(lambda now: self._remember(theme=now))
        self.parts.language.subscribe(lambda now: self._remember(language=now.value))
        self.parts.archive_folder.subscribe(lambda now: self._remember(archive=str(now)))
        self.parts.keeping.person.subscribe(lambda now: self._remember(person=now))

    @property
    def first_start(self) -> bool:
        """Whether nobody said yet where evidence is kept."""
        return self._settings.first_start

    def ask_first_things(self) -> None:
        """Ask for language, folder and person."""
        SignIn(self.parts, self.window).open()

    def welcome(self, places: Places) -> None:
        """Ask a newcomer the first things; then, once, show the synthetic case with its hints."""
        dialog = SignIn(self.parts, self.window)
        if not self._settings.welcomed:
            dialog.finished.connect(lambda _: self.show_synthetic(places))
        dialog.open()

    def show_synthetic(self, places: Places) -> None:
        """Open the synthetic case, made at the first time, unless a scan is opened meanwhile."""
        parts = self.parts
        self._remember(welcomed="yes")

        def open_it(_: None) -> None:
            if parts.opening.path.now is None and parts.opening.opened.now is None:
                _hint_once(parts)
                parts.opening.open_scan(places.scan / "dicom")

        parts.work.start(
            "demo.job.scan",
            lambda progress: make_scan(places, progress),
            open_it,
            parts.trouble.announce,
        )

    def close(self) -> None:
        """Stop what runs and let go of archive and OpenGL."""
        for running in self.parts.work.running.now:
            running.progress.cancel()
        self._lanes.close()
        self.parts.keeping.close()
        self.window.examine.views.volume_view.close_worker()  # last: what closes is still painted

    def _remember(self, **changed: str) -> None:
        self._settings = replace(self._settings, **changed)
        try:
            kept_settings.write(self._settings_path, self._settings)
        except OSError:
            self.parts.trouble.announce(
                UsageError("ui.settings.not_kept", path=self._settings_path)
            )


def build(
    settings: Settings, language: Language, lanes: Lanes, post: Callable[[Callable[[], None]], None]
) -> Parts:
    """Return the presenters, joined to each other."""
    session, views, work = Session(), Views(), Work(lanes, post)
    opening = Opening(work, views)
    keeping = Keeping(session, opening, work, clock, state=own_state())
    keeping.person.set(settings.person)
    remembered = Remembered(session, clock, keeping.person)
    findings = Findings(session, views, keeping.person)
    spoken = Value(settings.spoken(language))
    reading, tool = Reading(views), Value("point")
    comparison = Comparison(work, views, opening, reading.active, tool)
    room: Value[str] = Value("cases")
    room.subscribe(lambda _: reading.cine.stop())  # what nobody watches does not move
    room.subscribe(lambda _: comparison.reading.cine.stop())
    compared = Findings(session, comparison.views, keeping.person)
    first = _marking(session, views, findings, keeping.person, spoken)
    second = _marking(session, comparison.views, compared, keeping.person, spoken)
    return Parts(
        language=spoken,
        session=session,
        views=views,
        cutting=Cutting(views, work),
        transfer=Transfer(views, work, _thumbnails),
        reading=reading,
        work=work,
        opening=opening,
        pictures=Pictures(work, opening),
        findings=findings,
        history=FindingHistory(session, findings, keeping, remembered, work),
        subject=SubjectState(session, views),
        compared_subject=SubjectState(Session(), comparison.views),
        trajectory=first.trajectory,
        points=first.points,
        handles=first.handles,
        marks=first.marks,
        comparison=comparison,
        compared_findings=compared,
        compared_trajectory=second.trajectory,
        compared_points=second.points,
        compared_handles=second.handles,
        compared_marks=second.marks,
        tool=tool,
        room=room,
        along=Along(session, views, findings),
        compared_along=Along(session, comparison.views, compared),
        region=RegionTool(views),
        compared_region=RegionTool(comparison.views),
        paint=PaintTool(session, views, work, findings.selected, new_id),
        compared_paint=PaintTool(session, comparison.views, work, compared.selected, new_id),
        workshop=Workshop(session, views, findings, work, keeping.person),
        fragment_search=FragmentSearch(session, views, findings, work, new_id),
        keeping=keeping,
        exchanging=Exchanging(session, opening, keeping, work, clock, spoken),
        receipts=Receipts(keeping, work),
        case_list=CaseList(keeping, work),
        log_pages=LogPages(keeping, work),
        checking=Checking(keeping, work),
        anchoring=Anchoring(keeping, session, work),
        presence=Presence(keeping, clock),
        backups=Backups(keeping, work),
        log_files=LogFiles(keeping, work),
        walkthrough=Walkthrough(session, views, new_id, keeping.note_showing),
        writing=Writing(
            session, opening, findings, keeping, work, court_pictures, clock, spoken.now
        ),
        post=post,
        clock=clock,
        archive_folder=Value(settings.archive_folder),
        theme=Value(settings.worn),
    )


class _Marking(NamedTuple):
    """What marks the findings of one scan, and what is drawn of them."""

    trajectory: TrajectoryTool
    points: PointsTool
    handles: Handles
    marks: Marks


def _marking(
    session: Session,
    views: Views,
    findings: Findings,
    person: Value[str],
    language: Value[Language],
) -> _Marking:
    trajectory = TrajectoryTool(session, views, findings.selected, new_id, person)
    maker = FindingMaker(views, findings, new_id, person, language)
    points = PointsTool(session, views, findings, maker)
    handles = Handles(session, views, findings)
    marks = Marks(session, views, findings, trajectory, points, handles, language)
    return _Marking(trajectory, points, handles, marks)


def _thumbnails(volume: Volume, progress: Progress) -> Mapping[str, Picture]:
    return thumbnails(volume, presets().values(), check=progress.check)


def _wear(theme: str) -> None:
    """Show the application in a theme; what is worn is not put on twice, it costs time."""
    application = QApplication.instance()
    if isinstance(application, QApplication) and worn() != theme:
        wear(application, theme)


def _hint_once(parts: Parts) -> None:
    """Say on the next scan that is shown what to try first; on the one after it, no more."""

    def begin(_: object) -> None:
        forget()
        parts.hinted.set(HINTED)
        parts.opening.opened.subscribe(lambda _: parts.hinted.set(frozenset()))

    forget = parts.opening.opened.subscribe(begin)


def report_bugs(language: Callable[[], Language], tell: Callable[[str], None]) -> None:
    """Put the last-resort reporter in place: one sentence on the screen, the rest on stderr."""

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        sys.stderr.write("".join(traceback.format_exception(kind, error, trace)))
        tell(say("ui.bug", language(), kind=kind.__name__))

    sys.excepthook = report


def go_first() -> None:
    """Let the window's thread have the interpreter a millisecond after it asked for it, not five.

    It asks many times a picture, and may stand behind several threads each time.
    """
    sys.setswitchinterval(_SWITCH_S)


def run(language: Language, path: Path | None) -> int:
    """Open the window, on a folder if one is given, and return when it is closed."""

    def begin(desk: Desk) -> None:
        if path is not None and desk.parts.keeping.is_archive(path):
            desk.parts.archive_folder.set(path)
            desk.ask_first_things()
        elif path is not None:
            desk.parts.opening.open_scan(path)
        elif desk.first_start:
            desk.welcome(_synthetic())

    return _live(language, begin)


def _synthetic() -> Places:
    return Places(user_cache_path("virtopsy") / "demo")


def run_demo(language: Language) -> int:
    """Open the window on the synthetic case, which is made at the first time."""
    return _live(language, lambda desk: desk.show_synthetic(_synthetic()))


def _live(language: Language, begin: Callable[[Desk], None]) -> int:
    """Show a window, begin what it was opened for, and return when it is closed."""
    go_first()
    confined.prepare()  # ready when the first folder is chosen
    _choose_platform()
    QCoreApplication.setApplicationName("Virtopsy")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)  # noqa: S101 -- no other kind is ever made
    dress(application)
    desk = Desk(language, kept_settings.place())
    report_bugs(lambda: desk.parts.language.now, desk.window.bottom.tell)
    desk.window.show()
    begin(desk)
    return application.exec()


def _choose_platform() -> None:
    """Use X under Wayland where there is one: VTK's contexts need it."""
    wayland = os.environ.get("WAYLAND_DISPLAY") and os.environ.get("DISPLAY")
    if wayland and "QT_QPA_PLATFORM" not in os.environ:
        os.environ["QT_QPA_PLATFORM"] = "xcb"
