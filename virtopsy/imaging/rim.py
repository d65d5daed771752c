"""Fitting the rims of a hole in bone to the voxels as they were acquired.

Maximum a posteriori by Gauss-Newton steps (Levenberg's damping) over surfaces, circles, blur and
the bone's own values, with a loss that a chip, a crack or a fragment cannot bend far (Huber).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.bore import (
    A_CENTRES,
    AT_INNER,
    AT_MIDDLE,
    AT_OUTER,
    B_CENTRES,
    BLUR,
    INNER,
    NODES,
    OUTER,
    RADII,
    SIZE,
    Points,
    axes_of,
    centre_of,
    meeting,
    occupied,
)
from virtopsy.imaging.defect import Opening
from virtopsy.imaging.rim_voxels import Patch, height
from virtopsy.imaging.sheet import Place, Sheet, across

_NARROWEST_MM, _WIDEST_MM = 1.5, 25.0
_LEAST_NOISE_HU = 40.0
_HUBER = 1.5
_STILL_MM = 0.03
_BLUR_MM, _BLUR_LOG_SD = 0.65, 0.35
_BEND_MM = 0.6
"""SD of how far the middle circle lies off the mean of the two rims, by prior."""
_LEAN_MM = 4.0
"""SD of how far one rim's centre and radius differ from the other's, by prior."""
_BEYOND_MM, _ASIDE_MM = 2.0, 0.8
"""SD of how far radius and centre change beyond the tables, along a track that meets them askew."""
_ANYWHERE_MM = 20.0
_HEAD, _CURVED = 0.006, 0.02
"""Mean and SD of the coefficients of curvature, 1/mm, by prior: a head of 70 mm has 0.007."""
_TILTED = 0.3
"""SD of a table's slope against the sheet, by prior."""
AMPLITUDES = 9


@dataclass(frozen=True, eq=False)
class Rims:
    """A fitted hole.

    Attributes:
        place: the sheet's coordinates.
        across: (2, 3) the directions a and b across the track, LPS.
        parameters: (SIZE,) of `bore`.
        covariance: (SIZE, SIZE) of them from residuals, their grain and the priors.
        cone: the bevel was taken to be a cone about the track, else to follow the tables.
        state: the model there.
    """

    place: Place
    across: Floats
    parameters: Floats
    covariance: Floats
    cone: bool
    state: State

    @property
    def noise_hu(self) -> float:
        """SD of the residuals."""
        return self.state.noise_hu

    @property
    def voxels(self) -> int:
        """How many were used."""
        return len(self.state.residual)

    def radius_mm(self, inner: bool) -> float:
        """Radius of the rim at the outer or inner table, across the track."""
        return float(self.parameters[RADII][AT_INNER if inner else AT_OUTER])


def begin(sheet: Sheet, opening: Opening, across_lps: Floats) -> Floats:
    """Return the parameters to start from: a straight tube."""
    p = np.zeros(SIZE)
    p[OUTER], p[INNER] = sheet.outer, sheet.inner
    p[INNER][0] = max(p[INNER][0], p[OUTER][0] + 1.0)
    start = np.array([*opening.centre, height(sheet.outer, *opening.centre)])
    a, b = across_lps @ sheet.place.axes @ start
    p[A_CENTRES], p[B_CENTRES] = a, b
    p[RADII] = opening.radius_mm
    p[BLUR] = np.log(_BLUR_MM)
    return p


def fit(  # noqa: PLR0913 -- what is fitted, from where, and how
    patch: Patch, place: Place, start: Floats, across_lps: Floats, *, cone: bool, steps: int
) -> Rims:
    """Return the rims that explain the voxels best.

    Args:
        patch: the voxels.
        place: the sheet's coordinates.
        start: (SIZE,) parameters to begin with.
        across_lps: (2, 3) LPS, the directions across it that `start` is told in; they stay.
        cone: see `bore.occupied`.
        steps: Gauss-Newton steps.
    """
    points = Points.of(patch.lps_mm, place, across_lps)
    problem = _Problem(patch, points, cone)
    p, damping = start.copy(), 1e-2
    state = problem.at(p)
    for _ in range(steps):
        trial = np.clip(p + state.step(damping), problem.low, problem.high)
        tried = problem.at(trial, state.noise_hu)
        if tried.cost >= state.cost:
            damping *= 8
            continue
        still = np.abs(trial - p)[14:20].max() < _STILL_MM
        p, state, damping = trial, tried.at_own_noise(), max(damping / 5, 1e-6)
        if still:
            break
    return Rims(place, across_lps, p, state.covariance(), cone, state)


