"""A value the screen shows and may change, and who wants to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

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
    """One value of the view."""

    def __init__(self, initial: T) -> None:
        self._now = initial
        self._changed: Event[T] = Event()

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
