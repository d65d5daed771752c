"""A hand on the mouse of the real window: it sees what a person sees and clicks there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from main import main
from viewer.app.start import Desk
from viewer.widgets.examine.slice_widget import SliceWidget
from viewer.widgets.examine.volume_widget import VolumeWidget
from viewer.widgets.theme import dress
from virtopsy.geometry.camera import Point, project
from virtopsy.jobs import Progress
from virtopsy.language import Language
from virtopsy.phantom.write import write

W = TypeVar("W", bound=QWidget)
_PATIENCE_S = 60.0


def live(seconds: float = 0.01) -> None:
    """Let the window work for a moment (QTest.qWait would starve the other threads)."""
    end = time.monotonic() + seconds
    while True:
        QApplication.processEvents()
        if time.monotonic() >= end:
            return
        time.sleep(0.002)


class Hand:
    """Drives one window with mouse and keyboard, waiting as a person waits."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.parts = desk.parts
        self.troubles: list[str] = []
        self.parts.trouble.subscribe(lambda error: self.troubles.append(str(error)))
        for one in (self.parts.opening, self.parts.keeping, self.parts.writing):
            one.problem.subscribe(lambda error: self.troubles.append(str(error)))

    def find(self, name: str, kind: type[W]) -> W:
        """Return the visible widget of that name, in any window."""
        for top in QApplication.topLevelWidgets():
            for one in (top, *top.findChildren(kind, name)):
                if isinstance(one, kind) and one.objectName() == name and one.isVisible():
                    return one
        raise AssertionError(f"no visible {kind.__name__} {name!r}")

    def sees(self, name: str) -> bool:
        """Tell whether a widget of that name is on the screen."""
        try:
            self.find(name, QWidget)
        except AssertionError:
            return False
        return True

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the window live until something is so."""
        end = time.monotonic() + _PATIENCE_S
        while not until():
            assert time.monotonic() < end, f"waited in vain: {what}; {self.troubles}"
            live()

    def click(self, name: str) -> None:
        """Press a button where its middle is."""
        widget = self.find(name, QWidget)
        assert widget.isEnabled(), f"{name} is grey"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        live()

    def type(self, name: str, text: str) -> None:
        """Write a text into a line in the place of what stands there."""
        line = self.find(name, QLineEdit)
        QTest.mouseClick(line, Qt.MouseButton.LeftButton)
        line.selectAll()
        for letter in text:  # QTest.keyClicks knows Latin letters only
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                plain = Qt.KeyboardModifier.NoModifier
                QApplication.sendEvent(line, QKeyEvent(kind, 0, plain, letter))

    def key(self, name: str, key: Qt.Key) -> None:
        """Press a key on a widget."""
        QTest.keyClick(self.find(name, QWidget), key)
        live()

    def choose_file(self, dialog_name: str, path: Path) -> None:
        """Type a path into a file dialog and confirm it."""
        self.wait(lambda: self.sees(dialog_name), dialog_name)
        dialog = self.find(dialog_name, QFileDialog)
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        line.setText(str(path))
        QTest.keyClick(line, Qt.Key.Key_Return)
        self.wait(lambda: not self.sees(dialog_name), "the dialog closes")

    # slices

    def slice(self, plane: str) -> SliceWidget:
        """Return the view of a plane."""
        return self.find(f"view.{plane}", SliceWidget)

    def place(self, plane: str, lps_mm: Point) -> QPoint:
        """Return the mouse position over an LPS point of a plane."""
        sheet = self.slice(plane).sheet()
        assert sheet is not None
        place: QPointF = sheet.place(lps_mm)
        return place.toPoint()

    def point(self, plane: str, lps_mm: Point) -> None:
        """Click a place of a slice."""
        place = self.place(plane, lps_mm)
        QTest.mouseMove(self.slice(plane), place)
        QTest.mouseClick(self.slice(plane), Qt.MouseButton.LeftButton, pos=place)
        live()

    def drag(self, plane: str, start: Point, end: Point) -> None:
        """Drag with the left button from one place of a slice to another."""
        view = self.slice(plane)
        first, last = self.place(plane, start), self.place(plane, end)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=first)
        for share in (0.3, 0.7, 1.0):
            between = first + (last - first) * share
            QTest.mouseMove(view, between)
            live()
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=last)
        live()

    def wheel(self, widget: QWidget, notches: int, keys: Qt.KeyboardModifier) -> None:
        """Turn the wheel over the middle of a widget."""
        middle = widget.rect().center()
        turn = QWheelEvent(
            QPointF(middle),
            QPointF(widget.mapToGlobal(middle)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, turn)
        live()

    def scroll_to(self, plane: str, axis: int, value_mm: float) -> None:
        """Turn the wheel until the slice next to a coordinate is shown."""
        view, plain = self.slice(plane), Qt.KeyboardModifier.NoModifier
        best = abs(self.parts.views.position.now[axis] - value_mm)
        for notch in (1, -1):
            while True:
                self.wheel(view, notch, plain)
                away = abs(self.parts.views.position.now[axis] - value_mm)
                if away >= best:
                    self.wheel(view, -notch, plain)
                    break
                best = away

    # 3D

    @property
    def volume(self) -> VolumeWidget:
        """Return the 3D view."""
        return self.find("view.volume", VolumeWidget)

    def settle(self) -> None:
        """Wait for the full picture of the 3D view."""
        self.wait(lambda: self.volume.settled, "the 3D view comes to rest")

    def volume_place(self, lps_mm: Point) -> QPoint:
        """Return the mouse position over an LPS point in the 3D view."""
        camera, ratio = self.volume.camera(), self.volume.devicePixelRatioF()
        assert camera is not None
        x, y, _ = project(camera, self.volume.eye.device_size(), lps_mm)
        return QPoint(round((x + 0.5) / ratio - 0.5), round((y + 0.5) / ratio - 0.5))

    def point_volume(self, place: QPoint) -> None:
        """Click a place of the 3D view."""
        QTest.mouseClick(self.volume, Qt.MouseButton.LeftButton, pos=place)
        live()

    # whole acts

    def open_scan(self, folder: Path) -> None:
        """Open a folder by the button and load its first volume."""
        self.click("rail.cases")
        self.click("cases.open")
        self.choose_file("cases.dialog", folder)
        self.wait(lambda: self.parts.opening.found.now is not None, "the folder is scanned")
        found = self.parts.opening.found.now
        assert found is not None
        (series,) = [one for study in found.studies for one in study.series if one.volume]
        self.click(f"series.load.{series.key}")
        self.wait(lambda: self.shows(series.key), "the series is shown, whole")

    def shows(self, key: str) -> bool:
        """Tell whether all of a series is on the screen."""
        opened = self.parts.opening.opened.now
        return opened is not None and opened.series.key == key and self.sees("view.axial")

    def sign_in(self, archive: Path, person: str, password: str) -> None:
        """Create an archive, or enter one, by the dialog."""
        self.click("rail.cases")
        self.click("archive.sign_in")
        self.type("sign_in.folder", str(archive))
        self.type("sign_in.person", person)
        self.type("sign_in.password", password)
        if self.sees("sign_in.again"):
            self.type("sign_in.again", password)
        self.click("sign_in.go")
        self.wait(lambda: not self.sees("sign_in"), "signed in")


class Cli:
    """The command line, as a person at the same machine types it.

    Attributes:
        folder: empty, for what is made.
    """

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def password(self, password: str) -> None:
        """Give the password by the environment."""
        self._monkeypatch.setenv("VIRTOPSY_PASSWORD", password)

    def words(self, code: int, *arguments: str) -> str:
        """Run a command, hold it to its exit code, return what it says."""
        self._capsys.readouterr()
        found = main(list(arguments))
        said = self._capsys.readouterr()
        assert found == code, said
        return said.out

    def complaint(self, code: int, *arguments: str) -> str:
        """Run a command that fails; return what it says about that."""
        self._capsys.readouterr()
        found = main(list(arguments))
        said = self._capsys.readouterr()
        assert found == code, said
        return said.err

    def facts(self, code: int, *arguments: str) -> dict[str, Any]:
        """Run a command with `--json`; return the object it prints."""
        facts: dict[str, Any] = json.loads(self.words(code, *arguments, "--json"))
        return facts


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line and an empty folder."""
    return Cli(tmp_path, capsys, monkeypatch)


