"""The kept nodes of the log's Merkle tree, on the connection of one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Integer, bindparam, insert, select

from archive.storage import tables
from virtopsy.errors import IntegrityError

_DATABASE = "db/archive.sqlite"
_ENTRY, _NODE = tables.log.c, tables.tree_nodes.c
_FIRST, _LAST = bindparam("first", type_=Integer), bindparam("last", type_=Integer)
_LEAVES = select(_ENTRY.hash).where(_ENTRY.seq.between(_FIRST, _LAST)).order_by(_ENTRY.seq)
_NODES = (
    select(_NODE.place, _NODE.hash)
    .where(_NODE.level == bindparam("level"), _NODE.place.between(_FIRST, _LAST))
    .order_by(_NODE.place)
)
_ADD = insert(tables.tree_nodes)


class TreeTable:
    """Leaf hashes stand in the log, the others in `tree_node`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return the nodes `first` to `first + count` of a level; fewer from the first gap on.

        Raises:
            IntegrityError: an entry is missing, or its hash is none.
        """
        return self._leaves(first, count) if level == 0 else self._nodes(level, first, count)

    def add(self, level: int, place: int, node: bytes) -> None:
        """Keep a complete node."""
        row = {"level": level, "place": place, "hash": node}
        self._connection.execute(_ADD, row)

    def all(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (level, place, hash) of every kept node, by level and place."""
        wanted = select(_NODE.level, _NODE.place, _NODE.hash).order_by(_NODE.level, _NODE.place)
        for row in self._connection.execute(wanted):
            yield row.level, row.place, row.hash

    def _leaves(self, first: int, count: int) -> list[bytes]:
        given = {"first": first + 1, "last": first + count}
        rows = self._connection.execute(_LEAVES, given).all()
        try:
            found = [bytes.fromhex(one) for (one,) in rows]
        except (ValueError, TypeError) as error:
            raise IntegrityError("archive.problem.database_damaged", path=_DATABASE) from error
        if len(found) < count:
            seq = first + count
            raise IntegrityError("archive.problem.log_chain_broken", path=_DATABASE, seq=seq)
        return found

    def _nodes(self, level: int, first: int, count: int) -> list[bytes]:
        given = {"level": level, "first": first, "last": first + count - 1}
        found: list[bytes] = []
        for place, node in self._connection.execute(_NODES, given).all():
            if place != first + len(found):
                break
            found.append(node)
        return found
