"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from virtopsy.language import Fact, Language, say


@dataclass(frozen=True)
class Problem:
    """Something `verify` found; codes are listed in `archive.services.verify`."""

    code: str
    path: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return what it means and what to do, in words."""
        return say(f"archive.problem.{self.code}", language, path=self.path, **self.facts)


@dataclass(frozen=True)
class Checked:
    """How much was looked at.

    Attributes:
        files: objects judged.
        bytes: of those that were read.
        skipped: objects among them that were read by an earlier check and did not change since,
            as far as size, times and place on the disk tell.
    """

    files: int = 0
    bytes: int = 0
    log_entries: int = 0
    signatures: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class VerifyReport:
    """The answer of `verify`.

    Attributes:
        sealed_when: time of the last entry under the newest good checkpoint; empty: none.
        fingerprint: of the key in archive.json.
        notes: what is no fault but must be said: destroyed by act, orphans, a moved clock.
        since: when the check began whose reading the skipped objects rely on; empty: none.
    """

    checked: Checked
    problems: tuple[Problem, ...]
    sealed_when: str
    fingerprint: str
    notes: tuple[Problem, ...] = ()
    since: str = ""

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.problems
