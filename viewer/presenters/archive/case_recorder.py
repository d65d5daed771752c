"""Where the session's acts go when a case is kept: into its archive, by who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from archive.opening import Archive
from archive.records import Actor
from virtopsy.case.changes import Change
from virtopsy.case.version import How


@dataclass(frozen=True)
class CaseRecorder:
    """Records every act of one case in its archive."""

    archive: Archive
    actor: Actor
    number: str

    def wants_reason(self, change: tuple[Change, ...]) -> bool:
        """Tell whether an act is kept only with a reason, because it was handed out."""
        return self.archive.cases.wants_reason(self.actor, self.number, change)

    def record(self, change: tuple[Change, ...], *, label: str, act: How, reason: str = "") -> None:
        """Keep one act durably, or raise and keep nothing."""
        self.archive.cases.record(
            self.actor, self.number, change, label=label, act=act, reason=reason
        )
