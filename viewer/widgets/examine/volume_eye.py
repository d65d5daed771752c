"""From where the 3D view looks, and how the patient then lies on its widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QWidget

from viewer.presenters.examine.views import Views
from viewer.render.picking import pick, visible_points
from viewer.widgets.examine.volume_room import Room, fitted
from viewer.widgets.examine.volume_stage import Stage
from virtopsy.errors import UsageError
from virtopsy.geometry.camera import Camera3D, Point, Size
from virtopsy.geometry.frame import Floats
from virtopsy.imaging.preset import Preset, preset_named
from virtopsy.imaging.volume import Volume


class VolumeEye:
    """Knows the camera of the 3D view, chosen or standard.

    Args:
        widget: on which the picture lies.
        views: what is shown.

    Attributes:
        room: returns what words and controls leave of the widget.
    """

    def __init__(self, widget: QWidget, views: Views) -> None:
        self._widget, self._views = widget, views
        self._fitted: tuple[Volume, str, Floats] | None = None
        self._standard: tuple[object, Camera3D] | None = None
        self.room: Callable[[], Room] = lambda: Room(widget.height())

    def camera(self) -> Camera3D | None:
        """Return from where the volume is looked at; None without a volume."""
        if self._views.volume.now is None:
            return None
        chosen = self._views.camera.now
        return self.standard("anterior") if chosen is None else chosen

    def standard(self, name: str) -> Camera3D:
        """Return a standard view in which everything visible fits the widget."""
        points, room = self.visible(), self.room()
        size, ratio = self.device_size(), self.ratio
        asked = (id(points), name, size, ratio, room.bottom, room.letters, _corners(room))
        if self._standard is None or self._standard[0] != asked:
            self._standard = (asked, fitted(points, name, size, ratio, room))
        return self._standard[1]

    def look_from(self, name: str) -> None:
        """Look from a standard direction, as the picture is projected now."""
        camera = self.camera()
        if camera is not None:
            self.set(replace(self.standard(name), parallel=camera.parallel))

    def project(self, parallel: bool) -> None:
        """Show the picture in parallel projection, or as an eye sees."""
        camera = self.camera()
        if camera is not None:
            self.set(replace(camera, parallel=parallel))

    def set(self, camera: Camera3D) -> None:
        """Look from there."""
        self._views.camera.set(camera)

    def stage(self) -> Stage | None:
        """Return how the patient lies on the widget now; None without a volume."""
        camera = self.camera()
        if camera is None:
            return None
        return Stage(camera, self.device_size(), self._widget.width(), self._widget.height())

    @property
    def ratio(self) -> float:
        """Device pixels per logical pixel."""
        return self._widget.devicePixelRatioF()

    def device_size(self) -> Size:
        """Return width and height of the widget in device pixels."""
        wide, high = self._widget.width() * self.ratio, self._widget.height() * self.ratio
        return max(round(wide), 1), max(round(high), 1)

    def preset(self, volume: Volume) -> Preset:
        """Return by which values become colour and opacity, shipped or edited."""
        return self._views.edited.now or preset_named(self._views.preset.now, volume)

    def visible(self) -> Floats:
        """Return points (n, 3), LPS mm, spread over what the preset shows; found once.

        There are none without a volume.
        """
        volume, preset = self._views.volume.now, self._views.preset.now
        if volume is None:
            return np.empty((0, 3))
        known = self._fitted
        if known is None or known[0] is not volume or known[1] != preset:
            points = visible_points(volume, preset_named(preset, volume))
            known = self._fitted = (volume, preset, points)
        return known[2]

    def surface_at(self, x: float, y: float) -> Point:
        """Return where the line of sight of a device pixel meets what the preset shows.

        Raises:
            UsageError: it meets nothing, or nothing is shown yet.
        """
        found = self.surface_under(x, y)
        if found is None:
            raise UsageError("ui.pick.nothing")
        return found

    def surface_under(self, x: float, y: float) -> Point | None:
        """Return the same; None where it meets nothing, or nothing is shown yet."""
        volume, camera = self._views.volume.now, self.camera()
        if volume is None or camera is None:
            return None
        hidden = self._views.cutaway.now
        return pick(volume, self.preset(volume), camera, self.device_size(), x, y, hidden)


def _corners(room: Room) -> tuple[tuple[float, float, float, float], ...]:
    return tuple((one.x(), one.y(), one.width(), one.height()) for one in room.taken)
