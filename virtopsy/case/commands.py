"""Every act that changes a case, as a frozen value: a label, and what it does to the case.

The label is a message key of the domain ``case``; undo and redo show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from virtopsy.case.case import Case
from virtopsy.case.subject import Subject
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.walkthrough.stop import Stop


class Command(Protocol):
    """One act on a case."""

    label: ClassVar[str]

    def apply(self, case: Case) -> Case:
        """Return the case after the act; the given one stays as it is."""
        ...


@dataclass(frozen=True)
class AddFinding:
    """Mark something new."""

    label: ClassVar[str] = "case.finding.add"
    finding: Finding

    def apply(self, case: Case) -> Case:
        """Return the case with the new finding; Bug when its id is taken."""
        if any(one.finding_id == self.finding.finding_id for one in case.findings):
            raise Bug(f"finding {self.finding.finding_id} is there already")
        return case.with_finding(self.finding)


@dataclass(frozen=True)
class ChangeFinding:
    """Put a new version in the place of the old one (moved, renamed, entry stated)."""

    label: ClassVar[str] = "case.finding.change"
    finding: Finding

    def apply(self, case: Case) -> Case:
        """Return the case with the new version; Bug when there is no earlier one."""
        case.finding(self.finding.finding_id)
        return case.with_finding(self.finding)


@dataclass(frozen=True)
class AddFindings:
    """Mark several things at once, such as a list of fragments."""

    label: ClassVar[str] = "case.findings.add"
    findings: tuple[Finding, ...]

    def apply(self, case: Case) -> Case:
        """Return the case with the new findings; Bug when an id is taken."""
        for one in self.findings:
            case = AddFinding(one).apply(case)
        return case


@dataclass(frozen=True)
class ChangeFindings:
    """Put new versions in the place of several old ones, such as a confirmed left and right."""

    label: ClassVar[str] = "case.findings.change"
    findings: tuple[Finding, ...]

    def apply(self, case: Case) -> Case:
        """Return the case with the new versions; Bug when there is no earlier one."""
        for one in self.findings:
            case = ChangeFinding(one).apply(case)
        return case


@dataclass(frozen=True)
class RestoreFinding:
    """Put an earlier version in force again, as a new version; also one that was withdrawn."""

    label: ClassVar[str] = "case.finding.restore"
    finding: Finding

    def apply(self, case: Case) -> Case:
        """Return the case with that version."""
        return case.with_finding(self.finding)


@dataclass(frozen=True)
class WithdrawFinding:
    """Take a finding back; its history stays."""

    label: ClassVar[str] = "case.finding.withdraw"
    finding_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the finding."""
        return case.without_finding(self.finding_id)


@dataclass(frozen=True)
class AddStop:
    """Add what is seen as a stop of the walkthrough."""

    label: ClassVar[str] = "case.stop.add"
    stop: Stop

    def apply(self, case: Case) -> Case:
        """Return the case with the stop at the end; Bug when its id is taken."""
        if any(one.stop_id == self.stop.stop_id for one in case.stops):
            raise Bug(f"stop {self.stop.stop_id} is there already")
        return case.with_stop(self.stop)


@dataclass(frozen=True)
class ChangeStop:
    """Change a stop's caption or view."""

    label: ClassVar[str] = "case.stop.change"
    stop: Stop

    def apply(self, case: Case) -> Case:
        """Return the case with the new version; Bug when there is no earlier one."""
        case.stop(self.stop.stop_id)
        return case.with_stop(self.stop)


@dataclass(frozen=True)
class WithdrawStop:
    """Take a stop out of the walkthrough; its history stays."""

    label: ClassVar[str] = "case.stop.withdraw"
    stop_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the stop."""
        return case.without_stop(self.stop_id)


@dataclass(frozen=True)
class StateSubject:
    """State whether a deceased or a living person is examined; unknown takes it back."""

    label: ClassVar[str] = "case.subject.state"
    subject: Subject

    def apply(self, case: Case) -> Case:
        """Return the case that says so."""
        return case.with_subject(self.subject)
