"""A stretch of the log, checked by itself; stretches, joined in order, are the whole log.

A million entries are checked in stretches of 16,384, which worker processes share: a stretch
tells of itself what the join needs (how it begins and ends, also in each case), so that no body
is kept and none is read twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from archive.proof import canonical, merkle
from archive.proof.acts import ActName
from archive.proof.chain import BEGINNING
from archive.proof.said import Said, said
from archive.records import LogEntry, Out

SIZE: Final = 1 << 14
"""Entries of a stretch: complete nodes of every level below it lie within."""
_NODE: Final = 1 << merkle.STEP
_TOLD: Final = (ActName.CLOCK_JUMP,)
_HASH: Final = re.compile(r"[0-9a-f]{64}")


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
    begins_at: tuple[Any, Any] = ("", "")
    ends_at: tuple[Any, Any] = ("", "")
    faults: list[Fault] = field(default_factory=list)
    opened: dict[str, tuple[int, Any, Any]] = field(default_factory=dict)
    closed: dict[str, tuple[str, Any]] = field(default_factory=dict)
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


class Walk:
    """Goes through the rows of one stretch in the order of their seq.

    Args:
        log: the archive's uuid.
        first: the first seq that belongs to the stretch.
        sizes: log sizes whose root is asked for; those within the stretch are answered.
        names_nothing: acts whose objects are not the archive's.
        case: only objects that this case or no case names; None: all.
    """

    def __init__(
        self,
        log: str,
        first: int,
        sizes: Iterable[int] = (),
        *,
        names_nothing: Collection[str] = (),
        case: str | None = None,
    ) -> None:
        self._log = log
        self._sizes = sorted(sizes)
        self._names_nothing = frozenset(names_nothing)
        self._case = case
        self._made = Stretch(first)
        self._leaves: list[bytes] = []
        self._times: dict[int, str] = {}
        self._copy = hashlib.sha256()
        self._objects = bytearray()
        self._wanted = frozenset(self._sizes)

    def add(self, row: tuple[Any, ...]) -> None:
        """Check a row: seq, body, prev, hash, ts, actor, act, out, case_number, as stored."""
        seq, body, prev, stored, ts, *columns = row
        made = self._made
        body = body if type(body) is bytes else b""
        leaf = merkle.leaf_hash(body)
        says = self._says(body) if leaf.hex() == stored else None
        if says is None:
            made.faults.append(Fault(seq, "log_body_changed"))
        elif (says.seq, says.prev, says.ts) != (seq, prev, ts) or columns != [
            says.actor,
            says.act,
            says.out,
            says.case,
        ]:
            made.faults.append(Fault(seq, "log_columns_differ"))
        self._link(seq, prev, stored)
        if says is not None:
            self._told_by(seq, leaf, says)
        self._pass(seq, ts, columns[1])
        self._leaves.append(leaf)
        self._copy.update(body + b"\n")
        made.length += len(body) + 1
        if seq in self._wanted:
            self._times[len(self._leaves)] = str(ts)

    def done(self, *, broken: bool = False) -> Stretch:
        """Return what the stretch says of itself."""
        made, leaves = self._made, self._leaves
        made.broken, made.count = broken, len(leaves)
        made.whole = not broken and bool(leaves) and made.begins[0] == made.first
        made.whole = made.whole and made.ends[0] - made.first + 1 == len(leaves)
        complete = merkle.levels(leaves)
        made.node = merkle.beginning(complete, len(leaves))
        if made.whole and len(complete) > merkle.STEP:
            made.nodes = complete[merkle.STEP]
        for size in self._sizes:
            within = size - made.first + 1
            if 0 < within <= len(leaves):
                root = merkle.beginning(complete, within)
                made.roots[size] = (root, self._times.get(within, ""))
        made.digest = self._copy.digest()
        made.objects = bytes(self._objects)
        return made

    def _says(self, body: bytes) -> Said | None:
        try:
            says = said(body)
        except canonical.NotCanonical:
            return None
        return says if says.log == self._log else None

    def _link(self, seq: int, prev: Any, stored: Any) -> None:
        made = self._made
        if not self._leaves:
            made.begins = (seq, prev)
        elif (seq - 1, prev) != made.ends:
            made.faults.append(Fault(seq, "log_chain_broken"))
        made.ends = (seq, stored)

    def _pass(self, seq: int, ts: Any, act: Any) -> None:
        made = self._made
        if not self._leaves:
            made.begins_at = (ts, act)
        elif is_earlier(made.ends_at, (ts, act)):
            made.earlier.append(seq)
        made.ends_at = (ts, act)

    def _told_by(self, seq: int, leaf: bytes, says: Said) -> None:
        made = self._made
        if says.case:
            here = (leaf.hex(), says.case_seq)
            before = made.closed.get(says.case)
            if before is None:
                made.opened[says.case] = (seq, says.case_seq, says.case_prev)
            elif not follows(before, says.case_seq, says.case_prev):
                made.faults.append(Fault(seq, "log_case_gap"))
            made.closed[says.case] = here
        if says.act in _TOLD:
            made.told.append((seq, says.act, says.data))
        if says.objects and says.out == Out.OK and says.act not in self._names_nothing:
            self._name(says)

    def _name(self, says: Said) -> None:
        if self._case is not None and says.case not in {self._case, ""}:
            return
        for sha256 in says.objects:
            if _HASH.fullmatch(sha256):
                self._objects += bytes.fromhex(sha256)


def follows(before: tuple[str, Any] | None, case_seq: Any, case_prev: Any) -> bool:
    """Tell whether an entry of a case follows the one before: (hash, case_seq); None: the first."""
    stored, number = before or (BEGINNING, 0)
    number = number if isinstance(number, int) else 0
    return bool(case_seq == number + 1 and case_prev == stored)


def is_earlier(before: tuple[Any, Any], after: tuple[Any, Any]) -> bool:
    """Tell whether the later of two entries, (time, act), is dated earlier and nobody said why."""
    return after[1] not in _TOLD and str(after[0]) < str(before[0])


def faults(log: str, rows: Iterable[LogEntry]) -> Iterator[Fault]:
    """Check stored rows in the order of their seq; yields every fault and goes on.

    Codes: log_body_changed (the bytes do not give the stored hash, or are no body of this log),
    log_columns_differ (what lists show is not what the body says), log_chain_broken (an entry
    before this one is gone, inserted, moved or changed), log_case_gap (an entry of the case is).
    """
    walk = Walk(log, 1)
    for one in rows:
        columns = (one.ts, one.actor, one.act, one.out, one.case_number)
        walk.add((one.seq, one.body, one.prev, one.hash, *columns))
    yield from Join().add(walk.done())


class Join:
    """Joins stretches in the order of the log; keeps what crosses from one to the next."""

    def __init__(self) -> None:
        self.entries = 0
        self.last = 0
        self.roots: dict[int, tuple[bytes, str]] = {}
        self.nodes: dict[tuple[int, int], bytes] = {}
        self._ends: tuple[int, Any] | None = (0, BEGINNING)
        self._cases: dict[str, tuple[str, Any]] = {}
        self._whole = True
        self._peaks: list[tuple[int, bytes]] = []
        self._ends_at: tuple[Any, Any] = ("", "")

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
