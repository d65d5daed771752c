"""A cutaway as JSON values: for a stop of the walkthrough, and for making a picture again."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from virtopsy.errors import InputError
from virtopsy.geometry.camera import Camera3D
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.cutaway import ClipPlane, CropBox, Cutaway, OutsideBody, Scalpel, Step
from virtopsy.imaging.segment import Part

_DECIMALS = 6
_MOST_BLOCKS = 64_000_000  # a record is not to be believed further than this


def to_record(cutaway: Cutaway) -> list[dict[str, Any]]:
    """Return the steps, the oldest first; lengths in mm, LPS, rounded to a nanometre."""
    return [_step(one) for one in cutaway.steps]


def from_record(record: object) -> Cutaway:
    """Read the steps back.

    Raises:
        InputError: a step is of no known kind, or a field is missing or of the wrong form.
    """
    try:
        if not isinstance(record, list):
            raise TypeError("not a list")  # noqa: TRY301 -- said like every other wrong form
        return Cutaway(tuple(_read(one) for one in record))
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise InputError("findings.record.malformed", detail=str(error)) from error


def _step(step: Step) -> dict[str, Any]:
    if isinstance(step, OutsideBody):
        packed = zlib.compress(np.packbits(step.blocks).tobytes(), 9)
        return {
            "kind": "outside_body",
            "parts": [_rounded(asdict(one)) for one in step.parts],
            "blocks": {
                "shape": list(step.blocks.shape),
                "affine_lps": _rounded(step.frame.affine.tolist()),
                "bits_zlib": base64.b64encode(packed).decode("ascii"),
            },
        }
    kinds = {CropBox: "crop_box", ClipPlane: "clip_plane", Scalpel: "scalpel"}
    return {"kind": kinds[type(step)], **_rounded(asdict(step))}


def _read(record: Mapping[str, Any]) -> Step:
    kind = record["kind"]
    if kind == "crop_box":
        return CropBox(_point(record["low_mm"]), _point(record["high_mm"]))
    if kind == "clip_plane":
        normal = np.array(_point(record["normal"]))
        return ClipPlane(_point(record["point_mm"]), _point(normal / np.linalg.norm(normal)))
    if kind == "scalpel":
        camera = record["camera"]
        seen = Camera3D(
            _point(camera["position"]),
            _point(camera["focal_point"]),
            _point(camera["view_up"]),
            float(camera["view_angle"]),
            bool(camera["parallel"]),
        )
        return Scalpel(seen, tuple((float(x), float(y)) for x, y in record["outline"]))
    if kind == "outside_body":
        return _outside(record)
    raise ValueError(f"no step {kind!r}")


def _outside(record: Mapping[str, Any]) -> OutsideBody:
    blocks = record["blocks"]
    depth, rows, columns = (int(n) for n in blocks["shape"])
    count = depth * rows * columns
    if not 0 < count <= _MOST_BLOCKS:
        raise ValueError(f"{count} blocks")
    unpacker = zlib.decompressobj()
    packed = unpacker.decompress(base64.b64decode(blocks["bits_zlib"]), -(-count // 8))
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=count).astype(np.bool_)
    parts = tuple(
        Part(
            _point(one["centre_mm"]),
            _point(one["size_mm"]),
            float(one["volume_mm3"]),
            float(one["max_hu"]),
        )
        for one in record["parts"]
    )
    shape = (depth, rows, columns)
    return OutsideBody(parts, bits.reshape(shape), Frame(np.array(blocks["affine_lps"]), shape))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value


def _point(values: Any) -> tuple[float, float, float]:
    x, y, z = (float(one) for one in values)
    return x, y, z
