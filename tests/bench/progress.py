"""What telling the window how far a job is costs: the same job with and without a listener.

Run as `python -m tests.bench.progress`, with a display. The listener is the window's own way:
functions posted to the screen's thread, which moves a bar there. Jobs with and without it run in
turn, in a thread of their own; the median of the ratios pair by pair is told and, because a machine
jitters more than that, the share that the ticks and reports themselves take: counted, times the
price of one.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QProgressBar

from tests.bench.stacks import scratch, write_hollow
from tests.bench.timing import tell
from viewer.widgets.post import Postman
from virtopsy import confined
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.jobs import Progress

_FILES = 1000
_RUNS = 21
_ASKED = 0.02
_PRICED = 20_000


class Window:
    """A bar on the screen, moved from its own thread."""

    def __init__(self) -> None:
        self.bar = QProgressBar()
        self.bar.resize(600, 30)
        self.bar.show()
        self.postman = Postman()
        self.heard = 0

    def told(self, done: int, total: int) -> None:
        """Hear from a job's thread."""
        self.postman.post(lambda: self.show(done, total))

    def show(self, done: int, total: int) -> None:
        """Move the bar."""
        self.heard += 1
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def wait_for(self, job: Callable[[], None]) -> float:
        """Run a job in a thread of its own while the window lives; return its seconds."""
        spent: list[float] = []

        def work() -> None:
            begun = time.perf_counter()
            job()
            spent.append(time.perf_counter() - begun)
            self.postman.post(lambda: None)

        thread = threading.Thread(target=work)
        thread.start()
        while not spent:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        thread.join()
        return spent[0]


def load(folder: Path, progress: Progress) -> None:
    """Scan a folder and load its series."""
    found = scan(folder, progress)
    series = choose(found, None)
    assemble(series, study_of(found, series), progress)


def price_s(window: Window) -> tuple[float, float]:
    """Seconds of a tick that is not reported, and of one that is, in both threads."""
    quiet = Progress(window.told)
    quiet.tick(0, _PRICED)
    begun = time.perf_counter()
    for done in range(_PRICED):
        quiet.tick(done, _PRICED)
    tick = (time.perf_counter() - begun) / _PRICED
    begun = time.perf_counter()
    for done in range(_PRICED // 100):
        window.told(done, _PRICED)
        QApplication.processEvents()
    return tick, (time.perf_counter() - begun) / (_PRICED // 100)


def main() -> None:
    """Measure on a folder made for it."""
    application = QApplication([])
    confined.warm()
    window = Window()
    with scratch() as folder:
        write_hollow(folder, _FILES)
        load(folder, Progress())
        window.heard = 0
        runs = [
            (
                window.wait_for(lambda: load(folder, Progress(window.told))),
                window.wait_for(lambda: load(folder, Progress())),
            )
            for _ in range(_RUNS)
        ]
    told, silent = (statistics.median(one) for one in zip(*runs, strict=True))
    more = statistics.median(one / other for one, other in runs) - 1
    application.processEvents()
    reports = window.heard / _RUNS
    tick, report = price_s(window)
    own = (2 * _FILES * tick + reports * report) / silent
    tell(
        f"progress: {told:.3f} s with a listener, {silent:.3f} s without,"
        f" {100 * more:+.1f} % (asked: {100 * _ASKED:.0f} % at most);"
        f" {2 * _FILES} ticks and {reports:.0f} reports by their own price {100 * own:.2f} %"
    )


if __name__ == "__main__":
    main()
