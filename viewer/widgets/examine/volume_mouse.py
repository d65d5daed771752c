"""The mouse on the 3D view: it turns, zooms, picks and marks, or cuts with the tool in use."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_eye import VolumeEye
from viewer.widgets.examine.volume_stage import apart
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import Camera3D, orbit, pan, zoom

_CLICK_PX = 4.0
_RADIANS_PER_PX = math.radians(0.45)
_ZOOM_A_NOTCH = 1.12
_ZOOM_A_PX = 1.01
_NOTCH = 120
_NONE = Qt.MouseButton.NoButton
_LEFT, _MIDDLE, _RIGHT = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.RightButton,
)


class VolumeMouse:
    """Turns presses, moves and the wheel into cameras, cuts and places of the patient.

    Args:
        parts: the presenters.
        eye: from where is looked.
        cutter: has the first word while a cutting tool is in use.
    """

    def __init__(self, parts: Parts, eye: VolumeEye, cutter: VolumeCutter) -> None:
        self._parts, self._eye, self._cutter = parts, eye, cutter
        self._button = _NONE
        self._pressed = self._last = QPointF()

    def press(self, event: QMouseEvent) -> None:
        """Begin what the pressed button does."""
        self._button = event.button()
        self._pressed = self._last = event.position()
        stage = self._eye.stage()
        if stage is not None and event.button() == _LEFT:
            self._cutter.press(stage, event.position())

    def move(self, event: QMouseEvent) -> None:
        """Go on with it."""
        camera, stage = self._eye.camera(), self._eye.stage()
        if camera is None or stage is None or self._button == _NONE:
            return
        place = event.position()
        if self._cutter.drag(stage, self._last, place, left=self._button == _LEFT):
            self._last = place
        elif self._is_turning() or apart(place, self._pressed) > _CLICK_PX:
            moved, self._last = place - self._last, place
            self._eye.set(self._moved(camera, moved))

    def release(self, event: QMouseEvent) -> bool:
        """End it; True where a cut was kept."""
        click = not self._is_turning() and event.button() == self._button == _LEFT
        self._button = _NONE
        if self._cutter.release(self._eye.camera()):
            return True
        if click:
            self._parts.attempt(partial(self._click, event.position()))
        return False

    def wheel(self, event: QWheelEvent) -> None:
        """Move the cutting plane where it is the tool in use, else come nearer or go away."""
        camera = self._eye.camera()
        notches = event.angleDelta().y() / _NOTCH
        zooming = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if (zooming or not self._cutter.wheel(notches)) and camera is not None:
            self._eye.set(zoom(camera, _ZOOM_A_NOTCH**notches))

    def _moved(self, camera: Camera3D, moved: QPointF) -> Camera3D:
        """Return the camera after a drag by so many logical pixels."""
        if self._button == _LEFT:
            return orbit(camera, -moved.x() * _RADIANS_PER_PX, moved.y() * _RADIANS_PER_PX)
        if self._button == _RIGHT:
            return zoom(camera, _ZOOM_A_PX ** -moved.y())
        if self._button == _MIDDLE:
            size, ratio = self._eye.device_size(), self._eye.ratio
            return pan(camera, size, moved.x() * ratio, moved.y() * ratio)
        return camera

    def _is_turning(self) -> bool:
        return self._last != self._pressed

    def _click(self, place: QPointF) -> None:
        ratio = self._eye.ratio
        lps = self._eye.surface_at(place.x() * ratio - 0.5, place.y() * ratio - 0.5)
        if self._parts.tool.now == "trajectory":
            name = self._parts.findings.default_name(self._parts.language.now)
            self._parts.trajectory.click(lps, name)
        self._parts.views.go(lps)
