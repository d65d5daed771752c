"""The path that is followed, the place on it and the path that is drawn, without a display."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from viewer.presenters.court.walkthrough import Walkthrough
from viewer.presenters.examine.along import BEYOND_MM, FIRST_HINT, NEXT_HINT, Along
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.trajectory import TrajectoryTool
from viewer.presenters.value import Value
from virtopsy.case.commands import ChangeFinding, ChangeStop
from virtopsy.errors import UsageError
from virtopsy.geometry.camera import Camera3D
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Volume

FIRST, SECOND = (-30.0, 0.0, 0.0), (10.0, 0.0, 30.0)  # 50 mm
_CAMERA = Camera3D((0.0, -500.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 0.5)


def _volume(series: str = "1.2.3") -> Volume:
    frame = Frame.of((60, 60, 60), origin_mm=(-59, -59, -59), spacing_mm=(2, 2, 2))
    return Volume(np.zeros(frame.shape, np.int16), frame, identity=Identity(series_uid=series))


class Desk:
    """The presenters that look along a path."""

    def __init__(self) -> None:
        self.session, self.views, person = Session(), Views(), Value("A. Expert")
        self.findings = Findings(self.session, self.views, person)
        numbers = iter(range(100))
        new_id = lambda: f"id{next(numbers)}"  # noqa: E731
        self.tool = TrajectoryTool(self.session, self.views, self.findings.selected, new_id, person)
        self.along = Along(self.session, self.views, self.findings)
        self.walkthrough = Walkthrough(self.session, self.views, new_id, lambda _: None)
        self.views.show(_volume())

    def mark(self, first: tuple[float, ...] = FIRST, second: tuple[float, ...] = SECOND) -> None:
        for one in (first, second):
            self.tool.click((one[0], one[1], one[2]), "track")

    def arc(self) -> float:
        followed = self.along.followed.now
        assert followed is not None
        return followed.path.nearest_arc_mm(self.views.position.now)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_without_a_track_and_a_path_there_is_nothing_to_look_along(desk: Desk) -> None:
    told: list[str] = []
    desk.along.told.subscribe(told.append)
    desk.along.toggle()
    assert told == ["path.nothing"]
    with pytest.raises(UsageError) as caught:
        desk.along.show()
    assert caught.value.key == "path.nothing"
    assert desk.views.layout.now == "all"


def test_a_track_is_looked_along_from_its_stated_entry_at_which_the_crosshair_begins(
    desk: Desk,
) -> None:
    desk.mark()
    desk.findings.state_entry(1)
    desk.along.show()
    followed = desk.along.followed.now
    assert followed is not None
    assert (followed.begins, followed.number) == ("entry", 1)
    assert followed.path.points_mm == (SECOND, FIRST)
    assert desk.views.layout.now == "path"
    assert desk.views.position.now == pytest.approx(SECOND)


def test_a_track_nobody_stated_the_entry_of_has_a_first_end_and_no_entry(desk: Desk) -> None:
    desk.mark()
    desk.findings.state_entry(None)
    desk.along.show()
    assert desk.along.followed.now is not None
    assert desk.along.followed.now.begins == "first"
    assert desk.along.followed.now.path.points_mm == (FIRST, SECOND)


def test_stating_the_other_end_turns_the_path_round_and_stays_at_the_place(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    desk.along.go(10)
    there = desk.views.position.now
    desk.findings.state_entry(1)
    assert desk.along.place_mm.now == pytest.approx(40)
    assert desk.views.position.now == pytest.approx(there)


def test_a_step_moves_the_crosshair_by_as_many_mm_along_the_path(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    desk.along.step(7)
    assert math.dist(FIRST, desk.views.position.now) == pytest.approx(7)
    assert desk.views.position.now == pytest.approx((-30 + 7 * 0.8, 0, 7 * 0.6))
    desk.along.step(-3)
    assert desk.arc() == pytest.approx(4)


def test_the_place_goes_a_little_beyond_the_ends_and_never_out_of_the_scan(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    desk.along.step(-1000)
    assert desk.along.place_mm.now == -BEYOND_MM
    assert math.dist(FIRST, desk.views.position.now) == pytest.approx(BEYOND_MM)
    desk.mark((-55.0, 0.0, 0.0), SECOND)
    desk.along.step(-1000)
    assert desk.along.place_mm.now > -5
    assert desk.views.position.now == pytest.approx(desk.along.place_lps_mm)


def test_the_ends_are_reached_exactly(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    desk.along.go_to_end(last=True)
    assert desk.views.position.now == pytest.approx(SECOND)
    desk.along.go_to_end(last=False)
    assert desk.views.position.now == pytest.approx(FIRST)


def test_selecting_another_track_in_the_layout_follows_it_and_elsewhere_moves_nothing(
    desk: Desk,
) -> None:
    desk.mark()
    desk.mark((0.0, -20.0, 0.0), (0.0, 20.0, 0.0))
    first, second = (one.finding_id for one in desk.findings.tracks)
    before = desk.views.position.now
    desk.findings.selected.set(first)
    assert desk.views.position.now == before
    desk.along.show()
    desk.findings.selected.set(second)
    assert desk.along.followed.now is not None
    assert desk.along.followed.now.finding_id == second
    assert desk.views.position.now == pytest.approx((0.0, -20.0, 0.0))
    desk.along.leave()
    desk.along.show()
    assert desk.along.followed.now.number == 2


def test_a_track_that_is_taken_back_is_followed_no_more_and_undo_does_not_surprise(
    desk: Desk,
) -> None:
    desk.mark()
    desk.along.show()
    desk.findings.withdraw()
    assert desk.along.followed.now is None
    assert desk.along.turned.now is None
    desk.session.undo()
    assert desk.along.followed.now is None


def test_a_moved_end_is_followed_at_once(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    (track,) = desk.findings.tracks
    desk.session.do(ChangeFinding(track.with_end(1, (10.0, 8.0, 30.0))))
    assert desk.along.followed.now is not None
    assert desk.along.followed.now.path.points_mm[1] == (10.0, 8.0, 30.0)


def test_choosing_the_layout_from_the_list_follows_the_selected_track(desk: Desk) -> None:
    desk.mark()
    desk.views.layout.set("path")
    assert desk.along.followed.now is not None


def test_another_scan_ends_the_layout_and_the_path(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    desk.along.click(FIRST)
    desk.views.show(_volume("9"))
    assert (desk.along.followed.now, desk.along.points.now) == (None, ())
    assert desk.views.layout.now == "all"


def test_turning_turns_the_frames_of_the_path_alone(desk: Desk) -> None:
    desk.mark()
    desk.along.show()
    desk.along.turn(math.radians(200))
    assert desk.along.angle.now == pytest.approx(math.radians(-160))
    turned, followed = desk.along.turned.now, desk.along.followed.now
    assert turned is not None
    assert followed is not None
    assert turned.angle == desk.along.angle.now
    assert followed.path.angle == 0
    up, plain = turned.at(0).up[0], followed.path.at(0).up[0]
    assert float(up @ plain) == pytest.approx(math.cos(math.radians(160)))
    desk.along.reset()
    assert desk.along.turned.now == followed.path


def test_a_path_is_drawn_point_by_point_and_followed_when_it_ends(desk: Desk) -> None:
    along = desk.along
    desk.mark()
    assert along.hint.now == FIRST_HINT
    assert along.drawn is None
    along.click(FIRST)
    assert along.hint.now == NEXT_HINT
    along.hover((0.0, 0.0, 20.0))
    assert along.drawn is not None
    along.click((0.0, 0.0, 20.0))
    along.click((0.0, 0.1, 20.0))  # the second press of a double click
    along.click(SECOND)
    assert along.finish()
    followed = along.followed.now
    assert followed is not None
    assert (followed.begins, followed.finding_id) == ("drawn", None)
    assert followed.path.points_mm == (FIRST, (0.0, 0.0, 20.0), SECOND)
    assert (along.points.now, along.drawn, along.hint.now) == ((), None, FIRST_HINT)
    assert desk.views.position.now == pytest.approx(FIRST)
    assert len(desk.findings.tracks) == 1, "it is nobody's finding"


def test_the_last_point_is_taken_back_until_nothing_is_drawn(desk: Desk) -> None:
    desk.along.click(FIRST)
    desk.along.click(SECOND)
    desk.along.take_back()
    assert desk.along.points.now == (FIRST,)
    assert not desk.along.finish(), "one point is no path"
    assert desk.along.points.now == (FIRST,)
    desk.along.take_back()
    desk.along.take_back()
    assert (desk.along.points.now, desk.along.hint.now) == ((), FIRST_HINT)


def test_what_a_stop_cannot_hold_is_refused_and_showing_stops_comes_back_to_it(desk: Desk) -> None:
    desk.walkthrough.add("a stop", _CAMERA)
    desk.mark()
    desk.along.show()
    with pytest.raises(UsageError) as caught:
        desk.walkthrough.add("the track", _CAMERA)
    assert caught.value.key == "path.no_stop"
    assert len(desk.walkthrough.stops) == 1
    desk.along.go(12)
    desk.walkthrough.begin(_CAMERA)
    assert desk.views.layout.now == "all"
    desk.walkthrough.leave()
    assert desk.views.layout.now == "path"
    assert desk.arc() == pytest.approx(12)


def test_a_stop_of_another_hand_that_names_no_layout_of_ours_shows_the_four_views(
    desk: Desk,
) -> None:
    desk.walkthrough.add("a stop", _CAMERA)
    (stop,) = desk.walkthrough.stops
    for name in ("path", "no such layout"):
        desk.session.do(ChangeStop(replace(stop, layout=name)))
        desk.views.layout.set("axial")
        desk.walkthrough.look_at(stop.stop_id)
        assert desk.views.layout.now == "all"
