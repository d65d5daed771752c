"""A pulled plug: what a disk may have kept when the power goes.

Only what was synced is promised: bytes whose file was synced, names whose folder was. Everything
later may be there or not, each piece for itself: a name may be gone, its bytes may be gone, zero,
or cut short. The database's own folder is taken as it is: SQLite's commits are real.
"""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from archive.storage import system_sync
from tests.faults.door import Step

_AS_IT_IS = "db"
_HASHED = "sha256"
"""Its folders are called after the hashes below them: `db` is one of 256 there."""
Names = dict[str, int]


@dataclass(frozen=True)
class Choice:
    """How the disk decides about what was not synced.

    Attributes:
        name: tells whether a name is as it is now (else as it was synced).
        content: tells what is left of bytes that were not synced.
    """

    name: Callable[[], bool]
    content: Callable[[bytes], bytes]


def choices(seed: int, count: int) -> list[Choice]:
    """Return the worst ways to lose, and `count` that chance makes."""
    worst = [
        Choice(lambda: False, lambda _: b""),
        Choice(lambda: True, lambda _: b""),
        Choice(lambda: True, lambda content: b"\0" * len(content)),
    ]
    return [*worst, *(_by_chance(random.Random(seed + n)) for n in range(count))]  # noqa: S311


def _by_chance(chance: random.Random) -> Choice:
    def content(whole: bytes) -> bytes:
        cut = chance.randrange(len(whole) + 1)
        return chance.choice([b"", b"\0" * len(whole), whole[:cut], whole])

    return Choice(lambda: chance.random() < 0.5, content)


@dataclass
class Disk:
    """What was synced below a folder since it was first looked at.

    Attributes:
        root: everything below is watched, and taken as synced at the beginning.
        bytes: of files as they were last synced, by inode.
        names: in folders as they were last synced, by inode.
    """

    root: Path
    bytes: dict[int, bytes] = field(default_factory=dict)
    names: dict[int, Names] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)

    def look(self) -> None:
        """Take everything that is there as synced."""
        for path in (self.root, *self.root.rglob("*")):
            if path.is_dir() or path.is_file():
                handle = os.open(path, os.O_RDONLY)
                self.synced(handle)
                os.close(handle)

    def synced(self, handle: int) -> None:
        """Be told that an open file or folder was synced."""
        inode = os.fstat(handle).st_ino
        # Held open, so that its number is not given to another file while this disk is watched.
        readable = self.held.get(inode) or os.open(f"/proc/self/fd/{handle}", os.O_RDONLY)
        self.held[inode] = readable
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            self.names[inode] = _names(Path(f"/proc/self/fd/{readable}"))
        else:
            self.bytes[inode] = _read(readable)

    def cut(self, target: Path, choice: Choice) -> None:
        """Write into `target` what this disk might hold after the power went now."""
        target.mkdir()
        self._folder(self.root, self.root.stat().st_ino, target, choice)

    def _folder(self, real: Path | None, inode: int, target: Path, choice: Choice) -> None:
        for name, path, found in self._kept(real, inode, choice):
            made = target / name
            if found in self.names or (path is not None and path.is_dir()):
                made.mkdir()
                if path is not None and name == _AS_IT_IS and path.parent.name != _HASHED:
                    _copy(path, made)
                else:
                    self._folder(path, found, made, choice)
            else:
                made.write_bytes(self._content(path, found, choice))
                made.chmod(0o444)

    def _kept(
        self, real: Path | None, inode: int, choice: Choice
    ) -> Iterator[tuple[str, Path | None, int]]:
        now = _names(real) if real is not None else {}
        synced = self.names.get(inode, {})
        for name in sorted(now.keys() | synced.keys()):
            as_it_is = now.get(name) == synced.get(name) or choice.name()
            found = now.get(name) if as_it_is else synced.get(name)
            if found is not None:
                there = real is not None and now.get(name) == found
                yield name, real / name if there and real else None, found

    def _content(self, path: Path | None, inode: int, choice: Choice) -> bytes:
        if path is not None:
            now = path.read_bytes()
        else:
            now = _read(self.held[inode]) if inode in self.held else b""
        synced = self.bytes.get(inode)
        if now == synced:
            return now
        if synced is not None and now.startswith(synced):  # appended to
            return synced + choice.content(now[len(synced) :])
        return choice.content(now)


class Plug:
    """Cuts the power after every step, without ending the process: each cut is a copy."""

    def __init__(self, place: Path, cuts: Path, choice: list[Choice], steps: set[int]) -> None:
        self._disk = Disk(place)
        self._cuts = cuts
        self._choices = choice
        self._steps = steps
        self.made: list[tuple[str, str]] = []
        self._disk.look()
        _tell_of_syncs(self._disk)

    def before(self, step: Step) -> None:
        pass

    def after(self, step: Step) -> None:
        if step.number in self._steps:
            self.pull(f"{step.number}-{step.name}")

    def pull(self, name: str) -> None:
        """Write one copy for each way of losing."""
        for number, choice in enumerate(self._choices):
            target = self._cuts / f"{name}-{number}"
            self._disk.cut(target, choice)
            self.made.append((name, str(target)))


def _tell_of_syncs(disk: Disk) -> None:
    sync = os.fsync

    def told(handle: int | IO[bytes]) -> None:
        sync(handle)
        disk.synced(handle if isinstance(handle, int) else handle.fileno())

    os.fsync = told
    if system_sync._SYNCFS is None:
        return
    all_of_it = system_sync._SYNCFS

    def told_of_all(handle: int) -> int:
        code = all_of_it(handle)
        if code == 0:
            disk.look()
        return code

    system_sync._SYNCFS = told_of_all


def _names(folder: Path) -> Names:
    with os.scandir(folder) as found:
        return {one.name: one.inode() for one in found}


def _read(handle: int) -> bytes:
    return os.pread(handle, os.fstat(handle).st_size, 0)


def _copy(folder: Path, target: Path) -> None:
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
