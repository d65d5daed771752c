"""What is measured with the mouse is what was built, however the scanner lay the slices.

Three beads lie in a plane of the patient. Each scan samples the same body on another grid: axial,
sagittal and coronal slices, feet first, prone, oblique, thick. The hand knows nothing of the
truth: it finds the beads in the picture by their size and clicks their middles.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from viewer.presenters.tools.forms import form_named
from virtopsy.findings.measure import Measure
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.geometry.plane import Plane, facing
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.imaging.window import Window

_BEADS = (((-26.0, -17.0), 6.0), ((22.0, -12.0), 5.0), ((6.0, 24.0), 4.0))
"""(right, down) of the middle on the picture, and radius, mm."""
_SPAN_MM = 88.0
_X, _Y, _Z = np.eye(3)
# Columns are the unit vectors of i, j, k in LPS; spacing along them.
GRIDS = {
    "axial": (np.stack((_X, _Y, _Z), axis=1), (1.0, 1.0, 1.5)),
    "feet first": (np.stack((-_X, _Y, -_Z), axis=1), (1.0, 1.0, 1.5)),
    "prone": (np.stack((-_X, -_Y, _Z), axis=1), (1.0, 1.0, 1.5)),
    "sagittal": (np.stack((_Y, -_Z, -_X), axis=1), (1.0, 1.0, 2.0)),
    "coronal": (np.stack((_X, -_Z, _Y), axis=1), (1.0, 1.0, 2.0)),
    "oblique": (
        np.stack((_X, _Y, _Z), axis=1)
        @ Rotation.from_euler("xyz", (12, -20, 31), degrees=True).as_matrix().T,
        (1.0, 1.1, 1.4),
    ),
    "thick": (np.stack((_X, _Y, _Z), axis=1), (0.8, 0.8, 4.0)),
}


def scan(grid: str, plane: str) -> Volume:
    """Return the three beads of metal in soft tissue, in a plane of the patient through 0."""
    directions, spacing = GRIDS[grid]
    counts = [math.ceil(_SPAN_MM / one) for one in spacing]
    shape = (counts[2], counts[1], counts[0])
    corner = directions @ (-(np.array(counts) - 1) / 2 * spacing)
    frame = Frame.of(shape, origin_mm=corner, spacing_mm=spacing, directions=directions)
    k, j, i = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    places: Floats = frame.to_lps(np.stack((i, j, k), axis=-1).reshape(-1, 3)).reshape(*shape, 3)
    right, down, _, _ = facing(Plane(plane))
    voxels = np.full(shape, 40.0)
    for (x, y), radius in _BEADS:
        away = np.linalg.norm(places - (x * right + y * down), axis=-1)
        voxels += 2500 * np.clip((radius - away) / max(spacing) + 0.5, 0, 1)
    sources = tuple(SourceSlice(f"1.9.{n}", Path("none")) for n in range(shape[0]))
    identity = Identity(series_uid="1.2.3", frame_of_reference_uid="1.2.9")
    return Volume(voxels.astype(np.int16), frame, identity=identity, sources=sources)


def beads(view: Any) -> list[QPoint]:
    """Return where a person sees the middles of the beads, the largest one first."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    flat: NDArray[np.uint8] = np.frombuffer(image.constBits(), np.uint8)
    grey = flat.reshape(image.height(), image.bytesPerLine())[:, : image.width()]
    bright, _ = ndimage.label(ndimage.binary_opening(grey > 200, iterations=3))
    sizes = np.bincount(bright.ravel())[1:]
    largest = np.argsort(-sizes)[:3] + 1
    middles = ndimage.center_of_mass(bright > 0, bright, largest)
    ratio = view.devicePixelRatioF()
    return [QPoint(round(x / ratio), round(y / ratio)) for y, x in middles]


@pytest.fixture
def show(screen: Any, opened_body: Any) -> Any:
    def made(volume: Volume, plane: str) -> Any:
        screen.parts.opening.show(replace(opened_body, volume=volume))
        screen.parts.views.window.set(Window(1500.0, 1400.0))
        screen.parts.views.layout.set(plane)
        screen.parts.views.go((0.0, 0.0, 0.0))
        screen.bot.waitUntil(screen.slice(plane).isVisible, timeout=5000)
        screen.live()
        return screen.slice(plane)

    return made


def measured(screen: Any, view: Any, name: str, places: list[QPoint]) -> Measure:
    """Mark a measure with the mouse and return it; the case is empty again after."""
    screen.parts.give_up_marking()
    screen.parts.points.choose(form_named(name))
    screen.parts.tool.set("measure")
    for at in places:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    QTest.keyClick(view, Qt.Key.Key_Return)
    (found,) = screen.parts.session.case.findings
    assert isinstance(found, Measure)
    screen.parts.session.undo()
    return found


@pytest.mark.parametrize("plane", ["axial", "coronal", "sagittal"])
@pytest.mark.parametrize("grid", GRIDS)
def test_length_angle_and_area_are_true_within_their_stated_error(
    screen: Any, show: Any, grid: str, plane: str
) -> None:
    volume = scan(grid, plane)
    view = show(volume, plane)
    seen = beads(view)
    flat = np.array([middle for middle, _ in _BEADS])
    a, b, c = flat
    arm, other = a - b, c - b
    cosine = float(arm @ other) / float(np.linalg.norm(arm) * np.linalg.norm(other))
    truth = {
        "measure.length": float(np.linalg.norm(a - b)),
        "measure.angle": math.degrees(math.acos(cosine)),
        "measure.area": abs(float(np.linalg.det(np.stack((b - a, c - a))))) / 2,
    }
    tight = {"measure.length": 1.0, "measure.angle": 1.5, "measure.area": 30.0}
    right, down, normal, _ = facing(Plane(plane))
    for name, wanted in truth.items():
        places = seen[:2] if name == "measure.length" else seen
        found = measured(screen, view, name, places)
        told = found.quantities[0]
        off = abs(told.value - wanted)
        assert off <= tight[name], (name, told.value, wanted)
        if told.half95 is not None:
            assert off <= told.half95
        else:
            assert told.low is not None
            assert told.high is not None
            assert told.low <= wanted <= told.high
        for point, middle in zip(found.points_lps_mm, flat, strict=False):
            at = middle[0] * right + middle[1] * down
            assert math.dist(point, at) < 1.0, "and it is the right place of the patient"
        lies = abs(float(normal @ volume.frame.directions[:, 2])) > 1 - 1e-6
        assert found.resampled == (not lies), "only the acquired plane is not computed"
        source = volume.nearest_source(found.points_lps_mm[0])
        assert source is not None
        assert found.seen_on_slice == source.sop_uid
