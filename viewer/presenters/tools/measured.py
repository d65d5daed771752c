"""What is read from acquired voxels for a measure: a region's values, a profile along a line."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from virtopsy.errors import Bug, UsageError
from virtopsy.findings.finding import Finding
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.quantity import Quantity
from virtopsy.findings.trajectory import SHORTEST_MM, Trajectory
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Floats
from virtopsy.imaging import volume as imaging
from virtopsy.imaging.roi import Outline, Region, statistics
from virtopsy.imaging.volume import Volume

MOST_VALUES = 4000
_THINNEST_MM = 0.1


def profile(volume: Volume, start: Point, end: Point) -> tuple[float, ...]:
    """Return the acquired values along a line, one each time it enters another voxel.

    Steps are equal, from the first point to the last, each no longer than a voxel is along the
    line; each is the value of the nearest acquired voxel, nothing is interpolated.

    Raises:
        UsageError: a part of the line lies where nothing was acquired.
    """
    one, other = np.array(start), np.array(end)
    along = np.abs((other - one) @ volume.frame.directions) / volume.measured_mm
    count = min(max(math.ceil(float(along.max())), 1), MOST_VALUES - 1) + 1
    places = one + np.linspace(0.0, 1.0, count)[:, None] * (other - one)
    values = [volume.nearest_value(as_point(place)) for place in places]
    found = tuple(value for value in values if value is not None)
    if len(found) < len(values):
        raise UsageError("marking.outside")
    return found


def region_of(measure: Measure) -> Region:
    """Return the region an ROI was drawn as."""
    centre, right, down = (np.array(one) for one in measure.points_lps_mm)
    across, along = right - centre, down - centre
    wide, high = float(np.linalg.norm(across)), float(np.linalg.norm(along))
    return Region(
        Outline(measure.outline),
        as_point(centre),
        as_point(across / wide),
        as_point(along / high),
        wide,
        high,
    )


def points_of(region: Region) -> tuple[Point, Point, Point]:
    """Return the points an ROI is kept by: its middle, those of its right and lower sides."""
    centre = np.array(region.centre_mm)
    return (
        region.centre_mm,
        as_point(centre + region.half_right_mm * np.array(region.right)),
        as_point(centre + region.half_down_mm * np.array(region.down)),
    )


def read(volume: Volume, measure: Measure) -> Measure:
    """Return an ROI or a profile with what the voxels hold; any other measure as it is.

    Raises:
        UsageError: an ROI holds no voxel, or a profile leaves the scan.
    """
    if measure.measure is MeasureKind.PROFILE:
        return replace(measure, profile=profile(volume, *measure.points_lps_mm))
    if measure.measure is MeasureKind.ROI:
        region = region_of(measure)
        return replace(measure, measured=_statistics(volume, region, measure.voxel_mm))
    return measure


def _statistics(volume: Volume, region: Region, voxel_mm: float) -> tuple[Quantity, ...]:
    found = statistics(volume, region)
    if found is None:
        raise UsageError("marking.roi.empty")
    unit = "HU" if volume.quantity is imaging.Quantity.HU else "1"
    half = _round(region) * voxel_mm / 2
    area = region.area_mm2
    told = [
        Quantity("mean", found.mean, unit),
        Quantity("minimum", found.minimum, unit),
        Quantity("maximum", found.maximum, unit),
        Quantity("voxels", float(found.n), "1"),
        Quantity(
            "area", area, "mm2", low=max(area - half, 0.0), high=area + half, source="spacing"
        ),
    ]
    if found.sd is not None:
        told.insert(1, Quantity("standard_deviation", found.sd, unit))
    return tuple(told)


def _round(region: Region) -> float:
    """Return the length of a region's outline, mm (of an ellipse: Ramanujan 1914)."""
    a, b = region.half_right_mm, region.half_down_mm
    if region.outline is Outline.RECTANGLE:
        return 4 * (a + b)
    h = ((a - b) / (a + b)) ** 2
    return math.pi * (a + b) * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))


def moved(finding: Finding, place: int, lps_mm: Point) -> Finding:
    """Return a finding with one of its places moved; an ROI stays an ellipse or a rectangle.

    A track is not made shorter than its direction can bear: it stays as it is.
    """
    if isinstance(finding, Trajectory) and place < 2:
        other = finding.ends_lps_mm[1 - place]
        return finding if math.dist(other, lps_mm) < SHORTEST_MM else finding.moved(place, lps_mm)
    if isinstance(finding, Measure) and finding.measure is MeasureKind.ROI:
        return replace(
            finding, points_lps_mm=_pulled(finding, place, np.array(lps_mm)), measured=()
        )
    return finding.moved(place, lps_mm)


def _pulled(measure: Measure, place: int, to_mm: Floats) -> tuple[Point, ...]:
    region = region_of(measure)
    off = to_mm - np.array(region.centre_mm)
    if place == 0:
        within = off - (off @ region.normal) * region.normal
        return tuple(as_point(np.array(one) + within) for one in measure.points_lps_mm)
    if place == 1:
        wide = max(float(off @ np.array(region.right)), _THINNEST_MM)
        return points_of(replace(region, half_right_mm=wide))
    if place == 2:
        high = max(float(off @ np.array(region.down)), _THINNEST_MM)
        return points_of(replace(region, half_down_mm=high))
    raise Bug(f"an ROI has no place {place}")
