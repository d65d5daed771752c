"""The longest silence of the window while a person works, and what it keeps in memory.

Run as `python -m tests.bench.window` with a display. A timer of five milliseconds ticks in the
window's own thread; between two of its ticks the window answers nobody. Each act is done as a hand
does it, by mouse, wheel and keyboard on the real window, on 512 x 512 x 432 voxels of a repeated
chest, written as a scanner would and opened from the disk. Memory is the proportional set size of
all processes, the largest of the whole session with all four views open.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from pydicom.dataset import Dataset
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.chest import repeated_chest
from tests.bench.memory import family_of, memory_mb
from tests.bench.stacks import scratch
from tests.bench.timing import tell
from viewer.app.start import Desk
from viewer.widgets.examine.slice_paint import turn_handles
from viewer.widgets.theme import dress
from virtopsy import confined
from virtopsy.imaging.volume import SourceSlice
from virtopsy.language import Language
from virtopsy.phantom.head import uid
from virtopsy.phantom.write import write_slices

_TICK_MS = 5
_ASKED_MS = 100
_SHARE, _MORE_MB = 2.5, 600.0
_PATIENCE_S = 120.0
_MOVES = 30


class Watch:
    """Ticks in the window's thread and keeps the longest silence since it was asked last."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._longest = 0.0
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now

    def longest_ms(self) -> float:
        """Return the longest silence, and begin anew."""
        self._tick()
        longest, self._longest = self._longest, 0.0
        return longest * 1000


