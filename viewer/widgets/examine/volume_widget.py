"""The 3D view: the worker's newest picture, what lies over it, the mouse and the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from viewer.presenters.tools.marks import Mark
from viewer.render.volume_view import BACKGROUND, Picture
from viewer.widgets.bind import follow, hear
from viewer.widgets.examine.mark_menu import open_menu
from viewer.widgets.examine.volume_controls import VolumeControls
from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_eye import VolumeEye
from viewer.widgets.examine.volume_mouse import VolumeMouse
from viewer.widgets.examine.volume_overlay import VolumeOverlay
from viewer.widgets.examine.volume_pictures import VolumePictures
from viewer.widgets.keyboard import pressed
from viewer.widgets.parts import MARKING, Parts
from virtopsy.geometry.camera import STANDARD_VIEWS, Camera3D
from virtopsy.imaging.volume import Volume

_VIEW_KEYS = dict(
    zip(
        (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6),
        STANDARD_VIEWS,
        strict=True,
    )
)


class VolumeWidget(QWidget):
    """The volume from a camera in the patient.

    Attributes:
        eye: from where is looked.
        pictures: what is seen.
        cutter: the mouse's side of cutting.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("view.volume")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(120, 90)
        self._parts = parts
        self._views = parts.views
        self._recorded: tuple[Mark, ...] = ()
        self.eye = VolumeEye(self, parts.views)
        self.cutter = VolumeCutter(self, parts.cutting, self.eye.visible)
        self._controls = VolumeControls(self, parts, self.eye, self.cutter)
        self._overlay = VolumeOverlay(self, parts, self._controls, self.cutter)
        self.cutter.free = self._controls.free
        self.eye.room = self._overlay.room
        self._mouse = VolumeMouse(
            parts, self.eye, self.cutter, self._overlay.named, self._open_menu
        )
        self.pictures = VolumePictures(self, parts, self.eye, self.update, self._show_projection)
        self._follow()

    def _follow(self) -> None:
        views, parts = self._views, self._parts
        follow(self, views.volume, self._take_volume)
        follow(self, views.preset, self._move, now=False)
        follow(self, views.edited, self._move, now=False)
        follow(self, views.cutaway, self._move, now=False)
        follow(self, views.camera, self._move, now=False)
        follow(self, parts.marks.shown, self._draw, now=False)
        follow(self, views.position, self._again, now=False)
        follow(self, parts.cutting.outline, self._again, now=False)
        follow(self, parts.language, self._again, now=False)
        follow(self, parts.subject.stated, self._again, now=False)
        follow(self, parts.cutting.tool, lambda _: self._show_tool(parts.tool.now), now=False)
        hear(self, parts.cutting.problem, parts.trouble.announce)
        follow(self, parts.tool, self._show_tool)
        hear(self, parts.session.changed, self._move)

    def _move(self, _: object) -> None:
        self.pictures.move()

    def _again(self, _: object) -> None:
        self.update()

    def _draw(self, marks: tuple[Mark, ...]) -> None:
        """Draw another picture where a recorded finding changed; a draft is painted over it."""
        recorded = tuple(one for one in marks if not one.draft)
        if recorded != self._recorded:
            self._recorded = recorded
            self.pictures.move()
        self.update()

    def _open_menu(self, finding_id: str, at: QPointF) -> None:
        open_menu(self._parts, self, finding_id, self.mapToGlobal(at.toPoint()))

    def close_worker(self) -> None:
        """End the rendering thread; the widget shows its last picture from then on."""
        self.pictures.close()

    def set_presenting(self, presenting: bool) -> None:
        """Show a court the picture alone, sides in full words, or undo that."""
        self._controls.set_presenting(presenting)

    def camera(self) -> Camera3D | None:
        """Return from where the volume is looked at; None without a volume."""
        return self.eye.camera()

    def standard_camera(self) -> Camera3D:
        """Return the view from the front, as a stop keeps it."""
        return self.eye.standard("anterior")

    @property
    def settled(self) -> bool:
        """Whether the picture on the screen is the full one of what is wanted now."""
        return self.pictures.settled

    def _take_volume(self, _: Volume | None) -> None:
        self.pictures.forget()
        self.cutter.forget()
        self.pictures.move()
        self.update()

    def _show_tool(self, tool: str) -> None:
        exact = tool in {"trajectory", *MARKING} or self._parts.cutting.tool.now == "scalpel"
        self.setCursor(Qt.CursorShape.CrossCursor if exact else Qt.CursorShape.OpenHandCursor)
        self.update()

    def _show_projection(self, camera: Camera3D) -> None:
        self._controls.choices.show_parallel(camera.parallel)

    # what is seen

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(BACKGROUND))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self.pictures.shown
        if shown is None:
            self._overlay.instead(painter, self.pictures.trouble)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.rect(), _image(shown[1]))
            self._overlay.paint(painter, shown[0], self.pictures)
        painter.end()

    # what is done

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._mouse.press(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse.move(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._mouse.release(event):
            self.update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._mouse.double_click(event):
            return
        if self._parts.tool.now == "trajectory":
            self._mouse.press(event)
        else:
            self._full_view()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        self._mouse.wheel(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = pressed(event)
        if self.cutter.takes_back(event):
            self.cutter.take_back(event)
        elif key in _VIEW_KEYS:
            self.eye.look_from(_VIEW_KEYS[key])
        elif key == Qt.Key.Key_F:
            self._full_view()
        elif key == Qt.Key.Key_Space:
            self._views.camera.set(None)
        elif key != Qt.Key.Key_Escape or not self.cutter.leave():
            super().keyPressEvent(event)

    def _full_view(self) -> None:
        if self._controls.presenting:
            return  # a court sees what the stop says
        full = self._views.layout.now == "volume"
        self._views.layout.set("all" if full else "volume")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._controls.suit()
        self.pictures.move()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.cutter.takes_back(event):
            event.accept()  # while cuts are made here, the keys of undo are theirs, not the case's
            return True
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self._controls.place_man)
        return handled

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self.pictures.move()


def _image(picture: Picture) -> QImage:
    height, width, _ = picture.shape
    return QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
