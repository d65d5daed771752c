"""What the four views of the examine room show; every view reads it, every tool changes it.

Pixels are the widgets' matter: here is only the patient (LPS mm) and the scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from viewer.presenters.examine.travel import Run, lean, run_of
from viewer.presenters.value import Value
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Camera3D, Point, as_point
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing, on_plane
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.slab import Slab
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import Window, default_window

PLANES = ("axial", "coronal", "sagittal")
COURT_LAYOUTS = ("all", "one_three", "row", "volume", *PLANES)
"""What a stop of the walkthrough can bring back."""
LAYOUTS = (*COURT_LAYOUTS, "path")
_SMALLEST_MM_PER_PIXEL, _LARGEST_MM_PER_PIXEL = 0.01, 20.0


@dataclass(frozen=True)
class SliceLook:
    """How one plane is shown; which slice comes from the crosshair.

    Attributes:
        centre_mm: LPS point in the middle of the picture; its part across the plane is unused.
        mm_per_pixel: the scale; None: as large as the view allows.
    """

    centre_mm: Point
    mm_per_pixel: float | None = None


@dataclass(frozen=True)
class Pointed:
    """What lies under the mouse.

    Attributes:
        lps_mm: where.
        value: of the acquired voxel there, None outside the scan.
        quantity: what the value means.
    """

    lps_mm: Point
    value: float | None
    quantity: Quantity


class Views:
    """The shared state of the views.

    Attributes:
        volume: what is examined, whole; None before a series is open and while one arrives.
        shown: what the slices show: the volume, or what has arrived of the next one.
        position: the crosshair, LPS mm.
        window: of the slices.
        look: scale and middle of each plane.
        turn: of the three slices against the patient's planes.
        slab: how thick the slices are and what of it is shown; None: as thin as the grid allows.
        smooth: whether slices are interpolated between voxels.
        preset: of the 3D view.
        edited: the preset as it was changed by hand; None: as it is shipped.
        cutaway: what the 3D view hides.
        camera: of the 3D view; None: the standard view from the front.
        layout: one of `LAYOUTS`.
        pointed: what lies under the mouse, None where it is elsewhere.
        echo: what lies under the mouse on a scan that goes along, LPS mm of this one.
        fitted: whose size a whole view has; None: the shown scan's own.
    """

    def __init__(self) -> None:
        self.volume: Value[Volume | None] = Value(None)
        self.shown: Value[Volume | None] = Value(None)
        self._before: Volume | None = None
        self.position: Value[Point] = Value((0.0, 0.0, 0.0))
        self.window: Value[Window] = Value(Window(40.0, 400.0))
        self.look = {plane: Value(SliceLook((0.0, 0.0, 0.0))) for plane in PLANES}
        self.turn: Value[Turn] = Value(STRAIGHT)
        self.slab: Value[Slab | None] = Value(None)
        self.smooth: Value[bool] = Value(True)
        self.preset: Value[str] = Value("bone")
        self.edited: Value[Preset | None] = Value(None)
        self.cutaway: Value[Cutaway] = Value(NOTHING_HIDDEN)
        self.camera: Value[Camera3D | None] = Value(None)
        self._first_window = self.window.now
        self.layout: Value[str] = Value("all")
        self.pointed: Value[Pointed | None] = Value(None)
        self.echo: Value[Point | None] = Value(None)
        self.fitted: Value[Frame | None] = Value(None)

    @property
    def arriving(self) -> bool:
        """Tell whether what is shown is still being read."""
        return self.shown.now is not None and self.shown.now.arrived is not None

    def show(self, volume: Volume) -> None:
        """Show another volume: from its middle, or from where it was looked at as it arrived."""
        early = self.shown.now
        followed = self.arriving and early is not None and early.frame.same_as(volume.frame)
        self._before = None
        self.shown.set(volume)
        if not followed:
            self._begin(volume)
        elif self.window.now == self._first_window:
            self.window.set(default_window(volume))
        self.volume.set(volume)

    def show_arriving(self, volume: Volume) -> None:
        """Show as much of a volume as has been read; nothing can be marked on it yet."""
        if not self.arriving:
            self._before = self.volume.now
            self.volume.set(None)
            self.shown.set(_so_far(volume))
            self._begin(volume)
        else:
            self.shown.set(_so_far(volume))

    def give_up_arriving(self) -> None:
        """Show again what was shown before."""
        if self.arriving:
            before, self._before = self._before, None
            self.shown.set(None)
            if before is not None:
                self.show(before)

    def _begin(self, volume: Volume) -> None:
        self._first_window = default_window(volume)
        self.window.set(self._first_window)
        self.edited.set(None)
        self.preset.set("bone" if volume.quantity is Quantity.HU else "mr")
        self.cutaway.set(NOTHING_HIDDEN)
        self.turn.set(STRAIGHT)
        self.slab.set(None)
        self.position.set(as_point(volume.frame.centre_mm))
        self.camera.set(None)
        self.reset()

    def reset(self) -> None:
        """Show each plane whole again, thin, and as the patient's own planes."""
        self.turn.set(STRAIGHT)
        self.slab.set(None)
        if self.shown.now is not None:
            for look in self.look.values():
                look.set(SliceLook(as_point(self.shown.now.frame.centre_mm)))

    def go(self, lps_mm: Point, plane: str | None = None) -> None:
        """Put the crosshair there, kept within the scan.

        Args:
            lps_mm: where.
            plane: whose slice the place was pointed at on; it stays the one that is shown.
        """
        if plane is not None:
            normal = facing(Plane(plane), self.turn.now).normal
            self.position.set(as_point(on_plane(self._volume().frame, lps_mm, normal)))
            return
        self.position.set(self._within(lps_mm))

    def _within(self, lps_mm: Point) -> Point:
        frame = self._volume().frame
        depth, rows, columns = frame.shape
        index = np.clip(frame.to_index(lps_mm), 0, (columns - 1, rows - 1, depth - 1))
        return as_point(frame.to_lps(index))

    def run(self, plane: str) -> Run:
        """Return the slices of a plane; from the scan's nearest place, where it is left."""
        here = self._within(self.position.now)
        return run_of(self._volume().frame, Plane(plane), self.turn.now, here)

    def scroll(self, plane: str, steps: int) -> None:
        """Go `steps` slices on along the plane's normal: towards the left, back or head.

        Beyond the last whole step it is the end of the scan that is shown.
        """
        run = self.run(plane)
        wanted = run.index + steps
        if wanted < 0:
            self.go(run.first_mm)
        else:
            self.go(run.at(wanted) if wanted < run.count else run.last_mm)

    def turn_about(self, plane: str, angle: float) -> None:
        """Turn the two other planes about this one's normal, through the crosshair.

        Args:
            plane: whose picture stays as it is.
            angle: radians, clockwise as its reader sees it.
        """
        self._volume()
        self.turn.set(self.turn.now.about(facing(Plane(plane), self.turn.now).normal, angle))

    def straighten(self) -> None:
        """Show the patient's own planes again."""
        self.turn.set(STRAIGHT)

    def lean(self, plane: str) -> float:
        """Return the angle between a shown plane and the patient's own, radians."""
        return lean(Plane(plane), self.turn.now)

    def along_mm(self, plane: str) -> float:
        """Return where the shown slice of a plane cuts its own axis, LPS mm."""
        return float(facing(Plane(plane), self.turn.now).ahead @ np.array(self.position.now))

    def zoom(self, plane: str, factor: float, fitted_mm_per_pixel: float, fixed_mm: Point) -> None:
        """Enlarge a plane by `factor` while the point `fixed_mm` stays where it is.

        Args:
            plane: which.
            factor: above 1 enlarges.
            fitted_mm_per_pixel: the scale at which the view shows the whole plane.
            fixed_mm: LPS mm, usually what lies under the mouse.
        """
        look = self.look[plane].now
        before = look.mm_per_pixel or fitted_mm_per_pixel
        after = min(max(before / factor, _SMALLEST_MM_PER_PIXEL), _LARGEST_MM_PER_PIXEL)
        centre = np.asarray(fixed_mm) + (np.subtract(look.centre_mm, fixed_mm)) * after / before
        self.look[plane].set(SliceLook(as_point(centre), after))

    def pan(self, plane: str, moved_mm: Point) -> None:
        """Move the picture of a plane by a vector of the patient (LPS mm)."""
        look = self.look[plane].now
        centre = as_point(np.subtract(look.centre_mm, moved_mm))
        self.look[plane].set(replace(look, centre_mm=centre))

    def centre_of(self, plane: str) -> Point:
        """Return the LPS point in the middle of a plane's picture, on the shown slice."""
        centre = np.array(self.look[plane].now.centre_mm)
        normal = facing(Plane(plane), self.turn.now).normal
        return as_point(centre + ((self.position.now - centre) @ normal) * normal)

    def drag_window(self, wider: float, brighter: float) -> None:
        """Change the window by a mouse drag, in pixels; the step follows the width."""
        window = self.window.now
        step = max(window.width / 300, 0.1)
        width = max(window.width + wider * step, 1.0)
        self.window.set(Window(window.centre - brighter * step, width))

    def point_at(self, lps_mm: Point | None) -> None:
        """Tell what lies under the mouse."""
        volume = self.shown.now
        if volume is None or lps_mm is None:
            self.pointed.set(None)
        else:
            value = volume.nearest_value(lps_mm)
            self.pointed.set(Pointed(lps_mm, value, volume.quantity))

    def _volume(self) -> Volume:
        if self.shown.now is None:
            raise Bug("no volume is shown")
        return self.shown.now


def _so_far(volume: Volume) -> Volume:
    """Return a volume whose slices that have not arrived are as empty as its gaps."""
    if volume.arrived is None:
        raise Bug("the volume is whole")
    arrived = volume.arrived.copy()
    absent = {*volume.gaps, *np.flatnonzero(~arrived).tolist()}
    return replace(volume, gaps=tuple(sorted(absent)), sources=(), arrived=arrived)
