"""The chest that the benches of slices and 3D show: real, and as long as a trunk."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from tests.bench.timing import tell
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

SLICES = 432
_ROOT = Path(__file__).resolve().parents[2]
_DATA = Path(os.environ.get("VIRTOPSY_DATA", _ROOT.parent / "shared" / "data"))


def repeated_chest() -> Volume | None:
    """Return 432 slices of 512 x 512 voxels, a real chest one above the other; None without it."""
    folder = _DATA / "ct_chest_1mm_100"
    if not folder.is_dir():
        tell(f"not measured: no chest at {folder}")
        return None
    found = scan(folder, Progress())
    series = choose(found, None)
    once = assemble(series, study_of(found, series), Progress())
    times = -(-SLICES // len(once.voxels))
    voxels = np.concatenate([once.voxels] * times)[:SLICES].copy()
    return Volume(voxels, Frame(once.frame.affine, voxels.shape), once.quantity, once.identity)
