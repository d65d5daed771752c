"""The display window is DICOM's, value for value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtopsy.errors import Bug
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.display import Display
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import HU_PRESETS, Window, default_window
from virtopsy.language import Language, say


def closed_form(value: int, centre: float, width: float) -> int:
    """PS3.3 C.11.2.1.2.1, pseudo-code of the standard, output 0..255."""
    if value <= centre - 0.5 - (width - 1) / 2:
        return 0
    if value > centre - 0.5 + (width - 1) / 2:
        return 255
    return round(((value - (centre - 0.5)) / (width - 1) + 0.5) * 255)


@given(
    value=st.integers(-32768, 32767),
    centre=st.integers(-2000, 4000),
    width=st.integers(2, 8000),
)
def test_every_value_follows_the_formula_of_the_standard(
    value: int, centre: int, width: int
) -> None:
    grey = Window(centre, width).apply(np.array([value], dtype=np.int16))
    assert grey.dtype == np.uint8
    assert grey[0] == closed_form(value, centre, width)


@given(value=st.integers(0, 32767), centre=st.integers(0, 4000), width=st.integers(1, 8000))
def test_the_table_and_the_plain_formula_agree_for_every_dtype(
    value: int, centre: int, width: int
) -> None:
    window = Window(centre, width)
    greys = {int(window.apply(np.array([value], dtype=kind))[0]) for kind in ("i2", "u2", "f4")}
    assert len(greys) == 1


def test_a_window_of_width_one_is_a_step() -> None:
    greys = Window(100, 1).apply(np.array([99, 100], dtype=np.int16))
    assert greys.tolist() == [0, 255]


def test_a_window_narrower_than_one_is_refused() -> None:
    with pytest.raises(Bug):
        Window(40, 0.5)


@pytest.mark.parametrize("language", list(Language))
def test_every_preset_has_a_name_in_every_language(language: Language) -> None:
    assert len({say(preset.text, language) for preset in HU_PRESETS.values()}) == len(HU_PRESETS)


def test_signal_opens_with_a_window_made_from_its_own_values() -> None:
    rng = np.random.default_rng(7)
    voxels = np.zeros((10, 20, 20), dtype=np.int16)
    voxels[2:8] = rng.normal(600, 50, (6, 20, 20)).astype(np.int16)
    frame = Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    window = default_window(Volume(voxels, frame, Quantity.SIGNAL))
    assert 450 < window.low < 600 < window.high < 760


def test_a_volume_of_one_value_still_has_a_window() -> None:
    voxels = np.full((2, 3, 4), 5, dtype=np.int16)
    frame = Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    assert default_window(Volume(voxels, frame, Quantity.SIGNAL)).width >= 1


@pytest.mark.parametrize(
    ("centre", "width", "taken"),
    [(600.0, 400.0, True), (600.0, 90_000.0, False), (5000.0, 200.0, False)],
)
def test_signal_opens_with_a_stated_window_only_where_it_shows_something(
    centre: float, width: float, taken: bool
) -> None:
    voxels = np.random.default_rng(7).normal(600, 50, (10, 20, 20)).astype(np.int16)
    frame = Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    volume = Volume(voxels, frame, Quantity.SIGNAL, display=Display(centre, width))
    assert (default_window(volume) == Window(centre, width)) is taken


def test_a_mask_with_a_stated_window_opens() -> None:
    """Two values only: the span between dark and bright may be nothing."""
    voxels = np.zeros((4, 20, 20), np.int16)
    voxels[:, 5:15, 5:15] = 1
    frame = Frame.of(voxels.shape, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    volume = Volume(voxels, frame, Quantity.SIGNAL, display=Display(1.0, 2.0))
    assert default_window(volume).width >= 1
