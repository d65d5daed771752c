"""What SimpleITK and dcm2niix read right, we read the same: value by value, and in its place.

Where a rival reads wrong or not at all, it says so below with the reason, and what can still be
compared is compared plane by plane. A reason that no longer holds fails its own test, so that
nothing stays left out by habit.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813 -- its own documentation's name
from numpy.typing import NDArray
from pydicom import dcmread

from virtopsy.dicom.assemble import assemble
from virtopsy.dicom.scan import scan
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

MM = 1e-3
# Fractional slopes: they multiply in double and in single precision, we in single.
RELATIVE = 4e-7
LPS_OF_RAS = np.diag((-1.0, -1.0, 1.0, 1.0))
LOSSLESS = ("UNC", "RLE", "JPLL", "JLSL", "J2KR")
HEADS = tuple(f"ct_gunshot_{number:02d}" for number in range(3))


@dataclass(frozen=True, eq=False)
class Grid:
    """Values [k, j, i] and the affine from (i, j, k, 1) to LPS mm."""

    voxels: NDArray[Any]
    affine: NDArray[np.float64]


def volumes_in(path: Path) -> list[Volume]:
    """Every volume of a folder or file."""
    found = scan(path, Progress())
    return [
        assemble(series, study, Progress())
        for study in found.studies
        for series in study.series
        if series.volume
    ]


@lru_cache(maxsize=2)
def only(path: Path) -> Grid:
    (volume,) = volumes_in(path)
    return grid_of(volume)


def grid_of(volume: Volume) -> Grid:
    return Grid(volume.voxels, volume.frame.affine)


def by_simpleitk(path: Path) -> Grid:
    """A file, or the series of a folder as it lists it."""
    series = sitk.ImageSeriesReader.GetGDCMSeriesFileNames
    image = sitk.ReadImage(series(str(path)) if path.is_dir() else str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return Grid(sitk.GetArrayFromImage(image), affine)


class Niix:
    """dcm2niix without its sidecars; as many images as it cares to write."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder

    def __call__(self, path: Path) -> list[Grid]:
        """All images it writes of a folder or of one file, with values as HU or display units."""
        return [read_nifti(image) for image in self.images(path)]

    def images(self, path: Path) -> list[Path]:
        out = self._folder / f"{len(list(self._folder.iterdir()))}"
        out.mkdir()
        alone = ["-s", "y"] if path.is_file() else []
        command = [
            self._program,
            "-b",
            "n",
            "-z",
            "n",
            "-p",
            "n",
            *alone,
            "-o",
            str(out),
            str(path),
        ]
        subprocess.run(command, check=False, capture_output=True, timeout=60)
        return sorted(out.glob("*.nii"))


def read_nifti(path: Path) -> Grid:
    """Return a NIfTI image in LPS: its own header speaks RAS and counts rows from below."""
    content = path.read_bytes()
    shape = np.frombuffer(content, "<i2", 8, 40)
    kind = {4: "<i2", 16: "<f4", 512: "<u2"}[int(np.frombuffer(content, "<i2", 1, 70)[0])]
    start, slope, shift = np.frombuffer(content, "<f4", 3, 108).astype(float)
    begin = int(start)
    depth = int(shape[3]) if shape[0] >= 3 else 1
    stored = np.frombuffer(content, kind, depth * int(shape[2]) * int(shape[1]), begin)
    voxels = stored.reshape(depth, int(shape[2]), int(shape[1]))
    if (slope, shift) not in {(0.0, 0.0), (1.0, 0.0)}:
        voxels = voxels * slope + shift
    ras = np.vstack((np.frombuffer(content, "<f4", 12, 280).reshape(3, 4), (0, 0, 0, 1)))
    return Grid(voxels, LPS_OF_RAS @ ras)


@pytest.fixture(scope="module")
def niix(tmp_path_factory: pytest.TempPathFactory) -> Niix:
    program = shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not here: apt-get install dcm2niix")
    return Niix(program, tmp_path_factory.mktemp("niix"))


@pytest.fixture(autouse=True)
def _quiet_simpleitk() -> Iterator[None]:
    """Its remarks about odd headers go to stderr; they are not what is tested."""
    shown = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    yield
    sitk.ProcessObject.SetGlobalWarningDisplay(shown)


def turned(theirs: Grid, ours: Grid) -> Grid:
    """Return their grid with its axes flipped to run as ours do; they must be the same axes."""
    step = np.linalg.inv(ours.affine) @ theirs.affine
    signs = np.sign(np.diag(step)[:3]).astype(int)
    voxels, affine = theirs.voxels, theirs.affine.copy()
    for axis in np.flatnonzero(signs < 0):
        voxels = np.flip(voxels, 2 - axis)
        affine[:3, 3] += affine[:3, axis] * (theirs.voxels.shape[2 - axis] - 1)
        affine[:3, axis] *= -1
    return Grid(voxels, affine)


