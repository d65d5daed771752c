"""The history of a finding, read from the objects that were kept and the log that names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.proof.chain import Act
from archive.records import Actor, Document, LogEntry, ObjectName, Out, ThingRow
from archive.services.access import Access
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.rights import Right
from virtopsy.case.version import Version
from virtopsy.errors import InputError, IntegrityError


@dataclass(frozen=True)
class _Found:
    """What the index and the log know of a finding's versions."""

    rows: tuple[ThingRow, ...]
    bodies: Mapping[str, Document]
    names: Mapping[str, str]


class Versions:
    """Every version of a finding; nothing is ever overwritten."""

    def __init__(self, access: Access, journal: Journal, blobs: Blobs) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs

    def history(self, actor: Actor, number: str, finding_id: str) -> tuple[Version, ...]:
        """Return the versions of a finding, oldest first, each read whole and unchanged.

        Raises:
            AccessDenied: not this person's case.
            InputError: the case never had such a finding.
            IntegrityError: a version's object is missing or not what it was.
        """
        session = self._access.require_case(actor, Right.READ_HISTORY, number)
        with self._journal.database.reading() as work:
            found = _found(work, number, finding_id)
        if not found.rows:
            raise InputError("panel.history.none", number=number, id=ascii(finding_id[:64])[1:-1])
        named = tuple(ObjectName("finding", finding_id, one.sha256) for one in found.rows)
        try:
            versions = tuple(self._version(one, found) for one in found.rows)
        except IntegrityError:
            failed = Act(Right.READ_HISTORY, who(session.actor), Out.FAIL, number, named)
            self._journal.write(failed)
            raise
        act = Act(Right.READ_HISTORY, who(actor), case=number, objects=named)
        self._journal.write(act, session.seal)
        return versions

    def _version(self, row: ThingRow, found: _Found) -> Version:
        kept = canonical.decode(self._blobs.read(row.sha256), fractions=True)
        body = found.bodies.get(row.sha256)
        said = {} if body is None else body["data"]
        return Version(
            number=row.version,
            when=datetime.fromisoformat(kept["ts"]),
            author=found.names.get(kept["author"], ""),
            act=kept["act"],
            how=said.get("how", "do"),
            label=said.get("label", ""),
            record=kept["record"],
            reason="" if body is None else body["reason"],
        )


def _found(work: UnitOfWork, number: str, finding_id: str) -> _Found:
    rows = tuple(
        one
        for one in work.cases.things(number)
        if (one.thing, one.thing_id) == ("finding", finding_id)
    )
    names = {one.person_id: one.name for one in work.persons.all()}
    wanted = {one.sha256 for one in rows}
    return _Found(rows, dict(_bodies(work.log.entries(number), wanted)), names)


def _bodies(entries: Iterable[LogEntry], wanted: set[str]) -> Iterable[tuple[str, Document]]:
    """Return the bodies of the entries that recorded these objects, by object."""
    for entry in entries:
        if (entry.act, entry.out) == (ActName.RECORD, Out.OK):
            body = chain.read(entry)
            for one in body["obj"]:
                if one["sha256"] in wanted:
                    yield one["sha256"], body
