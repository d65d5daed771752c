"""The presenters that mark, on a small volume with source slices, for the tests beside."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.forms import At, Form, form_named
from viewer.presenters.tools.handles import Handles
from viewer.presenters.tools.maker import FindingMaker
from viewer.presenters.tools.marks import Marks
from viewer.presenters.tools.points import PointsTool
from viewer.presenters.tools.trajectory import TrajectoryTool
from viewer.presenters.value import Value
from virtopsy.geometry.camera import Point, as_point
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane, facing
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.language import Language

SIZE = 60


def ball(radius_mm: float = 20.0) -> Volume:
    """Return a ball of bone in air, 1 mm voxels, its middle at (30, 30, 30) LPS mm."""
    frame = Frame.of((SIZE,) * 3, origin_mm=(0, 0, 0), spacing_mm=(1, 1, 1))
    z, y, x = np.meshgrid(*(np.arange(SIZE) - 30.0,) * 3, indexing="ij")
    inside = radius_mm - np.sqrt(x**2 + y**2 + z**2)
    voxels = np.clip(-1000 + 2000 * np.clip(inside + 0.5, 0, 1), -1000, 1000).astype(np.int16)
    sources = tuple(SourceSlice(f"1.9.{k}", Path("none")) for k in range(SIZE))
    identity = Identity(series_uid="1.2.3", frame_of_reference_uid="1.2.9")
    return Volume(voxels, frame, identity=identity, sources=sources)


class Room:
    """The presenters of the examine room that mark and draw."""

    def __init__(self, volume: Volume | None = None) -> None:
        numbers = count(1)
        self.session, self.views, self.person = Session(), Views(), Value("A. Expert")
        self.language = Value(Language.EN)
        self.views.show(ball() if volume is None else volume)
        self.findings = Findings(self.session, self.views, self.person)
        new_id = lambda: f"f{next(numbers)}"  # noqa: E731
        self.trajectory = TrajectoryTool(
            self.session, self.views, self.findings.selected, new_id, self.person
        )
        maker = FindingMaker(self.views, self.findings, new_id, self.person, self.language)
        self.points = PointsTool(self.session, self.views, self.findings, maker)
        self.handles = Handles(self.session, self.views, self.findings)
        self.marks = Marks(
            self.session,
            self.views,
            self.findings,
            self.trajectory,
            self.points,
            self.handles,
            self.language,
        )

    def at(self, lps_mm: Point, plane: str = "axial") -> At:
        """Return a place on a slice."""
        right, down, _, _ = facing(Plane(plane), self.views.turn.now)
        return At(lps_mm, plane, (as_point(right), as_point(down)))

    def click(self, *places: Point, plane: str = "axial") -> None:
        """Click one place after the other."""
        for one in places:
            self.points.click(self.at(one, plane))

    def take(self, name: str) -> Form:
        """Take a form in hand."""
        form = form_named(name)
        self.points.choose(form)
        return form


def in_3d(lps_mm: Point) -> At:
    """Return a place that was clicked in 3D."""
    return At(lps_mm, "3d", ((0.0, 1.0, 0.0),))
