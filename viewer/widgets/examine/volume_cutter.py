"""The mouse's side of cutting in the 3D view: what is grabbed, dragged, drawn and let go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter

from viewer.presenters.examine.cutting import Cutting
from viewer.widgets.examine import volume_paint
from viewer.widgets.examine.volume_stage import (
    Handle,
    Placed,
    Stage,
    box_edges,
    box_handles,
    handle_at,
    placed,
    plane_handle,
    seen_box,
)
from viewer.widgets.keyboard import pressed
from virtopsy.geometry.camera import Camera3D
from virtopsy.geometry.frame import Floats

_PLANE_STEP_MM = 2.0  # a notch of the wheel
_KEEP_MS = 400
_RIM_PX, _LETTER_PX = 14.0, 38.0  # between a handle and the edges; letters stand above, below
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_UNDO_KEYS = {_CTRL: Cutting.undo, _CTRL | _SHIFT: Cutting.redo}


class VolumeCutter:
    """Turns the mouse into cuts of the presenter.

    Args:
        owner: the view; timers end with it.
        cutting: the presenter.
        visible: returns points (n, 3) of what is seen, LPS mm; empty without a scan.

    Attributes:
        free: returns the y above which no controls lie; handles keep above it.
    """

    def __init__(self, owner: QObject, cutting: Cutting, visible: Callable[[], Floats]) -> None:
        self._cutting, self._visible = cutting, visible
        self.free: Callable[[], float] | None = None
        self._grabbed: Handle | None = None
        self._kept = QTimer(owner)  # the turns of a wheel are one step
        self._kept.setSingleShot(True)
        self._kept.setInterval(_KEEP_MS)
        self._kept.timeout.connect(cutting.keep)

    def paint(self, painter: QPainter, stage: Stage) -> None:
        """Draw the box, the handles and the outline of the tool in use."""
        if not self._cutting.shown.now:
            return
        handles = self.places(stage)
        if handles and self._cutting.tool.now == "box":
            low, high = seen_box(self._cutting.box, self._visible())
            volume_paint.edges(painter, stage, list(box_edges(low, high)))
        for one in handles:
            grabbed = self._grabbed is not None and _same(one.handle, self._grabbed)
            volume_paint.handle(painter, stage, one, grabbed=grabbed)
        volume_paint.outline(painter, stage, self._cutting.outline.now)

    def handles(self) -> list[Handle]:
        """Return what the tool in use can be grabbed by."""
        cutting, body = self._cutting, self._visible()
        if not len(body) or not cutting.shown.now:
            return []
        if cutting.tool.now == "box":
            return list(box_handles(*seen_box(cutting.box, body)))
        plane = cutting.plane if cutting.tool.now == "plane" else None
        return [] if plane is None else [plane_handle(plane, body)]

    def places(self, stage: Stage) -> list[Placed]:
        """Return where they are grabbed, those further away first."""
        low = stage.height if self.free is None else self.free()
        whole = QRectF(0, 0, stage.width, low)
        area = whole.adjusted(_RIM_PX, _LETTER_PX, -_RIM_PX, -_LETTER_PX)
        return placed(stage, self.handles(), area)

    def press(self, stage: Stage, place: QPointF) -> None:
        """Grab what lies under the mouse, or begin an outline."""
        self._grabbed = handle_at(self.places(stage), place)
        if self._is_drawing():
            self._cutting.draw(*stage.drawn(place))

    def drag(self, stage: Stage, before: QPointF, now: QPointF, *, left: bool) -> bool:
        """Go on with what was begun; False where nothing was.

        Args:
            stage: how the patient lies on the view.
            before: where the mouse was.
            now: where it is.
            left: whether its left button is down.
        """
        if self._grabbed is not None:
            handle = self._grabbed
            by = stage.along(handle.lps_mm, handle.direction, now - before)
            if handle.axis < 0:
                self._cutting.push_plane(-by)
            else:
                value = handle.lps_mm[handle.axis] + by
                self._cutting.drag_face(handle.axis, value, high=handle.high)
            moved = (one for one in self.handles() if _same(one, handle))
            self._grabbed = next(moved, handle)
            return True
        if left and self._is_drawing():
            self._cutting.draw(*stage.drawn(now))
            return True
        return False

    def release(self, camera: Camera3D | None) -> bool:
        """Keep what was done; False where nothing was."""
        if self._grabbed is not None:
            self._grabbed = None
            self._cutting.keep()
            return True
        if self._cutting.outline.now and camera is not None:
            self._cutting.cut(camera)
            return True
        return False

    def wheel(self, notches: float) -> bool:
        """Move the cutting plane where it is the tool in use; False where it is not."""
        if not self._cutting.shown.now or self._cutting.tool.now != "plane":
            return False
        self._cutting.push_plane(_PLANE_STEP_MM * notches)
        self._kept.start()
        return True

    def lay_plane(self, camera: Camera3D | None) -> None:
        """Put the plane across the line of sight, unless there is one."""
        if camera is not None and self._cutting.plane is None:
            self._cutting.lay_plane(camera)

    def takes_back(self, event: QEvent) -> bool:
        """Tell whether a key takes a cut back or repeats one."""
        if not isinstance(event, QKeyEvent) or pressed(event) != Qt.Key.Key_Z:
            return False
        return event.modifiers() in _UNDO_KEYS and self._cutting.shown.now

    def take_back(self, event: QKeyEvent) -> None:
        """Do what the key says."""
        _UNDO_KEYS[event.modifiers()](self._cutting)

    def leave(self) -> bool:
        """Give up what is being cut, then the tool; False where none was in use."""
        if self._cutting.tool.now == "turn":
            return False
        self.forget()
        self._cutting.give_up()
        self._cutting.tool.set("turn")
        return True

    def forget(self) -> None:
        """Let go of what was grabbed."""
        self._grabbed = None

    def _is_drawing(self) -> bool:
        return self._cutting.shown.now and self._cutting.tool.now == "scalpel"


def _same(one: Handle, other: Handle) -> bool:
    return (one.axis, one.high) == (other.axis, other.high)
