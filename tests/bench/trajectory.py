"""How true refined tracks are: two clicks 5 mm off, against truth that is known exactly.

Run as `python -m tests.bench.trajectory [CASES [FIRST_SEED]]`. Constructed skulls first, one draw
each, every case another one (`tests/shot_skull.py`); the seeds here are not those the stated
uncertainty was calibrated on. Then the gunshot heads of the test data, many clicks each.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.load import ours
from tests.bench.stacks import shared_data
from tests.bench.timing import tell
from tests.shot_skull import shot
from tests.shot_truth import Judged, judged
from virtopsy import confined
from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.refine import refine, refine_lodged

_CASES, _FIRST_SEED = 240, 5000
_CLICKS = 25
_OFF_MM = 5.0
_WORKERS = 2
_TOLD_EVERY = 80
_MAIN = ("direction", "entry", "exit", "azimuth", "elevation")

_HEAD = (
    "                    n   direction, deg  entry, mm     cone   the stated 95% holds, %\n"
    "                        med.   90%    med.   90%    95%   "
    + "  ".join(f"{name[:5]:>5s}" for name in _MAIN)
)


def one(seed: int) -> tuple[tuple[str, ...], Judged | str, float]:
    """Refine one constructed case; a refusal is told by its key."""
    case = shot(seed)
    clicks = case.clicks(np.random.default_rng((seed, 1)), _OFF_MM)
    begun = time.perf_counter()
    try:
        found = refine(case.volume, clicks, 0)
    except InputError as refused:
        return case.groups, refused.key, time.perf_counter() - begun
    spent = time.perf_counter() - begun
    return case.groups, judged(found, case.entry_mm, case.exit_mm, case.direction), spent


def table(title: str, rows: Sequence[Judged]) -> None:
    """Print medians, 90th percentiles and what share of the stated 95% holds the truth."""
    if not rows:
        return
    angle, entry = ([getattr(row, name) for row in rows] for name in ("direction_deg", "entry_mm"))
    held = "  ".join(f"{100 * np.mean([row.held[name] for row in rows]):5.1f}" for name in _MAIN)
    tell(
        f"{title:16s} {len(rows):4d}   {np.median(angle):5.2f} {np.percentile(angle, 90):5.2f}"
        f"   {np.median(entry):5.2f} {np.percentile(entry, 90):5.2f}"
        f"   {np.median([row.cone_deg for row in rows]):5.2f}   {held}"
    )


def constructed(cases: int, first: int) -> None:
    """Print the table of constructed cases, all and by what is special about them."""
    rows: list[tuple[tuple[str, ...], Judged]] = []
    refused: list[str] = []
    tell(f"{cases} constructed cases, clicks {_OFF_MM:.0f} mm off, seeds from {first}")
    tell(_HEAD)
    with multiprocessing.get_context("spawn").Pool(_WORKERS) as pool:
        found = pool.imap(one, range(first, first + cases), chunksize=2)
        for done, (groups, row, _) in enumerate(found, 1):
            if isinstance(row, str):
                refused.append(row)
            else:
                rows.append((groups, row))
            if done % _TOLD_EVERY == 0 and done < cases:
                table(f"first {done}", [row for _, row in rows])
    table("all", [row for _, row in rows])
    for name in sorted({name for groups, _ in rows for name in groups}):
        table(name, [row for groups, row in rows if name in groups])
    tell("asked                   1.00  2.00    1.50                 90 to 99 each")
    tell(f"refused: {len(refused)} {sorted(set(refused))}")


def _off(point: Sequence[float], random: np.random.Generator) -> tuple[float, float, float]:
    away: Floats = random.normal(size=3)
    x, y, z = (np.asarray(point) + _OFF_MM * away / np.linalg.norm(away)).tolist()
    return x, y, z


def gunshots(folders: Iterable[Path]) -> None:
    """Print how true the gunshot heads' tracks are, over many clicks, and the seconds each."""
    for folder in folders:
        truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
        volume = ours(folder / "dicom")
        random = np.random.default_rng(7)
        rows, entries, spent = [], [], []
        for _ in range(_CLICKS):
            entry, other = truth["entry_mm"], truth["exit_mm"] or truth["bullet_mm"]
            clicks = (_off(entry, random), _off(other, random))
            begun = time.perf_counter()
            if truth["exit_mm"] is None:
                found = refine_lodged(volume, clicks[0], (other[0], other[1], other[2]))
                entries.append(float(np.linalg.norm(np.subtract(found.ends[0], entry))))
            else:
                found = refine(volume, clicks, 0)
                rows.append(judged(found, entry, other, truth["direction"]))
            spent.append(time.perf_counter() - begun)
        table(folder.name, rows)
        if entries:
            tell(
                f"{folder.name}: lodged, entry {np.median(entries):.2f} mm median,"
                f" {np.percentile(entries, 90):.2f} at 90% (asked: 1.50 median)"
            )
        tell(f"  both ends in {np.median(spent):.2f} s (asked: 1.00 s at most on two quiet cores)")


def main() -> None:
    """Measure on constructed cases, then on the gunshot heads where they are."""
    confined.warm()
    cases, first = (*map(int, sys.argv[1:]), *(_CASES, _FIRST_SEED)[len(sys.argv) - 1 :])
    data = shared_data()
    if data is not None:
        tell(_HEAD)
        gunshots(sorted(data.glob("ct_gunshot_*")))
    constructed(cases, first)


if __name__ == "__main__":
    main()
