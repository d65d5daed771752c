"""Walks the whole window at one scale and prints what lies wrongly: `python -m ... WIDTHxHEIGHT`.

A scale is of a whole process (`QT_SCALE_FACTOR`), so each has one of its own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication, QWidget

from tests.viewer.widgets.conftest import opened
from tests.viewer.widgets.layout_faults import faults
from viewer.app.start import Desk
from viewer.presenters.examine.opening import Opened
from viewer.presenters.examine.views import LAYOUTS
from viewer.widgets.examine.hints import HINTED
from viewer.widgets.parts import ROOMS, THEMES
from viewer.widgets.theme import dress
from virtopsy.dicom.series import Problem
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.language import Language

_PATIENCE_S = 20.0
_LAYOUTS = tuple(one for one in LAYOUTS if one not in {"coronal", "sagittal"})  # as axial
_LONG_SERIES = "PMCT Head Neck 0.8 mm SYNTHETIC"
_LONG_NAME = "Нұрмағамбетова^Гүлбаршын^Әбілқайырқызы"


def body() -> Opened:
    """Return a scan with everything that makes words long."""
    made = opened()
    identity = replace(
        made.volume.identity,
        patient_name=_LONG_NAME,
        sex="F",
        birth_date="1978-03-05",
        series_description=_LONG_SERIES,
    )
    series = replace(made.series, description=_LONG_SERIES, problems=(Problem("localizer"),))
    volume = replace(made.volume, identity=identity, problems=("lossy",), compression_ratio=12.5)
    return replace(made, series=series, volume=volume)


class Walk:
    """Goes through everything that can be seen, and takes note of what lies wrongly."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.parts = desk, desk.parts
        self.found: dict[str, list[str]] = {}
        self.seen = 0

    def live(self, seconds: float = 0.0) -> None:
        """Let the window do what it has to do."""
        end = time.monotonic() + seconds
        while True:
            QApplication.processEvents()
            if time.monotonic() >= end:
                return
            time.sleep(0.002)

    def settle(self) -> None:
        """Wait until the 3D picture is of this size; what is painted over it comes with it."""
        view = self.desk.window.examine.views.volume_view
        self.live()
        end = time.monotonic() + _PATIENCE_S
        while view.isVisible() and time.monotonic() < end:
            shown = view.pictures.shown
            fresh = shown is not None and shown[0].size == view.eye.device_size()
            if fresh and shown[0].cutaway == self.parts.views.cutaway.now:
                break
            self.live()
        self.live(0.02)

    def look(self, window: QWidget, where: str) -> None:
        """Take note of what lies wrongly now."""
        self.seen += 1
        for fault in faults(window):
            self.found.setdefault(fault, []).append(where)

    def rooms(self, where: str) -> None:
        """Go through the rooms beside the one of the views."""
        for room in ROOMS:
            if room != "examine":
                self.parts.room.set(room)
                self.live()
                self.look(self.desk.window, f"{where} {room}")

    def examine(self, where: str) -> None:
        """Go through the layouts of the views, each plain and with all that can be open."""
        parts = self.parts
        parts.room.set("examine")
        for layout in _LAYOUTS:
            parts.views.layout.set(layout)
            for state in ("plain", "cutting"):
                parts.cutting.shown.set(state == "cutting")
                self.settle()
                self.look(self.desk.window, f"{where} {layout} {state}")
        parts.cutting.shown.set(False)

    def details(self, where: str) -> None:
        """Look at what is open seldom: hints, the curve, turned and thick slices, warnings."""
        parts = self.parts
        parts.room.set("examine")
        parts.views.layout.set("all")
        parts.transfer.shown.set(True)
        parts.transfer.selected.set(1)
        for layout in ("volume", "all"):
            parts.views.layout.set(layout)
            self.settle()
            self.look(self.desk.window, f"{where} {layout} curve")
        parts.transfer.shown.set(False)
        parts.helped.set(True)
        self.live()
        self.look(self.desk.window, f"{where} help")
        parts.helped.set(False)
        before = parts.views.position.now
        for layout in ("all", "one_three"):
            parts.views.layout.set(layout)
            for corner in product((-36.0, 36.0), repeat=3):
                parts.views.go(corner)
                self.settle()
                self.look(self.desk.window, f"{where} {layout} at {corner}")
        parts.views.go(before)
        parts.views.layout.set("all")
        parts.views.turn_about("axial", 0.35)
        parts.views.turn_about("sagittal", -0.2)
        parts.views.slab.set(Slab(Projection.MIP, 10.0))
        parts.views.smooth.set(False)
        self.settle()
        self.look(self.desk.window, f"{where} oblique slab")
        parts.views.smooth.set(True)
        parts.views.reset()

    def show(self, where: str) -> None:
        """Look at the showing, in which the words are large."""
        self.parts.room.set("court")
        self.desk.window.show_stops()
        show = self.desk.window.findChild(QWidget, "show") or self.desk.window._show_window
        assert isinstance(show, QWidget)
        show.showNormal()
        self.live(0.05)  # the screen of this platform is small: the size is given after it was met
        show.resize(self.desk.window.size())
        self.live(0.05)
        for _ in self.parts.walkthrough.stops:
            self.settle()
            self.look(show, f"{where} show")
            self.parts.walkthrough.next()
        show.close()
        self.live()


