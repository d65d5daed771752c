"""The folder of one archive on a backup disk (its layout: `archive.proof.snapshot`).

Whatever lies under a name is whole, whenever the work was stopped (`storage.batch`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from archive.storage.batch import Batch
from archive.storage.exclusive import Exclusive
from archive.storage.files import Files
from virtopsy.errors import StorageError

CARDS = ("backup.json", "backup-copy.json")
_SNAPSHOT = re.compile(r"[0-9]{6,12}-[0-9]{8}T[0-9]{6}Z\.snap")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BackupDisk:
    """Writes and reads one archive's backup."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder = folder
        self._files = files
        self._batch = Batch(folder, "incoming", files)

    def cards(self) -> Sequence[bytes]:
        """Return backup.json and its copy, those that can be read; none: no backup yet.

        Raises:
            StorageError: they are there, but the disk can read neither.
        """
        there = [one for one in CARDS if self._files.size(self.folder / one) is not None]
        found, failures = [], []
        for name in there:
            try:
                found.append(self._files.read(self.folder / name))
            except StorageError as error:
                failures.append(error)
        if failures and not found:
            raise failures[0]
        return found

    def exclusive(self) -> AbstractContextManager[object]:
        """Return the lock that whoever writes holds; makes the folder where it is not there."""
        self._files.make_folder(self.folder)
        return Exclusive(self.folder / "lock", "backup.busy")

    def clear(self) -> None:
        """Remove what was being written and never got a name."""
        self._batch.clear()

    def put_card(self, content: bytes) -> None:
        """Write backup.json durably, in place of the one that may be there, and its copy.

        Without it nothing in the backup can be read: so it is there twice.
        """
        for name in CARDS:
            self._batch.stage(name, [content])
            self._batch.settle()

    def size(self, name: str) -> int | None:
        """Return how long the file of that name is; None where there is none."""
        return self._files.size(self.folder / name)

    def free_bytes(self) -> int:
        """Return the space left."""
        return self._files.free_bytes(self.folder)

    def stage(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write a file; it has its name after `settle`, which comes by itself now and then."""
        self._batch.stage(name, blocks)

    def settle(self) -> None:
        """Give what was written its names, durably, and read it back past the cache."""
        self._batch.settle()

    def blocks(self, name: str, *, past_cache: bool = False) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        yield from self._files.blocks(self.folder / name, past_cache=past_cache)

    def snapshots(self) -> Sequence[str]:
        """Return the names of the snapshots, oldest first."""
        found = (one.name for one in (self.folder / "snapshots").glob("*.snap"))
        return sorted(name for name in found if _SNAPSHOT.fullmatch(name))


def backups_in(place: Path) -> tuple[str, ...]:
    """Return the uuids of the archives whose backups a folder holds.

    The folder may be the disk, or the folder of one backup itself (the answer is then "").
    """
    if any((place / one).is_file() for one in CARDS):
        return ("",)
    found = {one.parent.name for card in CARDS for one in place.glob(f"*/{card}")}
    return tuple(sorted(name for name in found if _UUID.fullmatch(name)))
