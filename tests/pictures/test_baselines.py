"""Every preset, every standard view and every plane shows what was looked at and found right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.pictures.comparing import Picture, alike, differences, kept, renew
from viewer.render.engine import Mapper
from viewer.render.slice_camera import SliceCamera
from viewer.render.slice_view import SliceRenderer
from viewer.render.volume_view import VolumeView
from virtopsy.geometry.camera import STANDARD_VIEWS, standard_view
from virtopsy.geometry.frame import Frame
from virtopsy.geometry.plane import Plane
from virtopsy.geometry.turn import STRAIGHT
from virtopsy.imaging.cutaway import ClipPlane, Cutaway
from virtopsy.imaging.preset import Preset, presets
from virtopsy.imaging.slab import Projection, Slab
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import Window

_SIZE = (176, 132)
_WINDOW = Window(300.0, 2200.0)


def person(quantity: Quantity = Quantity.HU) -> Volume:
    """Skin, muscle, bone, teeth, metal and gas, different on every side of the patient."""
    frame = Frame.of((72, 64, 64), origin_mm=(-32, -32, -36), spacing_mm=(1.0, 1.0, 1.0))
    k, j, i = np.indices(frame.shape)
    x, y, z = np.moveaxis(frame.to_lps(np.stack([i, j, k], axis=-1)), -1, 0)

    def ball(cx: float, cy: float, cz: float, radius: float) -> np.ndarray:
        away = np.sqrt((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2)
        return np.clip(radius - away + 0.5, 0, 1)

    hu = np.full(frame.shape, -1000.0)
    for share, value in (
        (np.clip(27 - np.sqrt(x**2 + (y / 1.05) ** 2 + (z / 1.2) ** 2) + 0.5, 0, 1), -80.0),
        (np.clip(24 - np.sqrt(x**2 + (y / 1.05) ** 2 + (z / 1.2) ** 2) + 0.5, 0, 1), 60.0),
        (np.clip(19 - np.sqrt(x**2 + (y / 1.05) ** 2 + (z / 1.2) ** 2) + 0.5, 0, 1), 900.0),
        (np.clip(14 - np.sqrt(x**2 + y**2 + (z / 1.2) ** 2) + 0.5, 0, 1), 40.0),
        (ball(26, -4, 0, 5), 60.0),  # an ear, on the left alone
        (ball(4, -29, -4, 4), 60.0),  # a nose
        (ball(10, -16, -14, 4), 2200.0),  # a tooth
        (ball(-8, 3, 8, 3), 3000.0),  # metal
        (ball(3, 4, 4, 5), -900.0),  # gas
        (ball(-17, -6, 12, 5), -1000.0),  # a hole in the bone, on the right
        (ball(-24, -8, 16, 6), -1000.0),
    ):
        hu += share * (value - hu)
    values = np.rint(hu if quantity is Quantity.HU else (hu + 1000) / 4)
    return Volume(values.astype(np.int16), frame, quantity)


def drawn(view: str, preset: Preset, volume: Volume | None = None) -> Picture:
    volume = volume or person()
    made = VolumeView(volume, _SIZE, preset=preset, mapper=Mapper.CPU)
    picture = made.picture(standard_view(volume.frame, view, aspect=_SIZE[0] / _SIZE[1]))
    made.close()
    assert picture is not None
    return picture


def cut(plane: Plane, volume: Volume, slab: Slab | None = None) -> Picture:
    camera = SliceCamera.fit(volume.frame, plane, (-8.0, 3.0, 8.0), *_SIZE)
    grey = SliceRenderer(volume).pixels(camera, _WINDOW, slab)
    return np.repeat(grey[..., None], 3, axis=2)


def hold(name: str, picture: Picture) -> None:
    renew(name, picture)
    known = kept(name)
    assert alike(picture, known), f"{name}: {differences(picture, known)}"


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_every_standard_view_is_as_it_was_looked_at(view: str) -> None:
    hold(f"view_{view}", drawn(view, presets()["bone"]))


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_as_it_was_looked_at(name: str) -> None:
    preset = presets()[name]
    kind = Quantity.HU if preset.fits(Quantity.HU) else Quantity.SIGNAL
    hold(f"preset_{name}", drawn("left", preset, person(kind)))


@pytest.mark.parametrize("plane", list(Plane))
def test_every_plane_is_as_it_was_looked_at(plane: Plane) -> None:
    hold(f"slice_{plane.value}", cut(plane, person()))


def test_slab_oblique_and_cut_are_as_they_were_looked_at() -> None:
    volume = person()
    hold("slab_mip", cut(Plane.CORONAL, volume, Slab(Projection.MIP, 20.0)))
    turn = STRAIGHT.about((0, 0, 1), 0.5)
    camera = SliceCamera.fit(volume.frame, Plane.CORONAL, (0, 0, 0), *_SIZE, turn)
    grey = SliceRenderer(volume).pixels(camera, _WINDOW)
    hold("oblique", np.repeat(grey[..., None], 3, axis=2))
    view = VolumeView(volume, _SIZE, preset=presets()["skin"], mapper=Mapper.CPU)
    view.hide(Cutaway((ClipPlane((0.0, 0.0, 6.0), (0.0, 0.0, 1.0)),)))
    picture = view.picture(standard_view(volume.frame, (35.0, 50.0), aspect=4 / 3))
    view.close()
    assert picture is not None
    hold("cut_open", picture)


def _without_ear(volume: Volume) -> Volume:
    voxels = volume.voxels.copy()
    voxels[:, :, 57:] = -1000
    return Volume(voxels, volume.frame)


_WRONG: dict[str, Callable[[], tuple[str, Picture]]] = {
    "left for right": lambda: ("view_anterior", drawn("anterior", presets()["bone"])[:, ::-1]),
    "head for feet": lambda: ("view_left", drawn("left", presets()["bone"])[::-1]),
    "back for front": lambda: ("view_anterior", drawn("posterior", presets()["bone"])),
    "no ear": lambda: ("preset_skin", drawn("left", presets()["skin"], _without_ear(person()))),
    "another preset": lambda: ("preset_bone", drawn("left", presets()["skin"])),
    "other light": lambda: (
        "preset_bone",
        drawn("left", replace(presets()["bone"], diffuse=0.4)),
    ),
    "a slice turned over": lambda: ("slice_axial", cut(Plane.AXIAL, person())[:, ::-1]),
    "a slice upside down": lambda: ("slice_coronal", cut(Plane.CORONAL, person())[::-1]),
    "no metal": lambda: (
        "slice_axial",
        cut(Plane.AXIAL, replace(person(), voxels=np.minimum(person().voxels, 900))),
    ),
}


@pytest.mark.parametrize("fault", _WRONG)
def test_a_wrong_picture_is_found(fault: str) -> None:
    name, picture = _WRONG[fault]()
    assert not alike(picture, kept(name)), fault
