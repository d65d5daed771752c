"""Checking a log of a million entries: chain, columns, copy, tree and 10,000 checkpoints.

The log is made once, into a folder under /tmp: real bodies, a real chain, a real key. Beside the
check stands the least that any check must do: reading every body from the database and hashing
it, in one process.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from archive.opening import Archive, create, open_archive
from archive.proof import canonical, chain, checkpoint, merkle
from archive.proof.chain import Act, Moment, Who
from archive.proof.signing import Cost
from archive.records import LogEntry, ObjectName
from archive.services.journal import CHECKPOINT_EVERY
from archive.services.rights import Right
from archive.services.verify_findings import Findings, Phase
from archive.services.verify_log import LogCheck
from archive.storage.machine import ThisMachine, system_clock
from tests.bench.timing import against, seconds, tell
from virtopsy import confined
from virtopsy.jobs import Progress

ENTRIES = int(os.environ.get("VIRTOPSY_BENCH_ENTRIES", "1000000"))
ASKED_S = 10.0
ASKED_MB = 300
CASES = 2_000
_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
_PASSWORD = "a password"
_FOLDER = Path(tempfile.gettempdir()) / f"virtopsy-bench-log-{ENTRIES}"
_STEP = timedelta(seconds=7)


def _acts(who: Who) -> Iterator[Act]:
    """What persons do all day, seeded; a tenth of it with Cyrillic letters."""
    draw = random.Random(1)  # noqa: S311 -- no secret
    manifests = [ObjectName("manifest", f"1.2.840.{n}", f"{n:064x}") for n in range(CASES)]
    while True:
        case = draw.randrange(CASES)
        number = f"2026-{case}" if case % 10 else f"іс 2026-{case}"
        for _ in range(draw.randrange(3, 12)):
            kind = draw.choice(("view", "view", "view", "source.read", "case.open", "show"))
            objects = (manifests[case],) if kind == "source.read" else ()
            data = {"preset": "bone", "k": draw.randrange(400)} if kind == "view" else {}
            yield Act(kind, who, case=number, objects=objects, data=data)


def _bodies(log: str, before: LogEntry, acts: Iterator[Act], moment: Moment) -> Iterator[bytes]:
    """Yield the bodies that follow: what `chain.entry` makes, from one that it made."""
    forms: dict[str, dict[str, Any]] = {}
    prev, in_case = before.hash, dict[str, tuple[int, str]]()
    for number, act in enumerate(acts, before.seq + 1):
        if act.name not in forms:
            made = chain.entry(log, act, moment, before=None, before_in_case=None)
            forms[act.name] = canonical.decode(made.body)
        count, last = in_case.get(act.case, (0, chain.BEGINNING))
        body = canonical.encode({
            **forms[act.name],
            "seq": number,
            "prev": prev,
            "case": act.case,
            "case_seq": count + 1,
            "case_prev": last,
            "ts": chain.utc(moment.time + number * _STEP),
            "mono_ns": str(number * 7_000_000_000),
            "obj": [{"t": one.kind, "id": one.id, "sha256": one.sha256} for one in act.objects],
            "data": act.data,
        })  # fmt: skip
        prev = merkle.leaf_hash(body).hex()
        in_case[act.case] = (count + 1, prev)
        yield body


def _made() -> Path:
    """Return the archive with the log, made where it is not there yet."""
    if (_FOLDER / "done").is_file():
        return _FOLDER / "archive"
    tell(f"making a log of {ENTRIES:,} entries in {_FOLDER} (once)")
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    folder = _FOLDER / "archive"
    create(folder, person="Ахметова", password=_PASSWORD, clock=system_clock, cost=_CHEAP)
    with open_archive(folder, clock=system_clock, cost=_CHEAP) as archive:
        actor = archive.access.login("Ахметова", _PASSWORD)
        seal = archive.access.require(actor, Right.CHECKPOINT).seal
        assert seal is not None
        who = Who(actor.person_id, actor.roles, "", actor.session)
        _fill(
            archive,
            who,
            lambda size, root: (
                checkpoint.sign(checkpoint.origin_of(archive.uuid), size, root, seal).note
            ),
        )
        assert archive._journal.copy_out()
    (_FOLDER / "done").touch()
    return folder


def _fill(archive: Archive, who: Who, sign: Callable[[int, bytes], str]) -> None:
    """Append in bulk what `Journal.append` would: rows, kept nodes, checkpoints."""
    moment = Moment(system_clock(), 0, ThisMachine().surroundings())
    with archive._database.reading() as work:
        rows = list(work.log.entries())
    leaves = [bytes.fromhex(one.hash) for one in rows]
    database = sqlite3.connect(archive.folder / "db" / "archive.sqlite")
    for pragma in ("synchronous=OFF", "cache_size=-1000000"):
        database.execute(f"PRAGMA {pragma}")
    bodies = _bodies(archive.uuid, rows[-1], _acts(who), moment)
    with database:
        for body in islice(bodies, ENTRIES - len(leaves)):
            one = chain.from_body(body)
            leaves.append(bytes.fromhex(one.hash))
            row = (one.seq, body, one.prev, one.hash, one.ts, one.actor, one.act, one.out)
            database.execute("INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?)", (*row, one.case_number))
    with database:
        database.execute("DELETE FROM tree_node")
        database.executemany("INSERT INTO tree_node VALUES (?,?,?)", merkle.grown(leaves))
    database.close()
    complete = merkle.levels(leaves)
    for size in range(CHECKPOINT_EVERY, ENTRIES + 1, CHECKPOINT_EVERY):
        note = sign(size, merkle.beginning(complete, size))
        (archive.folder / "log" / f"checkpoint-{size:012d}.txt").write_text(note)


def _checked(archive: Archive) -> Findings:
    found = Findings()
    LogCheck(archive._journal, archive.keys.ring(), found, Phase(Progress(), 0, 1000)).run(None)
    return found


def _least(folder: Path) -> None:
    connection = sqlite3.connect(folder / "db" / "archive.sqlite")
    for (body,) in connection.execute("SELECT body FROM log ORDER BY seq"):
        merkle.leaf_hash(body)
    connection.close()


class _Memory(threading.Thread):
    """Watches how much memory this process and its workers have of their own (PSS)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most_mb = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.1):
            self.most_mb = max(self.most_mb, sum(map(_pss_mb, _family())))

    def end(self) -> float:
        self._over.set()
        self.join()
        return self.most_mb