def costs(fitted: Sequence[Rims]) -> list[float]:
    """Return minus the logarithm of each fit's posterior, but for a constant, at one noise."""
    noise = min(rims.noise_hu for rims in fitted)
    return [replace(rims.state, noise_hu=noise).cost for rims in fitted]


@dataclass(frozen=True, eq=False)
class State:
    """The model at some parameters: residuals and what they ask for."""

    residual: Floats
    jacobian: Floats
    pull: Floats
    prior: Floats
    grain: float
    noise_hu: float
    amplitudes: Floats

    def at_own_noise(self) -> State:
        """Return it with the noise of its own residuals."""
        return replace(self, noise_hu=_noise(self.residual))

    @cached_property
    def cost(self) -> float:
        """Minus the logarithm of the posterior, but for a constant."""
        off = np.abs(self.residual) / self.noise_hu
        loss = np.where(off < _HUBER, 0.5 * off**2, _HUBER * (off - 0.5 * _HUBER)).sum()
        return float(loss / self.grain + 0.5 * self.pull @ self.prior @ self.pull)

    @cached_property
    def normal(self) -> Floats:
        """(SIZE, SIZE) inverse covariance; residuals that go together count once."""
        return self._weighted.T @ self.jacobian / self.grain + self.prior

    @cached_property
    def _weighted(self) -> Floats:
        off = np.abs(self.residual) / self.noise_hu
        weight = np.minimum(1.0, _HUBER / np.maximum(off, 1e-9)) / self.noise_hu**2
        return np.asarray(self.jacobian * weight[:, None])

    def step(self, damping: float) -> Floats:
        """Return the change of the parameters that should cost less."""
        gradient = self._weighted.T @ self.residual / self.grain + self.prior @ self.pull
        damped = self.normal + damping * np.diag(np.diag(self.normal))
        return np.asarray(np.linalg.solve(damped, gradient))

    def covariance(self) -> Floats:
        """(SIZE, SIZE) of the parameters."""
        return np.asarray(np.linalg.inv(self.normal))


def _noise(residual: Floats) -> float:
    return max(1.4826 * float(np.median(np.abs(residual))), _LEAST_NOISE_HU)


