"""Peak memory of opening 2,000 slices (1 GB of voxels) by `virtopsy load`, over the voxels.

Run as `python -m tests.bench.memory [SLICES]`. What all processes of the command have in memory
is summed every 20 ms: their proportional set size, in which memory that several share counts
once. Files are made for it, their pixels are holes: they fill voxels and take no disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.stacks import SIDE, scratch, write_hollow
from tests.bench.timing import tell

_SLICES = 2000
_EVERY_S = 0.02
_SHARE = 1.3
_MORE_MB = 350.0


def family_of(process: int) -> set[int]:
    """Return a process and all that came of it, by who started whom."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it has ended meanwhile
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, grown = {process}, True
    while grown:
        children = {one for one, parent in parents.items() if parent in found} - found
        grown = bool(children)
        found |= children
    return found


def memory_mb(processes: set[int]) -> float:
    """Return their proportional set size together."""
    kilobytes = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended meanwhile
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1000


def peak_of(folder: Path) -> tuple[float, dict[str, object]]:
    """Return the peak in MB while the command loads a folder, and what it says."""
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "main", "load", str(folder), "--json"]
    with (folder.parent / "said").open("w+") as said:
        process = subprocess.Popen(command, stdout=said, env=environment)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, memory_mb(family_of(process.pid)))
            time.sleep(_EVERY_S)
        if process.returncode:
            raise SystemExit(f"virtopsy load ended with {process.returncode}")
        said.seek(0)
        facts: dict[str, object] = json.load(said)
    return peak, facts


def main() -> None:
    """Measure with as many slices as are asked for."""
    slices = int(sys.argv[1]) if len(sys.argv) > 1 else _SLICES
    with scratch() as folder:
        write_hollow(folder / "stack", slices)
        peak, facts = peak_of(folder / "stack")
    voxels = 2 * slices * SIDE * SIDE / 1e6
    if facts["shape"] != [slices, SIDE, SIDE]:
        raise SystemExit(f"not the stack that was written: {facts['shape']}")
    asked = _SHARE * voxels + _MORE_MB
    tell(
        f"memory: {slices} slices, {voxels:.0f} MB of voxels: peak {peak:.0f} MB of all processes,"
        f" {peak / asked:.2f} of what was asked ({_SHARE} x voxels + {_MORE_MB:.0f} MB ="
        f" {asked:.0f} MB); {facts['seconds']:.2f} s"
    )


if __name__ == "__main__":
    main()
