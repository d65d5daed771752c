"""A slice shows what lies in it; nothing of what lies before or behind it but a track's course."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from viewer.render.annotate import Annotation, Circle, Label, Stroke, annotated
from viewer.render.glyphs.glyph import Form
from viewer.render.glyphs.mark import MarkGlyph
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.slice_camera import SectionCamera
from viewer.render.slice_marks import on_slice

_CAMERA = SectionCamera((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0), 0.5, 200, 200)


@pytest.mark.parametrize("form", list(Form))
def test_a_place_is_drawn_only_where_the_slice_goes_through_it(form: Form) -> None:
    assert on_slice(MarkGlyph((3.0, 4.0, 2.0), form, 5.0), _CAMERA, 1.0)
    assert on_slice(MarkGlyph((3.0, 4.0, 6.0), form, 5.0), _CAMERA, 1.0) == []


def test_a_line_is_drawn_only_as_far_as_it_lies_in_the_slice() -> None:
    glyph = MarkGlyph((0.0, 0.0, 0.0), lines=(((-10.0, 0.0, -5.0), (10.0, 0.0, 5.0)),))
    (stroke,) = on_slice(glyph, _CAMERA, 2.0)
    assert isinstance(stroke, Stroke)
    assert stroke.start == pytest.approx(_CAMERA.to_pixel((-2.0, 0.0, 0.0)))
    assert stroke.end == pytest.approx(_CAMERA.to_pixel((2.0, 0.0, 0.0)))


def test_a_deflected_track_shows_every_part_and_its_chord_is_dashed_even_in_the_slice() -> None:
    glyph = TrajectoryGlyph(
        ((-20.0, 0.0, 0.0), (20.0, 0.0, 0.0)),
        entry=0,
        via_lps_mm=((0.0, 10.0, 0.0),),
        lodged_lps_mm=(20.0, -10.0, 0.0),
    )
    strokes = [one for one in on_slice(glyph, _CAMERA, 2.0) if isinstance(one, Stroke)]
    solid = {(one.start, one.end) for one in strokes if one.solid}
    first, bend, last = (_CAMERA.to_pixel(one) for one in glyph.points)
    assert {(first, bend), (bend, last)} <= solid
    chord = (first, _CAMERA.to_pixel((20.0, -10.0, 0.0)))
    assert chord not in solid
    assert chord in {(one.start, one.end) for one in strokes if not one.solid}
    heavy = [one for one in on_slice(glyph, _CAMERA, 2.0) if isinstance(one, Circle)]
    assert max(heavy, key=lambda one: one.width).centre == first


def _picture(labels: list[Label]) -> np.ndarray:
    letters = dict.fromkeys(("left", "right", "top", "bottom"), "L")
    made = Annotation(letters=letters, mm_per_pixel=0.5, bar_text="{length}", labels=labels)
    return np.array(annotated(np.zeros((600, 800), np.uint8), made))


def _label(n: int, **other: Any) -> Label:
    return Label(
        **{"place": (300.0, 300.0), "text": f"{n}. A long name", "colour": "#ff0000"} | other
    )


def test_more_names_than_the_margin_has_room_for_are_written_as_numbers() -> None:
    few = _picture([_label(n, brief=str(n)) for n in range(1, 10)])
    many = _picture([_label(n, brief=str(n)) for n in range(1, 61)])
    red = [(one[..., 0] > 200) & (one[..., 1] < 60) for one in (few, many)]
    assert red[0][:, :140].sum() > 500
    rows = np.flatnonzero(red[1][:, :110].any(axis=1))
    assert rows.min() > 10
    assert rows.max() < 560, "every number stands within the picture"


def test_a_name_does_not_cover_the_letter_of_its_edge() -> None:
    plain = _picture([])
    named = _picture([_label(1)])
    letter = plain[280:320, :40]
    lit = letter.min(axis=2) > 150
    assert lit.sum() > 20
    assert (named[280:320, :40][lit] == letter[lit]).all()
