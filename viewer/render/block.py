"""The block of words below a picture: whose scan it is, how it is shown, what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from math import degrees

from viewer.render.annotate import CAUTION, INK, Line
from viewer.render.gaps import gap_areas, gap_words
from viewer.render.glyphs.before import BEFORE_MM, BeforeGlyph
from viewer.render.glyphs.glyph import Glyph
from viewer.render.hidden_words import edge_words, hidden_words, part_words, reduced_words
from viewer.render.slice_camera import FlatCamera, SliceCamera
from viewer.render.volume_view import VolumeView
from virtopsy.dicom.names import readable
from virtopsy.findings.words import number
from virtopsy.geometry.camera import STANDARD_VIEWS, Camera3D, angles
from virtopsy.geometry.turn import STRAIGHT
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.cutaway import OutsideBody
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import Window
from virtopsy.language import Language, say

_UID_TAIL, _HASH_HEAD = 12, 16


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


NO_ORIGIN = Origin()
"""Nothing is said of the source beside the volume's own identity."""


def software_version() -> str:
    """Return the version of this program, "0" when it runs without being installed."""
    try:
        return version("virtopsy")
    except PackageNotFoundError:
        return "0"


def position_words(lps_mm: Sequence[float], language: Language) -> str:
    """Return an LPS point the way readers of a language write it: "L 42.1 P 13.0 S 77.4"."""
    letters = ("LR", "PA", "SI")
    parts = [
        f"{letters[axis][0 if value >= 0 else 1]} {number(abs(value), language)}"
        for axis, value in enumerate(lps_mm)
    ]
    return " ".join(parts)


def whose(volume: Volume, language: Language) -> list[Line]:
    """Say whose scan it is, and which series."""
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


def plane_words(camera: FlatCamera, language: Language) -> str:
    """Return what the plane of a picture is called."""
    straight = isinstance(camera, SliceCamera) and camera.turn == STRAIGHT
    if isinstance(camera, SliceCamera) and straight:
        return say(f"render.plane.{camera.plane.value}", language)
    return say("conclusion5.plane.oblique", language)


def slice_lines(camera: FlatCamera, window: Window, language: Language) -> list[Line]:
    """Say which slice it is, through which window."""
    return [
        Line(
            say(
                "render.block.slice",
                language,
                plane=plane_words(camera, language),
                position=position_words(camera.centre_mm, language),
                centre=f"{window.centre:g}",
                width=f"{window.width:g}",
                scale=number(camera.mm_per_pixel, language, 3),
            )
        )
    ]


def elsewhere_lines(glyphs: Sequence[Glyph], language: Language) -> list[Line]:
    """Name by number what was marked and does not lie in this slice: nothing is left out unsaid."""
    numbers = ", ".join(one.brief for one in glyphs if one.brief)
    return [Line(say("conclusion5.not_on_slice", language, numbers=numbers))] if numbers else []


def before_lines(glyphs: Sequence[Glyph], language: Language) -> list[Line]:
    """Say what the tube before an entry is, and what it leaves out."""
    if not any(isinstance(one, BeforeGlyph) for one in glyphs):
        return []
    return [Line(before_words(language), CAUTION)]


def before_words(language: Language) -> str:
    """Say what the tube before an entry is, and what it leaves out."""
    return say("conclusion5.before", language, mm=f"{BEFORE_MM:g}")


def gap_lines(volume: Volume, camera: FlatCamera, language: Language) -> list[Line]:
    """Say what the hatching means, where there is any, and that the slice itself is missing."""
    if not gap_areas(volume, camera):
        return []
    words = gap_words(volume, camera, language) or say("render.gap.hatched", language)
    return [Line(words, CAUTION)]


def volume_lines(view: VolumeView, camera: Camera3D, language: Language) -> list[Line]:
    """Say that it is demonstrative, what is shown and from where."""
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


def hidden_lines(view: VolumeView, language: Language) -> list[Line]:
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


def origin_lines(origin: Origin, language: Language) -> list[Line]:
    """Say what is wrong with the scan, and where the picture comes from."""
    lines = [Line(note, CAUTION) for note in origin.notes]
    if origin.source_sha256:
        short = f"{origin.source_sha256[:_HASH_HEAD]}…"
        lines.append(Line(say("render.block.source", language, hash=short)))
    lines.append(Line(say("render.block.software", language, version=software_version())))
    return lines
