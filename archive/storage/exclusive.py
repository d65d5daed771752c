"""One program at a time: a lock that the system lets go of when its holder ends, however it ends.

Unlike `presence`, this one keeps others out. The lock's file stays; it means nothing by itself.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.storage.files import storage_errors
from virtopsy.errors import StorageError


class Exclusive:
    """Held within a `with` block.

    On a file system without such locks nobody is kept out.

    Args:
        path: the lock's file; made where it is not there.
        busy: key of the sentence for whoever comes second; its fact is `path`.
    """

    def __init__(self, path: Path, busy: str) -> None:
        self._path = path
        self._busy = busy

    def __enter__(self) -> Self:
        with storage_errors(self._path):
            self._file = self._path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise StorageError(self._busy, path=self._path.parent) from error
        except OSError:
            return self  # exFAT over some drivers; the names of files are never used twice anyway
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
