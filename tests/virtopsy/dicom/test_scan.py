"""A folder is listed with what is wrong in it; no file stops the others."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from virtopsy.dicom.scan import require_images, scan
from virtopsy.dicom.series import Scan, Series
from virtopsy.errors import Cancelled, InputError
from virtopsy.jobs import Progress
from virtopsy.language import Language

STACK = [(0.0, 0.0, 2.0 * k) for k in range(10)]


def _series(found: Scan) -> list[Series]:
    for study in found.studies:
        for series in study.series:
            for problem in series.problems:
                assert all(problem.sentence(language) for language in Language)
    return [series for study in found.studies for series in study.series]


def _codes(series: Series) -> set[str]:
    return {problem.code for problem in series.problems}


def _only(folder: Path) -> Series:
    (series,) = _series(scan(folder, Progress()))
    return series


def test_a_clean_stack_is_one_volume_without_problems(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, STACK)
    series = _only(tmp_path)
    assert series.volume
    assert series.key == series.uid
    assert (series.problems, series.orientation) == ((), "axial")
    assert series.spacing_mm == pytest.approx((0.7, 0.9, 2.0))
    assert (series.files, series.frames, series.rows, series.columns) == (10, 10, 4, 5)


def test_a_tree_with_cyrillic_names_and_other_files_is_read_whole(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path / "Қайрат" / "снимки", STACK[:5])
    write_stack(tmp_path / "b", STACK[5:], names=["я", "б", "ә", "x.dcm", "y"])
    (tmp_path / "заметка.txt").write_text("не DICOM", encoding="utf-8")
    (tmp_path / "empty").write_bytes(b"")
    found = scan(tmp_path, Progress())
    # Two folders, one series; the writer numbers both from one, so the numbers collide.
    assert found.files == 12
    assert {one.path.name for one in found.skipped} == {"заметка.txt", "empty"}
    assert {one.problem.code for one in found.skipped} == {"unreadable"}
    assert all(one.problem.sentence(Language.KK) for one in found.skipped)
    assert sum(series.frames for series in _series(found)) == 10


def test_studies_and_series_mixed_in_one_folder_are_told_apart(
    tmp_path: Path, write_stack: Any
) -> None:
    for number in range(4):

        def change(ds: Dataset, k: int, number: int = number) -> None:
            ds.StudyInstanceUID = f"1.2.{number // 2}"
            ds.SeriesInstanceUID = f"1.2.3.{number}"
            ds.SOPInstanceUID = f"1.2.3.{number}.{k}"

        names = [f"{k}-{number}" for k in range(10)]
        write_stack(tmp_path, STACK, names=names, change=change)
    found = scan(tmp_path, Progress())
    assert [len(study.series) for study in found.studies] == [2, 2]
    assert all(series.volume and series.frames == 10 for series in _series(found))


def test_two_acquisitions_of_one_series_are_two_volumes(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.AcquisitionNumber = 1 + number // 10

    write_stack(tmp_path, STACK + STACK, change=change)
    series = _series(scan(tmp_path, Progress()))
    assert [one.key[-2:] for one in series] == ["#1", "#2"]
    assert all(one.volume and one.frames == 10 for one in series)


def test_two_stacks_told_apart_by_number_only_are_two_volumes(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path, STACK + STACK)
    assert [one.frames for one in _series(scan(tmp_path, Progress())) if one.volume] == [10, 10]


def test_two_directions_in_one_series_never_share_a_volume(
    tmp_path: Path, write_stack: Any
) -> None:
    def change(ds: Dataset, number: int) -> None:
        if number >= 10:
            ds.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
            ds.ImagePositionPatient = [2.0 * number, 0, 0]

    write_stack(tmp_path, STACK + STACK, change=change)
    series = _series(scan(tmp_path, Progress()))
    assert {one.orientation for one in series} == {"axial", "sagittal"}
    assert all(_codes(one) == {"mixed_orientation"} and one.volume for one in series)


def test_missing_slices_are_numbered_and_placed(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, [p for k, p in enumerate(STACK) if k not in {3, 4, 7}])
    (problem,) = _only(tmp_path).problems
    assert problem.code == "missing_slices"
    assert problem.facts["n"] == 3
    assert problem.facts["numbers"] == "4–5, 8"
    assert (problem.facts["axis"], problem.facts["first"]) == ("z", 6.0)


def test_uneven_gaps_are_told(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, [(0, 0, z) for z in (0, 1, 2, 3.4, 5, 6, 7.7)])
    (problem,) = _only(tmp_path).problems
    assert (problem.code, problem.facts["largest"]) == ("uneven_spacing", 1.7)


def test_thicker_slices_farther_apart_are_uneven_not_missing(
    tmp_path: Path, write_stack: Any
) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.SliceThickness = 4 if number < 5 else 8

    heights = [*range(0, 20, 4), *range(24, 60, 8)]
    write_stack(tmp_path / "thick", [(0, 0, z) for z in heights], change=change)
    write_stack(tmp_path / "thin", [(0, 0, z) for z in heights])
    assert _codes(_only(tmp_path / "thick")) == {"uneven_spacing"}
    assert _codes(_only(tmp_path / "thin")) == {"missing_slices"}


def test_positions_rounded_to_a_tenth_of_a_millimetre_are_even(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path, [(0, 0, round(0.625 * k, 1)) for k in range(40)])
    series = _only(tmp_path)
    assert series.problems == ()
    assert series.spacing_mm is not None
    assert series.spacing_mm[2] == pytest.approx(0.625, abs=2e-3)


def test_different_slices_at_one_place_form_no_volume(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, [*STACK, STACK[4]])
    series = _only(tmp_path)
    assert not series.volume
    assert _codes(series) == {"duplicate_position"}


def test_a_file_copied_twice_is_used_once(tmp_path: Path, write_stack: Any) -> None:
    paths = write_stack(tmp_path, STACK)
    shutil.copy(paths[4], tmp_path / "copy")
    series = _only(tmp_path)
    assert (series.volume, series.frames, _codes(series)) == (True, 10, {"duplicate_position"})


def test_one_identifier_with_two_contents_is_told(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, number: int) -> None:
        ds.SOPInstanceUID = f"1.2.{min(number, 8)}"

    write_stack(tmp_path, STACK, change=change)
    assert "uid_conflict" in _codes(_only(tmp_path))


@pytest.mark.parametrize(
    ("keyword", "value", "code"),
    [
        ("PixelSpacing", None, "spacing_missing"),
        ("ImagePositionPatient", None, "spacing_missing"),
        ("ImageOrientationPatient", [1, 0, 0, 1, 0, 0], "spacing_missing"),
        ("ImageType", ["ORIGINAL", "PRIMARY", "LOCALIZER"], "localizer"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7", "not_an_image"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.88.11", "not_an_image"),
        ("SamplesPerPixel", 3, "not_an_image"),
        ("PixelData", None, "not_an_image"),
        ("BitsAllocated", 12, "undecodable"),
        ("Rows", 400, "truncated_pixels"),
    ],
)
def test_what_forms_no_volume_is_listed_with_its_reason(
    tmp_path: Path, write_stack: Any, keyword: str, value: object, code: str
) -> None:
    def change(ds: Dataset, _: int) -> None:
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)

    write_stack(tmp_path, STACK, change=change)
    series = _only(tmp_path)
    assert not series.volume
    assert series.spacing_mm is None
    assert _codes(series) == {code}


def test_a_volume_larger_than_the_memory_is_refused(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, number: int) -> None:
        # Decoded sizes only the header knows: a compressed syntax announces no length.
        ds.Rows, ds.Columns = 65535, 65535
        ds.ImagePositionPatient = [0, 0, 2.0 * number]

    paths = write_stack(tmp_path, STACK * 6, change=change)
    for path in paths:
        content = path.read_bytes()
        plain, packed = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"
        path.write_bytes(content.replace(plain, packed))
    series = _only(tmp_path)
    assert not series.volume
    assert "too_large" in _codes(series)


def test_a_truncated_slice_is_left_out_and_missed(tmp_path: Path, write_stack: Any) -> None:
    paths = write_stack(tmp_path, STACK)
    paths[5].write_bytes(paths[5].read_bytes()[:-3])
    series = _only(tmp_path)
    assert _codes(series) == {"missing_slices", "truncated_pixels"}
    assert series.frames == 9


def test_a_wrongly_declared_name_is_told_with_its_series(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.SpecificCharacterSet = "ISO_IR 100"
        ds.PatientName = "Ахметов^Ержан".encode("cp1251")

    write_stack(tmp_path, STACK, change=change)
    found = scan(tmp_path, Progress())
    assert found.studies[0].patient_name == "Ахметов^Ержан"
    assert _codes(_series(found)[0]) == {"charset_guessed"}
    assert _series(found)[0].volume


def test_two_slices_need_their_distance_confirmed(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "far", STACK[:2])
    write_stack(tmp_path / "near", [(0, 0, 0), (0, 0, 1)])
    assert not _only(tmp_path / "far").volume
    assert _only(tmp_path / "near").volume
    assert _codes(_only(tmp_path / "near")) == {"too_few_slices"}


@pytest.mark.parametrize(
    ("folder", "codes", "volumes"),
    [
        ("ct_head_gantry_tilt_uneven", {"gantry_tilt", "uneven_spacing"}, 1),
        ("ct_localizer_and_secondary", {"localizer", "not_an_image"}, 0),
        ("broken", {"truncated_pixels"}, 0),
        ("charsets", {"not_an_image"}, 0),
        (
            "geometry_traps_noise_pixels/sliceorientation",
            {"mixed_orientation", "too_few_slices"},
            2,
        ),
        ("geometry_traps_noise_pixels/slicecount", {"too_few_slices", "spacing_missing"}, 0),
        ("ct_chest_1mm_100", set(), 1),
        ("mr_t1_sagittal", set(), 1),
    ],
)
def test_real_folders_are_judged(
    shared_data: Path, folder: str, codes: set[str], volumes: int
) -> None:
    series = _series(scan(shared_data / folder, Progress()))
    assert set().union(*map(_codes, series)) == codes
    assert sum(one.volume for one in series) == volumes


def test_broken_files_are_left_out_one_by_one(shared_data: Path) -> None:
    found = scan(shared_data / "broken", Progress())
    assert {one.path.name for one in found.skipped} == {"badVR.dcm", "no_meta.dcm"}


def test_a_single_file_is_scanned_alone(shared_data: Path) -> None:
    found = scan(shared_data / "ct_chest_1mm_100" / "000002.dcm", Progress())
    assert found.files == 1
    assert _series(found)[0].volume


def test_an_empty_folder_and_one_without_dicom_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no files"):
        require_images(scan(tmp_path, Progress()), tmp_path)
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(InputError, match="readable DICOM"):
        require_images(scan(tmp_path, Progress()), tmp_path)


def test_a_missing_path_a_zip_and_a_pipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder or file"):
        scan(tmp_path / "nothing", Progress())
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(InputError, match="is damaged"):
        scan(tmp_path / "a.zip", Progress())
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="cannot be opened"):
        scan(tmp_path / "pipe", Progress())
    assert scan(tmp_path, Progress()).files == 1  # the pipe inside a folder is passed over


def test_a_link_to_itself_does_not_hide_its_neighbours(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "a", [(0, 0, float(k)) for k in range(5)])
    (tmp_path / "a" / "0").symlink_to("0")
    found = scan(tmp_path, Progress())
    assert found.studies
    assert [one.path.name for one in found.skipped] == ["0"]


def test_links_in_a_ring_end(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "a", STACK)
    (tmp_path / "a" / "back").symlink_to(tmp_path, target_is_directory=True)
    assert scan(tmp_path, Progress()).files == 10


def test_a_scan_can_be_cancelled(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, STACK)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        scan(tmp_path, progress)


def test_a_disc_index_is_no_image_and_leads_to_its_files(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "IMAGES", STACK)
    disc = Dataset()
    disc.FileSetID, disc.DirectoryRecordSequence = "DISC", []
    disc.file_meta = FileMetaDataset()
    disc.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    disc.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.9"
    disc.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    index = tmp_path / "DICOMDIR"
    disc.save_as(index, enforce_file_format=True)
    for path in (index, index.parent):
        found = scan(path, Progress())
        (skipped,) = found.skipped
        assert (skipped.path.name, skipped.problem.code) == ("DICOMDIR", "not_an_image")
        assert [one.frames for one in _series(found)] == [10]


def test_a_spacing_stated_against_the_normal_is_a_spacing(tmp_path: Path, write_stack: Any) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.SpacingBetweenSlices, ds.SliceThickness = -4.8, 4

    for count in (1, 2):
        write_stack(tmp_path / str(count), heights(4.8 * np.arange(count)), change=change)
        one = _only(tmp_path / str(count))
        assert one.volume
        assert one.spacing_mm == pytest.approx((0.7, 0.9, 4.8))


def test_planes_that_sway_sideways_are_not_called_a_tilt(tmp_path: Path, write_stack: Any) -> None:
    way = np.arange(40)
    positions = [(0.15 * np.sin(z / 6), 0.15 * np.cos(z / 6), float(z)) for z in way]
    write_stack(tmp_path, positions)
    (problem,) = _only(tmp_path).problems
    assert (problem.code, problem.variant) == ("uneven_spacing", "sideways")


def test_a_stray_slice_leaves_the_others_where_they_are(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path, heights(np.append(np.arange(20.0), 250.0)))
    one = _only(tmp_path)
    assert one.spacing_mm == pytest.approx((0.7, 0.9, 1.0))
    assert [(p.code, p.facts["numbers"]) for p in one.problems] == [("missing_slices", "21–250")]


def test_blocks_out_of_step_are_not_stretched_onto_one_grid(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path, heights(np.append(np.arange(40.0), 70.4 + np.arange(40.0))))
    told = {p.code: p for p in _only(tmp_path).problems}
    assert told.keys() == {"missing_slices", "uneven_spacing"}
    assert told["uneven_spacing"].variant == "blocks"


def heights(places: NDArray[Any]) -> list[tuple[float, float, float]]:
    """Positions one above the other."""
    return [(0.0, 0.0, float(z)) for z in places]
