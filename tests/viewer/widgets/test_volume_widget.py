from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from virtopsy.geometry.camera import project


@pytest.fixture
def view(screen: Any) -> Any:
    volume_view = screen.desk.window.examine.views.volume_view
    screen.bot.waitUntil(lambda: volume_view.settled, timeout=30000)
    return volume_view


def middle(view: Any) -> QPoint:
    x, y, _ = project(view.camera(), view.eye.device_size(), (0.0, 0.0, 0.0))
    return QPoint(round(x), round(y))


def test_the_ball_is_seen_from_the_front_and_is_not_empty(view: Any) -> None:
    _wish, picture = view.pictures.shown
    centre = picture[picture.shape[0] // 2, picture.shape[1] // 2]
    assert int(centre.max()) > int(picture[2, 2].max()) + 40
    assert np.allclose(view.camera().axes[0], (1, 0, 0)), "the body's left is on the right"


def test_a_click_on_the_bone_moves_the_crosshair_onto_its_surface(
    screen: Any, view: Any, radius_mm: float
) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view))
    found = screen.parts.views.position.now
    assert math.dist(found, (0.0, 0.0, 0.0)) == pytest.approx(radius_mm, abs=2.0)
    assert found[1] < -radius_mm + 3, "the front of the ball, which is what was seen"


def test_a_track_is_marked_directly_on_the_bone(screen: Any, view: Any) -> None:
    screen.parts.tool.set("trajectory")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view) + QPoint(-25, 0))
    view.eye.look_from("posterior")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view) + QPoint(-25, 0))
    (track,) = screen.parts.findings.tracks
    (ax, ay, _), (bx, by, _) = track.ends_lps_mm
    assert ax < 0 < bx, "left of the picture is the right of the body in front, the left behind"
    assert ay < 0 < by


def test_a_click_beside_the_body_is_said_in_words_and_marks_nothing(screen: Any, view: Any) -> None:
    said: list[Any] = []
    screen.parts.trouble.subscribe(said.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 60))
    assert [one.key for one in said] == ["ui.pick.nothing"]
    assert screen.parts.trajectory.draft.now is None


def test_dragging_turns_the_body_with_the_hand_and_comes_to_rest(screen: Any, view: Any) -> None:
    front = project(view.camera(), view.eye.device_size(), (0.0, -40.0, 0.0))[0]
    start = middle(view)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(view, start + QPoint(8 * step, 0))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 0))
    turned = project(view.camera(), view.eye.device_size(), (0.0, -40.0, 0.0))[0]
    assert turned > front + 5, "the front follows the mouse to the right"
    assert screen.parts.findings.tracks == ()
    screen.bot.waitUntil(lambda: view.settled, timeout=30000)


def test_number_keys_look_from_the_standard_sides(view: Any) -> None:
    QTest.keyClick(view, Qt.Key.Key_3)
    assert view.camera().position[0] > 100, "from the person's left"
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert view.camera().position[1] < -100


def test_only_presets_that_fit_are_offered(view: Any) -> None:
    box = view.findChild(QComboBox, "view.volume.preset")
    names = {box.itemData(row) for row in range(box.count())}
    assert {"bone", "skin", "metal"} <= names
    assert "mr" not in names
