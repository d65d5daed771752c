"""The archive at a million images: lists, a study, search, the log, opening, saving, memory.

    python -m tests.bench.million [FOLDER]

FOLDER keeps the archive for the next run (default: under the system's temporary folder); it is
made in some minutes where it is not there. Every call goes through the services, with its entry
in the log on the disk; what one sync of this disk takes is printed beside. "Cold" is a process
of its own with a new connection, after the system was asked to forget the database, the log's
copy and the objects of the case; what lies below the system (a virtual disk's host) cannot be
asked.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from PySide6.QtWidgets import QApplication

from archive.opening import Archive, open_archive
from archive.records import Actor, LogQuery
from archive.storage.machine import system_clock
from tests.bench import million_archive
from tests.bench.million_archive import EXPERT, PASSWORD, STUDIES, Million
from tests.bench.silence import Watch, live
from tests.bench.timing import seconds, tell
from viewer.presenters.archive.case_recorder import CaseRecorder
from viewer.presenters.session import Session
from virtopsy.case.commands import AddFinding
from virtopsy.findings.record import from_record

RUNS = 200
_PAGE = 100
_SEARCHED = ("Әлиев", "2026-04", "fracture", "1.2.826.0.1.77", "ожог бас", "пётр", "20", "Ким")
_READY = "made"


@dataclass(frozen=True)
class Bench:
    """One person at work in the archive.

    Attributes:
        cases: own cases; `whole` are those whose source files have bytes.
    """

    archive: Archive
    actor: Actor
    cases: tuple[str, ...]
    whole: tuple[str, ...]

    def list(self, run: int) -> object:
        after = "" if run % 2 else self.cases[run * 31 % len(self.cases)]
        return self.archive.cases.list(self.actor, limit=_PAGE, after=after)

    def study(self, run: int) -> object:
        return self.archive.cases.open(self.actor, self.cases[run * 37 % len(self.cases)])

    def search(self, run: int) -> object:
        return self.archive.search.find(self.actor, _SEARCHED[run % len(_SEARCHED)])

    def log(self, run: int) -> object:
        wanted = LogQuery(case_number=self.cases[run * 41 % len(self.cases)])
        return self.archive.log.page(self.actor, wanted)

    def long_log(self, _run: int) -> object:
        return self.archive.log.page(self.actor, LogQuery(case_number=self.cases[-1]))

    def series(self, run: int) -> object:
        number = self.whole[run % len(self.whole)]
        with self.archive._database.reading() as work:
            uid = work.cases.series(number)[0].series_uid
        return self.archive.cases.series_files(self.actor, number, uid)

    def save(self, run: int) -> object:
        number = self.cases[run * 43 % len(self.cases)]
        with self.archive._database.reading() as work:
            row = work.cases.series(number)[0]
        record = _finding(f"new{time.monotonic_ns()}", row.series_uid, row.frame_of_reference_uid)
        return self.archive.cases.add_finding(self.actor, number, record)


def main() -> None:
    """Make the archive where it is not there, measure, and print."""
    folder = _made(Path(sys.argv[1]) if len(sys.argv) > 1 else _default())
    tell(f"load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    tell(f"one sync of this disk: {_told(_times(lambda _: _sync(folder), RUNS))}")
    _report("opening, cold", _cold(folder, None, 50), 1000)
    with _at_work(folder) as bench:
        for name, act, asked in (
            ("case list (100 of 7,000)", bench.list, 20),
            ("a study", bench.study, 20),
            ("plain search", bench.search, 20),
            ("log of a case", bench.log, 50),
            ("log of a case of 1,000 acts, newest 100", bench.long_log, 50),
            ("a series' files, each read through (34-100)", bench.series, None),
            ("one finding saved", bench.save, 30),
        ):
            act(0)
            _report(f"{name}, warm", _times(act, RUNS), asked)
        _in_the_window(bench)
        peak = psutil.Process().memory_info().rss
    tell(f"memory after all that: {peak / 1e6:.0f} MB, Qt in it (asked: 300 at most)")
    for name in ("list", "study", "search"):
        _report(f"{name}, cold", _cold(folder, name, RUNS), 150)


def _default() -> Path:
    made_by = Path(million_archive.__file__).read_bytes()
    name = hashlib.sha256(made_by).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"virtopsy-million-{name}"


def _made(folder: Path) -> Path:
    """Return the archive, made or as it was when it was made."""
    archive, pristine = folder / "archive", folder / "pristine"
    if not (folder / _READY).exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tell(f"making {STUDIES:,} studies in {folder}; some minutes")
        spent = seconds(Million(archive).make)
        for name in ("db", "log"):
            shutil.copytree(archive / name, pristine / name)
        (folder / _READY).touch()
        tell(f"made in {spent:.0f} s")
    for name in ("db", "log"):
        shutil.rmtree(archive / name)
        shutil.copytree(pristine / name, archive / name)
    os.sync()
    return archive


class _at_work:  # noqa: N801 -- a context, said like a verb
    """The archive open, its expert logged in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Bench:
        self._archive = archive = open_archive(self._folder, clock=system_clock)
        actor = archive.access.login(EXPERT, PASSWORD)
        with archive._database.reading() as work:
            own = [one.number for one in work.cases.summaries(actor.person_id)]
        whole = [one for one in own if int(one[5:]) < million_archive.WHOLE]
        return Bench(archive, actor, tuple(own), tuple(whole))

    def __exit__(self, *_: object) -> None:
        self._archive.close()


