"""Finished pictures for the court bundle and the command line, with where they come from.

Each picture carries its orientation, its scale and a block of words saying whose scan it is, how
it is shown and what it may be used for. The parameters that made it come with it, so that anyone
can make it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from math import degrees
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer.render.annotate import (
    CAUTION,
    INK,
    Annotation,
    Circle,
    Label,
    Line,
    Stroke,
    annotated,
    png,
)
from viewer.render.gaps import gap_areas, gap_words
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.hidden_words import edge_words, hidden_words, part_words, reduced_words
from viewer.render.slice_camera import SliceCamera, direction_letters
from viewer.render.slice_view import SliceRenderer
from viewer.render.volume_view import Picture, VolumeView
from virtopsy.dicom.names import readable
from virtopsy.errors import Bug
from virtopsy.findings.words import number
from virtopsy.geometry.camera import STANDARD_VIEWS, Camera3D, angles, project
from virtopsy.geometry.plane import step_mm
from virtopsy.imaging import cutaway_record
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.cutaway import OutsideBody
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window
from virtopsy.language import Language, say

_UID_TAIL, _HASH_HEAD = 12, 16
_RING_MM = 6.0


@dataclass(frozen=True)
class Finished:
    """A picture as PNG, and the parameters that made it."""

    png: bytes
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """What the block says about the source beside the volume's own identity.

    Attributes:
        source_sha256: hash of the series as the archive keeps it, hexadecimal; empty: not given.
        notes: sentences about the scan that the reader has to know (gaps, lossy compression).
        mark: of the person examined, for the picture itself; empty where nothing was stated.
    """

    source_sha256: str = ""
    notes: tuple[str, ...] = ()
    mark: str = ""

    def caution(self, volume: Volume, language: Language) -> str:
        """Return what stands on the picture itself, so that a copy without its block says it."""
        return " · ".join(one for one in (self.mark, lossy_mark(volume, language)) if one)


def software_version() -> str:
    """Return the version of this program, "0" when it runs without being installed."""
    try:
        return version("virtopsy")
    except PackageNotFoundError:
        return "0"


def slice_picture(  # noqa: PLR0913 -- one keyword a fact of the picture
    renderer: SliceRenderer,
    camera: SliceCamera,
    window: Window,
    language: Language,
    *,
    glyphs: Sequence[TrajectoryGlyph] = (),
    origin: Origin = Origin(),
) -> Finished:
    """Return a slice with its overlays, scale bar, letters and block."""
    volume = renderer.volume
    marks: list[Stroke | Circle] = []
    labels: list[Label] = []
    for glyph in glyphs:
        marks += _trajectory_on_slice(glyph, camera, step_mm(volume.frame, camera.plane))
        labels += _label(glyph, camera.to_pixel(_middle(glyph)))
    annotation = Annotation(
        letters=camera.letters(),
        mm_per_pixel=camera.mm_per_pixel,
        bar_text=say("render.scale", language, length="{length}"),
        marks=marks,
        labels=labels,
        hatched=gap_areas(volume, camera),
        caution=origin.caution(volume, language),
        block=[
            *_whose(volume, language),
            *_slice_lines(camera, window, language),
            *_gap_lines(volume, camera, language),
            *_origin_lines(origin, language),
        ],
    )
    picture = annotated(renderer.pixels(camera, window), annotation)
    parameters = _parameters(volume, origin) | {
        "kind": "slice",
        "plane": camera.plane.value,
        "centre_lps_mm": list(camera.centre_mm),
        "right_lps": camera.right_mm.tolist(),
        "down_lps": camera.down_mm.tolist(),
        "mm_per_pixel": camera.mm_per_pixel,
        "size": [camera.width, camera.height],
        "window": {"centre": window.centre, "width": window.width},
        "interpolation": "linear",
        "source_sop_uid": source_slice(volume, camera),
    }
    return Finished(png(picture), parameters)


def volume_picture(
    view: VolumeView,
    camera: Camera3D,
    language: Language,
    *,
    glyphs: Sequence[TrajectoryGlyph] = (),
    origin: Origin = Origin(),
) -> Finished:
    """Render the 3D view at full quality and return it finished; the thread is the view's own."""
    view.show(glyphs)
    pixels = view.picture(camera)
    if pixels is None:
        raise Bug("a picture without a stop was stopped")
    return finish_volume(view, pixels, camera, language, glyphs=glyphs, origin=origin)