def hints(walk: Walk, size: tuple[int, int]) -> None:
    """Look at what a newcomer reads on the first scan."""
    walk.desk.window.resize(*size)
    walk.parts.opening.show(body())
    walk.parts.hinted.set(HINTED)
    for language in Language:
        walk.parts.language.set(language)
        walk.settle()
        walk.look(walk.desk.window, f"{language.value} hints")
    walk.parts.hinted.set(frozenset())


def prepare(walk: Walk) -> None:
    """Mark a track, hide something, take two stops."""
    parts = walk.parts
    parts.trajectory.click((-30.0, -12.0, 6.0), parts.findings.default_name(Language.KK))
    parts.trajectory.click((32.0, 10.0, 14.0), parts.findings.default_name(Language.KK))
    parts.leave_tool()
    camera = walk.desk.window.examine.views.volume_view.camera()
    assert camera is not None
    parts.cutting.lay_plane(camera)
    parts.views.go((8.0, 4.0, 12.0))
    walk.desk.window.add_stop()
    parts.views.layout.set("volume")
    walk.desk.window.add_stop()
    parts.views.layout.set("all")


def walk_all(sizes: list[tuple[int, int]], folder: Path) -> Walk:
    """Walk the window at each logical size, in every language, in one theme after the other."""
    application = QApplication([])
    dress(application)
    desk = Desk(Language.KK, folder / "settings.json")
    walk = Walk(desk)
    desk.window.resize(*sizes[0])
    desk.window.show()
    walk.live()
    for language in Language:
        desk.parts.language.set(language)
        walk.live()
        walk.look(desk.window, f"{language.value} nothing open")
    hints(walk, sizes[0])
    prepare(walk)
    for size in sizes:
        desk.window.resize(*size)
        for number, language in enumerate(Language):
            desk.parts.theme.set(THEMES[number % 2])
            desk.parts.language.set(language)
            where = f"{language.value} {size[0]}x{size[1]}"
            walk.examine(where)
            walk.details(where)
            walk.rooms(where)
            walk.show(where)
    return walk


def main() -> None:
    """Print what was found as one JSON object."""
    sizes = [
        (int(wide), int(high)) for wide, _, high in (one.partition("x") for one in sys.argv[1:])
    ]
    with TemporaryDirectory() as folder:
        walk = walk_all(sizes, Path(folder))
        ratio = walk.desk.window.devicePixelRatioF()
        told = {"ratio": ratio, "seen": walk.seen, "found": walk.found}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        walk.desk.close()
        os._exit(0)  # the threads of a window have nothing to say any more


if __name__ == "__main__":
    main()
