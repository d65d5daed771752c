"""Files a second of a folder scan, and against pydicom reading the same headers.

Run as `python -m tests.bench.scan [FOLDER]`. Without FOLDER: 4,000 CT files with the headers of a
scanner (160 elements) whose 512 x 512 pixels are holes. Every scan runs in a process of its own
with the files in the system's cache; the clock starts with the path, as that of `virtopsy load`,
when interpreter and workers stand ready. The time of the whole command is told beside it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.stacks import scratch, write_hollow
from tests.bench.timing import seconds, tell

_FILES = 4000
_ASKED = 2500
_RUNS = 7
_OURS = """
import sys, time
from pathlib import Path
from virtopsy import confined
from virtopsy.dicom.scan import scan
from virtopsy.jobs import Progress
confined.warm()
begun = time.perf_counter()
found = scan(Path(sys.argv[1]), Progress())
spent = time.perf_counter() - begun
assert sum(series.files for study in found.studies for series in study.series) == found.files
print(found.files, spent)
"""
_THEIRS = """
import sys, time
from pathlib import Path
from pydicom import dcmread
begun = time.perf_counter()
found = [dcmread(path, stop_before_pixels=True) for path in Path(sys.argv[1]).rglob("*")]
print(len({one.SOPInstanceUID for one in found}), time.perf_counter() - begun)
"""


def files_a_second(code: str, folder: Path) -> float:
    """Run one scan in a fresh interpreter."""
    command = [sys.executable, "-c", code, str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    files, spent = said.split()
    return int(files) / float(spent)


def command_s(folder: Path) -> float:
    """Seconds of `virtopsy scan --json`, interpreter and all."""
    command = [sys.executable, "-m", "main", "scan", str(folder), "--json"]
    return seconds(lambda: subprocess.run(command, check=True, capture_output=True))


def compare(folder: Path) -> None:
    """Print the medians of scans in turn."""
    files_a_second(_OURS, folder)
    runs = [
        (files_a_second(_OURS, folder), files_a_second(_THEIRS, folder), command_s(folder))
        for _ in range(_RUNS)
    ]
    mine, theirs, whole = (statistics.median(one) for one in zip(*runs, strict=True))
    tell(
        f"scan: {mine:,.0f} files a second (asked: {_ASKED:,} at least), pydicom {theirs:,.0f},"
        f" {mine / theirs:.1f} times as many; the whole command {whole:.2f} s, medians of {_RUNS}"
    )


def main() -> None:
    """Scan the folder given, or one made for it."""
    if len(sys.argv) > 1:
        compare(Path(sys.argv[1]))
        return
    with scratch() as folder:
        write_hollow(folder, _FILES)
        compare(folder)


if __name__ == "__main__":
    main()
