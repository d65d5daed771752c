"""The one window: the rail, the rooms, the bottom line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from archive.services.bundling import BundleReport
from viewer.presenters.examine.opening import Opened
from viewer.widgets.archive.kept_strip import KeptStrip
from viewer.widgets.archive.lock import Lock
from viewer.widgets.archive.log_room import LogRoom
from viewer.widgets.archive.room import CasesRoom
from viewer.widgets.archive.saving import save
from viewer.widgets.bind import follow, hear, words
from viewer.widgets.bottom_line import BottomLine
from viewer.widgets.court.room import CourtRoom
from viewer.widgets.court.show import Show
from viewer.widgets.examine.room import ExamineRoom
from viewer.widgets.notice import TroubleStrip
from viewer.widgets.parts import ROOMS, Parts
from viewer.widgets.plain import PlainBox
from viewer.widgets.protocol.room import ProtocolRoom
from viewer.widgets.rail import Rail
from viewer.widgets.reason_strip import ReasonStrip
from viewer.widgets.theme import clothe
from virtopsy.imaging.volume import Volume

_SIZE = (1280, 800)
_SMALLEST = (1000, 620)


class MainWindow(QMainWindow):
    """Builds the rooms and moves between them; the case stays open across rooms."""

    def __init__(self, parts: Parts, on_closed: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("window")
        self.resize(*_SIZE)
        self.setMinimumSize(*_SMALLEST)
        self._parts = parts
        self._on_closed = on_closed
        self._show_window: Show | None = None
        self.examine = ExamineRoom(parts, self.add_stop, self.save)
        self._rooms: dict[str, QWidget] = {
            "cases": CasesRoom(parts),
            "examine": self.examine,
            "protocol": ProtocolRoom(parts, self.save),
            "court": CourtRoom(parts, self.add_stop, self.show_stops),
            "log": LogRoom(parts),
        }
        self._stack = QStackedWidget()
        for room in ROOMS:
            self._stack.addWidget(self._rooms[room])
        self.bottom = BottomLine(parts)
        # Each by itself, and the large room in parts of its own: see `theme`.
        for part in (*self._rooms.values(), self.bottom):
            if part is not self.examine:
                clothe(part)
        centre = self._centre()
        self.setCentralWidget(centre)
        self._lock = Lock(parts, self, centre)
        words(self, parts.language, self.setWindowTitle, "ui.window.title")
        follow(self, parts.room, lambda room: self._stack.setCurrentWidget(self._rooms[room]))
        follow(self, parts.opening.opened, self._enter, now=False)
        hear(self, parts.opening.arriving, lambda _: parts.room.set("examine"))
        follow(self, parts.views.shown, self._leave, now=False)
        follow(self, parts.keeping.archive, lambda _: self._leave_log(), now=False)
        hear(self, parts.keeping.saved, lambda report: self._tell_saved(report.case))
        for told in (parts.keeping.told, parts.along.told):
            hear(self, told, lambda key: self.bottom.tell(parts.say(key)))
        for written in (parts.writing.saved, parts.receipts.written):
            hear(self, written, self._tell_written)
        hear(self, parts.writing.sealed, self._tell_sealed)
        hear(
            self,
            parts.log_files.written,
            lambda done: self.bottom.tell(done.sentence(parts.language.now)),
        )

    def _tell_written(self, path: Path) -> None:
        self.bottom.tell(self._parts.say("ui.protocol.saved", path=path))

    def _tell_sealed(self, report: BundleReport) -> None:
        self.bottom.tell(
            self._parts.say("ui.protocol.sealed", path=report.path, fingerprint=report.fingerprint)
        )

    def _centre(self) -> QWidget:
        right = QVBoxLayout()
        right.setSpacing(0)
        trouble, rail = TroubleStrip(self._parts), Rail(self._parts)
        reason, kept = ReasonStrip(self._parts), KeptStrip(self._parts)
        for part in (trouble, reason, kept, rail):
            clothe(part)
        right.addWidget(trouble)
        right.addWidget(reason)
        right.addWidget(kept)
        right.addWidget(self._stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(rail)
        middle.addLayout(right, 1)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(self.bottom)
        return centre

    def _enter(self, opened: Opened | None) -> None:
        if opened is not None:
            self._parts.room.set("examine")

    def _leave(self, shown: Volume | None) -> None:
        """Go back to where scans are chosen when the only one was stopped on its way."""
        if shown is None and self._parts.views.volume.now is None:
            self._parts.room.set("cases")

    def _leave_log(self) -> None:
        """Leave the log's room when nobody who may read the log is signed in any more."""
        if self._parts.room.now == "log" and not self._parts.log_pages.allowed:
            self._parts.room.set("cases")

    def _tell_saved(self, number: str) -> None:
        self.bottom.tell(self._parts.say("ui.saved", number=number))

    def save(self) -> None:
        """Keep the case, asking for what is not known yet."""
        save(self._parts, self)

    def add_stop(self) -> None:
        """Add what is seen as a stop of the walkthrough, with a first caption."""
        parts = self._parts
        parts.reading.cine.stop()
        caption = parts.say("ui.court.first_caption", n=len(parts.walkthrough.stops) + 1)
        camera = self.examine.views.volume_view.standard_camera()
        if parts.attempt(lambda: parts.walkthrough.add(caption, camera)):
            self.bottom.tell(parts.say("ui.court.added", n=len(parts.walkthrough.stops)))

    def show_stops(self) -> None:
        """Show the stops on the full screen."""
        parts, views = self._parts, self.examine.views
        camera = views.volume_view.standard_camera()
        parts.leave_tool()
        parts.reading.cine.stop()
        if parts.attempt(lambda: parts.walkthrough.begin(camera)):
            self._show_window = Show(parts, views, self.examine.take_back)
            # Without a window manager full screen is only a wish; the geometry makes it true.
            self._show_window.setGeometry(self.screen().geometry())
            self._show_window.showFullScreen()
            self._show_window.setFocus()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._parts.session.saved or self._may_be_lost():
            self._on_closed()
            event.accept()
        else:
            event.ignore()

    def _may_be_lost(self) -> bool:
        """Ask what shall become of findings that are in no archive; True closes."""
        say = self._parts.say
        box = PlainBox(self)
        box.setObjectName("closing")
        box.setIcon(PlainBox.Icon.NoIcon)
        box.setWindowTitle(say("ui.closing.title"))
        box.setText(say("ui.closing.text"))
        keep = box.addButton(say("ui.closing.save"), PlainBox.ButtonRole.AcceptRole)
        discard = box.addButton(say("ui.closing.discard"), PlainBox.ButtonRole.DestructiveRole)
        box.addButton(say("ui.closing.stay"), PlainBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is keep:
            save(self._parts, self)
        return box.clickedButton() is discard
