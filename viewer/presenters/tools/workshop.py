"""The trajectory workshop: what makes a track of two rough clicks, and what stands beside it.

Rims, points and fragments refine a track; a person states entry, outcome, deflections, left and
right. Each act is one new version of the finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.case.commands import ChangeFinding, ChangeFindings
from virtopsy.errors import Bug, InputError, VirtopsyError
from virtopsy.findings.finding import ASSUMED_SD_MM, Finding
from virtopsy.findings.fragment import Fragment, Site
from virtopsy.findings.frames import body_frame, landmarks_of, why_not
from virtopsy.findings.refine import with_refined
from virtopsy.findings.trajectory import FIT, Method, Outcome, Trajectory
from virtopsy.findings.wound import Wound
from virtopsy.geometry.body import Kind
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.fit import LineFit, fit_line
from virtopsy.geometry.frame import Floats
from virtopsy.geometry.landmark import landmark_terms
from virtopsy.imaging.marker_ring import ring_at
from virtopsy.imaging.refine import refine, refine_lodged
from virtopsy.imaging.refined import RefinedTrack
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress

T = TypeVar("T")
NEAR_MM = 25.0
"""How far from the clicked track a fragment still counts as lying along it."""
ON_PROJECTILE_MM = 15.0
"""How far from a projectile's middle a click still means it: half of one that lies along."""
_LEAST_POINTS = 3


@dataclass(frozen=True)
class Frames:
    """Whether the body has a frame of its own on this series.

    Attributes:
        kind: head or trunk.
        confirmed_by: who confirmed left and right; empty: nobody yet.
        why_not: why there is none; None where there is one.
        against_scanner: whether the scanner's own sides say the contrary of the landmarks'.
    """

    kind: Kind
    confirmed_by: str
    why_not: InputError | None
    against_scanner: bool = False

    @property
    def may_be_confirmed(self) -> bool:
        """Whether a person's word on left and right is all that is missing."""
        return self.against_scanner or (self.why_not is None and not self.confirmed_by)


