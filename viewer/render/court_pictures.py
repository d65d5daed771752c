"""The two pictures of a conclusion: one plane of the source, and the same track in 3D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.offscreen import (
    Origin,
    position_words,
    slice_picture,
    view_words,
    volume_picture,
)
from viewer.render.picking import pick, visible_points
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.render.volume_view import VolumeView
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import Camera3D, Point, fit_view, project
from virtopsy.geometry.plane import Plane
from virtopsy.imaging.preset import Preset, default_preset
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import default_window
from virtopsy.language import Language, say

SIZE = (1200, 900)
# The plane whose normal lies along each LPS axis, and the camera's place along it.
_PLANES = (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)
_SIDES = {
    "left": (1.0, 0.0, 0.0),
    "right": (-1.0, 0.0, 0.0),
    "anterior": (0.0, -1.0, 0.0),
    "posterior": (0.0, 1.0, 0.0),
}
_ALIKE_MM = 25.0  # two sides with no more of a difference before the track hide it alike


@dataclass(frozen=True)
class CourtPicture:
    """A finished picture with its file name and the sentence under it."""

    name: str
    caption: str
    png: bytes
    parameters: dict[str, Any]


def court_pictures(  # noqa: PLR0913 -- the series, what is said of it, and in which words
    volume: Volume,
    tracks: Sequence[Trajectory],
    language: Language,
    *,
    source_sha256: str,
    notes: Sequence[str],
    mark: str = "",
) -> tuple[CourtPicture, ...]:
    """Return a slice and a 3D picture of the first track; of the middle where there is none.

    Args:
        volume: the series, from the archive's own files.
        tracks: all of them are drawn; the first decides plane and side.
        language: of the words in and under the pictures.
        source_sha256: of the archive's list of the series' files.
        notes: what is wrong with the scan, in words; printed into the pictures.
        mark: of the person examined, on and under the pictures; empty where nothing was stated.
    """
    origin = Origin(source_sha256=source_sha256, notes=tuple(notes), mark=mark)
    glyphs = [_glyph(one, number == 0) for number, one in enumerate(tracks)]
    return (
        _slice(volume, tracks, glyphs, language, origin),
        _three_d(volume, tracks, glyphs, language, origin),
    )


def _slice(
    volume: Volume,
    tracks: Sequence[Trajectory],
    glyphs: Sequence[TrajectoryGlyph],
    language: Language,
    origin: Origin,
) -> CourtPicture:
    plane, centre, through = Plane.AXIAL, volume.frame.centre_mm, say("bundle.middle", language)
    if tracks:
        plane, through = plane_along(tracks[0]), tracks[0].name
        centre = np.mean(np.array(tracks[0].ends_lps_mm), axis=0)
    camera = SliceCamera.fit(volume.frame, plane, centre, *SIZE)
    window = default_window(volume)
    made = slice_picture(
        SliceRenderer(volume), camera, window, language, glyphs=glyphs, origin=origin
    )
    caption = say(
        f"bundle.caption.{plane.value}",
        language,
        through=through,
        position=position_words(camera.centre_mm, language),
        centre=f"{window.centre:g}",
        width=f"{window.width:g}",
    )
    return CourtPicture(
        plane.value, _marked(caption, volume, language, origin), made.png, made.parameters
    )


def _three_d(
    volume: Volume,
    tracks: Sequence[Trajectory],
    glyphs: Sequence[TrajectoryGlyph],
    language: Language,
    origin: Origin,
) -> CourtPicture:
    preset = default_preset(volume.quantity)
    side = side_of(tracks[0], volume, preset) if tracks else "anterior"
    ends = [end for one in tracks for end in one.ends_lps_mm]  # also where nothing solid is near
    shown = np.vstack([visible_points(volume, preset), np.reshape(ends, (-1, 3))])
    camera = fit_view(shown, side, aspect=SIZE[0] / SIZE[1])
    view = VolumeView(volume, SIZE, preset=preset)
    try:
        made = volume_picture(view, camera, language, glyphs=glyphs, origin=origin)
    finally:
        view.close()
    caption = say(
        "bundle.caption.volume",
        language,
        preset=say(view.preset.text, language),
        view=view_words(camera, language),
    )
    return CourtPicture(
        "volume", _marked(caption, volume, language, origin), made.png, made.parameters
    )


def _marked(caption: str, volume: Volume, language: Language, origin: Origin) -> str:
    """Say under a picture too what stands on it: whose state, and that data lost by compression."""
    mark = origin.caution(volume, language)
    return f"{caption} ({mark})" if mark else caption


def plane_along(track: Trajectory) -> Plane:
    """Return the plane in which most of the track lies: its normal is most square to it."""
    return _PLANES[int(np.argmin(np.abs(track.axis)))]


def side_of(track: Trajectory, volume: Volume, preset: Preset) -> str:
    """Return the side from which the track is seen least shortened.

    Of two sides that show it alike, the one with less in front of its ends (a head rest, the
    face), then the one nearer to its first end.
    """
    begin = np.array(track.ends_lps_mm[track.entry or 0]) - volume.frame.centre_mm
    points = visible_points(volume, preset)

    def rank(name: str) -> tuple[float, int, float]:
        towards = np.array(_SIDES[name])
        camera = fit_view(points, name, aspect=SIZE[0] / SIZE[1])
        hidden = sum(_before(end, volume, preset, camera) for end in track.ends_lps_mm)
        nearer = -float(towards @ begin)
        return round(abs(float(towards @ track.axis)), 6), int(hidden / _ALIKE_MM), nearer

    return min(_SIDES, key=rank)


def _before(end: Point, volume: Volume, preset: Preset, camera: Camera3D) -> float:
    """Return how far before an end, mm, the eye meets a surface; 0 where the end is seen."""
    x, y, depth = project(camera, SIZE, end)
    met = pick(volume, preset, camera, SIZE, x, y)
    if met is None:
        return 0.0
    return max(0.0, depth - project(camera, SIZE, met)[2])


def _glyph(track: Trajectory, selected: bool) -> TrajectoryGlyph:
    return TrajectoryGlyph(track.ends_lps_mm, track.entry, selected, track.name)
