"""Every object, read from the disk: past the cache, by two threads.

In the order of their hashes, so that what a stopped check has seen can be laid beside it line by
line and nothing is held of a million objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final

from archive.ports import Blobs
from archive.services.verify_findings import Findings, Phase
from archive.services.verify_log import Named
from archive.services.verify_state import Seen, State

_THREADS: Final = 2
_AT_ONCE: Final = 16  # objects a thread is given
_KEPT_EVERY: Final = 256 << 20
"""Bytes read between two writings of the state: what a kill makes read again."""


class ObjectCheck:
    """One check of the objects.

    Args:
        earlier: what earlier checks saw, by object.
        state: where this one keeps what it sees; None: it is not kept.
    """

    def __init__(
        self,
        blobs: Blobs,
        found: Findings,
        phase: Phase,
        *,
        earlier: Iterator[Seen],
        state: State | None,
    ) -> None:
        self._blobs = blobs
        self._found = found
        self._phase = phase
        self._earlier = earlier
        self._next = next(earlier, None)
        self._state = state
        self._unkept: list[Seen] = []
        self._unkept_bytes = 0

    def run(
        self,
        named: Named,
        *,
        all_that_lie_there: bool,
        tell_orphans: bool,
        destroyed: frozenset[str] = frozenset(),
    ) -> None:
        """Read the objects.

        Args:
            named: by the log.
            all_that_lie_there: an edited log may not name all.
            tell_orphans: note what no entry names; only where the log is whole.
            destroyed: bytes that an act destroyed and that lie there still; told already.
        """
        total = max(len(named), 1)
        for path in self._blobs.strays() if all_that_lie_there else ():
            self._found.note("stray_file", path)
        with ThreadPoolExecutor(_THREADS) as threads:
            try:
                for first in range(256):
                    wanted = named.starting(first)
                    there, strays = (
                        self._blobs.listed(f"{first:02x}") if all_that_lie_there else ((), ())
                    )
                    for path in strays:
                        self._found.note("stray_file", path)
                    if tell_orphans:
                        for sha256 in sorted(set(there) - wanted - destroyed):
                            self._found.note("orphan", self._blobs.relative_path(sha256))
                    self._bucket(sorted(wanted.union(there)), threads, total)
            except BaseException:
                self._phase.progress.cancel()  # the threads stop within the file they read
                raise
            finally:
                threads.shutdown(cancel_futures=True)
                self._keep()

    def _bucket(self, names: Sequence[str], threads: ThreadPoolExecutor, total: int) -> None:
        todo: list[tuple[str, Seen | None]] = []
        for sha256 in names:
            before = self._before(sha256)
            if before is not None and not before.code and before.state == self._blobs.state(sha256):
                self._found.files += 1
                self._found.skipped += 1
            else:
                todo.append((sha256, before))
        for some in threads.map(self._read, _by(_AT_ONCE, todo)):
            for one, size, before in some:
                self._judge(one, size, before)
            self._phase.tick(self._found.files, max(total, self._found.files + 1))
        self._phase.tick(self._found.files, max(total, self._found.files))

    def _before(self, sha256: str) -> Seen | None:
        while self._next is not None and self._next.sha256 < sha256:
            self._next = next(self._earlier, None)
        return self._next if self._next is not None and self._next.sha256 == sha256 else None

    def _read(self, some: Sequence[tuple[str, Seen | None]]) -> list[tuple[Seen, int, Seen | None]]:
        found = []
        for sha256, before in some:
            self._phase.check()
            state = self._blobs.state(sha256) or (0, 0, 0, 0)
            code, size = self._blobs.fault(sha256, self._phase.check)
            found.append((Seen(sha256, state, code), size, before))
        return found

    def _judge(self, one: Seen, size: int, before: Seen | None) -> None:
        path = self._blobs.relative_path(one.sha256)
        self._found.files += 1
        self._found.bytes += size
        if one.code:
            self._found.add(one.code, path)
        elif before is not None and before.code:
            self._found.note("object_reads_again", path)
        self._unkept.append(one)
        self._unkept_bytes += size
        if self._unkept_bytes >= _KEPT_EVERY:
            self._keep()

    def _keep(self) -> None:
        if self._state is not None and self._unkept:
            self._state.add(self._unkept)
        self._unkept, self._unkept_bytes = [], 0


def _by(
    count: int, some: Iterable[tuple[str, Seen | None]]
) -> Iterator[Sequence[tuple[str, Seen | None]]]:
    rest = iter(some)
    while part := list(islice(rest, count)):
        yield part
