"""A real window over a small body whose left and right, front and back, head and feet differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QtMsgType
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from viewer.app.start import Desk
from viewer.presenters.examine.opening import Opened
from viewer.widgets.examine.slice_widget import SliceWidget
from viewer.widgets.parts import Parts
from viewer.widgets.theme import dress
from virtopsy.dicom.series import Problem, Series, Study
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Volume
from virtopsy.language import Language

RADIUS_MM = 40.0
SPACING_MM = 2.0
METAL_MM = (20.0, 10.0, 24.0)
"""Middle of a piece of metal at the body's left, behind, above."""


def body() -> Volume:
    """Return a ball of bone in air with a piece of metal in it; its middle is LPS 0."""
    size = 56
    half = (size - 1) * SPACING_MM / 2
    frame = Frame.of((size,) * 3, origin_mm=(-half,) * 3, spacing_mm=(SPACING_MM,) * 3)
    axis = np.arange(size) * SPACING_MM - half
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    voxels = np.full(frame.shape, -1000, dtype=np.int16)
    voxels[x**2 + y**2 + z**2 <= RADIUS_MM**2] = 900
    metal = np.max(np.abs(np.stack((x, y, z)) - np.reshape(METAL_MM, (3, 1, 1, 1))), axis=0) <= 6
    voxels[metal] = 3000
    identity = Identity(
        patient_name="Ivanova^Anna",
        study_date="2026-03-01",
        series_uid="1.2.3",
        series_description="ball 2 mm",
        modality="CT",
    )
    return Volume(voxels, frame, identity=identity)


def opened() -> Opened:
    """Return the body as a series that was loaded."""
    volume = body()
    series = Series(
        uid="1.2.3",
        part=0,
        study_uid="1.2",
        modality="CT",
        description="ball 2 mm",
        instances=(),
        frames=56,
        rows=56,
        columns=56,
        spacing_mm=(SPACING_MM,) * 3,
        orientation="axial",
        volume=True,
        problems=(),
    )
    study = Study("1.2", "Ivanova^Anna", "7", "2026-03-01", "", (series,))
    return Opened(study, series, volume)


@dataclass(frozen=True)
class Screen:
    """The window under test, and the mouse's way to a place of the patient."""

    desk: Desk
    bot: QtBot

    @property
    def parts(self) -> Parts:
        return self.desk.parts

    def slice(self, plane: str) -> SliceWidget:
        return self.desk.window.examine.views.slices[plane]

    def place(self, plane: str, lps_mm: tuple[float, float, float]) -> QPoint:
        sheet = self.slice(plane).sheet()
        assert sheet is not None
        return sheet.place(lps_mm).toPoint()

    def tolerance_mm(self, plane: str) -> float:
        """Return what one pixel of the mouse is worth."""
        sheet = self.slice(plane).sheet()
        assert sheet is not None
        return sheet.camera.mm_per_pixel * sheet.ratio

    def live(self) -> None:
        """Let the window do what it has to do."""
        self.bot.wait(30)


@pytest.fixture
def metal_mm() -> tuple[float, float, float]:
    """Where the metal lies, LPS mm."""
    return METAL_MM


@pytest.fixture
def opened_body() -> Opened:
    """The body, as a series that was loaded."""
    return opened()


@pytest.fixture
def opened_with_warning() -> Opened:
    """The body, with something wrong in its series."""
    well = opened()
    return replace(well, series=replace(well.series, problems=(Problem("localizer"),)))


@pytest.fixture
def radius_mm() -> float:
    """How large the ball of bone is."""
    return RADIUS_MM


@pytest.fixture(autouse=True)
def silent_qt(qtlog: object) -> Iterator[None]:
    """Any warning of Qt is a failure."""
    yield
    said = [one.message for one in qtlog.records if one.type != QtMsgType.QtDebugMsg]  # type: ignore[attr-defined]
    assert not said


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[], Screen]]:
    """Start the program with empty settings, as often as wanted."""
    dress(qapp)
    desks: list[Desk] = []

    def one() -> Screen:
        desk = Desk(Language.EN, tmp_path / "settings.json")
        desks.append(desk)
        desk.window.resize(1280, 720)
        with qtbot.waitExposed(desk.window):
            desk.window.show()
        return Screen(desk, qtbot)

    yield one
    for desk in desks:
        desk.close()
        desk.window.hide()
        desk.window.deleteLater()
    qtbot.wait(10)


@pytest.fixture
def screen(start: Callable[[], Screen]) -> Screen:
    """The window with the body on it, in the examine room."""
    made = start()
    made.parts.opening.show(opened())
    made.live()
    return made
