"""The objects of a backup being made: what it lacks is copied, what must not be kept is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.ports import Blobs
from archive.services.kept import Kept
from virtopsy.errors import IntegrityError, StorageError
from virtopsy.jobs import Progress

_UNREADABLE = "object_unreadable"


class _Unsound(Exception):  # noqa: N818 -- what the object is
    """A source object that must not be kept as good."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class ObjectCopies:
    """Copies objects of the archive into the backup, those that start with one byte at a time.

    Attributes:
        gone: destroyed by act: they are not copied.
        unsound: SHA-256 -> what is wrong with an object here, and the backup has none.
        better: SHA-256 -> what is wrong with an object here that the backup has whole.
        written, written_bytes: what was new in the backup.
        renewed: damaged ones in the backup that were written anew.
    """

    blobs: Blobs
    kept: Kept
    progress: Progress
    gone: set[str] = field(default_factory=set)
    unsound: dict[str, str] = field(default_factory=dict)
    better: dict[str, str] = field(default_factory=dict)
    written: int = 0
    written_bytes: int = 0
    renewed: int = 0

    def needed(self) -> tuple[int, int]:
        """Return how many objects there are, and the bytes of those that the backup lacks."""
        total = needed = 0
        for first in range(256):
            self.progress.check()
            for sha256, size in self.blobs.sizes(f"{first:02x}"):
                total += 1
                needed += 0 if self.kept.holds(sha256, size) else size
        return total, needed

    def copy(self, first: int, *, full: bool) -> Iterator[tuple[str, int]]:
        """Write what the backup lacks of the objects whose SHA-256 starts with that byte.

        Yields those that it holds then, with their sizes.
        """
        for sha256, size in self.blobs.sizes(f"{first:02x}"):
            if sha256 in self.unsound or sha256 in self.gone:
                continue
            held = self._held(sha256, size, full=full)
            if held is None:
                held = self._copied(sha256, size)
            if held is not None:
                yield sha256, held

    def held(self, first: int, named: set[str]) -> Iterator[tuple[str, int]]:
        """Yield the objects that start with that byte and are in the backup; copy late ones.

        Also those that are gone or damaged here and whole there; the others are missing.

        Args:
            first: that byte.
            named: those that log and index name.
        """
        for sha256, size in self.copy(first, full=False):
            named.discard(sha256)
            yield sha256, size
        start = f"{first:02x}"
        lost = {one for one in self.unsound if one.startswith(start)}
        for one in sorted(named | lost):
            whole = self.kept.whole(one)
            if whole is None:
                self.unsound.setdefault(one, "object_missing")
            else:
                self.better[one] = self.unsound.pop(one, "object_missing")
                yield one, whole

    def _held(self, sha256: str, size: int, *, full: bool) -> int | None:
        """Return the size of the object in the backup; None where it must be written."""
        if self.kept.disk.size(self.kept.path(sha256)) is None:
            return None
        if self.kept.holds(sha256, size) and not full:
            return size
        whole = self.kept.whole(sha256)
        if whole is None:
            self.renewed += 1
        elif whole != size:
            self.better[sha256] = "object_changed"
        return whole

    def _copied(self, sha256: str, size: int) -> int | None:
        try:
            self._put(sha256)
        except _Unsound as error:
            self.unsound[sha256] = error.code
            return None
        self.written += 1
        self.written_bytes += size
        return size

    def _put(self, sha256: str) -> None:
        """Ask a disk twice that refuses: this moment's backup would lack what it kept back."""
        try:
            self.kept.put(sha256, self._source(sha256))
        except _Unsound as error:
            if error.code != _UNREADABLE:
                raise
            self.kept.put(sha256, self._source(sha256))

    def _source(self, sha256: str) -> Iterator[bytes]:
        """Yield an object of the archive; its own faults must not look like the backup's."""
        try:
            for block in self.blobs.blocks(sha256):
                self.progress.check()
                yield block
        except IntegrityError as error:
            raise _Unsound(error.key.rpartition(".")[2]) from error
        except StorageError as error:
            raise _Unsound(_UNREADABLE) from error
