"""Finished pictures for the court bundle and the command line, with where they come from.

Each picture carries its orientation, its scale and a block of words saying whose scan it is, how
it is shown and what it may be used for. The parameters that made it come with it, so that anyone
can make it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import degrees
from typing import Any

import numpy as np

from viewer.render.annotate import Annotation, annotated, png
from viewer.render.block import (
    NO_ORIGIN,
    Origin,
    before_lines,
    elsewhere_lines,
    gap_lines,
    hidden_lines,
    origin_lines,
    slice_lines,
    software_version,
    volume_lines,
    whose,
)
from viewer.render.gaps import gap_areas
from viewer.render.glyphs.before import BEFORE_MM, BeforeGlyph
from viewer.render.glyphs.glyph import Glyph
from viewer.render.slice_camera import FlatCamera, SliceCamera, direction_letters
from viewer.render.slice_marks import label_of, on_slice
from viewer.render.slice_view import SliceRenderer
from viewer.render.volume_view import Picture, VolumeView
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Camera3D, angles, project
from virtopsy.geometry.frame import Frame
from virtopsy.imaging import cutaway_record
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window
from virtopsy.language import Language, say


@dataclass(frozen=True)
class Finished:
    """A picture as PNG, and the parameters that made it."""

    png: bytes
    parameters: dict[str, Any]


def slice_picture(  # noqa: PLR0913 -- one keyword a fact of the picture
    renderer: SliceRenderer,
    camera: FlatCamera,
    window: Window,
    language: Language,
    *,
    glyphs: Sequence[Glyph] = (),
    origin: Origin = NO_ORIGIN,
) -> Finished:
    """Return a slice with its overlays, scale bar, letters and block."""
    volume = renderer.volume
    thickness = _thickness_mm(volume.frame, camera)
    drawn = {glyph: on_slice(glyph, camera, thickness) for glyph in glyphs}
    seen = [glyph for glyph in glyphs if drawn[glyph]]
    labels = [one for glyph in seen for one in label_of(glyph, camera.to_pixel(glyph.anchor))]
    annotation = Annotation(
        letters=camera.letters(),
        mm_per_pixel=camera.mm_per_pixel,
        bar_text=say("render.scale", language, length="{length}"),
        marks=[mark for glyph in glyphs for mark in drawn[glyph]],
        labels=labels,
        hatched=gap_areas(volume, camera),
        caution=origin.caution(volume, language),
        block=[
            *whose(volume, language),
            *slice_lines(camera, window, language),
            *elsewhere_lines([one for one in glyphs if not drawn[one]], language),
            *gap_lines(volume, camera, language),
            *origin_lines(origin, language),
        ],
    )
    picture = annotated(renderer.pixels(camera, window), annotation)
    parameters = _parameters(volume, origin, glyphs) | {
        "kind": "slice",
        "plane": camera.plane.value if isinstance(camera, SliceCamera) else "oblique",
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
    glyphs: Sequence[Glyph] = (),
    origin: Origin = NO_ORIGIN,
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
    glyphs: Sequence[Glyph] = (),
    origin: Origin = NO_ORIGIN,
) -> Finished:
    """Return pixels the view made from `camera` with letters, scale, labels and block."""
    height, width = pixels.shape[:2]
    right, up, _ = camera.axes
    nearest = camera.height_mm / height
    labels = [
        label
        for glyph in glyphs
        for label in label_of(glyph, project(camera, (width, height), glyph.anchor)[:2])
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
            *whose(view.volume, language),
            *volume_lines(view, camera, language),
            *before_lines(glyphs, language),
            *hidden_lines(view, language),
            *origin_lines(origin, language),
        ],
    )
    azimuth, elevation = angles(camera)
    parameters = _parameters(view.volume, origin, glyphs) | {
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


def source_slice(volume: Volume, camera: FlatCamera) -> str | None:
    """Return the SOP UID of the acquired slice nearest to the picture.

    None for a reformat, and where the slice was not acquired.
    """
    along = volume.frame.directions[:, 2] @ camera.normal_mm
    source = volume.nearest_source(camera.centre_mm)
    return None if source is None or abs(along) < 1 - 1e-6 else source.sop_uid


def _thickness_mm(frame: Frame, camera: FlatCamera) -> float:
    """Return the spacing of the grid axis nearest to the picture's normal, mm."""
    return frame.spacing_mm[int(np.argmax(np.abs(camera.normal_mm @ frame.directions)))]


def _parameters(volume: Volume, origin: Origin, glyphs: Sequence[Glyph]) -> dict[str, Any]:
    who = volume.identity
    return {
        "study_uid": who.study_uid,
        "series_uid": who.series_uid,
        "frame_of_reference_uid": who.frame_of_reference_uid,
        "shape": list(volume.frame.shape),
        "affine_lps": volume.frame.affine.tolist(),
        "problems": list(volume.problems),
        "compression_ratio": volume.compression_ratio,
        "findings": [int(one.brief) for one in glyphs if one.brief],
        "before_entry_mm": [BEFORE_MM for one in glyphs if isinstance(one, BeforeGlyph)],
        "source_sha256": origin.source_sha256 or None,
        "software": f"Virtopsy {software_version()}",
    }
