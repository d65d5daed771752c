"""A value the screen shows and may change: with range, step and unit, and who wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from typing_extensions import override

from virtopsy.errors import Bug

T = TypeVar("T")
Unsubscribe = Callable[[], None]


class Event(Generic[T]):
    """Something that happens, told to every listener in the order they came."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def subscribe(self, listener: Callable[[T], None]) -> Unsubscribe:
        """Call `listener` from now on; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, what: T) -> None:
        """Tell every listener."""
        for listener in tuple(self._listeners):
            listener(what)


class Value(Generic[T]):
    """One value of the view.

    Attributes:
        unit: as it stands behind the number on the screen.
    """

    def __init__(self, initial: T, *, unit: str = "") -> None:
        self._now = initial
        self._changed: Event[T] = Event()
        self.unit = unit

    @property
    def now(self) -> T:
        """The present value."""
        return self._now

    def set(self, value: T) -> None:
        """Change the value and tell who subscribed; the same value again is no change."""
        if value is self._now or value == self._now:
            return
        self._now = value
        self._changed.announce(value)

    def subscribe(self, listener: Callable[[T], None], *, now: bool = False) -> Unsubscribe:
        """Call `listener` at every change, and at once when `now`."""
        if now:
            listener(self._now)
        return self._changed.subscribe(listener)


class Ranged(Value[float]):
    """A number that stays within its range.

    Attributes:
        minimum: smallest value; a smaller one is set to it.
        maximum: largest value.
        step: of one wheel notch or key press.
    """

    def __init__(
        self, initial: float, *, minimum: float, maximum: float, step: float, unit: str = ""
    ) -> None:
        if not minimum <= initial <= maximum or step <= 0:
            raise Bug(f"{initial} is not within {minimum}..{maximum}, or step {step} is not > 0")
        super().__init__(initial, unit=unit)
        self.minimum, self.maximum, self.step = minimum, maximum, step

    @override
    def set(self, value: float) -> None:
        """Change the value, kept within the range."""
        super().set(min(max(value, self.minimum), self.maximum))

    def turn(self, steps: float) -> None:
        """Go `steps` steps up or down."""
        self.set(self.now + steps * self.step)
