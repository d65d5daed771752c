"""One head, ready to be painted: its pose, its fields, its wound and its small solids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from virtopsy.geometry.camera import as_point
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.phantom import bones, brain, cranium, flesh, inner_ear, teeth
from virtopsy.phantom.field import Field, Pose, grain, sample
from virtopsy.phantom.fractures import Gap, fractures, gap
from virtopsy.phantom.gunshot import Track, shoot
from virtopsy.phantom.honeycomb import Honeycomb
from virtopsy.phantom.shapes import Limb, Point, ball, chain, counterpart
from virtopsy.phantom.truth import Fracture, Truth

SPACING_MM = 0.8
_SHAPE = (312, 320, 320)  # slices, rows, columns
_VERTEX_ROOM_MM = 139.0  # from the porions up to the uppermost slice
_LOWEST_MM = -121.0  # below the porions: a little under the lowest slice
_BOX_LOW, _BOX_HIGH = (-94.0, -122.0, _LOWEST_MM), (94.0, 106.0, 136.0)
_FACE_LOW, _FACE_HIGH = (-74.0, -114.0, _LOWEST_MM), (74.0, 98.0, 52.0)
_BRAIN_LOW, _BRAIN_HIGH = (-76.0, -92.0, _LOWEST_MM), (76.0, 94.0, 120.0)
EAR_RING: Point = (84.5, 4.0, -38.0)
Solid = tuple[Limb, float]


@dataclass(frozen=True, eq=False)
class Anatomy:
    """Everything that decides the voxels of one case.

    Attributes:
        seed: where all its chances come from.
        pose: head frame to LPS.
        frame: the whole scan.
        fields: signed distances and noises by name.
        track: the gunshot.
        fractures: hair-lines of the vault round its two holes.
        gaps: the same, ready to be painted.
        cells: the air cells of ethmoid and mastoid.
        solids: small solids with their CT numbers, in the order they are laid.
        heights: (n, 2) lowest and highest LPS z of each of them, mm.
    """

    seed: int
    pose: Pose
    frame: Frame
    fields: Mapping[str, Field]
    track: Track
    fractures: tuple[Fracture, ...]
    gaps: tuple[Gap, ...]
    cells: tuple[Honeycomb, ...]
    solids: tuple[Solid, ...]
    heights: Floats

    def solids_between(self, low: float, high: float) -> list[Solid]:
        """Return the small solids that reach into slices between two heights, LPS mm."""
        touched = (self.heights[:, 0] <= high) & (self.heights[:, 1] >= low)
        return [self.solids[n] for n in np.flatnonzero(touched)]

    def truth(self) -> Truth:
        """Return what is known about the case."""
        track = self.track
        x, y, z = (tuple(float(part) for part in axis) for axis in self.pose.turn)
        return Truth(
            seed=self.seed,
            entry_mm=track.point(0),
            entry_inner_mm=track.point(track.s_inner_entry),
            exit_inner_mm=track.point(track.s_inner_exit),
            exit_mm=track.point(track.length),
            entry_bone_diameter_mm=2 * track.entry.radius_mm,
            exit_bone_diameter_mm=2 * track.exit.radius_mm,
            fragments=track.fragments,
            landmarks_mm=self._landmarks(),
            frankfurt_axes=(as_point(x), as_point(y), as_point(z)),
            fractures=self.fractures,
        )

    def _landmarks(self) -> dict[str, Point]:
        left = {
            "porion": (62.0, 0.5, 0.0),
            "orbitale": (bones.ORBIT_FRONT_L[0], bones.ORBIT_FRONT_L[1], 0.0),
        }
        found = {}
        for name, place in left.items():
            found[f"{name}_left"] = as_point(self.pose.to_lps(place))
            found[f"{name}_right"] = as_point(self.pose.to_lps(counterpart(place)))
        found["dental_filling_left"] = as_point(self.pose.to_lps(teeth.filling()))
        found["ear_ring_left"] = as_point(self.pose.to_lps(EAR_RING))
        return found


def _pose(random: np.random.Generator) -> Pose:
    """Return a head laid almost, not quite, straight: pitch, roll and yaw of a few degrees."""
    pitch, roll, yaw = np.deg2rad(random.uniform((-5, -3, -3), (-1, 3, 3)))
    about_x = np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    about_y = np.array(
        [[np.cos(roll), 0, np.sin(roll)], [0, 1, 0], [-np.sin(roll), 0, np.cos(roll)]]
    )
    about_z = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    return Pose(about_z @ about_y @ about_x, np.array([2.4, -148.0, -612.4]))


def _frame(pose: Pose) -> Frame:
    depth, rows, columns = _SHAPE
    low = pose.origin + np.array(
        [
            -(columns - 1) / 2 * SPACING_MM - 1.6,
            -(rows - 1) / 2 * SPACING_MM + 3.5,  # room for the tip of the nose
            _VERTEX_ROOM_MM - (depth - 1) * SPACING_MM,
        ]
    )
    return Frame.of(_SHAPE, origin_mm=low, spacing_mm=(SPACING_MM,) * 3)


def _fields(pose: Pose, frame: Frame, random: np.random.Generator) -> dict[str, Field]:
    cavity, outer, skin = sample(cranium.cranial_fields, pose, _BOX_LOW, _BOX_HIGH, 2.2)
    (solids,) = sample(bones.bone_solids, pose, _FACE_LOW, _FACE_HIGH, 1.45)
    (orbits,) = sample(bones.orbits, pose, _FACE_LOW, (74, -20, 48), 2.0)
    spaces, air = sample(bones.bony_air, pose, (-72, -108, -48), (72, 34, 56), 1.3)
    (soft_air,) = sample(flesh.soft_air, pose, (-80, -116, _LOWEST_MM), (80, 40, 8), 1.6)
    (muscles,) = sample(flesh.muscles, pose, (-80, -116, _LOWEST_MM), (80, 98, 60), 2.0)
    ventricles, fluid = sample(brain.fluid_spaces, pose, (-70, -60, -40), (70, 80, 80), 1.8)
    nuclei, stem = sample(brain.deep_grey, pose, (-50, -60, _LOWEST_MM), (50, 60, 80), 2.0)
    return {
        "cavity": cavity,
        "outer": outer,
        "skin": skin,
        "solids": solids,
        "orbits": orbits,
        "spaces": spaces,
        "air": air,
        "soft_air": soft_air,
        "muscles": muscles,
        "ventricles": ventricles,
        "fluid": fluid,
        "nuclei": nuclei,
        "stem": stem,
        "folds": grain(frame, 6.5, random),
        "spongy": grain(frame, 2.0, random),
        "strands": grain(frame, 4.0, random),
        "broad": grain(frame, 22.0, random),
    }


def _ear_ring() -> list[Solid]:
    turns = np.linspace(0, 2 * np.pi, 13)
    x, y, z = EAR_RING
    ring = [(x, float(y + 5 * np.cos(t)), float(z + 5 * np.sin(t))) for t in turns]
    return [(one, 9000.0) for one in chain(ring, 0.8)]


def _discs() -> list[Solid]:
    return [
        (ball((0, 3.2 + 0.25 * n, z), (11, 8.4, 2.6)), 88.0)
        for n, z in ((0, -68.3), (1, -86.0), (2, -104.0), (3, -122.0))
    ]


@lru_cache(maxsize=2)  # the same head is asked for as a part and as a whole
def build(seed: int) -> Anatomy:
    """Return the case of a seed; the same seed gives the same case."""
    # Part 3 makes the noise of the slices.
    shape, wound, broken = (np.random.default_rng((seed, part)) for part in (1, 2, 4))
    pose = _pose(shape)
    frame = _frame(pose)
    cells = bones.cells(shape)
    fields = _fields(pose, frame, shape)
    track = shoot(pose, fields["cavity"], fields["outer"], wound)
    solids = (
        *_discs(),
        *brain.canal_contents(),
        *brain.orbit_contents(),
        *teeth.teeth(),
        *inner_ear.petrous(),
        *_ear_ring(),
    )
    heights = np.array([[corner[2] for corner in pose.box(one, 1.0)] for one, _ in solids])
    lines = fractures(track, fields["outer"], broken)
    gaps = tuple(gap(one, fields["outer"]) for one in lines)
    return Anatomy(seed, pose, frame, fields, track, lines, gaps, cells, solids, heights)
