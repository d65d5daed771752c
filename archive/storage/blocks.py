"""Blocks of open files, read into one buffer a thread: no memory is asked for at every block.

A block is good until its thread reads the next one.
"""

from __future__ import annotations

import errno
import mmap
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_BLOCK: Final = 1 << 20
_SECTOR: Final = 512
_own = threading.local()


def blocks(handle: int) -> Iterator[memoryview]:
    """Yield what is left of an open file.

    Raises:
        OSError: the system refused.
    """
    buffer = _buffer()
    while length := os.readv(handle, [buffer]):
        yield memoryview(buffer)[:length]


def blocks_past_cache(path: Path) -> Iterator[memoryview]:
    """Yield a file as the disk has it, not as the system's memory does.

    Linux is asked to read without its cache; a file system that cannot is asked to forget what
    it holds of the file (as far as the platform can), and then read.

    Raises:
        OSError: the system refused.
    """
    direct = getattr(os, "O_DIRECT", 0)
    if direct:
        try:
            yield from _directly(path, os.O_RDONLY | os.O_CLOEXEC | direct)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        else:
            return
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        yield from blocks(handle)
    finally:
        os.close(handle)


def _directly(path: Path, flags: int) -> Iterator[memoryview]:
    """Yield a file's blocks as they come from the device; EINVAL before the first if it cannot."""
    handle = os.open(path, flags)
    buffer = _buffer()
    try:
        length = os.readv(handle, [buffer])
        while length:
            yield memoryview(buffer)[:length]
            if length % _SECTOR:
                return  # only the end of a file is no whole sector
            length = os.readv(handle, [buffer])
    finally:
        os.close(handle)


def _buffer() -> mmap.mmap:
    """Return this thread's buffer; it begins at a page, as reading past the cache needs."""
    found: mmap.mmap | None = getattr(_own, "buffer", None)
    if found is None:
        found = _own.buffer = mmap.mmap(-1, _BLOCK)
    return found
