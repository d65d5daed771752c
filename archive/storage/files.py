"""The one door to the file system: every operation that keeps evidence passes here.

A test that lets the n-th operation fail has seen every way in which a disk can fail. Failures
of the archive's own disk are a `StorageError`; a source that cannot be read is an `InputError`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from virtopsy.errors import InputError, StorageError

_BLOCK = 1 << 20
_READ_ONLY = 0o444
_KEYS = {
    errno.ENOSPC: "archive.storage.full",
    errno.EDQUOT: "archive.storage.full",
    errno.EROFS: "archive.storage.read_only",
    errno.EACCES: "archive.storage.read_only",
    errno.EPERM: "archive.storage.read_only",
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Say a failure of the archive's disk in one sentence."""
    try:
        yield
    except OSError as error:
        key = _KEYS.get(error.errno or 0, "archive.storage.failed")
        raise StorageError(key, path=path, detail=error.strerror or str(error)) from error


class Files:
    """Reads and writes; nothing here overwrites."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and its parents durably; it may be there."""
        with storage_errors(path):
            if path.is_dir():
                return
            self.make_folder(path.parent)
            path.mkdir(exist_ok=True)
            self.sync_folder(path.parent)

    def write_new(self, path: Path, content: bytes) -> None:
        """Write a file that must not be there yet, read-only and on the disk."""
        with storage_errors(path), path.open("xb") as target:
            target.write(content)
            target.flush()  # else the sync has nothing to sync: the bytes wait in this process
            self._settle(target.fileno())

    def append(self, path: Path, content: bytes) -> None:
        """Append to a file, on the disk; what a kill tore off its last line goes first."""
        with storage_errors(path):
            new = not path.exists()
            with path.open("ab") as target:
                target.truncate(self._whole_lines(path))
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
        if new:
            self.sync_folder(path.parent)

    def last_line(self, path: Path) -> bytes:
        """Return the last complete line of a file; empty where there is none."""
        with storage_errors(path), path.open("rb") as source:
            end = self._whole_lines(path)
            reach = _BLOCK
            while True:
                start = max(0, end - reach)
                source.seek(start)
                lines = source.read(end - start).split(b"\n")
                if start == 0 or len(lines) > 2:
                    return lines[-2] if len(lines) > 1 else b""
                reach *= 2

    def _whole_lines(self, path: Path) -> int:
        """Return the length of a file up to its last line break."""
        with path.open("rb") as source:
            place = source.seek(0, os.SEEK_END)
            while place:
                start = max(0, place - _BLOCK)
                source.seek(start)
                found = source.read(place - start).rfind(b"\n")
                if found >= 0:
                    return start + found + 1
                place = start
        return 0

    def copy_hashing(self, source: Path, target: Path, tick: Callable[[], None]) -> tuple[str, int]:
        """Copy `source` into a new file, on the disk; return SHA-256 and size.

        Raises:
            InputError: the source cannot be opened or read.
        """
        digest, size = hashlib.sha256(), 0
        with storage_errors(target), target.open("xb") as written:
            for block in self._blocks_of_source(source):
                digest.update(block)
                size += len(block)
                written.write(block)
                tick()
            written.flush()
            self._settle(written.fileno())
        return digest.hexdigest(), size

    def link(self, staged: Path, final: Path) -> bool:
        """Give a file a second name; False where that name is taken."""
        with storage_errors(final):
            try:
                final.hardlink_to(staged)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
                    raise
                return self._move(staged, final)
        return True

    def replace(self, staged: Path, final: Path) -> None:
        """Put a staged file in the place of another in one step; the caller syncs the folder."""
        with storage_errors(final):
            staged.replace(final)

    def sync_folder(self, path: Path) -> None:
        """Put the names in a folder on the disk."""
        if os.name == "nt":
            return  # NTFS journals names itself; a folder cannot be opened there
        with storage_errors(path):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def sync_file(self, path: Path) -> None:
        """Put the bytes of a finished file on the disk."""
        with storage_errors(path), path.open("rb") as written:
            os.fsync(written.fileno())

    def give_name(self, made: Path, final: Path) -> None:
        """Give a finished file or folder its final name; the caller syncs the folder.

        Raises:
            StorageError: that name is taken, or the disk refused.
        """
        with storage_errors(final):
            if final.exists() or final.is_symlink():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final))
            made.rename(final)

    def remove_staged(self, path: Path) -> None:
        """Remove a name in staging; it may be gone."""
        with storage_errors(path):
            path.unlink(missing_ok=True)

    def remove_staging(self, folder: Path) -> None:
        """Remove a staging folder with all in it; it may be gone."""
        shutil.rmtree(folder, ignore_errors=True)

    def read(self, path: Path) -> bytes:
        """Return the bytes of a file of the archive."""
        with storage_errors(path):
            return path.read_bytes()

    def hash(self, path: Path, *, past_cache: bool = False) -> tuple[str, int]:
        """Return SHA-256 and size of a file of the archive.

        Args:
            path: the file.
            past_cache: ask the system to forget what it holds in memory, so that the disk
                answers (where the platform can; a rival's check of warm files found no fault).
        """
        digest, size = hashlib.sha256(), 0
        with storage_errors(path), path.open("rb", buffering=0) as source:
            if past_cache and hasattr(os, "posix_fadvise"):
                os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
        return digest.hexdigest(), size

    def free_bytes(self, path: Path) -> int:
        """Return the space left on the disk of `path`."""
        with storage_errors(path):
            return shutil.disk_usage(path).free

    def _settle(self, handle: int) -> None:
        """Make an open file read-only and wait until the disk has it."""
        if hasattr(os, "fchmod"):
            os.fchmod(handle, _READ_ONLY)
        os.fsync(handle)

    def _move(self, staged: Path, final: Path) -> bool:
        """Rename where the file system knows no second names (exFAT)."""
        if final.exists():
            return False
        staged.rename(final)
        return True

    def _blocks_of_source(self, source: Path) -> Iterator[bytes]:
        """Yield the source's bytes; never follows a link, never waits at a pipe."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        flags |= getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(source, flags)
        except OSError as error:
            raise _unreadable(source, error) from error
        with os.fdopen(handle, "rb", buffering=0) as opened:
            while True:
                try:
                    block = opened.read(_BLOCK)
                except OSError as error:
                    raise _unreadable(source, error) from error
                if not block:
                    return
                yield block


def _unreadable(source: Path, error: OSError) -> InputError:
    return InputError("archive.source.unreadable", path=source, detail=error.strerror or str(error))
