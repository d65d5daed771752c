"""What each kind of finding looks like, and what is never drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy

from tests.virtopsy.findings.some import one_of_each, track
from viewer.render.glyphs.before import BEFORE_MM, BeforeGlyph, before_entry
from viewer.render.glyphs.glyph import Form
from viewer.render.glyphs.mark import MarkGlyph
from viewer.render.glyphs.of_finding import AnyGlyph, colour_of, glyphs_of
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.segments import straight_parts
from virtopsy.findings.trajectory import Method, Trajectory

_DRAWN = [one for one in one_of_each() if one.kind != "key_picture"]
_STRAIGHT = Trajectory(
    ((0.0, 0.0, 0.0), (0.0, 200.0, 0.0)),
    end_sd_mm=(2.0, 2.0, 2.0),
    finding_id="t",
    name="T",
    series_uid="1",
)


def points_of(glyph: AnyGlyph) -> np.ndarray:
    made: np.ndarray = vtk_to_numpy(glyph.surface().GetPoints().GetData())
    return made


@pytest.mark.parametrize("finding", _DRAWN, ids=lambda one: one.kind)
def test_every_kind_has_a_surface_at_its_place_with_its_number_and_colour(finding: object) -> None:
    (glyph,) = glyphs_of(finding, 7)  # type: ignore[arg-type]
    found = points_of(glyph)
    assert np.isfinite(found).all()
    for place in finding.places:  # type: ignore[attr-defined]
        assert np.linalg.norm(found - np.array(place), axis=1).min() < 12
    assert glyph.name == f"7. {finding.name}"  # type: ignore[attr-defined]
    assert glyph.brief == "7"
    assert glyph.colour == "#e4572e"
    assert glyph.strands or glyph.spots


def test_a_kept_view_is_not_drawn() -> None:
    (kept,) = (one for one in one_of_each() if one.kind == "key_picture")
    assert glyphs_of(kept, 1) == ()


def test_kinds_without_a_colour_of_their_own_have_that_of_their_kind() -> None:
    plain = {one.kind: colour_of(replace(one, colour="")) for one in _DRAWN}
    assert len({plain[kind] for kind in ("wound", "trajectory", "fragment", "fracture")}) == 4


def test_forms_tell_kinds_apart_without_any_colour() -> None:
    forms = {}
    for one in _DRAWN:
        (glyph,) = glyphs_of(one)
        if isinstance(glyph, MarkGlyph):
            forms[one.kind] = glyph.form
    assert forms["wound"] is Form.RINGS
    assert forms["fragment"] is Form.BOX
    assert forms["landmark"] is Form.CROSS
    assert forms["region"] is Form.DIAMOND


def test_a_fragments_box_leaves_the_metal_to_be_seen() -> None:
    fragment = next(one for one in _DRAWN if one.kind == "fragment")
    (glyph,) = glyphs_of(fragment)
    away = np.abs(points_of(glyph) - np.array(fragment.places[0])).max(axis=1)
    assert away.min() > 4.5  # its longest edge is 9 mm


def test_a_deflected_track_runs_over_its_deflections_in_the_order_of_travel() -> None:
    (glyph,) = glyphs_of(track())
    assert isinstance(glyph, TrajectoryGlyph)
    assert glyph.points == (track().ends_lps_mm[0], (4.0, 80.0, 3.0), track().ends_lps_mm[1])
    (other,) = glyphs_of(replace(track(), entry=1))
    assert isinstance(other, TrajectoryGlyph)
    assert other.points == glyph.points[::-1]


def test_the_chord_to_a_projectile_is_dashed_and_needs_a_stated_entry() -> None:
    (glyph,) = glyphs_of(track())
    solid, chord = glyph.strands
    assert (solid.solid, chord.solid) == (True, False)
    assert chord.points == (track().ends_lps_mm[0], (12.0, 160.0, 9.0))
    unstated = replace(track(), entry=None, direction_by=None, stated_by=None, grounds=())
    (other,) = glyphs_of(unstated)
    assert len(other.strands) == 1
    (alone,) = glyphs_of(replace(track(), method=Method.CHORD, via_lps_mm=(), lodged_lps_mm=None))
    assert not alone.strands[0].solid


def test_the_tube_before_an_entry_has_the_radius_of_the_95_percent_and_no_tip() -> None:
    tube = before_entry(_STRAIGHT.stated(0, "A"), "#ffffff")
    assert tube is not None
    assert tube.entry_lps_mm == (0.0, 0.0, 0.0)
    assert tube.far_lps_mm == pytest.approx((0.0, -BEFORE_MM, 0.0))
    steps = np.linspace(0, BEFORE_MM, len(tube.radii_mm)) / 200.0
    of_formula = 2.4477 * 2.0 * np.sqrt((1 + steps) ** 2 + steps**2)
    assert tube.radii_mm == pytest.approx(of_formula, rel=1e-3)
    assert all(np.diff(tube.radii_mm) > 0)

    found = points_of(tube)
    away = np.hypot(found[:, 0], found[:, 2])
    assert away.min() > 4.0, "it ends nowhere in a point"
    assert found[:, 1].max() < 0.1, "nothing of it lies inside the body"
    assert tube.opacity < 0.5


def test_the_tube_begins_at_the_stated_end_and_follows_the_first_part() -> None:
    turned = before_entry(_STRAIGHT.stated(1, "A"), "#ffffff")
    assert turned is not None
    assert turned.far_lps_mm == pytest.approx((0.0, 200.0 + BEFORE_MM, 0.0))
    bent = before_entry(track(), "#ffffff")
    first = straight_parts(track())[0]
    assert bent is not None
    assert first.direction is not None
    along = np.subtract(bent.entry_lps_mm, bent.far_lps_mm) / BEFORE_MM
    assert along == pytest.approx(np.array(first.direction))
    whole = np.subtract(track().ends_lps_mm[1], track().ends_lps_mm[0])
    assert math.degrees(math.acos(along @ whole / np.linalg.norm(whole))) > 2


@pytest.mark.parametrize(
    "refused",
    [
        _STRAIGHT,
        replace(_STRAIGHT.stated(0, "A"), deflected_at_entry=True),
        replace(_STRAIGHT.stated(0, "A"), method=Method.CHORD),
    ],
    ids=["no entry", "deflected at the entry", "chord to a projectile"],
)
def test_nothing_is_extended_that_may_not_be(refused: Trajectory) -> None:
    assert before_entry(refused, "#ffffff") is None
    assert not any(isinstance(one, BeforeGlyph) for one in glyphs_of(refused, before=True))


def test_the_tube_is_drawn_only_where_it_is_asked_for() -> None:
    stated = _STRAIGHT.stated(0, "A")
    assert len(glyphs_of(stated)) == 1
    assert isinstance(glyphs_of(stated, before=True)[1], BeforeGlyph)


def test_measures_are_drawn_as_what_was_measured() -> None:
    square = ((0.0, 0.0, 0.0), (9.0, 0.0, 0.0), (9.0, 9.0, 0.0), (0.0, 9.0, 0.0))
    about = {"finding_id": "m", "name": "M", "series_uid": "1"}
    (cobb,) = glyphs_of(Measure(MeasureKind.COBB, square, **about))
    assert len(cobb.strands) == 2
    (area,) = glyphs_of(Measure(MeasureKind.AREA, square, **about))
    assert area.strands[0].points[0] == area.strands[0].points[-1]
    (roi,) = glyphs_of(
        Measure(MeasureKind.ROI, (*square[:2], square[3]), outline="ellipse", **about)
    )
    away = np.linalg.norm(np.array(roi.strands[0].points), axis=1)
    assert away.min() > 8.9


def test_equal_findings_have_equal_glyphs_so_that_triangles_are_made_once() -> None:
    for one in _DRAWN:
        assert {*glyphs_of(one, 1)} == {*glyphs_of(one, 1)}