class Weight(Thread):
    """Keeps the largest memory of this process and its children."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._over = Event()

    def run(self) -> None:
        """Look ten times a second: reading what a process has takes it a while."""
        while not self._over.wait(0.1):
            self.peak_mb = max(self.peak_mb, memory_mb(family_of(os.getpid())))

    def end(self) -> float:
        """Stop looking; return what was found."""
        self._over.set()
        self.join()
        return self.peak_mb


def live(until: Callable[[], bool] = lambda: False, seconds: float = 0.02) -> None:
    """Let the window live for a while, or until something is so."""
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def wheel(widget: QWidget, notches: int, keys: Qt.KeyboardModifier) -> None:
    """Turn the wheel over the middle of a view."""
    middle = QPointF(widget.rect().center())
    turn = QPoint(0, 120 * notches)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    place = QPointF(widget.mapToGlobal(middle.toPoint()))
    QApplication.sendEvent(
        widget, QWheelEvent(middle, place, QPoint(), turn, none, keys, phase, False)
    )


def drag(widget: QWidget, start: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    """Drag the mouse from one place to another, in as many moves as a hand makes."""
    QTest.mousePress(widget, button, pos=start)
    for step in range(1, _MOVES + 1):
        QTest.mouseMove(widget, start + (end - start) * (step / _MOVES))
        live()
    QTest.mouseRelease(widget, button, pos=end)
    live()


def session(desk: Desk) -> dict[str, Callable[[], object]]:
    """Return the acts of a session in their order."""
    parts, grid = desk.parts, desk.window.examine.views
    axial, volume = grid.slices["axial"], grid.volume_view
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    plain, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier

    def repeatedly(act: Callable[[], object], times: int = 12) -> None:
        for _ in range(times):
            act()
            live()

    def rest() -> None:
        live(lambda: volume.settled, _PATIENCE_S)

    def ring() -> None:
        sheet = axial.sheet()
        assert sheet is not None
        place = turn_handles(sheet, parts.views.position.now)[0].toPoint()
        drag(axial, place, place + QPoint(25, 60), left)

    def layouts() -> None:
        for layout in ("one_three", "row", "volume", "axial", "all"):
            parts.reading.arrange(layout)
            live(seconds=0.3)
        rest()

    def preset(name: str) -> None:
        parts.views.preset.set(name)
        live(seconds=0.1)
        rest()

    def curve() -> None:
        parts.transfer.shown.set(True)
        live(lambda: parts.transfer.histogram.now is not None, _PATIENCE_S)
        parts.transfer.shown.set(False)

    def table() -> None:
        parts.cutting.hide_table()
        live(lambda: parts.cutting.searching.now is None, _PATIENCE_S)
        rest()
        parts.cutting.undo()
        rest()

    middle, aside = QPoint(200, 150), QPoint(330, 190)
    return {
        "scroll": lambda: repeatedly(lambda: wheel(axial, 1, plain)),
        "window by dragging": lambda: drag(axial, middle, aside, right),
        "crosshair by dragging": lambda: drag(axial, middle, aside, left),
        "turn in 3D": lambda: drag(volume, middle, aside, left),
        "rest in 3D": rest,
        "another preset": lambda: preset("skin"),
        "a pick in 3D": lambda: QTest.mouseClick(volume, left, pos=volume.rect().center()),
        "oblique by a ring": ring,
        "a thick slab": lambda: repeatedly(lambda: wheel(axial, 1, shift), 6),
        "scroll an oblique slab": lambda: repeatedly(lambda: wheel(axial, 1, plain)),
        "straight again": parts.views.reset,
        "layouts": layouts,
        "the curve": curve,
        "the table hidden and back": table,
        "light theme": lambda: parts.theme.set("light"),
        "dark theme": lambda: parts.theme.set("dark"),
    }


def open_scan(desk: Desk, folder: Path) -> None:
    """Open a folder as a person does, and wait for the first picture in 3D."""
    parts, volume = desk.parts, desk.window.examine.views.volume_view
    parts.opening.open_scan(folder)
    live(lambda: parts.views.volume.now is not None, _PATIENCE_S)
    live(lambda: volume.settled, _PATIENCE_S)


def measure(folder: Path, voxels_mb: float) -> None:
    """Open the folder in the window and do the session."""
    confined.start()
    application = QApplication([])
    dress(application)
    desk = Desk(Language.EN, folder.parent / "settings.json")
    desk.window.resize(1280, 800)
    desk.window.show()
    live(seconds=1.0)
    weight, watch = Weight(), Watch()
    weight.start()
    silences = {}
    for name, act in {"opening": lambda: open_scan(desk, folder), **session(desk)}.items():
        watch.longest_ms()
        act()
        live(seconds=0.2)
        silences[name] = watch.longest_ms()
        tell(f"  {name}: {silences[name]:.0f} ms")
    worst = max(silences, key=lambda name: silences[name])
    tell(
        f"longest silence of the window: {silences[worst]:.0f} ms, {worst}"
        f" (asked: {_ASKED_MS} ms at most)"
    )
    asked, peak = _SHARE * voxels_mb + _MORE_MB, weight.end()
    tell(
        f"memory with all four views: {peak:.0f} MB of all processes, {peak / asked:.2f} of what"
        f" was asked ({_SHARE} x {voxels_mb:.0f} MB of voxels + {_MORE_MB:.0f} MB = {asked:.0f} MB)"
    )
    desk.close()


def written_chest(folder: Path) -> float:
    """Write the chest as a scanner would; return the size of its voxels in MB, 0 without it.

    Nothing of it stays in this process, whose memory is measured.
    """
    volume = repeated_chest()
    if volume is None:
        return 0.0
    folder.mkdir()
    named = tuple(
        SourceSlice(uid("bench", "window", k), Path(f"IM{k + 1:05d}"))
        for k in range(len(volume.voxels))
    )
    write_slices(replace(volume, sources=named), folder, Dataset())
    return volume.voxels.nbytes / 1e6


def main() -> None:
    """Measure, where there is a chest to show."""
    with scratch() as folder:
        voxels_mb = written_chest(folder / "chest")
        if voxels_mb:
            measure(folder / "chest", voxels_mb)


if __name__ == "__main__":
    main()
    os._exit(0)  # nothing of the window must outlive the interpreter