@pytest.fixture(scope="session")
def application() -> QApplication:
    """The one application, dressed as in the product."""
    there = QApplication.instance() or QApplication([])
    assert isinstance(there, QApplication)
    dress(there)
    return there


@pytest.fixture
def new_window(application: QApplication, tmp_path: Path) -> Iterator[Callable[[], Hand]]:
    """Open windows one after the other, as a person who starts the program again."""
    desks: list[Desk] = []

    def open_one() -> Hand:
        desk = Desk(Language.EN, tmp_path / "settings.json")
        desks.append(desk)
        desk.window.resize(1280, 800)
        desk.window.show()
        QTest.qWaitForWindowExposed(desk.window)
        return Hand(desk)

    yield open_one
    for desk in desks:
        if desk.window.isVisible():
            desk.close()
            desk.window.hide()
        desk.window.deleteLater()
    application.processEvents()


@pytest.fixture(scope="session")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole synthetic case: `dicom/` and `truth.json`."""
    folder = tmp_path_factory.mktemp("phantom")
    write(folder, seed=3, progress=Progress())
    return folder


@pytest.fixture(scope="session")
def wound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The slices round the wound of the synthetic case, quicker to load: `dicom/`, truth."""
    folder = tmp_path_factory.mktemp("wound")
    write(folder, seed=3, slices=65, progress=Progress())
    return folder
