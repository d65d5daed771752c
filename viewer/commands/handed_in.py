"""A text file a person hands to a command: read whole, so only if it is a file of sane size."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_MOST_BYTES = 16 * 1024 * 1024


def text_of(path: Path) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    Raises:
        OSError: it cannot be read, or is no regular file.
        ValueError: it is too large; or, as a UnicodeDecodeError, not UTF-8.
    """
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):  # a pipe or a device may never end
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    if state.st_size > _MOST_BYTES:
        raise ValueError(f"> {_MOST_BYTES} bytes")
    return path.read_text(encoding="utf-8-sig")
