"""How slices are read: slab, window keys, cine and arrangement."""

from __future__ import annotations

from viewer.presenters.examine.cine import Cine
from viewer.presenters.examine.slabs import thicker
from viewer.presenters.examine.views import Views
from viewer.presenters.value import Event, Value
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Quantity
from virtopsy.imaging.window import HU_PRESETS, default_window

_USUAL_MM = 10.0


class Reading:
    """What helps the eye on the slices of one scan.

    Attributes:
        cine: slices that pass by themselves.
        active: the plane that was used last.
        large: the view with most of the room in the layout of one and three.
        projection: of the next slab.
        sampling: told whenever a view samples a picture that somebody waits for.
    """

    def __init__(self, views: Views) -> None:
        self._views = views
        self.cine = Cine()
        self.active: Value[str] = Value("axial")
        self.large: Value[str] = Value("axial")
        self.projection: Value[Projection] = Value(Projection.MIP)
        self.sampling: Event[None] = Event()
        views.volume.subscribe(lambda _: self.cine.stop())
        views.turn.subscribe(lambda _: self.cine.stop())

    def use(self, plane: str) -> None:
        """Take note of the plane that is used; what moved by itself stops."""
        self.cine.stop()
        self.active.set(plane)

    def arrange(self, layout: str) -> None:
        """Choose a layout; the view used last has most of the room beside three small ones."""
        if layout == "one_three":
            self.large.set(self.active.now)
        self._views.layout.set(layout)

    def thicken(self, notches: int) -> None:
        """Make the slices thicker by notches of the wheel, or thinner below 0."""
        views = self._views
        views.slab.set(thicker(views.slab.now, self.projection.now, notches))

    def project(self, projection: Projection | None) -> None:
        """Choose what of a slab is shown; None: slices as thin as the grid allows."""
        if projection is None:
            self._views.slab.set(None)
            return
        self.projection.set(projection)
        slab = self._views.slab.now
        self._views.slab.set(Slab(projection, slab.thickness_mm if slab else _USUAL_MM))

    def thickness(self, mm: float) -> None:
        """Choose how thick a slab is."""
        self._views.slab.set(Slab(self.projection.now, mm))

    def choose_window(self, number: int) -> None:
        """Choose a window by its key, from 1; without HU, 1 is what the scan opened with."""
        volume = self._views.shown.now
        if volume is None:
            return
        if volume.quantity is not Quantity.HU:
            if number == 1:
                self._views.window.set(default_window(volume))
            return
        presets = tuple(HU_PRESETS.values())
        if number <= len(presets):
            self._views.window.set(presets[number - 1].window)

    def go_to_end(self, plane: str, *, last: bool) -> None:
        """Show the first slice of a plane, or the last one: of the left, the back or the head."""
        if self._views.shown.now is not None:
            run = self._views.run(plane)
            self._views.go(run.last_mm if last else run.first_mm)
