"""A stretch of the log, checked by itself; stretches, joined in order, are the whole log.

A million entries are checked in stretches of 8,192, which worker processes share: a stretch
tells of itself what the join needs (how it begins and ends, also in each case), so that no body
is kept and none is read twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from archive.proof import merkle
from archive.proof.acts import ActName
from archive.proof.chain import BEGINNING

SIZE: Final = 1 << 13
"""Entries of a stretch: complete nodes of every level below it lie within."""
_NODE: Final = 1 << merkle.STEP
_CLOCK: Final = ActName.CLOCK_JUMP.encode()
_BEGINNING: Final = BEGINNING.encode()


@dataclass(frozen=True)
class Fault:
    """A row that is not as it was written."""

    seq: int
    code: str


@dataclass
class Stretch:
    """What a stretch says of itself.

    Attributes:
        first: its first seq, had no entry been lost.
        count: entries that are there.
        begins: (seq, prev) of the first row.
        ends: (seq, hash) of the last row.
        begins_at, ends_at: (time, act) of the first and the last row.
        opened: case -> (seq, case_seq, case_prev) of its first entry here.
        closed: case -> (hash, case_seq) of its last entry here.
        whole: no row is missing, none too many; only then `nodes` are those of the log.
        node: root over its leaves.
        nodes: complete nodes of level 8.
        roots: for each size asked for: root over the leaves up to there, time of the last.
        length, digest: of its bodies, each with a line break: what the copy must hold.
        objects: SHA-256 of the objects that good acts name, 32 bytes each.
        told: (seq, act, data) of acts that the report tells.
        earlier: seqs of entries dated before the one before them, without an entry that says so.
        broken: the database could not be read to the stretch's end.
    """

    first: int
    count: int = 0
    begins: tuple[int, Any] = (0, "")
    ends: tuple[int, Any] = (0, "")
    begins_at: tuple[Any, Any] = (b"", b"")
    ends_at: tuple[Any, Any] = (b"", b"")
    faults: list[Fault] = field(default_factory=list)
    opened: dict[bytes, tuple[int, Any, Any]] = field(default_factory=dict)
    closed: dict[bytes, tuple[bytes, Any]] = field(default_factory=dict)
    whole: bool = False
    node: bytes = b""
    nodes: list[bytes] = field(default_factory=list)
    roots: dict[int, tuple[bytes, str]] = field(default_factory=dict)
    length: int = 0
    digest: bytes = b""
    objects: bytes = b""
    told: list[tuple[int, str, bytes]] = field(default_factory=list)
    earlier: list[int] = field(default_factory=list)
    broken: bool = False


def follows(before: tuple[bytes, Any] | None, case_seq: Any, case_prev: Any) -> bool:
    """Tell whether an entry of a case follows the one before: (hash, case_seq); None: the first."""
    stored, number = before or (_BEGINNING, 0)
    number = number if isinstance(number, int) else 0
    return bool(case_seq == number + 1 and case_prev == stored)


def is_earlier(before: tuple[Any, Any], after: tuple[Any, Any]) -> bool:
    """Tell whether the later of two entries, (time, act), is dated earlier and nobody said why."""
    if type(before[0]) is not type(after[0]):
        return False  # no time at all, which is a fault of its own
    return bool(after[0] < before[0] and after[1] != _CLOCK)


class Join:
    """Joins stretches in the order of the log; keeps what crosses from one to the next."""

    def __init__(self) -> None:
        self.entries = 0
        self.last = 0
        self.roots: dict[int, tuple[bytes, str]] = {}
        self.nodes: dict[tuple[int, int], bytes] = {}
        self._ends: tuple[int, Any] | None = (0, _BEGINNING)
        self._cases: dict[bytes, tuple[bytes, Any]] = {}
        self._whole = True
        self._peaks: list[tuple[int, bytes]] = []
        self._ends_at: tuple[Any, Any] = (b"", b"")

    def add(self, one: Stretch) -> Iterator[Fault]:
        """Take the next stretch; yields its faults and those between it and the ones before."""
        found = list(one.faults)
        if one.count and self._ends is not None:
            seq, prev = one.begins
            if (seq - 1, prev) != self._ends:
                found.append(Fault(seq, "log_chain_broken"))
        for case, (seq, case_seq, case_prev) in one.opened.items():
            known = self._ends is not None or case in self._cases
            if known and not follows(self._cases.get(case), case_seq, case_prev):
                found.append(Fault(seq, "log_case_gap"))
        self._cases.update(one.closed)
        self._grow(one)
        if one.count:
            if is_earlier(self._ends_at, one.begins_at):
                one.earlier.insert(0, one.begins[0])
            self.last, self._ends, self._ends_at = one.ends[0], one.ends, one.ends_at
        if one.broken:  # what follows the hole cannot be compared with what was in it
            self._ends = None
        self.entries += one.count
        yield from sorted(found, key=lambda fault: fault.seq)

    def _grow(self, one: Stretch) -> None:
        for size, (root, ts) in one.roots.items():
            self.roots[size] = (self._bagged(root), ts)
        if not one.count:
            return
        self._whole = self._whole and one.whole and one.first == self.last + 1
        if self._whole:
            start = (one.first - 1) >> merkle.STEP
            for number, node in enumerate(one.nodes):
                self._keep(merkle.STEP, start + number, node)
        self._peaks.append((one.count, one.node))
        while len(self._peaks) > 1 and self._peaks[-1][0] == self._peaks[-2][0] >= SIZE:
            count, right = self._peaks.pop()
            _, left = self._peaks.pop()
            self._peaks.append((2 * count, merkle.node_hash(left, right)))

    def _keep(self, level: int, place: int, node: bytes) -> None:
        self.nodes[level, place] = node
        above = level + merkle.STEP
        if above in merkle.KEPT and place % _NODE == _NODE - 1:
            below = range(place + 1 - _NODE, place + 1)
            made = merkle.root([self.nodes[level, one] for one in below])
            self._keep(above, place // _NODE, made)

    def _bagged(self, root: bytes) -> bytes:
        for _, peak in reversed(self._peaks):
            root = merkle.node_hash(peak, root)
        return root
