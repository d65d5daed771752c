"""Graphics card and processor show the same: cuts, tracks, copies too large for the card."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from viewer.render.card import Card
from viewer.render.cpu_scene import CpuScene
from viewer.render.engine import Mapper
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.offscreen import volume_picture
from viewer.render.picking import pick
from viewer.render.scene import Picture, Quality
from viewer.render.volume_view import VolumeView
from virtopsy.geometry.camera import fit_view, project, standard_view, zoom
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.cutaway import (
    NOTHING_HIDDEN,
    ClipPlane,
    CropBox,
    Cutaway,
    OutsideBody,
    Scalpel,
    Step,
)
from virtopsy.imaging.preset import presets
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language

_SIZE = (240, 180)
_CENTRE = np.array([12.0, -30.0, 250.0])
_UNLIT = replace(presets()["bone"], ambient=1.0, diffuse=0.0, specular=0.0)
_RADIUS = 20.0
Make = Callable[..., VolumeView]


def ball() -> Volume:
    axes = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    shape, spacing = (52, 60, 60), np.array([1.0, 1.0, 1.2])
    middle = (np.array(shape[::-1]) - 1) / 2 * spacing
    frame = Frame.of(shape, origin_mm=_CENTRE - axes @ middle, spacing_mm=spacing, directions=axes)
    k, j, i = np.indices(shape)
    points = frame.to_lps(np.stack([i, j, k], axis=-1))
    distance = np.linalg.norm(points - _CENTRE, axis=-1)
    return Volume((-1000 + 2500 * np.clip(_RADIUS - distance + 0.5, 0, 1)).astype("i2"), frame)


BALL = ball()
CAMERA = standard_view(BALL.frame, "anterior", aspect=4 / 3)


@pytest.fixture(params=list(Mapper))
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[VolumeView] = []

    def call(volume: Volume = BALL, **choices: object) -> VolumeView:
        choices = {"preset": _UNLIT, "background": "#000000", "mapper": request.param} | choices
        made.append(VolumeView(volume, _SIZE, **choices))  # type: ignore[arg-type]
        return made[-1]

    yield call
    for one in made:
        one.close()


def half(keep: float) -> Scalpel:
    """Cut away the half of the ball on one side of the picture."""
    edges = ((0.0, -2.0), (2.0 * keep, -2.0), (2.0 * keep, 2.0), (0.0, 2.0))
    return Scalpel(CAMERA, edges)


_LEFT_GONE: dict[str, Step] = {
    "box": CropBox((-100.0, -200.0, 0.0), (12.0, 200.0, 500.0)),
    "plane": ClipPlane((12.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    "scalpel": half(1.0),
}


@pytest.mark.parametrize("quality", ["full", "moving"])
@pytest.mark.parametrize("step", list(_LEFT_GONE))
def test_the_person_s_left_half_is_gone_and_comes_back(
    make: Make, step: str, quality: Quality
) -> None:
    view = make()
    whole = view.picture(CAMERA, "full")
    view.hide(Cutaway((_LEFT_GONE[step],)))
    bare = view.picture(CAMERA, quality)
    view.hide(NOTHING_HIDDEN)
    again = view.picture(CAMERA, "full")
    assert whole is not None
    assert bare is not None
    assert np.array_equal(whole, again), "taken back, the very same picture"
    seen, left = whole.max(axis=2) > 60, bare.max(axis=2) > 60
    columns = np.flatnonzero(left.any(axis=0))
    x, _, _ = project(CAMERA, _SIZE, _CENTRE)
    assert columns.max() == pytest.approx(x, abs=3), "cut where it was asked for"
    before = seen[:, : round(x) - 4]
    assert (left[:, : round(x) - 4] != before).mean() < 0.02, "and nowhere else"


@pytest.mark.parametrize("name", ["skin", "bone_skin"])
def test_a_cut_does_not_paint_a_film_over_its_face(make: Make, name: str) -> None:
    """Values between air and bone on a face that was cut would read as skin."""
    view = make(
        preset=replace(presets()[name], ambient=1.0, diffuse=0.0, specular=0.0),
    )
    view.hide(Cutaway((ClipPlane((0.0, -30.0, 0.0), (0.0, -1.0, 0.0)),)))
    picture = view.picture(CAMERA)
    assert picture is not None
    x, y, _ = (round(value) for value in project(CAMERA, _SIZE, _CENTRE))
    face = picture[y - 10 : y + 10, x - 10 : x + 10].astype(int)
    at, *channels = zip(*presets()[name].colour, strict=True)
    inner = [255 * np.interp(1500, at, one) for one in channels]
    assert np.abs(face - inner).max() < 6, "the colour of the inside"


def test_a_rod_through_the_surface_is_solid_before_it_and_faint_within(make: Make) -> None:
    view = make(preset=replace(presets()["bone"], specular=0.0))
    bare = view.picture(CAMERA)
    ends = ((12.0, -30.0, 250.0), (42.0, -90.0, 250.0))  # out of the ball, to the front left
    view.show([TrajectoryGlyph(ends, colour="#00ff00")])
    shown = view.picture(CAMERA)
    assert bare is not None
    assert shown is not None

    def green(at: tuple[float, float, float]) -> tuple[int, int]:
        x, y, _ = (round(value) for value in project(CAMERA, _SIZE, at))
        return (
            int(shown[y, x, 1]) - int(shown[y, x, 0]),
            int(np.abs(shown[y, x].astype(int) - bare[y, x]).max()),
        )

    outside, inside = green((36.0, -78.0, 250.0)), green((16.0, -38.0, 250.0))
    assert outside[0] > 90, "solid before the surface"
    assert inside[1] > 15, "still seen within"
    assert inside[0] < outside[0] - 30, "but faint"


def test_two_ghosts_that_cross_look_alike_in_either_order(make: Make) -> None:
    one = TrajectoryGlyph(((-3.0, -40.0, 250.0), (27.0, -25.0, 250.0)), colour="#ff0000")
    other = TrajectoryGlyph(((12.0, -38.0, 238.0), (12.0, -28.0, 262.0)), colour="#0000ff")
    pictures = []
    for glyphs in ([one, other], [other, one]):
        view = make()
        view.show(glyphs)
        pictures.append(view.picture(CAMERA))
    assert pictures[0] is not None
    assert pictures[1] is not None
    assert np.abs(pictures[0].astype(int) - pictures[1].astype(int)).max() <= 3


@pytest.mark.parametrize("step", list(_LEFT_GONE))
@pytest.mark.parametrize("parallel", [True, False])
def test_a_click_goes_on_through_what_is_hidden(step: str, *, parallel: bool) -> None:
    camera = replace(fit_view(BALL.frame.corners_mm, "left", aspect=4 / 3), parallel=parallel)
    x, y, _ = project(camera, _SIZE, _CENTRE)
    whole = pick(BALL, presets()["bone"], camera, _SIZE, x, y)
    bare = pick(BALL, presets()["bone"], camera, _SIZE, x, y, Cutaway((_LEFT_GONE[step],)))
    assert whole is not None
    assert bare is not None
    assert whole[0] == pytest.approx(_CENTRE[0] + _RADIUS, abs=1.0)
    assert bare[0] == pytest.approx(_CENTRE[0], abs=1.0), "the face of the cut"


def test_a_preset_edited_by_hand_is_shown_picked_and_written_down(make: Make) -> None:
    bone = presets()["bone"]
    edited = replace(bone, opacity=((1400.0, 0.0), (1500.0, 0.9)), colour=((0.0, 0, 1, 0),))
    view = make()
    view.set_preset(edited)
    finished = volume_picture(view, CAMERA, Language.EN)
    x, y, _ = project(CAMERA, _SIZE, _CENTRE)
    found = pick(BALL, edited, CAMERA, _SIZE, x, y)
    assert found is not None
    assert found[1] == pytest.approx(_CENTRE[1] - _RADIUS, abs=1.2)
    assert finished.parameters["transfer_function"]["opacity"] == [[1400.0, 0.0], [1500.0, 0.9]]
    shipped = volume_picture(make(preset=bone), CAMERA, Language.EN)
    assert shipped.png != finished.png


@pytest.mark.parametrize("limits", [Card(30), Card(2048, free_bytes=90_000)])
def test_a_volume_over_the_card_s_limit_is_shown_reduced_and_says_so(limits: Card) -> None:
    pictures = {}
    for card in (None, limits):
        view = VolumeView(
            BALL,
            _SIZE,
            preset=_UNLIT,
            background="#000000",
            mapper=Mapper.GPU,
            card=card,
        )
        pictures[card] = view.picture(CAMERA)
        finished = volume_picture(view, CAMERA, Language.EN)
        reduced = finished.parameters["reduced"]
        view.close()
        assert reduced == ([1, 1, 1] if card is None else [2, 2, 2])
    full, small = pictures[None], pictures[limits]
    assert full is not None
    assert small is not None
    shown = [picture.max(axis=2) > 60 for picture in (full, small)]
    assert shown[0].sum() == pytest.approx(shown[1].sum(), rel=0.06)
    for seen in shown:
        rows, columns = np.nonzero(seen)
        x, y, _ = project(CAMERA, _SIZE, _CENTRE)
        assert (columns.mean(), rows.mean()) == pytest.approx((x, y), abs=0.8)


def test_a_thin_plate_of_bone_is_drawn_without_flecks() -> None:
    """Dark flecks on a thin table of the skull would read as lesions."""
    frame = Frame.of((70, 70, 70), origin_mm=(-34.5, -34.5, -34.5), spacing_mm=(1.0, 1.0, 1.0))
    k, j, i = np.indices(frame.shape)
    depth = 45.0 - np.linalg.norm(frame.to_lps(np.stack([i, j, k], axis=-1)) - (0, 25, 0), axis=-1)
    plate = 950 * np.exp(-((depth - 2.0) ** 2)) + 350 * (depth > 2)
    shell = Volume((-80 + plate).astype(np.int16), frame)
    view = VolumeView(shell, (300, 300), preset=presets()["bone"], mapper=Mapper.CPU)
    picture = view.picture(zoom(standard_view(frame, "anterior"), 2.5))
    view.close()
    assert picture is not None
    grey = picture[40:-40, 40:-40].mean(axis=2)
    smooth = uniform_filter(grey, 15)
    assert smooth.min() > 110, "it is lit by its surface, not by what lies behind"
    assert np.abs(grey - smooth)[10:-10, 10:-10].max() < 28


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_scan_one_voxel_thin_is_cut_as_any_other(axis: int) -> None:
    shape = [24, 24, 24]
    shape[axis] = 1
    frame = Frame.of((shape[0], shape[1], shape[2]), origin_mm=(0, 0, 0), spacing_mm=(2, 2, 2))
    volume = Volume(np.full(frame.shape, 1200, np.int16), frame)
    camera = standard_view(frame, (30.0, 40.0))
    outline = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
    view = VolumeView(volume, (80, 60), mapper=Mapper.CPU)
    whole = view.picture(camera)
    view.hide(Cutaway((Scalpel(camera, outline),)))
    gone = view.picture(camera)
    view.close()
    assert whole is not None
    assert gone is not None
    assert whole.max() > 150
    assert gone.max() < 60, "all of it lies behind the outline"


@pytest.mark.parametrize("kind", ["uint16", "int32", "float32", "int64", "float16", ">i2"])
def test_every_type_of_voxels_is_drawn_alike(kind: str) -> None:
    whole = np.maximum(BALL.voxels, 0)
    pictures = []
    for voxels in (whole, whole.astype(kind)):
        view = VolumeView(Volume(voxels, BALL.frame), _SIZE, mapper=Mapper.CPU)
        pictures.append(view.picture(CAMERA))
        view.close()
    assert pictures[0] is not None
    assert pictures[0].max() > 150
    off = np.abs(pictures[0].astype(int) - pictures[1].astype(int))  # float16 rounds 2,500 values
    assert (off > 2).mean() < 0.001


def test_values_beyond_all_measure_are_drawn_and_break_nothing() -> None:
    """Their differences reach no further than the table of what a steep place keeps."""
    voxels = BALL.voxels.astype(np.float32) * np.float32(1e16)
    for name in ("bone", "lung"):
        view = VolumeView(
            Volume(voxels, BALL.frame), _SIZE, preset=presets()[name], mapper=Mapper.CPU
        )
        assert view.picture(CAMERA) is not None
        view.close()


def test_a_spacing_that_no_scanner_has_draws_no_endless_rays() -> None:
    frame = Frame.of((24, 24, 24), origin_mm=(0, 0, 0), spacing_mm=(1e-6, 100, 100))
    view = VolumeView(Volume(np.full(frame.shape, 900, np.int16), frame), (40, 30))
    began = time.perf_counter()
    assert view.picture(standard_view(frame, "anterior")) is not None
    view.close()
    assert time.perf_counter() - began < 20


def edged(picture: Picture | None) -> NDArray[np.bool_]:
    """(h, w) where the line round a cut is drawn."""
    assert picture is not None
    red, _, blue = np.moveaxis(picture.astype(int), -1, 0)
    found: NDArray[np.bool_] = blue - red > 60
    return found


def test_an_opening_cut_by_hand_has_a_line_round_it_that_no_injury_has() -> None:
    """A juror takes a hole in a skull for a hole in the skull."""
    blocks = np.array([False, True])[:, None, None].repeat(2, 1).repeat(2, 2)  # the upper half
    corner = _CENTRE + np.array([-20.0, -20.0, 0.0])
    above = Frame.of(blocks.shape, origin_mm=corner, spacing_mm=(40, 40, 20))
    view = VolumeView(BALL, _SIZE, preset=_UNLIT, background="#000000", mapper=Mapper.CPU)
    whole = edged(view.picture(CAMERA))
    view.hide(Cutaway((OutsideBody((), blocks, above),)))
    bare = edged(view.picture(CAMERA))
    corners = ((-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1))
    view.hide(Cutaway((Scalpel(CAMERA, corners),)))
    opened = edged(view.picture(CAMERA))
    view.hide(Cutaway((ClipPlane(tuple(_CENTRE), (0.0, -1.0, 0.0)),)))
    sawn = edged(view.picture(CAMERA))
    view.close()
    assert not whole.any()
    assert not bare.any(), "what is no part of the body was not cut"
    height, width = opened.shape
    y, x = np.nonzero(opened)
    away = np.maximum(np.abs(x - (width - 1) / 2), np.abs(y - (height - 1) / 2))
    assert away == pytest.approx(0.1 * height / 2, abs=3), "along the outline"
    assert len(away) > 4 * 0.1 * height * 0.8, "all the way round"
    y, x = np.nonzero(sawn)
    radius = np.hypot(x - x.mean(), y - y.mean())
    assert np.ptp(radius) < 4, "round the face of the cut"


@pytest.mark.parametrize(("name", "most"), [("soft", 0.045), ("lung", 0.085)])
def test_a_thin_layer_that_rays_cross_in_one_step_draws_no_rings(name: str, most: float) -> None:
    """Whether a sample fell into skin or the edge of bone drew wood grain on the skull."""
    frame = Frame.of((70, 70, 70), origin_mm=(-34.5, -34.5, -34.5), spacing_mm=(1, 1, 1))
    k, j, i = np.indices(frame.shape)
    away = np.linalg.norm(frame.to_lps(np.stack([i, j, k], axis=-1)), axis=-1)
    skin, bone = (np.clip((radius - away) / 2 + 0.5, 0, 1) for radius in (31, 20))
    head = Volume(np.rint(-1000 + 1000 * skin + 900 * bone).astype(np.int16), frame)
    view = VolumeView(head, (300, 300), preset=presets()[name], mapper=Mapper.CPU)
    picture = view.picture(standard_view(frame, "anterior"))
    view.close()
    assert picture is not None
    grey = picture.mean(axis=2)
    y, x = np.indices(grey.shape) - 149.5
    middle = np.hypot(y, x) < 50
    grain = np.abs(grey - uniform_filter(grey, 9))[middle].mean()
    assert grain / (grey[middle].mean() - grey[2, 2]) < most


def test_the_end_of_the_scan_is_lit_as_evenly_as_a_cut() -> None:
    """A neck cut off by the scan: noise of its face would read as an injury."""
    noise = np.random.default_rng(2).normal(900, 60, (40, 60, 60))
    _, j, i = np.indices(noise.shape)
    noise[np.hypot(j - 29.5, i - 29.5) > 22] = -1000
    frame = Frame.of(noise.shape, origin_mm=(-30, -30, 0), spacing_mm=(1, 1, 1))
    volume = Volume(noise.astype(np.int16), frame)
    view = VolumeView(volume, (240, 180), mapper=Mapper.CPU)
    picture = view.picture(standard_view(frame, "inferior", aspect=4 / 3))
    view.close()
    assert picture is not None
    middle = picture[60:120, 90:150].mean(axis=-1)
    assert middle.mean() > 120
    assert middle.std() < 12


def test_skin_keeps_its_relief_where_only_air_before_it_is_hidden() -> None:
    """Else the blocks in which the table is told from the body drew scratches on the face."""
    shape = (60, 64, 64)
    k, j, i = np.indices(shape)
    away = np.sqrt((k - 29.5) ** 2 + (j - 31.5) ** 2 + (i - 31.5) ** 2)
    noise = np.random.default_rng(8).normal(0, 15, shape)
    voxels = (-1000 + 1050 * np.clip((22 - away) / 2 + 0.5, 0, 1) + noise).astype(np.int16)
    volume = Volume(voxels, Frame.of(shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1)))
    k, j, i = np.indices((30, 32, 32)) * 2 + 0.5
    blocks = np.sqrt((k - 29.5) ** 2 + (j - 31.5) ** 2 + (i - 31.5) ** 2) > 23.5
    frame = Frame.of((30, 32, 32), origin_mm=(0.5, 0.5, 0.5), spacing_mm=(2, 2, 2))
    camera = standard_view(volume.frame, (30.0, 20.0), aspect=4 / 3)
    view = VolumeView(volume, (400, 300), preset=presets()["skin"], mapper=Mapper.CPU)
    whole = view.picture(camera)
    view.hide(Cutaway((OutsideBody((), blocks, frame),)))
    bare = view.picture(camera)
    view.close()
    assert whole is not None
    assert bare is not None
    seen = whole.max(axis=-1) > 60
    off = np.abs(whole[seen].astype(int) - bare[seen].astype(int)).max(axis=-1)
    assert seen.mean() > 0.05
    assert (off > 25).mean() < 0.002


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of single threads")
@pytest.mark.parametrize("yielding", [False, True])
def test_only_what_draws_behind_a_window_lets_others_go_first(yielding: bool) -> None:
    frame = Frame.of((4, 4, 4), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    scene = CpuScene(Volume(np.zeros(frame.shape, np.int16), frame), "#000000", yielding=yielding)
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    drawing = scene._pool.submit(
        lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    ).result()
    scene.close()
    assert (drawing > own) == yielding
