"""A region is drawn by a drag, belongs to its slice, and goes with its volume."""

from __future__ import annotations

import time
from dataclasses import replace
from math import pi
from typing import Any

import numpy as np
import pytest

from viewer.presenters.examine.views import PLANES, Views
from viewer.presenters.tools.region import HANDLES, RegionTool
from viewer.presenters.tools.region_words import region_lines
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing
from virtopsy.imaging.roi import Outline, statistics
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.language import Language


def shown() -> tuple[Views, RegionTool]:
    voxels = np.arange(20 * 30 * 40, dtype=np.int16).reshape(20, 30, 40)
    frame = Frame.of(voxels.shape, origin_mm=(-20, -15, -10), spacing_mm=(1.0, 1.0, 2.0))
    views = Views()
    tool = RegionTool(views)
    views.show(Volume(voxels, frame))
    views.go((0.0, 0.0, 0.0))
    return views, tool


def corner(plane: str, views: Views, right: float, down: float) -> Any:
    """A place of the shown slice, mm to the right of and below the crosshair."""
    axes = facing(Plane(plane), views.turn.now)
    return tuple(np.array(views.position.now) + right * axes.right + down * axes.down)


def drawn(views: Views, tool: RegionTool, plane: str = "axial", **how: Any) -> Any:
    tool.begin(plane, corner(plane, views, -6, -4))
    tool.pull(corner(plane, views, 2, 2), **how)
    tool.release()
    return tool.regions.now[-1]


@pytest.mark.parametrize("plane", PLANES)
def test_a_drag_is_an_ellipse_within_the_box_of_its_two_corners(plane: str) -> None:
    views, tool = shown()
    region = drawn(views, tool, plane).region
    assert region.outline is Outline.ELLIPSE
    assert region.centre_mm == pytest.approx(corner(plane, views, -2, -1))
    assert (region.half_right_mm, region.half_down_mm) == pytest.approx((4, 3))
    assert region.area_mm2 == pytest.approx(pi * 12)


def test_with_equal_sides_it_is_a_circle_on_the_side_the_mouse_went_to() -> None:
    views, tool = shown()
    region = drawn(views, tool, equal=True).region
    assert region.half_right_mm == region.half_down_mm == pytest.approx(4)
    assert region.centre_mm == pytest.approx(corner("axial", views, -2, 0))


def test_the_chosen_form_or_one_by_a_key_is_drawn() -> None:
    views, tool = shown()
    tool.other_outline()
    assert drawn(views, tool).region.outline is Outline.RECTANGLE
    tool.begin("axial", corner("axial", views, 0, 0), Outline.ELLIPSE)
    tool.pull(corner("axial", views, 5, 5))
    assert tool.regions.now[-1].region.outline is Outline.ELLIPSE


def test_what_it_holds_are_the_acquired_voxels_reckoned_once_for_each_form() -> None:
    views, tool = shown()
    one = drawn(views, tool)
    found = tool.statistics(one)
    assert found == statistics(views.volume.now, one.region)
    assert tool.statistics(one) is found
    tool.take(one.number, one.region.centre_mm)
    tool.pull(corner("axial", views, 3, 3))
    (moved,) = tool.regions.now
    assert tool.statistics(moved) != found


@pytest.mark.parametrize("plane", PLANES)
def test_it_is_seen_on_its_own_slice_alone(plane: str) -> None:
    views, tool = shown()
    one = drawn(views, tool, plane)
    assert tool.seen(plane) == (one,)
    assert all(tool.seen(other) == () for other in PLANES if other != plane)
    for steps in (1, -2):
        views.scroll(plane, steps)
        assert tool.seen(plane) == ()
    views.scroll(plane, 1)
    assert tool.seen(plane) == (one,)


def test_on_a_turned_slice_it_is_not_seen_until_the_slice_is_straight_again() -> None:
    views, tool = shown()
    one = drawn(views, tool)
    views.turn_about("coronal", 0.01)
    assert tool.seen("axial") == ()
    views.turn_about("axial", 0.3)
    views.straighten()
    assert tool.seen("axial") == (one,)


def test_turning_the_other_planes_leaves_it_where_it_is() -> None:
    views, tool = shown()
    one = drawn(views, tool)
    views.turn_about("axial", 0.5)
    assert tool.seen("axial") == (one,)


