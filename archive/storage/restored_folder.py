"""An archive being restored: its folder, which is no archive before everything is there.

`restore.json` stands in it from the first step to the last; while it does, nobody opens the
archive, and the same restore goes on with what is there already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from archive.storage.batch import Batch
from archive.storage.exclusive import Exclusive
from archive.storage.files import Files, inside

MARK = "restore.json"
_LOCK = "restore.lock"
_WRITABLE = {"log/entries.jsonl", "db/archive.sqlite"}


class RestoredFolder:
    """Writes an archive's files into an empty place."""

    def __init__(self, folder: Path, files: Files) -> None:
        self.folder = folder
        self._files = files
        self._batch = Batch(folder, "staging/restore", files)

    def exclusive(self) -> AbstractContextManager[object]:
        """Return the lock that keeps a second restore into the same place out."""
        self._files.make_folder(self.folder)
        return Exclusive(self.folder / _LOCK, "backup.busy")

    def is_free(self) -> bool:
        """Tell whether nothing is there yet, or no more than a kill left of the first step."""
        if not self.folder.exists() and not self.folder.is_symlink():
            return True
        if not self.folder.is_dir():
            return False
        staging = self.folder / "staging"
        first_step = {staging, staging / "restore"}
        there = (one for one in self.folder.rglob("*") if one != self.folder / _LOCK)
        return all(self._folder_of(one) in first_step for one in there)

    def _folder_of(self, path: Path) -> Path:
        return path if path.is_dir() and not path.is_symlink() else path.parent

    def mark(self) -> bytes | None:
        """Return what the unfinished restore says of itself; None where there is none."""
        path = self.folder / MARK
        return self._files.read(path) if self._files.size(path) is not None else None

    def begin(self, mark: bytes, folders: Iterable[str]) -> None:
        """Make the folders, and mark them as unfinished first."""
        self._files.make_folder(self.folder)
        if self.mark() is None:
            self._batch.stage(MARK, [mark])
            self._batch.settle()
        for name in folders:
            self._files.make_folder(self.folder / name)

    def clear(self) -> None:
        """Remove what was being written and never got a name."""
        self._batch.clear()

    def free_bytes(self) -> int:
        """Return the space left."""
        return self._files.free_bytes(self.folder)

    def holds(self, sha256: str, size: int) -> bool:
        """Tell whether an object lies there already, with its length."""
        return self._files.size(self.folder / _place(sha256)) == size

    def put_object(self, sha256: str, blocks: Iterable[bytes]) -> None:
        """Write an object; it has its name after `settle`."""
        self._batch.stage(_place(sha256), blocks)

    def put(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write another file, in place of one that an earlier try left."""
        self._batch.stage(path, blocks, read_only=path not in _WRITABLE)

    def settle(self) -> None:
        """Give what was written its names, durably, and read it back past the cache."""
        self._batch.settle()

    def remove_others(self, folder: str, kept: Collection[str]) -> None:
        """Remove what an earlier try added to a folder, beside the files that were brought.

        That try had recorded itself and signed the log before it was killed: its checkpoint is
        of a log that has more entries than the one that lies there again, and what SQLite had
        set aside of a transaction is of another database.
        """
        place = self.folder / folder
        for path in () if place.is_symlink() else inside(place):  # a link's files are not ours
            if f"{folder}/{path.name}" not in kept:
                self._files.remove_staged(path)

    def finish(self) -> None:
        """Take the mark away: from now on it is an archive."""
        self._files.remove_staged(self.folder / MARK)
        self._files.remove_staged(self.folder / _LOCK)
        self._files.sync_folder(self.folder)


def _place(sha256: str) -> str:
    return f"objects/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"
