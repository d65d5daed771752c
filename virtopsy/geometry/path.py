"""A path through the body: its length, its places by arc length, and frames that do not twist.

Frames are carried along the path by the double reflection method (Wang, Juettler, Zheng and Liu,
"Computation of Rotation Minimizing Frames", ACM Transactions on Graphics 27, 2008), so that a
picture along the path turns about it as little as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import cos, isfinite, sin
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Floats

Point: TypeAlias = tuple[float, float, float]
_STATION_MM = 0.5
_FEWEST, _MOST = 8, 4_000  # stations between two points
_NEAREST_MM = 1e-6  # points nearer than this are one
_STRAIGHT_MM = 1e-9
_STILL = 1e-3  # mm of path a mm of chord: there a spline turns straight back
_NOTHING = 1e-24  # squared length of a step that is none
_ALONG = 0.9  # cosine: a path this near to head or feet has the front of the person up
_HEAD, _FRONT = np.array((0.0, 0.0, 1.0)), np.array((0.0, -1.0, 0.0))


@dataclass(frozen=True, eq=False)
class PathFrames:
    """Where a path is, and its frames, at n arc lengths.

    Attributes:
        places_mm: (n, 3) LPS mm.
        ahead: (n, 3) unit tangents.
        up: (n, 3) unit vectors at right angles to them.
        side: (n, 3) ahead x up.
    """

    places_mm: Floats
    ahead: Floats
    up: Floats
    side: Floats


@dataclass(frozen=True)
class Path:
    """A path through points of the patient; beyond its ends it goes straight on.

    Attributes:
        points_mm: LPS mm, at least two, neighbours apart.
        smooth: a natural cubic spline through the points, its parameter the length of the
            chords; else, and where that would turn straight back, from point to point with
            corners.
        angle: how far its frames are turned about it, radians, right-handed. At 0 the head is
            up at the beginning; of a path towards head or feet the front of the person.

    Raises:
        Bug: there are fewer than two points, or two neighbours are one.
    """

    points_mm: tuple[Point, ...]
    smooth: bool = True
    angle: float = 0.0

    def __post_init__(self) -> None:
        points = np.asarray(self.points_mm, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 3 or len(points) < 2:
            raise Bug(f"a path needs two points, got {self.points_mm}")
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        if not (np.isfinite(points).all() and steps.min() > _NEAREST_MM and isfinite(self.angle)):
            raise Bug(f"a path needs points that are apart, got {self.points_mm}")

    @property
    def length_mm(self) -> float:
        """From its first point to its last, along it."""
        return float(self._stations.arc_mm[-1])

    @property
    def is_straight(self) -> bool:
        """Tell whether all of it lies on one line and goes one way."""
        chord = float(np.linalg.norm(np.subtract(self.points_mm[-1], self.points_mm[0])))
        return self.length_mm - chord < _STRAIGHT_MM * max(chord, 1.0)

    def at(self, arc_mm: ArrayLike) -> PathFrames:
        """Return places and frames at (n,) arc lengths from the first point, mm."""
        wanted = np.atleast_1d(np.asarray(arc_mm, dtype=np.float64))
        stations = self._stations
        held = np.clip(wanted, 0, stations.arc_mm[-1])
        n = np.clip(np.searchsorted(stations.arc_mm, held, side="right") - 1, 0, None)
        n = np.minimum(n, len(stations.arc_mm) - 2)
        places, ahead = stations.between(n, held - stations.arc_mm[n])
        up = _carried(stations.places_mm[n], stations.ahead[n], stations.up[n], places, ahead)
        places = places + (wanted - held)[:, None] * ahead
        return PathFrames(places, ahead, up, np.cross(ahead, up))

    def nearest_arc_mm(self, lps_mm: ArrayLike) -> float:
        """Return the arc length of the place of the path nearest to an LPS point."""
        stations = self._stations
        point = np.asarray(lps_mm, dtype=np.float64)
        if stations.spline is None:
            return self._nearest_on_pieces(point)
        n = int(np.argmin(np.linalg.norm(stations.places_mm - point, axis=1)))
        last = len(stations.arc_mm) - 1
        low, high = (float(stations.arc_mm[k]) for k in (max(n - 1, 0), min(n + 1, last)))

        def ahead_mm(arc: float) -> float:
            there = self.at(arc)
            return float((point - there.places_mm[0]) @ there.ahead[0])

        # The nearest place has the point straight beside it; at an end it may lie beyond.
        if ahead_mm(low) <= 0 or ahead_mm(high) >= 0:
            return min(
                (low, float(stations.arc_mm[n]), high), key=lambda arc: self._far(arc, point)
            )
        return float(brentq(ahead_mm, low, high, xtol=_NEAREST_MM))

    def _nearest_on_pieces(self, point: Floats) -> float:
        """Return the arc length of the place nearest to a point on a path of straight pieces."""
        stations = self._stations
        starts, lengths = stations.places_mm[:-1], np.diff(stations.arc_mm)
        beyond = np.sum((point - starts) * stations.ahead[:-1], axis=1).clip(0, lengths)
        far = np.linalg.norm(starts + beyond[:, None] * stations.ahead[:-1] - point, axis=1)
        n = int(np.argmin(far))
        return float(stations.arc_mm[n] + beyond[n])

    def _far(self, arc_mm: float, point: Floats) -> float:
        return float(np.linalg.norm(self.at(arc_mm).places_mm[0] - point))

    @cached_property
    def _stations(self) -> _Stations:
        points = np.asarray(self.points_mm, dtype=np.float64)
        chords = np.linalg.norm(np.diff(points, axis=0), axis=1)
        if self.smooth and len(points) > 2:
            return _curved(points, chords, self.angle)
        return _cornered(points, chords, self.angle)


@dataclass(frozen=True, eq=False)
class _Stations:
    """A path at dense places, with the frame carried to each.

    Attributes:
        arc_mm: (n,) ascending.
        places_mm, ahead, up: (n, 3).
        parameter: (n,) of the spline; None where the path is straight between stations.
        spline: of the places; None likewise.
    """

    arc_mm: Floats
    places_mm: Floats
    ahead: Floats
    up: Floats
    parameter: Floats | None = None
    spline: CubicSpline | None = None

    def between(self, n: NDArray[np.intp], beyond_mm: Floats) -> tuple[Floats, Floats]:
        """Return (m, 3) places and tangents some mm beyond the stations `n`."""
        if self.spline is None or self.parameter is None:
            places: Floats = self.places_mm[n] + beyond_mm[:, None] * self.ahead[n]
            return places, self.ahead[n]
        share = beyond_mm / (self.arc_mm[n + 1] - self.arc_mm[n])
        at = self.parameter[n] + share * (self.parameter[n + 1] - self.parameter[n])
        for _ in range(3):  # Newton: the speed hardly changes between two stations
            off = _lengths(self.spline, self.parameter[n], at) - beyond_mm
            at = at - off / np.linalg.norm(self.spline(at, 1), axis=-1)
        velocity = self.spline(at, 1)
        return self.spline(at), velocity / np.linalg.norm(velocity, axis=-1, keepdims=True)


def _curved(points: Floats, chords: Floats, angle: float) -> _Stations:
    knots = np.concatenate([[0.0], np.cumsum(chords)])
    spline = CubicSpline(knots, points, bc_type="natural")
    counts = np.clip(np.ceil(chords / _STATION_MM).astype(int), _FEWEST, _MOST)
    parts = [
        np.linspace(a, b, count, endpoint=False)
        for (a, b), count in zip(pairwise(knots), counts, strict=True)
    ]
    at: Floats = np.concatenate([*parts, knots[-1:]])
    arc = np.concatenate([[0.0], np.cumsum(_lengths(spline, at[:-1], at[1:]))])
    velocity = spline(at, 1)
    speed = np.linalg.norm(velocity, axis=1, keepdims=True)
    if speed.min() < _STILL:
        return _cornered(points, chords, angle)
    places, ahead = spline(at), velocity / speed
    return _Stations(arc, places, ahead, _along(places, ahead, angle), at, spline)


def _cornered(points: Floats, chords: Floats, angle: float) -> _Stations:
    """Straight pieces: a station at each point, the frame folded over at corners."""
    arc = np.concatenate([[0.0], np.cumsum(chords)])
    ahead = np.diff(points, axis=0) / chords[:, None]
    ahead = np.concatenate([ahead, ahead[-1:]])
    up = [_first_up(ahead[0], angle)]
    for before, after in pairwise(ahead):
        up.append(_folded(up[-1], before, after))
    return _Stations(arc, points, ahead, np.array(up))


def _along(places: Floats, ahead: Floats, angle: float) -> Floats:
    up = [_first_up(ahead[0], angle)]
    for turn in _turns(places[:-1], ahead[:-1], places[1:], ahead[1:]):
        up.append(turn @ up[-1])
    return _upright(np.array(up), ahead)


def _first_up(ahead: Floats, angle: float) -> Floats:
    wanted = _FRONT if abs(float(ahead @ _HEAD)) > _ALONG else _HEAD
    up = wanted - (wanted @ ahead) * ahead
    up = up / np.linalg.norm(up)
    turned: Floats = up * cos(angle) + np.cross(ahead, up) * sin(angle)
    return turned


def _carried(
    places: Floats, ahead: Floats, up: Floats, next_places: Floats, next_ahead: Floats
) -> Floats:
    """(n, 3) `up`, carried to the next places."""
    turns = _turns(places, ahead, next_places, next_ahead)
    return _upright(np.einsum("nij,nj->ni", turns, up), next_ahead)


def _turns(places: Floats, ahead: Floats, next_places: Floats, next_ahead: Floats) -> Floats:
    """(n, 3, 3), carry a frame to the next place by two reflections (Wang et al. 2008, table 1)."""
    first = _mirrors(next_places - places)
    mirrored = np.einsum("nij,nj->ni", first, ahead)
    turns: Floats = _mirrors(next_ahead - mirrored) @ first
    return turns


def _mirrors(across: Floats) -> Floats:
    """(n, 3, 3), mirror at planes with the normals `across`; no normal needs no reflection."""
    far = np.sum(across * across, axis=1)
    scale = 2 / np.where(far > _NOTHING, far, np.inf)
    mirrors: Floats = np.eye(3) - scale[:, None, None] * across[:, :, None] * across[:, None, :]
    return mirrors


def _upright(up: Floats, ahead: Floats) -> Floats:
    """(n, 3) unit vectors at right angles to the path; what arithmetic left is taken off."""
    square = up - np.sum(up * ahead, axis=1, keepdims=True) * ahead
    upright: Floats = square / np.linalg.norm(square, axis=1, keepdims=True)
    return upright


def _folded(up: Floats, before: Floats, after: Floats) -> Floats:
    """Return `up` turned by the shortest rotation of one direction to another."""
    axis = np.cross(before, after)
    cosine = float(before @ after)
    if cosine < -1 + 1e-12:
        return up  # straight back: what is up stays up
    turned = up + np.cross(axis, up) + np.cross(axis, np.cross(axis, up)) / (1 + cosine)
    folded: Floats = turned / np.linalg.norm(turned)
    return folded


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


def _lengths(spline: CubicSpline, start: Floats, end: Floats) -> Floats:
    """(n,) lengths of pieces of a spline between parameters, by Gauss and Legendre's rule."""
    half = (end - start) / 2
    at = (start + end)[:, None] / 2 + half[:, None] * _NODES
    speed = np.linalg.norm(spline(at, 1), axis=-1)
    lengths: Floats = half * (speed @ _WEIGHTS)
    return lengths
