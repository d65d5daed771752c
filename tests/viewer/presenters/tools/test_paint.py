"""A volume is a draft until it is kept; then it is one finding, measured on acquired voxels."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.paint import How, PaintTool
from viewer.presenters.value import Value
from viewer.presenters.work import Work
from virtopsy.errors import InputError, VirtopsyError
from virtopsy.findings.region import Region, Substance
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Quantity, SourceSlice, Volume
from virtopsy.jobs import Lanes

_GAS_MM: Point = (10.0, 0.0, 8.0)
_RADIUS_MM = 12.0


def body_with_gas(quantity: Quantity = Quantity.HU) -> Volume:
    """A round body in air, with a ball of gas in it."""
    shape = (40, 80, 80)
    frame = Frame.of(shape, origin_mm=(-79, -79, -40), spacing_mm=(2, 2, 2))
    k, j, i = np.indices(shape)
    places = frame.to_lps(np.stack((i, j, k), axis=-1))
    values = np.where(np.hypot(places[..., 0], places[..., 1]) < 60, 40, -1000).astype(np.int16)
    values[np.linalg.norm(places - _GAS_MM, axis=-1) < _RADIUS_MM] = -900
    sources = tuple(SourceSlice(f"1.9.{n}", Path(f"/{n}")) for n in range(shape[0]))
    identity = Identity(series_uid="1.2", frame_of_reference_uid="1.3")
    return Volume(values, frame, quantity, identity, sources)


class Desk:
    """The tool over a scan."""

    def __init__(self, volume: Volume) -> None:
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.lanes, self.views, self.session = Lanes(), Views(), Session()
        self.selected: Value[str | None] = Value(None)
        ids = count(1)
        self.tool = PaintTool(
            self.session,
            self.views,
            Work(self.lanes, self.posted.put),
            self.selected,
            lambda: f"id-{next(ids)}",
        )
        self.troubles: list[VirtopsyError] = []
        self.tool.trouble.subscribe(self.troubles.append)
        self.views.show(volume)

    def wait(self) -> None:
        end = time.monotonic() + 30
        while self.tool.growing:
            assert time.monotonic() < end
            try:
                self.posted.get(timeout=0.05)()
            except Empty:
                continue

    def grow(self, at_mm: Point = _GAS_MM) -> None:
        self.tool.grow(at_mm)
        self.wait()

    def keep(self) -> Region:
        self.tool.keep("Gas 1")
        self.wait()
        finding = self.session.case.findings[-1]
        assert isinstance(finding, Region)
        return finding


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(body_with_gas())
    yield made
    made.lanes.close()


def test_a_click_into_gas_becomes_a_finding_whose_range_holds_its_volume(desk: Desk) -> None:
    desk.grow()
    assert not desk.session.case.findings

    finding = desk.keep()

    volume = finding.quantities[0]
    truth = 4 / 3 * math.pi * _RADIUS_MM**3
    assert volume.low is not None and volume.high is not None  # noqa: PT018
    assert volume.low < truth < volume.high
    assert (finding.substance, finding.how, finding.high_hu) == (Substance.GAS, "threshold", -300)
    assert not finding.confirmed
    assert finding.seen_on_slice == "1.9.24"
    assert desk.selected.now == finding.finding_id
    assert desk.tool.draft.now is None


def test_gas_never_grows_into_the_air_before_the_skin_unless_it_is_asked_to(desk: Desk) -> None:
    desk.grow((-75.0, 70.0, 0.0))
    assert [one.key for one in desk.troubles] == ["paint.not_inside"]

    desk.tool.set(inside=False, reach_mm=20.0)
    desk.grow((-75.0, 70.0, 0.0))

    draft = desk.tool.draft.now
    assert draft is not None and draft.region is not None  # noqa: PT018
    assert draft.region.cut_off


def test_values_that_are_no_hu_know_no_body_and_still_grow() -> None:
    desk = Desk(body_with_gas(Quantity.SIGNAL))
    desk.grow()
    desk.lanes.close()
    assert desk.tool.draft.now is not None


def test_nothing_painted_is_no_finding(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.tool.keep("Gas 1")


def test_a_region_taken_in_hand_again_becomes_its_next_version(desk: Desk) -> None:
    desk.grow()
    first = desk.keep()
    desk.tool.edit(first.finding_id)
    desk.tool.set(how=How.ERASE, radius_mm=30.0)
    desk.tool.begin_stroke()
    desk.tool.stroke("axial", _GAS_MM)

    second = desk.keep()

    assert second.finding_id == first.finding_id
    assert len(desk.session.case.findings) == 1
    assert second.voxels().count < first.voxels().count
    assert second.how == "painted"
    desk.session.undo()
    assert desk.session.case.findings[0] == first


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    strokes=st.lists(
        st.tuples(
            st.sampled_from([How.PAINT, How.ERASE]),
            st.sampled_from(["axial", "coronal", "sagittal"]),
            st.tuples(st.floats(-30, 30), st.floats(-30, 30), st.floats(-20, 20)),
        ),
        max_size=6,
    )
)
def test_every_step_back_is_the_draft_as_it_was(
    desk: Desk, strokes: list[tuple[How, str, Point]]
) -> None:
    desk.tool.leave()
    seen = [desk.tool.draft.now]
    for how, plane, place in strokes:
        desk.tool.set(how=how)
        desk.tool.begin_stroke()
        desk.tool.stroke(plane, place)
        seen.append(desk.tool.draft.now)

    for before in reversed(seen[:-1]):
        desk.tool.take_back()
        assert desk.tool.draft.now is before
    desk.tool.take_back()
    assert desk.tool.draft.now is None


def test_another_scan_takes_the_draft_away(desk: Desk) -> None:
    desk.grow()
    desk.views.show(body_with_gas())
    assert desk.tool.draft.now is None


def test_alt_and_a_click_sets_the_thresholds_round_a_value(desk: Desk) -> None:
    desk.tool.value_of((-30.0, 0.0, 0.0))
    now = desk.tool.settings.now
    assert now.low < 40 < now.high
    desk.tool.set(low=500.0, high=100.0)
    assert (desk.tool.settings.now.low, desk.tool.settings.now.high) == (100.0, 500.0)
    desk.tool.set(substance=Substance.GAS)
    assert desk.tool.settings.now.high == -300


def test_what_is_denser_than_gas_is_not_called_gas(desk: Desk) -> None:
    desk.tool.set(high=145.0)
    assert desk.tool.settings.now.substance is Substance.UNSTATED


def test_a_scan_without_hu_begins_with_its_own_values_and_no_gas() -> None:
    desk = Desk(body_with_gas(Quantity.SIGNAL))
    desk.lanes.close()
    now = desk.tool.settings.now
    assert now.substance is Substance.UNSTATED
    assert (now.low, now.high) == (-1000.0, 40.0)


def test_what_stopped_at_the_reach_says_so_for_ever(desk: Desk) -> None:
    desk.tool.set(reach_mm=6.0)
    desk.grow()
    desk.tool.keep("Gas 1", "goes on")
    desk.wait()
    finding = desk.session.case.findings[-1]
    assert finding.remark == "goes on"
    desk.tool.set(reach_mm=60.0)
    desk.grow()
    desk.tool.keep("Gas 2", "goes on")
    desk.wait()
    assert desk.session.case.findings[-1].remark == ""