class Workshop:
    """What can be done with the selected track.

    Attributes:
        refined: what the last refinement measured of each track, by finding id; it is not kept,
            for it follows from the scan.
        points: places along the track that wait to be fitted, LPS mm.
        trouble: what could not be done, for the strip.
    """

    def __init__(
        self,
        session: Session,
        views: Views,
        findings: Findings,
        work: Work,
        person: Value[str],
    ) -> None:
        self._session, self._views, self._findings = session, views, findings
        self._work, self._person = work, person
        self._running: Running | None = None
        self.refined: Value[dict[str, RefinedTrack]] = Value({})
        self.points: Value[tuple[Point, ...]] = Value(())
        self.trouble: Event[VirtopsyError] = Event()
        findings.selected.subscribe(lambda _: self.points.set(()))
        views.volume.subscribe(lambda _: self._forget())

    @property
    def busy(self) -> bool:
        """Whether something is being fitted."""
        return self._running is not None

    def refine(self) -> None:
        """Fit the selected track to the narrow rims of its holes in bone, in the background."""
        track, volume = self._track(), self._volume()
        clicks = _clicks(track)
        lodged = track.outcome is Outcome.LODGED

        def job(_: Progress) -> RefinedTrack:
            if lodged and track.entry is not None:
                found = refine_lodged(volume, clicks[track.entry], clicks[1 - track.entry])
                return found if track.entry == 0 else _turned(found)
            return refine(volume, clicks, track.entry)

        def done(found: RefinedTrack) -> None:
            now = self._still(track)
            if now is None or self._views.volume.now is not volume:
                return
            self._do(with_refined(now, found))
            self.refined.set({**self.refined.now, track.finding_id: found})

        self._start("refine.job", job, done)

    def add_point(self) -> None:
        """Add the crosshair as a point that lies along the track."""
        self._track()
        self.points.set((*self.points.now, self._views.position.now))

    def take_point_back(self) -> None:
        """Take the last point back."""
        self.points.set(self.points.now[:-1])

    def fit_points(self) -> None:
        """Fit the selected track to the points that wait.

        Raises:
            InputError: there are fewer than three, or they lie in no line.
        """
        self._fit(self.points.now, Method.POINTS)
        self.points.set(())

    def fit_fragments(self) -> None:
        """Fit the selected track to the fragments that lie along it.

        Raises:
            InputError: fewer than three lie within 25 mm of it inside the body.
        """
        self._fit(tuple(one.centre_lps_mm for one in self.fragments_along), Method.FRAGMENTS)

    @property
    def fragments_along(self) -> tuple[Fragment, ...]:
        """The fragments of the series that lie along the selected track, as it was clicked."""
        track = self._findings.track
        if track is None:
            return ()
        start, end = _clicks(track)
        return tuple(
            one
            for one in self._findings.shown
            if isinstance(one, Fragment)
            and one.site is not Site.OUTSIDE
            and not one.may_be_dental
            and _apart(one.centre_lps_mm, start, end) <= NEAR_MM
        )

    def state_order(self, order: int | None) -> None:
        """Record in which order the track was probed; None takes it back."""
        self._change(lambda track: replace(track, order=order))

    def lodged_here(self) -> None:
        """Record that the projectile lies at the crosshair; the chord to it is no track.

        Where the other click meant the projectile, the line between the two is that chord.
        """
        here = self._views.position.now
        self._change(lambda track: _lodged(track, here))

    def lodged_nowhere(self) -> None:
        """Take back where the projectile lies, and that it lodged."""
        self._change(_not_lodged)

    def deflected_here(self) -> None:
        """Add a deflection at the crosshair, between the two ends."""
        here = self._views.position.now
        self._change(lambda track: replace(track, via_lps_mm=_between(track, here)))

    def straight(self) -> None:
        """Take the deflections back."""
        self._change(lambda track: replace(track, via_lps_mm=()))

    def centre_in_ring(self) -> None:
        """Put the selected wound into the middle of the radiopaque ring round it.

        Raises:
            InputError: no ring goes round it.
        """
        wound = self._findings.finding
        if not isinstance(wound, Wound):
            raise Bug("no wound is selected")
        ring = ring_at(self._volume(), wound.at_lps_mm)
        self._do(
            replace(
                wound,
                at_lps_mm=ring.centre_lps_mm,
                point_sd_mm=ring.centre_sd_mm,
                sd_source=FIT,
            )
        )

    def frames(self) -> tuple[Frames, ...]:
        """Return what is known of the frames of head and trunk; those nobody began are left out."""
        volume = self._views.volume.now
        if volume is None:
            return ()
        told = []
        for kind in Kind:
            series, findings = volume.identity.series_uid, self._session.case.findings
            if not landmarks_of(kind, findings, series):
                continue
            reason = why_not(kind, findings, series)
            sides = None if reason else body_frame(kind, findings, series).sides
            against = reason is not None and reason.key == "bodyframe.left_on_right"
            told.append(Frames(kind, sides.confirmed_by if sides else "", reason, against))
        return tuple(told)

    def confirm_sides(self, kind: Kind) -> None:
        """Record that the acting person confirms left and right of a frame's landmarks.

        Where the scanner's own sides say the contrary the button said so, and it is recorded.

        Raises:
            InputError: nobody said who acts.
        """
        volume, by = self._volume(), self._person.now
        against_scanner = any(one.kind is kind and one.against_scanner for one in self.frames())
        if not by:
            raise InputError("bodyframe.sides.nobody")
        lateral = [
            replace(one, side_confirmed_by=by, against_scanner=against_scanner)
            for one in landmarks_of(kind, self._session.case.findings, volume.identity.series_uid)
            if landmark_terms()[one.landmark].side is not None
        ]
        self._session.do(ChangeFindings(tuple(lateral)))

    def _fit(self, points: tuple[Point, ...], method: Method) -> None:
        track = self._track()
        if len(points) < _LEAST_POINTS:
            raise InputError("refine.few_points", count=len(points), least=_LEAST_POINTS)
        line = fit_line(points, np.diag(np.square(_click_sd(track))), scaled=True)
        ends, covariance = _carried(line, _clicks(track))
        self._do(track.fitted(ends, covariance, method, points))

    def _change(self, change: Callable[[Trajectory], Trajectory]) -> None:
        track = self._track()
        changed = change(track)
        if changed != track:
            self._do(changed)

    def _do(self, finding: Finding) -> None:
        self._session.do(ChangeFinding(finding))

    def _start(self, label: str, job: Callable[[Progress], T], done: Callable[[T], None]) -> None:
        if self._running is not None:
            return

        def ended(found: T) -> None:
            self._running = None
            try:
                done(found)
            except VirtopsyError as error:
                self.trouble.announce(error)

        def failed(error: VirtopsyError) -> None:
            self._running = None
            self.trouble.announce(error)

        def cancelled() -> None:
            self._running = None

        self._running = self._work.start(label, job, ended, failed, cancelled=cancelled)

    def _still(self, track: Trajectory) -> Trajectory | None:
        """Return the track as it is now; None where it is gone or was moved meanwhile."""
        for one in self._session.case.findings:
            if one.finding_id == track.finding_id and isinstance(one, Trajectory):
                return one if _clicks(one) == _clicks(track) else None
        return None

    def _forget(self) -> None:
        self.points.set(())
        self.refined.set({})

    def _track(self) -> Trajectory:
        track = self._findings.track
        if track is None:
            raise Bug("no track is selected")
        return track

    def _volume(self) -> Volume:
        volume = self._views.volume.now
        if volume is None:
            raise Bug("a track needs a volume")
        return volume