def finish_volume(  # noqa: PLR0913 -- one keyword a fact of the picture
    view: VolumeView,
    pixels: Picture,
    camera: Camera3D,
    language: Language,
    *,
    glyphs: Sequence[TrajectoryGlyph] = (),
    origin: Origin = Origin(),
) -> Finished:
    """Return pixels the view made from `camera` with letters, scale, labels and block."""
    height, width = pixels.shape[:2]
    right, up, _ = camera.axes
    nearest = camera.height_mm / height
    labels = [
        label
        for glyph in glyphs
        for label in _label(glyph, project(camera, (width, height), _middle(glyph))[:2])
    ]
    annotation = Annotation(
        letters={
            "left": direction_letters(-right),
            "right": direction_letters(right),
            "top": direction_letters(up),
            "bottom": direction_letters(-up),
        },
        mm_per_pixel=float(nearest),
        bar_text=say(
            "render.scale" if camera.parallel else "render.scale_at_focus",
            language,
            length="{length}",
        ),
        labels=labels,
        caution=origin.caution(view.volume, language),
        block=[
            *_whose(view.volume, language),
            *_volume_lines(view, camera, language),
            *_hidden_lines(view, language),
            *_origin_lines(origin, language),
        ],
    )
    azimuth, elevation = angles(camera)
    parameters = _parameters(view.volume, origin) | {
        "kind": "volume",
        "preset": view.preset.name,
        "transfer_function": view.preset.to_record(),
        "hidden": cutaway_record.to_record(view.cutaway),
        "reduced": list(view.reduced),
        "size": [width, height],
        "camera": {
            "position_lps_mm": list(camera.position),
            "focal_point_lps_mm": list(camera.focal_point),
            "view_up_lps": list(camera.view_up),
            "view_angle_deg": degrees(camera.view_angle),
            "parallel": camera.parallel,
            "azimuth_deg": degrees(azimuth),
            "elevation_deg": degrees(elevation),
        },
        "mapper": view.mapper.value,
        "gl_renderer": view.gl_renderer,
        "demonstrative": True,
    }
    return Finished(png(annotated(pixels, annotation)), parameters)


def source_slice(volume: Volume, camera: SliceCamera) -> str | None:
    """Return the SOP UID of the acquired slice nearest to the picture.

    None for a reformat, and where the slice was not acquired.
    """
    along = volume.frame.directions[:, 2] @ camera.normal_mm
    source = volume.nearest_source(camera.centre_mm)
    return None if source is None or abs(along) < 1 - 1e-6 else source.sop_uid


def position_words(lps_mm: Sequence[float], language: Language) -> str:
    """Return an LPS point the way readers of a language write it: "L 42.1 P 13.0 S 77.4"."""
    letters = ("LR", "PA", "SI")
    parts = [
        f"{letters[axis][0 if value >= 0 else 1]} {number(abs(value), language)}"
        for axis, value in enumerate(lps_mm)
    ]
    return " ".join(parts)


def _middle(glyph: TrajectoryGlyph) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = np.mean(np.array(glyph.ends_lps_mm), axis=0)
    return middle


def _label(glyph: TrajectoryGlyph, place: tuple[float, float]) -> list[Label]:
    return [Label(place, glyph.name, glyph.colour)] if glyph.name else []


def _trajectory_on_slice(
    glyph: TrajectoryGlyph, camera: SliceCamera, thickness_mm: float
) -> list[Stroke | Circle]:
    """Return the dashed projection, the part within the slice solid, rings where ends lie in it."""
    ends = [np.array(end) for end in glyph.ends_lps_mm]
    places = [camera.to_pixel(end) for end in ends]
    width = 3 if glyph.selected else 2
    marks: list[Stroke | Circle] = [Stroke(places[0], places[1], glyph.colour, 1, solid=False)]
    depths = [camera.distance_mm(end) for end in ends]
    if (span := _within(depths[0], depths[1], thickness_mm / 2)) is not None:
        inner = [camera.to_pixel(ends[0] + share * (ends[1] - ends[0])) for share in span]
        marks.append(Stroke(inner[0], inner[1], glyph.colour, width))
        centre = ((inner[0][0] + inner[1][0]) / 2, (inner[0][1] + inner[1][1]) / 2)
        marks.append(Circle(centre, 3.0 * width, glyph.colour, width))
    marks += [
        Circle(place, _RING_MM / camera.mm_per_pixel, glyph.colour, 4 if n == glyph.entry else 2)
        for n, (place, depth) in enumerate(zip(places, depths, strict=True))
        if abs(depth) <= _RING_MM
    ]
    return marks


