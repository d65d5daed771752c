"""Many files written durably under one folder, each given its name only when it is on the disk.

Whatever lies under a name is whole, whenever the work was stopped; every file is read back past
the cache after it has its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.storage.files import Files
from virtopsy.errors import StorageError

_FILES = 256
_BYTES = 256 << 20


class Batch:
    """Writes into `folder`, by way of its sub-folder `incoming`; one at a time (`exclusive`)."""

    def __init__(self, folder: Path, incoming: str, files: Files) -> None:
        self._folder = folder
        self._incoming = folder / incoming
        self._files = files
        self._handle: int | None = None
        self._waiting: list[tuple[Path, str, str]] = []
        self._bytes = 0
        self._count = 0

    def clear(self) -> None:
        """Remove what was being written and never got a name."""
        self._waiting.clear()
        self._bytes = 0
        if self._handle is not None:
            self._files.let_go(self._handle)
            self._handle = None
        self._files.remove_staging(self._incoming)

    def stage(self, name: str, blocks: Iterable[bytes], *, read_only: bool = True) -> None:
        """Write a file; it has its name after `settle`, which comes by itself now and then.

        Args:
            name: relative, with slashes.
            blocks: the bytes; an error that they raise leaves nothing behind.
            read_only: nobody will add to it.
        """
        self._begin()
        self._count += 1
        staged = self._incoming / str(self._count)
        write = self._files.write_in_batch if read_only else self._files.write_blocks
        try:
            sha256, size = write(staged, blocks)
        except BaseException:
            self._files.remove_staged(staged)
            raise
        self._waiting.append((staged, name, sha256))
        self._bytes += size
        if len(self._waiting) >= _FILES or self._bytes >= _BYTES:
            self.settle()

    def settle(self) -> None:
        """Give what was written its names, durably, and read it back past the cache.

        Raises:
            StorageError: the disk refused, or kept something else.
        """
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        if not waiting or self._handle is None:
            return
        self._files.sync_all(self._folder, self._handle, [staged for staged, _, _ in waiting])
        folders = {(self._folder / name).parent for _, name, _ in waiting}
        for staged, name, _ in waiting:
            self._files.make_folder((self._folder / name).parent, in_batch=True)
            # In place of a damaged file, or of the same bytes; both lie on the disk by now.
            self._files.replace(staged, self._folder / name)
        above = {one for folder in folders for one in (folder, *folder.parents)}
        within = [one for one in above if one.is_relative_to(self._folder)]
        self._files.sync_all(self._folder, self._handle, sorted(within))
        # The same content may have come twice, encrypted differently; the last one stays.
        for name, sha256 in {name: sha256 for _, name, sha256 in waiting}.items():
            found, _ = self._files.hash(self._folder / name, past_cache=True)
            if found != sha256:
                raise StorageError("archive.storage.read_back", path=self._folder / name)

    def _begin(self) -> None:
        """Open the handle by which the system tells of every write that failed since."""
        if self._handle is None:
            self._files.remove_staging(self._incoming)  # what a kill left
            self._files.make_folder(self._incoming)
            self._handle = self._files.hold(self._incoming / "batch", new=True)
            if self._handle is None:
                raise StorageError("backup.busy", path=self._folder)