def _family() -> list[int]:
    parents: dict[int, int] = {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(one.parent.name)] = int(one.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has ended
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(one.split()[1]) for one in lines if one.startswith("Pss:")), 0) / 1024


def main() -> None:
    """Print the figures."""
    folder = _made()
    confined.start_here()
    with open_archive(folder, clock=system_clock, cost=_CHEAP) as archive:
        _least(folder)  # the file is in the system's memory for both
        begun, used = time.perf_counter(), os.times()
        found = _checked(archive)
        mine, own = time.perf_counter() - begun, os.times()
        memory = _Memory()  # in a run of its own: looking costs the watched time
        memory.start()
        _checked(archive)
        most_mb = memory.end()
        assert not found.problems, found.problems[:3]
        assert (found.log_entries, found.signatures) == (ENTRIES, ENTRIES // CHECKPOINT_EVERY + 1)
        least = seconds(lambda: _least(folder))
        tell(
            f"check of a log of {found.log_entries:,} entries with {found.signatures:,}"
            f" checkpoints: {mine:.2f} s on {confined.processors()} cores"
            f" (asked: {ASKED_S:.0f} s at most); this process alone"
            f" {own.user - used.user + own.system - used.system:.2f} s of processor time"
        )
        against("the same beside reading and hashing every body", mine, "that", least, None)
        tell(f"memory with workers: {most_mb:.0f} MB (asked: {ASKED_MB} MB at most)")
        pragma = seconds(lambda: archive._database.is_damaged(lambda: None))
        tell(f"SQLite's own check of the file, which comes before it: {pragma:.2f} s")


if __name__ == "__main__":
    main()
