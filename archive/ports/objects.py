"""Objects, and the place where they wait to become some."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from archive.records import (
    Copied,
    Interrupted,
)
from virtopsy.dicom.carrier import Address


class Blobs(Protocol):
    """Objects by the SHA-256 of their bytes."""

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its SHA-256."""
        ...

    def read(self, sha256: str) -> bytes:
        """Return the bytes; IntegrityError where they are missing or not what they were."""
        ...

    def checked_path(self, sha256: str) -> Path:
        """Return the object's path after reading it through; IntegrityError as for `read`."""
        ...

    def holds(self, sha256: str) -> bool:
        """Tell whether the object lies there, without reading it."""
        ...

    def fault(self, sha256: str, tick: Callable[[], None] = ...) -> tuple[str, int]:
        """Return "" or the code of what is wrong with the object, and the bytes read.

        Reads past the cache. `tick` is called often, so that the person can stop.
        """
        ...

    def state(self, sha256: str) -> tuple[int, ...] | None:
        """Return size, times and place on the disk, which change with the bytes; None: gone."""
        ...

    def blocks(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes; errors as for `read`, a change known only after the last."""
        ...

    def sizes(self, start: str) -> Iterator[tuple[str, int]]:
        """Yield the objects whose SHA-256 starts with two digits, and their sizes, in order."""
        ...

    def names(self) -> Sequence[str]:
        """Return the SHA-256 of every object that is there."""
        ...

    def listed(self, start: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return the objects whose SHA-256 starts with two digits, and paths that are none.

        Both in order; empty where the folder cannot be read.
        """
        ...

    def strays(self) -> Sequence[str]:
        """Return the paths above those folders that belong to no object, in order."""
        ...

    def staged(self, wanted: Mapping[str, int]) -> Mapping[str, str]:
        """Return where bytes of these (SHA-256 -> size) wait in staging; of few, for it looks."""
        ...

    def destroy(self, unwanted: Mapping[str, int]) -> None:
        """Remove the bytes of these (SHA-256 -> size), also copies that a stopped import left.

        They may be gone.
        """
        ...

    def relative_path(self, sha256: str) -> str:
        """Return where the object lies within the archive's folder."""
        ...


class Staging(Protocol):
    """The place where an intake's files wait until they are known to be whole."""

    def copied(self, key: str) -> Copied | None:
        """Return what an interrupted intake copied of the source of that key."""
        ...

    def place(self) -> Path:
        """Return where the next file goes; called by one thread."""
        ...

    def copy(self, source: Address, key: str, place: Path, count: Callable[[int], None]) -> Copied:
        """Copy a file, hashing in the same pass; several threads may. InputError: unreadable.

        `count` is called for every block, so that the person can stop within gigabytes.
        """
        ...

    def settle(self) -> None:
        """Wait until the disk has all that was copied; a failure is final."""
        ...

    def publish(self, staged: Sequence[Copied]) -> frozenset[str]:
        """Give staged files their final names durably; return what was there before."""
        ...

    def read_back(self, sha256: str, *, there: bool, tick: Callable[[], None]) -> None:
        """Read an object past the cache; an error where the disk keeps something else."""
        ...

    def clear(self) -> None:
        """Remove what is staged."""
        ...

    def leave(self) -> None:
        """Keep what was copied, for the next try."""
        ...


class StagingPlace(Protocol):
    """Where every intake has its staging."""

    def enter(self, owner: str, boot: str, keys: Collection[str]) -> Staging:
        """Return the staging of an intake: that of the same one where it was interrupted."""
        ...

    def interrupted(self) -> Sequence[Interrupted]:
        """Return the intakes whose programs are gone."""
        ...

    def tell(self, name: str) -> None:
        """Note that an interruption stands in the log."""
        ...

    def free_bytes(self) -> int:
        """Return the space left."""
        ...
