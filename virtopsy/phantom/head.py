"""The synthetic case as a volume: a head and neck after a gunshot, as a scanner would show it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy import ndimage
from threadpoolctl import threadpool_limits

from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, SourceSlice, Volume
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress
from virtopsy.phantom.anatomy import SPACING_MM, Anatomy, build
from virtopsy.phantom.field import WORKERS
from virtopsy.phantom.paint import painted
from virtopsy.phantom.shapes import Single
from virtopsy.phantom.truth import Truth

MODEL = 3  # raise it when the same seed gives other voxels: it enters every UID
_SLAB = 8
_LOWEST_HU, _HIGHEST_HU = -1024, 3071
_NOISE_HU = 27.0  # before the blur, which leaves about 10 HU of it
_BLUR = np.array([0.25, 0.5, 0.25], np.float32)  # in the slice
_BLUR_ACROSS = np.array([0.12, 0.76, 0.12], np.float32)


def uid(*parts: object) -> str:
    """Return a UID under 2.25 (PS3.5 B.2) that always is the same for the same parts."""
    text = "/".join(["virtopsy phantom", str(MODEL), *map(str, parts)])
    return f"2.25.{int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], 'big')}"


def identity(seed: int) -> Identity:
    """Return whose scan it says it is: plainly nobody's."""
    return Identity(
        patient_name="СИНТЕТИЧЕСКИЙ^СЛУЧАЙ",
        patient_id=f"PHANTOM-{seed:04d}",
        study_uid=uid(seed, "study"),
        study_date="2026-01-15",
        study_description="Виртуальное вскрытие: синтетический случай",
        series_uid=uid(seed, "series"),
        series_description=f"PMCT Head Neck {SPACING_MM} mm SYNTHETIC",
        modality="CT",
        frame_of_reference_uid=uid(seed, "frame"),
    )


def chosen_slices(body: Anatomy, slices: int | None) -> range:
    """Return which slices of the whole scan are wanted: all, or that many round the wound."""
    depth = body.frame.shape[0]
    if slices is None or slices >= depth:
        return range(depth)
    middle = body.frame.to_index(body.track.point(body.track.length / 2))[2]
    first = int(np.clip(round(float(middle) - slices / 2), 0, depth - slices))
    return range(first, first + slices)


def volume(
    seed: int, slices: int | None = None, progress: Progress | None = None
) -> tuple[Volume, Truth]:
    """Compute the case of a seed.

    Args:
        seed: chooses the pose, the asymmetries, the side and course of the shot, and the noise.
        slices: how many slices round the wound; None for the whole scan. The slices are the same
            to the last bit either way.
        progress: told of every slab.

    Returns:
        The volume, int16 HU within -1024 to 3071, and what is true in it.

    Raises:
        Cancelled: asked for through `progress`.
    """
    # Two threads paint; a matrix library with threads of its own would only fight them.
    with threadpool_limits(1, user_api="blas"):
        body = build(seed)
        wanted = chosen_slices(body, slices)
        voxels = _scanned(body, wanted, progress or Progress())
    frame = Frame.of(
        voxels.shape,
        origin_mm=body.frame.to_lps((0, 0, wanted.start)),
        spacing_mm=body.frame.spacing_mm,
    )
    sources = tuple(SourceSlice(uid(seed, "slice", k), Path(f"IM{k + 1:05d}")) for k in wanted)
    return Volume(voxels, frame, identity=identity(seed), sources=sources), body.truth()


def _scanned(body: Anatomy, wanted: Sequence[int], progress: Progress) -> Voxels:
    """Return the wanted slices after blur, noise and the scanner's rounding."""
    depth, rows, columns = body.frame.shape
    # Slabs start at multiples of their height, so that a part has the same bits as the whole.
    low = max(wanted[0] - 1, 0) // _SLAB * _SLAB
    high = min(-(-(wanted[-1] + 2) // _SLAB) * _SLAB, depth)
    clean = np.empty((high - low, rows, columns), np.float32)
    starts = range(low, high, _SLAB)

    def paint(start: int) -> None:
        end = min(start + _SLAB, depth)
        clean[start - low : end - low] = painted(body, start, end)

    found = np.empty((len(wanted), rows, columns), np.int16)

    def expose(position: int) -> None:
        found[position] = _exposed(body.seed, clean, low, wanted[position])

    with ThreadPoolExecutor(WORKERS) as pool:
        for done, _ in enumerate(pool.map(paint, starts), 1):
            progress.tick(done, len(starts) + 1)
        list(pool.map(expose, range(len(wanted))))
    progress.tick(len(starts) + 1, len(starts) + 1)
    return found


def _exposed(seed: int, clean: Single, low: int, k: int) -> Voxels:
    position = k - low
    before, after = max(position - 1, 0), min(position + 1, clean.shape[0] - 1)
    side, centre, _ = _BLUR_ACROSS
    slice_hu = side * (clean[before] + clean[after]) + centre * clean[position]
    random = np.random.default_rng((seed, 3, k))
    slice_hu += _NOISE_HU * random.standard_normal(slice_hu.shape, np.float32)
    for axis in (0, 1):
        slice_hu = ndimage.correlate1d(slice_hu, _BLUR, axis=axis, mode="nearest")
    voxels: Voxels = np.clip(np.rint(slice_hu), _LOWEST_HU, _HIGHEST_HU).astype(np.int16)
    return voxels
