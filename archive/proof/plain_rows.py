"""Plain rows of the log, many at once: whole columns are compared instead of row after row.

Nothing is judged here. What is surely right, in itself and one row after the other, is handed on
as a `Run`; everything else is left to the rule for single rows, `walk.Walk.add`.
"""

from __future__ import annotations

from binascii import hexlify
from collections.abc import Iterator, Sequence
from operator import le
from typing import Any, NamedTuple, TypeAlias

from archive.proof import merkle
from archive.proof.said import Columns, plain

Row: TypeAlias = tuple[Any, ...]
"""As stored: seq, body, prev, hash, ts, actor, act, out, case_number; texts are UTF-8.

At the end: 1 where none of them but the body is a BLOB, which looks like a text here.
"""


class Run(NamedTuple):
    """Rows that follow each other and are right: as hashed, as their bodies say, in one chain.

    Not known yet: whether they follow what is before them, and the entries of their cases.

    Attributes:
        lines: the bodies, each with a line break.
        leaves: hashes of the bodies, as bytes.
        hashes: the same, as stored.
        case_seqs: as numbers.
    """

    lines: bytes
    leaves: list[bytes]
    seqs: tuple[int, ...]
    hashes: tuple[bytes, ...]
    case_seqs: tuple[int, ...]
    said: Columns


def runs(rows: Sequence[Row], log: bytes) -> Iterator[tuple[Sequence[Row], Run | None]]:
    """Divide rows into runs of plain ones and single ones that are not, in their order.

    Args:
        rows: one after the other.
        log: the archive's uuid, which every body must name.

    Returns:
        The rows of each part, and what they are together where that is surely right.
    """
    bodies = [row[1] for row in rows]
    if set(map(type, bodies)) != {bytes}:
        yield rows, None
        return
    said = plain(bodies)
    start = 0
    odd = [place for place, one in enumerate(said) if one is None]
    for place in (*odd, len(rows)):
        between = [one for one in said[start:place] if one is not None]
        if between:
            some = rows[start:place]
            yield some, _right(some, between, log)
        if place < len(rows):
            yield rows[place : place + 1], None
        start = place + 1


def _right(rows: Sequence[Row], said: Sequence[tuple[bytes, ...]], log: bytes) -> Run | None:
    """Return plain rows as a run; None where something is wrong, whatever it is."""
    seqs, bodies, prevs, hashes, times, actors, acts, outs, cases, texts = zip(*rows, strict=True)
    leaves = list(map(merkle.leaf_hash, bodies))
    told = Columns(*zip(*said, strict=True))
    following = tuple(range(seqs[0], seqs[0] + len(seqs)))
    right = (
        texts.count(1) == len(texts)
        and list(map(hexlify, leaves)) == list(hashes)
        and prevs[1:] == hashes[:-1]
        and tuple(map(int, told.seqs)) == seqs == following
        and (told.prevs, told.times, told.actors) == (prevs, times, actors)
        and (told.acts, told.outs, told.cases) == (acts, outs, cases)
        and told.logs.count(log) == len(seqs)
        and all(map(le, times, times[1:]))
    )
    if not right:
        return None
    lines = b"\n".join((*bodies, b""))
    return Run(lines, leaves, seqs, hashes, tuple(map(int, told.case_seqs)), told)
