"""`virtopsy fragments PATH`: metal and other dense foreign bodies in one series."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.imaging.metal import MetalPiece

_SIDES = ("a", "b", "c")
_LIMITS = ("fragments.limit.size", "fragments.limit.kind")


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("fragments", language)
    @click.argument("path", type=speech.PLACE)
    @click.option("--series", default=None, help=say("cli.option.series", language))
    @speech.json_option(language)
    def fragments_command(path: Path, series: str | None, as_json: bool) -> None:
        from virtopsy import confined

        confined.start()  # its interpreter comes up while this one imports
        from viewer.commands.scan import problem_facts
        from virtopsy.dicom.assemble import assemble, choose, problems_of, study_of
        from virtopsy.dicom.scan import require_images, scan
        from virtopsy.imaging.metal import fragments

        found = scan(path, speech.progress("scan.progress.files", language))
        require_images(found, path)
        chosen = choose(found, series)
        slices = speech.progress("scan.progress.slices", language)
        volume = assemble(chosen, study_of(found, chosen), slices)
        begun = time.perf_counter()
        pieces = fragments(volume, speech.progress("fragments.progress", language))
        facts: dict[str, Any] = {
            "fragments": [_facts(piece) for piece in pieces],
            "series": chosen.key,
            "units": "mm",
            "frame": "LPS",
            "scale_ends_hu": volume.ceiling_hu,
            "grid_computed": volume.acquired is not None,
            "limits": [say(key, language) for key in _LIMITS],
            "seconds": time.perf_counter() - begun,
            "problems": problem_facts(problems_of(chosen, volume), language),
        }
        if as_json:
            speech.facts(facts)
        else:
            _tell(pieces, facts, language)

    return fragments_command


def _facts(piece: MetalPiece) -> dict[str, Any]:
    return {
        "centre_lps_mm": piece.centre_lps_mm,
        "volume_mm3": piece.volume_mm3,
        "size_mm": piece.size_mm,
        "max_hu": piece.max_hu,
        "saturated": piece.saturated,
        "site": piece.site.value,
        "may_be_dental": piece.may_be_dental,
        "volume_range_mm3": piece.volume_range_mm3,
        "size_range_mm": piece.size_range_mm,
        "axes_lps": piece.axes,
        "found_by": piece.found_by.value,
        "threshold_hu": piece.threshold_hu,
        "background_hu": piece.background_hu,
        "cut": piece.cut,
    }


def _tell(pieces: tuple[MetalPiece, ...], facts: dict[str, Any], language: Language) -> None:
    if not pieces:
        speech.line(say("fragments.none", language))
    else:
        speech.line(say("fragments.found", language, n=len(pieces)))
    dental = sum(piece.may_be_dental for piece in pieces)
    if dental:
        speech.line(say("fragments.found.dental", language, n=dental))
    for number, piece in enumerate(pieces, 1):
        speech.line(_words(number, piece, language))
    if pieces:
        speech.line(say("fragments.limit.size", language))
    speech.line(say("fragments.limit.kind", language))
    if facts["grid_computed"]:
        speech.line(say("fragments.corrected", language))
    for problem in facts["problems"]:
        speech.line(problem["text"])


def _words(number: int, piece: MetalPiece, language: Language) -> str:
    x, y, z = piece.centre_lps_mm
    sides: dict[str, float] = {}
    for name, side, (low, high) in zip(_SIDES, piece.size_mm, piece.size_range_mm, strict=True):
        sides |= {name: side, f"{name}_low": low, f"{name}_high": high}
    low, high = piece.volume_range_mm3
    said = say(
        "fragments.piece",
        language,
        number=number,
        site=say(f"fragments.site.{piece.site.value}", language),
        x=x,
        y=y,
        z=z,
        volume=piece.volume_mm3,
        volume_low=low,
        volume_high=high,
        highest=piece.max_hu,
        **sides,
    )
    remarks = {
        "fragments.dental": piece.may_be_dental,
        "fragments.saturated": piece.saturated,
        "fragments.contrast": piece.found_by.value == "contrast",
        "fragments.cut": piece.cut,
    }
    return "; ".join([said, *(say(key, language) for key, holds in remarks.items() if holds)])
