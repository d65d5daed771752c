"""Stored values become HU or a signal: each plane by its own scale, never more than it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence as Items

from virtopsy.dicom.scan import scan
from virtopsy.errors import InputError
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

Change = Callable[[Dataset, int], None]
MR, PET = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.128"
SLICES, ROWS, COLUMNS = 5, 12, 10
SHAPE = (SLICES, ROWS, COLUMNS)


@pytest.fixture
def stack(tmp_path: Path, write_stack: Any) -> Callable[..., Path]:
    """Writes a stack of these stored values, one millimetre apart."""

    def write(stored: NDArray[Any], change: Change | None = None) -> Path:
        def all_of(ds: Dataset, k: int) -> None:
            kind = stored.dtype
            ds.BitsAllocated = ds.BitsStored = 8 * kind.itemsize
            ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(kind.kind == "i")
            content = stored[k].astype(kind.newbyteorder("<")).tobytes()
            ds.PixelData = content + b"\0" * (len(content) % 2)
            ds["PixelData"].VR = "OW"
            if change is not None:
                change(ds, k)

        blank = np.zeros(stored.shape, np.int16)
        write_stack(tmp_path, [(0, 0, k) for k in range(len(stored))], pixels=blank, change=all_of)
        return tmp_path

    return write


def noise(low: int, high: int, kind: str = "<u2") -> NDArray[Any]:
    return np.random.default_rng(5).integers(low, high + 1, SHAPE).astype(kind)


def scale(slope: float, intercept: float, stored: int = 16) -> Change:
    """A rescale for every plane, and the bits a scanner really uses."""

    def change(ds: Dataset, _: int) -> None:
        ds.RescaleSlope, ds.RescaleIntercept = slope, intercept
        ds.BitsStored, ds.HighBit = stored, stored - 1

    return change


# From stored values to HU ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["<u1", "<i1", "<u2", "<i2", "<i4"])
@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (1, -1024), (2, -1000), (-1, 40)])
def test_whole_scales_give_whole_values_for_every_type(
    stack: Any, load: Any, kind: str, slope: int, intercept: int
) -> None:
    limits = np.iinfo(np.dtype(kind))
    low, high = max(limits.min, -(10**6)), min(limits.max, 10**6)
    stored = noise(low, high, kind)
    stored[0, 0, :2] = low, high
    volume = load(stack(stored, scale(slope, intercept, 8 * stored.itemsize)))
    expected = stored.astype(np.int64) * slope + intercept
    np.testing.assert_array_equal(volume.voxels, expected)
    fits = expected.min() >= -(1 << 15) and expected.max() < 1 << 15
    assert volume.voxels.dtype == (np.int16 if fits else np.int32)
    assert volume.quantity is Quantity.HU


@pytest.mark.parametrize(("slope", "intercept"), [(0.1, -1000.5), (1.5, 0), (1 / 3, -1024)])
def test_fractional_scales_keep_their_fractions(
    stack: Any, load: Any, slope: float, intercept: float
) -> None:
    stored = noise(0, 4095)

    def change(ds: Dataset, _: int) -> None:
        ds.RescaleSlope, ds.RescaleIntercept = f"{slope:.10f}", f"{intercept}"

    volume = load(stack(stored, change))
    assert volume.voxels.dtype == np.float32
    np.testing.assert_allclose(volume.voxels, stored * slope + intercept, rtol=0, atol=1e-3)


def test_every_slice_has_a_scale_of_its_own(stack: Any, load: Any) -> None:
    stored = noise(0, 4000)

    def change(ds: Dataset, k: int) -> None:
        ds.RescaleSlope, ds.RescaleIntercept = k + 1, -1000 - k

    volume = load(stack(stored, change))
    for k, plane in enumerate(volume.voxels):
        np.testing.assert_array_equal(plane, stored[k].astype(int) * (k + 1) - 1000 - k)


def test_one_slice_beyond_sixteen_bits_widens_all(stack: Any, load: Any) -> None:
    stored = noise(0, 4000)
    stored[-1, 0, 0] = 65535
    volume = load(stack(stored))
    assert volume.voxels.dtype == np.int32
    np.testing.assert_array_equal(volume.voxels, stored.astype(int) - 24)


@settings(max_examples=25, deadline=None)
@given(stored=st.integers(8, 16), free=st.integers(0, 8), signed=st.booleans(), seed=st.integers())
def test_bits_outside_bits_stored_never_reach_a_value(  # noqa: PLR0913, PLR0917 -- drawn
    write_stack: Any,
    load: Any,
    tmp_path_factory: pytest.TempPathFactory,
    stored: int,
    free: int,
    signed: bool,
    seed: int,
) -> None:
    high = min(stored - 1 + free, 15)
    words = np.random.default_rng(abs(seed)).integers(0, 1 << 16, (ROWS, COLUMNS), dtype=np.uint16)

    def change(ds: Dataset, _: int) -> None:
        ds.BitsStored, ds.HighBit, ds.PixelRepresentation = stored, high, int(signed)
        ds.PixelData = words.astype("<u2").tobytes()

    folder = tmp_path_factory.mktemp("bits")
    write_stack(folder, [(0, 0, 0)], pixels=np.zeros((1, ROWS, COLUMNS)), change=change)
    expected = (words.astype(int) >> (high + 1 - stored)) & ((1 << stored) - 1)
    if signed:
        expected = np.where(expected >> (stored - 1), expected - (1 << stored), expected)
    np.testing.assert_array_equal(load(folder).voxels[0], expected - 24)


# Padding -----------------------------------------------------------------------------------


def padded(value: int, representation: str) -> Change:
    def change(ds: Dataset, _: int) -> None:
        ds.add_new(0x00280120, representation, value)
        ds.RescaleIntercept = -1024 if representation == "US" else 0

    return change


def test_dark_padding_stays_as_it_is_stored(stack: Any, load: Any) -> None:
    stored = noise(-1000, 1500, "<i2")
    stored[:, :3] = -2000
    np.testing.assert_array_equal(load(stack(stored, padded(-2000, "SS"))).voxels, stored)


@pytest.mark.parametrize(("kind", "value"), [("<i2", 32767), ("<u2", 65535), ("<u2", 4095)])
def test_bright_padding_is_no_metal_and_no_saturation(
    stack: Any, load: Any, kind: str, value: int
) -> None:
    stored = noise(100, 2000, kind)
    stored[:, :3] = value
    volume = load(stack(stored, padded(value, "SS" if kind == "<i2" else "US")))
    assert (volume.voxels[:, :3] == -1024).all()
    assert volume.voxels.dtype == np.int16
    assert volume.voxels.max() <= 2000
    assert "hu_saturated" not in volume.problems


# The end of the scale ----------------------------------------------------------------------


def with_metal(stored: NDArray[Any], value: int, count: int = 40) -> NDArray[Any]:
    """Put a fragment of `count` voxels of one value into the middle slice."""
    stored[SLICES // 2].ravel()[:count] = value
    return stored


@pytest.mark.parametrize(
    ("bits", "kind", "intercept", "top"),
    [
        (12, "<u2", -1024, 4095),
        (12, "<u2", -1000, 4095),
        (13, "<i2", -1024, 4095),
        (13, "<u2", -1024, 8191),
        (16, "<u2", -1024, 65535),
        (16, "<u2", -8192, 65535),
        (16, "<i2", 0, 32767),
        # 12 bits of the scanner in files of 16.
        (16, "<i2", 0, 3071),
        (16, "<i2", -1024, 4095),
    ],
)
def test_metal_at_the_largest_value_of_the_scale_is_saturated(  # noqa: PLR0913, PLR0917 -- a table
    stack: Any, load: Any, bits: int, kind: str, intercept: int, top: int
) -> None:
    stored = with_metal(noise(0, 2500, kind), top)
    volume = load(stack(stored, scale(1, intercept, bits)))
    assert volume.voxels.max() == top + intercept
    assert "hu_saturated" in volume.problems


def test_a_fractional_scale_can_be_saturated(stack: Any, load: Any) -> None:
    stored = with_metal(noise(0, 2500), 4095)
    assert "hu_saturated" in load(stack(stored, scale(0.83, -1024, 12))).problems


def test_one_slice_at_the_end_of_its_own_scale_is_saturated(stack: Any, load: Any) -> None:
    stored = with_metal(noise(0, 2500), 4095)

    def change(ds: Dataset, k: int) -> None:
        scale(1 if k == SLICES // 2 else 2, -1024, 12)(ds, k)

    assert "hu_saturated" in load(stack(stored, change)).problems


@pytest.mark.parametrize(
    ("bits", "intercept", "metal_hu"),
    [
        (12, -1024, 2850),  # enamel
        (12, -1024, 3070),  # one below the end
        (16, -8192, 20_000),  # steel, extended scale
        (16, -8192, 30_000),  # lead, extended scale
        (16, -1024, 25_000),
    ],
)
def test_what_does_not_reach_the_end_of_the_scale_is_not_saturated(
    stack: Any, load: Any, bits: int, intercept: int, metal_hu: int
) -> None:
    stored = with_metal(noise(0, 2500), metal_hu - intercept)
    volume = load(stack(stored, scale(1, intercept, bits)))
    assert volume.voxels.max() == metal_hu
    assert "hu_saturated" not in volume.problems


def test_a_few_bright_voxels_are_no_plateau(stack: Any, load: Any) -> None:
    stored = with_metal(noise(0, 2500), 4095, count=3)
    assert "hu_saturated" not in load(stack(stored, scale(1, -1024, 12))).problems


@pytest.mark.parametrize(("top", "ends_at"), [(4095, 3071), (4094, None)])
def test_one_voxel_tells_where_the_scale_ends(
    stack: Any, load: Any, top: int, ends_at: int | None
) -> None:
    stored = with_metal(noise(0, 2500), top, count=1)
    assert load(stack(stored, scale(1, -1024, 12))).ceiling_hu == ends_at


def test_the_scale_of_eight_bits_ends_in_bone_and_is_no_saturation(stack: Any, load: Any) -> None:
    assert "hu_saturated" not in load(stack(noise(255, 255, "<u1"))).problems


# What is HU --------------------------------------------------------------------------------


def unscaled(ds: Dataset) -> None:
    del ds.RescaleSlope, ds.RescaleIntercept


def as_mr(ds: Dataset, _: int) -> None:
    ds.SOPClassUID, ds.Modality = MR, "MR"


def as_pet(ds: Dataset, k: int) -> None:
    ds.SOPClassUID, ds.Modality, ds.Units = PET, "PT", "BQML"
    ds.RescaleSlope, ds.RescaleIntercept = 1.5 + k, 0


def as_derived_units(ds: Dataset, _: int) -> None:
    ds.RescaleType, ds.ImageType = "US", ["DERIVED", "SECONDARY"]


def as_density(ds: Dataset, _: int) -> None:
    ds.RescaleType = "OD"


def as_unscaled(ds: Dataset, _: int) -> None:
    unscaled(ds)


def one_unscaled(ds: Dataset, k: int) -> None:
    if k == 3:
        unscaled(ds)


def one_of_other_units(ds: Dataset, k: int) -> None:
    if k == 3:
        as_derived_units(ds, k)


@pytest.mark.parametrize(
    "change",
    [as_mr, as_pet, as_derived_units, as_density, as_unscaled, one_unscaled, one_of_other_units],
)
def test_what_is_not_wholly_hu_is_called_a_signal(stack: Any, load: Any, change: Change) -> None:
    volume = load(stack(with_metal(noise(0, 2000), 65535), change))
    assert volume.quantity is Quantity.SIGNAL
    assert "hu_saturated" not in volume.problems


@pytest.mark.parametrize("unit", ["", "HU", "US"])
def test_an_original_ct_is_in_hu(stack: Any, load: Any, unit: str) -> None:
    def change(ds: Dataset, _: int) -> None:
        if unit:
            ds.RescaleType = unit

    assert load(stack(noise(0, 2000), change)).quantity is Quantity.HU


def test_each_slice_of_a_pet_is_scaled_by_its_own_slope(stack: Any, load: Any) -> None:
    stored = noise(0, 4000)
    voxels = load(stack(stored, as_pet)).voxels
    for k, plane in enumerate(voxels):
        np.testing.assert_allclose(plane, stored[k] * (1.5 + k), rtol=1e-6)


# What is refused in words ------------------------------------------------------------------


def through_a_table(ds: Dataset, _: int) -> None:
    unscaled(ds)
    table = Dataset()
    table.add_new(0x00283002, "US", [4096, 0, 16])
    table.ModalityLUTType = "HU"
    table.add_new(0x00283006, "OW", np.arange(4096, dtype="<u2").tobytes())
    ds.ModalityLUTSequence = Items([table])


def through_a_table_without_length(ds: Dataset, k: int) -> None:
    through_a_table(ds, k)
    ds["ModalityLUTSequence"].is_undefined_length = True


def as_fractions(ds: Dataset, _: int) -> None:
    del ds.PixelData
    ds.BitsAllocated, ds.FloatPixelData = 32, np.ones((ROWS, COLUMNS), "<f4").tobytes()


def as_double_fractions(ds: Dataset, _: int) -> None:
    del ds.PixelData
    ds.BitsAllocated, ds.DoubleFloatPixelData = 64, np.ones((ROWS, COLUMNS), "<f8").tobytes()


def of_bits(count: int) -> Change:
    def change(ds: Dataset, _: int) -> None:
        ds.BitsAllocated = ds.BitsStored = count
        ds.HighBit, ds.PixelRepresentation = count - 1, 0
        size = (ROWS * COLUMNS * count + 7) // 8
        ds.PixelData = bytes(size + size % 2)

    return change


def more_bits_than_room(ds: Dataset, _: int) -> None:
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 20, 19


def frames_without_a_place(ds: Dataset, _: int) -> None:
    ds.NumberOfFrames = 3
    ds.PixelData = bytes(ds.PixelData) * 3


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (through_a_table, "undecodable", "Modality LUT"),
        (through_a_table_without_length, "undecodable", "Modality LUT"),
        (as_fractions, "undecodable", "Float Pixel Data"),
        (as_double_fractions, "undecodable", "Float Pixel Data"),
        (of_bits(1), "undecodable", "pixel format"),
        (of_bits(12), "undecodable", "pixel format"),
        (of_bits(24), "undecodable", "pixel format"),
        (more_bits_than_room, "undecodable", "pixel format"),
        (frames_without_a_place, "spacing_missing", "where in the body"),
    ],
)
def test_values_that_cannot_be_trusted_are_refused_in_words(  # noqa: PLR0913, PLR0917 -- a table
    stack: Any, load: Any, change: Change, code: str, words: str, tmp_path: Path
) -> None:
    stack(noise(0, 2000)[:1], change)
    (series,) = scan(tmp_path, Progress()).studies[0].series
    assert [problem.code for problem in series.problems] == [code]
    assert all(series.problems[0].sentence(language) for language in Language)
    with pytest.raises(InputError, match=words):
        load(tmp_path)


def test_the_real_heads_and_chest_are_in_hu_and_the_mr_is_not(shared_data: Path, load: Any) -> None:
    def quantity(folder: str) -> Quantity:
        volume: Volume = load(shared_data / folder)
        return volume.quantity

    assert quantity("ct_gunshot_00") is Quantity.HU
    assert quantity("ct_head_gantry_tilt_uneven") is Quantity.HU
    assert quantity("mr_t1_sagittal") is Quantity.SIGNAL


def test_a_real_chest_without_metal_is_not_saturated(shared_data: Path, load: Any) -> None:
    assert "hu_saturated" not in load(shared_data / "ct_chest_1mm_100").problems
