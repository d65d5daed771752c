"""One stop of the court walkthrough: what is shown, from where, and the words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from virtopsy.errors import InputError

Point: TypeAlias = tuple[float, float, float]
_DECIMALS = 3


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A frozen view with its caption.

    Attributes:
        stop_id: stays the same through every version.
        caption: the words the court reads.
        series_uid: the series shown.
        layout: "all" (four views), "volume", "axial", "coronal" or "sagittal".
        position_mm: the crosshair, LPS mm.
        camera_position_mm, camera_focal_mm: of the 3D view, LPS mm.
        camera_up: unit vector, LPS.
        camera_angle_deg: vertical opening of the 3D camera.
        preset: of the 3D view.
        window_centre, window_width: of the slices, in the unit of the volume.
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


def to_record(stop: Stop) -> dict[str, Any]:
    """Return the stop as JSON values, lengths rounded to a micrometre."""
    return {name: _plain(value) for name, value in asdict(stop).items()}


def from_record(record: Mapping[str, Any]) -> Stop:
    """Read a stop back.

    Raises:
        InputError: a field is missing or of the wrong form.
    """
    try:
        return Stop(**{name: _value(value) for name, value in record.items()})
    except (TypeError, ValueError) as error:
        raise InputError("findings.record.malformed", detail=str(error)) from error


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _value(value: Any) -> Any:
    return tuple(float(one) for one in value) if isinstance(value, list) else value
