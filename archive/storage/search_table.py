"""What can be searched for, in and out: words by three-letter pieces.

A short word is looked for where it begins a text, or stands between spaces: those two make it long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    not_,
    select,
    table,
    union_all,
)

from archive.proof.folding import fold
from archive.records import SearchItem
from archive.storage import tables

_PIECE = 3
_LAST = "\U0010ffff"
_ITEM = tables.search_items.c
_COLUMNS = [_ITEM[one.name] for one in fields(SearchItem)]
_PIECES = table(
    "search_text", column("rowid"), column("folded"), column("search_text"), column("rank")
)
"""A row with a word in its column "search_text" is an order to FTS5: "delete" is to forget what
`folded` gave; orders about the whole index have a number in "rank"."""
_MERGED = 8
"""Pages of the index that are joined after every act that added to it.

By itself FTS5 joins some two hundred of them at every sixty-fourth act, which is then ten times as
slow as the others ("automerge")."""
_APART = 6
"""Parts of about one size that wait to be joined; each one more is looked into by every search."""

_OF_PERSON = (
    select(1)
    .where(tables.cases.c.number == _ITEM.case_number, tables.cases.c.owner == bindparam("person"))
    .exists()
)
"""Asked within the query, so that a limit counts nobody else's cases."""

# Statements are made once: making one takes longer than what it asks.
_ITEMS = select(*_COLUMNS)
_PLACE = select(func.max(_ITEM.place))
_ADD = insert(tables.search_items)
_ADD_PIECES = insert(_PIECES).from_select(
    ["rowid", "folded"],
    select(_ITEM.place, _ITEM.folded).where(_ITEM.place > bindparam("before")),
)
_ORDER = insert(_PIECES)
_CONFIG = table("search_text_config", column("k"), column("v"))
_AUTOMERGE = select(_CONFIG.c.v).where(_CONFIG.c.k == "automerge")
_SAME = (
    _ITEM.case_number == bindparam("of_case"),
    _ITEM.kind == bindparam("of_kind"),
    _ITEM.id == bindparam("of_id"),
)
_THERE = select(_ITEM.place).where(*_SAME)
_REMOVE_PIECES = insert(_PIECES).from_select(
    ["search_text", "rowid", "folded"],
    select(literal("delete"), _ITEM.place, _ITEM.folded).where(*_SAME),
)
_REMOVE = delete(tables.search_items).where(*_SAME)
_NUMBERS = _ITEMS.where(_ITEM.kind == "case")
_OF_CASE = _ITEMS.where(_ITEM.case_number == bindparam("of_case"), _ITEM.kind != "case")


