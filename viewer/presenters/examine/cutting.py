"""Cutting in the 3D view: what is hidden, step by step, with undo and redo.

A cut is a view state, not a finding: it never enters the case. While the mouse drags, the cutaway
is tried (`attempt`); released, it is kept as one step of the history.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np

from viewer.presenters.examine.cut_history import CutHistory
from viewer.presenters.examine.views import Views
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Running, Work
from virtopsy.errors import Bug, UsageError, VirtopsyError
from virtopsy.geometry.camera import Camera3D, as_point
from virtopsy.imaging.cutaway import (
    NOTHING_HIDDEN,
    ClipPlane,
    CropBox,
    Cutaway,
    OutsideBody,
    Scalpel,
    Step,
)
from virtopsy.imaging.segment import Outside, Part, outside_body
from virtopsy.imaging.volume import Quantity, Volume

TOOLS = ("turn", "box", "plane", "scalpel")
"""What the left mouse button does in the 3D view; "turn" cuts nothing."""
_THINNEST_MM = 2.0
_SMALLEST_AREA = 2e-5  # of an outline, in squares of half the picture's height: a slip of the hand
S = TypeVar("S", bound=Step)
Outline = tuple[tuple[float, float], ...]


class Cutting:
    """The cutting tools of the 3D view.

    Attributes:
        shown: whether the tools are on the screen.
        tool: which of `TOOLS` the left mouse button is.
        history: of what is hidden; `Views.cutaway` is its present, or what is being tried.
        outline: of the scalpel while it is drawn; (right, up) as in `Scalpel`.
        searching: the search for table, head rest and bag that runs, or None.
        problem: why that search failed.
    """

    def __init__(self, views: Views, work: Work) -> None:
        self._views, self._work = views, work
        self._setting = False
        self._found: tuple[Volume, OutsideBody] | None = None
        self.shown: Value[bool] = Value(False)
        self.tool: Value[str] = Value("turn")
        self.history: Value[CutHistory] = Value(CutHistory())
        self.outline: Value[Outline] = Value(())
        self.searching: Value[Running | None] = Value(None)
        self.problem: Event[VirtopsyError] = Event()
        views.cutaway.subscribe(self._hear)
        views.volume.subscribe(lambda _: self._begin())
        self.tool.subscribe(lambda _: self._leave_draft())

    # steps

    def undo(self) -> None:
        """Take the newest cut back; nothing where there is none."""
        self.keep()
        if self.history.now.can_undo:
            self._go(self.history.now.undo())

    def redo(self) -> None:
        """Cut again what was taken back; nothing where there is none."""
        self.keep()
        if self.history.now.can_redo:
            self._go(self.history.now.redo())

    def show_everything(self) -> None:
        """Hide nothing; this can be taken back as well."""
        self.keep()
        self._go(self.history.now.do(NOTHING_HIDDEN))

    def attempt(self, cutaway: Cutaway) -> None:
        """Show a cutaway while the mouse drags."""
        self._show(cutaway)

    def keep(self) -> None:
        """Make what is tried a step that can be taken back."""
        self._go(self.history.now.do(self._views.cutaway.now))

    def give_up(self) -> None:
        """Show again what was kept last; the outline that is drawn is gone."""
        self.outline.set(())
        self._show(self.history.now.now)

    def close(self) -> None:
        """Put the tools away; what is hidden stays hidden."""
        self.tool.set("turn")
        self.shown.set(False)

    # crop box

    @property
    def box(self) -> CropBox:
        """The crop box, or one round the whole scan."""
        found = self._newest(CropBox)
        return whole(self._volume()) if found is None else found

    def drag_face(self, axis: int, value_mm: float, *, high: bool) -> None:
        """Try one face of the crop box at an LPS coordinate.

        Args:
            axis: 0 for x, 1 for y, 2 for z.
            value_mm: where the face shall be; kept within the scan and off the opposite face.
            high: the face on the side of larger coordinates.
        """
        box, limit = self.box, whole(self._volume())
        low_mm, high_mm = list(box.low_mm), list(box.high_mm)
        if high:
            least = low_mm[axis] + _THINNEST_MM
            high_mm[axis] = min(max(value_mm, least), limit.high_mm[axis])
        else:
            most = high_mm[axis] - _THINNEST_MM
            low_mm[axis] = max(min(value_mm, most), limit.low_mm[axis])
        moved = CropBox((low_mm[0], low_mm[1], low_mm[2]), (high_mm[0], high_mm[1], high_mm[2]))
        self.attempt(self._with(moved, CropBox, gone=moved == limit))

    # clip plane

    @property
    def plane(self) -> ClipPlane | None:
        """The clip plane."""
        return self._newest(ClipPlane)

    def lay_plane(self, camera: Camera3D) -> None:
        """Cut across the line of sight through the middle of the view, towards the reader."""
        towards = as_point(-camera.axes[2])
        self.keep()
        self.attempt(self._with(ClipPlane(camera.focal_point, towards), ClipPlane))
        self.keep()

    def push_plane(self, deeper_mm: float) -> None:
        """Try the plane further from what it hides by `deeper_mm`; it stays in the scan."""
        plane = self.plane
        if plane is None:
            return
        corners = self._volume().frame.corners_mm @ np.array(plane.normal)
        here = float(np.dot(plane.point_mm, plane.normal))
        wanted = min(max(here - deeper_mm, float(corners.min())), float(corners.max()))
        moved = np.add(plane.point_mm, np.multiply(plane.normal, wanted - here))
        self.attempt(self._with(replace(plane, point_mm=as_point(moved)), ClipPlane))

    def turn_plane_round(self) -> None:
        """Hide the other side of the plane."""
        self.keep()
        plane = self.plane
        if plane is not None:
            turned = replace(plane, normal=as_point(-np.array(plane.normal)))
            self.attempt(self._with(turned, ClipPlane))
            self.keep()

    # scalpel

    def draw(self, right: float, up: float) -> None:
        """Go on with the outline; places as in `Scalpel`."""
        self.outline.set((*self.outline.now, (right, up)))

    def cut(self, camera: Camera3D) -> None:
        """Cut away what lies behind the outline; a slip of the hand cuts nothing."""
        outline = self.outline.now
        self.outline.set(())
        if len(outline) >= 3 and _area(outline) > _SMALLEST_AREA:
            self._go(self.history.now.do(self.history.now.now.then(Scalpel(camera, outline))))

    # table, head rest, bag

    @property
    def can_hide_table(self) -> bool:
        """Tell whether the table can be looked for, and is not hidden or looked for already."""
        volume = self._views.volume.now
        fits = volume is not None and volume.quantity is Quantity.HU
        return fits and self.searching.now is None and self._newest(OutsideBody) is None

    def hide_table(self) -> None:
        """Find what lies outside the body, in the background, and hide it.

        Raises:
            UsageError: the values are no HU, by which the table is told from the body.
        """
        volume = self._volume()
        if volume.quantity is not Quantity.HU:
            raise UsageError("volume3d.table.no_hu")
        if not self.can_hide_table:
            return
        if self._found is not None and self._found[0] is volume:
            self._hide(self._found[1])
            return
        self.searching.set(
            self._work.start(
                "volume3d.job.table",
                lambda progress: outside_body(volume, progress),
                lambda outside: self._take(volume, outside),
                self._fail,
                cancelled=lambda: self.searching.set(None),
            )
        )

    @property
    def hidden_parts(self) -> tuple[Part, ...]:
        """What is hidden with the table: each part over 1 cm3 or above 2500 HU."""
        found = self._newest(OutsideBody)
        return () if found is None else found.parts

    def _take(self, volume: Volume, outside: Outside) -> None:
        self.searching.set(None)
        if volume is self._views.volume.now:
            self._found = (volume, OutsideBody.of(outside, volume.frame))
            self._hide(self._found[1])

    def _hide(self, step: OutsideBody) -> None:
        self.keep()
        self._go(self.history.now.do(self.history.now.now.then(step)))

    def _fail(self, error: VirtopsyError) -> None:
        self.searching.set(None)
        self.problem.announce(error)

    # within

    def _newest(self, kind: type[S]) -> S | None:
        steps = self._views.cutaway.now.steps
        return next((one for one in reversed(steps) if isinstance(one, kind)), None)

    def _with(self, step: Step, kind: type[Step], *, gone: bool = False) -> Cutaway:
        """Return what is hidden with the one step of a kind put in its place, or gone."""
        steps = list(self._views.cutaway.now.steps)
        places = [place for place, one in enumerate(steps) if isinstance(one, kind)]
        put = [] if gone else [step]
        if places:
            steps[places[-1] : places[-1] + 1] = put
        else:
            steps += put
        return Cutaway(tuple(steps))

    def _go(self, history: CutHistory) -> None:
        self._show(history.now)
        self.history.set(history)

    def _show(self, cutaway: Cutaway) -> None:
        self._setting = True
        try:
            self._views.cutaway.set(cutaway)
        finally:
            self._setting = False

    def _hear(self, cutaway: Cutaway) -> None:
        """Begin anew from what others hide, a stop of the court for one."""
        if not self._setting:
            self.history.set(CutHistory((cutaway,)))

    def _begin(self) -> None:
        """Take nothing over from another scan: its cuts cannot be repeated on this one."""
        self.outline.set(())
        self.tool.set("turn")
        self.history.set(CutHistory((self._views.cutaway.now,)))
        if self.searching.now is not None:
            self.searching.now.progress.cancel()
        if self._found is not None and self._found[0] is not self._views.volume.now:
            self._found = None

    def _leave_draft(self) -> None:
        self.outline.set(())
        self.keep()

    def _volume(self) -> Volume:
        if self._views.volume.now is None:
            raise Bug("no volume is shown")
        return self._views.volume.now


def whole(volume: Volume) -> CropBox:
    """Return the box in which every voxel's middle lies."""
    corners, rim = volume.frame.corners_mm, max(volume.frame.spacing_mm)
    return CropBox(as_point(corners.min(axis=0) - rim), as_point(corners.max(axis=0) + rim))


def _area(outline: Outline) -> float:
    x, y = np.array(outline).T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2