def _within(first: float, second: float, half: float) -> tuple[float, float] | None:
    """Return the shares of a line from depth `first` to `second` that lie within +-`half`."""
    if first == second:
        return (0.0, 1.0) if abs(first) <= half else None
    near, far = sorted(((-half - first) / (second - first), (half - first) / (second - first)))
    low, high = max(near, 0.0), min(far, 1.0)
    return (low, high) if low <= high else None


def _whose(volume: Volume, language: Language) -> list[Line]:
    who = volume.identity
    unknown = say("render.block.not_stated", language)
    return [
        Line(
            say(
                "render.block.patient",
                language,
                name=readable(who.patient_name) or unknown,
                number=who.patient_id or unknown,
                date=who.study_date or unknown,
            ),
            INK,
            bold=True,
        ),
        Line(
            say(
                "render.block.series",
                language,
                modality=who.modality or unknown,
                description=who.series_description or unknown,
                uid=f"…{who.series_uid[-_UID_TAIL:]}" if who.series_uid else unknown,
            )
        ),
    ]


def _slice_lines(camera: SliceCamera, window: Window, language: Language) -> list[Line]:
    return [
        Line(
            say(
                "render.block.slice",
                language,
                plane=say(f"render.plane.{camera.plane.value}", language),
                position=position_words(camera.centre_mm, language),
                centre=f"{window.centre:g}",
                width=f"{window.width:g}",
                scale=number(camera.mm_per_pixel, language, 3),
            )
        )
    ]


def _gap_lines(volume: Volume, camera: SliceCamera, language: Language) -> list[Line]:
    """Say what the hatching means, where there is any, and that the slice itself is missing."""
    if not gap_areas(volume, camera):
        return []
    words = gap_words(volume, camera, language) or say("render.gap.hatched", language)
    return [Line(words, CAUTION)]


def _volume_lines(view: VolumeView, camera: Camera3D, language: Language) -> list[Line]:
    projection = "parallel" if camera.parallel else "perspective"
    return [
        Line(say("render.block.demonstrative", language), CAUTION),
        Line(
            say(
                "render.block.volume",
                language,
                preset=_preset_words(view.preset, language),
                view=view_words(camera, language),
            )
        ),
        Line(say(f"seen3d.projection.{projection}", language)),
    ]


def _preset_words(preset: Preset, language: Language) -> str:
    name = say(preset.text, language)
    return say("volume3d.edited", language, preset=name) if preset.edited else name


def _hidden_lines(view: VolumeView, language: Language) -> list[Line]:
    """Say what is not shown, part by part, and that not every voxel is."""
    lines = []
    if words := hidden_words(view.cutaway, language):
        lines.append(Line(words, CAUTION))
    # A graphics card draws no line there.
    if view.lined and (words := edge_words(view.cutaway, language)):
        lines.append(Line(words, CAUTION))
    for step in view.cutaway.steps:
        if isinstance(step, OutsideBody):
            parts = (part_words(one, language) for one in step.parts)
            lines += [Line(f"{size} · {place}") for size, place in parts]
    if words := reduced_words(view.reduced, language):
        lines.append(Line(words, CAUTION))
    return lines


def view_words(camera: Camera3D, language: Language) -> str:
    """Return from where the camera looks, by name where it is a standard view."""
    azimuth, elevation = (degrees(angle) for angle in angles(camera))
    for name, (named_azimuth, named_elevation) in STANDARD_VIEWS.items():
        turn = abs((azimuth - named_azimuth + 180) % 360 - 180)
        vertical = abs(named_elevation) == 90
        if abs(elevation - named_elevation) < 0.5 and (vertical or turn < 0.5):
            return say(f"render.view.{name}", language)
    return say(
        "render.view.free",
        language,
        azimuth=f"{azimuth:.0f}",
        elevation=f"{elevation:.0f}",
    )


def _origin_lines(origin: Origin, language: Language) -> list[Line]:
    lines = [Line(note, CAUTION) for note in origin.notes]
    if origin.source_sha256:
        short = f"{origin.source_sha256[:_HASH_HEAD]}…"
        lines.append(Line(say("render.block.source", language, hash=short)))
    lines.append(Line(say("render.block.software", language, version=software_version())))
    return lines


def _parameters(volume: Volume, origin: Origin) -> dict[str, Any]:
    who = volume.identity
    return {
        "study_uid": who.study_uid,
        "series_uid": who.series_uid,
        "frame_of_reference_uid": who.frame_of_reference_uid,
        "shape": list(volume.frame.shape),
        "affine_lps": volume.frame.affine.tolist(),
        "problems": list(volume.problems),
        "compression_ratio": volume.compression_ratio,
        "source_sha256": origin.source_sha256 or None,
        "software": f"Virtopsy {software_version()}",
    }
