"""What the mouse does on one slice: places of the patient for the tool, the window and the scale.

Left is the tool in hand, an end of a track, a number or a ring of the crosshair; right the window;
the middle button moves the picture. The wheel scrolls, with Ctrl it enlarges, with Shift it
thickens.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.presenters.tools.marks import Mark, marks
from viewer.presenters.tools.paint import How
from viewer.widgets.examine import slice_paint
from viewer.widgets.examine.crosshair_paint import turn_handles
from viewer.widgets.examine.slice_paint import Sheet
from viewer.widgets.examine.slice_regions import SliceRegions
from viewer.widgets.parts import Parts

_GRAB_PX = 9.0
_CLICK_PX = 4.0  # a press and release nearer than this is a click, not a drag
_ZOOM_A_NOTCH = 1.15
_NOTCH = 120
Drag: TypeAlias = Callable[[QPointF, QPointF], None]


class SliceMouse:
    """The hand on one slice.

    Args:
        parts: the presenters.
        plane: of the slice.
        sheet: how the patient lies on the view now; None without a scan.
        repaint: asks the view for a repaint.

    Attributes:
        turning: whether the crosshair is being turned.
        regions: what is measured on the slice.
    """

    def __init__(
        self,
        parts: Parts,
        plane: str,
        sheet: Callable[[], Sheet | None],
        repaint: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._views = parts.views
        self._plane = plane
        self._sheet = sheet
        self._repaint = repaint
        self._drag: Drag | None = None
        self._released: Callable[[], None] | None = None
        self._pressed = self._last = QPointF()
        self._keys = Qt.KeyboardModifier.NoModifier
        self._scroll_rest = self._thick_rest = 0
        self.turning = False
        self.regions = SliceRegions(parts, plane)

    def press(self, event: QMouseEvent) -> None:
        """Take hold of what lies under the mouse."""
        sheet = self._sheet()
        if sheet is None:
            return
        self._pressed = self._last = event.position()
        self._keys = event.modifiers()
        self._released = None
        self._parts.reading.use(self._plane)
        if event.button() == Qt.MouseButton.RightButton:
            self._drag = self._drag_window
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = self._drag_pan
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press_left(sheet, event.position())

    def move(self, event: QMouseEvent) -> None:
        """Drag what is held, and tell what lies under the mouse."""
        sheet = self._sheet()
        if sheet is None:
            return
        self._keys = event.modifiers()
        self._views.point_at(sheet.lps(event.position()))
        if self._drag is not None:
            self._drag(self._last, event.position())
        elif self._parts.trajectory.draft.now is not None:
            self._parts.trajectory.hover(sheet.lps(event.position()))
        else:
            self._parts.along.hover(sheet.lps(event.position()))
        self._last = event.position()

    def release(self, event: QMouseEvent) -> None:
        """Let go."""
        self._last = event.position()
        released, self._released, self._drag = self._released, None, None
        if released is not None:
            self._parts.attempt(released)

    def wheel(self, event: QWheelEvent) -> None:
        """Scroll, enlarge or thicken."""
        sheet = self._sheet()
        if sheet is None:
            return
        self._parts.reading.use(self._plane)
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            fitted = sheet.camera.mm_per_pixel * sheet.ratio
            fixed = sheet.lps(event.position())
            self._views.zoom(self._plane, _ZOOM_A_NOTCH ** (turned / _NOTCH), fitted, fixed)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # Some systems turn a wheel with Shift into one that goes sideways.
            self._thick_rest, notches = whole_notches(
                self._thick_rest, turned or event.angleDelta().x()
            )
            if notches:
                self._parts.reading.thicken(notches)
            return
        self._scroll_rest, notches = whole_notches(self._scroll_rest, turned)
        if notches:
            self._views.scroll(self._plane, notches)

    def _press_left(self, sheet: Sheet, place: QPointF) -> None:
        tool = self._parts.trajectory
        if tool.draft.now is not None or self._parts.tool.now in {"path", "region", "volume"}:
            self._start_tool(sheet, place)  # what lies under the mouse is not taken hold of
            return
        grabbed = self._end_at(sheet, place)
        if grabbed is not None:
            tool.grab(*grabbed)
            self._drag, self._released = self._drag_end, tool.release
        elif self._on_handle(sheet, place):
            self.turning, self._drag, self._released = True, self._drag_turn, self._end_turn
        elif (number := self._badge_at(sheet, place)) is not None:
            self._parts.findings.selected.set(number)
        else:
            self._start_tool(sheet, place)

    def _start_tool(self, sheet: Sheet, place: QPointF) -> None:
        if self._parts.tool.now == "window":
            self._drag = self._drag_window
        elif self._parts.tool.now == "region":
            if self.regions.press(sheet, place, self._keys):
                self._drag, self._released = self._drag_region, self._parts.region.release
        elif self._parts.tool.now == "volume":
            if not self._views.arriving:
                self._start_volume(sheet, place)
        elif self._parts.tool.now == "trajectory" and not self._views.arriving:
            self._released = self._click_trajectory
        elif self._parts.tool.now == "path" and not self._views.arriving:
            self._released = self._click_path
        else:
            self._drag = self._drag_point
            self._drag_point(place, place)

    def _on_handle(self, sheet: Sheet, place: QPointF) -> bool:
        ends = turn_handles(sheet, self._views.position.now, self.numbers(sheet))
        return any(_apart(end, place) <= _GRAB_PX for end in ends)

    def _drag_turn(self, before: QPointF, now: QPointF) -> None:
        """Turn the two other planes about the crosshair, as far as the mouse goes round it."""
        sheet = self._sheet()
        if sheet is None:
            return
        middle = sheet.place(self._views.position.now)
        one, other = before - middle, now - middle
        angle = math.atan2(other.y(), other.x()) - math.atan2(one.y(), one.x())
        self._views.turn_about(self._plane, math.remainder(angle, math.tau))

    def _end_turn(self) -> None:
        self.turning = False
        self._repaint()

    def _drag_point(self, before: QPointF, now: QPointF) -> None:
        sheet = self._sheet()
        if sheet is not None:
            self._views.go(sheet.lps(now), self._plane)

    def _drag_window(self, before: QPointF, now: QPointF) -> None:
        moved = now - before
        self._views.drag_window(moved.x(), -moved.y())

    def _drag_pan(self, before: QPointF, now: QPointF) -> None:
        sheet = self._sheet()
        if sheet is not None:
            x, y, z = np.subtract(sheet.lps(now), sheet.lps(before)).tolist()
            self._views.pan(self._plane, (x, y, z))

    def _drag_end(self, before: QPointF, now: QPointF) -> None:
        sheet = self._sheet()
        if sheet is not None:
            self._parts.trajectory.hover(sheet.lps(now))

    def _drag_region(self, before: QPointF, now: QPointF) -> None:
        sheet = self._sheet()
        if sheet is not None:
            self.regions.drag(sheet, now, self._keys)

    def _start_volume(self, sheet: Sheet, place: QPointF) -> None:
        """Grow from the click, take its value as the measure with Alt, or begin a stroke."""
        tool, at_mm = self._parts.paint, sheet.lps(place)
        if self._keys & Qt.KeyboardModifier.AltModifier:
            tool.value_of(at_mm)
        elif tool.settings.now.how is How.GROW:
            tool.grow(at_mm)
        else:
            tool.begin_stroke()
            tool.stroke(self._plane, at_mm)
            self._drag = self._drag_brush

    def _drag_brush(self, before: QPointF, now: QPointF) -> None:
        """Paint all the way, so that a quick hand leaves no holes."""
        sheet = self._sheet()
        if sheet is None:
            return
        tool = self._parts.paint
        step = max(tool.settings.now.radius_mm / sheet.mm_per_px / 2, 1.0)
        count = max(math.ceil(_apart(before, now) / step), 1)
        for share in range(1, count + 1):
            tool.stroke(self._plane, sheet.lps(before + (now - before) * (share / count)))

    def _click_trajectory(self) -> None:
        sheet = self._sheet()
        if sheet is not None and _apart(self._pressed, self._last) <= _CLICK_PX:
            name = self._parts.findings.default_name(self._parts.language.now)
            self._parts.trajectory.click(sheet.lps(self._last), name)

    def _click_path(self) -> None:
        sheet = self._sheet()
        if sheet is not None and _apart(self._pressed, self._last) <= _CLICK_PX:
            self._parts.along.click(sheet.lps(self._last))

    def numbers(self, sheet: Sheet) -> list[QPointF]:
        """Return where the numbers of the tracks stand."""
        ends = [[sheet.place(lps) for lps in one.ends_lps_mm] for one in self.marks()]
        return [slice_paint.badge_place(start, end) for start, end in ends]

    def marks(self) -> tuple[Mark, ...]:
        """Return the tracks that are drawn."""
        return marks(self._parts.findings, self._parts.trajectory.draft.now)

    def _end_at(self, sheet: Sheet, place: QPointF) -> tuple[str, int] | None:
        for one in self.marks():
            for end, lps in enumerate(one.ends_lps_mm):
                near = sheet.is_near(lps) and _apart(sheet.place(lps), place) <= _GRAB_PX
                if near and one.finding_id is not None:
                    return one.finding_id, end
        return None

    def _badge_at(self, sheet: Sheet, place: QPointF) -> str | None:
        for one in self.marks():
            start, end = (sheet.place(lps) for lps in one.ends_lps_mm)
            if _apart(slice_paint.badge_place(start, end), place) <= _GRAB_PX + 1:
                return one.finding_id
        return None


def whole_notches(rest: int, turned: int) -> tuple[int, int]:
    """Return what is left over and the whole notches: touch pads send parts of one."""
    notches = int((rest + turned) / _NOTCH)
    return rest + turned - notches * _NOTCH, notches


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
