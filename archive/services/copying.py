"""Copying what was brought into staging: read once, hashed on the way, looked at meanwhile.

::

    two threads:      read the carrier -> hash -> write -> journal
    this thread:      asks worker processes what the copies are, as they come
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

from archive.ports import Staging
from archive.records import Copied, FileReport
from archive.services.examine import LOST, Examined, examine
from archive.services.hands import HANDS, Tally, hands, side_by_side
from archive.services.sources import Brought
from virtopsy.confined import Lost, each
from virtopsy.errors import InputError

_AT_ONCE = 16
_BLOCK = 1 << 20
_WAIT_S = 0.04


@dataclass(frozen=True)
class Staged:
    """A file copied and hashed, not yet kept.

    Attributes:
        found: what it is, or why it is opaque.
    """

    brought: Brought
    copied: Copied
    found: Examined

    @property
    def sha256(self) -> str:
        """Return the hash of its bytes."""
        return self.copied.sha256

    @property
    def size(self) -> int:
        """Return how many bytes were read."""
        return self.copied.size


def stage(
    staging: Staging, files: Sequence[Brought], roots: Sequence[Path], tally: Tally
) -> tuple[list[Staged], list[FileReport]]:
    """Copy files into staging and look at each; what was copied before is not copied again.

    Args:
        staging: where to.
        files: which.
        roots: the carrier's folders, which are gone when it is unplugged.
        tally: counts the bytes.

    Returns:
        The copies, and a report on each file that the carrier did not give.

    Raises:
        InputError: the carrier is gone.
        StorageError: the disk refused.
        Cancelled: the person asked for it.
    """
    work = _Work(staging, files, roots, tally)
    found: list[Examined] = [LOST[Lost.CRASH]] * len(files)
    with hands(work.copy, len(files), tally, ended=work.one_less):
        for number, answer in each(examine, work.paths, tally.progress, queue=work):
            found[number] = LOST[answer] if isinstance(answer, Lost) else answer
            tally.tell()
    staged, unreadable = [], []
    for brought, copied, one in zip(files, work.copies, found, strict=True):
        if copied is None:
            code = "unreadable" if brought.address.member is None else "zip_damaged"
            unreadable.append(FileReport(brought.name, code))
        else:
            staged.append(Staged(brought, copied, one))
    return staged, unreadable


def keep(staging: Staging, staged: Sequence[Staged], tally: Tally) -> None:
    """Give the files their names and read them back; the person can stop at any block."""
    there = staging.publish([one.copied for one in staged])
    kept = list({one.sha256: one for one in staged}.values())

    def read_back(number: int) -> None:
        one = kept[number]
        left = one.size

        def tick() -> None:
            nonlocal left
            step = min(left, _BLOCK)
            left -= step
            tally.count(step)

        staging.read_back(one.sha256, there=one.sha256 in there, tick=tick)
        tally.count(left)

    side_by_side(read_back, len(kept), tally)


class _Work:
    """The copies, and which of them are next to be looked at (a queue of `confined.each`).

    Attributes:
        paths: where the copies lie.
        copies: as they come; None for what could not be read.
    """

    def __init__(
        self, staging: Staging, files: Sequence[Brought], roots: Sequence[Path], tally: Tally
    ) -> None:
        self._staging = staging
        self._files = files
        self._roots = roots
        self._tally = tally
        known = [staging.copied(one.key) for one in files]
        self.copies: list[Copied | None] = list(known)
        self.paths = [one.path if one else staging.place() for one in known]
        self._ready: list[int] = []
        self._working = HANDS
        self._changed = Condition()

    def one_less(self) -> None:
        """One of the threads that copy has ended."""
        with self._changed:
            self._working -= 1
            self._changed.notify()

    def copy(self, number: int) -> None:
        """Copy one file, where it was not copied before."""
        brought, copied = self._files[number], self.copies[number]
        if copied is not None:
            self._tally.count(copied.size)
        elif not self._copy(brought, number):
            return
        with self._changed:
            self._ready.append(number)
            if len(self._ready) >= _AT_ONCE:
                self._changed.notify()

    def take(self) -> Sequence[int]:
        """Return the next copies to look at; waits for them, none when all were copied."""
        with self._changed:
            while self._working and len(self._ready) < _AT_ONCE:
                self._changed.wait(_WAIT_S)
                self._tally.tell()
            task, self._ready = self._ready[:_AT_ONCE], self._ready[_AT_ONCE:]
        return task

    def _copy(self, brought: Brought, number: int) -> bool:
        count: Callable[[int], None] = self._tally.count
        try:
            made = self._staging.copy(brought.address, brought.key, self.paths[number], count)
        except InputError:
            if not all(one.exists() for one in self._roots):
                raise InputError("intake.source.gone", path=self._roots[0]) from None
            return False
        self.copies[number] = made
        return True
