"""What the mouse does on one slice: places of the patient for the tool, the window and the scale.

Left is the tool in hand, a point of an unlocked finding, a label or a ring of the crosshair; right
the window, or without a drag the menu of a finding; the middle button moves the picture. The wheel
scrolls, with Ctrl it enlarges, with Shift it thickens. Shift or Ctrl held while marking brings the
place to bone or skin.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from viewer.presenters.tools.forms import At
from viewer.presenters.tools.paint import How
from viewer.widgets.examine.crosshair_paint import turn_handles
from viewer.widgets.examine.slice_marks import SliceMarks
from viewer.widgets.examine.slice_paint import Sheet
from viewer.widgets.examine.slice_regions import SliceRegions
from viewer.widgets.parts import MARKING, Parts

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
        menu: opens the menu of a finding at a place of the view.

    Attributes:
        turning: whether the crosshair is being turned.
        regions: what is measured on the slice.
        marks: the findings on it.
    """

    def __init__(
        self,
        parts: Parts,
        plane: str,
        sheet: Callable[[], Sheet | None],
        repaint: Callable[[], None],
        menu: Callable[[str, QPointF], None],
    ) -> None:
        self._parts = parts
        self._views = parts.views
        self._plane = plane
        self._sheet = sheet
        self._repaint, self._menu = repaint, menu
        self._drag: Drag | None = None
        self._released: Callable[[], None] | None = None
        self._pressed = self._last = QPointF()
        self._keys = Qt.KeyboardModifier.NoModifier
        self._scroll_rest = self._thick_rest = 0
        self.turning = False
        self.regions = SliceRegions(parts, plane)
        self.marks = SliceMarks(parts, plane)

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
            self._drag, self._released = self._drag_window_far, self._open_menu
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = self._drag_pan
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press_left(sheet, event.position())

    def move(self, event: QMouseEvent) -> None:
        """Drag what is held."""
        sheet = self._sheet()
        if sheet is None:
            return
        self._keys = event.modifiers()
        if self._drag is not None:
            self._drag(self._last, event.position())
        elif self._parts.trajectory.draft.now is not None:
            self._parts.trajectory.hover(self._at(sheet, event.position()).lps_mm)
        elif self._parts.points.draft.now is not None:
            self._parts.points.hover(self._at(sheet, event.position()))
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

    def double_click(self, event: QMouseEvent) -> bool:
        """End what is being marked, or unlock the finding whose label it is on; False: neither."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self._marking:
            self._parts.attempt(self._parts.points.finish)  # its first press marked the last point
            return True
        named = self.marks.label_at(event.position())
        if named is not None:
            self._parts.findings.unlock(named)
        return named is not None

    @property
    def _marking(self) -> bool:
        """Whether clicks mark points."""
        parts = self._parts
        return parts.points.draft.now is not None or parts.tool.now in MARKING

    def _press_left(self, sheet: Sheet, place: QPointF) -> None:
        parts = self._parts
        drafted = parts.trajectory.draft.now is not None or parts.points.draft.now is not None
        if drafted or parts.tool.now in {"path", "region", "volume"}:
            self._start_tool(sheet, place)  # what lies under the mouse is not taken hold of
            return
        grabbed = self.marks.handle_at(sheet, place)
        if grabbed is not None:
            parts.handles.grab(*grabbed)
            self._drag, self._released = self._drag_place, parts.handles.release
        elif self._on_handle(sheet, place):
            self.turning, self._drag, self._released = True, self._drag_turn, self._end_turn
        elif (named := self.marks.label_at(place)) is not None:
            self._parts.findings.choose(named)
        else:
            self._start_tool(sheet, place)

    def _start_tool(self, sheet: Sheet, place: QPointF) -> None:
        tool = self._parts.tool.now
        if tool == "window":
            self._drag = self._drag_window
        elif tool == "region":
            if self.regions.press(sheet, place, self._keys):
                self._drag, self._released = self._drag_region, self._parts.region.release
        elif self._views.arriving:
            self._point(place)
        elif tool == "volume":
            self._start_volume(sheet, place)
        elif self._marking:
            self._released = self._click_points
        elif tool == "trajectory":
            self._released = self._click_trajectory
        elif tool == "path":
            self._released = self._click_path
        else:
            self._point(place)

    def _point(self, place: QPointF) -> None:
        self._drag, self._released = self._drag_point, self._click_mark
        self._drag_point(place, place)

    def _on_handle(self, sheet: Sheet, place: QPointF) -> bool:
        ends = turn_handles(sheet, self._views.position.now)
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

    def _drag_window_far(self, before: QPointF, now: QPointF) -> None:
        """Change the window once the mouse has gone further than a click's hand trembles."""
        if _apart(self._pressed, now) > _CLICK_PX:
            self._drag, self._released = self._drag_window, None
            self._drag_window(self._pressed, now)

    def _open_menu(self) -> None:
        sheet = self._sheet()
        found = None if sheet is None else self.marks.mark_at(sheet, self._pressed)
        if found is not None:
            self._menu(found, self._pressed)

    def _click_mark(self) -> None:
        """Select the finding that was clicked; it stays locked."""
        sheet = self._sheet()
        found = None if sheet is None else self.marks.mark_at(sheet, self._pressed)
        if found is not None and self._is_click():
            self._parts.findings.selected.set(found)

    def _is_click(self) -> bool:
        return _apart(self._pressed, self._last) <= _CLICK_PX

    def _at(self, sheet: Sheet, place: QPointF) -> At:
        return self.marks.at(sheet, place, self._keys)

    def _drag_pan(self, before: QPointF, now: QPointF) -> None:
        sheet = self._sheet()
        if sheet is not None:
            x, y, z = np.subtract(sheet.lps(now), sheet.lps(before)).tolist()
            self._views.pan(self._plane, (x, y, z))

    def _drag_place(self, before: QPointF, now: QPointF) -> None:
        sheet = self._sheet()
        if sheet is not None:
            self._parts.handles.pull(self._at(sheet, now))

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
        if sheet is not None and self._is_click():
            name = self._parts.findings.default_name(self._parts.language.now)
            self._parts.trajectory.click(self._at(sheet, self._last).lps_mm, name)

    def _click_points(self) -> None:
        sheet = self._sheet()
        if sheet is not None and self._is_click():
            self._parts.points.click(self._at(sheet, self._last))

    def _click_path(self) -> None:
        sheet = self._sheet()
        if sheet is not None and self._is_click():
            self._parts.along.click(sheet.lps(self._last))


def whole_notches(rest: int, turned: int) -> tuple[int, int]:
    """Return what is left over and the whole notches: touch pads send parts of one."""
    notches = int((rest + turned) / _NOTCH)
    return rest + turned - notches * _NOTCH, notches


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())
