"""The pictures of a conclusion: a plane of the source, the findings in 3D, and what was kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from viewer.render.block import Origin, before_words, position_words, view_words
from viewer.render.glyphs.before import BeforeGlyph
from viewer.render.glyphs.of_finding import AnyGlyph, glyphs_of
from viewer.render.offscreen import slice_picture, volume_picture
from viewer.render.picking import pick, visible_points
from viewer.render.slice_camera import FlatCamera, SectionCamera, SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.render.volume_view import VolumeView
from virtopsy.findings.finding import Finding
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.numbered import Numbered
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import Camera3D, Point, as_point, fit_view, project
from virtopsy.geometry.plane import Plane
from virtopsy.imaging.preset import Preset, default_preset
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window, default_window
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
_FEW = 4  # points of a finding that are tried from each side
_ALIKE_MM = 25.0  # two sides with no more of a difference before the track hide it alike


@dataclass(frozen=True)
class CourtPicture:
    """A finished picture with its file name and the sentence under it.

    Attributes:
        name: of its file, without extension.
        caption: the sentence under it.
        png: its bytes.
        parameters: what is needed to make it again.
        on_paper: whether it belongs on the conclusion too; what is before an entry is shown on a
            screen, where what it leaves out can be asked about.
    """

    name: str
    caption: str
    png: bytes
    parameters: dict[str, Any]
    on_paper: bool = True


def court_pictures(  # noqa: PLR0913 -- the series, what is said of it, and in which words
    volume: Volume,
    findings: Sequence[Numbered],
    language: Language,
    *,
    source_sha256: str,
    notes: Sequence[str],
    mark: str = "",
) -> tuple[CourtPicture, ...]:
    """Return a slice and a 3D picture, the line before stated entries, and the key pictures.

    Args:
        volume: the series, from the archive's own files.
        findings: all of them are drawn; the first trajectory, or else the first that has a place,
            decides plane and side. Where there is none, the middle is shown.
        language: of the words in and under the pictures.
        source_sha256: of the archive's list of the series' files.
        notes: what is wrong with the scan, in words; printed into the pictures.
        mark: of the person examined, on and under the pictures; empty where nothing was stated.
    """
    origin = Origin(source_sha256=source_sha256, notes=tuple(notes), mark=mark)
    made = _Making(volume, tuple(findings), language, origin)
    return (made.slice(), *made.volumes(), *made.key_pictures())


@dataclass(frozen=True)
class _Making:
    """What all pictures of one series have in common."""

    volume: Volume
    findings: tuple[Numbered, ...]
    language: Language
    origin: Origin

    @cached_property
    def _foremost(self) -> Finding | None:
        """The finding that decides what is shown."""
        placed = [one.finding for one in self.findings if glyphs_of(one.finding)]
        tracks = [one for one in placed if isinstance(one, Trajectory)]
        return next(iter((*tracks, *placed)), None)

    def _glyphs(self, *, before: bool = False) -> list[AnyGlyph]:
        return [
            glyph
            for one in self.findings
            for glyph in glyphs_of(
                one.finding, one.number, selected=one.finding is self._foremost, before=before
            )
        ]

    def slice(self) -> CourtPicture:
        """Return the plane along the first track, or through the first other finding."""
        plane, centre = Plane.AXIAL, as_point(self.volume.frame.centre_mm)
        through = say("bundle.middle", self.language)
        if self._foremost is not None:
            through, centre = self._foremost.name, self._foremost.places[0]
        if isinstance(self._foremost, Trajectory):
            plane = plane_along(self._foremost)
            centre = as_point(np.mean(np.array(self._foremost.ends_lps_mm), axis=0))
        camera = SliceCamera.fit(self.volume.frame, plane, centre, *SIZE)
        window = default_window(self.volume)
        caption = say(
            f"bundle.caption.{plane.value}",
            self.language,
            through=through,
            position=position_words(camera.centre_mm, self.language),
            centre=f"{window.centre:g}",
            width=f"{window.width:g}",
        )
        return self._sliced(plane.value, caption, camera, window)

    def volumes(self) -> Iterator[CourtPicture]:
        """Yield the 3D picture; then the same with the line before the entries that may have one.

        The second stands apart, so that nobody sees the tube without what it leaves out.
        """
        preset = default_preset(self.volume.quantity)
        side = "anterior"
        if self._foremost is not None:
            side = side_of(self._foremost, self.volume, preset)
        yield self._three_d("volume", preset, side, self._glyphs())
        with_tubes = self._glyphs(before=True)
        if any(isinstance(one, BeforeGlyph) for one in with_tubes):
            made = self._three_d("volume_before", preset, side, with_tubes)
            yield replace(made, on_paper=False)

    def key_pictures(self) -> Iterator[CourtPicture]:
        """Yield the slices the expert kept, as they were looked at."""
        for one in self.findings:
            if isinstance(one.finding, KeyPicture):
                yield self._key_picture(one.number, one.finding)

    def _key_picture(self, number: int, kept: KeyPicture) -> CourtPicture:
        window = Window(kept.window_centre, kept.window_width)
        key = "conclusion5.caption.key_slab" if kept.slab_mm else "conclusion5.caption.key"
        caption = say(
            key,
            self.language,
            number=number,
            name=kept.name,
            position=position_words(kept.centre_lps_mm, self.language),
            centre=f"{window.centre:g}",
            width=f"{window.width:g}",
            mm=f"{kept.slab_mm:g}",
        )
        return self._sliced(f"key_{number}", caption, _camera_of(kept), window)

    def _sliced(self, name: str, caption: str, camera: FlatCamera, window: Window) -> CourtPicture:
        made = slice_picture(
            SliceRenderer(self.volume),
            camera,
            window,
            self.language,
            glyphs=self._glyphs(),
            origin=self.origin,
        )
        marked = _marked(caption, self.volume, self.language, self.origin)
        return CourtPicture(name, marked, made.png, made.parameters)

    def _opposite(self, place: Point) -> Point:
        """Return as far a place beyond the middle: the body stays there, and names beside it."""
        x, y, _ = (2 * self.volume.frame.centre_mm - np.array(place)).tolist()
        return x, y, place[2]

    def _three_d(
        self, name: str, preset: Preset, side: str, glyphs: Sequence[AnyGlyph]
    ) -> CourtPicture:
        # Also where nothing solid is near:
        points = [place for one in self.findings for place in one.finding.places]
        tubes = [one.far_lps_mm for one in glyphs if isinstance(one, BeforeGlyph)]
        points += [place for far in tubes for place in (far, self._opposite(far))]
        shown = np.vstack([visible_points(self.volume, preset), np.reshape(points, (-1, 3))])
        camera = fit_view(shown, side, aspect=SIZE[0] / SIZE[1])
        view = VolumeView(self.volume, SIZE, preset=preset)
        try:
            made = volume_picture(view, camera, self.language, glyphs=glyphs, origin=self.origin)
        finally:
            view.close()
        caption = say(
            "bundle.caption.volume",
            self.language,
            preset=say(view.preset.text, self.language),
            view=view_words(camera, self.language),
        )
        if any(isinstance(one, BeforeGlyph) for one in glyphs):
            caption = f"{caption} {before_words(self.language)}"
        marked = _marked(caption, self.volume, self.language, self.origin)
        return CourtPicture(name, marked, made.png, made.parameters)


def _camera_of(kept: KeyPicture) -> SectionCamera:
    """Return the camera of a kept view; its record rounds the directions to six decimals."""
    right = np.array(kept.right) / np.linalg.norm(kept.right)
    down = np.array(kept.down) - right * float(np.dot(kept.down, right))
    across = as_point(down / np.linalg.norm(down))
    scale = kept.height_mm / SIZE[1]
    return SectionCamera(as_point(right), across, kept.centre_lps_mm, scale, *SIZE)


def _marked(caption: str, volume: Volume, language: Language, origin: Origin) -> str:
    """Say under a picture too what stands on it: whose state, and that data lost by compression."""
    mark = origin.caution(volume, language)
    return f"{caption} ({mark})" if mark else caption


def plane_along(track: Trajectory) -> Plane:
    """Return the plane in which most of the track lies: its normal is most square to it."""
    return _PLANES[int(np.argmin(np.abs(track.axis)))]


def side_of(finding: Finding, volume: Volume, preset: Preset) -> str:
    """Return the side from which a track is seen least shortened, any other finding least hidden.

    Of two sides that show it alike, the one with less in front of its points (a head rest, the
    face), then the one nearer to its first point.
    """
    along, places, begin = np.zeros(3), finding.places[:_FEW], np.array(finding.places[0])
    if isinstance(finding, Trajectory):
        along, places = np.array(finding.axis), finding.ends_lps_mm
        begin = np.array(finding.ends_lps_mm[finding.entry or 0])
    points = visible_points(volume, preset)

    def rank(name: str) -> tuple[float, int, float]:
        towards = np.array(_SIDES[name])
        camera = fit_view(points, name, aspect=SIZE[0] / SIZE[1])
        hidden = sum(_before(one, volume, preset, camera) for one in places)
        nearer = -float(towards @ (begin - volume.frame.centre_mm))
        return round(abs(float(towards @ along)), 6), int(hidden / _ALIKE_MM), nearer

    return min(_SIDES, key=rank)


def _before(end: Point, volume: Volume, preset: Preset, camera: Camera3D) -> float:
    """Return how far before a point, mm, the eye meets a surface; 0 where the point is seen."""
    x, y, depth = project(camera, SIZE, end)
    met = pick(volume, preset, camera, SIZE, x, y)
    if met is None:
        return 0.0
    return max(0.0, depth - project(camera, SIZE, met)[2])
