"""What was handed out of a case: from then on a change of it needs a reason.

Before a bundle left the house a reason would be asked a hundred times a day, and answered "x".
"""

from __future__ import annotations

from collections.abc import Iterable

from archive.ports import UnitOfWork
from archive.proof import chain
from archive.proof.acts import ActName
from archive.records import LogEntry, Out
from virtopsy.case.changes import Change


def wants_reason(work: UnitOfWork, number: str, changes: Iterable[Change]) -> bool:
    """Tell whether an act changes or withdraws a finding that a bundle of the case holds.

    A finding that was marked after the newest bundle is in none of them, unless an older bundle
    had it: versions count through, so its first version decides.
    """
    changed = {one.thing_id for one in changes if one.thing == "finding"}
    exported = work.log.newest(number, ActName.EXPORT, Out.OK)
    if exported is None or not changed:
        return False
    kept = {one for one in changed if work.cases.latest(number, "finding", one) is not None}
    return bool(kept - _begun(work.log.entries(number, exported.seq)))


def _begun(entries: Iterable[LogEntry]) -> set[str]:
    """Return the findings whose first version these entries recorded."""
    begun = set()
    for entry in entries:
        if (entry.act, entry.out) == (ActName.RECORD, Out.OK):
            for one in chain.read(entry)["data"]["changes"]:
                if (one["thing"], one["version"]) == ("finding", 1):
                    begun.add(one["id"])
    return begun
