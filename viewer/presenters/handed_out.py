"""A file that is handed out: whole or not at all, never in the place of a scan or in an archive."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from archive.within import refuse_within
from virtopsy.errors import InputError, StorageError, UsageError
from virtopsy.system_reason import reason_of

_KEYS = {
    errno.ENOSPC: "cli.out.full",
    errno.EDQUOT: "cli.out.full",
    errno.EROFS: "cli.out.shut",
    errno.EACCES: "cli.out.shut",
    errno.EPERM: "cli.out.shut",
}
"""What the system would say in English only, as `archive.storage.files` has it for an archive."""


def check(out: Path, endings: Sequence[str], *, new: bool = False) -> None:
    """Refuse a target before the work is done for it.

    Args:
        out: the target.
        endings: those that it may have.
        new: nothing may lie there yet: a signed paper is not replaced unseen.

    Raises:
        InputError: it lies in an archive; or `new`, and something is there.
        UsageError: its ending is none of `endings` (a scan has another one, or none).
        StorageError: its folder is missing, or something that is no file has its name.
    """
    if out.suffix.lower() not in endings:
        raise UsageError("cli.out.ending", path=out, known=", ".join(endings))
    if not out.parent.is_dir():
        raise StorageError("cli.out.no_folder", path=out)
    refuse_within(out)
    if new and (out.exists() or out.is_symlink()):
        raise InputError("bundle.exists", path=out)
    if out.exists() and not out.is_file():
        raise StorageError("cli.out.no_file", path=out)


def write(content: bytes | bytearray, out: Path) -> None:
    """Write beside the target first, as `draft` does.

    Raises:
        StorageError: it cannot be written.
    """
    with draft(out) as file:
        file.write(content)


@contextmanager
def draft(out: Path) -> Iterator[IO[bytes]]:
    """Give a file beside the target; at the end of the block it takes the target's place.

    A full disk, a stop or an error leaves the earlier file as it was. A link keeps its place;
    what it leads to is written.

    Raises:
        StorageError: it cannot be written.
    """
    target = out.resolve()
    made: Path | None = None
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=".draft-", delete=False) as file:
            made = Path(file.name)
            yield file
        made.chmod(0o666 & ~_umask())
        made.replace(target)
        made = None
    except OSError as error:
        key = _KEYS.get(error.errno or 0, "cli.out.cannot_write")
        raise StorageError(key, path=out, reason=reason_of(error)) from error
    finally:
        if made is not None:
            with suppress(OSError):  # it may be gone with its disk
                made.unlink()


def _umask() -> int:
    """Return which rights new files of this process do not get (it can only be read by setting)."""
    before = os.umask(0o077)
    os.umask(before)
    return before