class _Problem:
    """Voxels, model and priors of one fit."""

    def __init__(self, patch: Patch, points: Points, cone: bool) -> None:
        self._patch, self._points, self._cone = patch, points, cone
        self._prior, self._wanted = _priors()
        i, j, _ = patch.spacing_mm
        self._grain = max(1.0, 4 * np.pi * _BLUR_MM**2 / (i * j))
        self.low, self.high = np.full(SIZE, -np.inf), np.full(SIZE, np.inf)
        self.low[RADII], self.high[RADII] = _NARROWEST_MM, _WIDEST_MM
        self.low[BLUR], self.high[BLUR] = np.log(0.25), np.log(1.6)

    def at(self, p: Floats, noise_hu: float | None = None) -> State:
        """Return the model at some parameters; the noise is that of the residuals by itself."""
        share, slope, depth = occupied(self._points, p, self._cone)
        basis = self._basis(p, depth)
        amplitudes = self._amplitudes(share, basis)
        rise = np.maximum(basis @ amplitudes, 80.0)
        residual = self._patch.values - self._patch.ground - rise * share
        return State(
            residual,
            slope * rise[:, None],
            self._wanted - p,
            self._prior,
            self._grain,
            noise_hu or _noise(residual),
            amplitudes,
        )

    def _basis(self, p: Floats, depth: Floats) -> Floats:
        """(voxels, AMPLITUDES): outer table, diploe and inner table, each also tilted."""
        middle = self._points.a.shape[1] // 2
        ca, cb = centre_of(p, AT_MIDDLE)
        a, b = self._points.a[:, middle] - ca, self._points.b[:, middle] - cb
        rho = np.maximum(np.hypot(a, b), 3.0)
        ends = np.abs(2 * depth - 1)
        hats = np.stack([ends * (depth < 0.5), 1 - ends, ends * (depth >= 0.5)], axis=1)
        turned = [hats, hats * (a / rho)[:, None], hats * (b / rho)[:, None]]
        return np.concatenate(turned, axis=1)

    def _amplitudes(self, share: Floats, basis: Floats) -> Floats:
        """Return the bone's values above the ground that fit best."""
        rise = self._patch.values - self._patch.ground
        columns = basis * share[:, None]
        ridge = np.diag([5.0] * 3 + [40.0] * 6)
        found = np.linalg.solve(columns.T @ columns + ridge, columns.T @ rise)
        for _ in range(2):
            off = np.abs(rise - columns @ found)
            noise = max(1.4826 * float(np.median(off)), _LEAST_NOISE_HU)
            weighted = columns * np.minimum(1.0, 2.0 * noise / np.maximum(off, 1e-9))[:, None]
            found = np.linalg.solve(weighted.T @ columns + ridge, weighted.T @ rise)
        return np.asarray(found)


def _priors() -> tuple[Floats, Floats]:
    """Return the inverse covariance of the priors and where they pull to.

    They are weak, and the same for every hole: a head's curvature, a bevel that goes on evenly,
    rims of one hole that lie near each other.
    """
    rows: list[Floats] = []
    wanted = np.zeros(SIZE)

    def held(weights: dict[int, float], sd: float) -> None:
        row = np.zeros(SIZE)
        row[list(weights)] = np.array(list(weights.values())) / sd
        rows.append(row)

    for first, step in ((12, 2), (13, 2), (22, 1)):
        before, outer, middle, inner, after = (first + step * n for n in range(len(NODES)))
        held({outer: 0.5, middle: -1.0, inner: 0.5}, _BEND_MM)
        held({outer: 1.0, inner: -1.0}, _LEAN_MM)
        beyond = _BEYOND_MM if first == RADII.start else _ASIDE_MM
        held({before: 1.0, outer: -1.0}, beyond)
        held({after: 1.0, inner: -1.0}, beyond)
        held({middle: 1.0}, _ANYWHERE_MM)
    for at in (OUTER.start, INNER.start):
        held({at: 1.0}, _ANYWHERE_MM)
        for one in (at + 1, at + 2):
            held({one: 1.0}, _TILTED)
        for one, curve in ((at + 3, _HEAD), (at + 4, 0.0), (at + 5, _HEAD)):
            held({one: 1.0}, _CURVED)
            wanted[one] = curve
    held({BLUR: 1.0}, _BLUR_LOG_SD)
    wanted[BLUR] = np.log(_BLUR_MM)
    stacked = np.stack(rows)
    return stacked.T @ stacked, wanted


def turned(rims: Rims, direction: Floats) -> tuple[Floats, Floats]:
    """Return the rims' parameters and the directions across for a new direction of the track.

    The circles stay where they are in the bone.
    """
    new = np.stack(across(direction))
    p = rims.parameters.copy()
    for node, depth in enumerate(NODES):
        point = crossing(rims, node, float(np.clip(depth, 0, 1)))
        p[12 + 2 * node : 14 + 2 * node] = new @ (rims.place.axes @ point)
    return p, new


def crossing(rims: Rims, node: int, share: float) -> Floats:
    """Return (u, v, w) where the line through a circle's centre meets a surface of the sheet.

    Args:
        rims: the hole.
        node: which circle.
        share: 0 the outer table, 1 the inner one.
    """
    p = rims.parameters
    surface = (1 - share) * p[OUTER] + share * p[INNER]
    return meeting(axes_of(rims.place, rims.across), centre_of(p, node), surface).local
