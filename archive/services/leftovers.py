"""What programs left behind that ended within an import: told, logged once, never deleted.

An orphan is an object that was given its name before the program ended, and that no case holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from archive.ports import Blobs, StagingPlace
from archive.proof.acts import ActName
from archive.proof.chain import Act
from archive.records import Interrupted, ObjectName
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.persons import salted


class Leftovers:
    """The interrupted imports of an archive."""

    def __init__(self, journal: Journal, blobs: Blobs, place: StagingPlace) -> None:
        self._journal = journal
        self._blobs = blobs
        self._place = place

    def interrupted(self) -> tuple[Interrupted, ...]:
        """Return the imports that were interrupted and not gone on with; needs no person."""
        return tuple(self._place.interrupted())

    def note(self, session: Session) -> None:
        """Write one `orphans` entry about what no entry tells yet.

        Args:
            session: of the person who imports or administers next.
        """
        fresh = [one for one in self.interrupted() if not one.told]
        if not fresh:
            return
        orphans = self._orphans(fresh)
        kept = self._blobs.put(salted("orphans", {"objects": orphans}))
        data = {
            "interrupted": len(fresh),
            "files": sum(one.files for one in fresh),
            "bytes": str(sum(one.bytes for one in fresh)),
            "objects": len(orphans),
        }
        named = ObjectName("orphans", uuid4().hex, kept)
        self._journal.write(Act(ActName.ORPHANS, who(session.actor), objects=(named,), data=data))
        for one in fresh:
            self._place.tell(one.name)

    def _orphans(self, interrupted: Sequence[Interrupted]) -> list[str]:
        copied = {sha256 for one in interrupted for sha256 in one.copied}
        there = [sha256 for sha256 in sorted(copied) if self._blobs.holds(sha256)]
        with self._journal.database.reading() as work:
            return sorted(set(there) - work.cases.holding(there))
