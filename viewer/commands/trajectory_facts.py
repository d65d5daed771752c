"""What `virtopsy trajectory` prints of a track: its numbers, its holes, and what it leaves out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from viewer.commands import speech
from virtopsy.findings.refine import Refinement
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.words import direction_words, number, trajectory_lines, with_95
from virtopsy.geometry.direction import NORMAL_95, joint, plane_angles
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bevel import Bevel
from virtopsy.imaging.refined import Measured, RefinedHole
from virtopsy.language import Language, say

_PLANES = ("sagittal", "coronal", "transverse")


def facts(told: Refinement, language: Language) -> dict[str, Any]:
    """Return a refined or clicked track as the contract prints it."""
    found = told.found
    more = {
        "clicked_lps_mm": told.clicked,
        "method": told.track.method.value,
        "end_covariance_mm2": listed(joint_covariance(told.track)),
        "holes": [] if found is None else [_hole(one) for one in found.holes],
        "problems": _problems(told, language),
    }
    return track_facts(told.track, language) | more


def joint_covariance(track: Trajectory) -> Floats:
    """Return the (6, 6) covariance of both ends, mm^2, LPS."""
    return joint(track.end_covariance)


def track_facts(
    track: Trajectory, language: Language, score: float | None = None
) -> dict[str, Any]:
    """Return the numbers of a track; what depends on the entry is null until it is stated."""
    spread = track.uncertainty
    has_azimuth = track.azimuth is not None and spread.azimuth_defined
    has_direction = track.direction is not None
    angles = map(math.degrees, plane_angles(track.axis))
    return {
        "ends_lps_mm": track.ends_lps_mm,
        "axis": track.axis,
        "length_mm": track.length_mm,
        "length95_mm": NORMAL_95 * spread.length_sd_mm,
        "score": score,
        "cone95_half_angle_deg": math.degrees(spread.cone95_half_angle),
        "sd_source": track.sd_source,
        "end_sd_mm": track.end_sd_mm,
        "direction_by": track.direction_by,
        "entry_lps_mm": track.entry_lps_mm,
        "exit_lps_mm": track.exit_lps_mm,
        "direction": track.direction,
        "azimuth_deg": math.degrees(track.azimuth or 0.0) if has_azimuth else None,
        "azimuth95_deg": math.degrees(spread.azimuth95) if has_azimuth else None,
        "elevation_deg": math.degrees(track.elevation or 0.0) if has_direction else None,
        "elevation95_deg": math.degrees(spread.elevation95) if has_direction else None,
        "plane_angles_deg": dict(zip(_PLANES, angles, strict=True)),
        "words": direction_words(track, language),
    }


def tell(told: Refinement, language: Language) -> None:
    """Print a track in lines."""
    for one in trajectory_lines(told.track, language):
        speech.line(f"{one.label}: {one.text}")
    if told.found is not None:
        names = ("trajectory.hole.first", "trajectory.hole.second")
        for name, hole in zip(names, told.found.holes, strict=True):
            if hole is not None:
                speech.line(f"{say(name, language)}: {_hole_text(hole, language)}")
    for problem in _problems(told, language):
        speech.line(problem["text"])


def _problems(told: Refinement, language: Language) -> list[dict[str, str]]:
    problems = []
    if told.refused is not None:
        why = told.refused.sentence(language)
        text = say("trajectory.problem.not_refined", language, why=why)
        problems.append({"code": told.refused.key.rpartition(".")[2], "text": text})
    if told.in_metal:
        problems.append({"code": "in_metal", "text": say("trajectory.problem.in_metal", language)})
    if told.is_chord:
        problems.append({"code": "chord", "text": say("trajectory.problem.chord", language)})
    return problems


def _hole(hole: RefinedHole | None) -> dict[str, Any] | None:
    if hole is None:
        return None
    return {
        "rim": hole.rim,
        "rim_by": hole.rim_by,
        "rim_centre_lps_mm": hole.centre,
        "rim_centre_covariance_mm2": listed(hole.centre_covariance_mm2),
        "outer_table_lps_mm": hole.outer,
        "inner_table_lps_mm": hole.inner,
        "outer_rim_diameter": _measured(hole.outer_diameter),
        "inner_rim_diameter": _measured(hole.inner_diameter),
        "bone_along_track": _measured(hole.thickness),
        "moved_mm": hole.moved_mm,
        "rim_points_lps_mm": listed(hole.rim_points),
        "fit": {
            "voxels": hole.voxels,
            "rim_points": len(hole.rim_points),
            "residual_hu": hole.residual_hu,
        },
        "bevel": _bevel(hole.bevel),
    }


def _measured(one: Measured) -> dict[str, float]:
    return {"mm": one.mm, "sd_mm": one.sd_mm}


def _bevel(bevel: Bevel) -> dict[str, Any]:
    return {
        "depth_share": listed(bevel.shares),
        "turn_deg": listed(np.degrees(bevel.turns)),
        "turn_0_lps": bevel.zero,
        "turn_90_lps": bevel.quarter,
        "radius_mm": listed(bevel.radius_mm),
        "mean_radius_mm": listed(bevel.mean_mm),
    }


def listed(values: Floats) -> Any:
    """Return nested lists that JSON can hold: a wall that was not seen is null."""
    if values.ndim > 1:
        return [listed(row) for row in values]
    return [None if math.isnan(value) else value for value in values.tolist()]


def _hole_text(hole: RefinedHole, language: Language) -> str:
    outer, inner, thick = (
        with_95(one.mm, NORMAL_95 * one.sd_mm, "", language)
        for one in (hole.outer_diameter, hole.inner_diameter, hole.thickness)
    )
    means = [value for value in hole.bevel.mean_mm.tolist() if not math.isnan(value)]
    bevel = " · ".join(number(value, language) for value in means[::2])
    return say("trajectory.hole.text", language, outer=outer, inner=inner, thick=thick, bevel=bevel)
