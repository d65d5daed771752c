"""The mouse on the 3D view: it turns, zooms, picks and marks, or cuts with the tool in use."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.presenters.tools.forms import At
from viewer.widgets.examine.slice_marks import held_tissue
from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_eye import VolumeEye
from viewer.widgets.examine.volume_stage import apart
from viewer.widgets.parts import MARKING, Parts
from virtopsy.geometry.camera import Camera3D, Point, as_point, orbit, pan, ray, zoom

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
        named: returns the finding whose number stands at a place.
        menu: opens the menu of a finding at a place.
    """

    def __init__(
        self,
        parts: Parts,
        eye: VolumeEye,
        cutter: VolumeCutter,
        named: Callable[[QPointF], str | None],
        menu: Callable[[str, QPointF], None],
    ) -> None:
        self._parts, self._eye, self._cutter = parts, eye, cutter
        self._named, self._menu = named, menu
        self._keys = Qt.KeyboardModifier.NoModifier
        self._button = _NONE
        self._pressed = self._last = QPointF()

    def press(self, event: QMouseEvent) -> None:
        """Begin what the pressed button does."""
        self._button = event.button()
        self._pressed = self._last = event.position()
        self._keys = event.modifiers()
        stage = self._eye.stage()
        if stage is not None and event.button() == _LEFT:
            self._cutter.press(stage, event.position())

    def move(self, event: QMouseEvent) -> None:
        """Go on with it."""
        camera, stage = self._eye.camera(), self._eye.stage()
        if camera is None or stage is None:
            return
        place = event.position()
        if self._button == _NONE:
            self._hover(event)
            return
        if self._cutter.drag(stage, self._last, place, left=self._button == _LEFT):
            self._last = place
        elif self._is_turning() or apart(place, self._pressed) > _CLICK_PX:
            moved, self._last = place - self._last, place
            self._eye.set(self._moved(camera, moved))

    def release(self, event: QMouseEvent) -> bool:
        """End it; True where a cut was kept."""
        click = not self._is_turning() and event.button() == self._button
        self._button = _NONE
        if self._cutter.release(self._eye.camera()):
            return True
        named = self._named(event.position()) if click else None
        if named is not None and event.button() == _RIGHT:
            self._menu(named, event.position())
        elif named is not None and event.button() == _LEFT and not self._marking:
            self._parts.findings.choose(named)
        elif click and event.button() == _LEFT:
            self._parts.attempt(partial(self._click, event.position()))
        return False

    def double_click(self, event: QMouseEvent) -> bool:
        """End what is being marked, or unlock the finding whose number it is on; False: neither."""
        if event.button() != _LEFT:
            return False
        if self._marking:
            self._parts.attempt(self._parts.points.finish)  # its first press marked the last point
            return True
        named = self._named(event.position())
        if named is not None:
            self._parts.findings.unlock(named)
        return named is not None

    @property
    def _marking(self) -> bool:
        """Whether clicks mark points."""
        parts = self._parts
        return parts.points.draft.now is not None or parts.tool.now in MARKING

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

    def _hover(self, event: QMouseEvent) -> None:
        """Let the next point of what is being marked follow the mouse over the surface."""
        parts, draft = self._parts, self._parts.points.draft.now
        drafted = draft is not None and not draft.asked
        if not drafted and parts.trajectory.draft.now is None:
            return
        self._keys = event.modifiers()
        x, y = self._pixel(event.position())
        lps = self._eye.surface_under(x, y)
        if lps is not None and drafted:
            parts.points.hover(self._at(lps, x, y))
        elif lps is not None:
            parts.trajectory.hover(self._at(lps, x, y).lps_mm)

    def _is_turning(self) -> bool:
        return self._last != self._pressed

    def _click(self, place: QPointF) -> None:
        x, y = self._pixel(place)
        at = self._at(self._eye.surface_at(x, y), x, y)
        if self._parts.tool.now == "trajectory":
            name = self._parts.findings.default_name(self._parts.language.now)
            self._parts.trajectory.click(at.lps_mm, name)
        elif self._marking:
            self._parts.points.click(at)
            if self._parts.points.draft.now is not None and self._parts.points.draft.now.asked:
                return  # the crosshair is where the source slice is asked for
        self._parts.views.go(at.lps_mm)

    def _at(self, lps: Point, x: float, y: float) -> At:
        """Return a place of the surface, brought to bone or skin along the line of sight."""
        camera = self._eye.camera()
        sight = () if camera is None else (as_point(ray(camera, self._eye.device_size(), x, y)[1]),)
        return self._parts.points.brought(At(lps, "3d", sight), held_tissue(self._keys))

    def _pixel(self, place: QPointF) -> tuple[float, float]:
        """Return a place of the view in device pixels, (0, 0) is the middle of the first."""
        ratio = self._eye.ratio
        return place.x() * ratio - 0.5, place.y() * ratio - 0.5