def assert_same(ours: Grid, theirs: Grid) -> None:
    """Hold values and every corner of the grid against each other."""
    theirs = turned(theirs, ours)
    assert_same_values(ours, theirs)
    assert_same_corners(ours, theirs, ours.voxels.shape)


def assert_same_plane(ours: Grid, theirs: Grid) -> None:
    """The same for one plane: how thick it is, each tells in its own way."""
    theirs = turned(theirs, ours)
    assert_same_values(ours, theirs)
    assert_same_corners(ours, theirs, (1, *ours.voxels.shape[1:]))


def assert_same_values(ours: Grid, theirs: Grid) -> None:
    if np.issubdtype(ours.voxels.dtype, np.integer):
        assert np.array_equal(ours.voxels, theirs.voxels)
        return
    scale = float(np.abs(theirs.voxels).max())
    np.testing.assert_allclose(ours.voxels, theirs.voxels, rtol=0, atol=RELATIVE * scale)


def assert_same_corners(ours: Grid, theirs: Grid, shape: Sequence[int]) -> None:
    ends = [np.array((0, count - 1)) for count in reversed(shape)]
    corners = np.stack([*np.meshgrid(*ends), np.ones((2, 2, 2))]).reshape(4, -1)
    np.testing.assert_allclose(ours.affine @ corners, theirs.affine @ corners, rtol=0, atol=MM)


# Series both read right --------------------------------------------------------------------


@pytest.mark.parametrize(
    "folder", ["ct_chest_1mm_100", "mr_t1_sagittal", *(f"{head}/dicom" for head in HEADS)]
)
def test_a_series_is_the_one_simpleitk_reads(shared_data: Path, folder: str) -> None:
    ours = only(shared_data / folder)
    assert ours.voxels.dtype == np.int16
    assert_same(ours, by_simpleitk(shared_data / folder))


@pytest.mark.parametrize("folder", ["ct_chest_1mm_100", "mr_t1_sagittal"])
def test_a_series_is_the_one_dcm2niix_reads(shared_data: Path, folder: str, niix: Niix) -> None:
    (theirs,) = niix(shared_data / folder)
    assert_same(only(shared_data / folder), theirs)


def test_two_orientations_under_one_uid_come_apart_as_dcm2niix_takes_them(
    shared_data: Path, niix: Niix
) -> None:
    folder = shared_data / "geometry_traps_noise_pixels" / "sliceorientation"
    ours = sorted(map(grid_of, volumes_in(folder)), key=_normal)
    theirs = sorted(niix(folder), key=_normal)
    assert len(ours) == len(theirs) == 2
    for mine, rival in zip(ours, theirs, strict=True):
        assert_same(mine, rival)


def _normal(grid: Grid) -> int:
    return int(np.abs(grid.affine[:3, 2]).argmax())


# Multi-frame objects -----------------------------------------------------------------------


def test_both_volumes_of_a_philips_file_are_those_of_dcm2niix(
    shared_data: Path, niix: Niix
) -> None:
    path = shared_data / "enhanced_multiframe" / "IM_0027_fMAP.dcm"
    ours = sorted(map(grid_of, volumes_in(path)), key=_lowest)
    theirs = sorted(niix(path), key=_lowest)
    assert len(ours) == len(theirs) == 2
    for mine, rival in zip(ours, theirs, strict=True):
        assert_same(mine, rival)


def _lowest(grid: Grid) -> float:
    return float(grid.voxels.min())


def test_the_first_volume_of_a_philips_file_is_that_of_simpleitk(shared_data: Path) -> None:
    path = shared_data / "enhanced_multiframe" / "IM_0027_fMAP.dcm"
    theirs = by_simpleitk(path)
    first = max(map(grid_of, volumes_in(path)), key=_lowest)
    assert_same(first, Grid(theirs.voxels[:32], theirs.affine))


def test_the_frames_of_an_enhanced_ct_are_those_of_both(shared_data: Path, niix: Niix) -> None:
    path = shared_data / "enhanced_multiframe" / "eCT_Supplemental.dcm"
    (theirs,) = niix(path)
    assert_same(only(path), theirs)
    assert_same(only(path), by_simpleitk(path))


# One image, many encodings -----------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [f"{name}_{way}" for name in ("CT1", "CT2") for way in (*LOSSLESS, "JLSN", "J2KI")]
    + [f"MR4_{way}" for way in ("UNC", "JLSL", "J2KI", "JPLY")],
)
def test_a_compressed_image_is_the_one_simpleitk_decodes(shared_data: Path, name: str) -> None:
    path = shared_data / "compressed_same_image" / name
    assert_same_plane(only(path), by_simpleitk(path))


@pytest.mark.parametrize(
    "name",
    [f"{name}_{way}" for name in ("CT1", "CT2") for way in ("UNC", "RLE", "J2KI")]
    + ["MR4_UNC", "MR4_J2KI"],
)
def test_a_compressed_image_is_the_one_dcm2niix_decodes(
    shared_data: Path, name: str, niix: Niix
) -> None:
    path = shared_data / "compressed_same_image" / name
    (theirs,) = niix(path)
    assert_same_plane(only(path), theirs)


