"""The little man in the corner of the 3D view: how the body in the picture lies."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from viewer.presenters.examine.figure import side_at, strokes
from viewer.widgets.bind import follow, tip
from viewer.widgets.examine.figure_paint import figure
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import Camera3D

SIZE_PX = 84
_SMALL_PX = 56
_SMALL_VIEW_PX = 300  # the shorter side of a view in which he is small
_HALF_SHARE = 0.45  # of the widget: half the figure's height


class VolumeMan(QWidget):
    """Turns with the camera; a click on a side of him looks from there.

    Args:
        parts: the presenters.
        camera: returns from where the picture is seen, None without one.
        look_from: takes the name of a standard side.
    """

    def __init__(
        self,
        parts: Parts,
        camera: Callable[[], Camera3D | None],
        look_from: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.setObjectName("volume.man")
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFixedSize(SIZE_PX, SIZE_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._camera, self._look_from = camera, look_from
        tip(self, parts.language, "volume3d.figure.tip")
        follow(self, parts.views.camera, lambda _: self.update())
        follow(self, parts.views.volume, lambda volume: self.setVisible(volume is not None))

    def suit(self, view: QSize) -> None:
        """Be small in a small view."""
        small = min(view.width(), view.height()) < _SMALL_VIEW_PX
        side = _SMALL_PX if small else SIZE_PX
        self.setFixedSize(side, side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        camera = self._camera()
        if camera is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self.width()
        figure(painter, strokes(camera), QPointF(side / 2, side / 2), side * _HALF_SHARE)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        camera = self._camera()
        if camera is not None:
            half = self.width() * _HALF_SHARE
            place = event.position()
            right, up = (place.x() - self.width() / 2) / half, (self.width() / 2 - place.y()) / half
            self._look_from(side_at(camera, right, up))
