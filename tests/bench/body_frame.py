"""How often the stated 95% of body-frame azimuth and elevation holds the truth.

Run as `python -m tests.bench.body_frame`; `rows` are its lines, for the bench of trajectories.
Each case is a body of its own (head by one or both orbitalia, with or without the midline; trunk
by its girdles or its spine), lying anyhow, with landmarks that scatter each its own way, and a
track of its own whose two ends scatter unlike. One draw each: the landmarks and the ends are marked
once, wrongly as their scatters say, and the truth either lies within the stated 95% or not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.bench.timing import seconds, tell
from tests.constructed_body import (
    HEAD,
    ORIGIN,
    SEEN,
    Body,
    any_head,
    any_rotation,
    any_scatter,
    any_trunk,
    mismarked,
)
from virtopsy.geometry.body import BodyFrame, Kind, head_frame
from virtopsy.geometry.body_direction import DirectionReadings, Reading, in_body
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.direction import NORMAL_95, azimuth, elevation
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.landmark import marked
from virtopsy.phantom.anatomy import build

_FAR_FROM_UPRIGHT = math.radians(60)


@dataclass(frozen=True)
class Case:
    """One marked body with one marked track.

    Attributes:
        kind: head or trunk.
        own: the true direction of travel in the body's own axes.
        readings: what the product states.
    """

    kind: Kind
    own: Point
    readings: DirectionReadings


@cache
def cases(number: int, seed: int = 20_261) -> list[Case]:
    """Return constructed cases, each drawn once."""
    return [_case(np.random.default_rng((seed, n))) for n in range(number)]


def holds(case: Case, angle: str) -> bool | None:
    """Tell whether the stated 95% of "azimuth" or "elevation" holds the truth; None: withheld."""
    reading, true = _both(case, angle)
    if reading.value is None:
        return None
    off = math.remainder(reading.value - true, math.tau)
    return abs(off) <= reading.half95


def withheld_wrongly(some: list[Case]) -> int:
    """Return how many azimuths were not stated of tracks less steep than 60 degrees."""
    return sum(
        case.readings.azimuth.value is None
        for case in some
        if abs(elevation(case.own)) < _FAR_FROM_UPRIGHT
    )


def rows(number: int = 300) -> tuple[str, ...]:
    """Return the lines of the table: coverage by angle and kind, both parts, the phantom."""
    some = cases(number)
    found = [_coverage(some, angle) for angle in ("azimuth", "elevation")]
    for kind in Kind:
        part = [one for one in some if one.kind is kind]
        found += [f"  {kind.value}: {_coverage(part, angle)}" for angle in ("azimuth", "elevation")]
    return (*found, _parts(some), _phantom(), _speed())


def _coverage(some: list[Case], angle: str) -> str:
    told = [hit for one in some if (hit := holds(one, angle)) is not None]
    share = 100 * sum(told) / len(told)
    return (
        f"body-frame {angle}: the stated 95% holds the truth in {share:.1f}% of {len(told)}"
        f" constructed cases, {len(some) - len(told)} withheld (asked: 90 to 99%)"
    )


def _parts(some: list[Case]) -> str:
    track, frame = (
        math.degrees(float(np.median([getattr(one.readings.elevation, part) for one in some])))
        for part in ("track_sd", "frame_sd")
    )
    return f"elevation, median 1 SD: track part {track:.2f} deg, frame part {frame:.2f} deg"


def _phantom() -> str:
    truth = build(1).truth()
    marks = [marked(code, [place]) for code, place in truth.landmarks_mm.items() if code in HEAD]
    frame = head_frame(marks, SEEN)
    off = frame.rotation.T @ np.array(truth.frankfurt_axes)
    nod, tilt, turn = np.degrees([off[2, 1], off[0, 2], off[1, 0]])
    known = ", ".join(f"{sd:.2f}" for sd in np.degrees(frame.rotation_sd))
    return (
        f"phantom: its Frankfurt axes off by {nod:+.2f} (nod), {tilt:+.2f} (tilt), {turn:+.2f}"
        f" (turn) deg, stated 1 SD {known} deg (its face is uneven by 1 mm)"
    )


def _speed() -> str:
    marks = _frame_of_head().landmarks
    spent = min(seconds(lambda: head_frame(marks, SEEN)) for _ in range(5))
    return f"a head's frame with its covariance: {1e3 * spent:.1f} ms"


def _frame_of_head() -> BodyFrame:
    random = np.random.default_rng(1)
    head = any_head(random)
    scatters = {code: any_scatter(random, 0.3, 0.9) for code in head}
    return mismarked(Kind.HEAD, head, np.eye(3), scatters, random).frame()


def _case(random: np.random.Generator) -> Case:
    kind = Kind.HEAD if random.random() < 0.6 else Kind.TRUNK
    rotation = any_rotation(random)
    if random.random() < 0.4:
        frame = _clicked(kind, rotation, random)
    else:
        places = any_head(random) if kind is Kind.HEAD else any_trunk(random)
        most = 1.5 if kind is Kind.HEAD else 5.0
        scatters = {code: any_scatter(random, 0.3, most) for code in places}
        frame = mismarked(kind, places, rotation, scatters, random).frame()
    own = random.standard_normal(3)
    own /= np.linalg.norm(own)
    direction, covariance = _track(rotation @ own, random)
    return Case(kind, as_point(own), in_body(direction, covariance, frame))


def _clicked(kind: Kind, rotation: Floats, random: np.random.Generator) -> BodyFrame:
    """Return a frame of landmarks clicked several times on a grid, with the scatter of the list.

    The observer's own idea of each place is off once, the voxel once, the hand at each click.
    """
    places = any_head(random) if kind is Kind.HEAD else any_trunk(random)
    spacing = as_point(random.uniform((0.4, 0.4, 0.6), (1.0, 1.0, 3.0)))
    grid = Frame.of((9, 9, 9), origin_mm=(0, 0, 0), spacing_mm=spacing)
    marks = []
    for code, place in places.items():
        observer = marked(code, [(0.0, 0.0, 0.0)]).sd_mm[0]
        idea = rotation @ np.asarray(place) + np.asarray(ORIGIN)
        idea += observer * random.standard_normal(3) + random.uniform(-0.5, 0.5, 3) * spacing
        clicks = idea + 0.8 * random.standard_normal((int(random.integers(1, 6)), 3))
        if len(clicks) == 1:
            clicks = idea[None]
        marks.append(marked(code, [as_point(one) for one in clicks], grid))
    return Body(kind, rotation, np.asarray(ORIGIN), tuple(marks)).frame()


def _track(true: Floats, random: np.random.Generator) -> tuple[Point, Floats]:
    """Return a track's direction as marked, and the covariance stated of it."""
    length = float(random.uniform(50, 250))
    scatters = [any_scatter(random, 0.5, 3.0) for _ in range(2)]
    slips = [np.linalg.cholesky(one) @ random.standard_normal(3) for one in scatters]
    chord = length * true + slips[1] - slips[0]
    apart = float(np.linalg.norm(chord))
    direction = chord / apart
    across = np.eye(3) - np.outer(direction, direction)
    return as_point(direction), across @ (scatters[0] + scatters[1]) @ across / apart**2


def _both(case: Case, angle: str) -> tuple[Reading, float]:
    if angle == "azimuth":
        return case.readings.azimuth, azimuth(case.own)
    return case.readings.elevation, elevation(case.own)


if __name__ == "__main__":
    tell(f"one draw each; 95% is {NORMAL_95:.2f} SD of track and frame together")
    for row in rows():
        tell(row)
