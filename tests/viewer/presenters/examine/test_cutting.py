"""Cuts are tried, kept, taken back and repeated; the table goes with what lies on it named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.presenters.examine.cutting import Cutting, whole
from viewer.presenters.examine.views import Views
from viewer.presenters.work import Work
from virtopsy.errors import UsageError
from virtopsy.geometry.camera import standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway, OutsideBody
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.jobs import Lanes

_SIZE, _MM = (60, 80, 80), 4.0
_FRAGMENT_MM = (100.0, 92.0, 120.0)


def body_on_table() -> Volume:
    """A limb of soft tissue and bone; behind it a table, on it a dense piece that lies loose."""
    frame = Frame.of(_SIZE, origin_mm=(-160, -160, 0), spacing_mm=(_MM, _MM, _MM))
    z, y, x = (
        axis * _MM + start for axis, start in zip(np.indices(_SIZE), (0, -160, -160), strict=True)
    )
    values = np.full(_SIZE, -1000, np.int16)
    radius = np.hypot(x, y)
    values[radius < 64] = 50
    values[radius < 20] = 900
    values[(np.abs(y - 112) < 9) & (np.abs(x) < 140)] = 200
    away = np.max(np.abs(np.stack((x, y, z)) - np.reshape(_FRAGMENT_MM, (3, 1, 1, 1))), axis=0)
    values[away <= 4] = 3000
    return Volume(values, frame)


class Desk:
    """The presenter over a scan, with its lanes."""

    def __init__(self, volume: Volume) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.lanes = Lanes()
        self.views = Views()
        self.cutting = Cutting(self.views, Work(self.lanes, self.posted.put))
        self.volume = volume
        self.views.show(volume)

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not reached():
            assert time.monotonic() < end
            try:
                self.posted.get(timeout=0.05)()
            except Empty:
                continue


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(body_on_table())
    yield made
    made.lanes.close()


def test_a_drag_is_one_step_and_a_click_beside_it_none(desk: Desk) -> None:
    cutting = desk.cutting
    for value in (40.0, 30.0, 20.0):
        cutting.drag_face(0, value, high=True)
        assert cutting.box.high_mm[0] == value
        assert not cutting.history.now.can_undo
    cutting.keep()
    cutting.keep()
    cutting.undo()
    assert desk.views.cutaway.now == NOTHING_HIDDEN
    assert not cutting.history.now.can_undo
    cutting.redo()
    assert cutting.box.high_mm[0] == 20.0


def test_a_face_stays_in_the_scan_and_off_the_opposite_one(desk: Desk) -> None:
    cutting, limit = desk.cutting, whole(desk.volume)
    cutting.drag_face(2, -1e6, high=True)
    assert cutting.box.high_mm[2] > cutting.box.low_mm[2]
    cutting.drag_face(2, 1e6, high=True)
    assert cutting.box == limit
    assert desk.views.cutaway.now == NOTHING_HIDDEN, "a box round everything hides nothing"


def test_a_plane_moves_deeper_and_stays_in_the_scan(desk: Desk) -> None:
    camera = standard_view(desk.volume.frame, "anterior")
    desk.cutting.lay_plane(camera)
    before = desk.cutting.plane
    desk.cutting.push_plane(10.0)
    after = desk.cutting.plane
    assert before is not None
    assert after is not None
    assert after.normal == pytest.approx((0, -1, 0)), "what lies before it is hidden"
    assert after.point_mm[1] - before.point_mm[1] == pytest.approx(10.0)
    desk.cutting.push_plane(1e6)
    assert desk.cutting.plane is not None
    assert desk.cutting.plane.point_mm[1] <= desk.volume.frame.corners_mm[:, 1].max() + 1e-6


def test_a_slip_of_the_hand_cuts_nothing_and_escape_gives_up(desk: Desk) -> None:
    camera = standard_view(desk.volume.frame, "anterior")
    for place in ((0.1, 0.1), (0.1001, 0.1), (0.1, 0.1001)):
        desk.cutting.draw(*place)
    desk.cutting.cut(camera)
    assert desk.views.cutaway.now == NOTHING_HIDDEN
    for place in ((-0.5, -0.5), (0.5, -0.5), (0.0, 0.5)):
        desk.cutting.draw(*place)
    desk.cutting.give_up()
    assert desk.cutting.outline.now == ()
    desk.cutting.cut(camera)
    assert desk.views.cutaway.now == NOTHING_HIDDEN


def test_the_table_goes_by_one_act_and_the_loose_dense_piece_is_named(desk: Desk) -> None:
    desk.cutting.hide_table()
    assert not desk.cutting.can_hide_table, "it is looked for"
    desk.until(lambda: desk.cutting.searching.now is None)
    parts = desk.cutting.hidden_parts
    dense = [one for one in parts if one.max_hu > 2500]
    alone = min(dense, key=lambda one: one.volume_mm3)
    assert alone.max_hu == 3000
    assert alone.centre_mm == pytest.approx(_FRAGMENT_MM, abs=_MM)
    assert alone.volume_mm3 == pytest.approx(27 * _MM**3), "by itself, without the table"
    assert max(one.volume_mm3 for one in parts) > 100_000, "the table"
    (step,) = desk.views.cutaway.now.steps
    assert isinstance(step, OutsideBody)
    assert not step.covers(np.array([[0.0, 0.0, 120.0]]))[0], "the body stays"
    desk.cutting.undo()
    assert desk.cutting.hidden_parts == ()
    desk.cutting.hide_table()
    assert desk.cutting.hidden_parts == parts, "found once, hidden at once"


def test_a_cancelled_search_hides_nothing_and_may_be_begun_again(desk: Desk) -> None:
    desk.cutting.hide_table()
    running = desk.cutting.searching.now
    assert running is not None
    running.progress.cancel()
    desk.until(lambda: desk.cutting.searching.now is None)
    assert desk.views.cutaway.now == NOTHING_HIDDEN
    assert desk.cutting.can_hide_table


def test_signal_that_is_no_hu_is_refused_in_words(desk: Desk) -> None:
    scan = desk.volume
    desk.views.show(Volume(scan.voxels, scan.frame, Quantity.SIGNAL))
    with pytest.raises(UsageError) as refused:
        desk.cutting.hide_table()
    assert refused.value.key == "volume3d.table.no_hu"


def test_another_scan_begins_whole_and_repeats_no_cut_of_the_one_before(desk: Desk) -> None:
    desk.cutting.drag_face(0, 20.0, high=True)
    desk.cutting.keep()
    desk.cutting.undo()
    desk.views.show(body_on_table())
    assert not desk.cutting.history.now.can_redo
    desk.cutting.redo()
    assert desk.views.cutaway.now == NOTHING_HIDDEN


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(["box", "plane", "cut", "undo", "redo", "all", "escape"])))
def test_what_is_hidden_always_is_what_the_history_says(desk: Desk, acts: list[str]) -> None:
    desk.views.cutaway.set(Cutaway())
    camera = standard_view(desk.volume.frame, "left")
    for number, act in enumerate(acts):
        if act == "box":
            desk.cutting.drag_face(number % 3, 10.0 + number, high=True)
            desk.cutting.keep()
        elif act == "plane":
            desk.cutting.lay_plane(camera)
        elif act == "cut":
            for place in ((-0.5, -0.5), (0.5, -0.5), (0.0, 0.1 + number / 100)):
                desk.cutting.draw(*place)
            desk.cutting.cut(camera)
        elif act == "escape":
            desk.cutting.drag_face(1, 5.0, high=False)
            desk.cutting.give_up()
        else:
            {
                "undo": desk.cutting.undo,
                "redo": desk.cutting.redo,
                "all": desk.cutting.show_everything,
            }[act]()
        assert desk.views.cutaway.now == desk.cutting.history.now.now
    while desk.cutting.history.now.can_undo:
        desk.cutting.undo()
    assert desk.views.cutaway.now == NOTHING_HIDDEN
