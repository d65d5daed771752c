"""The one door to the file system: every operation that keeps evidence passes here.

A test that lets the n-th operation fail has seen every way in which a disk can fail. Failures
of the archive's own disk are a `StorageError`; a source that cannot be read is an `InputError`.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.storage.blocks import blocks, blocks_past_cache
from archive.storage.source_files import Buffer, blocks_of
from archive.storage.system_sync import begin_writing, sync_file_system
from virtopsy.errors import InputError, StorageError
from virtopsy.jobs import silent
from virtopsy.system_reason import reason_of

_BLOCK = 1 << 20
_TAIL = 1 << 13  # where the last line of a log is looked for first
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
        raise StorageError(key, path=path, detail=reason_of(error)) from error


def is_file(path: Path) -> bool:
    """Tell whether a file lies there; never raises, where a folder on the way is shut either."""
    return os.path.isfile(path)  # noqa: PTH113 -- unlike Path's


def inside(folder: Path) -> list[Path]:
    """Return what lies in a folder, in order; nothing where it may not be read or is none."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


class Files:
    """Reads and writes; nothing here overwrites.

    What belongs to a batch is on the disk only after `sync_all`, once for many files.
    """

    def make_folder(self, path: Path, *, in_batch: bool = False) -> None:
        """Make a folder and its parents durably; it may be there."""
        with storage_errors(path):
            self._make_folder(path, in_batch)

    def make_own_folder(self, path: Path) -> None:
        """Make a folder that only this account may enter, and its parents; it may be there."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        with storage_errors(path):
            path.mkdir(mode=0o700, exist_ok=True)
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
            with path.open("a+b") as target:
                whole = _whole_lines(target)
                if target.seek(0, os.SEEK_END) != whole:
                    target.truncate(whole)
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
        if new:
            self.sync_folder(path.parent)

    def last_line(self, path: Path) -> bytes:
        """Return the last complete line of a file; empty where there is none."""
        with storage_errors(path), path.open("rb") as source:
            end = _whole_lines(source)
            reach = _TAIL
            while True:
                start = max(0, end - reach)
                source.seek(start)
                lines = source.read(end - start).split(b"\n")
                if start == 0 or len(lines) > 2:
                    return lines[-2] if len(lines) > 1 else b""
                reach *= 2

    def copy_hashing(self, source: Path, target: Path, tick: Callable[[], None]) -> tuple[str, int]:
        """Copy `source` into a new file, on the disk; return SHA-256 and size.

        Raises:
            InputError: the source cannot be opened or read.
        """
        digest, size = hashlib.sha256(), 0
        with storage_errors(target), target.open("xb") as written:
            for block in blocks_of(source):
                digest.update(block)
                size += len(block)
                written.write(block)
                tick()
            written.flush()
            self._settle(written.fileno())
        return digest.hexdigest(), size

    def write_in_batch(self, target: Path, found: Iterable[Buffer]) -> tuple[str, int]:
        """Write a new read-only file of a batch; return SHA-256 and size.

        Raises:
            Exception: what `found` raises; the file is left as far as it came.
        """
        digest, size = hashlib.sha256(), 0
        with storage_errors(target), target.open("xb", buffering=0) as written:
            for block in found:
                digest.update(block)
                size += _written(written.fileno(), block)
            if hasattr(os, "fchmod"):
                os.fchmod(written.fileno(), _READ_ONLY)
            begin_writing(written.fileno())
        return digest.hexdigest(), size

    def sync_all(self, folder: Path, handle: int, paths: Iterable[Path]) -> None:
        """Wait until the disk has all of a batch: every file, every folder and its names.

        Linux syncs the file system at once and tells of every write that failed since `handle`
        was opened; elsewhere each path is synced. A failure is final: the system may call the
        same bytes clean the next time, so nothing of this batch may be trusted again.

        Args:
            folder: where the batch lies, for the words.
            handle: a file of that file system, opened before the batch was begun (`hold`).
            paths: the files and folders of the batch.
        """
        with storage_errors(folder):
            if sync_file_system(handle):
                return
        for path in paths:
            with storage_errors(path):
                opened = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(opened)
                finally:
                    os.close(opened)

    def hold(self, path: Path, *, new: bool = False) -> int | None:
        """Open a file to append to it, locked as long as it is open and the program lives.

        Args:
            path: the file.
            new: it must not be there yet.

        Returns:
            The handle; None where another program holds it, or it is gone.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        with storage_errors(path):
            try:
                handle = os.open(path, flags | (os.O_CREAT | os.O_EXCL if new else 0), 0o600)
            except FileNotFoundError:
                return None
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if path.stat().st_ino == os.fstat(handle).st_ino:
                    return handle
            except (BlockingIOError, FileNotFoundError):
                pass  # another program has it, or took it away between the two steps
            except OSError:
                os.close(handle)
                raise
            os.close(handle)
            return None

    def note(self, path: Path, handle: int, line: bytes) -> None:
        """Append to a held file at once; a kill loses nothing of it, a pulled plug may."""
        with storage_errors(path):
            _written(handle, line)

    def let_go(self, handle: int) -> None:
        """Close a held file; others may hold it then."""
        os.close(handle)

    def write_blocks(self, path: Path, blocks: Iterable[bytes]) -> tuple[str, int]:
        """Write a new file that others may add to, on the disk; return SHA-256 and size."""
        digest, size = hashlib.sha256(), 0
        with storage_errors(path), path.open("xb") as written:
            for block in blocks:
                digest.update(block)
                size += len(block)
                written.write(block)
            written.flush()
            os.fsync(written.fileno())
        return digest.hexdigest(), size

    def blocks(self, path: Path, *, past_cache: bool = False) -> Iterator[bytes]:
        """Yield the bytes of a file, 1 MiB at a time; `past_cache` as for `hash`."""
        with storage_errors(path):
            if past_cache:
                yield from map(bytes, blocks_past_cache(path))
                return
            with path.open("rb", buffering=0) as source:
                yield from map(bytes, blocks(source.fileno()))

    def size(self, path: Path) -> int | None:
        """Return the size of a regular file; None where there is none, or a link."""
        with storage_errors(path):
            try:
                found = path.lstat()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

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

    def destroy(self, path: Path) -> None:
        """Remove the bytes of an object for good, durably; they may be gone.

        What the disk keeps underneath is the disk encryption's concern.
        """
        with storage_errors(path):
            path.unlink(missing_ok=True)
        self.sync_folder(path.parent)

    def remove_staged(self, path: Path) -> None:
        """Remove a name in staging; it may be gone."""
        with storage_errors(path):
            path.unlink(missing_ok=True)

    def remove_staging(self, folder: Path) -> None:
        """Remove a staging folder with all in it; it may be gone."""
        shutil.rmtree(folder, ignore_errors=True)

    def read(self, path: Path) -> bytes:
        """Return the bytes of a file of the archive; never waits at a pipe in its place."""
        with storage_errors(path), open(path, "rb", opener=_regular) as source:
            return source.read()

    def read_brought(self, path: Path, most: int) -> bytes:
        """Return the bytes of a small file from outside; never a link's, never waits at a pipe.

        Raises:
            InputError: it cannot be read, or holds more than `most` bytes.
        """
        content = b""
        for block in blocks_of(path):
            content += block
            if len(content) > most:
                raise InputError("anchor.too_large", path=path, most=most)
        return content

    def hash(
        self, path: Path, *, past_cache: bool = False, tick: Callable[[], None] = silent
    ) -> tuple[str, int]:
        """Return SHA-256 and size of a file of the archive.

        Args:
            path: the file.
            past_cache: let the disk answer, not the system's memory (where the platform can; a
                rival's check of warm files found no fault).
            tick: called often; what it raises ends the reading.
        """
        with storage_errors(path):
            if past_cache:
                return _hashed(blocks_past_cache(path), tick)
            with path.open("rb", buffering=0) as source:
                return _hashed(blocks(source.fileno()), tick)

    def set_aside(self, path: Path, aside: Path) -> None:
        """Move a file that cannot be trusted out of the way, durably; the name there is free."""
        with storage_errors(path):
            path.rename(aside)
        self.sync_folder(path.parent)
        self.sync_folder(aside.parent)

    def hash_part(self, path: Path, start: int, length: int) -> bytes:
        """Return the SHA-256 of a part of a file of the archive."""
        digest, block = hashlib.sha256(), memoryview(bytearray(_BLOCK))
        with storage_errors(path), path.open("rb", buffering=0) as source:
            source.seek(start)
            while length and (read := source.readinto(block[: min(length, _BLOCK)])):
                digest.update(block[:read])
                length -= read
        return digest.digest()

    def lines(self, path: Path, start: int, end: int) -> Iterator[bytes]:
        """Yield the whole lines of a file of the archive between two places, without breaks."""
        with storage_errors(path), path.open("rb", buffering=_BLOCK) as source:
            place = source.seek(start)
            for line in source:
                place += len(line)
                if place > end or not line.endswith(b"\n"):
                    return
                yield line[:-1]

    def length_of_lines(self, path: Path) -> int:
        """Return the length of a file up to its last line break."""
        with storage_errors(path), path.open("rb") as source:
            return _whole_lines(source)

    def free_bytes(self, path: Path) -> int:
        """Return the space left on the disk of `path`."""
        with storage_errors(path):
            return shutil.disk_usage(path).free

    def _make_folder(self, path: Path, in_batch: bool) -> None:
        if path.is_dir():
            return
        self._make_folder(path.parent, in_batch)
        path.mkdir(exist_ok=True)
        if not in_batch:
            self.sync_folder(path.parent)

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


def _regular(path: str, flags: int) -> int:
    """Open a file, but nothing else that may lie under its name."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    return handle


def _whole_lines(source: BinaryIO) -> int:
    """Return the length of an open file up to its last line break."""
    place = source.seek(0, os.SEEK_END)
    while place:
        start = max(0, place - _TAIL)
        source.seek(start)
        found = source.read(place - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        place = start
    return 0


def _hashed(found: Iterable[Buffer], tick: Callable[[], None]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for block in found:
        digest.update(block)
        size += len(block)
        tick()
    return digest.hexdigest(), size


def _written(handle: int, content: Buffer) -> int:
    """Write all of `content`, which the system may take in parts, and return its size."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
    return len(content)
