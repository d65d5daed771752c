"""Linux's syncfs: one wait for a whole file system instead of one for each of its files.

Since Linux 5.8 it fails where any write to the file system failed since the file was opened.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Any


def _system_call() -> Callable[[int], int] | None:
    """Return the C library's function; None where the system has none."""
    if sys.platform != "linux":
        return None
    found: Any = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if found is None:
        return None
    found.argtypes, found.restype = [ctypes.c_int], ctypes.c_int
    call: Callable[[int], int] = found
    return call


_SYNCFS = _system_call()


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
