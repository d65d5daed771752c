"""What leaves the house: bundles, and the stick that goes to a witness."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from virtopsy.jobs import Progress


class Target(Protocol):
    """A new folder or zip that grows beside its place; see `archive.storage.bundle_folder`."""

    folder: Path

    def free_bytes(self) -> int:
        """Return the space left where the bundle goes."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write one file durably."""
        ...

    def copy(self, source: Path, name: str, progress: Progress) -> tuple[str, int]:
        """Copy one file durably; return SHA-256 and size."""
        ...

    def settle(self) -> None:
        """Put the names in every folder on the disk."""
        ...

    def zipped(self, when: datetime, progress: Progress) -> Path:
        """Return one zip of it all."""
        ...

    def publish(self, made: Path) -> None:
        """Give the finished folder or zip its final name; never overwrites."""
        ...

    def discard(self) -> None:
        """Remove what is left of the work."""
        ...


class Stick(Protocol):
    """What travels; see `archive.storage.stick`."""

    def logs(self) -> Any:
        """Return the ids of the logs that ask for a signature."""
        ...

    def where(self, log: str, kind: str) -> Path:
        """Return the path of a text."""
        ...

    def read(self, log: str, kind: str) -> str:
        """Return a text; empty where there is none."""
        ...

    def write(self, log: str, kind: str, text: str) -> None:
        """Put a text on the stick."""
        ...


class WitnessMemory(Protocol):
    """What the witness keeps; see `archive.storage.witness_home`."""

    @property
    def folder(self) -> Path:
        """Where it is."""
        ...

    def key(self) -> bytes:
        """Return what is kept of the witness's key; empty where there is none."""
        ...

    def keep_key(self, content: bytes) -> bool:
        """Keep a key; False where there is one already."""
        ...

    def newest(self, origin: str) -> bytes:
        """Return what was seen of a log last; empty where it was never seen."""
        ...

    def remember(self, origin: str, size: int, content: bytes) -> None:
        """Keep what was seen of a log."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Let nobody else sign meanwhile."""
        ...
