"""The log: every entry, its chain, its copy outside the database, its tree, its checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.proof.stretch import SIZE, Join, Stretch
from archive.services.journal import Journal
from archive.services.keys import KeyRing
from archive.services.verify_copy import CopyCheck
from archive.services.verify_findings import DAMAGE, DATABASE, Findings, Phase
from archive.services.verify_notes import NoteCheck
from archive.services.verify_stretch import Task, walk
from virtopsy import confined

_FEW: Final = 4  # stretches that are checked here: a worker process takes longer to start
_HOLES: Final = ("log_chain_broken", "log_body_changed")
_SHA256_BYTES: Final = 32


@dataclass
class Named:
    """The objects that the log names, in little memory: by their first byte, 32 bytes each."""

    heaps: list[bytearray] = field(default_factory=lambda: [bytearray() for _ in range(256)])

    def add(self, sha256s: bytes) -> None:
        """Add hashes that lie one after the other."""
        for place in range(0, len(sha256s), _SHA256_BYTES):
            self.heaps[sha256s[place]] += sha256s[place : place + _SHA256_BYTES]

    def settle(self) -> None:
        """Keep each hash once."""
        for first in range(256):
            heap = bytes(self.heaps[first])
            places = range(0, len(heap), _SHA256_BYTES)
            once = {heap[place : place + _SHA256_BYTES] for place in places}
            self.heaps[first] = bytearray(b"".join(once))

    def starting(self, first: int) -> set[str]:
        """Return the hashes that start with one byte."""
        heap = self.heaps[first]
        return {
            heap[place : place + _SHA256_BYTES].hex()
            for place in range(0, len(heap), _SHA256_BYTES)
        }

    def __len__(self) -> int:
        return sum(map(len, self.heaps)) // _SHA256_BYTES


@dataclass
class Log:
    """What the check of the log tells the others.

    Attributes:
        named: objects that good acts name.
        nodes: kept nodes as the entries give them.
        whole: every entry up to the last could be read, and none is missing.
    """

    named: Named = field(default_factory=Named)
    nodes: Mapping[tuple[int, int], bytes] = field(default_factory=dict)
    whole: bool = False


class LogCheck:
    """One check of the log.

    Copy and checkpoints are read before the database: a program that records meanwhile may put
    the database ahead of them, never them ahead of the database.
    """

    def __init__(self, journal: Journal, ring: KeyRing, found: Findings, phase: Phase) -> None:
        self._journal = journal
        self._ring = ring
        self._found = found
        self._phase = phase
        self._join = Join()

    def run(self, case: str | None) -> Log:
        """Check all of it; names the objects of one case, where one is asked for."""
        if self._last() > _FEW * SIZE:  # workers get ready while copy and checkpoints are read
            confined.prepare((walk.__module__, type(self._journal.database).__module__))
        copy = CopyCheck(self._journal.bodies, self._found)
        notes = NoteCheck(self._journal, self._ring, self._found)
        last = self._last()
        log = Log()
        for task, stretch in self._stretches(last, notes.sizes, case):
            self._phase.tick(stretch.first, last + 1)
            for fault in self._join.add(stretch):
                self._found.add(fault.code, DATABASE, seq=fault.seq)
            if stretch.broken:
                self._found.damaged()
            self._tell(stretch)
            notes.check(self._join)
            copy.take(stretch, task)
            log.named.add(stretch.objects)
        self._found.log_entries = self._join.entries
        if not self._join.entries:
            self._found.add("log_empty", DATABASE)
        copy.end(self._join.entries, self._join.last)
        notes.end(self._join)
        log.nodes = self._join.nodes
        log.whole = not self._found.has("database_damaged", "log_empty", *_HOLES)
        return log

    def _last(self) -> int:
        try:
            with self._journal.database.reading() as work:
                return work.log.size()
        except DAMAGE:
            self._found.damaged()
            return 0

    def _stretches(
        self, last: int, sizes: Sequence[int], case: str | None
    ) -> Iterator[tuple[Task, Stretch]]:
        """Yield every stretch that has entries, in order."""
        tasks = list(self._tasks(last, sizes, case))
        if len(tasks) <= _FEW:
            yield from ((task, walk(task)) for task in tasks)
            return
        waiting: dict[int, Stretch] = {}
        wanted = 0
        queue = confined.InOrder(len(tasks), 1)
        for number, made in confined.each(walk, tasks, self._phase.progress, queue=queue):
            # The system may have ended a worker: then it is done here.
            waiting[number] = made if isinstance(made, Stretch) else walk(tasks[number])
            while wanted in waiting:
                yield tasks[wanted], waiting.pop(wanted)
                wanted += 1

    def _tasks(self, last: int, sizes: Sequence[int], case: str | None) -> Iterator[Task]:
        by_stretch: dict[int, list[int]] = {}
        for size in sizes:
            by_stretch.setdefault((size - 1) // SIZE, []).append(size)
        number = self._following(None)
        while number is not None and number <= last:
            place = (number - 1) // SIZE
            first = place * SIZE + 1
            asked = tuple(by_stretch.get(place, ()))
            yield Task(self._journal.database, self._journal.archive, first, last, asked, case)
            number = self._following(first + SIZE - 1)

    def _following(self, seq: int | None) -> int | None:
        lowest = -(1 << 63)
        try:
            with self._journal.database.reading() as work:
                return work.log.following(lowest if seq is None else seq)
        except DAMAGE:
            self._found.damaged()
            return None

    def _tell(self, stretch: Stretch) -> None:
        for seq, act, data in stretch.told:
            said = chain.mapping(canonical.decode(data))
            if act == ActName.RESTORE:
                self._tell_restore(seq, said)
            else:
                self._tell_clock(seq, said)
        for seq in stretch.earlier:
            self._found.note("clock_back", DATABASE, seq=seq)

    def _tell_clock(self, seq: int, said: Mapping[str, Any]) -> None:
        moved = said.get("moved_s")
        by = moved if type(moved) is int else None  # an entry that was not made here may say more
        facts = {"before": str(said.get("before")), "after": str(said.get("after"))}
        code = "clock_moved" if by is None else "clock_moved_by"
        self._found.note(code, DATABASE, seq=seq, seconds=by or 0, **facts)

    def _tell_restore(self, seq: int, said: Mapping[str, Any]) -> None:
        """Say for ever that an older backup was put in place of a newer archive."""
        codes = said.get("codes")
        if not isinstance(codes, list):
            return
        for code in ("restore_rolled_back", "restore_forked"):
            if code in codes:
                missing = said.get("missing_entries")
                count = missing if isinstance(missing, int) else 0
                self._found.note(f"was_{code}", DATABASE, seq=seq, missing=count)
