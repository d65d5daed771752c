"""A locked finding stays; an unlocked one is moved by one act, at the release."""

from __future__ import annotations

import pytest

from tests.viewer.presenters.tools.marking_room import Room
from viewer.presenters.tools.acts import acts_on, do
from viewer.presenters.tools.kept import roi
from virtopsy.errors import Bug
from virtopsy.findings.measure import Measure
from virtopsy.findings.trajectory import Trajectory
from virtopsy.imaging.roi import Outline, Region

A, B = (10.0, 30.0, 30.0), (40.0, 30.0, 30.0)


def marked(name: str) -> tuple[Room, str]:
    room = Room()
    form = room.take(name)
    room.click(*(A, B)[: form.most])
    room.points.finish()
    return room, room.session.case.findings[0].finding_id


@pytest.mark.parametrize(
    "name", ["wound", "fragment.fragment", "fracture", "landmark", "measure.length", "note"]
)
def test_a_drag_of_any_kind_is_one_act_and_undo_brings_it_back(name: str) -> None:
    room, one = marked(name)
    before = room.session.case.findings[0]
    with pytest.raises(Bug):
        room.handles.grab(one, 0)
    room.findings.unlock(one)
    heard: list[object] = []
    room.session.changed.subscribe(heard.append)
    room.handles.grab(one, 0)
    for x in (11.0, 12.0, 13.0):
        room.handles.pull(room.at((x, 31.0, 30.0)))
    assert room.session.case.findings == (before,)
    (mark,) = room.marks.shown.now
    assert (mark.points[0], mark.draft) == ((13.0, 31.0, 30.0), True)
    room.handles.release()
    assert len(heard) == 1
    assert room.session.case.findings[0].places[0] == (13.0, 31.0, 30.0)
    assert room.findings.unlocked.now == one, "it stays in hand until another is selected"
    room.session.undo()
    assert room.session.case.findings == (before,)


def test_a_grab_without_a_move_or_given_up_records_nothing() -> None:
    room, one = marked("measure.length")
    room.findings.unlock(one)
    heard: list[object] = []
    room.session.changed.subscribe(heard.append)
    room.handles.grab(one, 1)
    room.handles.release()
    room.handles.grab(one, 1)
    room.handles.pull(room.at(A))
    room.handles.leave()
    room.handles.release()
    assert heard == []


def test_a_track_is_not_made_shorter_than_its_direction_can_bear() -> None:
    room = Room()
    for place in (A, B):
        room.trajectory.click(place, "track")
    (track,) = room.session.case.findings
    room.findings.unlock(track.finding_id)
    room.handles.grab(track.finding_id, 1)
    room.handles.pull(room.at((20.0, 30.0, 30.0)))
    room.handles.pull(room.at(A))
    room.handles.release()
    (after,) = room.session.case.findings
    assert after == track
    room.handles.grab(track.finding_id, 1)
    room.handles.pull(room.at((20.0, 30.0, 30.0)))
    room.handles.release()
    (moved,) = room.session.case.findings
    assert isinstance(moved, Trajectory)
    assert moved.ends_lps_mm == (A, (20.0, 30.0, 30.0))


def test_a_moved_profile_and_a_moved_region_are_read_anew() -> None:
    room, one = marked("measure.profile")
    room.findings.unlock(one)
    room.handles.grab(one, 0)
    room.handles.pull(room.at((20.0, 30.0, 30.0)))
    room.handles.release()
    (profile,) = room.session.case.findings
    assert isinstance(profile, Measure)
    assert len(profile.profile) == 21
    region = Region(Outline.ELLIPSE, (30.0, 30.0, 30.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 8.0, 5.0)
    room.points.keep(roi(room.points.maker, region, "axial"))
    kept = room.session.case.findings[1].finding_id
    room.findings.unlock(kept)
    for place, to, points in (
        (0, (55.0, 5.0, 30.0), ((55.0, 5.0, 30.0), (63.0, 5.0, 30.0), (55.0, 10.0, 30.0))),
        (1, (57.0, 9.0, 30.0), ((55.0, 5.0, 30.0), (57.0, 5.0, 30.0), (55.0, 10.0, 30.0))),
        (2, (0.0, 8.0, 30.0), ((55.0, 5.0, 30.0), (57.0, 5.0, 30.0), (55.0, 8.0, 30.0))),
    ):
        room.handles.grab(kept, place)
        room.handles.pull(room.at(to))
        room.handles.release()
        measure = room.session.case.findings[1]
        assert isinstance(measure, Measure)
        assert measure.points_lps_mm == points
        assert measure.quantities[0].value == -1000.0


def test_the_menu_offers_what_fits_the_finding_and_does_it() -> None:
    room, one = marked("wound")
    assert acts_on(room.findings, one) == ("select", "unlock", "extents", "hide", "withdraw")
    do("unlock", room.findings, room.points, one)
    assert "lock" in acts_on(room.findings, one)
    do("lock", room.findings, room.points, one)
    assert room.findings.unlocked.now is None
    room.findings.selected.set(None)
    do("select", room.findings, room.points, one)
    assert room.findings.selected.now == one
    do("extents", room.findings, room.points, one)
    assert room.points.draft.now is not None
    room.points.leave()
    do("hide", room.findings, room.points, one)
    assert room.marks.shown.now == ()
    do("withdraw", room.findings, room.points, one)
    assert room.session.case.findings == ()
    room, one = marked("measure.length")
    assert "again" in acts_on(room.findings, one)
    do("again", room.findings, room.points, one)
    assert room.points.draft.now is not None


def test_what_is_dragged_is_let_go_when_the_case_changes_beneath_it() -> None:
    room, one = marked("wound")
    room.findings.unlock(one)
    room.handles.grab(one, 0)
    room.handles.pull(room.at(B))
    room.session.undo()
    assert room.handles.drag.now is None
    assert room.session.case.findings == ()
