"""What a check of the objects has seen, kept so that a stopped one goes on: `check-*.txt`.

It lies in the state folder of the account that checks, in a folder of its own for each archive.
Never beside the evidence: whoever can write an archive's folder could say there that an object
was read and good, and the check would not read it. What lies there under these names, left by an
earlier program or laid in, is not read, and removed.

A line an object. The parts of a check that was stopped are `check-1.txt`, `check-2.txt`, ...,
each in the order of the objects; `check-last.txt` is the last check that came to its end.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from archive.storage.files import Files, inside, is_file

_PART = re.compile(r"check-([1-9][0-9]{0,8})\.txt")
_OURS = re.compile(r"check-([1-9][0-9]{0,8}|last|new)\.txt")
_LINES = 5000


class CheckFolder:
    """The parts of a check that is not at its end, and the last one that is.

    Args:
        state: where this account's program remembers things.
        archive: the archive's folder.
        uuid: of the archive: another one in the same folder is another one.
        files: the door to the disk.
    """

    def __init__(self, state: Path, archive: Path, uuid: str, files: Files) -> None:
        # Hashed: the uuid comes out of the archive's folder, and may be anything.
        name = hashlib.sha256(f"{uuid}\n".encode() + os.fsencode(archive.resolve())).hexdigest()[
            :32
        ]
        self._beside = archive / "db"
        self._folder = state / "checks" / name
        self._last = self._folder / "check-last.txt"
        self._files = files

    def parts(self) -> tuple[int, ...]:
        """Return the numbers of the parts, oldest first."""
        found = (_PART.fullmatch(path.name) for path in inside(self._folder))
        return tuple(sorted(int(one[1]) for one in found if one))

    def lines(self, part: int | None) -> Iterator[bytes]:
        """Yield the whole lines of a part, or (None) of the last check."""
        path = self._path(part)
        if is_file(path):
            yield from self._files.lines(path, 0, self._files.length_of_lines(path))

    def append(self, part: int, lines: Iterable[bytes]) -> None:
        """Append lines to a part, on the disk."""
        self._files.make_own_folder(self._folder)
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

    def sweep(self) -> None:
        """Remove what lies in the archive's folder under the names of a check's state."""
        for path in inside(self._beside):
            if _OURS.fullmatch(path.name) and is_file(path):
                self._files.remove_staged(path)

    def _path(self, part: int | None) -> Path:
        return self._last if part is None else self._folder / f"check-{part}.txt"
