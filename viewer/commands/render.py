"""`virtopsy render PATH`: one finished picture in 3D, offscreen, and how fast this machine is."""

from __future__ import annotations

import re
import time
from math import radians
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from virtopsy.errors import StorageError, UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from viewer.render.volume_view import Quality, VolumeView
    from virtopsy.geometry.camera import Camera3D
    from virtopsy.imaging.volume import Volume

_SMALLEST, _LARGEST = 64, 8192
_FULL_FRAMES, _TURNS, _TURN = 5, 20, radians(6)


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"render.option.{name}", language)

    @speech.command("render", language)
    @click.argument("path", type=speech.PLACE)
    @click.option("--series", default=None, help=meant("series"))
    @click.option("--preset", default=None, help=meant("preset"))
    @click.option("--view", default="anterior", help=meant("view"))
    @click.option("--size", default="1280x800", help=meant("size"))
    @click.option("--out", required=True, type=speech.PLACE, help=meant("out"))
    @speech.json_option(language)
    def render_command(  # noqa: PLR0913, PLR0917 -- the options of CLI.md
        path: Path,
        series: str | None,
        preset: str | None,
        view: str,
        size: str,
        out: Path,
        as_json: bool,
    ) -> None:
        _check_preset(preset)
        place, pixels = _view(view), _size(size)
        volume, notes = _load(path, series, language)
        _render(volume, preset, place, pixels, out, notes, language, as_json=as_json)

    return render_command


def _check_preset(name: str | None) -> None:
    """Refuse an unknown preset before a minute is spent on reading the scan."""
    from virtopsy.imaging.preset import presets

    if name is not None and name not in presets():
        raise UsageError("render.unknown_preset", name=name, known=", ".join(presets()))


def _view(text: str) -> str | tuple[float, float]:
    from virtopsy.geometry.camera import STANDARD_VIEWS

    if text in STANDARD_VIEWS:
        return text
    number = r"\s*([+-]?\d+(?:\.\d+)?)\s*"
    if (found := re.fullmatch(f"{number},{number}", text)) is not None:
        azimuth, elevation = float(found[1]), float(found[2])
        if abs(elevation) <= 90:
            return azimuth, elevation
    raise UsageError("render.unknown_view", name=text, known=", ".join(STANDARD_VIEWS))


def _size(text: str) -> tuple[int, int]:
    if (found := re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text)) is not None:
        width, height = int(found[1]), int(found[2])
        if min(width, height) >= _SMALLEST and max(width, height) <= _LARGEST:
            return width, height
    raise UsageError("render.bad_size", given=text, least=_SMALLEST, most=_LARGEST)


def _load(path: Path, key: str | None, language: Language) -> tuple[Volume, tuple[str, ...]]:
    from virtopsy.dicom.assemble import assemble, choose, problems_of, study_of
    from virtopsy.dicom.scan import require_images, scan

    found = scan(path, speech.progress("scan.progress.files", language))
    require_images(found, path)
    series = choose(found, key)
    slices = speech.progress("scan.progress.slices", language)
    volume = assemble(series, study_of(found, series), slices)
    return volume, tuple(one.sentence(language) for one in problems_of(series, volume))


def _render(  # noqa: PLR0913, PLR0917 -- what was asked for
    volume: Volume,
    preset: str | None,
    place: str | tuple[float, float],
    size: tuple[int, int],
    out: Path,
    notes: tuple[str, ...],
    language: Language,
    *,
    as_json: bool,
) -> None:
    from viewer.render.offscreen import Origin, volume_picture
    from viewer.render.picking import visible_points
    from viewer.render.volume_view import VolumeView
    from virtopsy.geometry.camera import fit_view
    from virtopsy.imaging.preset import default_preset, preset_named

    shown = preset_named(preset, volume) if preset else default_preset(volume.quantity)
    camera = fit_view(visible_points(volume, shown), place, aspect=size[0] / size[1])
    begun = time.perf_counter()
    view = VolumeView(volume, size, preset=shown)
    view.picture(camera, "moving")
    first_frame_s = time.perf_counter() - begun
    finished = volume_picture(view, camera, language, origin=Origin(notes=notes))
    _write(out, finished.png)
    if as_json:
        facts: dict[str, Any] = {
            "mapper": view.mapper.value,
            "gl_renderer": view.gl_renderer,
            "first_frame_s": first_frame_s,
            **_speed(view, camera),
            "out": str(out),
            "parameters": finished.parameters,
        }
        speech.facts(facts)
    else:
        speech.line(say("render.written", language, path=out))
    view.close()


def _write(out: Path, png: bytes) -> None:
    try:
        out.write_bytes(png)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError("render.cannot_write", path=out, reason=reason) from error


def _speed(view: VolumeView, camera: Camera3D) -> dict[str, float]:
    from virtopsy.geometry.camera import orbit

    full = [_seconds(view, camera, "full") for _ in range(_FULL_FRAMES)]
    turned = [orbit(camera, turn * _TURN, 0.0) for turn in range(_TURNS)]
    moving = [_seconds(view, one, "moving") for one in turned]
    return {"frame_s": median(full), "interactive_fps": 1 / median(moving)}


def _seconds(view: VolumeView, camera: Camera3D, quality: Quality) -> float:
    begun = time.perf_counter()
    view.picture(camera, quality)
    return time.perf_counter() - begun
