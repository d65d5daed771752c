"""A reader's hour at the slices, from the first folder to what the court will see."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel

from tests.journeys.conftest import Hand, live
from viewer.presenters.examine.views import PLANES
from viewer.widgets.examine import crosshair_paint
from viewer.widgets.examine.slice_widget import SliceWidget
from virtopsy.geometry.camera import Point
from virtopsy.imaging.window import HU_PRESETS

_MOVED_MM = (12.0, -7.0, 40.0)
_PLAIN = Qt.KeyboardModifier.NoModifier
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="session")
def earlier(wound: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same head on an earlier day, lying elsewhere in the scanner, of another study."""
    folder = tmp_path_factory.mktemp("earlier")
    for number, path in enumerate(sorted((wound / "dicom").iterdir())):
        dataset = pydicom.dcmread(path)
        dataset.StudyDate = "20240109"
        dataset.SeriesDescription = "head, in life"
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
            setattr(dataset, keyword, f"{getattr(dataset, keyword)}.7")
        dataset.SOPInstanceUID = f"{dataset.SOPInstanceUID}.7"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        moved = np.add([float(one) for one in dataset.ImagePositionPatient], _MOVED_MM)
        dataset.ImagePositionPatient = [f"{one:.6g}" for one in moved]
        dataset.save_as(folder / f"{number:04d}.dcm")
    return folder


@pytest.fixture
def hand(new_window: Callable[[], Hand], wound: Path) -> Hand:
    """The window with the slices round the wound of the synthetic case."""
    made = new_window()
    made.open_scan(wound / "dicom")
    return made


@pytest.fixture
def entry(wound: Path) -> Point:
    """The middle of the entry as the phantom's truth states it, LPS mm."""
    truth: dict[str, Any] = json.loads((wound / "truth.json").read_text(encoding="utf-8"))
    x, y, z = truth["entry_mm"]
    return x, y, z


def _layout(hand: Hand, name: str) -> None:
    """Choose a layout in the list as a person does."""
    box = hand.find("layout", QComboBox)
    row = [box.itemText(n) for n in range(box.count())].index(hand.parts.say(f"ui.layout.{name}"))
    box.setCurrentIndex(row)
    box.activated.emit(row)
    live(0.05)


def test_a_wound_is_found_read_thick_and_slanted_and_shown_to_the_court(
    hand: Hand, entry: Point
) -> None:
    views, axial = hand.parts.views, hand.slice("axial")
    hand.key("view.axial", Qt.Key.Key_3)
    assert views.window.now == list(HU_PRESETS.values())[2].window
    hand.scroll_to("axial", 2, entry[2])
    hand.point("axial", entry)
    assert np.linalg.norm(np.subtract(views.position.now, entry)) < 1.0
    for plane in ("coronal", "sagittal"):
        sheet = hand.slice(plane).sheet()
        assert sheet is not None
        assert abs(sheet.camera.distance_mm(entry)) < 1.0, "the other views follow"

    hand.wheel(axial, 3, _CTRL)
    assert views.look["axial"].now.mm_per_pixel is not None
    hand.wheel(axial, 4, _SHIFT)
    slab = views.slab.now
    assert slab is not None
    hand.wait(lambda: axial.picture.settled, "the thick slice is drawn whole")

    sheet = axial.sheet()
    assert sheet is not None
    ring = crosshair_paint.turn_handles(sheet, views.position.now)[0].toPoint()
    QTest.mousePress(axial, Qt.MouseButton.LeftButton, pos=ring)
    QTest.mouseMove(axial, ring + QPoint(25, 60))
    live(0.05)
    QTest.mouseRelease(axial, Qt.MouseButton.LeftButton, pos=ring + QPoint(25, 60))
    assert max(views.lean(plane) for plane in PLANES) > 0.05

    hand.key("view.axial", Qt.Key.Key_F)
    assert hand.sees("view.axial")
    assert not hand.sees("view.coronal")
    hand.click("tool.to_court")
    (stop,) = hand.parts.walkthrough.stops
    assert (stop.layout, stop.slab, stop.turn) == ("axial", slab, views.turn.now)

    hand.key("view.axial", Qt.Key.Key_Space)
    assert views.slab.now is None
    assert max(views.lean(plane) for plane in PLANES) == pytest.approx(0, abs=1e-9)
    hand.key("view.axial", Qt.Key.Key_F)
    assert hand.sees("view.coronal")
    assert hand.troubles == []


def test_every_layout_shows_its_views_and_the_slices_pass_by_themselves(hand: Hand) -> None:
    for layout, seen in {
        "one_three": {"axial", "coronal", "sagittal", "volume"},
        "row": {"axial", "coronal", "sagittal"},
        "volume": {"volume"},
        "sagittal": {"sagittal"},
        "all": {"axial", "coronal", "sagittal", "volume"},
    }.items():
        _layout(hand, layout)
        shown = {one for one in (*PLANES, "volume") if hand.sees(f"view.{one}")}
        assert shown == seen, layout
    before = hand.parts.views.position.now
    hand.key("view.coronal", Qt.Key.Key_C)
    hand.wait(lambda: hand.parts.views.position.now != before, "the slices move")
    hand.key("view.coronal", Qt.Key.Key_C)
    still = hand.parts.views.position.now
    live(0.3)
    assert hand.parts.views.position.now == still
    assert still[0] == before[0]
    assert still[2] == before[2]


def test_a_scan_made_in_life_is_found_joined_and_read_along(
    hand: Hand, earlier: Path, entry: Point
) -> None:
    hand.scroll_to("axial", 2, entry[2])
    hand.point("axial", entry)
    hand.click("compare")
    assert hand.sees("beside.empty.words")
    hand.click("beside.open")
    hand.choose_file("beside.dialog", earlier)
    second = hand.parts.comparison
    hand.wait(lambda: second.views.volume.now is not None, "the second scan is loaded")
    left, right = hand.slice("axial"), hand.find("beside.axial", SliceWidget)
    assert second.link.now is None, "no common frame of reference is stated"
    assert hand.find("beside.told", QLabel).text() == hand.parts.say("compare.hint.join")

    there = (entry[0] + _MOVED_MM[0], entry[1] + _MOVED_MM[1], entry[2] + _MOVED_MM[2])
    while abs(second.views.position.now[2] - there[2]) > 0.5:
        hand.wheel(right, 1 if second.views.position.now[2] < there[2] else -1, _PLAIN)
    sheet = right.sheet()
    assert sheet is not None
    QTest.mouseClick(right, Qt.MouseButton.LeftButton, pos=sheet.place(there).toPoint())
    hand.click("beside.link")
    link = second.link.now
    assert link is not None
    assert link.shift_mm == pytest.approx(_MOVED_MM, abs=1.0), "as far as the clicks are off"

    hand.wheel(left, 5, _PLAIN)
    hand.wheel(right, -2, _CTRL)
    live(0.05)
    apart = np.subtract(second.views.position.now, hand.parts.views.position.now)
    assert apart == pytest.approx(np.array(link.shift_mm), abs=1e-6)
    assert np.corrcoef(left.picture.grey.ravel(), right.picture.grey.ravel())[0, 1] > 0.98
    hand.click("beside.close")
    assert hand.sees("view.coronal")
    assert not hand.sees("beside.axial")
    assert hand.troubles == []
