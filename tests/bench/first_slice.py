"""From choosing a series of 600 slices to its first slice on the screen, and to all of them.

Run as a script, with a display: `python tests/bench/first_slice.py [--picture OUT.png]`. The
window is the product's own; the clock stops when the axial view has painted a slice. The longest
time the window did not answer meanwhile is told as well.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from tests.bench.stacks import write
from viewer.app.start import Desk
from viewer.widgets.theme import dress
from virtopsy import confined
from virtopsy.dicom.scan import scan
from virtopsy.jobs import Progress
from virtopsy.language import Language

_SLICES = 600
_RUNS = 3


def measure(folder: Path, picture: Path | None) -> tuple[float, float, float]:
    """Seconds to the first slice, to the whole volume, and the longest silence of the window."""
    application = QApplication.instance()
    study = scan(folder, Progress()).studies[0]
    with tempfile.TemporaryDirectory() as settings:
        desk = Desk(Language.EN, Path(settings) / "settings.json")
        desk.window.resize(1280, 800)
        desk.window.show()
        application.processEvents()
        beats = [time.perf_counter()]
        heart = QTimer()
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start(5)
        axial = desk.window.examine.views.slices["axial"]
        begun = time.perf_counter()
        desk.parts.opening.load(study, study.series[0])
        first = whole = 0.0
        while not whole:
            # Waiting as the real loop does: one that turns idly would starve the readers.
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            now = time.perf_counter()
            if not first and axial.isVisible() and axial.picture.settled:
                first = now - begun
            if first and picture is not None and now - begun > 2.5 * first:
                desk.window.grab().save(str(picture))
                picture = None
            if desk.parts.views.volume.now is not None:
                whole = now - begun
            assert now - begun < 120
        silence = max(b - a for a, b in pairwise(beats))
        desk.close()
        desk.window.deleteLater()
        application.processEvents()
    return first, whole, silence


def main() -> None:
    """Measure plain and compressed slices."""
    picture = Path(sys.argv[2]) if sys.argv[1:2] == ["--picture"] else None
    application = QApplication([])
    dress(application)
    confined.warm()
    for compressed in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), _SLICES, compressed=compressed)
            runs = [measure(Path(folder), picture if compressed else None) for _ in range(_RUNS)]
        first, whole, silence = (statistics.median(one) for one in zip(*runs, strict=True))
        kind = "JPEG-LS" if compressed else "plain"
        sys.stdout.write(
            f"first slice of {_SLICES}, {kind}: {first:.3f} s (asked: 0.5), all {whole:.2f} s,"
            f" longest silence of the window {silence:.3f} s, medians of {_RUNS}\n"
        )


if __name__ == "__main__":
    main()
