"""The hair-line fractures of the synthetic case lie where its truth says, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.volume import Volume
from virtopsy.phantom.anatomy import Anatomy, build
from virtopsy.phantom.fractures import gap
from virtopsy.phantom.head import volume
from virtopsy.phantom.paint import painted

_SEEDS = (0, 3)


@pytest.fixture(scope="module", params=_SEEDS)
def body(request: pytest.FixtureRequest) -> Anatomy:
    return build(int(request.param))


def test_each_hole_has_three_or_four_radial_lines_that_fork(body: Anatomy) -> None:
    for end in ("entry", "exit"):
        courses = [one.course for one in body.fractures if one.end == end]
        assert courses.count("radial") in {3, 4}
        assert courses.count("branch") >= 2
    assert not [one for one in body.fractures if one.end == "entry" and one.course == "concentric"]
    assert [one for one in body.fractures if one.end == "exit" and one.course == "concentric"]


def test_every_line_runs_on_the_outer_table_and_is_a_hair_wide(body: Anatomy) -> None:
    for one in body.fractures:
        points = np.array(one.points)
        assert np.abs(body.fields["outer"].at(points)).max() < 0.5
        assert all(0.3 <= width <= 0.8 for width in one.width_mm)
    lengths = [_length(np.array(one.points)) for one in body.fractures if one.course == "radial"]
    assert min(lengths) > 15
    assert max(lengths) < 70


def test_bone_is_darker_along_the_lines_than_beside_them() -> None:
    scan, truth = volume(3, 104)
    outer = build(3).fields["outer"]
    darker = []
    for one in truth.fractures:
        painted_gap = gap(one, outer)
        points, normals = painted_gap.points[1:-1], painted_gap.normals[1:-1]
        along = np.gradient(painted_gap.points, axis=0)[1:-1]
        aside = np.cross(normals, along / np.linalg.norm(along, axis=1, keepdims=True))
        on = _mean(scan, points - 1.2 * normals)
        beside = [_mean(scan, points - 1.2 * normals + side * aside) for side in (-2.4, 2.4)]
        seen = np.isfinite(on) & np.isfinite(beside).all(axis=0)
        if seen.sum() >= 6:
            darker.append(float(np.median((np.mean(beside, axis=0) - on)[seen])))
    assert len(darker) >= 10
    assert np.median(darker) > 150, "a hair-line is seen on slices of 0.8 mm"
    assert np.mean(np.array(darker) > 60) > 0.85


def test_the_bone_is_as_it_was_away_from_the_lines() -> None:
    body = build(0)
    whole = replace(body, gaps=())
    k = round(float(body.frame.to_index(body.track.point(0.0))[2])) // 8 * 8
    changed = np.abs(painted(body, k, k + 8) - painted(whole, k, k + 8)) > 1
    assert changed.any()
    index = np.argwhere(changed)[:, ::-1] + (0, 0, k)
    places = body.frame.to_lps(index)
    lines = np.concatenate([_dense(np.array(one.points)) for one in body.fractures])
    nearest = np.linalg.norm(places[:, None] - lines[None], axis=-1).min(axis=1)
    assert nearest.max() < 14, "no deeper than the vault is thick"


def _length(points: Floats) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _dense(points: Floats) -> Floats:
    shares = np.linspace(0, 1, 4, endpoint=False)[:, None, None]
    return (points[:-1] + shares * np.diff(points, axis=0)).reshape(-1, 3)


def _mean(scan: Volume, points: Floats) -> Floats:
    values = [scan.nearest_value((float(x), float(y), float(z))) for x, y, z in points]
    return np.array([np.nan if value is None else value for value in values])
