"""`virtopsy render PATH`: one finished picture in 3D, offscreen, and how fast this machine is."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from math import radians
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from viewer.commands import speech
from viewer.presenters import handed_out
from virtopsy.errors import UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from viewer.render.volume_view import Quality, VolumeView
    from virtopsy.geometry.camera import Camera3D
    from virtopsy.imaging.volume import Volume

Place: TypeAlias = str | tuple[float, float]

_SMALLEST, _LARGEST = 64, 8192
_FULL_FRAMES, _TURNS, _TURN = 5, 20, radians(6)


@dataclass(frozen=True)
class _Wish:
    """What was asked for.

    Attributes:
        preset: name; None takes the one that suits the values.
        place: from where, by name or as azimuth and elevation in degrees.
        parallel: without perspective.
        size: width and height, pixels.
        out: the file.
    """

    preset: str | None
    place: Place
    parallel: bool
    size: tuple[int, int]
    out: Path


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    from virtopsy.imaging.preset import presets

    def meant(name: str) -> str:
        return say(f"render.option.{name}", language)

    known = say("seen3d.option.preset", language, known=", ".join(presets()))

    @speech.command("render", language)
    @click.argument("path", type=speech.PLACE)
    @click.option("--series", default=None, help=meant("series"))
    @click.option("--preset", default=None, help=known)
    @click.option("--view", default="anterior", help=meant("view"))
    @click.option("--parallel", is_flag=True, help=say("seen3d.option.parallel", language))
    @click.option("--size", default="1280x800", help=meant("size"))
    @click.option("--out", required=True, type=speech.PLACE, help=meant("out"))
    @speech.json_option(language)
    def render_command(  # noqa: PLR0913, PLR0917 -- the options of CLI.md
        path: Path,
        series: str | None,
        preset: str | None,
        view: str,
        parallel: bool,
        size: str,
        out: Path,
        as_json: bool,
    ) -> None:
        handed_out.check(out, (".png",))
        _check_preset(preset)
        wish = _Wish(preset, _view(view), parallel, _size(size), out)
        volume, notes = _load(path, series, language)
        _render(volume, wish, notes, language, as_json=as_json)

    return render_command


def _check_preset(name: str | None) -> None:
    """Refuse an unknown preset before a minute is spent on reading the scan."""
    from virtopsy.imaging.preset import presets

    if name is not None and name not in presets():
        raise UsageError("render.unknown_preset", name=name, known=", ".join(presets()))


def _view(text: str) -> Place:
    from virtopsy.geometry.camera import STANDARD_VIEWS

    if text in STANDARD_VIEWS:
        return text
    number = r"\s*([+-]?[0-9]{1,6}(?:\.[0-9]{1,9})?)\s*"
    if (found := re.fullmatch(f"{number},{number}", text)) is not None:
        azimuth, elevation = float(found[1]), float(found[2])
        if abs(elevation) <= 90:
            return azimuth, elevation
    raise UsageError("render.unknown_view", name=text, known=", ".join(STANDARD_VIEWS))


def _size(text: str) -> tuple[int, int]:
    if (found := re.fullmatch(r"([0-9]{1,5})[xX×]([0-9]{1,5})", text)) is not None:
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


def _render(
    volume: Volume, wish: _Wish, notes: tuple[str, ...], language: Language, *, as_json: bool
) -> None:
    with speech.undisturbed():
        from viewer.render.block import Origin
        from viewer.render.offscreen import volume_picture
        from viewer.render.picking import visible_points
        from viewer.render.volume_view import VolumeView
    from virtopsy.geometry.camera import fit_view
    from virtopsy.imaging.preset import default_preset, preset_named

    quantity = volume.quantity
    shown = preset_named(wish.preset, volume) if wish.preset else default_preset(quantity)
    aspect = wish.size[0] / wish.size[1]
    fitted = fit_view(visible_points(volume, shown), wish.place, aspect=aspect)
    camera = replace(fitted, parallel=wish.parallel)
    begun = time.perf_counter()
    view = VolumeView(volume, wish.size, preset=shown)
    view.picture(camera, "moving")
    first_frame_s = time.perf_counter() - begun
    finished = volume_picture(view, camera, language, origin=Origin(notes=notes))
    handed_out.write(finished.png, wish.out)
    if as_json:
        facts: dict[str, Any] = {
            "mapper": view.mapper.value,
            "gl_renderer": view.gl_renderer,
            "first_frame_s": first_frame_s,
            **_speed(view, camera),
            "out": str(wish.out),
            "parameters": finished.parameters,
        }
        speech.facts(facts)
    else:
        speech.line(say("render.written", language, path=wish.out))
    view.close()


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
