"""What can be done with a finding where it is seen, and doing it."""

from __future__ import annotations

from viewer.presenters.examine.findings import Findings
from viewer.presenters.tools.again import again_form
from viewer.presenters.tools.points import PointsTool
from virtopsy.errors import Bug
from virtopsy.findings.wound import Wound


def acts_on(findings: Findings, finding_id: str) -> tuple[str, ...]:
    """Return what a menu offers on a shown finding, in its order."""
    finding = next(one for one in findings.shown if one.finding_id == finding_id)
    unlocked = findings.unlocked.now == finding_id
    acts = ["select", "lock" if unlocked else "unlock"]
    if isinstance(finding, Wound):
        acts.append("extents")
    if again_form(finding) is not None:
        acts.append("again")
    return (*acts, "hide", "withdraw")


def do(act: str, findings: Findings, points: PointsTool, finding_id: str) -> None:
    """Do one of `acts_on`.

    Raises:
        VirtopsyError: it could not be recorded.
    """
    if act == "select":
        findings.selected.set(finding_id)
    elif act == "unlock":
        findings.unlock(finding_id)
    elif act == "lock":
        findings.unlocked.set(None)
    elif act in {"again", "extents"}:
        points.again(finding_id, extents=act == "extents")
    elif act == "hide":
        findings.hidden.set(findings.hidden.now | {finding_id})
    elif act == "withdraw":
        points.withdraw(finding_id)
    else:
        raise Bug(f"nothing is called {act}")
