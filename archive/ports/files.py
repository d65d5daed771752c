"""Files beside the objects: card, checkpoints, anchors, checks, the copy of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from archive.records import (
    Card,
    LogEntry,
)


class Cards(Protocol):
    """The archive's card."""

    def read(self) -> Card:
        """Return what it says; IntegrityError where it cannot be read."""
        ...

    def is_exact(self) -> bool:
        """Tell whether it is written as the program writes it, byte for byte."""
        ...

    def replace(self, card: Card) -> None:
        """Put a new one in its place in one step."""
        ...


class Notes(Protocol):
    """Signed checkpoints."""

    def add(self, size: int, note: str) -> None:
        """Keep a checkpoint durably."""
        ...

    def names(self) -> Sequence[str]:
        """Return the names of the checkpoints, smallest first; cheap where none is new."""
        ...

    def read(self, name: str) -> str:
        """Return the text of a checkpoint."""
        ...


class CheckParts(Protocol):
    """What checks of the objects have seen: the parts of a stopped one, and the last whole one."""

    def parts(self) -> Sequence[int]:
        """Return the numbers of the parts, oldest first."""
        ...

    def lines(self, part: int | None) -> Iterator[bytes]:
        """Yield the whole lines of a part, or (None) of the last check that came to its end."""
        ...

    def append(self, part: int, lines: Iterable[bytes]) -> None:
        """Append lines to a part, on the disk."""
        ...

    def finish(self, lines: Iterable[bytes]) -> None:
        """Keep a check that came to its end in the place of the one before; forget the parts."""
        ...

    def forget(self) -> None:
        """Forget the parts."""
        ...

    def sweep(self) -> None:
        """Remove what lies in the archive's folder as if it were such a state; none is."""
        ...


class AnchorFiles(Protocol):
    """What others signed of the log: files beside the checkpoints."""

    def add(self, name: str, content: bytes) -> bool:
        """Keep a file durably; False where that name is taken."""
        ...

    def names(self) -> Sequence[str]:
        """Return the names of all, within the archive."""
        ...

    def strays(self) -> Sequence[str]:
        """Return what lies beside them and is nothing of the log's, in order."""
        ...

    def read(self, name: str) -> bytes:
        """Return what one holds."""
        ...


class BodyCopy(Protocol):
    """The second copy of the log's bodies, outside the database."""

    def catch_up(self, entries_after: Callable[[int], Iterable[LogEntry]]) -> None:
        """Append every entry that the copy lacks, on the disk."""
        ...

    def last_seq(self) -> int:
        """Return the number of the newest entry in the copy; 0 where its end cannot be read."""
        ...

    def bodies(self) -> Sequence[bytes]:
        """Return the bodies by seq."""
        ...

    def size(self) -> int:
        """Return how many bytes of whole lines there are."""
        ...

    def digest(self, start: int, length: int) -> bytes:
        """Return the SHA-256 of a part."""
        ...

    def lines(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the whole lines between two places."""
        ...
