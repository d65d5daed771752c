"""The kept nodes of the log's Merkle tree, on the connection of one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select

from archive.storage import tables
from virtopsy.errors import IntegrityError

_DATABASE = "db/archive.sqlite"


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
        self._connection.execute(insert(tables.tree_nodes).values(row))

    def all(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (level, place, hash) of every kept node, by level and place."""
        node = tables.tree_nodes.c
        wanted = select(node.level, node.place, node.hash).order_by(node.level, node.place)
        for row in self._connection.execute(wanted):
            yield row.level, row.place, row.hash

    def _leaves(self, first: int, count: int) -> list[bytes]:
        entry = tables.log.c
        wanted = select(entry.hash).where(entry.seq.between(first + 1, first + count))
        rows = self._connection.execute(wanted.order_by(entry.seq)).scalars()
        try:
            found = [bytes.fromhex(one) for one in rows]
        except (ValueError, TypeError) as error:
            raise IntegrityError("archive.problem.database_damaged", path=_DATABASE) from error
        if len(found) < count:
            seq = first + count
            raise IntegrityError("archive.problem.log_chain_broken", path=_DATABASE, seq=seq)
        return found

    def _nodes(self, level: int, first: int, count: int) -> list[bytes]:
        node = tables.tree_nodes.c
        wanted = select(node.place, node.hash).where(
            node.level == level, node.place.between(first, first + count - 1)
        )
        found: list[bytes] = []
        for row in self._connection.execute(wanted.order_by(node.place)):
            if row.place != first + len(found):
                break
            found.append(row.hash)
        return found
