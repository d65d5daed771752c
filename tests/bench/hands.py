"""What a person does in the window, by mouse, wheel and keyboard; for the bench of silences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from tests.bench.silence import click, drag, live, repeatedly, wheel
from viewer.app.start import Desk
from viewer.widgets.court.show import Show
from viewer.widgets.examine.crosshair_paint import turn_handles
from viewer.widgets.parts import ROOMS
from virtopsy.dicom.series import Problem, Scan, Series, Study
from virtopsy.imaging.preset import presets
from virtopsy.imaging.volume import Quantity
from virtopsy.language import Language

Acts: TypeAlias = Mapping[str, Callable[[], object]]
LISTED = 3000
PATIENCE_S = 120.0
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
_PLAIN, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_FROM, _TO = QPoint(200, 150), QPoint(330, 190)


class Hands:
    """What a person does in the window."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.window, self.parts = desk, desk.window, desk.parts
        self.axial = desk.window.examine.views.slices["axial"]
        self.volume = desk.window.examine.views.volume_view

    def slices(self) -> Acts:
        """Return what is done on the slices."""
        views = self.parts.views
        return {
            "scroll": lambda: repeatedly(lambda: wheel(self.axial, 1, _PLAIN)),
            "window by dragging": lambda: drag(self.axial, _FROM, _TO, _RIGHT),
            "crosshair by dragging": lambda: drag(self.axial, _FROM, _TO, _LEFT),
            "oblique by a ring": self.turn_ring,
            "scroll three oblique slices": lambda: repeatedly(lambda: wheel(self.axial, 1, _PLAIN)),
            "a slab made thick": lambda: repeatedly(lambda: wheel(self.axial, 1, _SHIFT), 30),
            "scroll a thick slab": lambda: repeatedly(lambda: wheel(self.axial, 1, _PLAIN)),
            "the slab turned": self.turn_ring,
            "at rest with a slab": self.rest,
            "straight again": views.reset,
        }

    def solid(self) -> Acts:
        """Return what is done in 3D."""
        return {
            "turn in 3D": lambda: drag(self.volume, _FROM, _TO, _LEFT),
            "rest in 3D": self.rest,
            "every preset": self.every_preset,
            "a pick in 3D": lambda: QTest.mouseClick(
                self.volume, _LEFT, pos=self.volume.rect().center()
            ),
            "the crop box": self.crop,
            "the scalpel": self.carve,
            "undo of cuts": lambda: repeatedly(self.parts.cutting.undo, 3),
            "the table hidden and back": self.hide_table,
            "the curve": self.bend_curve,
        }

    def work(self) -> Acts:
        """Return what is done round the pictures."""
        return {
            "a track": self.mark,
            "a finding named, chosen and withdrawn": self.change_finding,
            "layouts": self.layouts,
            "stops": lambda: repeatedly(lambda: click(self.window, "tool.to_court"), 3),
            "the show": self.show,
            "rooms": self.rooms,
            "languages": self.languages,
            "light theme": lambda: click(self.window, "rail.theme"),
            "dark theme": lambda: click(self.window, "rail.theme"),
            f"a folder of {LISTED} series": self.list_series,
        }

    def rest(self) -> None:
        """Wait until every picture is as fine as it gets."""
        grid = self.window.examine.views
        views = [self.volume, *(one.picture for one in grid.slices.values())]
        live(lambda: all(one.settled for one in views), PATIENCE_S)

    def turn_ring(self) -> None:
        """Turn the other planes by the ring on the axial view."""
        sheet = self.axial.sheet()
        if sheet is None:
            raise SystemExit("there is no slice to turn a plane on")
        place = turn_handles(sheet, self.parts.views.position.now)[0].toPoint()
        drag(self.axial, place, place + QPoint(25, 60), _LEFT)

    def every_preset(self) -> None:
        """Show the volume by each preset, and by bone again."""
        names = [name for name, one in presets().items() if one.fits(Quantity.HU)]
        for name in (*names, "bone"):
            self.parts.views.preset.set(name)
            live(seconds=0.1)
        self.rest()

    def crop(self) -> None:
        """Drag a face of the crop box."""
        click(self.window, "view.volume.cut")
        live(seconds=0.1)
        click(self.window, "volume.tool.box")
        live(seconds=0.1)
        stage, (handle, *_) = self.volume.eye.stage(), self.volume.cutter.handles()
        if stage is None:
            raise SystemExit("there is no volume to cut")
        place = stage.place(handle.lps_mm).toPoint()
        drag(self.volume, place, place + QPoint(60, 0), _LEFT)
        self.rest()

    def carve(self) -> None:
        """Cut a piece out, freehand."""
        click(self.window, "volume.tool.scalpel")
        drag(self.volume, QPoint(150, 120), QPoint(260, 160), _LEFT)
        self.rest()
        click(self.window, "volume.tool.turn")

    def hide_table(self) -> None:
        """Hide what the body lies on, and bring it back."""
        click(self.window, "volume.table")
        live(lambda: self.parts.cutting.searching.now is None, PATIENCE_S)
        self.rest()
        click(self.window, "volume.undo")
        self.rest()
        click(self.window, "view.volume.cut")

    def bend_curve(self) -> None:
        """Drag a point of the transfer function."""
        click(self.window, "view.volume.curve")
        transfer = self.parts.transfer
        live(lambda: transfer.histogram.now is not None, PATIENCE_S)
        value, opacity = transfer.points[1].value, transfer.points[1].opacity
        for step in range(12):
            transfer.move(1, value + 10 * step, opacity)
            live()
        self.rest()
        transfer.reset()
        click(self.window, "view.volume.curve")
        live(seconds=0.3)

    def mark(self) -> None:
        """Mark a track on the axial view."""
        self.parts.tool.set("trajectory")
        for place in (QPoint(190, 150), QPoint(260, 190)):
            QTest.mouseMove(self.axial, place)
            QTest.mouseClick(self.axial, _LEFT, pos=place)
            live(seconds=0.1)
        self.rest()

    def change_finding(self) -> None:
        """Name a finding, look for it, take it back and bring it back."""
        findings, session = self.parts.findings, self.parts.session
        if findings.track is None:
            raise SystemExit("nothing was marked")
        findings.rename("Entry of the left temple")
        live()
        findings.jump_to(0)
        live()
        findings.withdraw()
        live()
        session.undo()
        self.rest()

    def layouts(self) -> None:
        """Show the views in each layout."""
        for layout in ("one_three", "row", "volume", "axial", "all"):
            self.parts.reading.arrange(layout)
            live(seconds=0.3)
        self.rest()

    def show(self) -> None:
        """Show the stops on the full screen and leave it again."""
        self.window.show_stops()
        live(seconds=0.5)
        (shown,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, Show))
        for _ in range(2):
            QTest.keyClick(shown, Qt.Key.Key_Right)
            live(seconds=0.3)
        QTest.keyClick(shown, Qt.Key.Key_Escape)
        self.rest()

    def rooms(self) -> None:
        """Go through the rooms."""
        for room in (*ROOMS, "examine"):
            click(self.window, f"rail.{room}")
            live(seconds=0.2)

    def languages(self) -> None:
        """Let the window speak each language."""
        for language in (Language.KK, Language.RU, Language.EN):
            click(self.window, f"language.{language.value}")
            live(seconds=0.2)

    def list_series(self) -> None:
        """Find a folder with very many series in it, and go through the list."""
        study = many_series()
        self.parts.room.set("cases")
        live(seconds=0.2)
        self.parts.opening.found.set(Scan(LISTED * 100, (), (study,)))
        live(seconds=0.5)
        found = self.window.findChild(QScrollArea, "cases.found")
        if found is None:
            raise SystemExit("there is no list of series")
        for _ in range(12):
            wheel(found.viewport(), -5, _PLAIN)
            live(seconds=0.1)
        self.parts.room.set("examine")
        live(seconds=0.1)


def many_series() -> Study:
    """Return an examination of very many series, each with something wrong."""
    wrong = Problem("localizer")
    series = tuple(
        Series(
            f"1.2.{n}",
            0,
            "1.2",
            "CT",
            f"series {n}",
            (),
            100,
            512,
            512,
            None,
            "axial",
            True,
            (wrong,),
        )
        for n in range(LISTED)
    )
    return Study("1.2", "Bench^Body", "B1", "2026-03-01", "whole institute", series)
