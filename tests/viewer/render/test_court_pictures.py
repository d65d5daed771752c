from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viewer.render.court_pictures import CourtPicture, court_pictures, plane_along, side_of
from virtopsy.findings.finding import Finding
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.numbered import numbered
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane
from virtopsy.imaging.preset import preset_named
from virtopsy.imaging.volume import Identity, Volume
from virtopsy.language import Language


def track(start: tuple[float, float, float], end: tuple[float, float, float]) -> Trajectory:
    return Trajectory(
        finding_id="t", name="Track", series_uid="1.2", ends_lps_mm=(start, end)
    ).stated(0, "A", ())


@pytest.fixture(scope="module")
def head() -> Volume:
    """A ball of bone, 60 mm across."""
    k, j, i = np.mgrid[0:40, 0:40, 0:40] * 2.0 - 39.0
    voxels = np.full((40, 40, 40), -1000, np.int16)
    voxels[k**2 + j**2 + i**2 < 30.0**2] = 1000
    frame = Frame.of((40, 40, 40), origin_mm=(-39, -39, -39), spacing_mm=(2, 2, 2))
    return Volume(voxels, frame, identity=Identity(series_uid="1.2", modality="CT"))


@pytest.mark.parametrize(
    ("end", "plane"),
    [
        ((50.0, 40.0, 1.0), Plane.AXIAL),
        ((50.0, 1.0, 40.0), Plane.CORONAL),
        ((1.0, 50.0, 40.0), Plane.SAGITTAL),
    ],
)
def test_the_slice_lies_along_the_track(end: tuple[float, float, float], plane: Plane) -> None:
    assert plane_along(track((0.0, 0.0, 0.0), end)) is plane


@pytest.mark.parametrize(
    ("start", "end", "side"),
    [
        ((20.0, -30.0, 0.0), (20.0, 30.0, 0.0), "left"),
        ((-20.0, -30.0, 0.0), (-20.0, 30.0, 0.0), "right"),
        ((30.0, -10.0, 0.0), (-30.0, -10.0, 0.0), "anterior"),
        ((30.0, 10.0, 0.0), (-30.0, 10.0, 0.0), "posterior"),
    ],
)
def test_the_track_is_seen_unshortened_from_the_side_of_its_entry(
    head: Volume, start: tuple[float, float, float], end: tuple[float, float, float], side: str
) -> None:
    assert side_of(track(start, end), head, preset_named("bone", head)) == side


def test_a_head_rest_before_the_track_turns_the_view_to_the_other_side(head: Volume) -> None:
    voxels = head.voxels.copy()
    voxels[:, 39, :] = 1000  # a plate behind the head, across the whole scan
    rested = Volume(voxels, head.frame, identity=head.identity)
    from_behind = track((30.0, 10.0, 0.0), (-30.0, 10.0, 0.0))

    assert side_of(from_behind, rested, preset_named("bone", rested)) == "anterior"


def test_two_pictures_with_scale_provenance_and_caption(head: Volume) -> None:
    found = numbered([track((-25.0, -20.0, 0.0), (25.0, 20.0, 3.0))])
    flat, solid, before = court_pictures(
        head, found, Language.EN, source_sha256="ab" * 32, notes=["Two slices are missing."]
    )
    for one in (flat, solid, before):
        assert one.png.startswith(b"\x89PNG")
        assert len(one.png) > 5000
        assert one.parameters["source_sha256"] == "ab" * 32
    assert flat.name == "axial"
    assert "Axial slice through “Track”" in flat.caption
    assert solid.parameters["demonstrative"] is True
    assert "demonstrative" in solid.caption


def test_without_a_track_the_middle_is_shown(head: Volume) -> None:
    flat, solid = court_pictures(head, (), Language.RU, source_sha256="", notes=())
    assert "середина объёма" in flat.caption
    assert solid.png


def _about(name: str) -> dict[str, str]:
    return {"finding_id": name, "name": name, "series_uid": "1.2"}


def _taken(head: Volume, *findings: Finding) -> dict[str, CourtPicture]:
    made = court_pictures(
        head, numbered(findings), Language.EN, source_sha256="", notes=(), mark=""
    )
    return {one.name: one for one in made}


def test_the_line_before_an_entry_has_a_picture_of_its_own_that_says_what_it_leaves_out(
    head: Volume,
) -> None:
    one = track((-25.0, -20.0, 0.0), (25.0, 20.0, 3.0))
    taken = _taken(head, one)
    assert taken["volume"].parameters["before_entry_mm"] == []
    assert taken["volume_before"].parameters["before_entry_mm"] == [150.0]
    for said in ("measuring error only", "deflection at bone", "posture", "putrefaction", "no tip"):
        assert said in taken["volume_before"].caption.lower()
        assert said not in taken["volume"].caption.lower()


def test_nothing_is_pictured_before_an_entry_that_nobody_stated(head: Volume) -> None:
    unstated = Trajectory(((-25.0, -20.0, 0.0), (25.0, 20.0, 3.0)), **_about("t"))
    deflected = replace(track((-25.0, 0.0, 0.0), (25.0, 0.0, 0.0)), deflected_at_entry=True)
    assert set(_taken(head, unstated)) == {"axial", "volume"}
    assert set(_taken(head, deflected)) == {"coronal", "volume"}


def test_every_finding_is_in_the_pictures_and_what_lies_in_no_slice_is_named(head: Volume) -> None:
    wound, far = Wound((0.0, -30.0, 2.0), **_about("w")), Wound((0.0, 0.0, 28.0), **_about("far"))
    taken = _taken(head, wound, far)
    for one in taken.values():
        assert one.parameters["findings"] == [1, 2]
    assert "through “w”" in taken["axial"].caption
    assert "From the front" in taken["volume"].caption


def test_a_key_picture_is_shown_as_it_was_kept(head: Volume) -> None:
    kept = KeyPicture(
        (1.0, 2.0, 3.0),
        (0.0, 1.0, 0.0),
        (0.0, 0.0, -1.0),
        40.0,
        window_centre=300.0,
        window_width=1500.0,
        **_about("k"),
    )
    taken = _taken(head, Wound((0.0, -30.0, 2.0), **_about("w")), kept)
    shown = taken["key_2"].parameters
    assert shown["centre_lps_mm"] == [1.0, 2.0, 3.0]
    assert shown["right_lps"] == [0.0, 1.0, 0.0]
    assert shown["down_lps"] == [0.0, 0.0, -1.0]
    assert shown["mm_per_pixel"] * shown["size"][1] == pytest.approx(40.0)
    assert shown["window"] == {"centre": 300.0, "width": 1500.0}
    assert "№ 2 “k”" in taken["key_2"].caption


def test_a_kept_view_whose_directions_were_rounded_is_still_one(head: Volume) -> None:
    kept = KeyPicture(
        (0.0, 0.0, 0.0), (0.70711, 0.70711, 0.0), (0.0, 0.00001, -1.0), 40.0, **_about("k")
    )
    assert _taken(head, kept)["key_1"].png
