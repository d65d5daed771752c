"""One grid of voxels that rays are sent through: what `march` must know of it, made when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_cdt

from viewer.render import march
from viewer.render.layers import Layers
from viewer.render.scene import LIGHTS, step_mm
from virtopsy.errors import Bug, Cancelled
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, ClipPlane, Cutaway, Hidden, Scalpel
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.volume import Volume

Drawn: TypeAlias = tuple[NDArray[np.uint8], march.Singles, march.Bytes]
_BAND_ROWS = 8
_TABLE = 4096
_NO_MASK: march.Bytes = np.zeros((1, 1, 1), np.uint8)


class Marcher:
    """Draws one grid; not for two threads at once.

    Args:
        volume: the voxels, shared.
        pool: its threads draw bands of a picture.
    """

    def __init__(self, volume: Volume, pool: Executor) -> None:
        self.volume = volume
        self._pool = pool
        self._grid: _Grid | None = None
        self._preset: Preset | None = None
        self._shown: _Shown | None = None
        self._cutaway = NOTHING_HIDDEN
        self._planes: march.Singles = np.empty((0, 4), np.float32)
        self._mask: march.Bytes | None = _NO_MASK

    def set_preset(self, preset: Preset) -> None:
        """Draw by this preset, its points in the volume's own values."""
        self._preset, self._shown = preset, None

    def hide(self, cutaway: Cutaway) -> None:
        """Draw without this; a mask is made when a picture needs it."""
        if cutaway == self._cutaway:
            return
        self._cutaway = cutaway
        self._planes = _planes(cutaway.planes, self.volume.frame)
        self._mask = None if cutaway.without_planes.steps else _NO_MASK

    def draw(
        self,
        camera: Camera3D,
        size: Size,
        layers: Layers,
        background: march.Singles,
        stop: Event,
    ) -> Drawn | None:
        """Return the (h, w, 3) picture, the (h, w) depth of what is seen, and (h, w) what was cut.

        The depth is mm along the ray, infinite where nothing is seen. The last is 1 where something
        solid was cut away by hand before what is seen, or where its cut face is. None when `stop`
        was set.
        """
        grid, shown, mask = self._ready_grid(), self._ready_preset(), self._ready_mask(stop)
        if mask is None or stop.is_set():
            return None
        width, height = size
        picture = np.empty((height, width, 3), np.uint8)
        depth = np.empty((height, width), np.float32)
        cut = np.empty((height, width), np.uint8)
        view = rays(camera, size, self.volume.frame)
        lens = lens_of(camera, size, grid.step_mm)
        lights = _lights(camera)

        def band(first: int) -> None:
            if not stop.is_set():
                march.draw_rows(
                    grid.voxels,
                    shown.leap,
                    mask,
                    self._planes,
                    view,
                    lens,
                    shown.table,
                    shown.sums,
                    shown.scale,
                    shown.steep,
                    grid.to_lps,
                    lights,
                    shown.material,
                    *layers,
                    background,
                    first,
                    min(first + _BAND_ROWS, height),
                    picture,
                    depth,
                    cut,
                )

        list(self._pool.map(band, range(0, height, _BAND_ROWS)))
        if stop.is_set():
            return None
        depth[depth >= march.FAR] = np.inf
        return picture, depth, cut

    def _ready_grid(self) -> _Grid:
        if self._grid is None:
            self._grid = _Grid(self.volume, self._pool)
        return self._grid

    def _ready_preset(self) -> _Shown:
        if self._preset is None:
            raise Bug("a picture needs a preset")
        if self._shown is None:
            self._shown = _shown(self._preset, self._ready_grid())
        return self._shown

    def _ready_mask(self, stop: Event) -> march.Bytes | None:
        """Return what is hidden beside the planes; None when stopped before that was known."""
        if self._mask is None:
            rest = self._cutaway.without_planes
            knife = Cutaway(tuple(one for one in rest.steps if isinstance(one, Scalpel)))
            try:
                hidden = rest.hidden(self.volume.frame, _stopping(stop))
                by_hand = knife.hidden(self.volume.frame, _stopping(stop))
            except Cancelled:
                return None
            self._mask = _NO_MASK if hidden is None else _mask(hidden, by_hand)
        return self._mask


