"""One stop of the court walkthrough: what is shown, from where, and the words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np

from virtopsy import records
from virtopsy.errors import InputError
from virtopsy.geometry.camera import Camera3D
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging import cutaway_record
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.slab import Projection, Slab

Point: TypeAlias = tuple[float, float, float]
_DECIMALS = 3
_FINE = 9  # of a rotation, so that it stays one
_ROUNDED = 1e-8  # what that takes from it
_WIDEST, _THICKEST_MM, _SQUARE = 1e9, 5000.0, 1e-5


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A frozen view with its caption.

    Attributes:
        stop_id: stays the same through every version.
        caption: the words the court reads.
        series_uid: the series shown.
        layout: which views are seen, as the room names it ("all", "volume", "axial", ...).
        position_mm: the crosshair, LPS mm.
        camera_position_mm, camera_focal_mm: of the 3D view, LPS mm.
        camera_up: unit vector, LPS.
        camera_angle_deg: vertical opening of the 3D camera.
        preset: of the 3D view.
        window_centre, window_width: of the slices, in the unit of the volume.
        camera_parallel: how the 3D view is projected.
        turn: of the slices against the patient's planes.
        slab: how thick the slices are; None: thin.
        smooth: whether they are interpolated.
        cutaway: what the 3D view hides.
        edited: the preset where it was changed by hand.
    """

    stop_id: str
    caption: str
    series_uid: str
    layout: str
    position_mm: Point
    camera_position_mm: Point
    camera_focal_mm: Point
    camera_up: Point
    camera_angle_deg: float
    preset: str
    window_centre: float
    window_width: float
    camera_parallel: bool = False
    turn: Turn = STRAIGHT
    slab: Slab | None = None
    smooth: bool = True
    cutaway: Cutaway = NOTHING_HIDDEN
    edited: Preset | None = None


_NESTED = ("turn", "slab", "cutaway", "edited")


def to_record(stop: Stop) -> dict[str, Any]:
    """Return the stop as JSON values, lengths rounded to a micrometre.

    What is as usual is left out: a plain stop reads as it always did.
    """
    record = {
        one.name: _plain(getattr(stop, one.name))
        for one in fields(stop)
        if one.name not in _NESTED and getattr(stop, one.name) != one.default
    }
    if not stop.turn.is_straight:
        record["turn"] = [[round(part, _FINE) + 0.0 for part in row] for row in stop.turn.rows]
    if stop.slab is not None:
        mm = round(stop.slab.thickness_mm, _DECIMALS)
        record["slab"] = {"projection": stop.slab.projection.value, "thickness_mm": mm}
    if stop.cutaway.steps:
        record["cutaway"] = cutaway_record.to_record(stop.cutaway)
    if stop.edited is not None:
        record["edited"] = stop.edited.to_record()
    return record


def from_record(record: object) -> Stop:
    """Read a stop back.

    Raises:
        InputError: a field is missing, unknown or of the wrong form.
    """
    try:
        given = records.fields(record)
        if unknown := set(given) - {one.name for one in fields(Stop)}:
            raise ValueError(f"unknown: {sorted(unknown)!r:.60}")  # noqa: TRY301 -- said below
        return _stop(given)
    except (ValueError, OverflowError) as error:
        raise InputError("court.stop.malformed", detail=str(error)) from error


def _stop(record: Mapping[str, Any]) -> Stop:
    made = Stop(
        stop_id=records.text(record.get("stop_id"), 200),
        caption=records.text(record.get("caption")),
        series_uid=records.text(record.get("series_uid"), 200),
        layout=records.text(record.get("layout"), 40),
        position_mm=records.point(record.get("position_mm")),
        camera_position_mm=records.point(record.get("camera_position_mm")),
        camera_focal_mm=records.point(record.get("camera_focal_mm")),
        camera_up=records.direction(record.get("camera_up")),
        camera_angle_deg=records.number(record.get("camera_angle_deg"), 0.1, 170),
        preset=records.text(record.get("preset"), 100),
        window_centre=records.number(record.get("window_centre"), -_WIDEST, _WIDEST),
        window_width=records.number(record.get("window_width"), 1, _WIDEST),
        camera_parallel=records.flag(record.get("camera_parallel", False)),
        turn=_turn(record["turn"]) if "turn" in record else STRAIGHT,
        slab=_slab(records.fields(record["slab"])) if "slab" in record else None,
        smooth=records.flag(record.get("smooth", True)),
        cutaway=cutaway_record.from_record(record.get("cutaway", [])),
        edited=Preset.from_record(records.fields(record["edited"])) if "edited" in record else None,
    )
    cutaway_record.seeing(Camera3D(made.camera_position_mm, made.camera_focal_mm, made.camera_up))
    return made


def _turn(record: object) -> Turn:
    first, second, third = (records.point(one, 1.01) for one in records.sequence(record, 3, 3))
    rows = (first, second, third)
    nearest = Turn.of(rows)
    off = float(np.abs(nearest.matrix - rows).max())
    if not off < _SQUARE:  # a mirror, or skew
        raise ValueError("no rotation")
    # As it was kept, so that it is kept the same again.
    return Turn(rows) if off < _ROUNDED else nearest


def _slab(record: Mapping[str, Any]) -> Slab:
    thick = records.number(record.get("thickness_mm"), 1e-3, _THICKEST_MM)
    return Slab(Projection(records.text(record.get("projection"), 40)), thick)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
