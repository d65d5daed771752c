"""What a check has found so far, and how far it is; every part of `verify` adds to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from archive.records import Checked, Problem
from virtopsy.errors import IntegrityError, StorageError
from virtopsy.jobs import Progress

DATABASE: Final = "db/archive.sqlite"
DAMAGE: Final = (
    *(IntegrityError, StorageError),
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError),
)
"""What reading damaged rows and objects can raise: each is said as damage, none ends the check."""
_WHOLE: Final = 1000


@dataclass
class Findings:
    """Problems, notes and counts.

    Attributes:
        notes: what is no fault but must be said.
        sealed: so many entries lie under the newest good checkpoint of a key that is known.
        signed: so many for who believes the key that is in use now.
        sealed_when: time of the last of them.
        skipped: objects that were not read again, see `verify_objects`.
        since: when the check began whose reading of them is relied on.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    log_entries: int = 0
    signatures: int = 0
    sealed: int = 0
    signed: int = 0
    sealed_when: str = ""
    skipped: int = 0
    since: str = ""

    def add(self, code: str, path: str, **facts: str | int) -> None:
        """Name a fault."""
        self.problems.append(Problem(code, path, facts))

    def damaged(self) -> None:
        """Name the database as damaged, once."""
        if not self.has("database_damaged"):
            self.add("database_damaged", DATABASE)

    def note(self, code: str, path: str, **facts: str | int) -> None:
        """Say what is no fault."""
        self.notes.append(Problem(code, path, facts))

    def has(self, *codes: str) -> bool:
        """Tell whether a fault of one of these codes was found."""
        return any(one.code in codes for one in self.problems)

    @property
    def checked(self) -> Checked:
        """How much was looked at."""
        return Checked(self.files, self.bytes, self.log_entries, self.signatures, self.skipped)


@dataclass(frozen=True)
class Phase:
    """A part of the check and its share of the way, in thousandths."""

    progress: Progress
    start: int
    end: int

    def tick(self, done: int, total: int) -> None:
        """Tell how far this part is; raises Cancelled."""
        share = min(done, total) / total if total > 0 else 1.0
        self.progress.tick(round(self.start + share * (self.end - self.start)), _WHOLE)

    def check(self) -> None:
        """Stop here where the person asked for it."""
        self.progress.check()
