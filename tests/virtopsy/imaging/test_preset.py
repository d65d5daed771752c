"""Presets are values kept in files: whole, in order, named in every language, readable back."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from virtopsy.geometry.frame import Frame
from virtopsy.imaging.preset import Preset, Scale, preset_named, presets
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import signal_range
from virtopsy.language import Language, say

_EVERY = list(presets())


def test_the_ways_to_show_are_there_the_usual_one_first() -> None:
    assert _EVERY[0] == "bone"
    assert set(_EVERY) == {"bone", "skin", "bone_skin", "soft", "lung", "metal", "teeth", "mr"}


@pytest.mark.parametrize("name", _EVERY)
def test_a_preset_is_whole(name: str) -> None:
    preset = presets()[name]
    for points in (preset.opacity, preset.colour, preset.gradient):
        values = [one[0] for one in points]
        assert values == sorted(set(values)), "rising"
        assert all(0 <= share <= 1 for one in points for share in one[1:])
    assert preset.opacity[0][1] == 0, "what is below it is not seen"
    assert not preset.edited
    assert len({say(preset.text, language) for language in Language}) >= 2


@pytest.mark.parametrize("name", _EVERY)
def test_a_preset_is_read_back_as_it_was_written(name: str) -> None:
    shipped = presets()[name]
    moved = replace(shipped, opacity=((-12.3456, 0.0), (987.6, 0.125)))
    for one in (shipped, moved):
        text = json.dumps(one.to_record())
        restored = Preset.from_record(json.loads(text))
        assert json.dumps(restored.to_record()) == text
    assert moved.edited
    assert Preset.from_record(moved.to_record()) == moved


@pytest.mark.parametrize("lost", ["name", "scale", "opacity", "colour", "ambient"])
def test_a_record_that_lacks_something_is_none_of_a_preset(lost: str) -> None:
    record = presets()["bone"].to_record()
    del record[lost]
    with pytest.raises(ValueError, match=r"no |not "):
        Preset.from_record(record)


def test_a_preset_for_signal_follows_the_volume_s_own_range() -> None:
    frame = Frame.of((8, 30, 30), origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    voxels = np.linspace(0, 900, 7200).reshape(frame.shape).astype(np.int16)
    volume = Volume(voxels, frame, Quantity.SIGNAL)
    low, high = signal_range(voxels)
    fitted = preset_named("mr", volume).on(volume)
    first = presets()["mr"].opacity[0][0]
    assert fitted.opacity[0][0] == pytest.approx(low + first * (high - low))
    assert presets()["bone"].scale is Scale.HU
    assert presets()["bone"].on(volume) is presets()["bone"]


def test_opacity_is_linear_between_points_and_level_beyond() -> None:
    bone = replace(presets()["bone"], opacity=((100.0, 0.0), (300.0, 0.5)))
    assert bone.opacity_per_mm(np.array([0.0, 100, 200, 300, 4000])) == pytest.approx(
        [0, 0, 0.25, 0.5, 0.5]
    )


def test_fast_changes_are_weakened_where_a_preset_asks_for_it() -> None:
    lung = presets()["lung"]
    share = lung.share_left(np.array([0.0, 50.0, 400.0, 5000.0]))
    assert share[0] == share[1] == 1
    assert share[3] < share[2] < 0.3
    assert presets()["bone"].share_left(np.array([9999.0])) == 1
