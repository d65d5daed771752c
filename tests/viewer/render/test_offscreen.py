"""A finished picture says whose it is, how it was made, and what it may be used for."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from viewer.render.annotate import Stroke, _type, bar_length_mm, wrap
from viewer.render.block import Origin, position_words, view_words
from viewer.render.glyphs.trajectory import TrajectoryGlyph
from viewer.render.offscreen import (
    slice_picture,
    source_slice,
    volume_picture,
)
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_marks import on_slice
from viewer.render.slice_view import SliceRenderer
from viewer.render.volume_view import VolumeView
from virtopsy.geometry.camera import fit_view, orbit, standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.imaging.window import Window
from virtopsy.language import Language

_TRACK = TrajectoryGlyph(((-15.0, 0.0, 4.0), (15.0, 0.0, 4.0)), entry=0, name="№ 1")
_WINDOW = Window(300, 1500)


@pytest.fixture(scope="module")
def volume() -> Volume:
    shape = (24, 40, 40)
    frame = Frame.of(shape, origin_mm=(-19.5, -19.5, -20), spacing_mm=(1, 1, 2))
    k, j, i = np.indices(shape)
    points = frame.to_lps(np.stack([i, j, k], axis=-1))
    voxels = np.where(np.linalg.norm(points, axis=-1) < 14, 900, -1000).astype(np.int16)
    sources = tuple(SourceSlice(f"1.2.{k}", Path(f"{k}.dcm")) for k in range(24))
    who = Identity("Неизвестный^Мұрат", "17", "1.1", "2026-03-04", series_uid="1.2.3.4567890123456")
    return Volume(voxels, frame, identity=who, sources=sources)


def opened(png: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(png)))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("plane", list(Plane))
def test_a_slice_picture_has_its_block_below_and_its_parameters_beside(
    volume: Volume, language: Language, plane: Plane
) -> None:
    camera = SliceCamera.fit(volume.frame, plane, (0, 0, 4.0), 480, 360)
    origin = Origin("0f" * 32, ("Between slices 3 and 5 one is missing.",))
    finished = slice_picture(
        SliceRenderer(volume), camera, _WINDOW, language, glyphs=(_TRACK,), origin=origin
    )
    picture = opened(finished.png)
    assert picture.shape[1] == 480
    assert picture.shape[0] > 440
    assert (picture[360:] > 200).sum() > 300, "words stand in the block"
    assert finished.parameters["plane"] == plane.value
    assert finished.parameters["window"] == {"centre": 300, "width": 1500}
    assert finished.parameters["source_sop_uid"] == ("1.2.12" if plane is Plane.AXIAL else None)
    assert finished.parameters["source_sha256"] == "0f" * 32


def test_the_anatomy_in_a_finished_slice_is_the_slice_itself(volume: Volume) -> None:
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, (0, 0, 4.0), 480, 360)
    renderer = SliceRenderer(volume)
    finished = opened(slice_picture(renderer, camera, _WINDOW, Language.EN).png)
    plain = renderer.pixels(camera, _WINDOW)
    assert np.array_equal(finished[100:250, 150:330, 0], plain[100:250, 150:330])


def test_labels_and_letters_stay_off_the_middle(volume: Volume) -> None:
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, (0, 0, 18.0), 480, 360)
    renderer = SliceRenderer(volume)
    named = opened(slice_picture(renderer, camera, _WINDOW, Language.EN, glyphs=(_TRACK,)).png)
    far = TrajectoryGlyph(_TRACK.ends_lps_mm, entry=0)
    unnamed = opened(slice_picture(renderer, camera, _WINDOW, Language.EN, glyphs=(far,)).png)
    changed = np.argwhere((named != unnamed).any(axis=2))
    assert len(changed) > 50
    leader = camera.to_pixel((0, 0, 0))[1]
    written = changed[np.abs(changed[:, 0] - leader) > 1.5]
    assert written[:, 1].min() > 400 or written[:, 1].max() < 80


def test_the_part_of_a_track_within_the_slice_is_solid_and_the_rest_dashed(volume: Volume) -> None:
    slanted = TrajectoryGlyph(((0.0, 0.0, -10.0), (20.0, 0.0, 10.0)))
    camera = SliceCamera.fit(volume.frame, Plane.AXIAL, (0, 0, 0), 400, 400)
    marks = on_slice(slanted, camera, 2.0)
    solid = [mark for mark in marks if isinstance(mark, Stroke) and mark.solid]
    assert len(solid) == 1
    assert solid[0].start == pytest.approx(camera.to_pixel((9, 0, 0)))
    assert solid[0].end == pytest.approx(camera.to_pixel((11, 0, 0)))
    away = SliceCamera.fit(volume.frame, Plane.AXIAL, (0, 0, 19), 400, 400)
    assert not [m for m in on_slice(slanted, away, 2.0) if getattr(m, "solid", False)]


@pytest.mark.parametrize("language", list(Language))
def test_a_3d_picture_says_it_is_demonstrative(volume: Volume, language: Language) -> None:
    view = VolumeView(volume, (480, 360))
    camera = orbit(standard_view(volume.frame, "left", aspect=4 / 3), 0.4, 0.2)
    finished = volume_picture(view, camera, language, glyphs=(_TRACK,))
    view.close()
    picture = opened(finished.png)
    assert picture.shape[0] > 440
    caution = (picture[360:] == (0xF2, 0xC1, 0x4E)).all(axis=2)
    assert caution.sum() > 50
    assert finished.parameters["demonstrative"] is True
    assert finished.parameters["camera"]["position_lps_mm"] == list(camera.position)
    assert finished.parameters["preset"] == "bone"


def test_the_same_view_finished_twice_is_the_same_picture(volume: Volume) -> None:
    camera = standard_view(volume.frame, "anterior", aspect=4 / 3)
    pictures = set()
    for _ in range(2):
        view = VolumeView(volume, (320, 240))
        pictures.add(volume_picture(view, camera, Language.KK).png)
        view.close()
    assert len(pictures) == 1


def test_a_reformat_names_no_source_slice(volume: Volume) -> None:
    coronal = SliceCamera.fit(volume.frame, Plane.CORONAL, (0, 0, 0), 10, 10)
    beyond = SliceCamera.fit(volume.frame, Plane.AXIAL, (0, 0, 500), 10, 10)
    assert source_slice(volume, coronal) is None
    assert source_slice(volume, beyond) is None


@pytest.mark.parametrize("language", list(Language))
def test_missing_slices_are_hatched_and_said_in_a_finished_picture(
    volume: Volume, language: Language
) -> None:
    gaps = (9, 10, 11)
    missing = replace(volume, gaps=gaps, sources=())
    across = SliceCamera.fit(volume.frame, Plane.CORONAL, (0, 0, 0), 480, 360)
    made = opened(slice_picture(SliceRenderer(missing), across, _WINDOW, language).png)
    whole = opened(slice_picture(SliceRenderer(volume), across, _WINDOW, language).png)
    assert made.shape[0] > whole.shape[0], "a line in the block says what the hatching is"
    k = volume.frame.to_index([across.to_lps(240, row) for row in range(360)])[:, 2]
    yellow = made[:360, 100:380].astype(int)
    tinted = yellow[..., 0] - yellow[..., 2] >= 20
    assert tinted[(k > 8.6) & (k < 11.4)].all(), "a veil over all of the gap"
    assert not tinted[(k < 8.3) | (k > 11.7)].any(), "and nowhere else"
    lines = yellow[(k > 8.6) & (k < 11.4), :, 0] > 120
    assert 0.05 < lines.mean() < 0.5
    alone = SliceCamera.fit(volume.frame, Plane.AXIAL, (0, 0, 0), 480, 360)
    finished = slice_picture(SliceRenderer(missing), alone, _WINDOW, language)
    assert finished.parameters["source_sop_uid"] is None


def test_positions_are_written_with_the_letters_of_the_body() -> None:
    assert position_words((42.13, 13.0, 77.4), Language.EN) == "L 42.1 P 13.0 S 77.4"
    assert position_words((-42.13, -13.0, -77.4), Language.KK) == "R 42,1 A 13,0 I 77,4"


@pytest.mark.parametrize("view", ["anterior", "posterior", "left", "right", "superior", "inferior"])
def test_a_standard_view_is_called_by_its_name(volume: Volume, view: str) -> None:
    words = {view_words(fit_view(volume.frame.corners_mm, one), Language.EN) for one in (view,)}
    assert len(words) == 1
    assert "Azimuth" not in words.pop()
    assert "Azimuth" in view_words(fit_view(volume.frame.corners_mm, (31, 12)), Language.EN)


@pytest.mark.parametrize(("scale", "width"), [(0.1, 800), (0.278, 900), (1.7, 640), (0.02, 300)])
def test_the_scale_bar_is_a_round_length_and_fits(scale: float, width: int) -> None:
    length = bar_length_mm(scale, width)
    assert 0.1 * width < length / scale <= 0.25 * width
    assert f"{length:e}"[0] in "125"


def test_the_shipped_type_has_every_letter_of_the_three_languages() -> None:
    empty = _type(30).getmask("\U0010ffff")
    letters = "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁёЪъЫыЭэ…°±«»“”–·№"
    for letter in letters:
        assert bytes(_type(30).getmask(letter)) != bytes(empty), letter


def test_long_paragraphs_are_broken_between_words() -> None:
    font = _type(14)
    text = "Демонстрационная визуализация: картина для пояснения. " * 3
    lines = wrap(text, font, 260)
    assert len(lines) > 3
    assert all(font.getlength(line) <= 260 for line in lines)
    assert " ".join(lines).split() == text.split()