def _lodged(track: Trajectory, here: Point) -> Trajectory:
    """Return the track with its projectile at a place; a clicked end next to it goes there."""
    stated = replace(track, lodged_lps_mm=here, outcome=Outcome.LODGED)
    rough = track.method in {Method.CLICKS, Method.CHORD}
    if track.entry is None or not rough or math.dist(_other(track), here) > ON_PROJECTILE_MM:
        return stated
    return replace(stated.with_end(1 - track.entry, here), method=Method.CHORD)


def _not_lodged(track: Trajectory) -> Trajectory:
    method = Method.CLICKS if track.method is Method.CHORD else track.method
    return replace(track, lodged_lps_mm=None, outcome=Outcome.UNSTATED, method=method)


def _other(track: Trajectory) -> Point:
    """Return the end opposite to the stated entry."""
    return track.ends_lps_mm[1 if track.entry == 0 else 0]


def _clicks(track: Trajectory) -> tuple[Point, Point]:
    """Return the rough clicks a track began from; of one that was never fitted its ends."""
    if len(track.clicks_lps_mm) == len(track.ends_lps_mm):
        return track.clicks_lps_mm[0], track.clicks_lps_mm[1]
    return track.ends_lps_mm


def _click_sd(track: Trajectory) -> Point:
    """Return the SD of a point that was clicked; of a track that was fitted before, one mm."""
    return ASSUMED_SD_MM if track.sd_source == FIT else track.end_sd_mm


def _carried(line: LineFit, clicks: tuple[Point, Point]) -> tuple[tuple[Point, Point], Floats]:
    """Return the feet of the clicked ends on a fitted line, with their joint covariance.

    A point at share t of the way from the line's first end to its second is (1 - t) a + t b.
    """
    first, second = (np.asarray(one) for one in line.ends)
    chord = second - first
    shares = [float((np.asarray(one) - first) @ chord / (chord @ chord)) for one in clicks]
    if shares[0] == shares[1]:
        raise InputError("refine.few_points", count=0, least=_LEAST_POINTS)
    weights = np.vstack([np.hstack([(1 - t) * np.eye(3), t * np.eye(3)]) for t in shares])
    start, end = (as_point(first + t * chord) for t in shares)
    return (start, end), weights @ line.covariance_mm2 @ weights.T


def _turned(found: RefinedTrack) -> RefinedTrack:
    """Return a refined track with its ends in the other order."""
    other = [3, 4, 5, 0, 1, 2]
    return replace(
        found,
        clicked=(found.clicked[1], found.clicked[0]),
        ends=(found.ends[1], found.ends[0]),
        covariance_mm2=found.covariance_mm2[np.ix_(other, other)],
        holes=(found.holes[1], found.holes[0]),
        entry=None if found.entry is None else 1 - found.entry,
    )


def _between(track: Trajectory, here: Point) -> tuple[Point, ...]:
    """Return the deflections with one more, in the order in which they lie along the chord."""
    start, end = (np.asarray(one) for one in track.ends_lps_mm)
    way = end - start

    def along(point: Point) -> float:
        return float((np.asarray(point) - start) @ way)

    return tuple(sorted((*track.via_lps_mm, here), key=along))


def _apart(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies from a straight track between its ends, mm."""
    chord = np.subtract(end, start)
    offset = np.subtract(point, start)
    share = float(np.clip(offset @ chord / (chord @ chord), 0.0, 1.0))
    return float(np.linalg.norm(offset - share * chord))
