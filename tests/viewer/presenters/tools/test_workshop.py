"""The workshop refines a clicked track, and states what a person says of it, one version an act."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from queue import Empty, SimpleQueue

import numpy as np
import pytest

from tests.constructed_body import HEAD
from tests.shot_skull import Shot, shot
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.fragment_search import FragmentSearch
from viewer.presenters.tools.workshop import Workshop
from viewer.presenters.value import Value
from viewer.presenters.work import Work
from viewer.render.glyphs.before import before_entry
from virtopsy.case.commands import AddFinding, AddFindings, ChangeFinding
from virtopsy.errors import InputError, VirtopsyError
from virtopsy.findings.fragment import Fragment, Site
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.trajectory import Method, Outcome, Trajectory
from virtopsy.geometry.body import Kind
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Volume
from virtopsy.jobs import Lanes

_SERIES = "1.2"


@cache
def _shot() -> Shot:
    return shot(9001)


class Desk:
    """The workshop over a scan."""

    def __init__(self, volume: Volume) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.lanes, self.views, self.session = Lanes(), Views(), Session()
        self.person = Value("Ә. Сарапшы")
        self.findings = Findings(self.session, self.views, self.person)
        work = Work(self.lanes, self.posted.put)
        self.shop = Workshop(self.session, self.views, self.findings, work, self.person)
        ids = iter(range(10_000))
        self.search = FragmentSearch(
            self.session, self.views, self.findings, work, lambda: f"f{next(ids)}"
        )
        self.troubles: list[VirtopsyError] = []
        self.shop.trouble.subscribe(self.troubles.append)
        self.views.show(replace(volume, identity=Identity(series_uid=_SERIES)))

    def wait(self) -> None:
        end = time.monotonic() + 60
        while self.shop.busy or self.search.searching:
            assert time.monotonic() < end
            try:
                self.posted.get(timeout=0.05)()
            except Empty:
                continue

    def add(self, ends: tuple[Point, Point], entry: int | None = 0) -> None:
        by = None if entry is None else "expert"
        track = Trajectory(
            ends, entry=entry, direction_by=by, finding_id="t", name="t", series_uid=_SERIES
        )
        self.session.do(AddFinding(track))
        self.findings.selected.set("t")

    @property
    def track(self) -> Trajectory:
        track = self.findings.track
        assert track is not None
        return track


@pytest.fixture
def shot_desk() -> Iterator[Desk]:
    made = Desk(_shot().volume)
    yield made
    made.lanes.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    frame = Frame.of((40, 40, 40), origin_mm=(-80, -80, -80), spacing_mm=(4, 4, 4))
    made = Desk(Volume(np.zeros(frame.shape, np.int16), frame))
    yield made
    made.lanes.close()


@pytest.mark.parametrize("entry", [0, 1, None])
def test_two_rough_clicks_become_a_fitted_track_with_its_own_scatter(
    shot_desk: Desk, entry: int | None
) -> None:
    case = _shot()
    clicks = case.clicks(np.random.default_rng(5))
    ends = (clicks[1], clicks[0]) if entry == 1 else (clicks[0], clicks[1])
    shot_desk.add(ends, entry)

    shot_desk.shop.refine()
    shot_desk.wait()

    track = shot_desk.track
    assert track.method is Method.RIM
    assert track.clicks_lps_mm == ends
    assert len(track.joint_spread_mm) == 21
    assert track.spread_source == "fit"
    axis = np.array(track.axis if entry != 1 else [-one for one in track.axis])
    assert math.degrees(math.acos(min(float(axis @ case.direction), 1.0))) < 2.0
    assert set(shot_desk.shop.refined.now) == {"t"}
    shot_desk.session.undo()
    assert shot_desk.track.method is Method.CLICKS


def test_refining_again_begins_from_the_same_clicks(shot_desk: Desk) -> None:
    clicks = _shot().clicks(np.random.default_rng(6))
    shot_desk.add((clicks[0], clicks[1]))
    shot_desk.shop.refine()
    shot_desk.wait()
    first = shot_desk.track

    shot_desk.shop.refine()
    shot_desk.wait()

    assert shot_desk.track.ends_lps_mm == first.ends_lps_mm


def test_where_there_is_no_hole_the_clicks_stay_and_the_reason_is_said(desk: Desk) -> None:
    desk.add(((-40.0, 0.0, 0.0), (40.0, 0.0, 0.0)))

    desk.shop.refine()
    desk.wait()

    assert desk.track.method is Method.CLICKS
    assert [one.key.partition(".")[0] for one in desk.troubles] == ["refine"]


def test_a_track_that_was_moved_meanwhile_is_not_overwritten(shot_desk: Desk) -> None:
    clicks = _shot().clicks(np.random.default_rng(7))
    shot_desk.add((clicks[0], clicks[1]))
    shot_desk.shop.refine()
    moved = shot_desk.track.with_end(1, (1.0, 2.0, 3.0))
    shot_desk.session.do(ChangeFinding(moved))

    shot_desk.wait()

    assert shot_desk.track == moved


def test_points_along_the_track_fit_it_and_fewer_than_three_do_not(desk: Desk) -> None:
    desk.add(((-40.0, 0.0, 0.0), (40.0, 3.0, 0.0)))
    for x in (-30.0, 0.0):
        desk.views.go((x, 1.0, 0.0))
        desk.shop.add_point()
    with pytest.raises(InputError):
        desk.shop.fit_points()
    for x in (20.0, 35.0):
        desk.views.go((x, 1.0, 0.0))
        desk.shop.add_point()
    desk.shop.take_point_back()
    desk.views.go((35.0, 1.0, 0.0))
    desk.shop.add_point()

    desk.shop.fit_points()

    track = desk.track
    assert track.method is Method.POINTS
    assert track.axis == pytest.approx((1, 0, 0), abs=1e-6)
    assert track.ends_lps_mm[0] == pytest.approx((-40, 1, 0), abs=1e-6)
    assert track.ends_lps_mm[1] == pytest.approx((40, 1, 0), abs=1e-6)
    assert desk.shop.points.now == ()
    # Beyond the outermost points the line is known less well than at them.
    spread = track.end_covariance
    assert spread[1, 1] > 1.0 / 4


def test_fragments_beside_the_track_fit_it_and_others_do_not(desk: Desk) -> None:
    desk.add(((-40.0, 0.0, 0.0), (40.0, 0.0, 0.0)))
    places = {
        "a": ((-30.0, 2.0, 0.0), Site.INSIDE, False),
        "b": ((0.0, 2.0, 0.0), Site.INSIDE, False),
        "c": ((30.0, 2.0, 0.0), Site.UNSTATED, False),
        "tooth": ((0.0, 9.0, 0.0), Site.INSIDE, True),
        "table": ((0.0, 9.0, 5.0), Site.OUTSIDE, False),
        "far": ((0.0, 60.0, 0.0), Site.INSIDE, False),
    }
    desk.session.do(
        AddFindings(
            tuple(
                Fragment(
                    at,
                    site=site,
                    may_be_dental=dental,
                    finding_id=name,
                    name=name,
                    series_uid=_SERIES,
                )
                for name, (at, site, dental) in places.items()
            )
        )
    )

    assert {one.finding_id for one in desk.shop.fragments_along} == {"a", "b", "c"}
    desk.shop.fit_fragments()

    assert desk.track.method is Method.FRAGMENTS
    assert desk.track.ends_lps_mm[0][1] == pytest.approx(2.0)


def test_what_a_person_states_of_a_track_is_one_version_each(desk: Desk) -> None:
    desk.add(((-40.0, 0.0, 0.0), (40.0, 0.0, 0.0)))
    desk.views.go((20.0, 5.0, 0.0))
    desk.shop.deflected_here()
    desk.views.go((-20.0, -5.0, 0.0))
    desk.shop.deflected_here()
    assert [one[0] for one in desk.track.via_lps_mm] == [-20.0, 20.0]
    assert len(desk.track.segments) == 3
    desk.shop.straight()
    assert desk.track.via_lps_mm == ()
    desk.shop.lodged_here()
    assert desk.track.outcome is Outcome.LODGED
    assert desk.track.lodged_lps_mm == (-20.0, -5.0, 0.0)
    desk.shop.lodged_nowhere()
    assert desk.track.lodged_lps_mm is None
    desk.shop.state_order(2)
    assert desk.track.order == 2
    before = desk.session.case
    desk.shop.state_order(2)
    assert desk.session.case is before


def test_two_clicks_to_where_a_projectile_lodged_are_a_chord_that_is_extended_nowhere(
    desk: Desk,
) -> None:
    desk.add(((-40.0, 0.0, 0.0), (40.0, 0.0, 0.0)))
    assert before_entry(desk.track, "#ffffff") is not None
    desk.views.go((38.0, 3.0, 0.0))
    desk.shop.lodged_here()
    assert desk.track.method is Method.CHORD
    assert desk.track.ends_lps_mm == ((-40.0, 0.0, 0.0), (38.0, 3.0, 0.0))
    assert before_entry(desk.track, "#ffffff") is None
    desk.shop.lodged_nowhere()
    assert (desk.track.method, desk.track.outcome) == (Method.CLICKS, Outcome.UNSTATED)
    assert before_entry(desk.track, "#ffffff") is not None


def test_a_projectile_far_from_the_clicked_end_leaves_the_track_where_it_was(desk: Desk) -> None:
    desk.add(((-40.0, 0.0, 0.0), (40.0, 0.0, 0.0)))
    desk.views.go((0.0, 40.0, 0.0))
    desk.shop.lodged_here()
    assert desk.track.ends_lps_mm == ((-40.0, 0.0, 0.0), (40.0, 0.0, 0.0))
    assert desk.track.method is Method.CLICKS
    assert before_entry(desk.track, "#ffffff") is None, "two clicks of a lodged case say too little"


def _landmarks() -> tuple[Landmark, ...]:
    return tuple(
        Landmark(as_point(place), code, finding_id=code, name=code, series_uid=_SERIES)
        for code, place in HEAD.items()
    )


def test_left_and_right_are_confirmed_by_the_person_who_acts(desk: Desk) -> None:
    assert desk.shop.frames() == ()
    desk.session.do(AddFindings(_landmarks()[:2]))
    (begun,) = desk.shop.frames()
    assert begun.why_not is not None
    assert not begun.may_be_confirmed
    desk.session.do(AddFindings(_landmarks()[2:]))
    (whole,) = desk.shop.frames()
    assert whole.may_be_confirmed

    desk.shop.confirm_sides(Kind.HEAD)

    (now,) = desk.shop.frames()
    assert now.confirmed_by == "Ә. Сарапшы"
    assert not now.may_be_confirmed
    desk.session.undo()
    assert desk.shop.frames()[0].confirmed_by == ""


def test_nobody_confirms_nothing(desk: Desk) -> None:
    desk.person.set("")
    desk.session.do(AddFindings(_landmarks()))

    with pytest.raises(InputError):
        desk.shop.confirm_sides(Kind.HEAD)


def test_metal_is_listed_once_however_often_it_is_searched(desk: Desk) -> None:
    frame = Frame.of((60, 60, 60), origin_mm=(-59, -59, -59), spacing_mm=(2, 2, 2))
    k, j, i = np.indices(frame.shape)
    places = frame.to_lps(np.stack((i, j, k), axis=-1))
    values = np.where(np.linalg.norm(places, axis=-1) < 50, 40, -1000).astype(np.int16)
    for at in ((20.0, 0.0, 0.0), (-20.0, 10.0, 5.0)):
        values[np.linalg.norm(places - at, axis=-1) < 5] = 3071
    desk.views.show(Volume(values, frame, identity=Identity(series_uid=_SERIES)))
    told: list[int | None] = []
    desk.search.found.subscribe(told.append)

    for _ in range(2):
        desk.search.search(lambda n: f"Fragment {n}")
        desk.wait()

    listed = [one for one in desk.findings.shown if isinstance(one, Fragment)]
    assert [one.name for one in listed] == ["Fragment 1", "Fragment 2"]
    assert [one for one in told if one is not None] == [2, 0]
    assert all(one.volume_low_mm3 and one.size_sd_mm for one in listed)
    desk.session.undo()
    assert not desk.findings.shown
