"""A text file a person hands to a command: read whole, so only if it is a file of sane size."""

from __future__ import annotations

from pathlib import Path

_MOST_BYTES = 16 * 1024 * 1024


def text_of(path: Path) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    Raises:
        OSError, ValueError: it cannot be read, is no regular file, too large or not UTF-8.
    """
    if not path.is_file():  # a pipe or a device may never end
        raise FileNotFoundError(str(path))
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"> {_MOST_BYTES} bytes")
    return path.read_text(encoding="utf-8-sig")