def _mask(hidden: Hidden, by_hand: Hidden | None) -> march.Bytes:
    """Return the `hidden` of `march.draw_rows`."""
    mask = hidden.view(np.uint8)
    if by_hand is not None:
        mask[by_hand] = march.KNIFE
    return _thick(mask)


class _Grid:
    """The voxels as the loops want them, and the range of values in each block of them."""

    def __init__(self, volume: Volume, pool: Executor) -> None:
        self.voxels = _thick(volume.voxels)
        self.voxels.setflags(write=False)  # the loops are compiled once, for arrays nobody writes
        self.step_mm = step_mm(volume.frame)
        inverse = np.linalg.inv(volume.frame.affine[:3, :3])
        # A central difference spans two voxels; gradients transform by the inverse's transpose.
        self.to_lps = np.ascontiguousarray(inverse.T / 2, dtype=np.float32)
        blocks = tuple(-(-n // march.BLOCK) for n in self.voxels.shape)
        self.low = np.empty(blocks, self.voxels.dtype)
        self.high = np.empty(blocks, self.voxels.dtype)

        def part(first: int) -> None:
            begin, end = first * march.BLOCK, (first + 1) * march.BLOCK + 1
            one = slice(first, first + 1)
            march.block_ranges(self.voxels[begin:end], self.low[one], self.high[one])

        list(pool.map(part, range(blocks[0])))


def _thick(values: NDArray[Any]) -> NDArray[Any]:
    """Return (k, j, i) values with at least two along each axis: interpolation needs neighbours."""
    missing = [(0, int(n == 1)) for n in values.shape]
    return np.pad(values, missing, mode="edge") if any(map(any, missing)) else values


@dataclass(frozen=True, eq=False)
class _Shown:
    """A preset as the loops want it.

    Attributes:
        table: (n, 4) red, green, blue, opacity of one step.
        sums: (n + 1, 4), what the rows before each add up to, the colours times the opacity.
        scale: value of the first row, rows a unit.
        steep: factor of the opacity by the difference of neighbouring voxels; empty: none.
        material: ambient, diffuse, specular, specular power.
        leap: blocks to the next with anything visible.
    """

    table: march.Singles
    sums: Floats
    scale: march.Singles
    steep: march.Singles
    material: march.Singles
    leap: march.Bytes


def _shown(preset: Preset, grid: _Grid) -> _Shown:
    places = [value for value, *_ in (*preset.opacity, *preset.colour)]
    low, high = min(places), max(*places, min(places) + 1)
    values = np.linspace(low, high, _TABLE)
    table = np.empty((_TABLE, 4), np.float32)
    at, *channels = zip(*preset.colour, strict=True)
    for channel, shares in enumerate(channels):
        table[:, channel] = np.interp(values, at, shares)
    per_mm = np.clip(preset.opacity_per_mm(values), 0, 0.9999)
    table[:, 3] = 1 - (1 - per_mm) ** grid.step_mm
    scale = np.array([low, (_TABLE - 1) / (high - low)], np.float32)
    material = (preset.ambient, preset.diffuse, preset.specular, preset.specular_power)
    return _Shown(
        table,
        _sums(table),
        scale,
        _steep(preset),
        np.array(material, np.float32),
        _leap(grid, table, scale),
    )


def _sums(table: march.Singles) -> Floats:
    """(n + 1, 4): what the rows before each add up to, colour times opacity and opacity."""
    weighted = table.astype(np.float64)
    weighted[:, :3] *= weighted[:, 3:]
    return np.vstack([np.zeros((1, 4)), np.cumsum(weighted, axis=0)])


def _steep(preset: Preset) -> march.Singles:
    if not preset.gradient:
        return np.empty(0, np.float32)
    at, shares = zip(*preset.gradient, strict=True)
    steep: march.Singles = np.interp(np.arange(int(at[-1]) + 2), at, shares).astype(np.float32)
    return steep


def _leap(grid: _Grid, table: march.Singles, scale: march.Singles) -> march.Bytes:
    """(blocks) the chessboard distance of each to the next with anything visible."""
    visible = np.concatenate([[0], np.cumsum(table[:, 3] > 0)])
    last = len(table) - 1

    def row(values: NDArray[Any]) -> NDArray[np.intp]:
        rows = (values.astype(np.float32) - scale[0]) * scale[1]
        found: NDArray[np.intp] = np.clip(rows + 0.5, 0, last).astype(np.intp)
        return found

    occupied = visible[row(grid.high) + 1] > visible[row(grid.low)]
    if not occupied.any():
        return np.full(occupied.shape, 255, np.uint8)
    away: march.Bytes = np.minimum(distance_transform_cdt(~occupied, "chessboard"), 255).astype(
        np.uint8
    )
    return away


def rays(camera: Camera3D, size: Size, frame: Frame) -> march.Singles:
    """Return the rays of a picture in index space, the `view` of `march.draw_rows`."""
    right, up, sight = camera.axes
    inverse = frame.index_from_lps[:3, :3]
    x, y = (size[0] - 1) / 2, (size[1] - 1) / 2
    if camera.parallel:
        pixel = camera.height_mm / size[1]
        eye = start_mm(camera, frame) - (right * x - up * y) * pixel
        towards = sight
    else:
        pixel = camera.height_mm / size[1] / camera.distance_mm
        eye = np.array(camera.position)
        towards = sight - (right * x - up * y) * pixel
    rows = [frame.to_index(eye), inverse @ towards, inverse @ right * pixel, inverse @ -up * pixel]
    return np.array(rows, np.float32)


def lens_of(camera: Camera3D, size: Size, step_mm: float) -> march.Singles:
    """Return the `lens` of `march.draw_rows`."""
    focal = 0.0 if camera.parallel else camera.height_mm / size[1] / camera.distance_mm
    return np.array([(size[0] - 1) / 2, (size[1] - 1) / 2, focal, step_mm], np.float32)


def start_mm(camera: Camera3D, frame: Frame) -> Floats:
    """Return the LPS point from which lengths along the rays are counted.

    A parallel camera may stand within the body; its rays begin before the whole grid.
    """
    if not camera.parallel:
        return np.array(camera.position)
    reach = float(np.linalg.norm(frame.corners_mm - camera.focal_point, axis=1).max())
    start: Floats = np.asarray(camera.focal_point) - camera.axes[2] * reach
    return start


def _lights(camera: Camera3D) -> march.Singles:
    right, up, sight = camera.axes
    rows = []
    for (x, y, z), bright in LIGHTS:
        towards = right * x + up * y - sight * z
        towards /= np.linalg.norm(towards)
        half = towards - sight
        rows.append([*towards, bright, *(half / np.linalg.norm(half))])
    return np.array(rows, np.float32)


def _planes(planes: Sequence[ClipPlane], frame: Frame) -> march.Singles:
    """(n, 4) half spaces of indices that are hidden."""
    found: list[Floats] = []
    for plane in planes:
        normal, point = np.array(plane.normal), np.array(plane.point_mm)
        along = frame.affine[:3, :3].T @ normal
        found.append(np.append(along, normal @ (frame.affine[:3, 3] - point)))
    return np.array(found, np.float32).reshape(-1, 4)


def _stopping(stop: Event) -> Callable[[], None]:
    def check() -> None:
        if stop.is_set():
            raise Cancelled

    return check