def _times(act: Callable[[int], object], runs: int) -> list[float]:
    return [seconds(lambda run=run: act(run)) for run in range(runs)]  # type: ignore[misc]


def _cold(folder: Path, name: str | None, runs: int) -> list[float]:
    """Time calls, each in a process of its own with nothing in memory; None: the opening."""
    with _at_work(folder) as bench:
        cases = bench.cases
    return [_in_child(folder, name, run, cases) for run in range(runs)]


def _in_child(folder: Path, name: str | None, run: int, cases: Sequence[str]) -> float:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        spent = _once(folder, name, run, cases)
        os.write(writing, str(spent).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        spent = float(answer.read())
    os.waitpid(child, 0)
    return spent


def _once(folder: Path, name: str | None, run: int, cases: Sequence[str]) -> float:
    if name is None:
        _forget([folder / "db/archive.sqlite", folder / "log/entries.jsonl"])
        return seconds(lambda: open_archive(folder, clock=system_clock))
    archive = open_archive(folder, clock=system_clock)
    bench = Bench(archive, archive.access.login(EXPERT, PASSWORD), tuple(cases), ())
    objects = _objects_of(archive, cases[run * 37 % len(cases)])
    archive._database.close()
    _forget([folder / "db/archive.sqlite", folder / "log/entries.jsonl", *objects])
    act: Callable[[int], object] = getattr(bench, name)
    return seconds(lambda: act(run))


def _objects_of(archive: Archive, number: str) -> list[Path]:
    with archive._database.reading() as work:
        things = work.cases.things(number)
    return [archive._objects.path(one.sha256) for one in things]


def _forget(paths: Sequence[Path]) -> None:
    for path in paths:
        with path.open("rb") as held:
            os.fdatasync(held.fileno())
            os.posix_fadvise(held.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _in_the_window(bench: Bench) -> None:
    """Save findings as the window does, and look how long its loop is silent meanwhile."""
    application = QApplication.instance() or QApplication([])
    number = bench.cases[0]
    session = Session()
    case = bench.archive.cases.open(bench.actor, number)
    session.open(case, CaseRecorder(bench.archive, bench.actor, number))
    one = case.findings[0]
    watch = Watch()
    live(seconds=0.2)
    silences = []
    for run in range(50):
        watch.longest()
        record = _finding(f"w{run}", one.series_uid, one.frame_of_reference_uid)
        session.do(AddFinding(from_record(record)))
        live(seconds=0.03)
        silences.append(watch.longest().wall_ms / 1000)
    _report("the window's silence while one is saved", silences, None)
    del application


def _finding(name: str, series: str, frame: str) -> dict[str, object]:
    place = random.Random(name).uniform(0, 40)  # noqa: S311 -- a point
    ends = [[0.0, 0.0, 0.0], [round(place, 3), 2.0, 30.0]]
    return {
        "kind": "trajectory",
        "finding_id": name,
        "name": f"Track {name}",
        "series_uid": series,
        "frame_of_reference_uid": frame,
        "ends_lps_mm": ends,
    }


def _sync(folder: Path) -> None:
    path = folder / "staging/one"
    with path.open("wb") as written:
        written.write(b"x" * 4096)
        os.fsync(written.fileno())
    path.unlink()


def _report(name: str, times: Sequence[float], asked: int | None) -> None:
    wish = "" if asked is None else f" (asked: p99 {asked} ms at most)"
    tell(f"{name}: {_told(times)}{wish}")


def _told(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"median {ordered[len(ordered) // 2] * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"


if __name__ == "__main__":
    main()
