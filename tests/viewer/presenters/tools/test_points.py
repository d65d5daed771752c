"""Clicks make findings of every kind: one act each, exact, and none by accident."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.viewer.presenters.tools.marking_room import Room, ball, in_3d
from viewer.presenters.tools.forms import form_named, forms_of
from viewer.presenters.tools.kept import key_picture, roi
from virtopsy.errors import InputError, UsageError
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment, FragmentKind
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.note import Note
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.geometry.camera import Point
from virtopsy.imaging.roi import Outline, Region
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.language import Language

A, B, C, D = (10.0, 30.0, 30.0), (20.0, 30.0, 30.0), (20.0, 40.0, 30.0), (40.0, 40.0, 30.0)


def test_one_click_records_a_wound_with_who_stated_what_it_is() -> None:
    room = Room()
    room.take("wound.stab")
    room.click(A)
    (wound,) = room.session.case.findings
    assert isinstance(wound, Wound)
    assert (wound.at_lps_mm, wound.wound, wound.stated_by) == (A, WoundKind.STAB, "A. Expert")
    assert (wound.series_uid, wound.frame_of_reference_uid) == ("1.2.3", "1.2.9")
    assert (wound.made_in, wound.resampled, wound.seen_on_slice) == ("axial", False, "1.9.30")
    assert wound.sd_source == "clicks"
    assert room.findings.selected.now == wound.finding_id
    assert room.findings.unlocked.now is None, "a placed finding is locked"
    assert room.points.draft.now is None


def test_a_wound_of_no_stated_kind_has_nobody_who_stated_it() -> None:
    room = Room()
    room.take("wound")
    room.click(A)
    (wound,) = room.session.case.findings
    assert isinstance(wound, Wound)
    assert (wound.wound, wound.stated_by) == (WoundKind.UNSTATED, None)


def test_fragment_landmark_and_note_are_what_was_chosen() -> None:
    room = Room()
    room.take("fragment.projectile")
    room.click(A)
    room.take("landmark.nasion")
    room.click(B)
    room.take("note")
    room.click(C, D)
    room.take("note")
    room.click(C)
    room.points.finish()
    fragment, landmark, arrow, plain = room.session.case.findings
    assert isinstance(fragment, Fragment)
    assert fragment.fragment is FragmentKind.PROJECTILE
    assert isinstance(landmark, Landmark)
    assert (landmark.landmark, landmark.name) == ("nasion", "nasion")
    assert isinstance(arrow, Note)
    assert (arrow.at_lps_mm, arrow.from_lps_mm) == (C, D)
    assert isinstance(plain, Note)
    assert plain.from_lps_mm is None


@pytest.mark.parametrize(
    ("name", "points", "value", "unit"),
    [
        ("length", (A, B), 10.0, "mm"),
        ("curve", (A, B, C), 20.0, "mm"),
        ("angle", (A, B, C), 90.0, "deg"),
        ("cobb", (A, B, B, C), 90.0, "deg"),
        ("area", (A, B, C), 50.0, "mm2"),
        ("profile", (A, D), math.hypot(30, 10), "mm"),
    ],
)
def test_a_measure_has_its_number_with_its_error(
    name: str, points: tuple[Point, ...], value: float, unit: str
) -> None:
    room = Room()
    form = room.take(f"measure.{name}")
    for n, one in enumerate(points):
        nudge = 0.1 if n and points[n - 1] == one else 0.0  # a second click at one place is none
        room.click((one[0] + nudge, one[1], one[2]))
    if form.least < form.most:
        assert room.session.case.findings == (), "a person says when it ends"
        room.points.finish()
    (measure,) = room.session.case.findings
    assert isinstance(measure, Measure)
    told = measure.quantities[0]
    assert told.value == pytest.approx(value, rel=0.02)
    assert told.unit == unit
    assert told.sd is not None or told.low is not None


def test_a_profile_keeps_the_acquired_values_at_the_spacing_of_the_voxels() -> None:
    room = Room()
    room.take("measure.profile")
    room.click((5.0, 30.0, 30.0), (55.0, 30.0, 30.0))
    (measure,) = room.session.case.findings
    assert isinstance(measure, Measure)
    assert measure.profile == tuple(room.points.maker.volume.voxels[30, 30, 5:56].tolist())


def test_a_profile_that_leaves_the_scan_is_refused_and_waits() -> None:
    room = Room()
    room.take("measure.profile")
    room.click(A)
    with pytest.raises(UsageError, match="outside"):
        room.click((200.0, 30.0, 30.0))
    assert room.session.case.findings == ()
    room.click(D)
    assert len(room.session.case.findings) == 1, "the click is made again elsewhere"


def test_an_area_lies_on_one_slice_and_is_not_outlined_in_3d() -> None:
    room = Room()
    room.take("measure.area")
    with pytest.raises(UsageError):
        room.points.click(in_3d(A))
    room.click(A)
    with pytest.raises(UsageError):
        room.click((20.0, 30.0, 31.0))
    with pytest.raises(UsageError):
        room.click(B, plane="coronal")
    room.points.hover(room.at((20.0, 30.0, 33.0)))
    assert room.marks.shown.now[-1].points == (A,), "another slice is none of the outline's"
    room.click(B, C)
    room.points.finish()
    (area,) = room.session.case.findings
    assert isinstance(area, Measure)
    assert area.points_lps_mm == (A, B, C)


def test_a_distance_goes_to_the_landmark_nearest_to_the_second_click() -> None:
    room = Room()
    room.take("measure.to_landmark")
    room.click(A)
    with pytest.raises(UsageError):
        room.click(B)
    room.points.leave()
    for place in (C, D):
        room.take("landmark")
        room.click(place)
    room.take("measure.to_landmark")
    room.click(A)
    room.points.hover(room.at((38.0, 41.0, 30.0)))
    draft = room.marks.shown.now[-1]
    assert draft.points == (A, D), "the line goes to the landmark before it is clicked"
    room.click((38.0, 41.0, 30.0))
    measure = room.session.case.findings[-1]
    assert isinstance(measure, Measure)
    assert measure.points_lps_mm == (A, D)
    assert measure.landmark_id == room.session.case.findings[1].finding_id


def test_what_is_marked_on_a_computed_picture_says_so() -> None:
    room = Room()
    room.take("wound")
    room.click(A, plane="coronal")
    room.views.slab.set(Slab(Projection.MIP, 5.0))
    room.click(B)
    room.views.slab.set(None)
    room.views.turn_about("coronal", 0.2)
    room.click(C)
    room.points.click(in_3d(D))
    findings = room.session.case.findings
    assert [one.resampled for one in findings] == [True, True, True, True]
    assert [one.made_in for one in findings] == ["coronal", "axial", "axial", "3d"]
    assert findings[-1].seen_on_slice == "", "3D is no slice"
    room.views.straighten()
    room.click(A)
    assert not room.session.case.findings[-1].resampled


def test_a_fracture_on_a_slice_is_recorded_at_once_with_that_slice() -> None:
    room = Room()
    room.take("fracture")
    room.click(A, B, C)
    room.points.finish()
    (fracture,) = room.session.case.findings
    assert isinstance(fracture, Fracture)
    assert (fracture.line_lps_mm, fracture.seen_on_slice) == ((A, B, C), "1.9.30")


def test_a_fracture_in_3d_is_recorded_only_once_its_source_slice_was_clicked() -> None:
    room = Room()
    room.views.layout.set("volume")
    room.take("fracture")
    for place in (A, B):
        room.points.click(in_3d(place))
    room.points.finish()
    assert room.session.case.findings == ()
    assert room.points.draft.now is not None
    assert room.points.draft.now.asked
    assert room.views.layout.now == "all", "there are slices to look at"
    assert room.views.position.now == A
    with pytest.raises(UsageError):
        room.click((30.0, 30.0, 28.0), plane="coronal")
    with pytest.raises(UsageError):
        room.points.click(in_3d(A))
    assert room.session.case.findings == ()
    room.click((3.0, 3.0, 28.0))
    (fracture,) = room.session.case.findings
    assert isinstance(fracture, Fracture)
    assert fracture.line_lps_mm == (A, B), "the click confirms, it is no point"
    assert (fracture.seen_on_slice, fracture.made_in, fracture.resampled) == ("1.9.28", "3d", True)


def test_a_fracture_that_no_source_slice_shows_is_not_kept() -> None:
    volume = replace(ball(), sources=())
    room = Room(volume)
    room.take("fracture")
    room.click(A)
    room.points.finish()
    with pytest.raises(InputError):
        room.click(A)
    assert room.session.case.findings == ()
    room.points.take_back()
    assert room.points.draft.now is not None
    assert not room.points.draft.now.asked, "back to its points"


def test_a_place_is_brought_to_bone_or_skin_and_the_remark_says_so() -> None:
    room = Room()
    room.points.next_snap()
    assert room.points.snap.now == "bone"
    room.take("measure.length")
    room.click((8.5, 30.0, 30.0), (30.0, 30.0, 30.0))
    (measure,) = room.session.case.findings
    assert isinstance(measure, Measure)
    assert measure.points_lps_mm[0][0] == pytest.approx(10.0, abs=0.5)
    assert measure.points_lps_mm[1] == (30.0, 30.0, 30.0), "no surface is near"
    assert measure.remark == "Points set to the bone surface (226 HU): 1."
    room.points.next_snap()
    room.points.next_snap()
    assert room.points.snap.now == ""


def test_a_measure_and_a_landmark_are_marked_again_and_a_wound_is_measured() -> None:
    room = Room()
    for name, places in (("measure.length", (A, B)), ("landmark", (A,)), ("wound", (A,))):
        room.take(name)
        room.click(*places)
    length, landmark, wound = (one.finding_id for one in room.session.case.findings)
    room.points.again(length)
    room.click(A, C)
    room.points.again(landmark)
    room.click(B)
    room.points.again(wound, extents=True)
    room.click(A, B, (*B[:1], 31.0, 30.0), D)
    found = room.session.case.findings
    assert [one.finding_id for one in found] == [length, landmark, wound]
    assert isinstance(found[0], Measure)
    assert (found[0].points_lps_mm, found[0].repeats_lps_mm) == ((A, C), ((A, B),))
    assert isinstance(found[1], Landmark)
    assert (found[1].at_lps_mm, found[1].repeats_lps_mm) == (B, (A,))
    assert isinstance(found[2], Wound)
    assert found[2].long_lps_mm == ((20.0, 31.0, 30.0), D), "the longer one is the length"
    assert found[2].short_lps_mm == (A, B)
    assert [one.code for one in found[2].quantities] == ["wound_length", "wound_width"]


def test_the_live_number_is_that_of_the_finding_it_becomes() -> None:
    room = Room()
    room.take("measure.length")
    room.click(A)
    room.points.hover(room.at(B))
    (mark,) = room.marks.shown.now
    assert mark.told == "10.0\u00a0±\u00a02.9\u00a0mm"
    room.click(B)
    (mark,) = room.marks.shown.now
    assert mark.told == "10.0\u00a0±\u00a02.9\u00a0mm"
    assert not mark.draft


def test_a_key_picture_keeps_how_the_slice_is_looked_at() -> None:
    room = Room()
    room.views.slab.set(Slab(Projection.MEAN, 4.0))
    at = room.at((30.0, 31.0, 32.0), "sagittal")
    room.points.keep(key_picture(room.points.maker, room.views, at, 120.0))
    (kept,) = room.session.case.findings
    assert isinstance(kept, KeyPicture)
    assert (kept.centre_lps_mm, kept.height_mm, kept.slab_mm) == ((30.0, 31.0, 32.0), 120.0, 4.0)
    assert (kept.right, kept.down, kept.made_in) == (*at.axes, "sagittal")
    window = room.views.window.now
    assert (kept.window_centre, kept.window_width) == (window.centre, window.width)
    assert room.marks.shown.now == (), "it is a view, not a mark on one"


@pytest.mark.parametrize("outline", list(Outline))
def test_a_region_is_kept_with_the_values_of_its_voxels(outline: Outline) -> None:
    room = Room()
    region = Region(outline, (30.0, 30.0, 30.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 8.4, 5.4)
    room.points.keep(roi(room.points.maker, region, "axial"))
    (kept,) = room.session.case.findings
    assert isinstance(kept, Measure)
    assert kept.measure is MeasureKind.ROI
    told = {one.code: one.value for one in kept.quantities}
    assert (told["mean"], told["minimum"], told["maximum"]) == (1000.0, 1000.0, 1000.0)
    assert told["area"] == pytest.approx(region.area_mm2)
    assert told["voxels"] == pytest.approx(region.area_mm2, rel=0.1)
    (mark,) = room.marks.shown.now
    corners = np.array(mark.lines[0])
    assert np.ptp(corners, axis=0) == pytest.approx((16.8, 10.8, 0.0), abs=1e-6)


@pytest.mark.parametrize("language", list(Language))
def test_every_form_has_a_hint_and_a_name(language: Language) -> None:
    room = Room()
    tools = ("measure", "wound", "fragment", "fracture", "landmark", "note")
    for form in (one for tool in tools for one in forms_of(tool)):
        room.points.choose(form)
        assert room.points.hint(language)
        assert form.named(1, language)


acts = some.lists(
    some.one_of(
        some.tuples(some.just("click"), some.integers(5, 55), some.integers(5, 55)),
        some.tuples(some.just("hover"), some.integers(5, 55), some.integers(5, 55)),
        some.tuples(some.sampled_from(["back", "finish", "leave"]), some.just(0), some.just(0)),
    ),
    max_size=14,
)
names = some.sampled_from(
    ["wound", "fracture", "note", *(f"measure.{one}" for one in ("length", "curve", "angle"))]
)


@settings(max_examples=80, deadline=None)
@given(names, acts)
def test_whatever_the_hand_does_the_case_holds_only_whole_findings(
    name: str, done: list[tuple[str, int, int]]
) -> None:
    room = Room(_SMALL)
    form = form_named(name)
    room.points.choose(form)
    expected: list[tuple[Point, ...]] = []
    drafted: list[Point] = []
    for what, x, y in done:
        place = (float(x), float(y), 30.0)
        if what == "click":
            room.click(place)
            if not drafted or drafted[-1] != place:
                drafted.append(place)
        elif what == "hover":
            room.points.hover(room.at(place))
        elif what == "back":
            room.points.take_back()
            drafted = drafted[:-1]
        elif what == "leave":
            room.points.leave()
            drafted = []
        if what == "finish":
            room.points.finish()
        ended = what == "finish" and len(drafted) >= form.least
        if drafted and (len(drafted) == form.most or ended):
            expected.append(tuple(drafted))
            drafted = []
        draft = room.points.draft.now
        assert [one.lps_mm for one in (draft.places if draft else ())] == drafted
    assert [one.places for one in room.session.case.findings] == expected
    for _ in expected:
        room.session.undo()
    assert room.session.case.findings == ()


_SMALL = ball()