@pytest.mark.parametrize("handle", HANDLES)
def test_a_handle_moves_its_own_sides_and_leaves_the_opposite_ones(handle: Any) -> None:
    views, tool = shown()
    one = drawn(views, tool).region
    tool.take(tool.regions.now[0].number, one.centre_mm, handle)
    right, down = handle
    tool.pull(corner("axial", views, -2 + 7 * right, -1 + 5 * down))
    tool.release()
    region = tool.regions.now[0].region
    assert region.half_right_mm == pytest.approx(5.5 if right else 4)
    assert region.half_down_mm == pytest.approx(4 if down else 3)
    assert region.centre_mm == pytest.approx(
        corner("axial", views, -2 + 1.5 * right, -1 + down), abs=1e-9
    )


def test_a_region_is_moved_within_its_own_slice() -> None:
    views, tool = shown()
    one = drawn(views, tool)
    views.go((0.0, 0.0, 0.9))
    start = corner("axial", views, -2, -1)
    tool.take(one.number, start)
    tool.pull((start[0] + 3, start[1] - 2, start[2] + 0.7))
    moved = tool.regions.now[0].region
    assert moved == replace(one.region, centre_mm=moved.centre_mm)
    assert moved.centre_mm == pytest.approx(np.add(one.region.centre_mm, (3, -2, 0)))


def test_a_click_is_no_region_and_lets_go_of_what_was_selected() -> None:
    views, tool = shown()
    one = drawn(views, tool)
    assert tool.selected.now == one.number
    tool.begin("axial", corner("axial", views, 0, 0))
    tool.release()
    assert tool.regions.now == (one,)
    assert tool.selected.now is None


def test_leaving_gives_up_the_drag_and_removing_the_selected_one() -> None:
    views, tool = shown()
    first, second = drawn(views, tool), drawn(views, tool, "coronal")
    assert first.number != second.number
    tool.take(first.number, first.region.centre_mm)
    tool.pull(corner("axial", views, 9, 9))
    tool.leave()
    assert tool.regions.now == (first, second)
    assert tool.selected.now is None
    tool.take(first.number, first.region.centre_mm)
    tool.release()
    tool.remove()
    assert tool.regions.now == (second,)
    assert drawn(views, tool).number not in {first.number, second.number}


def test_regions_go_with_the_volume_and_wait_while_a_stopped_one_arrives() -> None:
    views, tool = shown()
    one = drawn(views, tool)
    volume = views.volume.now
    assert volume is not None
    arriving = replace(volume, arrived=np.zeros(20, np.bool_))
    views.show_arriving(arriving)
    assert tool.seen("axial") == ()
    tool.begin("axial", (0.0, 0.0, 0.0))
    assert not tool.dragging
    views.give_up_arriving()
    views.go((0.0, 0.0, 0.0))
    assert tool.seen("axial") == (one,)
    views.show(replace(volume))
    assert tool.regions.now == ()


@pytest.mark.parametrize("language", list(Language))
def test_the_lines_say_what_was_measured_and_what_is_not_plain(language: Language) -> None:
    views, tool = shown()
    one = drawn(views, tool)
    found = tool.statistics(one)
    assert found is not None
    plain = region_lines(one.region, found, language, slab=False)
    assert len(plain) == 3
    assert "HU" in plain[0]
    assert "±" in plain[0]
    assert f"n = {found.n}" in plain[2]
    assert len(region_lines(one.region, replace(found, resampled=True), language, slab=True)) == 5
    signal = replace(found, quantity=Quantity.SIGNAL)
    assert "HU" not in " ".join(region_lines(one.region, signal, language, slab=False))
    alone = region_lines(one.region, replace(found, n=1, sd=None), language, slab=False)
    assert "±" not in alone[0]
    assert "n = 0" in region_lines(one.region, None, language, slab=False)[1]


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("turned", [False, True])
def test_four_hundred_pixels_are_measured_in_under_a_tenth_of_a_second(
    plane: str, turned: bool
) -> None:
    frame = Frame.of((400, 512, 512), origin_mm=(-179, -179, -199), spacing_mm=(0.7, 0.7, 1.0))
    views = Views()
    tool = RegionTool(views)
    views.show(Volume(np.zeros(frame.shape, np.int16), frame))
    if turned:
        views.turn_about("axial", 0.4)
        views.turn_about("coronal", 0.3)
    tool.begin(plane, corner(plane, views, -140, -140))
    tool.pull(corner(plane, views, 140, 140))
    tool.release()
    (one,) = tool.regions.now
    needed = []
    for _ in range(3):
        start = time.process_time()
        found = statistics(views.volume.now, one.region)
        needed.append(time.process_time() - start)
    assert found is not None
    assert found.n > 60_000
    assert min(needed) < 0.1
