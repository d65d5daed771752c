"""What the 3D view hides, in words: on the view, and part by part in the list."""

from __future__ import annotations

from collections.abc import Sequence

from virtopsy.findings.place import place_words
from virtopsy.findings.words import number
from virtopsy.imaging.cutaway import ClipPlane, CropBox, Cutaway, OutsideBody, Scalpel
from virtopsy.imaging.segment import METAL_HU, Part
from virtopsy.language import Language, say

_MM3_A_CM3 = 1000.0


def hidden_words(cutaway: Cutaway, language: Language) -> str:
    """Return one line that says that something is hidden, and what; empty where nothing is."""
    steps = cutaway.steps
    said = []
    if any(isinstance(one, CropBox) for one in steps):
        said.append(say("volume3d.hidden.box", language))
    if any(isinstance(one, ClipPlane) for one in steps):
        said.append(say("volume3d.hidden.plane", language))
    if cuts := sum(isinstance(one, Scalpel) for one in steps):
        said.append(say("volume3d.hidden.cuts", language, n=cuts))
    outside = [one for one in steps if isinstance(one, OutsideBody)]
    if outside:
        said.append(_table_words(outside[-1].parts, language))
    return say("volume3d.hidden", language, what=", ".join(said)) if said else ""


def edge_words(cutaway: Cutaway, language: Language) -> str:
    """Return what the blue line round a cut is, empty where nothing was cut by hand."""
    cut = any(isinstance(one, CropBox | ClipPlane | Scalpel) for one in cutaway.steps)
    return say("volume3d.hidden.edge", language) if cut else ""


def _table_words(parts: Sequence[Part], language: Language) -> str:
    """Say how many parts are hidden with the table, and how many of them are as dense as metal."""
    said = say("volume3d.hidden.table", language, n=len(parts))
    dense = sum(part.max_hu > METAL_HU for part in parts)
    return f"{said}, {say('volume3d.hidden.dense', language, n=dense)}" if dense else said


def reduced_words(factors: tuple[int, int, int], language: Language) -> str:
    """Return that a picture is drawn from a reduced copy, empty where every voxel is shown."""
    if factors == (1, 1, 1):
        return ""
    return say("volume3d.reduced", language, factors=" × ".join(str(one) for one in factors))


def part_words(part: Part, language: Language) -> tuple[str, str]:
    """Return how large and how dense a hidden part is, and where its middle lies."""
    volume = part.volume_mm3 / _MM3_A_CM3
    key = "volume3d.part.dense" if part.max_hu > METAL_HU else "volume3d.part"
    size = number(volume, language, 1 if volume >= 1 else 2)
    return (
        say(key, language, volume=size, hu=number(part.max_hu, language, 0)),
        say("volume3d.part.place", language, place=place_words(part.centre_mm, language)),
    )
