"""A stop keeps all that was seen, and one of the first version is still read."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.proof.canonical import encode
from virtopsy.errors import InputError
from virtopsy.geometry.camera import Camera3D
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.turn import STRAIGHT
from virtopsy.imaging import cutaway_record
from virtopsy.imaging.cutaway import ClipPlane, CropBox, Cutaway, OutsideBody, Scalpel, Step
from virtopsy.imaging.preset import Preset, presets
from virtopsy.imaging.segment import Part
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.walkthrough.stop import from_record, to_record

_FIRST = {
    "stop_id": "s1",
    "caption": "Кіру тесігі",
    "series_uid": "1.2.3",
    "layout": "all",
    "position_mm": [1.0, 2.0, 3.0],
    "camera_position_mm": [0.0, -500.0, 0.0],
    "camera_focal_mm": [0.0, 0.0, 0.0],
    "camera_up": [0.0, 0.0, 1.0],
    "camera_angle_deg": 24.0,
    "preset": "bone",
    "window_centre": 500.0,
    "window_width": 2000.0,
}
_number = st.floats(-900, 900).map(lambda x: round(x, 3))
_point = st.tuples(_number, _number, _number)
_boxes = st.builds(
    lambda low, size: CropBox(low, tuple(a + abs(b) + 0.5 for a, b in zip(low, size, strict=True))),
    _point,
    _point,
)
_planes = st.builds(
    lambda point, axis: ClipPlane(point, tuple(np.roll((1.0, 0.0, 0.0), axis).tolist())),
    _point,
    st.integers(0, 2),
)
_scalpels = st.builds(
    lambda place, outline: Scalpel(Camera3D((0, -500, 0), place, (0.0, 0.0, 1.0)), tuple(outline)),
    st.just((0.0, 0.0, 0.0)),
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=9),
)
_steps = st.lists(st.one_of(_boxes, _planes, _scalpels), max_size=5)


def _scalpel(outline: list[list[float]]) -> dict[str, object]:
    camera = {
        "position": [0, -500, 0],
        "focal_point": [0, 0, 0],
        "view_up": [0, 0, 1],
        "view_angle": 0.4,
        "parallel": False,
    }
    return {"kind": "scalpel", "camera": camera, "outline": outline}


def _body(**changed: object) -> dict[str, object]:
    blocks = np.zeros((2, 3, 4), np.bool_)
    frame = Frame.of(blocks.shape, origin_mm=(0, 0, 0), spacing_mm=(2, 2, 2))
    (record,) = cutaway_record.to_record(Cutaway((OutsideBody((), blocks, frame),)))
    record["blocks"] |= changed
    return record


def _edited(**changed: object) -> dict[str, object]:
    return presets()["bone"].to_record() | changed


@settings(max_examples=60, deadline=None)
@example(steps=[], angle=1.2504423854089133, slab=None, looks=(False, False), edited=None)
@given(
    steps=_steps,
    angle=st.floats(-3, 3),
    slab=st.one_of(
        st.none(), st.builds(Slab, st.sampled_from(Projection), st.integers(1, 90).map(float))
    ),
    looks=st.tuples(st.booleans(), st.booleans()),
    edited=st.one_of(st.none(), st.sampled_from(list(presets().values()))),
)
def test_a_stop_survives_the_archive(
    steps: list[Step],
    angle: float,
    slab: Slab | None,
    looks: tuple[bool, bool],
    edited: Preset | None,
) -> None:
    smooth, parallel = looks
    stop = replace(
        from_record(_FIRST),
        cutaway=Cutaway(tuple(steps)),
        turn=STRAIGHT.about((0, 0, 1), angle),
        slab=slab,
        smooth=smooth,
        camera_parallel=parallel,
        edited=edited,
    )
    stored = encode(to_record(stop), fractions=True)
    again = from_record(json.loads(stored))
    assert again.turn.matrix == pytest.approx(stop.turn.matrix, abs=1e-8)
    assert (again.slab, again.smooth, again.camera_parallel) == (slab, smooth, parallel)
    assert again.edited == edited
    frame = Frame.of((5, 6, 7), origin_mm=(-20, -20, -20), spacing_mm=(7, 8, 9))
    one, other = stop.cutaway.hidden(frame), again.cutaway.hidden(frame)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert np.mean(one != other) < 0.02, "but for rounding at an edge"
    assert encode(to_record(again), fractions=True) == stored


def test_a_plain_stop_reads_as_it_always_did() -> None:
    stop = from_record(_FIRST)
    assert to_record(stop) == _FIRST
    assert stop.cutaway.steps == ()
    assert stop.turn.is_straight


def test_what_lies_outside_the_body_is_kept_block_by_block() -> None:
    blocks = np.random.default_rng(1).random((6, 7, 9)) < 0.4
    frame = Frame.of((6, 7, 9), origin_mm=(1, 2, 3), spacing_mm=(2.5, 2.5, 2.0))
    part = Part((1.0, 2.0, 3.0), (10.0, 20.0, 30.0), 4000.0, 2800.0)
    stop = replace(from_record(_FIRST), cutaway=Cutaway((OutsideBody((part,), blocks, frame),)))
    (again,) = from_record(json.loads(encode(to_record(stop), fractions=True))).cutaway.steps
    assert isinstance(again, OutsideBody)
    assert np.array_equal(again.blocks, blocks)
    assert again.parts == (part,)
    assert again.frame.same_as(frame)


@pytest.mark.parametrize(
    "wrong",
    [
        {"turn": [[1, 0], [0, 1]]},
        {"slab": {"projection": "sum", "thickness_mm": 3}},
        {"cutaway": "all"},
        {"cutaway": [{"kind": "axe"}]},
        {"cutaway": [{"kind": "crop_box", "low_mm": [0, 0, 0]}]},
        {"cutaway": [{"kind": "outside_body", "parts": [], "blocks": {"shape": [9**9, 9, 9]}}]},
        {"edited": {"name": "bone"}},
        {"layout_": "all"},
        {"position_mm": [[0], 0, 0]},
        {"position_mm": "abc"},
        {"position_mm": [0, 0]},
        {"position_mm": [10**400, 0, 0]},
        {"position_mm": [float("nan"), 0, 0]},
        {"camera_up": [0, 0, 0]},
        {"camera_focal_mm": [0.0, -500.0, 0.0]},
        {"camera_angle_deg": 180},
        {"camera_angle_deg": -5},
        {"camera_parallel": "x"},
        {"caption": ["x"]},
        {"preset": 5},
        {"window_width": 0},
        {"window_width": None},
        {"window_width": True},
        {"turn": [[0, 0, 0]] * 3},
        {"turn": [[-1, 0, 0], [0, 1, 0], [0, 0, 1]]},
        {"slab": {"projection": "mip", "thickness_mm": 0}},
        {"slab": {"projection": "mip", "thickness_mm": 1e300}},
        {"slab": {"projection": "mip", "thickness_mm": float("inf")}},
        {"cutaway": [{"kind": "crop_box", "low_mm": [0, 0, 0], "high_mm": [0, 1, 1]}]},
        {"cutaway": [{"kind": "clip_plane", "point_mm": [0, 0, 0], "normal": [0, 0, 0]}]},
        {"cutaway": [{"kind": "clip_plane", "point_mm": [0, 0, 0], "normal": [1e308, 0, 0]}]},
        {"cutaway": [_scalpel([[0, 0], [1, 1]])]},
        {"cutaway": [_scalpel([[0, 0], [1, 1], [float("nan"), 0]])]},
        {"cutaway": [_body(affine_lps=np.zeros((4, 4)).tolist())]},
        {"cutaway": [_body(affine_lps=np.diag([-1.0, 1, 1, 1]).tolist())]},
        {"cutaway": [_body(affine_lps=np.eye(3).tolist())]},
        {"cutaway": [_body(bits_zlib="")]},
        {"cutaway": [_body(bits_zlib="!!!")]},
        {"cutaway": [_body(shape=[400, 400, 400])]},
        {"cutaway": [_body(), _body()]},
        {"edited": _edited(opacity=[[float("nan"), 1]])},
        {"edited": _edited(opacity=[[5, 0], [1, 1]])},
        {"edited": _edited(opacity=[[5, -7]])},
        {"edited": _edited(gradient=[[1e12, 1]])},
        {"edited": _edited(colour=[])},
    ],
)
def test_a_record_of_the_wrong_form_is_told_in_a_sentence(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="A stop of the walkthrough cannot be read"):
        from_record(_FIRST | wrong)


@pytest.mark.parametrize("wrong", [None, [], "x", 5])
def test_what_is_no_record_is_told_in_a_sentence(wrong: object) -> None:
    with pytest.raises(InputError):
        from_record(wrong)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from([*_FIRST, "turn", "slab", "cutaway", "edited", "smooth"]), value=_json)
def test_whatever_a_field_holds_it_is_read_or_refused(name: str, value: object) -> None:
    try:
        stop = from_record(_FIRST | {name: value})
    except InputError:
        return
    json.dumps(to_record(stop), allow_nan=False)
