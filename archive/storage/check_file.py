"""What a check of the objects has seen, kept so that a stopped one goes on: `db/check-*.txt`.

A line an object. The parts of a check that was stopped are `check-1.txt`, `check-2.txt`, ...,
each in the order of the objects; `check-last.txt` is the last check that came to its end.
Nothing in them is evidence, and a backup does not take them along.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from archive.storage.files import Files, is_file

_PART = re.compile(r"check-([1-9][0-9]{0,8})\.txt")
_LINES = 5000


class CheckFolder:
    """The parts of a check that is not at its end, and the last one that is."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._folder = archive / "db"
        self._last = self._folder / "check-last.txt"
        self._files = files

    def parts(self) -> tuple[int, ...]:
        """Return the numbers of the parts, oldest first."""
        found = (_PART.fullmatch(path.name) for path in self._folder.glob("check-*.txt"))
        return tuple(sorted(int(one[1]) for one in found if one))

    def lines(self, part: int | None) -> Iterator[bytes]:
        """Yield the whole lines of a part, or (None) of the last check."""
        path = self._path(part)
        if is_file(path):
            yield from self._files.lines(path, 0, self._files.length_of_lines(path))

    def append(self, part: int, lines: Iterable[bytes]) -> None:
        """Append lines to a part, on the disk."""
        self._files.append(self._path(part), b"".join(line + b"\n" for line in lines))

    def finish(self, lines: Iterable[bytes]) -> None:
        """Keep a check that came to its end in the place of the one before; forget the parts."""
        made = self._folder / "check-new.txt"
        self._files.remove_staged(made)
        rest = iter(lines)
        while some := list(islice(rest, _LINES)):
            self._files.append(made, b"".join(line + b"\n" for line in some))
        self._files.replace(made, self._last)
        self._files.sync_folder(self._folder)
        self.forget()

    def forget(self) -> None:
        """Forget the parts."""
        for part in self.parts():
            self._files.remove_staged(self._path(part))

    def _path(self, part: int | None) -> Path:
        return self._last if part is None else self._folder / f"check-{part}.txt"
