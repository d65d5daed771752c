"""One stop of the court walkthrough: what is shown, from where, and the words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

from virtopsy.errors import InputError
from virtopsy.geometry.turn import STRAIGHT, Turn
from virtopsy.imaging import cutaway_record
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway
from virtopsy.imaging.preset import Preset
from virtopsy.imaging.slab import Projection, Slab

Point: TypeAlias = tuple[float, float, float]
_DECIMALS = 3
_FINE = 9  # of a rotation, so that it stays one


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


def from_record(record: Mapping[str, Any]) -> Stop:
    """Read a stop back.

    Raises:
        InputError: a field is missing or of the wrong form.
    """
    plain = {name: _value(value) for name, value in record.items() if name not in _NESTED}
    try:
        slab = record.get("slab")
        return Stop(
            **plain,
            turn=Turn.of(record["turn"]) if "turn" in record else STRAIGHT,
            slab=None if slab is None else _slab(slab),
            cutaway=cutaway_record.from_record(record.get("cutaway", [])),
            edited=Preset.from_record(record["edited"]) if "edited" in record else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("findings.record.malformed", detail=str(error)) from error


def _slab(record: Mapping[str, Any]) -> Slab:
    return Slab(Projection(record["projection"]), float(record["thickness_mm"]))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _value(value: Any) -> Any:
    return tuple(float(one) for one in value) if isinstance(value, list) else value
