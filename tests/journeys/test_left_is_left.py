"""Left is left: three balls keep their places from the file to the page, however one lay.

What is expected comes from the solid alone (how far each ball lies from the middle of the body),
what is found from pixels alone; no camera of the product stands between them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813 -- its own documentation's name
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from tests.journeys.conftest import Cli, Hand
from tests.journeys.seeing import ACCENT, Mask, Picture, Place, letters, near, seen, spots
from virtopsy.phantom import asymmetric
from virtopsy.phantom.asymmetric import POSITIONS, Mark

_CENTRE = np.array((12.0, -30.0, -412.5))
_RADII = np.array((15.0, 19.0, 21.0))
_MARKS = asymmetric.marks()
# Right and down of each view, and the letters left, right, top, bottom that say so.
_SEEN_AS = {
    "axial": ((1, 0, 0), (0, 1, 0), "RLAP"),
    "coronal": ((1, 0, 0), (0, 0, -1), "RLHF"),
    "sagittal": ((0, 1, 0), (0, 0, -1), "APHF"),
    "anterior": ((1, 0, 0), (0, 0, -1), "RLHF"),
    "posterior": ((-1, 0, 0), (0, 0, -1), "LRHF"),
    "left": ((0, 1, 0), (0, 0, -1), "APHF"),
    "right": ((0, -1, 0), (0, 0, -1), "PAHF"),
    "superior": ((-1, 0, 0), (0, 1, 0), "LRAP"),
    "inferior": ((1, 0, 0), (0, 1, 0), "RLAP"),
}
_THROUGH, _CLEAR_OF = 2.0, 3.5  # a slice this near a ball's middle shows it; this far, it does not


@pytest.fixture(scope="session")
def scans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The solid as scanned in every patient position."""
    folder = tmp_path_factory.mktemp("asymmetric")
    for position in POSITIONS:
        asymmetric.write(folder / position, position)
    return {position: folder / position for position in POSITIONS}


def _white(picture: Picture) -> Mask:
    """Return what is brighter than any word: the balls, with a line drawn through them closed."""
    return ndimage.binary_closing(picture.min(axis=-1) >= 245, iterations=4)


def _pale(picture: Picture) -> Mask:
    """Return what is shaded like bone: bright, and of hardly any colour."""
    bright, dull = picture.max(axis=-1).astype(int), picture.min(axis=-1).astype(int)
    return (bright > 90) & (bright - dull < 0.35 * bright)


def _ink(picture: Picture) -> Mask:
    """Return what is written: bright, and without the warmth of bone."""
    return (picture.min(axis=-1) > 140) & (np.ptp(picture.astype(int), axis=-1) <= 8)


def _offsets(marks: dict[str, Mark], view: str) -> dict[str, NDArray[np.float64]]:
    """Return how far right and down of the body's middle each ball is seen, mm."""
    right, down = np.array(_SEEN_AS[view][0]), np.array(_SEEN_AS[view][1])
    away = {name: np.array(mark.centre_mm) - _CENTRE for name, mark in marks.items()}
    return {name: np.array((one @ right, one @ down)) for name, one in away.items()}


