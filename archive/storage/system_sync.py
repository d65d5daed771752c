"""Linux's syncfs: one wait for a whole file system instead of one for each of its files.

Since Linux 5.8 it fails where any write to the file system failed since the file was opened.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Any


def _system_call(name: str, arguments: list[Any]) -> Callable[..., int] | None:
    """Return a function of the C library; None where the system has none."""
    if sys.platform != "linux":
        return None
    found: Any = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if found is None:
        return None
    found.argtypes, found.restype = arguments, ctypes.c_int
    call: Callable[..., int] = found
    return call


_SYNCFS = _system_call("syncfs", [ctypes.c_int])
_RANGE = _system_call(
    "sync_file_range", [ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint]
)
_WRITE = 2  # SYNC_FILE_RANGE_WRITE of linux/fs.h


def begin_writing(handle: int) -> None:
    """Have the disk begin to write an open file, and wait for nothing.

    A hint alone: whether it was written, `sync_file_system` tells.
    """
    if _RANGE is not None:
        _RANGE(handle, 0, 0, _WRITE)


def sync_file_system(handle: int) -> bool:
    """Wait until the disk has all that was written to the file system of an open file.

    Returns:
        False where the system cannot be asked so; then nothing was done.

    Raises:
        OSError: a write failed, now or earlier.
    """
    if _SYNCFS is None:
        return False
    if _SYNCFS(handle) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return True
