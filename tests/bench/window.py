"""The longest silence of the window while a person works, and what it keeps in memory.

Run as `python -m tests.bench.window` with a display. Each act is done as a hand does it on the
real window: on 512 x 512 x 432 voxels of a repeated chest, written as a scanner would and opened
from the disk, and on the slices of a whole body of 2000, in views of 1024 x 1024. Two times are
told of each act, the clock's and what the window's own thread computed meanwhile: where others use
the machine, their time is in the first.

Memory is the proportional set size of all processes, the largest of a whole session with all four
views open. That is a session of its own: to look at a process holds it up.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from PySide6.QtWidgets import QApplication

from tests.bench.chest import repeated_chest
from tests.bench.hands import PATIENCE_S, Acts, Hands
from tests.bench.memory import family_of, memory_mb
from tests.bench.silence import Watch, live
from tests.bench.stacks import SIDE, body, scratch
from tests.bench.timing import tell
from viewer.app.start import Desk, go_first
from viewer.presenters.examine.opening import Opened
from viewer.widgets.theme import dress
from virtopsy import confined
from virtopsy.dicom.series import Series, Study
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import SourceSlice, Volume
from virtopsy.language import Language
from virtopsy.phantom.head import uid
from virtopsy.phantom.write import write_slices

_ASKED_MS = 100
_SHARE, _MORE_MB = 2.5, 600.0
_EVERY_S = 0.1
_BODY_SLICES = 2000
_LARGE = (2300, 2160)  # four views of at least 1024 x 1024
_USUAL = (1280, 800)


def begun(folder: Path, size: tuple[int, int]) -> Desk:
    """Return the window, shown in this size."""
    go_first()
    application = QApplication([])
    dress(application)
    desk = Desk(Language.EN, folder / "settings.json")
    desk.window.resize(*size)
    desk.window.show()
    return desk


def listened(acts: Acts) -> None:
    """Do the acts in turn and tell the longest silence of each, and of all."""
    watch, heard = Watch(), {}
    for name, act in acts.items():
        watch.longest()
        act()
        live(seconds=0.2)
        heard[name] = watch.longest()
        tell(f"  {name}: {heard[name].wall_ms:.0f} ms, own {heard[name].own_ms:.0f} ms")
    wall = max(heard, key=lambda name: heard[name].wall_ms)
    own = max(heard, key=lambda name: heard[name].own_ms)
    tell(
        f"longest silence of the window: {heard[wall].wall_ms:.0f} ms, {wall}; of its own doing"
        f" {heard[own].own_ms:.0f} ms, {own} (asked: {_ASKED_MS} ms at most)"
    )


def on_the_chest(folder: Path) -> Acts:
    """Return a whole session: from the start of the window to the last room."""
    confined.start()
    desk = begun(folder, _USUAL)
    hands = Hands(desk)

    def open_scan() -> None:
        desk.parts.opening.open_scan(folder / "chest")
        live(lambda: desk.parts.views.volume.now is not None, PATIENCE_S)
        hands.rest()

    return {
        "start": lambda: live(seconds=1.0),
        "opening": open_scan,
        **hands.slices(),
        **hands.solid(),
        **hands.work(),
    }


def on_a_body(folder: Path) -> Acts:
    """Return what is done on the slices of a whole body, in large views."""
    desk = begun(folder, _LARGE)
    hands, opened = Hands(desk), whole_body()

    def show() -> None:
        desk.parts.opening.show(opened)
        hands.rest()

    return {"start": lambda: live(seconds=1.0), "showing": show, **hands.slices()}


def whole_body() -> Opened:
    """Return 2000 slices of 512 x 512 voxels, 16 different ones."""
    some = np.stack([body(10 * n).astype(np.int16) - 1024 for n in range(16)])
    voxels = np.resize(some, (_BODY_SLICES, SIDE, SIDE))
    spacing = (0.9, 0.9, 0.9)
    volume = Volume(voxels, Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=spacing))
    series = Series(
        "1.2.3", 0, "1.2", "CT", "body", (), _BODY_SLICES, SIDE, SIDE, spacing, "axial", True, ()
    )
    return Opened(Study("1.2", "Bench^Body", "B1", "2026-03-01", "", (series,)), series, volume)


SESSIONS = {"chest": on_the_chest, "body": on_a_body}


def in_a_process(session: str, folder: Path, *, weighed: bool = False) -> float:
    """Run a session in a process of its own; return the most it kept in memory, if `weighed`."""
    command = [sys.executable, "-m", "tests.bench.window", session, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL if weighed else None)
    peak = 0.0
    while process.poll() is None:
        if weighed:
            peak = max(peak, memory_mb(family_of(process.pid)))
        time.sleep(_EVERY_S)
    if process.returncode:
        raise SystemExit(f"the session {session} ended with {process.returncode}")
    return peak


def written_chest(folder: Path) -> float:
    """Write the chest as a scanner would; return the size of its voxels in MB, 0 without it."""
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
    """Measure both sessions, and the memory of the first."""
    tell(f"{len(os.sched_getaffinity(0))} cores, on which {os.getloadavg()[0]:.1f} programs run")
    with scratch() as folder:
        tell(f"a whole body of {_BODY_SLICES} slices, views of 1024 x 1024:")
        in_a_process("body", folder)
        voxels_mb = written_chest(folder / "chest")
        if not voxels_mb:
            return
        tell("a chest of 432 slices, a window of 1280 x 800:")
        in_a_process("chest", folder)
        peak = in_a_process("chest", folder, weighed=True)
    asked = _SHARE * voxels_mb + _MORE_MB
    tell(
        f"memory with all four views: {peak:.0f} MB of all processes, {peak / asked:.2f} of what"
        f" was asked ({_SHARE} x {voxels_mb:.0f} MB of voxels + {_MORE_MB:.0f} MB = {asked:.0f} MB)"
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        listened(SESSIONS[sys.argv[1]](Path(sys.argv[2])))
        os._exit(0)  # nothing of the window must outlive the interpreter
    main()
