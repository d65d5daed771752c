"""The copy of the log outside the database, against the entries in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archive.ports import BodyCopy
from archive.proof.stretch import SIZE, Stretch
from archive.services.verify_findings import Findings
from archive.services.verify_stretch import Task, bodies
from virtopsy.errors import StorageError

_COPY: Final = "log/entries.jsonl"


class CopyCheck:
    """Compares the copy outside the database; it may be behind by what a kill cut short."""

    def __init__(self, copy: BodyCopy, found: Findings) -> None:
        self._copy = copy
        self._found = found
        self._size = self._whole_lines()
        self._place = 0
        self._lines = 0
        self._readable = True

    def take(self, stretch: Stretch, task: Task) -> None:
        """Compare a stretch, without reading its bodies again where all is well."""
        end = self._place + stretch.length
        in_step = stretch.whole and self._lines == stretch.first - 1
        if not self._readable or self._place >= self._size:
            return
        try:
            if in_step and end <= self._size and self._same(stretch):
                self._place, self._lines = end, stretch.ends[0]
            else:
                self._compare(stretch, task)
        except StorageError:
            self._readable = False
            self._found.add("log_copy_missing", _COPY)

    def end(self, entries: int, newest: int) -> None:
        """Compare the ends."""
        if not self._readable:
            return
        if entries and not self._size:
            self._found.add("log_copy_missing", _COPY)
            return
        beyond = sum(1 for _ in self._rest())
        if beyond:
            self._found.add("log_tail_cut", _COPY, size=self._lines + beyond, left=newest)
        elif self._lines < newest:
            self._found.note("log_copy_behind", _COPY, count=newest - self._lines)

    def _same(self, stretch: Stretch) -> bool:
        return self._copy.digest(self._place, stretch.length) == stretch.digest

    def _compare(self, stretch: Stretch, task: Task) -> None:
        """Compare entry by entry; a run of entries that differ is named by its first."""
        last = stretch.first + SIZE - 1
        kept = bodies(task)
        differed = False
        for line in self._copy.lines(self._place, self._size):
            if self._lines >= last:
                return
            self._lines += 1
            self._place += len(line) + 1
            body = kept.get(self._lines, line)
            if body != line and not differed:
                self._found.add("log_copy_differs", _COPY, seq=self._lines)
            differed = body != line

    def _rest(self) -> Iterator[bytes]:
        try:
            yield from self._copy.lines(self._place, self._size)
        except StorageError:
            self._found.add("log_copy_missing", _COPY)

    def _whole_lines(self) -> int:
        try:
            return self._copy.size()
        except StorageError:
            return 0  # which is said at the end: the copy cannot be read, so it is not there
