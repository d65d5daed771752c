"""One hole in bone, found near a rough click and fitted under both readings of its bevel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from virtopsy.errors import InputError
from virtopsy.geometry.frame import Floats
from virtopsy.imaging import defect, rim
from virtopsy.imaging.bore import (
    AT_INNER,
    AT_OUTER,
    INNER,
    OUTER,
    RADII,
    axes_of,
    centre_of,
    meeting,
)
from virtopsy.imaging.defect import Opening
from virtopsy.imaging.rim import Rims
from virtopsy.imaging.rim_voxels import Patch, patch_round
from virtopsy.imaging.sheet import Sheet, across, monomials, sheet_at
from virtopsy.imaging.volume import Volume

_FIRST_STEPS, _LAST_STEPS = 12, 5
_NEAR_MM = 5.0
_LEAST_RADIUS_MM = 1.7
_TEMPER = 6.0
"""By how much the logarithms of two readings' posteriors must differ to count e-fold: voxels next
to each other err together."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A hole as it is first seen: the bone and the opening in it."""

    sheet: Sheet
    opening: Opening

    @property
    def centre(self) -> Floats:
        """(3,) LPS mm on the outer table."""
        u, v = self.opening.centre
        height = float(monomials(np.asarray(u), np.asarray(v)) @ self.sheet.outer)
        return self.sheet.place.to_lps(np.array([u, v, height]))


def seen_near(volume: Volume, click: Floats, inward: Floats) -> Seen:
    """Return the hole near a click.

    Args:
        volume: HU.
        click: (3,) LPS mm.
        inward: (3,) LPS, from the click along the track into the head.

    Raises:
        InputError: there is no bone, or no hole in it.
    """
    inward = inward / np.linalg.norm(inward)
    sheet = sheet_at(volume, click, inward)
    first = Seen(sheet, defect.find(volume, sheet, inward))
    sheet = sheet_at(volume, first.centre, sheet.place.axes[:, 2], tries=1)
    return Seen(sheet, defect.find(volume, sheet, inward, _NEAR_MM))


@dataclass(frozen=True, eq=False)
class Centre:
    """The centre of a rim, where the axis of the track meets that table.

    Attributes:
        point: (3,) LPS mm.
        fit: (3, 3) its covariance by the fits and by what the readings differ, LPS mm^2.
        by_aside: (3, 2) how it moves when the rim is off by a millimetre across and beside the
            track: on bone met askew it then moves along the track as well.
        by_height: (3,) how it moves when the table is off by a millimetre along its normal.
    """

    point: Floats
    fit: Floats
    by_aside: Floats
    by_height: Floats


@dataclass(frozen=True, eq=False)
class Hole:
    """A fitted hole: each reading of its bevel, and how much it counts.

    Attributes:
        patch: the voxels it rests on.
        sheet: the bone.
        readings: the bevel follows the tables, or is a cone about the track.
        weights: (2,) of them.
    """

    patch: Patch
    sheet: Sheet
    readings: tuple[Rims, ...]
    weights: Floats

    @property
    def likely(self) -> Rims:
        """The reading that counts most."""
        return self.readings[int(np.argmax(self.weights))]

    def centre(self, inner: bool) -> Centre:
        """Return the centre of a rim on its table: the mean of both readings, as they count."""
        places = [_place(one, inner) for one in self.readings]
        mean: Floats = self.weights @ np.stack([one.point for one in places])
        total = np.zeros((3, 3))
        for weight, one in zip(self.weights, places, strict=True):
            total += weight * (one.fit + np.outer(one.point - mean, one.point - mean))
        likely = places[int(np.argmax(self.weights))]
        return Centre(mean, total, likely.by_aside, likely.by_height)

    def radius(self, inner: bool) -> tuple[float, float]:
        """Return a rim's radius across the track and its SD, mm."""
        at = 22 + (AT_INNER if inner else AT_OUTER)
        values = np.array([one.parameters[at] for one in self.readings])
        variances = np.array([one.covariance[at, at] for one in self.readings])
        mean = float(self.weights @ values)
        return mean, float(np.sqrt(self.weights @ (variances + (values - mean) ** 2)))

    def table(self, point: Floats, direction: Floats, inner: bool) -> tuple[Floats, float, float]:
        """Return where a line meets a table, and how well that is known along the line.

        Args:
            point: (3,) LPS mm of the line.
            direction: (3,) LPS unit vector of it, either way.
            inner: the inner table, else the outer one.

        Returns:
            (3,) LPS mm; its SD along the line by the fit, mm; how far it moves along the line
            when the table is off by a millimetre along its normal.
        """
        rims = self.likely
        turned = axes_of(rims.place, np.stack(across(direction)))
        surface = INNER if inner else OUTER
        centre = turned[:2] @ rims.place.to_local(point)
        met = meeting(turned, centre, rims.parameters[surface])
        variance = met.by_surface @ rims.covariance[surface, surface] @ met.by_surface
        sd = math.sqrt(max(float(variance), 0.0))
        return rims.place.to_lps(met.local), sd, float(met.by_surface[0])


