"""A key picture is looked at again as it was: place, plane and grey values."""

from __future__ import annotations

import pytest

from tests.viewer.presenters.tools.marking_room import Room
from viewer.presenters.tools.kept import key_picture
from virtopsy.geometry.plane import Plane, facing
from virtopsy.imaging.window import Window


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_the_slice_the_plane_and_the_window_come_back(plane: str, angle: float) -> None:
    room = Room()
    views = room.views
    about = {"axial": "coronal", "coronal": "sagittal", "sagittal": "axial"}[plane]
    views.turn_about(about, angle)
    views.window.set(Window(300.0, 1500.0))
    views.go((25.0, 33.0, 28.0))
    centre = views.centre_of(plane)
    room.points.keep(key_picture(room.points.maker, views, room.at(centre, plane), 90.0))
    kept = facing(Plane(plane), views.turn.now)
    along = views.along_mm(plane)
    views.reset()
    views.window.set(Window(40.0, 400.0))
    views.go((5.0, 5.0, 5.0))
    room.findings.look()
    again = facing(Plane(plane), views.turn.now)
    assert again.normal == pytest.approx(kept.normal, abs=1e-9)
    assert again.right == pytest.approx(kept.right, abs=1e-9)
    assert views.along_mm(plane) == pytest.approx(along, abs=1e-6)
    assert views.window.now == Window(300.0, 1500.0)
    assert views.centre_of(plane) == pytest.approx(centre, abs=1e-6)
