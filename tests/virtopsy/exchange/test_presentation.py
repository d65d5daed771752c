"""Key pictures go out as a selection and as presentation states, and come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from pydicom.sr.codedict import codes

from tests.virtopsy.exchange.judges import dsrdump, errors_of_dciodvfy
from tests.virtopsy.exchange.scans import AUTHOR, known, sources, write
from tests.virtopsy.findings.some import SERIES, one_of_each
from virtopsy.exchange.evidence import content_of
from virtopsy.exchange.presentation import Shown, plain, selection, state
from virtopsy.exchange.reading import findings_in
from virtopsy.exchange.source import Source
from virtopsy.findings.finding import Finding
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.record import to_record
from virtopsy.jobs import Progress

_SHAPE = (4, 40, 60)


def _plain_picture(source: Source) -> KeyPicture:
    plane = source.planes[1]
    assert plane.row is not None
    assert plane.column is not None
    (centre,) = plane.to_lps([(30.0, 20.0)])
    return KeyPicture(
        centre,
        plane.row,
        plane.column,
        18.0,
        window_centre=-600.0,
        window_width=1500.0,
        finding_id="plain",
        name="Өкпе терезесі",
        series_uid=source.key,
        seen_on_slice=plane.sop_uid,
    )


def _oblique_picture() -> KeyPicture:
    (found,) = [one for one in one_of_each() if isinstance(one, KeyPicture)]
    return found


def _shown(source: Source, *pictures: KeyPicture) -> list[Shown]:
    made = []
    for one in pictures:
        plane = source.plane_of(one)
        assert plane is not None
        made.append(Shown(one, plane, source))
    return made


def _records(findings: tuple[Finding, ...]) -> list[object]:
    return [to_record(one) for one in findings]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return sources(tmp_path / "in", "twice_oblique", shape=_SHAPE)[SERIES]


def test_a_selection_brings_every_picture_back_the_oblique_one_too(
    tmp_path: Path, source: Source
) -> None:
    pictures = (_plain_picture(source), _oblique_picture())
    path = tmp_path / "ko.dcm"
    path.write_bytes(content_of(selection(_shown(source, *pictures), AUTHOR)))

    taken = findings_in(path, {SERIES: source}, Progress())

    assert taken.omissions == ()
    assert _records(taken.findings) == _records(pictures)


def test_a_selection_names_slice_state_and_person_and_other_programs_read_it(
    tmp_path: Path, source: Source
) -> None:
    shown = _shown(source, _plain_picture(source), _oblique_picture())
    path = tmp_path / "ko.dcm"
    path.write_bytes(content_of(selection(shown, AUTHOR)))

    read = dsrdump(path)

    assert "Өкпе терезесі" in read
    assert "Ә. Сарапшы" in read
    assert errors_of_dciodvfy(path) == []
    made = pydicom.dcmread(path)
    images = [one for one in made.ContentSequence if one.ValueType == "IMAGE"]
    pointed = [one.ReferencedSOPSequence[0] for one in images]
    assert [one.ReferencedSOPInstanceUID for one in pointed] == ["1.2.6", "1.2.5"]
    state_of_first = pointed[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert state_of_first == state(shown[0], AUTHOR).SOPInstanceUID
    assert "ReferencedSOPSequence" not in pointed[1]
    document = hd.ko.KeyObjectSelectionDocument.from_dataset(made)
    assert [one[2] for one in map(document.resolve_reference, ["1.2.6"])] == ["1.2.6"]


def test_a_state_says_window_and_area_of_the_slice_and_comes_back(
    tmp_path: Path, source: Source
) -> None:
    picture = _plain_picture(source)
    (shown,) = _shown(source, picture)
    path = tmp_path / "pr.dcm"
    path.write_bytes(content_of(state(shown, AUTHOR)))

    made = pydicom.dcmread(path)

    assert plain(shown)
    voi = made.SoftcopyVOILUTSequence[0]
    assert (float(voi.WindowCenter), float(voi.WindowWidth)) == (-600.0, 1500.0)
    assert (float(made.RescaleSlope), float(made.RescaleIntercept)) == (1.0, -1024.0)
    (area,) = made.DisplayedAreaSelectionSequence
    first = np.array(area.DisplayedAreaTopLeftHandCorner)
    last = np.array(area.DisplayedAreaBottomRightHandCorner)
    np.testing.assert_array_equal((first + last) / 2, (31, 21))
    np.testing.assert_allclose((last - first) * (0.8, 0.9), 18.0, atol=0.9)
    taken = findings_in(path, {SERIES: source}, Progress())
    assert _records(taken.findings) == _records((picture,))


def test_a_state_of_another_program_becomes_a_picture_of_its_window_and_area(
    tmp_path: Path, source: Source
) -> None:
    picture = _plain_picture(source)
    made = state(*_shown(source, picture), AUTHOR)
    del made[0x0071, 0x0010], made[0x0071, 0x1001]
    path = tmp_path / "pr.dcm"
    path.write_bytes(content_of(made))

    (read,) = findings_in(path, {SERIES: source}, Progress()).findings

    assert isinstance(read, KeyPicture)
    np.testing.assert_allclose(read.centre_lps_mm, picture.centre_lps_mm, atol=1e-6)
    np.testing.assert_allclose((read.right, read.down), (picture.right, picture.down), atol=1e-6)
    assert read.height_mm == pytest.approx(18.0)
    assert (read.window_centre, read.window_width) == (-600.0, 1500.0)
    assert read.seen_on_slice == "1.2.6"


@pytest.mark.parametrize("spoil", ["slab", "turned", "between"])
def test_a_view_that_a_state_cannot_say_is_none(source: Source, spoil: str) -> None:
    picture = _plain_picture(source)
    assert source.frame is not None
    step = source.frame.directions[:, 2] * source.frame.spacing_mm[2] * 0.7
    between = tuple(float(one) for one in np.array(picture.centre_lps_mm) + step)
    changed = {
        "slab": replace(picture, slab_mm=5.0),
        "turned": replace(picture, right=picture.down, down=picture.right),
        "between": replace(picture, centre_lps_mm=between),
    }[spoil]

    (shown,) = _shown(source, changed)

    assert not plain(shown)


def test_a_selection_of_another_program_names_slices_that_are_shown_whole(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", shape=_SHAPE)
    images = [pydicom.dcmread(one) for one in sorted(folder.iterdir())]
    images.sort(key=lambda one: str(one.SOPInstanceUID))
    other = pydicom.Dataset()
    other.update(images[0])
    other.SOPInstanceUID = "1.2.999"
    made = hd.ko.KeyObjectSelectionDocument(
        evidence=[*images, other],
        content=hd.ko.KeyObjectSelection(
            codes.DCM.OfInterest, [images[2], other], description="see here"
        ),
        series_instance_uid=hd.UID(),
        series_number=9,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="Somebody",
    )
    path = tmp_path / "ko.dcm"
    made.save_as(path)

    taken = findings_in(path, known(folder), Progress())

    (read,) = taken.findings
    assert isinstance(read, KeyPicture)
    assert (read.name, read.seen_on_slice, read.height_mm) == ("see here", "1.2.7", 40 * 0.9)
    assert [one.code for one in taken.omissions] == ["not_a_slice"]


def test_a_state_that_points_elsewhere_than_its_record_is_told(
    tmp_path: Path, source: Source
) -> None:
    made = state(*_shown(source, _plain_picture(source)), AUTHOR)
    pointed = made.ReferencedSeriesSequence[0].ReferencedImageSequence[0]
    pointed.ReferencedSOPInstanceUID = "1.2.7"
    path = tmp_path / "pr.dcm"
    path.write_bytes(content_of(made))

    taken = findings_in(path, {SERIES: source}, Progress())

    assert [one.code for one in taken.omissions] == ["differs"]
