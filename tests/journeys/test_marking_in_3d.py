"""A track marked on the bone that is seen, and the mouse on the four views of the real window."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests.journeys.conftest import Hand, live
from tests.journeys.seeing import TRAJECTORY, near, seen
from viewer.presenters.examine.views import PLANES
from viewer.render.picking import linear_values
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import Camera3D, Point, project, ray

_ACROSS = {"sagittal": 0, "coronal": 1, "axial": 2}  # the LPS axis a plane is scrolled along
_SEEN_HU = 300.0  # where the bone preset begins to be opaque within a millimetre
_PLAIN, _CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_ACROSS_THE_VAULT = ((-50.0, 6.0, 9.0), (46.0, -8.0, -7.0))  # from the middle of the scan, mm


@pytest.fixture
def hand(new_window: Callable[[], Hand], wound: Path) -> Hand:
    """The window with the slices round the wound of the synthetic case."""
    made = new_window()
    made.open_scan(wound / "dicom")
    made.settle()
    return made


def _track(hand: Hand) -> Trajectory:
    (track,) = hand.parts.session.case.findings
    assert isinstance(track, Trajectory)
    return track


def _camera(hand: Hand) -> Camera3D:
    camera = hand.volume.camera()
    assert camera is not None
    return camera


def _middle(hand: Hand) -> Point:
    volume = hand.parts.views.volume.now
    assert volume is not None
    x, y, z = volume.frame.centre_mm.tolist()
    return x, y, z


def _off(point: Point, by: tuple[float, float, float]) -> Point:
    return point[0] + by[0], point[1] + by[1], point[2] + by[2]


def _click_on_bone(hand: Hand, key: Qt.Key, lps_mm: Point) -> tuple[Camera3D, QPoint]:
    """Turn the head by a key and click the bone in front of a place."""
    hand.key("view.volume", key)
    hand.settle()
    camera, place = _camera(hand), hand.volume_place(lps_mm)
    hand.point_volume(place)
    return camera, place


def _assert_on_visible_bone(hand: Hand, end: Point, camera: Camera3D, place: QPoint) -> None:
    size = hand.volume.eye.device_size()
    x, y, depth = project(camera, size, end)
    assert (x, y) == pytest.approx((place.x(), place.y()), abs=1.0)
    volume = hand.parts.views.volume.now
    assert volume is not None
    origin, direction = ray(camera, size, x, y)
    depths = np.arange(-30.0, 1.3, 0.1)
    values = linear_values(volume, origin + (depth + depths)[:, None] * direction)
    assert values[depths > -1].max() > _SEEN_HU, "bone begins here"
    assert values[depths < -1].max() < _SEEN_HU, "nothing hides it"


def test_two_clicks_on_the_bone_mark_a_track_that_every_view_shows(hand: Hand) -> None:
    assert near(seen(hand.volume), TRAJECTORY, 40).sum() < 20
    right, left = (_off(_middle(hand), (side * 60, 8.0, 3.0)) for side in (-1, 1))
    hand.click("tool.trajectory")
    first = _click_on_bone(hand, Qt.Key.Key_4, right)
    assert hand.parts.session.case.findings == ()
    second = _click_on_bone(hand, Qt.Key.Key_3, left)
    entry, exit_ = _track(hand).ends_lps_mm
    assert entry[0] < _middle(hand)[0] - 30
    assert exit_[0] > _middle(hand)[0] + 30
    for end, click in ((entry, first), (exit_, second)):
        _assert_on_visible_bone(hand, end, *click)

    hand.settle()
    assert hand.parts.views.position.now == pytest.approx(exit_, abs=0.01)
    for plane in PLANES:
        ring = near(seen(hand.slice(plane)), TRAJECTORY, 40)
        at = hand.place(plane, exit_)
        part = ring[at.y() - 9 : at.y() + 10, at.x() - 9 : at.x() + 10]
        assert part.sum() > 20, f"the exit is not on {plane}"
    hand.wait(lambda: near(seen(hand.volume), TRAJECTORY, 40).sum() > 100, "the track is in 3D")
    assert hand.troubles == []


def test_a_click_beside_the_head_is_answered_and_marks_nothing(hand: Hand) -> None:
    hand.click("tool.trajectory")
    hand.point_volume(QPoint(6, hand.volume.height() - 60))
    said = hand.find("notice.text", QLabel).text()
    assert said == hand.parts.say("ui.pick.nothing")
    assert hand.parts.trajectory.draft.now is None
    right = _off(_middle(hand), (-60.0, 8.0, 3.0))
    _click_on_bone(hand, Qt.Key.Key_4, right)
    draft = hand.parts.trajectory.draft.now
    hand.point_volume(QPoint(6, hand.volume.height() - 60))
    assert hand.parts.trajectory.draft.now == draft, "the first end waits for a better click"
    assert hand.parts.session.case.findings == ()
    hand.click("notice.close")
    assert not hand.sees("notice")


@pytest.mark.parametrize("plane", PLANES)
def test_a_click_in_one_plane_moves_the_others_there(hand: Hand, plane: str) -> None:
    before = {one: seen(hand.slice(one)) for one in PLANES}
    across = _ACROSS[plane]
    wanted = list(_off(_middle(hand), (17.0, -21.0, 11.0)))
    wanted[across] = hand.parts.views.position.now[across]
    point = (wanted[0], wanted[1], wanted[2])
    hand.point(plane, point)
    assert hand.parts.views.position.now == pytest.approx(point, abs=0.6)
    for other in PLANES:
        sheet = hand.slice(other).sheet()
        assert sheet is not None
        assert sheet.camera.distance_mm(point) == pytest.approx(0, abs=0.6)
        assert (seen(hand.slice(other)) != before[other]).any()


def test_wheel_drag_and_keys_do_what_a_reader_expects(hand: Hand) -> None:
    views, plane = hand.parts.views, "axial"
    volume = views.volume.now
    assert volume is not None
    height = views.position.now[2]
    hand.wheel(hand.slice(plane), 3, _PLAIN)
    assert views.position.now[2] - height == pytest.approx(3 * volume.frame.spacing_mm[2])

    window = views.window.now
    start = hand.slice(plane).rect().center()
    QTest.mousePress(hand.slice(plane), Qt.MouseButton.RightButton, pos=start)
    QTest.mouseMove(hand.slice(plane), start + QPoint(60, 30))
    QTest.mouseRelease(hand.slice(plane), Qt.MouseButton.RightButton, pos=start + QPoint(60, 30))
    assert views.window.now.width > window.width
    assert views.window.now.centre > window.centre, "down is darker: a higher centre"

    sheet = hand.slice(plane).sheet()
    assert sheet is not None
    middle = hand.slice(plane).rect().center().toPointF()
    under = sheet.lps(middle)
    hand.wheel(hand.slice(plane), 4, _CTRL)
    nearer = hand.slice(plane).sheet()
    assert nearer is not None
    assert nearer.camera.mm_per_pixel < 0.7 * sheet.camera.mm_per_pixel
    assert math.dist(nearer.lps(middle), under) < 0.01
    assert views.position.now[2] != height


def test_each_view_fills_the_room_and_gives_it_back(hand: Hand) -> None:
    every = (*PLANES, "volume")
    for view in every:
        hand.key(f"view.{view}", Qt.Key.Key_F)
        assert [one for one in every if hand.sees(f"view.{one}")] == [view]
        hand.key(f"view.{view}", Qt.Key.Key_F)
        assert [one for one in every if hand.sees(f"view.{one}")] == list(every)


def test_every_preset_makes_another_picture(hand: Hand) -> None:
    pictures = [seen(hand.volume)]
    for _ in range(2):
        before = pictures[-1]
        hand.key("view.volume.preset", Qt.Key.Key_Down)

        def changed(before: object = before) -> bool:
            now = seen(hand.volume).astype(int)
            return bool(np.abs(now - before).mean() > 2)

        hand.wait(changed, "the 3D picture changes")
        hand.settle()
        live(0.3)
        pictures.append(seen(hand.volume))
    assert hand.parts.views.preset.now != "bone"


@pytest.mark.parametrize("plane", PLANES)
def test_a_track_is_marked_and_an_end_dragged_in_each_plane(hand: Hand, plane: str) -> None:
    across, middle = _ACROSS[plane], hand.parts.views.position.now
    ends = []
    for by in _ACROSS_THE_VAULT:
        shift = [one / 3 if axis == 2 else one for axis, one in enumerate(by)]
        shift[across] = 0.0
        ends.append(_off(middle, (shift[0], shift[1] * 4, shift[2] * 4)))
    hand.click("tool.trajectory")
    for end in ends:
        hand.point(plane, end)
    for found, wanted in zip(_track(hand).ends_lps_mm, ends, strict=True):
        assert found == pytest.approx(wanted, abs=0.6)
    hand.parts.findings.unlock(_track(hand).finding_id)
    target = list(ends[1])
    target[2 if across != 2 else 1] += 6.0
    hand.drag(plane, _track(hand).ends_lps_mm[1], (target[0], target[1], target[2]))
    assert _track(hand).ends_lps_mm[1] == pytest.approx(target, abs=0.6)
    assert _track(hand).ends_lps_mm[0] == pytest.approx(ends[0], abs=0.6)
    hand.click("act.undo")
    assert _track(hand).ends_lps_mm[1] == pytest.approx(ends[1], abs=0.6)
    hand.click("act.undo")
    assert hand.parts.session.case.findings == ()
