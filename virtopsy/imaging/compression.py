"""The mark on every picture of data that lossy compression has changed."""

from __future__ import annotations

from virtopsy.imaging.volume import Volume
from virtopsy.language import Language, say


def lossy_words(ratio: float | None, language: Language) -> str:
    """Return the mark; with the ratio where the file states it."""
    if ratio is None:
        return say("picture.lossy", language)
    return say("picture.lossy.ratio", language, ratio=ratio)


def lossy_mark(volume: Volume, language: Language) -> str:
    """Return the mark of a volume, empty where none of its slices was compressed with loss."""
    if "lossy" not in volume.problems:
        return ""
    return lossy_words(volume.compression_ratio, language)
