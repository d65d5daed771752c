"""A header's own window is taken as it is meant, and nonsense in it loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from virtopsy.dicom.asked import TAGS, asked
from virtopsy.dicom.header import Header
from virtopsy.dicom.shading import _window
from virtopsy.imaging.display import Display
from virtopsy.imaging.volume import Volume
from virtopsy.imaging.window import HU_PRESETS, Window, default_window


def read(*texts: str) -> Display:
    """What is asked by centre, width, explanation, function, body part and kernel."""
    elements = {tag: text.encode() for tag, text in zip(TAGS, texts, strict=False)}
    return asked(Header(elements, "1.2.840.10008.1.2.1", "", 0, 0, 0, 0))


def test_the_first_of_several_windows_is_taken_with_its_word() -> None:
    display = read("40\\500", "120 \\2500", "BRAIN\\BONE", "", "head ", "H31s\\3")
    assert display == Display(40, 120, "BRAIN", "HEAD", "H31s")


@pytest.mark.parametrize(
    ("centre", "width"),
    [("", "400"), ("40", ""), ("forty", "400"), ("nan", "400"), ("1_0", "4"), ("40", "0.5")],
)
def test_a_window_that_is_none_is_not_taken(centre: str, width: str) -> None:
    assert read(centre, width, "X", "", "CHEST") == Display(body_part="CHEST")


@pytest.mark.parametrize(("centre", "width"), [(40.0, 400.0), (-450.0, 2000.0), (35.5, 7.0)])
def test_an_exact_window_has_the_greys_the_standard_gives_it(centre: float, width: float) -> None:
    display = read(str(centre), str(width), "", "LINEAR_EXACT")
    assert display.centre is not None
    assert display.width is not None
    values = np.arange(-2000, 2000, 0.25)
    shown = Window(display.centre, display.width).apply(values)
    exact = _window(centre, width, "LINEAR_EXACT")(values)
    assert np.abs(shown.astype(int) - exact.astype(int)).max() <= 1


def test_a_sigmoid_is_not_taken_for_a_line() -> None:
    assert read("40", "400", "X", "SIGMOID").centre is None


@pytest.mark.parametrize(
    ("tags", "window"),
    [
        ({"WindowCenter": [35, 500], "WindowWidth": [100, 2500]}, Window(35, 100)),
        ({"WindowCenter": 90000, "WindowWidth": 10}, HU_PRESETS["soft_tissue"].window),
        ({"BodyPartExamined": "HEAD"}, HU_PRESETS["brain"].window),
        (
            {"BodyPartExamined": "CHEST", "ConvolutionKernel": "B70s"},
            HU_PRESETS["lung"].window,
        ),
        (
            {"WindowCenter": 40, "WindowWidth": 0, "BodyPartExamined": "KNEE"},
            HU_PRESETS["bone"].window,
        ),
        ({}, HU_PRESETS["soft_tissue"].window),
    ],
    ids=["stated", "beyond the scale", "head", "sharp chest", "no width", "nothing"],
)
def test_a_series_opens_as_its_files_ask(
    tmp_path: Path,
    write_stack: Callable[..., list[Path]],
    load: Callable[..., Volume],
    tags: dict[str, object],
    window: Window,
) -> None:
    def change(ds: object, _: int) -> None:
        for name, value in tags.items():
            setattr(ds, name, value)

    write_stack(tmp_path, [(0, 0, k) for k in range(4)], change=change)
    assert default_window(load(tmp_path)) == window


def test_where_windows_differ_the_one_in_the_middle_is_taken(
    tmp_path: Path, write_stack: Callable[..., list[Path]], load: Callable[..., Volume]
) -> None:
    def change(ds: object, number: int) -> None:
        setattr(ds, "WindowCenter", 10 * number)  # noqa: B010 -- of whatever type it is
        setattr(ds, "WindowWidth", 300 + number)  # noqa: B010

    write_stack(tmp_path, [(0, 0, k) for k in range(5)], change=change)
    assert default_window(load(tmp_path)) == Window(20, 302)
