"""The walk through one stretch of the log: what its rows say, and whether they are as written.

There is one rule, `Walk.add`: it takes a row, names whatever is wrong with it, and goes on. It is
slow and plain. Almost all rows are right, though, and of many right rows together a few
comparisons of whole columns show that they are (`plain_rows`). So `Walk.add_all` lets these pass
at once, and whatever is not surely right goes through the rule, row by row.
"""

from __future__ import annotations

import hashlib
import re
from binascii import hexlify, unhexlify
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from archive.proof import merkle
from archive.proof.acts import ActName
from archive.proof.plain_rows import Row, Run, runs
from archive.proof.said import named, said
from archive.proof.stretch import Fault, Stretch, follows, is_earlier
from archive.records import Out

_TOLD: Final = frozenset({ActName.CLOCK_JUMP.encode(), ActName.RESTORE.encode()})
_OK: Final = Out.OK.encode()
_HASH: Final = re.compile(rb"[0-9a-f]{64}").fullmatch


class Walk:
    """Goes through the rows of one stretch in the order of their seq.

    Args:
        log: the archive's uuid.
        first: the first seq that belongs to the stretch.
        sizes: log sizes whose root is asked for; those within the stretch are answered.
        names_nothing: acts whose objects are not the archive's.
        case: only objects that this case or no case names; None: all.

    Attributes:
        one_by_one: a row went by the rule, so that columns that hold no text are not found yet.
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
        self._log = log.encode()
        self._sizes = frozenset(sizes)
        self._names_nothing = frozenset(one.encode() for one in names_nothing)
        self._cases = None if case is None else frozenset((case.encode(), b""))
        self._made = Stretch(first)
        self._leaves: list[bytes] = []
        self._copy = hashlib.sha256()
        self._times: dict[int, str] = {}
        self._objects = bytearray()
        self.one_by_one = False

    def add_all(self, rows: Sequence[Row]) -> None:
        """Check rows one after the other, as `add` does, but those that are right at once."""
        for some, run in runs(rows, self._log):
            if run is not None and self._follows(run):
                self._take(run)
                continue
            for row in some:
                self.add(row)

    def add(self, row: Row) -> None:
        """Check one row: the rule, but for what SQLite alone can tell of a column's kind."""
        self.one_by_one = True
        seq, body, prev, stored, ts, actor, act, out, case, _ = row
        made, leaves = self._made, self._leaves
        if type(body) is not bytes:
            body = b""
        leaf = merkle.leaf_hash(body)
        name = hexlify(leaf)
        says = said(body) if name == stored else None
        if says is None or says.log != self._log:
            made.faults.append(Fault(seq, "log_body_changed"))
        else:
            if says[1:8] != (seq, prev, ts, actor, act, out, case):
                made.faults.append(Fault(seq, "log_columns_differ"))
            if says.case:
                self._in_case(seq, name, says.case, says.case_seq, says.case_prev)
            self._name(says.objects, says.act, says.out, says.case)
            self._tell(seq, says.act, says.data)
        self._link(seq, prev, stored, (ts, act))
        leaves.append(leaf)
        self._copy_out(body + b"\n")
        if seq in self._sizes:
            self._times[len(leaves)] = _text(ts)

    def fault(self, seq: int, code: str) -> None:
        """Name a fault that was found otherwise."""
        self._made.faults.append(Fault(seq, code))

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

    def _follows(self, run: Run) -> bool:
        """Tell whether a run follows what is before it in this stretch, or begins it."""
        made, said = self._made, run.said
        if not self._leaves:
            return True
        chained = (run.seqs[0] - 1, said.prevs[0]) == made.ends
        return chained and not is_earlier(made.ends_at, (said.times[0], said.acts[0]))

    def _take(self, run: Run) -> None:
        """Take rows that are right all together; leaves behind what `add` would for each."""
        made, seqs, said = self._made, run.seqs, run.said
        if not self._leaves:
            made.begins, made.begins_at = (seqs[0], said.prevs[0]), (said.times[0], said.acts[0])
        made.ends, made.ends_at = (seqs[-1], run.hashes[-1]), (said.times[-1], said.acts[-1])
        for size in self._sizes:
            if seqs[0] <= size <= seqs[-1]:
                place = size - seqs[0]
                self._times[len(self._leaves) + place + 1] = _text(said.times[place])
        self._leaves += run.leaves
        self._copy_out(run.lines)
        self._take_cases(run)
        for objects, act, out, case in zip(
            *(said.objects, said.acts, said.outs, said.cases), strict=True
        ):
            if objects:
                self._name(named(objects), act, out, case)
        if not _TOLD.isdisjoint(said.acts):
            for told in zip(seqs, said.acts, said.data, strict=True):
                self._tell(*told)

    def _take_cases(self, run: Run) -> None:
        """Take the entries of cases; those that surely follow the one before without a call."""
        said, closed = run.said, self._made.closed
        in_cases = (said.cases, run.case_seqs, said.case_prevs)
        for seq, name, case, case_seq, case_prev in zip(
            *(run.seqs, run.hashes, *in_cases), strict=True
        ):
            if closed.get(case) == (case_prev, case_seq - 1):
                closed[case] = (name, case_seq)
            elif case:
                self._in_case(seq, name, case, case_seq, case_prev)

    def _copy_out(self, lines: bytes) -> None:
        self._copy.update(lines)
        self._made.length += len(lines)

    def _link(self, seq: int, prev: Any, stored: Any, at: tuple[Any, Any]) -> None:
        made = self._made
        if not self._leaves:
            made.begins, made.begins_at = (seq, prev), at
        else:
            if (seq - 1, prev) != made.ends:
                made.faults.append(Fault(seq, "log_chain_broken"))
            if is_earlier(made.ends_at, at):
                made.earlier.append(seq)
        made.ends, made.ends_at = (seq, stored), at

    def _in_case(self, seq: int, name: bytes, case: bytes, case_seq: Any, case_prev: Any) -> None:
        made = self._made
        before = made.closed.get(case)
        if before is None:
            made.opened[case] = (seq, case_seq, case_prev)
        elif not follows(before, case_seq, case_prev):
            made.faults.append(Fault(seq, "log_case_gap"))
        made.closed[case] = (name, case_seq)

    def _name(self, objects: Iterable[bytes], act: bytes, out: bytes, case: bytes) -> None:
        if out != _OK or act in self._names_nothing:
            return
        if self._cases is None or case in self._cases:
            for sha256 in objects:
                if _HASH(sha256):
                    self._objects += unhexlify(sha256)

    def _tell(self, seq: int, act: bytes, data: bytes) -> None:
        if act in _TOLD:
            self._made.told.append((seq, act.decode(), data))


def _text(stored: Any) -> str:
    return stored.decode("utf-8", "replace") if isinstance(stored, bytes) else str(stored)
