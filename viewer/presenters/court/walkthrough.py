"""The court room: freezing what is seen as a stop, and showing the stops."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from viewer.presenters.examine.views import COURT_LAYOUTS, Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from virtopsy.case.commands import AddStop, ChangeStop, WithdrawStop
from virtopsy.errors import Bug, UsageError
from virtopsy.geometry.camera import Camera3D
from virtopsy.imaging.window import Window
from virtopsy.walkthrough.stop import Stop

_SAME = 0.05  # mm: what a place loses on its way to voxels and back is less


def known_layout(layout: str) -> str:
    """Return the layout a court is shown; a stop of another hand may name what none of ours has."""
    return layout if layout in COURT_LAYOUTS else "all"


class Walkthrough:
    """The stops of the open case.

    Attributes:
        shown: the stop on the screen; None while nothing is being shown.
    """

    def __init__(
        self,
        session: Session,
        views: Views,
        new_id: Callable[[], str],
        note_showing: Callable[[tuple[Stop, ...]], None],
    ) -> None:
        """Take the session, the views, and who writes the log entry that showing is."""
        self._session = session
        self._views = views
        self._new_id = new_id
        self._note_showing = note_showing
        self._before: Stop | None = None
        self.shown: Value[Stop | None] = Value(None)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stops in the order they are shown."""
        return self._session.case.stops

    def add(self, caption: str, standard_camera: Camera3D) -> None:
        """Add what is seen now as a stop.

        Args:
            caption: the words the court reads.
            standard_camera: the 3D camera where none was chosen yet.

        Raises:
            UsageError: a path is looked along, which a stop does not hold.
        """
        if self._views.layout.now not in COURT_LAYOUTS:
            raise UsageError("path.no_stop")
        self._session.do(AddStop(self._frozen(self._new_id(), caption, standard_camera)))

    def caption(self, stop_id: str, caption: str) -> None:
        """Change a stop's words."""
        stop = self._session.case.stop(stop_id)
        if caption != stop.caption:
            self._session.do(ChangeStop(replace(stop, caption=caption)))

    def withdraw(self, stop_id: str) -> None:
        """Take a stop out."""
        self._session.do(WithdrawStop(stop_id))

    def begin(self, standard_camera: Camera3D) -> None:
        """Start showing from the first stop; it is a log entry first.

        Raises:
            UsageError: there is no stop yet.
        """
        if not self.stops:
            raise UsageError("court.no_stops")
        self._note_showing(self.stops)
        self._before = self._frozen("", "", standard_camera)
        self._show(self.stops[0])

    def next(self) -> None:
        """Go to the next stop; at the last one nothing happens."""
        self._step(+1)

    def back(self) -> None:
        """Go to the stop before; at the first one nothing happens."""
        self._step(-1)

    def leave(self) -> None:
        """Stop showing; the room looks as before."""
        self.shown.set(None)
        if self._before is not None:
            self._look_at(self._before)
            self._views.layout.set(self._before.layout)
            self._before = None

    @property
    def position(self) -> tuple[int, int]:
        """Which stop is shown (from 1), of how many."""
        shown = self.shown.now
        return (0 if shown is None else self.stops.index(shown) + 1), len(self.stops)

    def again(self) -> None:
        """Bring back what the shown stop says, after the views were moved by hand."""
        if self.shown.now is not None:
            self._look_at(self.shown.now)

    @property
    def moved(self) -> bool:
        """Whether the views show something else than the shown stop: they were moved by hand."""
        stop, views = self.shown.now, self._views
        if stop is None or views.volume.now is None or views.camera.now is None:
            return False
        now = self._frozen(stop.stop_id, stop.caption, views.camera.now)
        near = np.allclose(now.position_mm, stop.position_mm, atol=_SAME)
        angled = math.isclose(now.camera_angle_deg, stop.camera_angle_deg)
        # The two lose a little on their way to voxels and radians; all else is as it was kept.
        same = replace(
            now,
            series_uid=stop.series_uid,
            position_mm=stop.position_mm,
            camera_angle_deg=stop.camera_angle_deg,
        )
        return not (near and angled and same == replace(stop, layout=known_layout(stop.layout)))

    def look_at(self, stop_id: str) -> None:
        """Set the views as a stop has them, without showing it to anybody."""
        self._look_at(self._session.case.stop(stop_id))

    def _step(self, by: int) -> None:
        shown = self.shown.now
        if shown is None:
            raise Bug("nothing is being shown")
        there = self.stops.index(shown) + by
        if 0 <= there < len(self.stops):
            self._show(self.stops[there])

    def _show(self, stop: Stop) -> None:
        self._look_at(stop)
        self.shown.set(stop)

    def _look_at(self, stop: Stop) -> None:
        views = self._views
        views.preset.set(stop.preset)
        views.edited.set(stop.edited)
        views.cutaway.set(stop.cutaway)
        views.turn.set(stop.turn)
        views.slab.set(stop.slab)
        views.smooth.set(stop.smooth)
        views.window.set(Window(stop.window_centre, stop.window_width))
        views.go(stop.position_mm)
        views.camera.set(
            Camera3D(
                stop.camera_position_mm,
                stop.camera_focal_mm,
                stop.camera_up,
                math.radians(stop.camera_angle_deg),
                stop.camera_parallel,
            )
        )
        views.layout.set(known_layout(stop.layout))

    def _frozen(self, stop_id: str, caption: str, standard_camera: Camera3D) -> Stop:
        views = self._views
        if views.volume.now is None:
            raise UsageError("court.nothing_shown")
        camera = views.camera.now or standard_camera
        return Stop(
            stop_id=stop_id,
            caption=caption,
            series_uid=views.volume.now.identity.series_uid,
            layout=views.layout.now,
            position_mm=views.position.now,
            camera_position_mm=camera.position,
            camera_focal_mm=camera.focal_point,
            camera_up=camera.view_up,
            camera_angle_deg=math.degrees(camera.view_angle),
            preset=views.preset.now,
            window_centre=views.window.now.centre,
            window_width=views.window.now.width,
            camera_parallel=camera.parallel,
            turn=views.turn.now,
            slab=views.slab.now,
            smooth=views.smooth.now,
            cutaway=views.cutaway.now,
            edited=views.edited.now,
        )
