"""The index, against what log and objects tell: table by table, one case after the other.

A new table or column is compared as soon as `replay` tells it and it stands in `OF_ARCHIVE` or
`OF_CASE` here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from archive.ports import Blobs, Database, UnitOfWork
from archive.records import Tombstone
from archive.services.replay import ACTS_OF_ARCHIVE, ACTS_OF_CASE, Expected, replay
from archive.services.searched import expected_items
from archive.services.verify_findings import DAMAGE, DATABASE, Findings, Phase
from archive.services.verify_log import Log
from virtopsy.errors import InputError, IntegrityError
from virtopsy.jobs import checked

_ROW_CHANGED: Final = "archive.problem.row_changed"
"""What a table says of a row that holds what the program never writes."""


@dataclass(frozen=True)
class Table:
    """A table of the index.

    Attributes:
        name: as problems call it.
        told: what its rows must be, by key.
        kept: what they are, by the same key; of one case, for a table of `OF_CASE`.
    """

    name: str
    told: Callable[[Expected], Mapping[Any, Any]]
    kept: Callable[[UnitOfWork, str], Mapping[Any, Any]]


OF_ARCHIVE: Final = (
    Table(
        "person",
        lambda told: told.persons,
        lambda work, _: {one.person_id: one for one in work.persons.all()},
    ),
    Table(
        "witness",
        lambda told: told.witnesses,
        lambda work, _: {one.key_sha256: one for one in work.witnesses.all()},
    ),
    Table(
        "case",
        lambda told: told.cases,
        lambda work, _: {one.number: one for one in work.cases.all()},
    ),
)
"""Tables that belong to no case, told by `replay.ACTS_OF_ARCHIVE`."""

OF_CASE: Final = (
    Table(
        "series",
        lambda told: told.series,
        lambda work, case: {(case, one.series_uid): one for one in work.cases.series(case)},
    ),
    Table(
        "file",
        lambda told: told.files,
        lambda work, case: {(case, one.sha256): one for one in work.cases.files(case)},
    ),
    Table(
        "tombstone",
        lambda told: told.tombstones,
        lambda work, case: {(case, one.sha256): one for one in work.cases.tombstones(case)},
    ),
    Table(
        "finding",
        lambda told: told.things,
        lambda work, case: {
            (case, one.thing, one.thing_id, one.version): one for one in work.cases.things(case)
        },
    ),
)
"""Tables of one case, told by `replay.ACTS_OF_CASE` of that case alone."""


class RowCheck:
    """One comparison of the index."""

    def __init__(
        self, database: Database, blobs: Blobs, log: Log, found: Findings, phase: Phase
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._log = log
        self._found = found
        self._phase = phase
        self._destroyed: dict[Tombstone, int] = {}

    def run(self, case: str | None) -> Mapping[Tombstone, int]:
        """Compare all, or one case's rows and those of no case; return what was ever destroyed.

        Raises:
            InputError: there is no such case, in a log that is whole.
        """
        self._nodes()
        told = self._compare("", OF_ARCHIVE, ACTS_OF_ARCHIVE)
        if case is not None and case not in told and not self._found.problems:
            raise InputError("archive.case.unknown", number=case)
        numbers = sorted(told, key=str) if case is None else [case]
        for done, number in enumerate(numbers):
            self._phase.tick(done, len(numbers))
            self._compare(number, OF_CASE, ACTS_OF_CASE)
        if not self._database.search_is_whole():
            self._found.add("row_missing", f"{DATABASE}#search_text")
        return self._destroyed

    def _compare(self, case: str, tables: Iterable[Table], acts: frozenset[str]) -> set[str]:
        """Compare tables; return the numbers of all cases that are told or kept."""
        cases: set[str] = set()
        try:
            with self._database.reading() as work:
                entries = work.log.of_acts(acts, case or None)
                told = replay(checked(entries, self._phase.check), self._blobs)
                if told.untold:
                    self._found.add("rows_untold", f"{DATABASE}#{case or 'person'}")
                self._destroyed.update(told.destroyed)
                for seq in told.unproven:
                    self._found.add("destruction_unproven", DATABASE, seq=seq)
                for table in tables:
                    kept = self._kept(table, work, case)
                    if kept is not None:
                        self._judge(table.name, table.told(told), kept, some=bool(told.untold))
                    if table.name == "case":
                        cases = {*told.cases, *(kept or ())}
                self._search(work, told, case)
        except DAMAGE:
            self._found.damaged()
            return cases
        self._log.named.add(b"".join(bytes.fromhex(one) for one in told.objects))
        return cases

    def _search(self, work: UnitOfWork, told: Expected, case: str) -> None:
        """Compare what can be searched for: numbers of cases, or the words of one case.

        What a damaged finding would be found by, nobody knows; the check of the objects names it.
        """
        items, unknown = expected_items(told, self._blobs, self._phase.check)
        try:
            rows = list(work.search.of_case(case) if case else work.search.numbers())
        except DAMAGE:
            self._found.damaged()
            return
        kept = {(one.case_number, one.kind, one.id): one for one in rows}
        known = {key: kept[key] for key in kept.keys() - unknown}
        self._judge("search", items, known, some=bool(told.untold))

    def _kept(self, table: Table, work: UnitOfWork, case: str) -> Mapping[Any, Any] | None:
        try:
            return table.kept(work, case)
        except DAMAGE as error:
            if isinstance(error, IntegrityError) and error.key == _ROW_CHANGED:
                self._found.add("row_changed", str(error.facts["path"]))
            else:
                self._found.damaged()
            return None

    def _nodes(self) -> None:
        """Compare the kept nodes of the log's tree, where its entries tell them all."""
        if not self._log.whole:
            return
        try:
            with self._database.reading() as work:
                size = work.log.size()
                kept = {(level, place): node for level, place, node in work.tree.all()}
                told = self._log.nodes
                # A program that records meanwhile completes nodes that the check did not see.
                later = {
                    key
                    for key in kept.keys() - told.keys()
                    if self._found.log_entries < (key[1] + 1) << key[0] <= size
                }
        except DAMAGE:
            self._found.damaged()
            return
        self._judge("tree_node", told, {key: kept[key] for key in kept.keys() - later})

    def _judge(
        self, table: str, told: Mapping[Any, Any], kept: Mapping[Any, Any], *, some: bool = False
    ) -> None:
        """Compare the rows of a table; `some`: log and objects cannot tell all of them."""
        for key in sorted(told.keys() | kept.keys(), key=str):
            name = f"{DATABASE}#{table}/{_words(key)}"
            if key not in kept:
                self._found.add("row_missing", name)
            elif key not in told:
                if not some:
                    self._found.add("row_extra", name)
            elif told[key] != kept[key]:
                self._found.add("row_changed", name)


def _words(key: Any) -> str:
    return "/".join(map(str, key)) if isinstance(key, tuple) else str(key)
