"""A picture says what it does not show, part by part, and how to make it again."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.render.hidden_words import edge_words, hidden_words, part_words
from viewer.render.offscreen import volume_picture
from viewer.render.volume_view import VolumeView
from virtopsy.geometry.camera import standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, ClipPlane, CropBox, Cutaway, OutsideBody
from virtopsy.imaging.cutaway_record import from_record
from virtopsy.imaging.segment import Part, outside_body
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language


def trunk_and_plate() -> Volume:
    frame = Frame.of((50, 70, 70), origin_mm=(-70, -70, 0), spacing_mm=(2.0, 2.0, 2.0))
    k, j, i = np.indices(frame.shape)
    at = frame.to_lps(np.stack([i, j, k], axis=-1))
    voxels = np.full(frame.shape, -1000, np.int16)
    voxels[np.hypot(at[..., 0], at[..., 1] + 15) < 35] = 40
    voxels[np.hypot(at[..., 0], at[..., 1] + 5) < 9] = 700
    voxels[np.abs(at[..., 1] - 50) < 3] = 400
    ball = np.linalg.norm(at - (40.0, 44.0, 50.0), axis=-1) < 4
    voxels[ball] = 3000
    return Volume(voxels, frame)


@pytest.mark.parametrize("language", list(Language))
def test_a_picture_without_the_table_says_so_and_names_the_loose_dense_part(
    language: Language,
) -> None:
    volume = trunk_and_plate()
    step = OutsideBody.of(outside_body(volume), volume.frame)
    assert any(part.max_hu == 3000 for part in step.parts)
    camera = standard_view(volume.frame, "left")
    view = VolumeView(volume, (320, 240))
    whole = volume_picture(view, camera, language)
    view.hide(Cutaway((step,)))
    bare = volume_picture(view, camera, language)
    view.hide(NOTHING_HIDDEN)
    again = volume_picture(view, camera, language)
    view.close()
    assert whole.png == again.png, "taken back, the very same picture"
    assert whole.png != bare.png
    assert whole.parameters["hidden"] == []
    (restored,) = from_record(bare.parameters["hidden"]).steps
    assert isinstance(restored, OutsideBody)
    for one, other in zip(restored.parts, step.parts, strict=True):
        assert one.centre_mm == pytest.approx(other.centre_mm, abs=1e-5)
        assert (one.volume_mm3, one.max_hu) == (other.volume_mm3, other.max_hu)
    assert np.array_equal(restored.blocks, step.blocks)
    assert hidden_words(Cutaway((step,)), language)


def test_words_name_each_kind_of_cut_once() -> None:
    plane = ClipPlane((0, 0, 0), (1.0, 0.0, 0.0))
    box = CropBox((0, 0, 0), (1, 1, 1))
    said = hidden_words(Cutaway((plane, box, plane)), Language.EN)
    assert said == "Not shown: outside the crop box, before the cutting plane"
    assert hidden_words(NOTHING_HIDDEN, Language.EN) == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.EN, "outside the body, 3 parts, 1 as dense as metal"),
        (Language.RU, "вне тела, 3 части, из них с плотностью металла: 1"),
        (Language.KK, "тыс заттар, 3 бөлік, соның ішінде металдай тығызы: 1"),
    ],
)
def test_the_line_on_the_picture_counts_what_is_as_dense_as_metal(
    language: Language, said: str
) -> None:
    """An ear ring or a projectile on the table is not "3 parts"."""
    densities = (420.0, 2500.0, 3071.0)
    parts = tuple(Part((0.0, 0.0, 0.0), (9, 9, 9), 2000.0, one) for one in densities)
    frame = Frame.of((2, 2, 2), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    blocks = np.zeros(frame.shape, np.bool_)
    assert said in hidden_words(Cutaway((OutsideBody(parts, blocks, frame),)), language)
    none = hidden_words(Cutaway((OutsideBody(parts[:2], blocks, frame),)), language)
    assert none.endswith(("2 parts", "2 части", "2 бөлік")), "nothing where there is none"


@pytest.mark.parametrize("language", list(Language))
def test_the_line_round_a_cut_is_explained_only_where_something_was_cut(
    language: Language,
) -> None:
    blocks = np.zeros((2, 2, 2), np.bool_)
    frame = Frame.of(blocks.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    table, plane = OutsideBody((), blocks, frame), ClipPlane((0, 0, 0), (1.0, 0.0, 0.0))
    assert edge_words(NOTHING_HIDDEN, language) == edge_words(Cutaway((table,)), language) == ""
    assert edge_words(Cutaway((table, plane)), language)


def test_a_dense_part_is_called_dense_wherever_it_lies() -> None:
    size, place = part_words(Part((-40.0, 44.0, 5.0), (8, 8, 8), 250.0, 3071.0), Language.EN)
    assert size == "dense: 0.25 cm³, up to 3071 HU"
    assert place == "at R 40.0 P 44.0 S 5.0 mm"
