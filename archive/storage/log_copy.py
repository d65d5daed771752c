"""A second copy of the log's bodies outside the database: `log/entries.jsonl`, one body a line.

A canonical body holds no line break, so the line is the body, byte for byte. The copy is written
after the commit and catches up by itself: a kill between the two leaves it one act behind, never
ahead. With it the database can be made anew, and a tail cut from the database alone shows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from archive.proof import canonical, chain
from archive.records import LogEntry
from archive.storage.files import Files, is_file
from virtopsy.errors import StorageError

NAME = "log/entries.jsonl"
_State: TypeAlias = tuple[int, ...]


class LogCopy:
    """Appends, and gives the bodies back. Whoever appends holds the database's write lock."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._path = archive / NAME
        self._files = files
        self._newest: tuple[_State, int] | None = None  # of a state of the file, as it was read

    def catch_up(self, entries_after: Callable[[int], Iterable[LogEntry]]) -> None:
        """Append every entry that the copy lacks, on the disk.

        Raises:
            StorageError: the disk refused, or the last line is none of ours (`verify` says so).
        """
        lines, seq = [], 0
        for one in entries_after(self._last_seq()):
            lines.append(one.body + b"\n")
            seq = one.seq
        if lines:
            self._files.append(self._path, b"".join(lines))
            state = _state(self._path)
            self._newest = (state, seq) if state else None

    def last_seq(self) -> int:
        """Return the number of the newest entry in the copy; 0 where its end cannot be read."""
        try:
            return self._last_seq()
        except StorageError:
            return 0  # `verify` says so, and `catch_up` does not add to it

    def bodies(self) -> Sequence[bytes]:
        """Return the complete lines; a line torn by a kill is not there yet."""
        if not is_file(self._path):
            return []
        return self._files.read(self._path).split(b"\n")[:-1]

    def size(self) -> int:
        """Return how many bytes of whole lines there are."""
        return self._files.length_of_lines(self._path) if is_file(self._path) else 0

    def digest(self, start: int, length: int) -> bytes:
        """Return the SHA-256 of a part."""
        return self._files.hash_part(self._path, start, length)

    def lines(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the whole lines between two places."""
        return self._files.lines(self._path, start, end) if end > start else iter(())

    def _last_seq(self) -> int:
        """Return it; the file's end is read only where the file is another than the last time."""
        state = _state(self._path)
        if state is None:
            return 0
        if self._newest is None or self._newest[0] != state:
            line = self._files.last_line(self._path)
            try:
                self._newest = state, chain.from_body(line).seq if line else 0
            except canonical.NotCanonical as error:
                raise StorageError("archive.storage.log_copy", path=self._path) from error
        return self._newest[1]


def _state(path: Path) -> _State | None:
    """Return what changes with every byte that anybody appends; None where there is no file."""
    if not is_file(path):
        return None
    found = os.stat(path)  # noqa: PTH116
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