# Left out, and why; what can be compared all the same --------------------------------------


def _disagrees(ours: Grid, theirs: Grid) -> bool:
    try:
        assert_same(ours, theirs)
    except AssertionError:
        return True
    return False


@dataclass(frozen=True)
class LeftOut:
    """A file a rival reads wrong or not at all.

    Attributes:
        holds: tells, from the rival's images and ours, whether the reason still holds.
    """

    path: str
    why: str
    holds: Callable[[list[Grid], list[Grid]], bool]


def _nothing(theirs: list[Grid], ours: list[Grid]) -> bool:
    """It writes no image, or one of a single voxel."""
    return bool(ours) and all(one.voxels.size == 1 for one in theirs)


def _last_plane(grid: Grid) -> NDArray[np.float64]:
    """Return the centre of the first pixel of the last plane, LPS mm."""
    return np.asarray(grid.affine @ (0, 0, len(grid.voxels) - 1, 1))[:3]


HIGHEST_OF_THE_HEAD = (-125.0, -123.5404569, 157.7760586)  # as its file says, LPS mm
BY_SIMPLEITK = (
    LeftOut(
        "enhanced_multiframe/IM_0027_fMAP.dcm",
        "it rescales all 64 frames as the first one and stacks two volumes into one",
        lambda theirs, ours: (
            len(theirs[0].voxels) == 64
            and not np.isclose(ours[1].voxels.min(), theirs[0].voxels[32:].min(), atol=1)
        ),
    ),
    LeftOut(
        "ct_head_gantry_tilt_uneven",
        "it stacks the sheared planes straight: the last lies 48 mm off its own header",
        lambda theirs, _: _last_plane(theirs[0])[1] > 45 + HIGHEST_OF_THE_HEAD[1],
    ),
    LeftOut(
        "geometry_traps_noise_pixels/sliceorientation",
        "it takes one of two orientations under one UID for the series",
        lambda theirs, ours: len(theirs) == 1 and len(ours) == 2,
    ),
)
BY_DCM2NIIX = (
    *(LeftOut(f"{head}/dicom", "it has no JPEG-LS decoder", _nothing) for head in HEADS[:1]),
    *(
        LeftOut(f"compressed_same_image/{name}", why, _nothing)
        for why, names in {
            "it has no JPEG-LS decoder": ("CT1_JLSL", "CT1_JLSN", "CT2_JLSL", "CT2_JLSN"),
            "it refuses an image of several fragments": ("CT1_JPLL", "CT2_JPLL", "CT1_J2KR"),
            "it has no decoder of 12-bit JPEG Extended": ("MR4_JPLY",),
        }.items()
        for name in names
    ),
    LeftOut(
        "ct_head_gantry_tilt_uneven",
        "uncorrected it calls every step 4 mm; its own correction resamples each plane",
        lambda theirs, ours: all(_disagrees(ours[0], one) for one in theirs),
    ),
)


@pytest.mark.parametrize("case", BY_SIMPLEITK, ids=lambda case: case.path)
def test_what_simpleitk_reads_wrong_is_left_out_for_a_reason(
    shared_data: Path, case: LeftOut
) -> None:
    path = shared_data / case.path
    assert case.holds([by_simpleitk(path)], _ours(path)), f"no longer true: {case.why}"


@pytest.mark.parametrize("case", BY_DCM2NIIX, ids=lambda case: case.path)
def test_what_dcm2niix_reads_wrong_is_left_out_for_a_reason(
    shared_data: Path, case: LeftOut, niix: Niix
) -> None:
    path = shared_data / case.path
    assert case.holds(niix(path), _ours(path)), f"no longer true: {case.why}"


def _ours(path: Path) -> list[Grid]:
    return [grid_of(volume) for volume in volumes_in(path)]


def test_each_plane_of_a_tilted_head_lies_where_simpleitk_puts_it(shared_data: Path) -> None:
    for path in sorted((shared_data / "ct_head_gantry_tilt_uneven").iterdir())[::9]:
        assert_same_plane(only(path), by_simpleitk(path))


def test_each_plane_of_a_tilted_head_holds_what_dcm2niix_reads(
    shared_data: Path, niix: Niix
) -> None:
    folder = shared_data / "ct_head_gantry_tilt_uneven"
    uncorrected = min(
        (read_nifti(one) for one in niix.images(folder)), key=lambda one: one.voxels.size
    )
    paths = sorted(folder.iterdir(), key=_height_mm)
    assert len(uncorrected.voxels) == len(paths)
    for path, theirs in list(zip(paths, uncorrected.voxels, strict=True))[::9]:
        np.testing.assert_array_equal(only(path).voxels[0], theirs[::-1])


def _height_mm(path: Path) -> float:
    return float(dcmread(path, stop_before_pixels=True).ImagePositionPatient[2])