def _assert_slice(picture: Picture, plane: str, at_mm: float) -> None:
    """Hold the balls of a slice to their places, measured against the grey body round them."""
    axis = {"sagittal": 0, "coronal": 1, "axial": 2}[plane]
    right, down = (np.argmax(np.abs(one)) for one in _SEEN_AS[plane][:2])
    grey = picture[..., 0].astype(int)
    flat = (np.ptp(picture.astype(int), axis=-1) < 8) & (grey > 110) & (grey < 145)
    body = ndimage.binary_fill_holes(ndimage.binary_closing(flat | _white(picture), iterations=4))
    body = ndimage.binary_opening(body, iterations=6)
    (whole, *_) = spots(body, 400)
    rows, columns = np.nonzero(body)
    middle = np.array(((columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2))
    assert np.linalg.norm(middle - whole.place) < 0.1 * np.ptp(columns)
    share = np.sqrt(1 - ((at_mm - _CENTRE[axis]) / _RADII[axis]) ** 2)
    pixels_per_mm = np.array((np.ptp(columns), np.ptp(rows))) / (2 * share * _RADII[[right, down]])
    found = [
        (np.array(one.place) - middle) / pixels_per_mm for one in spots(_white(picture) & body, 30)
    ]
    offsets = _offsets(_MARKS, plane)
    across = {name: abs(mark.centre_mm[axis] - at_mm) for name, mark in _MARKS.items()}
    for name, place in offsets.items():
        if across[name] <= _THROUGH:
            nearest = min(float(np.linalg.norm(one - place)) for one in found)
            assert nearest < 1.5, f"{name} on {plane}: at {found}, not at {place}"
    for one in found:
        away = {name: float(np.linalg.norm(one - place)) for name, place in offsets.items()}
        name = min(away, key=lambda name: away[name])
        assert away[name] < 1.5, f"{plane}: nothing belongs at {one}"
        assert across[name] < _CLEAR_OF


def _misfit(found: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """Return how badly three places are three others but for shift and scale, 0 is perfect."""
    a, b = found - found.mean(axis=0), wanted - wanted.mean(axis=0)
    scale = float((a * b).sum() / (b * b).sum())
    return float(np.linalg.norm(a - max(scale, 0.0) * b) / np.linalg.norm(a))


def _assert_volume(picture: Picture, view: str) -> list[Place]:
    """Hold the three balls to how they lie to each other from this side; return their places."""
    found = [one.place for one in spots(_pale(picture), 150)[:3]]
    assert len(found) == 3, f"{view}: three balls are shown, {len(found)} seen"
    wanted = np.array(list(_offsets(_MARKS, view).values()))
    orders = [np.array(order) for order in itertools.permutations(found)]
    true = min(_misfit(one, wanted) for one in orders)
    for flipped in ((-1, 1), (1, -1), (-1, -1)):
        mirrored = min(_misfit(one, wanted * flipped) for one in orders)
        assert true < min(0.2, mirrored - 0.1), (
            f"{view}: {true:.2f}, flipped by {flipped}: {mirrored:.2f}"
        )
    return found


@pytest.mark.parametrize("position", POSITIONS)
def test_a_loaded_scan_has_each_ball_at_its_place(
    scans: dict[str, Path], position: str, cli: Cli
) -> None:
    out = cli.folder / "volume.nii.gz"
    cli.facts(0, "load", str(scans[position]), "--out", str(out))
    image = sitk.ReadImage(str(out))
    voxels = sitk.GetArrayFromImage(image)
    for name, mark in _MARKS.items():
        assert image[image.TransformPhysicalPointToIndex(mark.centre_mm)] == mark.hu, name
        middle = np.argwhere(voxels == mark.hu).mean(axis=0)[::-1]
        place = image.TransformContinuousIndexToPhysicalPoint(middle.tolist())
        assert place == pytest.approx(mark.centre_mm, abs=0.8), name


@pytest.mark.parametrize("position", POSITIONS)
def test_the_window_paints_each_ball_on_its_side(
    new_window: Callable[[], Hand], scans: dict[str, Path], position: str
) -> None:
    hand = new_window()
    hand.open_scan(scans[position])
    for mark in _MARKS.values():
        hand.point("axial", mark.centre_mm)
        hand.point("coronal", mark.centre_mm)
        for plane, axis in (("sagittal", 0), ("coronal", 1), ("axial", 2)):
            at = hand.parts.views.position.now[axis]
            assert at == pytest.approx(mark.centre_mm[axis], abs=0.5)
            picture = seen(hand.slice(plane))
            assert letters(near(picture, ACCENT, 90), 24, 14) == _SEEN_AS[plane][2]
            _assert_slice(picture, plane, at)
    for view in ("anterior", "posterior", "left", "superior"):
        hand.volume.eye.look_from(view)
        hand.settle()
        picture = seen(hand.volume)
        free = hand.volume.cutter.free
        assert free is not None
        above_controls = picture[: round(free())]
        assert letters(near(above_controls, ACCENT, 90), 24, 14) == _SEEN_AS[view][2]
        _assert_volume(picture, view)


@pytest.mark.parametrize("position", POSITIONS)
def test_rendered_pictures_show_each_ball_on_its_side(
    scans: dict[str, Path], position: str, cli: Cli
) -> None:
    out = cli.folder / "picture.png"
    for view in ("anterior", "posterior", "left", "right", "superior", "inferior"):
        asked = ("--view", view, "--preset", "bone", "--size", "400x320")
        cli.words(0, "render", str(scans[position]), *asked, "--out", str(out))
        picture = _without_block(out, 320)
        assert letters(_ink(picture), 22, 12) == _SEEN_AS[view][2]
        _assert_volume(picture, view)


def _without_block(path: Path, height: int) -> Picture:
    """Return a picture without the words below it."""
    return np.asarray(Image.open(path).convert("RGB"))[:height]


# Beside the balls, and deciding which plane and which side the two pictures of a bundle show;
# mm from the body's middle.
_TRACKS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "coronal": ((-13.5, 1.4, -10.0), (-12.0, 1.6, 9.0)),
    "sagittal": ((0.9, 16.0, -10.0), (1.1, 15.0, 9.0)),
    "axial": ((-14.0, 10.0, -2.6), (-8.0, 17.0, -2.4)),
}


@pytest.mark.parametrize(
    ("position", "shown"),
    [
        *(("HFS", "coronal"), ("HFP", "sagittal"), ("FFS", "axial")),
        *(("FFP", "coronal"), ("HFDL", "axial"), ("FFDR", "sagittal")),
    ],
)
def test_a_court_bundle_shows_each_ball_on_its_side(
    scans: dict[str, Path], position: str, shown: str, cli: Cli
) -> None:
    plane, ends = shown, _TRACKS[shown]
    bundle = _bundle(cli, scans[position], [(_CENTRE + end).tolist() for end in ends])
    made = json.loads((bundle / "data" / "meta" / "render.json").read_text(encoding="utf-8"))
    kinds = {
        one["kind"]: (path, one)
        for path, one in _pictures(made).items()
        if "before" not in path  # further away, with the line before the entry
    }
    path, slice_ = kinds["slice"]
    assert (slice_["plane"], slice_["size"]) == (plane, [1200, 900])
    picture = _without_block(bundle / path, 900)
    assert letters(_ink(picture), 44, 24) == _SEEN_AS[plane][2]
    axis = {"sagittal": 0, "coronal": 1, "axial": 2}[plane]
    _assert_slice(picture, plane, slice_["centre_lps_mm"][axis])
    assert (slice_["right_lps"], slice_["down_lps"]) == (
        pytest.approx(_SEEN_AS[plane][0]),
        pytest.approx(_SEEN_AS[plane][1]),
    )

    path, volume = kinds["volume"]
    camera = volume["camera"]
    towards = np.subtract(camera["position_lps_mm"], camera["focal_point_lps_mm"])
    side = _side(towards / np.linalg.norm(towards))
    picture = _without_block(bundle / path, 900)
    assert letters(_ink(picture), 44, 24) == _SEEN_AS[side][2]
    found = _assert_volume(picture, side)
    for mark in _MARKS.values():
        place = _projected(camera, (1200, 900), mark.centre_mm)
        assert min(np.linalg.norm(np.subtract(one, place)) for one in found) < 45


def _side(towards: NDArray[np.float64]) -> str:
    sides = {"anterior": (0, -1, 0), "posterior": (0, 1, 0), "left": (1, 0, 0), "right": (-1, 0, 0)}
    (name,) = [one for one, vector in sides.items() if towards @ vector > 0.999]
    return name


def _projected(camera: dict[str, Any], size: tuple[int, int], point: Place | Any) -> Place:
    """Return where a perspective camera, as render.json describes it, shows a point."""
    position = np.array(camera["position_lps_mm"])
    sight = np.subtract(camera["focal_point_lps_mm"], position)
    sight /= np.linalg.norm(sight)
    up = np.array(camera["view_up_lps"])
    offset = np.subtract(point, position)
    scale = size[1] / 2 / np.tan(np.radians(camera["view_angle_deg"]) / 2) / (offset @ sight)
    across, above = offset @ np.cross(sight, up) * scale, offset @ up * scale
    return size[0] / 2 + float(across), size[1] / 2 - float(above)


def _pictures(made: Any) -> dict[str, Any]:
    """Return path and parameters of every picture that `render.json` names."""
    return {one["file"]: one["parameters"] for one in made["pictures"]}


def _bundle(cli: Cli, scan: Path, ends: list[list[float]]) -> Path:
    """Take a scan in, mark a track, hand the case out, all by the command line."""
    archive, bundle, who = cli.folder / "archive", cli.folder / "bundle", ("--user", "Ахметов")
    cli.password("құпия сөз")
    track = cli.folder / "track.json"
    record = {"kind": "trajectory", "name": "Track", "ends_lps_mm": ends, "entry": 0}
    track.write_text(json.dumps({**record, "direction_by": "expert", "grounds": []}))
    case = ("--case", "1/2026", *who)
    cli.words(0, "archive", "init", str(archive), *who)
    cli.words(0, "archive", "import", str(archive), str(scan), *case)
    (series,) = cli.facts(0, "scan", str(scan))["studies"][0]["series"]
    marked = ("--series", series["uid"], "--json-file", str(track))
    cli.words(0, "archive", "finding", str(archive), *case, *marked)
    cli.words(0, "archive", "bundle", str(archive), *case, "--out", str(bundle))
    return bundle
