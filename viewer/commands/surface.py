"""`virtopsy surface PATH`: the surface of one series at one HU, as a file in LPS mm."""

from __future__ import annotations

import os
import time
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from viewer.commands import speech
from viewer.presenters import handed_out
from virtopsy import confined
from virtopsy.language import Fact, Language, count, say

if TYPE_CHECKING:
    from virtopsy.imaging.surface import Surface

# As `virtopsy.imaging.mesh_file` writes them; known here before VTK is loaded.
_ENDINGS = (".stl", ".ply", ".glb")
_NEEDED_LATER = ("virtopsy.dicom.assemble", "virtopsy.imaging.mesh_file", "viewer.commands.scan")


class _Number(click.types.FloatParamType):
    """A number within limits; "nan" is none. The help says the limits in its own words."""

    def __init__(self, least: float, most: float) -> None:
        self._least, self._most = least, most

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not self._least <= number <= self._most:  # no comparison holds for nan
            self.fail("", param, ctx)
        return number


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"surface.option.{name}", language)

    @speech.command("surface", language)
    @click.argument("path", type=speech.PLACE)
    @click.option("--series", default=None, help=say("cli.option.series", language))
    @click.option("--hu", required=True, type=_Number(-32768, 65535), help=meant("hu"))
    @click.option("--out", required=True, type=speech.PLACE, help=meant("out"))
    @click.option("--smooth", default=0, type=click.IntRange(0, 200), help=meant("smooth"))
    @click.option("--decimate", default=0.0, type=_Number(0, 0.99), help=meant("decimate"))
    @speech.json_option(language)
    def surface_command(  # noqa: PLR0913, PLR0917 -- the options of CLI.md
        path: Path,
        series: str | None,
        hu: float,
        out: Path,
        smooth: int,
        decimate: float,
        as_json: bool,
    ) -> None:
        handed_out.check(out, _ENDINGS)
        # Before numpy is loaded: nothing here is worth its threads, which burn processor time.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        begun = time.perf_counter()
        loading = Thread(target=lambda: [import_module(one) for one in _NEEDED_LATER])
        from virtopsy.dicom.scan import require_images, scan

        confined.start_here()  # before there is a thread
        loading.start()  # while the workers read headers
        found = scan(path, speech.progress("scan.progress.files", language))
        require_images(found, path)
        from virtopsy.dicom.assemble import assemble, choose, problems_of, study_of

        chosen = choose(found, series)
        slices = speech.progress("scan.progress.slices", language)
        volume = assemble(chosen, study_of(found, chosen), slices)
        loading.join()
        from viewer.commands.scan import problem_facts
        from virtopsy.imaging.mesh_file import encoded
        from virtopsy.imaging.surface import surface

        steps = speech.progress("surface.progress", language)
        made = surface(volume, hu, smoothing=smooth, decimation=decimate, progress=steps)
        handed_out.write(encoded(made, out.suffix.lower()), out)
        facts = _facts(made, time.perf_counter() - begun)
        facts["series"] = chosen.key
        facts["problems"] = problem_facts(problems_of(chosen, volume), language)
        facts["out"] = str(out)
        if as_json:
            speech.facts(facts)
        else:
            _tell(facts, out, language)

    return surface_command


def _facts(made: Surface, seconds: float) -> dict[str, Any]:
    return {
        "vertices": len(made.vertices),
        "triangles": len(made.triangles),
        "hu": made.hu,
        "smoothing_passes": made.smoothing,
        "decimation": made.decimation,
        "largest_deviation_mm": made.deviation_mm,
        "components": made.topology.components,
        "euler_characteristic": made.topology.euler,
        "rims": made.topology.rims,
        "closed": made.closed,
        "cut_at_gaps": made.cut_at_gaps,
        "units": "mm",
        "frame": "LPS",
        "box_mm": [list(end) for end in made.box_mm],
        "seconds": seconds,
    }


def _tell(facts: dict[str, Any], out: Path, language: Language) -> None:
    counted = ("vertices", "triangles", "components")
    told: dict[str, Fact] = {name: count(facts[name]) for name in counted}
    told |= {"hu": facts["hu"], "deviation": facts["largest_deviation_mm"]}
    speech.line(say("surface.written", language, path=out, **told))
    if not facts["closed"]:
        speech.line(say("surface.open", language, rims=count(facts["rims"])))
    if facts["cut_at_gaps"]:
        speech.line(say("surface.gaps", language))
    for problem in facts["problems"]:
        speech.line(problem["text"])
