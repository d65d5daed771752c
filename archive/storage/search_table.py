"""What can be searched for, in and out: words by three-letter pieces, short ones by beginning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
)

from archive.proof.folding import fold
from archive.records import SearchItem
from archive.storage import tables

_PIECE = 3
_LAST = "\U0010ffff"
_ITEM = tables.search_items.c
_COLUMNS = [_ITEM[one.name] for one in fields(SearchItem)]
_PIECES = table("search_text", column("rowid"), column("folded"), column("search_text"))
"""A row whose column "search_text" says "delete" is FTS5's order to forget what `folded` gave."""


class SearchTable:
    """`search_item`, and `search_text` over it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, items: Iterable[SearchItem]) -> None:
        """Add items that are not there yet."""
        rows = [asdict(one) for one in items]
        if not rows:
            return
        newest = select(func.max(_ITEM.place))
        before = self._connection.execute(newest).scalar() or 0
        self._connection.execute(insert(tables.search_items), rows)
        added = select(_ITEM.place, _ITEM.folded).where(_ITEM.place > before)
        self._connection.execute(insert(_PIECES).from_select(["rowid", "folded"], added))

    def put(self, items: Iterable[SearchItem]) -> None:
        """Add items in place of those of the same case, kind and id."""
        new = list(items)
        for one in new:
            self.remove(one.case_number, one.kind, one.id)
        self.add(new)

    def remove(self, case_number: str, kind: str, item_id: str) -> None:
        """Take an item out; it may be gone."""
        same = (_ITEM.case_number == case_number, _ITEM.kind == kind, _ITEM.id == item_id)
        there = select(literal("delete"), _ITEM.place, _ITEM.folded).where(*same)
        columns = ["search_text", "rowid", "folded"]
        self._connection.execute(insert(_PIECES).from_select(columns, there))
        self._connection.execute(delete(tables.search_items).where(*same))

    def numbers(self) -> Iterator[SearchItem]:
        """Return the items that stand for cases."""
        return self._items(_ITEM.kind == "case")

    def of_case(self, case_number: str) -> Iterator[SearchItem]:
        """Return what a case holds, without the item that stands for it."""
        return self._items(_ITEM.case_number == case_number, _ITEM.kind != "case")

    def find(self, person: str, words: Sequence[str], limit: int) -> Sequence[SearchItem]:
        """Return items of a person's cases that hold every word, newest first.

        A word of one or two letters has no three-letter piece: beside longer ones it is looked
        for in what those found, alone it must stand at the beginning of a text.

        Args:
            person: whose cases.
            words: at least one; any letters, none of them means anything to the database.
            limit: how many at most.
        """
        wanted = _matching(words, person, _COLUMNS).limit(limit)
        return [SearchItem(**row) for row in self._connection.execute(wanted).mappings()]

    def count(self, person: str, words: Sequence[str], most: int) -> int:
        """Return how many there are, counted no further than `most`."""
        counted = _matching(words, person, [_ITEM.place]).order_by(None).limit(most)
        wanted = select(func.count()).select_from(counted.subquery())
        return self._connection.execute(wanted).scalar_one()

    def _items(self, *which: ColumnElement[bool]) -> Iterator[SearchItem]:
        wanted = select(*_COLUMNS).where(*which)
        return (SearchItem(**row) for row in self._connection.execute(wanted).mappings())


def _matching(
    words: Sequence[str], person: str, columns: Sequence[ColumnElement[Any]]
) -> Select[Any]:
    folded = [fold(one) for one in words]
    long = [one for one in folded if len(one) >= _PIECE]
    short = [one for one in folded if len(one) < _PIECE]
    wanted = _by_pieces(long) if long else _by_beginning(short.pop(0))
    wanted = wanted.where(*(_ITEM.folded.contains(one, autoescape=True) for one in short))
    return _of_person(wanted, person).with_only_columns(*columns)


def _by_pieces(words: Sequence[str]) -> Select[Any]:
    """Find words by their pieces; each is a string of FTS5, in which only the quote is special."""
    quoted = " AND ".join('"' + one.replace('"', '""') + '"' for one in words)
    found = select(*_COLUMNS).join_from(
        _PIECES, tables.search_items, _ITEM.place == _PIECES.c.rowid
    )
    found = found.where(literal_column("search_text").op("MATCH")(quoted))
    return found.order_by(_PIECES.c.rowid.desc())


def _by_beginning(word: str) -> Select[Any]:
    found = select(*_COLUMNS).where(and_(_ITEM.folded >= word, _ITEM.folded < word + _LAST))
    return found.order_by(_ITEM.folded)


def _of_person(found: Select[Any], person: str) -> Select[Any]:
    """Keep the cases of a person: within the query, so that a limit counts nobody else's."""
    return found.where(
        select(1)
        .where(tables.cases.c.number == _ITEM.case_number, tables.cases.c.owner == person)
        .exists()
    )
