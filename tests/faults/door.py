"""Every step an act takes at the disk, and the faults that can be planted at each.

The steps are found by looking at `archive.storage.files.Files`, not by a list: an operation that
is added there is killed, refused and torn from the next run on. A commit of the database is a
step too. The watch is set on the classes themselves, in a process that lives for one try.
"""

from __future__ import annotations

import errno
import inspect
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.exc import OperationalError

from archive.storage.files import Files, storage_errors
from archive.storage.unit_of_work import SqliteUnitOfWork, said

COMMIT = "commit"
STEPS = tuple(
    name for name, _ in inspect.getmembers(Files, inspect.isfunction) if not name.startswith("_")
)
CODES = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EDQUOT, errno.EROFS)
_SQLITE = {errno.ENOSPC: sqlite3.SQLITE_FULL, errno.EDQUOT: sqlite3.SQLITE_FULL}
_READ_ONLY = {errno.EACCES: sqlite3.SQLITE_PERM, errno.EROFS: sqlite3.SQLITE_READONLY}


_READING = {
    *("blocks", "free_bytes", "hash", "hash_part", "last_line", "length_of_lines", "lines"),
    *("read", "size"),
}
"""What leaves the disk as it is; every other operation, also one to come, is taken to change it."""


def changes(name: str) -> bool:
    """Tell whether the disk may be another one after a step: only there a kill is a new kill."""
    return name not in _READING


@dataclass(frozen=True)
class Step:
    """One operation at the disk.

    Attributes:
        number: from 1, in the order they begin.
        given: its arguments by name.
    """

    number: int
    name: str
    given: dict[str, Any]

    @property
    def path(self) -> Path:
        """Return what it works on, for the sentence of a failure."""
        return next((one for one in self.given.values() if isinstance(one, Path)), Path())


class Fault(Protocol):
    """What happens beside the steps."""

    def before(self, step: Step) -> None:
        """Be told that a step begins."""
        ...

    def after(self, step: Step) -> None:
        """Be told that a step ended well."""
        ...


class Counted:
    """No fault: only notes which steps there are."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def before(self, step: Step) -> None:
        self.names.append(step.name)

    def after(self, step: Step) -> None:
        pass


@dataclass
class Killed:
    """The process is gone before or after the n-th step, without a last word."""

    at: int
    when: str

    def before(self, step: Step) -> None:
        if (step.number, "before") == (self.at, self.when):
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self, step: Step) -> None:
        if (step.number, "after") == (self.at, self.when):
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Refused:
    """The n-th step fails: nothing of it was done ("before"), or all of it was ("after").

    The second is a sync that failed: everything looks as if it had been written.
    """

    at: int
    when: str
    code: int

    def before(self, step: Step) -> None:
        if (step.number, "before") == (self.at, self.when):
            self._refuse(step)

    def after(self, step: Step) -> None:
        # A commit that was made and denied is SQLite's own promise, not to be broken from here.
        if (step.number, "after") == (self.at, self.when) and step.name != COMMIT:
            self._refuse(step)

    def _refuse(self, step: Step) -> None:
        if step.name == COMMIT:
            with said(step.path):
                raise _refused_commit(self.code)
        with storage_errors(step.path):
            raise OSError(self.code, os.strerror(self.code))


@dataclass
class Torn:
    """Half of what the n-th step that writes should write is written; then it dies, or is told.

    Attributes:
        code: 0 for gone.
        torn: there was something to tear.
    """

    at: int
    code: int = 0
    torn: bool = False
    met: int = 0

    def before(self, step: Step) -> None:
        self.met += tearable(step.name)
        if self.met == self.at and not self.torn and _tear(step):
            self.torn = True
            if not self.code:
                os.kill(os.getpid(), signal.SIGKILL)
            with storage_errors(step.path):
                raise OSError(self.code, os.strerror(self.code))

    def after(self, step: Step) -> None:
        pass


@dataclass
class Watch:
    """Counts the steps and tells a fault about each."""

    fault: Fault
    count: int = 0
    restored: dict[tuple[type, str], Callable[..., Any]] = field(default_factory=dict)

    def set(self) -> None:
        """Watch every step of this process from now on."""
        for name in STEPS:
            setattr(Files, name, self._watched(name, getattr(Files, name)))
        commit = self._watched(COMMIT, SqliteUnitOfWork.commit)
        SqliteUnitOfWork.commit = commit  # type: ignore[method-assign]

    def _watched(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(operation)

        @wraps(operation)
        def watched(owner: Any, *rest: Any, **named: Any) -> Any:
            self.count += 1
            given = dict(list(signature.bind(owner, *rest, **named).arguments.items())[1:])
            if name == COMMIT:
                given["path"] = owner._path
            step = Step(self.count, name, given)
            self.fault.before(step)
            result = operation(owner, *rest, **named)
            if inspect.isgenerator(result):
                return self._told_at_its_end(result, step)
            self.fault.after(step)
            return result

        return watched

    def _told_at_its_end(self, blocks: Iterator[Any], step: Step) -> Iterator[Any]:
        yield from blocks
        self.fault.after(step)


def tearable(name: str) -> bool:
    """Tell whether an operation writes bytes that can be torn."""
    return name in STEPS and bool(_BYTES & set(_parameters(name)))


_BYTES = {"content", "blocks", "found", "line", "source"}
"""What the door calls the bytes it is to write, and the file it is to copy."""


def _parameters(name: str) -> list[str]:
    return list(inspect.signature(getattr(Files, name)).parameters)


def _tear(step: Step) -> bool:
    """Leave half of what a step should have written at its target; False where it writes none."""
    if not tearable(step.name):
        return False
    if "source" in step.given:
        content, target = step.given["source"].read_bytes(), step.given["target"]
    else:
        content, target = _content(step), step.path
    with target.open("ab") as torn:  # without the door: this is the disk's doing
        torn.write(content[: len(content) // 2])
    return True


def _content(step: Step) -> bytes:
    (given,) = [one for name, one in step.given.items() if name in _BYTES]
    return given if isinstance(given, bytes) else b"".join(map(bytes, given))


def _refused_commit(code: int) -> OperationalError:
    error = sqlite3.OperationalError(os.strerror(code))
    error.sqlite_errorcode = _SQLITE.get(code, _READ_ONLY.get(code, sqlite3.SQLITE_IOERR))
    return OperationalError("COMMIT", {}, error)
