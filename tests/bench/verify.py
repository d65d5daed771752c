"""A full check of an archive against `sha256sum` of the same files, in one run.

600 files of 0.5 MB, taken in as a CT is. Cold: the system has forgotten the files before each of
the two. Warm: both may answer from the system's memory, but the check does not: it asks the disk,
because that is what is to be checked; how many bytes the disk gave it is read from the system.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from archive.opening import Archive, create, open_archive
from archive.proof.signing import Cost
from archive.services.verify import Scope
from archive.storage.machine import system_clock
from tests.bench.intake import source_folder
from tests.bench.timing import seconds, tell
from virtopsy.jobs import Progress

ASKED = 0.8
_RUNS = 5
_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


def _objects(folder: Path) -> list[Path]:
    return sorted(one for one in (folder / "objects").rglob("*") if one.is_file())


def _forget(files: list[Path]) -> None:
    for one in files:
        handle = os.open(one, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def _remember(files: list[Path]) -> None:
    for one in files:
        one.read_bytes()


def _sums(files: list[Path]) -> None:
    subprocess.run(["sha256sum", *map(str, files)], check=True, stdout=subprocess.DEVNULL)


def _check(archive: Archive) -> None:
    report = archive.verify.run(scope=Scope.ANEW)
    if not report.ok:
        raise SystemExit(str(report.problems[0]))


def _from_disk() -> int:
    """Bytes that the disk has given this process."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("read_bytes"))


def _compared(
    title: str, archive: Archive, files: list[Path], before: Callable[[list[Path]], None]
) -> None:
    mine, theirs, read = [], [], []
    size = sum(one.stat().st_size for one in files)
    for _ in range(_RUNS):
        before(files)
        theirs.append(seconds(lambda: _sums(files)))
        before(files)
        earlier = _from_disk()
        mine.append(seconds(lambda: _check(archive)))
        read.append((_from_disk() - earlier) / size)
    ours, rival = size / median(mine) / 1e6, size / median(theirs) / 1e6
    tell(
        f"{title}: full check {ours:.0f} MB/s, sha256sum {rival:.0f} MB/s,"
        f" ratio {ours / rival:.2f} (asked: {ASKED:.2f} at least);"
        f" the disk gave the check {median(read):.0%} of the objects' bytes"
    )


def main() -> None:
    """Print the figures."""
    with source_folder() as source, TemporaryDirectory(dir=source.parent) as place:
        folder = Path(place) / "evidence"
        create(folder, person="Bench", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
        with open_archive(folder, clock=system_clock, cost=_CHEAP) as archive:
            actor = archive.access.login("Bench", "pw-pw-pw")
            archive.intake.take_in(actor, source, case_number="1", progress=Progress())
            files = _objects(folder)
            _compared("cold", archive, files, _forget)
            _compared("warm", archive, files, _remember)


if __name__ == "__main__":
    main()
