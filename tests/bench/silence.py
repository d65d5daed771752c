"""How long a window answers nobody, on the clock and of its own doing; hands that work in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

_TICK_MS = 5
_MOVES = 30


@dataclass(frozen=True)
class Silence:
    """The longest silences of a while.

    Attributes:
        wall_ms: on the clock; where others use the machine, their time is in it.
        own_ms: processor time of the window's own thread within one silence.
    """

    wall_ms: float
    own_ms: float


class Watch:
    """Ticks in the window's thread; between two of its ticks the window answers nobody."""

    def __init__(self) -> None:
        self._last = (time.perf_counter(), time.thread_time())
        self._wall = self._own = 0.0
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self._wall = max(self._wall, now[0] - self._last[0])
        self._own = max(self._own, now[1] - self._last[1])
        self._last = now

    def longest(self) -> Silence:
        """Return the longest silences, and begin anew."""
        self._tick()
        longest = Silence(self._wall * 1000, self._own * 1000)
        self._wall = self._own = 0.0
        return longest


def live(until: Callable[[], bool] = lambda: False, seconds: float = 0.02) -> None:
    """Let the window live for a while, or until something is so."""
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.001)


def repeatedly(act: Callable[[], object], times: int = 12) -> None:
    """Do something again and again, as fast as a hand."""
    for _ in range(times):
        act()
        live()


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


def click(within: QWidget, name: str) -> None:
    """Click the middle of what has this name."""
    widget = within.findChild(QWidget, name)
    if widget is None:
        raise SystemExit(f"there is no {name}")
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())
