"""The machine the program runs on, and its clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeAlias

from archive.records import (
    Surroundings,
)

Clock: TypeAlias = Callable[[], datetime]


class Machine(Protocol):
    """The machine the program runs on."""

    def surroundings(self) -> Surroundings:
        """Return machine, start and program."""
        ...

    def monotonic_ns(self) -> int:
        """Return nanoseconds that no clock setting moves."""
        ...
