"""A series from its path to HU in memory, against SimpleITK and dcm2niix in the same run.

Run as `python -m tests.bench.load [FOLDER]`. Without FOLDER: the chest CT of the test data, the
same in JPEG Lossless, a head in JPEG-LS; a synthetic body where there are no data.

dcm2niix is a program that must write. Its time here is that of the whole program, writing
without compression into memory (/dev/shm), less the time it takes to start (it prints its
version) and less the time that writing as many bytes there takes. Nothing is taken from ours but
the start of interpreter and workers, which stand ready as in the window.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813 -- its own documentation's name

from tests.bench.stacks import scratch, shared_data, write, write_lossless_jpeg
from tests.bench.timing import against, medians_s, tell
from virtopsy import confined
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

_RUNS = 9
_MEMORY = Path("/dev/shm")  # noqa: S108 -- a file system without a disk is what is wanted
_SLICES = 168


def ours(folder: Path) -> Volume:
    """From the path to HU in memory."""
    found = scan(folder, Progress())
    series = choose(found, None)
    return assemble(series, study_of(found, series), Progress())


def by_simpleitk(folder: Path) -> Any:
    """The same by SimpleITK: listing, then reading, with all its threads."""
    return sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder)))


def by_dcm2niix(folder: Path, out: Path) -> None:
    """The same by dcm2niix, written into `out`, which is emptied first."""
    for old in out.iterdir():
        old.unlink()
    command = ["dcm2niix", "-b", "n", "-z", "n", "-f", "v", "-o", str(out), str(folder)]
    subprocess.run(command, check=True, capture_output=True)


def started() -> None:
    """dcm2niix that does nothing; it leaves with the exit status of a request for help."""
    subprocess.run(["dcm2niix", "--version"], check=False, capture_output=True)


def written(content: bytes, out: Path) -> None:
    """Write as many bytes as dcm2niix does, where it does."""
    out.unlink(missing_ok=True)
    out.write_bytes(content)


def compare(folder: Path, title: str, asked: float | None) -> None:
    """Compare with SimpleITK, after making sure that both read the same."""
    volume, image = ours(folder), by_simpleitk(folder)
    if not np.array_equal(volume.voxels, sitk.GetArrayViewFromImage(image)):
        raise SystemExit(f"{title}: the two do not read the same values")
    del volume, image
    mine, theirs = medians_s([partial(ours, folder), partial(by_simpleitk, folder)], _RUNS)
    against(title, mine, "SimpleITK", theirs, asked)


def compare_niix(folder: Path, title: str) -> None:
    """Compare with dcm2niix without its start and its writing."""
    if shutil.which("dcm2niix") is None:
        tell(f"{title}: dcm2niix is not here (apt-get install dcm2niix)")
        return
    with TemporaryDirectory(dir=_MEMORY) as memory:
        out, copy = Path(memory, "out"), Path(memory, "copy")
        out.mkdir()
        by_dcm2niix(folder, out)
        content = next(out.glob("*.nii")).read_bytes()
        acts: list[Callable[[], object]] = [
            partial(ours, folder),
            partial(by_dcm2niix, folder, out),
            started,
            partial(written, content, copy),
        ]
        mine, whole, start, writing = medians_s(acts, _RUNS)
    tell(f"  dcm2niix {whole:.3f} s, of it start {start:.3f} s, writing {writing:.3f} s")
    against(title, mine, "dcm2niix", whole - start - writing, 1.0)


def main() -> None:
    """Compare on the folder given, or on all kinds of series."""
    confined.warm()
    if len(sys.argv) > 1:
        compare(Path(sys.argv[1]), sys.argv[1], 0.5)
        return
    data = shared_data()
    with scratch() as folder:
        plain = data / "ct_chest_1mm_100" if data else folder / "plain"
        if data is None:
            write(plain, 100)
        compare(plain, "plain CT, 100 slices", 0.5)
        compare_niix(plain, "plain CT, 100 slices")
        lossless = folder / "lossless"
        write_lossless_jpeg(lossless, _SLICES)
        compare(lossless, f"JPEG Lossless CT, {_SLICES} slices", 0.6)
        compare_niix(lossless, f"JPEG Lossless CT, {_SLICES} slices")
        if data:
            compare(data / "ct_gunshot_00" / "dicom", "JPEG-LS head, 108 slices", None)


if __name__ == "__main__":
    main()