class SearchTable:
    """`search_item`, and `search_text` over it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, items: Iterable[SearchItem]) -> None:
        """Add items that are not there yet."""
        rows = [vars(one) for one in items]
        if not rows:
            return
        before = self._connection.execute(_PLACE).scalar() or 0
        self._connection.execute(_ADD, rows)
        self._connection.execute(_ADD_PIECES, {"before": before})
        self._tidy()

    def _tidy(self) -> None:
        """Join a little of what the acts have added."""
        if self._connection.execute(_AUTOMERGE).scalar() != 0:  # set once in an archive's life
            self._order("automerge", 0)
            self._order("usermerge", _APART)
        self._order("merge", _MERGED)

    def _order(self, what: str, number: int) -> None:
        self._connection.execute(_ORDER, {"search_text": what, "rank": number})

    def put(self, items: Iterable[SearchItem]) -> None:
        """Add items in place of those of the same case, kind and id."""
        new = list(items)
        for one in new:
            self.remove(one.case_number, one.kind, one.id)
        self.add(new)

    def remove(self, case_number: str, kind: str, item_id: str) -> None:
        """Take an item out; it may be gone."""
        same = {"of_case": case_number, "of_kind": kind, "of_id": item_id}
        if self._connection.execute(_THERE, same).first() is not None:
            self._connection.execute(_REMOVE_PIECES, same)
            self._connection.execute(_REMOVE, same)

    def numbers(self) -> Iterator[SearchItem]:
        """Return the items that stand for cases."""
        return self._items(_NUMBERS)

    def of_case(self, case_number: str) -> Iterator[SearchItem]:
        """Return what a case holds, without the item that stands for it."""
        return self._items(_OF_CASE, {"of_case": case_number})

    def find(self, person: str, words: Sequence[str], limit: int) -> Sequence[SearchItem]:
        """Return items of a person's cases that hold every word, newest first.

        A word of one or two letters has no three-letter piece: beside longer ones it is looked
        for in what those found. Alone it must begin a text, or stand in it as a word of its own,
        with a space on both sides; those that begin with it come first.

        Args:
            person: whose cases.
            words: at least one; any letters, none of them means anything to the database.
            limit: how many at most.
        """
        asked = _Words.of(words)
        return list(self._items(_found(*asked.form), asked.given(person, limit)))

    def count(self, person: str, words: Sequence[str], most: int) -> int:
        """Return how many there are, counted no further than `most`."""
        asked = _Words.of(words)
        wanted = _counted(*asked.form)
        found: int = self._connection.execute(wanted, asked.given(person, most)).scalar_one()
        return found

    def _items(
        self, wanted: Select[Any], given: Mapping[str, object] | None = None
    ) -> Iterator[SearchItem]:
        return (SearchItem(*row) for row in self._connection.execute(wanted, given))


@dataclass(frozen=True)
class _Words:
    """What is looked for, as the database takes it.

    Attributes:
        pieces: the words of three letters and more, or of short ones alone the first between
            spaces: each a string of FTS5, in which only the quote is special.
        begins: what a text may begin with instead, where there are short words alone.
        beside: short words beside those.
    """

    pieces: str
    begins: str
    beside: tuple[str, ...]

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """Sort words by their length."""
        folded = [fold(one) for one in words]
        long = [one for one in folded if len(one) >= _PIECE]
        short = [one for one in folded if len(one) < _PIECE]
        begins = "" if long else short.pop(0)
        pieces = long or [f" {begins} "]
        quoted = " AND ".join('"' + one.replace('"', '""') + '"' for one in pieces)
        return cls(quoted, begins, tuple(short))

    @property
    def form(self) -> tuple[bool, int]:
        """What the statement depends on: whether there are long words, and the short beside."""
        return not self.begins, len(self.beside)

    def given(self, person: str, limit: int) -> dict[str, object]:
        """Return the values of the statement."""
        words = {"pieces": self.pieces, "begins": self.begins, "ends": self.begins + _LAST}
        beside = {f"beside_{place}": one for place, one in enumerate(self.beside)}
        return {**words, **beside, "person": person, "limit": limit}


@cache
def _found(by_pieces: bool, beside: int) -> Select[Any]:
    """Return the query of what holds the words, newest first, no more than `limit`.

    Args:
        by_pieces: there are words of three letters and more.
        beside: how many short ones are beside those, or beside the first.
    """
    limit: BindParameter[int] = bindparam("limit")
    short = [func.instr(_ITEM.folded, bindparam(f"beside_{n}")) > 0 for n in range(beside)]
    wanted = _ITEMS.join_from(_PIECES, tables.search_items, _ITEM.place == _PIECES.c.rowid)
    wanted = wanted.where(literal_column("search_text").op("MATCH")(bindparam("pieces")))
    wanted = wanted.where(*short, _OF_PERSON).order_by(_PIECES.c.rowid.desc()).limit(limit)
    if by_pieces:
        return wanted
    begun = and_(_ITEM.folded >= bindparam("begins"), _ITEM.folded < bindparam("ends"))
    first = _ITEMS.where(begun, *short, _OF_PERSON).order_by(_ITEM.folded).limit(limit)
    later = wanted.where(not_(begun))
    both = union_all(*(select(one.subquery()) for one in (first, later)))
    return select(both.subquery()).limit(limit)


@cache
def _counted(by_pieces: bool, beside: int) -> Select[Any]:
    """Return the query of how many there are, counted no further than `limit`."""
    found = _found(by_pieces, beside)
    if by_pieces:
        found = found.with_only_columns(_ITEM.place).order_by(None)
    return select(func.count()).select_from(found.subquery())
