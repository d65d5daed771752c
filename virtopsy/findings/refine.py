"""A track from the expert's clicks: refined where the bone allows it, else as it was clicked.

A refusal is never silent and never a made-up number: the clicks keep their own scatter, and the
reason stands beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from virtopsy.errors import InputError
from virtopsy.findings.clicks import sd_of_click
from virtopsy.findings.trajectory import Method, Outcome, Trajectory
from virtopsy.geometry.camera import Point
from virtopsy.imaging.projectile import in_metal
from virtopsy.imaging.refine import refine, refine_lodged
from virtopsy.imaging.refined import RIMS, RefinedTrack
from virtopsy.imaging.volume import Volume


@dataclass(frozen=True, eq=False)
class Refinement:
    """A track and how it came about.

    Attributes:
        track: the finding; its ends in the order entry, other end.
        clicked: the same ends as they were clicked, LPS mm.
        found: what was measured of the holes; None where it was refused.
        refused: why not; None where it was refined.
        in_metal: an exit was stated, but there is no hole, and metal lies there: it was taken as
            where a projectile lies.
    """

    track: Trajectory
    clicked: tuple[Point, Point]
    found: RefinedTrack | None
    refused: InputError | None
    in_metal: bool = False

    @property
    def is_chord(self) -> bool:
        """Tell whether the other end is where a projectile lies: the line is not the track."""
        return self.track.outcome is Outcome.LODGED


def refined(
    volume: Volume, series_uid: str, entry: Point, other: Point, *, lodged: bool
) -> Refinement:
    """Return the track of an entry that the expert stated.

    Args:
        volume: the scan.
        series_uid: of it.
        entry: clicked entry, LPS mm.
        other: clicked exit, or where a projectile lies, LPS mm.
        lodged: which of the two.
    """
    track = _clicked(volume, series_uid, entry, other, lodged)
    try:
        found = refine_lodged(volume, entry, other) if lodged else refine(volume, (entry, other), 0)
    except InputError as refused:
        if not lodged and in_metal(volume, other):
            told = refined(volume, series_uid, entry, other, lodged=True)
            return replace(told, in_metal=True)
        return Refinement(track, (entry, other), None, refused)
    return Refinement(with_refined(track, found), (entry, other), found, None)


def with_refined(track: Trajectory, found: RefinedTrack) -> Trajectory:
    """Return a clicked track with its refined ends, their joint scatter and where it began.

    Args:
        track: as it was clicked; its statement of the entry is kept.
        found: of the same clicks, in the same order.
    """
    method = Method.RIM if found.method == RIMS else Method.CHORD
    return track.fitted(found.ends, found.covariance_mm2, method, rim_points(found))


def rim_points(found: RefinedTrack) -> tuple[Point, ...]:
    """Return the places of the rims that were measured, LPS mm."""
    points: list[Point] = []
    for hole in found.holes:
        if hole is not None:
            points += [(x, y, z) for x, y, z in hole.rim_points.tolist()]
    return tuple(points)


def _clicked(
    volume: Volume, series_uid: str, entry: Point, other: Point, lodged: bool
) -> Trajectory:
    return Trajectory(
        finding_id="clicks",
        name="",
        series_uid=series_uid,
        frame_of_reference_uid=volume.identity.frame_of_reference_uid,
        ends_lps_mm=(entry, other),
        entry=0,
        direction_by="expert",
        end_sd_mm=sd_of_click(volume.frame, volume.measured_mm),
        sd_source="clicks",
        method=Method.CHORD if lodged else Method.CLICKS,
        outcome=Outcome.LODGED if lodged else Outcome.THROUGH,
        lodged_lps_mm=other if lodged else None,
    )