def _place(rims: Rims, inner: bool) -> Centre:
    p = rims.parameters
    node, surface = (AT_INNER, INNER) if inner else (AT_OUTER, OUTER)
    turned = axes_of(rims.place, rims.across)
    met = meeting(turned, centre_of(p, node), p[surface])
    aside = turned[:2].T + np.outer(turned[2], met.by_centre)
    slope = np.zeros((3, len(p)))
    slope[:, 12 + 2 * node : 14 + 2 * node] = aside
    slope[:, surface] = np.outer(turned[2], met.by_surface)
    slope = rims.place.axes @ slope
    return Centre(
        rims.place.to_lps(met.local),
        slope @ rims.covariance @ slope.T,
        rims.place.axes @ aside,
        rims.place.axes @ turned[2] * met.by_surface[0],
    )


def fitted(volume: Volume, seen: Seen, direction: Floats) -> Hole:
    """Fit a hole along a direction (3,) LPS, told from what is seen of it.

    Raises:
        InputError: a slice is missing there, or metal covers the rim.
    """
    patch = patch_round(volume, seen.sheet, seen.opening, direction)
    aside = np.stack(across(direction))
    start = rim.begin(seen.sheet, seen.opening, aside)
    place = seen.sheet.place
    readings = [
        rim.fit(patch, place, start, aside, cone=cone, steps=_FIRST_STEPS) for cone in (False, True)
    ]
    return _weighed(patch, seen.sheet, readings)


def refitted(hole: Hole, direction: Floats) -> Hole:
    """Fit a hole again along a direction that is better known, (3,) LPS."""
    readings = []
    for one in hole.readings:
        start, aside = rim.turned(one, direction)
        readings.append(
            rim.fit(hole.patch, one.place, start, aside, cone=one.cone, steps=_LAST_STEPS)
        )
    return _weighed(hole.patch, hole.sheet, readings)


def _sound(rims: Rims) -> bool:
    """Tell whether a reading is a hole: no rim of it vanishes, none lies beside the other."""
    p = rims.parameters
    radii = p[RADII][AT_OUTER : AT_INNER + 1]
    apart = float(np.linalg.norm(centre_of(p, AT_OUTER) - centre_of(p, AT_INNER)))
    return bool(np.isfinite(p).all()) and radii.min() > _LEAST_RADIUS_MM and apart < radii.max()


def _weighed(patch: Patch, sheet: Sheet, readings: Sequence[Rims]) -> Hole:
    cost = np.array(rim.costs(readings))
    cost = np.where([_sound(one) for one in readings], cost, np.inf)
    if not np.isfinite(cost).any():
        raise InputError("refine.no_hole")
    weights = np.exp(-(cost - cost.min()) / _TEMPER)
    return Hole(patch, sheet, tuple(readings), weights / weights.sum())
