"""What a check of the objects has seen, so that a stopped one goes on and a later one is short.

A line an object: its SHA-256, size, times and place on the disk, and what was wrong with it.
It lies in the checking account's own folder, never in the archive's (`storage/check_file.py`).
The lines are believed only for objects of which all of that is still the same, only where they
belong to a log that the archive's log of today begins with, and only where they say that the
object was good; a fault is always looked at again. A stopped check that began more than a
day ago, or in the future, is not gone on with: it starts anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from archive.ports import CheckParts
from archive.proof import canonical
from archive.proof.chain import utc
from archive.services.journal import Journal
from virtopsy.errors import IntegrityError, StorageError

GOES_ON_FOR: Final = timedelta(days=1)
"""How long after its beginning a stopped check goes on."""
_GOOD: Final = "-"
_FIELDS: Final = 6


class Seen(NamedTuple):
    """What a check saw of an object.

    Attributes:
        state: size, times, place, see `ports.Blobs.state`.
        code: of what was wrong; empty where nothing was.
    """

    sha256: str
    state: tuple[int, ...]
    code: str

    def line(self) -> bytes:
        """Return it as it is kept."""
        numbers = " ".join(map(str, self.state))
        return f"{self.sha256} {numbers} {self.code or _GOOD}".encode()


def seen(line: bytes) -> Seen | None:
    """Read a line back; None where it is none."""
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != _FIELDS:
        return None
    sha256, *numbers, code = words
    try:
        return Seen(sha256, tuple(map(int, numbers)), "" if code == _GOOD else code)
    except ValueError:
        return None


@dataclass(frozen=True)
class Header:
    """The first line of a part: of which archive and log, and when the check began."""

    archive: str
    size: int
    root: str
    began: str

    def line(self) -> bytes:
        """Return it as it is kept."""
        return canonical.encode({"v": 1, **self.__dict__})


def header(line: bytes) -> Header | None:
    """Read a header back; None where it is none."""
    try:
        said = canonical.decode(line)
        if said.pop("v") != 1:
            return None
        return Header(
            archive=str(said["archive"]),
            size=int(said["size"]),
            root=str(said["root"]),
            began=str(said["began"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


class State:
    """The state of one check: what earlier ones saw, and what this one sees.

    A disk that cannot be written is no fault: the check runs, and cannot be gone on with.

    Args:
        parts: where it is kept.
        journal: whose log it must belong to.
    """

    def __init__(self, parts: CheckParts, journal: Journal) -> None:
        self._parts = parts
        self._journal = journal
        self._now = journal.clock()
        self._part = 0
        self._writes = False
        self.began = utc(self._now)
        self.went_on = False
        self.refused = ""

    def go_on(self) -> Iterator[Seen]:
        """Begin a full check where a stopped one can be gone on with, or anew; yield what it saw.

        `began` is then when the stopped one began, `went_on` whether there was one, `refused`
        why it was not believed, if so: "damaged", "old" or "other_log".
        """
        numbers = self._parts.parts()
        kept: list[Iterator[bytes]] = []
        for number in numbers:
            lines = self._lines(number)
            why = self._refusal(header(next(lines, b"")))
            if why:
                self.refused = why
                break
            kept.append(lines)
        if self.refused:
            self._forget()
            kept, numbers = [], ()
        self.went_on = bool(kept)
        self._begin(numbers[-1] + 1 if numbers else 1)
        return _merged(kept)

    def since_last(self) -> tuple[Header | None, Iterator[Seen]]:
        """Return when the last full check began and what it saw; None where none is believed."""
        lines = self._lines(None)
        found = header(next(lines, b""))
        if found is None or not self._is_ours(found):
            return None, iter(())
        return found, _merged([lines])

    def anew(self) -> None:
        """Begin a full check from its start, whatever was stopped."""
        self._forget()
        self._begin(1)

    def add(self, some: Iterable[Seen]) -> None:
        """Keep what was seen just now."""
        if self._writes:
            try:
                self._parts.append(self._part, [one.line() for one in some])
            except StorageError:
                self._writes = False

    def finish(self) -> None:
        """The check came to its end."""
        if not self._writes:
            return
        parts = [self._lines(number) for number in self._parts.parts()]
        heads = [next(lines, b"") for lines in parts]
        with suppress(StorageError):
            self._parts.finish(_whole(heads[0], parts))

    def _begin(self, part: int) -> None:
        self._part = part
        try:
            size, root = self._journal.head()
            first = Header(self._journal.archive, size, root.hex(), self.began)
            self._parts.append(part, [first.line()])
        except (StorageError, IntegrityError):
            return
        self._writes = True

    def _forget(self) -> None:
        with suppress(StorageError):
            self._parts.forget()

    def _refusal(self, found: Header | None) -> str:
        if found is None:
            return "damaged"
        try:
            began = datetime.fromisoformat(found.began)
            passed = self._now - began
        except (ValueError, TypeError):
            return "damaged"
        if not timedelta(0) <= passed <= GOES_ON_FOR:
            return "old"
        if not self._is_ours(found):
            return "other_log"
        self.began = min(self.began, found.began)
        return ""

    def _is_ours(self, found: Header) -> bool:
        """Tell whether today's log begins with the log of the state."""
        try:
            size, _ = self._journal.head()
            ours = found.archive == self._journal.archive and 0 < found.size <= size
            return ours and self._journal.root(found.size).hex() == found.root
        except (StorageError, IntegrityError):
            return False

    def _lines(self, part: int | None) -> Iterator[bytes]:
        lines = self._parts.lines(part)
        while True:
            try:
                line = next(lines, None)
            except StorageError:
                return
            if line is None:
                return
            yield line


def _merged(parts: Iterable[Iterator[bytes]]) -> Iterator[Seen]:
    """Yield what all parts saw, by object; of one seen twice, the newest."""
    numbered = [_numbered(lines, -number) for number, lines in enumerate(parts)]
    before = ""
    for sha256, _, one in heapq.merge(*numbered, key=_by_object):
        if sha256 != before:
            yield one
        before = sha256


def _by_object(one: tuple[str, int, Seen]) -> tuple[str, int]:
    return one[:2]


def _numbered(lines: Iterator[bytes], number: int) -> Iterator[tuple[str, int, Seen]]:
    for line in lines:
        one = seen(line)
        if one is not None:
            yield one.sha256, number, one


def _whole(head: bytes, parts: Iterable[Iterator[bytes]]) -> Iterator[bytes]:
    yield head
    for one in _merged(parts):
        yield one.line()
