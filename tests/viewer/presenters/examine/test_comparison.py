"""Two scans side by side go together by place, and only where that can be said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.presenters.examine.comparison import Comparison
from viewer.presenters.examine.lockstep import Link
from viewer.presenters.examine.opening import Opened, Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.value import Value
from viewer.presenters.work import Work
from virtopsy.dicom.series import Scan, Series, Study
from virtopsy.errors import UsageError
from virtopsy.geometry.camera import Point
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Identity, Quantity, Volume
from virtopsy.imaging.window import Window
from virtopsy.jobs import Lanes


def opened(name: str, frame_uid: str, origin: Point = (0.0, 0.0, 0.0), **facts: str) -> Opened:
    frame = Frame.of((20, 16, 12), origin_mm=origin, spacing_mm=(1.0, 1.0, 2.0))
    identity = Identity(
        series_uid=name, frame_of_reference_uid=frame_uid, study_uid=f"of.{name}", **facts
    )
    volume = Volume(np.zeros(frame.shape, np.int16), frame, identity=identity)
    series = Series(
        uid=name, part=0, study_uid=f"of.{name}", modality="CT", description="", instances=(),
        frames=20, rows=16, columns=12, spacing_mm=(1.0, 1.0, 2.0), orientation="axial",
        volume=True, problems=(),
    )  # fmt: skip
    return Opened(Study(f"of.{name}", "", "", "", "", (series,)), series, volume)


@dataclass(frozen=True)
class Pair:
    """A comparison, with the examined scan's side."""

    first: Views
    opening: Opening
    comparison: Comparison
    tool: Value[str]

    @property
    def second(self) -> Views:
        return self.comparison.views

    def show(self, one: Opened, other: Opened) -> None:
        self.opening.show(one)
        self.comparison.begin()
        self.comparison.opening.show(other)


def made(lanes: Lanes) -> Pair:
    work, first = Work(lanes, lambda act: act()), Views()
    opening, tool = Opening(work, first), Value("point")
    comparison = Comparison(work, first, opening, Value("coronal"), tool)
    return Pair(first, opening, comparison, tool)


@pytest.fixture
def pair() -> Iterator[Pair]:
    lanes = Lanes()
    yield made(lanes)
    lanes.close()


_FAR = (100.0, 50.0, -300.0)


def test_scans_of_one_frame_of_reference_go_together_by_themselves(pair: Pair) -> None:
    pair.show(opened("1", "9"), opened("2", "9", (1.0, 1.0, 4.0)))
    assert pair.comparison.link.now == Link((0.0, 0.0, 0.0), same_frame=True)
    pair.first.go((5.0, 6.0, 8.0))
    assert pair.second.position.now == (5.0, 6.0, 8.0)
    pair.second.scroll("axial", 3)
    assert pair.first.position.now == (5.0, 6.0, 14.0)


@pytest.mark.parametrize("frames", [("9", "8"), ("", ""), ("9", "")])
def test_scans_without_a_common_frame_stay_apart_until_a_person_joins_them(
    pair: Pair, frames: tuple[str, str]
) -> None:
    pair.show(opened("1", frames[0]), opened("2", frames[1], _FAR))
    assert pair.comparison.link.now is None
    pair.first.go((5.0, 6.0, 8.0))
    before = pair.second.position.now
    pair.first.scroll("axial", 1)
    assert pair.second.position.now == before, "apart"
    pair.second.go((104.0, 53.0, -290.0))
    pair.comparison.join()
    link = pair.comparison.link.now
    assert link is not None
    assert not link.same_frame
    assert link.shift_mm == (99.0, 47.0, -300.0)
    pair.first.scroll("axial", 2)
    assert pair.second.position.now == pytest.approx((104.0, 53.0, -286.0))
    pair.comparison.part()
    pair.first.scroll("axial", 1)
    assert pair.second.position.now == pytest.approx((104.0, 53.0, -286.0)), "apart again"


@given(
    shift=st.tuples(*[st.floats(-500, 500, allow_nan=False)] * 3),
    acts=st.lists(
        st.tuples(st.booleans(), st.sampled_from(["scroll", "go", "zoom", "pan", "turn", "slab"])),
        max_size=8,
    ),
)
def test_whoever_moves_both_show_one_place_at_one_scale(
    shift: Point, acts: list[tuple[bool, str]]
) -> None:
    lanes = Lanes()
    pair = made(lanes)
    pair.show(opened("1", "9"), opened("2", "8", shift))
    pair.comparison.join()
    link = pair.comparison.link.now
    assert link is not None
    for left, act in acts:
        views = pair.first if left else pair.second
        here = views.position.now
        {
            "scroll": lambda: views.scroll("axial", 2),  # noqa: B023 -- called at once
            "go": lambda: views.go(here),  # noqa: B023
            "zoom": lambda: views.zoom("axial", 1.5, 0.4, here),  # noqa: B023
            "pan": lambda: views.pan("coronal", (1.0, 0.0, 2.0)),  # noqa: B023
            "turn": lambda: views.turn_about("axial", 0.2),  # noqa: B023
            "slab": lambda: views.slab.set(Slab(Projection.MIP, 12.0)),  # noqa: B023
        }[act]()
        one, other = pair.first, pair.second
        apart = np.subtract(other.position.now, one.position.now)
        assert apart == pytest.approx(np.array(link.shift_mm), abs=1e-6)
        assert (one.turn.now, one.slab.now) == (other.turn.now, other.slab.now)
        for plane in one.look:
            seen, alike = one.look[plane].now, other.look[plane].now
            assert seen.mm_per_pixel == alike.mm_per_pixel
            centres = np.subtract(alike.centre_mm, seen.centre_mm)
            assert centres == pytest.approx(np.array(link.shift_mm), abs=1e-6)
    lanes.close()


