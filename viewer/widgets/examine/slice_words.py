"""What one slice says of itself: where it lies, what is not plain about it, what it lacks."""

from __future__ import annotations

import math

import numpy as np

from viewer.presenters.examine.slabs import decimals
from viewer.widgets.parts import Parts
from virtopsy.geometry.plane import Plane, facing
from virtopsy.imaging.compression import lossy_mark
from virtopsy.imaging.volume import Quantity, Volume

_ALONG = 0.7  # cosine: the view shows more of one slice than of all of them
_LEANS_DEG = 0.05
_SIDE = {"sagittal": ("L", "R"), "coronal": ("P", "A"), "axial": ("S", "I")}


def position_words(parts: Parts, plane: str) -> list[str]:
    """Say where a straight slice lies; along a leaning axis it would be no place of a body."""
    if _leans(parts, plane):
        return []
    value = parts.views.along_mm(plane)
    plus, minus = _SIDE[plane]
    side = plus if value >= 0 else minus
    return [parts.say("ui.view.position", side=side, mm=parts.number(abs(value)))]


def shown_how(parts: Parts, plane: str) -> list[str]:
    """Say what is not as a plain slice: that it leans, is thick, or is not interpolated."""
    views, say = parts.views, parts.say
    said = []
    if _leans(parts, plane):
        angle = parts.number(math.degrees(views.lean(plane)))
        said.append(say("reading.oblique", angle=angle))
    slab = views.slab.now
    if slab is not None:
        mm = parts.number(slab.thickness_mm, decimals(slab.thickness_mm))
        said.append(say(f"reading.slab.{slab.projection.value}.mm", mm=mm))
    if not views.smooth.now:
        said.append(say("reading.voxels"))
    return said


def shown_to_court(parts: Parts, plane: str) -> list[str]:
    """Say the same in the words of a court, one short remark each."""
    said = [parts.say("reading.court.oblique")] if _leans(parts, plane) else []
    slab = parts.views.slab.now
    if slab is not None:
        mm = parts.number(slab.thickness_mm, decimals(slab.thickness_mm))
        said.append(parts.say("reading.court.slab", mm=mm))
    return said


def remarks(parts: Parts, plane: str, volume: Volume, *, court: bool, hatched: bool) -> list[str]:
    """Return what must be known of the picture, one short line each.

    Args:
        parts: the presenters.
        plane: of the slice.
        volume: that is shown.
        court: whether a court reads it.
        hatched: whether a gap is hatched that nothing else speaks of.
    """
    said = [parts.say("render.gap.hatched")] if hatched else []
    if court:
        said += shown_to_court(parts, plane)
    elif volume.quantity is not Quantity.HU:
        said.append(parts.say("ui.view.not_hu"))
    mark, lossy = parts.subject.mark(parts.language.now), lossy_mark(volume, parts.language.now)
    return [one for one in (mark, *said, lossy) if one]


def awaited(parts: Parts, plane: str, volume: Volume) -> bool:
    """Tell whether the slice at the crosshair is still being read."""
    k = volume.slice_at(parts.views.position.now)
    normal = facing(Plane(plane), parts.views.turn.now).normal
    across = float(normal @ volume.frame.directions[:, 2])
    return k in volume.gaps and k not in volume.missing and abs(across) > _ALONG


def beyond(parts: Parts, plane: str, volume: Volume) -> bool:
    """Tell whether the slice at the crosshair passes by the scan: a compared one may."""
    normal = facing(Plane(plane), parts.views.turn.now).normal
    ends = (volume.frame.corners_mm - np.asarray(parts.views.position.now)) @ normal
    half = max(volume.frame.spacing_mm) / 2
    return bool(ends.min() > half or ends.max() < -half)


def _leans(parts: Parts, plane: str) -> bool:
    return math.degrees(parts.views.lean(plane)) >= _LEANS_DEG
