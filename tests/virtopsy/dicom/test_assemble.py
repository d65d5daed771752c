"""A series becomes a volume: right values, right place, or a refusal in words."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread, dcmwrite
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from virtopsy.dicom.assemble import Watch, assemble, choose, frame_of, problems_of, study_of
from virtopsy.dicom.scan import scan
from virtopsy.errors import Bug, Cancelled, InputError, UsageError
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

Load = Callable[..., Volume]
UPRIGHT = [(-10.0, 5.0, 20.0 + 2 * k) for k in range(6)]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("ct_localizer_and_secondary/localizer_S1000_I10", "localizer"),
        ("ct_localizer_and_secondary/summary_S4010_I20", "secondary capture"),
        ("broken/MR_truncated.dcm", "ends too early"),
        ("ct_localizer_and_secondary", "can form a volume"),
    ],
)
def test_what_is_no_slice_is_refused_in_words(
    shared_data: Path, folder: str, words: str, load: Load
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load(shared_data / folder)
    for language in Language:
        assert caught.value.sentence(language)


def test_names_and_order_of_files_do_not_matter(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    chance = np.random.default_rng(7)
    names = [f"{n:x}" for n in chance.choice(10**6, len(UPRIGHT), replace=False)]
    shuffled = [UPRIGHT[k] for k in chance.permutation(len(UPRIGHT))]
    write_stack(tmp_path, shuffled, names=names)
    volume = load(tmp_path)
    order = [UPRIGHT.index(position) for position in shuffled]
    assert [int(plane[0, 0] + 24) // 100 for plane in volume.voxels] == [
        order.index(k) for k in range(len(UPRIGHT))
    ]
    np.testing.assert_allclose(volume.frame.origin_mm, UPRIGHT[0])


@pytest.mark.parametrize(
    ("orientation", "step", "left_grows_with_i"),
    [
        ((1, 0, 0, 0, 1, 0), (0, 0, 2), True),  # supine
        ((1, 0, 0, 0, 1, 0), (0, 0, -2), True),  # feet first: numbered from below
        ((-1, 0, 0, 0, -1, 0), (0, 0, 2), False),  # prone, as the scanner writes it
        ((-1, 0, 0, 0, 1, 0), (0, 0, 2), False),  # feet first, head as it was
    ],
)
def test_left_stays_left_however_the_body_lay(  # noqa: PLR0913, PLR0917 -- one case a column
    tmp_path: Path,
    write_stack: Any,
    load: Load,
    orientation: tuple[int, ...],
    step: tuple[int, ...],
    left_grows_with_i: bool,
) -> None:
    positions = [[k * part for part in step] for k in range(5)]
    write_stack(tmp_path, positions, orientation=orientation)
    volume = load(tmp_path)
    assert bool(volume.frame.affine[0, 0] > 0) is left_grows_with_i
    for number, position in enumerate(positions):
        row, column = np.array(orientation[:3]), np.array(orientation[3:])
        point = np.array(position) + 3 * 0.7 * row + 2 * 0.9 * column
        assert volume.nearest_value(tuple(point)) == 100 * number + 23 - 24


@settings(max_examples=40, deadline=None)
@given(
    turn=st.tuples(*[st.floats(-3, 3)] * 3),
    step=st.floats(0.3, 5),
    order=st.permutations(range(5)),
)
def test_any_oblique_stack_keeps_every_voxel_at_its_place(
    write_stack: Any, load: Load, turn: tuple[float, ...], step: float, order: list[int]
) -> None:
    row, column, normal = _rotation(turn).T
    origin = np.array([3.0, -40.0, 12.0])
    positions = [origin + place * step * normal for place in order]
    with tempfile.TemporaryDirectory() as folder:
        write_stack(Path(folder), positions, orientation=(*row, *column))
        volume = load(Path(folder))
    assert np.linalg.det(volume.frame.affine[:3, :3]) > 0
    for number, position in enumerate(positions):
        point = position + 4 * 0.7 * row + 1 * 0.9 * column
        index = volume.frame.to_index(point)
        np.testing.assert_allclose(index, (4, 1, order[number]), atol=2e-3)
        assert volume.nearest_value(tuple(point)) == 100 * number + 14 - 24


def _rotation(turn: tuple[float, ...]) -> Any:
    x, y, z = turn
    about_x = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_z = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    return np.array(about_x) @ np.array(about_y) @ np.array(about_z)


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_rarer_encodings_give_the_same_values(
    tmp_path: Path, write_stack: Any, load: Load, syntax: UID
) -> None:
    paths = write_stack(tmp_path / "plain", UPRIGHT)
    (tmp_path / "rare").mkdir()
    for path in paths:
        ds = dcmread(path)
        ds.file_meta.TransferSyntaxUID = syntax
        if not syntax.is_little_endian:
            ds.PixelData = np.frombuffer(ds.PixelData, "<i2").astype(">i2").tobytes()
            ds["PixelData"].VR = "OW"
        little = syntax.is_little_endian
        target = tmp_path / "rare" / path.name
        dcmwrite(target, ds, implicit_vr=False, little_endian=little)
    rare, plain = load(tmp_path / "rare"), load(tmp_path / "plain")
    np.testing.assert_array_equal(rare.voxels, plain.voxels)
    np.testing.assert_array_equal(rare.frame.affine, plain.frame.affine)


def test_each_slice_is_rescaled_by_its_own_slope(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.RescaleSlope, ds.RescaleIntercept = 1 + number, -100 * number

    write_stack(tmp_path, UPRIGHT, change=change)
    volume = load(tmp_path)
    assert volume.voxels[3, 2, 1] == 4 * 321 - 300


def test_values_beyond_sixteen_bits_are_kept(tmp_path: Path, write_stack: Any, load: Load) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.PixelRepresentation = 0
        if number == 4:
            ds.PixelData = np.full((4, 5), 65000, "<u2").tobytes()

    write_stack(tmp_path, UPRIGHT, change=change)
    volume = load(tmp_path)
    assert volume.voxels.dtype == np.int32
    assert volume.voxels.max() == 65000 - 24


def test_bits_outside_bits_stored_are_no_value(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 12, 11, 0
        ds.PixelData = np.full((4, 5), 0xA123, "<u2").tobytes()

    write_stack(tmp_path, UPRIGHT, change=change)
    assert (load(tmp_path).voxels == 0x123 - 24).all()


def test_a_bright_padding_value_is_not_shown_as_metal(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.add_new(0x00280120, "SS", 30000)
        pixels = np.full((4, 5), 50, "<i2")
        pixels[0, 0] = 30000
        ds.PixelData = pixels.tobytes()

    write_stack(tmp_path, UPRIGHT, change=change)
    volume = load(tmp_path)
    assert (volume.voxels.min(), volume.voxels.max()) == (-1024, 26)


def test_magnetic_resonance_is_never_called_hu(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.SOPClassUID, ds.Modality = "1.2.840.10008.5.1.4.1.1.4", "MR"
        del ds.RescaleIntercept, ds.RescaleSlope

    write_stack(tmp_path, UPRIGHT, change=change)
    volume = load(tmp_path)
    assert volume.quantity is Quantity.SIGNAL
    assert volume.voxels.min() == 0


def test_metal_at_the_end_of_the_scale_is_flagged(
    shared_data: Path, load: Load, tmp_path: Path, write_stack: Any
) -> None:
    assert "hu_saturated" in load(shared_data / "ct_gunshot_00").problems
    write_stack(tmp_path, UPRIGHT)
    assert "hu_saturated" not in load(tmp_path).problems


def test_every_slice_names_its_source(tmp_path: Path, write_stack: Any, load: Load) -> None:
    paths = write_stack(tmp_path, list(reversed(UPRIGHT)))
    volume = load(tmp_path)
    assert [source.path for source in volume.sources] == list(reversed(paths))
    assert volume.identity.patient_name == "Phantom^Test"
    assert volume.identity.study_date == "2026-01-02"


def test_a_file_cut_after_the_scan_is_left_empty_and_named(
    tmp_path: Path, write_stack: Any
) -> None:
    paths = write_stack(tmp_path, UPRIGHT)
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    paths[2].write_bytes(paths[2].read_bytes()[:-7])
    volume = assemble(series, study_of(found, series), Progress())
    assert volume.gaps == (2,)
    assert (volume.voxels[2] == -1024).all()
    assert volume.voxels[3, 0, 0] == 300 - 24
    assert [one.path for one in volume.unread] == [paths[2]]
    x, y, z = volume.frame.to_lps((0, 0, 3)).tolist()
    assert volume.nearest_source((x, y, z)) == volume.sources[2]
    told = [one.sentence(Language.EN) for one in problems_of(series, volume)]
    assert any(str(paths[2]) in one and "left empty" in one for one in told)


def test_a_file_cut_after_the_scan_bends_no_uneven_stack(tmp_path: Path, write_stack: Any) -> None:
    paths = write_stack(tmp_path, [(0, 0, z) for z in (0, 1, 2.5, 3.5, 5, 6)])
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    paths[1].write_bytes(paths[1].read_bytes()[:-7])
    volume = assemble(series, study_of(found, series), Progress())
    assert volume.acquired is not None
    assert volume.acquired.depths_mm.tolist() == pytest.approx([0, 2.5, 3.5, 5, 6])
    assert volume.nearest_value((0.0, 0.0, 5.0)) == 400 - 24
    assert [one.path for one in volume.unread] == [paths[1]]
    assert "undecodable" in volume.problems


def test_a_carrier_taken_away_after_the_scan_is_refused(tmp_path: Path, write_stack: Any) -> None:
    paths = write_stack(tmp_path, UPRIGHT)
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    for path in paths:
        path.unlink()
    with pytest.raises(InputError, match="cannot be opened"):
        assemble(series, study_of(found, series), Progress())


def test_the_slice_that_is_looked_at_comes_first_and_the_rest_follows_it(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path, [(0, 0, float(k)) for k in range(64)])
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    seen: list[tuple[Volume, list[int]]] = []

    def begun(volume: Volume) -> None:
        assert volume.arrived is not None
        seen.append((volume, np.flatnonzero(volume.arrived).tolist()))

    watch = Watch(lambda: (0.0, 0.0, 50.0), begun)
    whole = assemble(series, study_of(found, series), Progress(), watch)
    assert len(seen) == 1
    early, arrived = seen[0]
    assert 0 < len(arrived) < 64
    assert all(abs(k - 50) <= 20 for k in arrived)
    assert early.arrived is not None
    assert early.arrived.all()  # it filled meanwhile
    assert np.array_equal(early.voxels, whole.voxels)
    assert whole.arrived is None


def test_values_too_wide_for_the_first_type_are_begun_anew(
    tmp_path: Path, write_stack: Any
) -> None:
    def widen(ds: Dataset, number: int) -> None:
        ds.RescaleSlope = 1000 if number == 3 else 1

    write_stack(tmp_path, UPRIGHT, change=widen)
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    kinds: list[Any] = []
    watch = Watch(lambda: (0.0, 0.0, 0.0), lambda volume: kinds.append(volume.voxels.dtype))
    volume = assemble(series, study_of(found, series), Progress(), watch)
    assert volume.voxels.dtype == np.int32
    assert volume.voxels[3, 0, 0] == 300_000 - 24
    assert kinds[-1] == np.int32


def test_a_compressed_picture_cut_short_is_refused(
    tmp_path: Path, shared_data: Path, load: Load
) -> None:
    whole = (shared_data / "compressed_same_image" / "CT1_JPLL").read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(whole[:-5000])
    with pytest.raises(InputError, match="incomplete"):
        load(cut)
    shortened = dcmread(shared_data / "compressed_same_image" / "CT1_JPLL")
    fragment = shortened.PixelData[16:-5000]
    shortened.PixelData = shortened.PixelData[:12] + len(fragment).to_bytes(4, "little") + fragment
    shortened.save_as(cut)
    with pytest.raises(InputError, match="incomplete"):
        load(cut)


def test_cancelling_stops_the_loading(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, UPRIGHT)
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        assemble(series, study_of(found, series), progress)


def test_a_multi_frame_file_gives_each_of_its_volumes(shared_data: Path, load: Load) -> None:
    path = shared_data / "enhanced_multiframe" / "IM_0027_fMAP.dcm"
    found = scan(path, Progress())
    keys = [series.key for study in found.studies for series in study.series]
    assert len(keys) == 2
    raw = dcmread(path).pixel_array
    first, second = (load(path, key) for key in keys)
    assert first.voxels.shape == second.voxels.shape == (32, 64, 64)
    np.testing.assert_allclose(first.frame.spacing_mm, (4, 4, 4), atol=1e-6)
    np.testing.assert_allclose(first.voxels, raw[:32] * 1.27985347985347, rtol=1e-5, atol=1e-3)
    assert first.quantity is Quantity.SIGNAL


def test_the_place_is_known_without_reading_a_pixel(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, UPRIGHT)
    series = choose(scan(tmp_path, Progress()), None)
    assert frame_of(series).shape == (6, 4, 5)
    assert frame_of(series).spacing_mm == pytest.approx((0.7, 0.9, 2.0))


def test_an_unknown_series_is_said(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, UPRIGHT)
    with pytest.raises(InputError, match=r"no series 1\.2\.3"):
        choose(scan(tmp_path, Progress()), "1.2.3")


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_blank_series_is_refused_in_one_whole_sentence(
    tmp_path: Path, write_stack: Any, blank: str
) -> None:
    """A script's empty variable: "there is no series here" would blame the scan."""
    write_stack(tmp_path, UPRIGHT)
    with pytest.raises(UsageError) as refused:
        choose(scan(tmp_path, Progress()), blank)
    for language in Language:
        said = refused.value.sentence(language)
        assert "--series" in said
        assert "  " not in said


def test_assembling_what_is_no_volume_is_our_own_bug(shared_data: Path) -> None:
    found = scan(shared_data / "ct_localizer_and_secondary", Progress())
    with pytest.raises(Bug):
        assemble(found.studies[0].series[0], found.studies[0], Progress())


def test_a_slice_that_cannot_be_read_is_never_shown_as_if_it_had_come(
    tmp_path: Path, write_stack: Any
) -> None:
    paths = write_stack(tmp_path, [(0, 0, float(k)) for k in range(40)])
    found = scan(tmp_path, Progress())
    series = choose(found, None)
    paths[20].write_bytes(paths[20].read_bytes()[:-7])
    early: list[Volume] = []
    watch = Watch(lambda: (0.0, 0.0, 20.0), early.append)
    whole = assemble(series, study_of(found, series), Progress(), watch)
    assert early[0].arrived is not None
    assert np.flatnonzero(~early[0].arrived).tolist() == [20]
    assert whole.gaps == (20,)