def test_another_series_on_either_side_parts_what_a_person_joined(pair: Pair) -> None:
    one, other = opened("1", "9"), opened("2", "8", _FAR)
    pair.show(one, other)
    pair.comparison.join()
    pair.comparison.opening.show(opened("3", "7"))
    assert pair.comparison.link.now is None
    before = pair.first.position.now
    pair.second.go((3.0, 3.0, 4.0))
    assert pair.first.position.now == before
    pair.comparison.join()
    pair.opening.show(opened("4", "7", _FAR))
    link = pair.comparison.link.now
    assert link is not None
    assert link.same_frame, "the new pair states one frame of reference"


def test_a_whole_view_has_the_examined_scan_s_size_on_both_sides(pair: Pair) -> None:
    one = opened("1", "9")
    pair.show(one, opened("2", "9"))
    assert pair.second.fitted.now is one.volume.frame
    pair.comparison.part()
    assert pair.second.fitted.now is None


def test_windows_go_together_only_where_both_have_hounsfield_values(pair: Pair) -> None:
    other = opened("2", "9")
    pair.show(opened("1", "9"), other)
    pair.first.window.set(Window(400.0, 2000.0))
    assert pair.second.window.now == Window(400.0, 2000.0)
    signal = replace(other.volume, quantity=Quantity.SIGNAL)
    pair.comparison.opening.show(replace(other, volume=signal))
    own = pair.second.window.now
    pair.first.window.set(Window(40.0, 80.0))
    assert pair.second.window.now == own


def test_where_one_is_pointed_at_is_shown_on_the_other(pair: Pair) -> None:
    pair.show(opened("1", "9"), opened("2", "9"))
    pair.first.point_at((2.0, 3.0, 4.0))
    assert pair.second.echo.now == (2.0, 3.0, 4.0)
    pair.first.point_at(None)
    assert pair.second.echo.now is None
    pair.comparison.part()
    pair.first.point_at((2.0, 3.0, 4.0))
    assert pair.second.echo.now is None


def test_an_examined_scan_that_is_read_alone_moves_no_hidden_second_one(pair: Pair) -> None:
    pair.show(opened("1", "9"), opened("2", "9"))
    pair.comparison.toggle()
    assert (pair.first.layout.now, pair.comparison.shown.now) == ("all", False)
    before = pair.second.position.now
    pair.first.scroll("axial", 2)
    assert pair.second.position.now == before
    pair.comparison.begin()
    assert pair.second.position.now == pair.first.position.now


def test_the_plane_in_use_is_compared_and_a_layout_of_more_views_ends_it(pair: Pair) -> None:
    pair.show(opened("1", "9"), opened("2", "9"))
    assert (pair.first.layout.now, pair.second.layout.now) == ("coronal", "coronal")
    pair.first.layout.set("sagittal")
    assert pair.second.layout.now == "sagittal"
    assert pair.comparison.shown.now
    pair.second.layout.set("all")
    assert pair.first.layout.now == "all"
    assert not pair.comparison.shown.now


def test_nothing_new_is_marked_on_the_second_scan(pair: Pair) -> None:
    pair.tool.set("trajectory")
    assert pair.comparison.tool.now == "point"
    pair.tool.set("window")
    assert pair.comparison.tool.now == "window"


def test_every_other_volume_at_hand_is_offered_once(pair: Pair) -> None:
    one, other, third = opened("1", "9"), opened("2", "9"), opened("3", "9")
    picture = replace(third.series, uid="flat", volume=False)
    pair.show(one, other)
    held = Scan(3, (), (one.study, replace(third.study, series=(third.series, picture))))
    pair.opening.found.set(Scan(2, (), (other.study, third.study)))
    assert [series.uid for _, series in pair.comparison.choices(held)] == ["2", "3"]
    assert pair.comparison.chosen == ("of.2", "2")


def test_two_stated_numbers_that_differ_are_two_patients(pair: Pair) -> None:
    pair.show(opened("1", "9", patient_id="A"), opened("2", "9"))
    assert not pair.comparison.other_patient, "an unstated number is no other one"
    pair.comparison.opening.show(opened("2", "9", patient_id="B"))
    assert pair.comparison.other_patient
    assert pair.comparison.patient_numbers == ("A", "B")


def test_what_cannot_be_compared_yet_is_refused(pair: Pair) -> None:
    with pytest.raises(UsageError, match="open a scan first"):
        pair.comparison.begin()
    pair.opening.show(opened("1", "9"))
    pair.comparison.begin()
    with pytest.raises(UsageError, match="both are loaded"):
        pair.comparison.join()
