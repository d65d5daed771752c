"""One series number, several volumes: told apart by what the files say, never by a guess."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset

from virtopsy.dicom.scan import scan
from virtopsy.dicom.series import Series
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

MR = "1.2.840.10008.5.1.4.1.1.4"
PLANES = 8
ECHOES = 3
Change = Callable[[Dataset, int], None]


def _found(folder: Path) -> tuple[Series, ...]:
    (study,) = scan(folder, Progress()).studies
    return study.series


def _codes(series: Series) -> set[str]:
    return {problem.code for problem in series.problems}


def magnetic(numbers: list[int] | None = None, **tags: list[Any]) -> Change:
    """Make each file MR, with a number and tags of its own."""

    def change(ds: Dataset, n: int) -> None:
        ds.SOPClassUID, ds.Modality = MR, "MR"
        del ds.RescaleIntercept, ds.RescaleSlope
        ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "SE"]
        if numbers is not None:
            ds.InstanceNumber = numbers[n]
        for name, values in tags.items():
            if values[n] is not None:
                setattr(ds, name, values[n])

    return change


# The echoes of one place follow each other, as scanners send them; each file says in its pixels
# which echo it is (1000, 2000, 3000) and which place (0 to 7).
PLACE = [n // ECHOES for n in range(PLANES * ECHOES)]
ECHO = [n % ECHOES for n in range(PLANES * ECHOES)]
POSITIONS = [(0.0, 0.0, 4.0 * place) for place in PLACE]
PIXELS = np.stack([np.full((4, 5), 1000 * (e + 1) + p) for e, p in zip(ECHO, PLACE, strict=True)])
SIGNALS = [[1000 * (e + 1) + p for p in range(PLANES)] for e in range(ECHOES)]


def signals(folder: Path, load: Callable[..., Volume]) -> list[list[int]]:
    """The value of each plane of each volume, volumes in order of their first value."""
    volumes = [load(folder, series.key) for series in _found(folder)]
    return sorted([int(plane[0, 0]) for plane in volume.voxels] for volume in volumes)


@pytest.mark.parametrize(
    "change",
    [
        magnetic(EchoNumbers=[e + 1 for e in ECHO], EchoTime=[8.5 * (e + 1) for e in ECHO]),
        magnetic(EchoTime=[8.5 * (e + 1) for e in ECHO]),
        magnetic(EchoNumbers=[None if e == 0 else e + 1 for e in ECHO]),
        magnetic(),  # told by nothing but the number: place by place
        magnetic([PLANES * e + p + 1 for e, p in zip(ECHO, PLACE, strict=True)]),  # echo by echo
        magnetic([100 - 10 * p + 2 * e for e, p in zip(ECHO, PLACE, strict=True)]),
    ],
    ids=["number and time", "time", "first unnumbered", "by place", "by echo", "downwards"],
)
def test_the_echoes_of_one_series_are_volumes_of_their_own(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume], change: Change
) -> None:
    write_stack(tmp_path, POSITIONS, pixels=PIXELS, change=change)
    assert [_codes(series) for series in _found(tmp_path)] == [set()] * ECHOES
    assert [series.part for series in _found(tmp_path)] == [1, 2, 3]
    assert signals(tmp_path, load) == SIGNALS


def test_an_echo_with_a_missing_slice_is_still_told_apart(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume]
) -> None:
    left = [n for n in range(PLANES * ECHOES) if n not in {10, 13}]
    change = magnetic(EchoNumbers=[ECHO[n] + 1 for n in left])
    write_stack(tmp_path, [POSITIONS[n] for n in left], pixels=PIXELS[left], change=change)
    found = _found(tmp_path)
    assert len(found) == ECHOES
    assert sorted(map(sorted, map(_codes, found))) == [[], [], ["missing_slices"]]
    torn = next(series for series in found if series.problems)
    assert load(tmp_path, torn.key).gaps == (3, 4)


@pytest.mark.parametrize("seed", range(3))
def test_echoes_in_a_random_order_are_not_guessed(
    tmp_path: Path, write_stack: Any, seed: int
) -> None:
    numbers = np.random.default_rng(seed).permutation(len(POSITIONS)).tolist()
    write_stack(tmp_path, POSITIONS, pixels=PIXELS, change=magnetic(numbers))
    (series,) = _found(tmp_path)
    assert not series.volume
    assert _codes(series) == {"duplicate_position"}


def test_echoes_without_numbers_and_a_file_short_are_not_guessed(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path, POSITIONS[:-1], pixels=PIXELS[:-1], change=magnetic())
    assert not any(series.volume for series in _found(tmp_path))


def test_traits_that_differ_at_random_make_no_volumes(tmp_path: Path, write_stack: Any) -> None:
    """Many small sets without a plane twice can always be found; they are no scans."""
    chance = np.random.default_rng(5)
    change = magnetic(
        chance.permutation(len(POSITIONS)).tolist(),
        EchoTime=chance.integers(1, 6, len(POSITIONS)).tolist(),
        AcquisitionNumber=chance.integers(1, 6, len(POSITIONS)).tolist(),
    )
    write_stack(tmp_path, POSITIONS, pixels=PIXELS, change=change)
    (series,) = _found(tmp_path)
    assert _codes(series) == {"duplicate_position"}


def test_magnitude_and_phase_are_two_volumes(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, n: int) -> None:
        magnetic()(ds, n)
        ds.ImageType = ["ORIGINAL", "PRIMARY", "MP"[n % 2], "SE"]

    places = [(0.0, 0.0, 4.0 * (n // 2)) for n in range(2 * PLANES)]
    write_stack(tmp_path, places, change=change)
    assert [(one.frames, one.volume) for one in _found(tmp_path)] == [(PLANES, True)] * 2


def test_two_directions_taken_in_turn_are_two_volumes(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume]
) -> None:
    sagittal, coronal = (0, 1, 0, 0, 0, -1), (1, 0, 0, 0, 0, -1)

    def change(ds: Dataset, n: int) -> None:
        magnetic()(ds, n)
        ds.ImageOrientationPatient = list((sagittal, coronal)[n % 2])

    places = [(5.0 * (n // 2), 0, 0) if n % 2 == 0 else (0, 5.0 * (n // 2), 0) for n in range(12)]
    write_stack(tmp_path, places, change=change)
    found = _found(tmp_path)
    assert {one.orientation for one in found} == {"sagittal", "coronal"}
    assert all(one.volume and _codes(one) == {"mixed_orientation"} for one in found)
    for one in found:
        steps = np.diff([int(plane[0, 0]) for plane in load(tmp_path, one.key).voxels])
        assert (np.abs(steps) == 200).all(), "every second file, in order along its own normal"


@pytest.mark.parametrize(("thickness", "volume"), [(3.0, True), (None, False)])
def test_a_single_slice_is_a_volume_where_its_thickness_is_known(
    tmp_path: Path, write_stack: Any, thickness: float | None, volume: bool
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.SliceThickness = thickness

    write_stack(tmp_path, [(0, 0, 7.0)], change=change)
    (series,) = _found(tmp_path)
    assert series.volume is volume
    assert _codes(series) == {"too_few_slices"} | (set() if volume else {"spacing_missing"})
    assert not volume or series.spacing_mm == pytest.approx((0.7, 0.9, 3.0))


def test_one_echo_twice_byte_for_byte_is_one_volume(tmp_path: Path, write_stack: Any) -> None:
    for folder in ("a", "b"):
        write_stack(tmp_path / folder, POSITIONS[::ECHOES], change=magnetic())
    (series,) = _found(tmp_path)
    assert (series.volume, series.frames) == (True, PLANES)
    assert _codes(series) == {"duplicate_position"}


def heights(*runs: NDArray[np.float64]) -> list[tuple[float, float, float]]:
    """Positions one above the other."""
    return [(0.0, 0.0, float(z)) for z in np.concatenate(runs)]


@pytest.mark.parametrize("off", [0.5, 0.3])
@pytest.mark.parametrize("trait", ["kernel", "acquisition", "number"])
def test_volumes_pushed_into_each_other_are_two(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume], trait: str, off: float
) -> None:
    """Two reconstructions of touching slices, half a slice apart, fit one grid by chance."""

    def change(ds: Dataset, n: int) -> None:
        if trait == "kernel":
            ds.ConvolutionKernel = "B30f" if n < 10 else "B70f"
        if trait == "acquisition":
            ds.AcquisitionNumber = 1 if n < 10 else 2
        if trait != "number":
            ds.InstanceNumber = 0

    one = np.arange(10.0)
    write_stack(tmp_path, heights(one, one + off), change=change)
    assert [(s.frames, s.volume, _codes(s)) for s in _found(tmp_path)] == [(10, True, set())] * 2
    assert signals(tmp_path, load) == [
        [100 * n - 24 for n in run] for run in (range(10), range(10, 20))
    ]


def test_of_volumes_pushed_into_each_other_one_may_lack_a_slice(
    tmp_path: Path, write_stack: Any
) -> None:
    def change(ds: Dataset, n: int) -> None:
        ds.AcquisitionNumber = 1 if n < 10 else 2

    one = np.arange(10.0)
    write_stack(tmp_path, heights(one, np.delete(one, 4) + 0.5), change=change)
    assert [_codes(series) for series in _found(tmp_path)] == [set(), {"missing_slices"}]


@pytest.mark.parametrize("lost", [None, 1, 9])
def test_a_scan_taken_in_turns_is_one_volume_with_its_gap(
    tmp_path: Path, write_stack: Any, lost: int | None
) -> None:
    """First every second slice, then those between, as two acquisitions: the usual way of MR."""
    heights_mm = [place for n, place in enumerate(4.0 * np.arange(20)) if n != lost]

    def change(ds: Dataset, n: int) -> None:
        magnetic()(ds, n)
        turn, place = round(heights_mm[n] / 4) % 2, round(heights_mm[n] / 4) // 2
        ds.AcquisitionNumber, ds.InstanceNumber = 1 + turn, 1 + 10 * turn + place
        ds.SliceThickness = 3.5

    write_stack(tmp_path, heights(np.array(heights_mm)), change=change)
    (series,) = _found(tmp_path)
    assert _codes(series) == (set() if lost is None else {"missing_slices"})
    assert lost is None or series.problems[0].facts["numbers"] == str(lost + 1)


def test_two_kernels_one_above_the_other_are_two_volumes(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, n: int) -> None:
        ds.ConvolutionKernel = "B30f" if n < 10 else "B70f"

    write_stack(tmp_path, heights(np.arange(20.0)), change=change)
    assert [(one.frames, _codes(one)) for one in _found(tmp_path)] == [(10, set())] * 2


@pytest.mark.parametrize(("gap", "volumes"), [(3, 1), (40, 2)])
def test_a_short_gap_between_two_acquisitions_is_told(
    tmp_path: Path, write_stack: Any, gap: int, volumes: int
) -> None:
    def change(ds: Dataset, n: int) -> None:
        ds.AcquisitionNumber = 1 if n < 10 else 2

    one = np.arange(10.0)
    write_stack(tmp_path, heights(one, one + 10 + gap), change=change)
    told = [_codes(series) for series in _found(tmp_path)]
    assert told == ([{"missing_slices"}] if volumes == 1 else [set(), set()])


@pytest.mark.parametrize(
    "tags",
    [
        {"DiffusionBValue": [0.0, 500.0, 1000.0]},
        {"DiffusionGradientOrientation": [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]},
        {"InversionTime": [100, 300, 900]},
        {"FlipAngle": [5, 15, 30]},
        {"SequenceName": ["b0", "b500", "b1000"]},
        {"NominalPercentageOfCardiacPhase": [0.0, 30.0, 70.0]},
        {"SliceThickness": [1, 2, 5]},
        {"SeriesDescription": ["native", "arterial", "venous"]},
    ],
    ids=lambda tags: next(iter(tags)),
)
def test_what_scanners_vary_at_one_place_tells_volumes_apart(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume], tags: dict[str, list[Any]]
) -> None:
    numbers = np.random.default_rng(1).permutation(len(POSITIONS)).tolist()
    varied = {name: [values[e] for e in ECHO] for name, values in tags.items()}
    write_stack(tmp_path, POSITIONS, pixels=PIXELS, change=magnetic(numbers, **varied))
    assert signals(tmp_path, load) == SIGNALS


@pytest.mark.parametrize("same", [True, False])
def test_the_same_picture_under_another_identifier_is_used_once(
    tmp_path: Path, write_stack: Any, load: Callable[..., Volume], same: bool
) -> None:
    pixels = np.stack([np.full((4, 5), 10 * n) for n in (*range(10), 4)])
    pixels[-1, 0, 0] += not same
    write_stack(tmp_path, heights(np.arange(10.0), np.array([4.0])), pixels=pixels)
    (series,) = _found(tmp_path)
    assert _codes(series) == {"duplicate_position"}
    assert series.volume is same
    assert series.problems[0].variant == ("same_picture" if same else "")
    if same:
        assert load(tmp_path).voxels[:, 0, 0].tolist() == [10 * n - 24 for n in range(10)]
