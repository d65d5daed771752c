"""A ray leaves a block of voxels ahead of itself, whichever way it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.render import march

_ROOT = Path(__file__).resolve().parents[3]


@settings(deadline=None)  # the loops are compiled at the first call
@given(
    place=st.floats(0, 3.75, width=32),
    block=st.integers(0, 200),
    slope=st.floats(-2, 2, width=32).filter(lambda u: abs(u) > 1e-3),
)
def test_the_way_out_of_a_block_leads_ahead_to_its_face(
    place: float, block: int, slope: float
) -> None:
    at = np.float32(block * march.BLOCK + place)
    out = march.way_out(at, block, np.float32(1 / slope))
    assert out >= -1e-3
    assert at + out * slope == pytest.approx((block + (slope > 0)) * march.BLOCK, abs=1e-2)


@settings(deadline=None)  # the loops are compiled at the first call
@given(place=st.floats(0, 3.75, width=32), block=st.integers(0, 200))
def test_a_ray_across_an_axis_never_leaves_by_it(place: float, block: int) -> None:
    """Else it would creep through all empty space: parallel pictures took half a minute."""
    at = np.float32(block * march.BLOCK + place)
    assert march.way_out(at, block, np.float32(1e9)) > 1e6


@pytest.mark.parametrize("home", ["", "/proc/nope"])
def test_a_program_that_may_keep_nothing_still_draws(tmp_path: Path, home: str) -> None:
    """Installed by an administrator, run by a clerk whose home is full or not there."""
    copy = tmp_path / "viewer"
    shutil.copytree(_ROOT / "viewer", copy, ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "import virtopsy.compiled as c, numpy as np\n"
        "from numba.core import caching\n"
        "def full(*_): raise OSError(28, 'No space left on device')\n"
        "caching.IndexDataCacheFile.save = full\n"
        "from viewer.render.warm import warm\n"
        "warm()\n"
    )
    surroundings = os.environ | {"PYTHONPATH": f"{tmp_path}:{_ROOT}", "HOME": home or str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=surroundings,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
