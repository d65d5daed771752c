"""The straight parts of a deflected track, each with its own numbers, and how far it bends.

A straight line between the ends hides a bend: 200 mm with a bow of 10 mm is 11.4 degrees between
the chord and the tangent at the entry. So each part is told as a track of its own.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from virtopsy.findings.quantity import Quantity
from virtopsy.findings.trajectory import Outcome, Trajectory
from virtopsy.geometry.camera import Point
from virtopsy.geometry.direction import CHI2_2_95, joint
from virtopsy.geometry.frame import Floats


def points_of(track: Trajectory) -> tuple[Point, ...]:
    """Return the track's points in the order of travel; as marked while no entry is stated."""
    first, last = track.ends_lps_mm
    points = (first, *track.via_lps_mm, last)
    return points[::-1] if track.entry == 1 else points


def straight_parts(track: Trajectory) -> tuple[Trajectory, ...]:
    """Return each straight part as a track of its own, from the entry where one is stated."""
    points = points_of(track)
    if len(points) == 2:
        return (track,)
    spread = _of_points(track)
    entry = None if track.entry is None else 0
    return tuple(
        replace(
            track,
            ends_lps_mm=ends,
            entry=entry,
            joint_spread_mm=_lower(spread, at),
            via_lps_mm=(),
            lodged_lps_mm=None,
            outcome=Outcome.UNSTATED,
        )
        for at, ends in enumerate(pairwise(points))
    )


def bends(track: Trajectory) -> tuple[Quantity, ...]:
    """Return by how much the track turns at each deflection, degrees."""
    points = np.array(points_of(track))
    spread = _of_points(track)
    told = []
    for at in range(len(points) - 2):
        block = slice(3 * at, 3 * at + 9)
        turn, sd = _bend(points[at : at + 3], spread[block, block])
        told.append(Quantity("angle", turn, "deg", sd, source=track.spread_source))
    return tuple(told)


def measurable(bend: Quantity) -> bool:
    """Tell whether a bend exceeds what 95% of straight tracks would show (two components)."""
    return bend.sd is not None and bend.value > math.sqrt(CHI2_2_95) * bend.sd


def chord_to_projectile(track: Trajectory) -> Quantity | None:
    """Return the distance from the stated entry to where the projectile lies; it is no track."""
    if track.entry_lps_mm is None or track.lodged_lps_mm is None:
        return None
    first, second = np.array(track.entry_lps_mm), np.array(track.lodged_lps_mm)
    long = math.dist(first, second)
    if long == 0:
        return None
    along = (second - first) / long
    spread = _of_points(track)[:3, :3] + np.diag(np.square(track.end_sd_mm))
    sd = math.sqrt(float(along @ spread @ along))
    return Quantity("length", long, "mm", sd, source=track.spread_source)


def _of_points(track: Trajectory) -> Floats:
    """Return the covariance of all points in their order, mm^2.

    Ends as they are known, together where a fit found them together; each deflection on its own,
    with the scatter of an end.
    """
    ends = joint(track.end_covariance)
    if track.entry == 1:
        ends = np.roll(ends, 3, axis=(0, 1))
    count = 3 * (len(track.via_lps_mm) + 2)
    spread = np.zeros((count, count))
    spread[np.diag_indices(count)] = np.tile(np.square(track.end_sd_mm), count // 3)
    places = np.r_[0:3, count - 3 : count]
    spread[np.ix_(places, places)] = ends
    return spread


def _lower(spread: Floats, at: int) -> tuple[float, ...]:
    """Return the scatter of a part's two ends as a track keeps it."""
    block = spread[3 * at : 3 * at + 6, 3 * at : 3 * at + 6]
    return tuple(np.linalg.cholesky(block)[np.tril_indices(6)].tolist())


def _bend(points: Floats, spread: Floats) -> tuple[float, float]:
    """Return the turn at the middle of three points and its SD, degrees.

    First order, J S J^T (GUM, JCGM 100:2008, 5.2), of the difference of both unit directions. A
    turn has two components, and of a small one most error lies across it; so the SD is that of the
    worst direction, as of a cone's larger semi-axis.
    """
    chords = np.diff(points, axis=0)
    lengths = np.linalg.norm(chords, axis=1)
    one, two = chords / lengths[:, None]
    of_one = (np.eye(3) - np.outer(one, one)) / lengths[0]
    of_two = (np.eye(3) - np.outer(two, two)) / lengths[1]
    slope = np.hstack([of_one, -of_one - of_two, of_two])
    largest = float(np.linalg.eigvalsh(slope @ spread @ slope.T)[-1])
    turn = 2 * math.asin(min(float(np.linalg.norm(two - one)) / 2, 1.0))
    # |two - one| is 2 sin(turn / 2); a track that turns back is as unsure as one at right angles.
    sd = math.sqrt(max(largest, 0.0)) / max(math.cos(turn / 2), math.sqrt(0.5))
    return math.degrees(turn), math.degrees(sd)
