"""Every picture that leaves the program bears the mark of lossy compression, on itself."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from viewer.render.annotate import Annotation, annotated
from viewer.render.court_pictures import court_pictures
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.volume import Identity, Volume
from virtopsy.language import Language

CAUTION = (0xF2, 0xC1, 0x4E)
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def lossless() -> Volume:
    """A ball of bone, 30 mm across."""
    k, j, i = np.mgrid[0:20, 0:20, 0:20] * 2.0 - 19.0
    voxels = np.full((20, 20, 20), -1000, np.int16)
    voxels[k**2 + j**2 + i**2 < 15.0**2] = 1000
    frame = Frame.of((20, 20, 20), origin_mm=(-19, -19, -19), spacing_mm=(2, 2, 2))
    return Volume(voxels, frame, identity=Identity(series_uid="1.2", modality="CT"))


@pytest.fixture(scope="module")
def lossy(lossless: Volume) -> Volume:
    return replace(lossless, problems=("lossy",), compression_ratio=12.5)


def ink(png: bytes) -> int:
    """Count the pixels in the colour of caution in the upper left corner of the picture itself."""
    corner = np.array(Image.open(io.BytesIO(png)))[:60, :500].astype(int)
    return int((np.abs(corner - CAUTION).sum(axis=-1) < 60).sum())


@pytest.mark.parametrize("language", Language)
def test_a_mark_is_written_into_the_picture(language: Language, lossy: Volume) -> None:
    grey = np.zeros((300, 600), np.uint8)
    letters = dict.fromkeys(("left", "right", "top", "bottom"), "")
    plain = Annotation(letters=letters, mm_per_pixel=1.0, bar_text="")
    marked = replace(plain, caution=lossy_mark(lossy, language))
    before, after = (np.array(annotated(grey, one)) for one in (plain, marked))
    rows, columns = np.nonzero((before != after).any(axis=-1))
    assert rows.size > 200
    assert rows.max() < 40
    assert 80 < columns.max() < 400


def test_the_pictures_of_a_conclusion_are_marked_and_so_is_what_is_said_of_them(
    lossless: Volume, lossy: Volume
) -> None:
    def taken(volume: Volume) -> list[tuple[int, str, object]]:
        pictures = court_pictures(volume, (), Language.EN, source_sha256="", notes=())
        assert [one.name for one in pictures] == ["axial", "volume"]
        return [
            (ink(one.png), one.caption, one.parameters["compression_ratio"]) for one in pictures
        ]

    for amount, caption, ratio in taken(lossy):
        assert amount > 100
        assert "lossy compression 12.5:1" in caption
        assert ratio == 12.5
    for amount, caption, ratio in taken(lossless):
        assert amount == 0
        assert "lossy" not in caption
        assert ratio is None


def test_the_mark_of_the_person_stands_on_the_pictures_and_under_them(lossy: Volume) -> None:
    def taken(mark: str) -> list[tuple[int, str]]:
        pictures = court_pictures(lossy, (), Language.EN, source_sha256="", notes=(), mark=mark)
        return [(ink(one.png), one.caption) for one in pictures]

    for (plain, before), (marked, after) in zip(
        taken(""), taken("Post-mortem examination"), strict=True
    ):
        assert marked > plain + 100
        assert "Post-mortem" not in before
        assert "(Post-mortem examination · " in after
