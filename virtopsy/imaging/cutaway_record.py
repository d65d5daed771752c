"""A cutaway as JSON values: for a stop of the walkthrough, and for making a picture again."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from virtopsy.geometry.camera import Camera3D
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.cutaway import ClipPlane, CropBox, Cutaway, OutsideBody, Scalpel, Step
from virtopsy.imaging.segment import Part
from virtopsy.records import direction, fields, flag, number, point, sequence, text

_DECIMALS = 6
# A record is not to be believed further than this.
_MOST_BLOCKS, _MOST_STEPS, _MOST_CORNERS, _MOST_PARTS = 16_000_000, 1000, 100_000, 100_000
_LARGEST_MM3, _LARGEST_HU, _WIDE, _SMALLEST_MM = 1e12, 1e9, 1e4, 1e-3
_NARROWEST, _WIDEST, _NEAREST_MM = 1e-3, 3.0, 1e-6


def to_record(cutaway: Cutaway) -> list[dict[str, Any]]:
    """Return the steps, the oldest first; lengths in mm, LPS, rounded to a nanometre."""
    return [_step(one) for one in cutaway.steps]


def from_record(record: object) -> Cutaway:
    """Read the steps back.

    Raises:
        ValueError: a step is of no known kind, or a field is missing or of the wrong form.
    """
    steps = tuple(_read(fields(one)) for one in sequence(record, 0, _MOST_STEPS))
    if sum(isinstance(one, OutsideBody) for one in steps) > 1:
        raise ValueError("the body is told apart more than once")
    return Cutaway(steps)


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
    kind = record.get("kind")
    if kind == "crop_box":
        low, high = point(record.get("low_mm")), point(record.get("high_mm"))
        if not all(one < other for one, other in zip(low, high, strict=True)):
            raise ValueError("a crop box without room")
        return CropBox(low, high)
    if kind == "clip_plane":
        return ClipPlane(point(record.get("point_mm")), direction(record.get("normal")))
    if kind == "scalpel":
        corners = sequence(record.get("outline"), 3, _MOST_CORNERS)
        outline = [[number(part, -_WIDE, _WIDE) for part in sequence(one, 2, 2)] for one in corners]
        return Scalpel(camera_from(fields(record.get("camera"))), tuple((x, y) for x, y in outline))
    if kind == "outside_body":
        return _outside(record)
    raise ValueError(f"no step {kind!r:.40}")


def camera_from(record: Mapping[str, Any]) -> Camera3D:
    """Read a camera back.

    Raises:
        ValueError: it sees nothing, or a field is missing or of the wrong form.
    """
    return seeing(
        Camera3D(
            point(record.get("position")),
            point(record.get("focal_point")),
            direction(record.get("view_up")),
            number(record.get("view_angle"), _NARROWEST, _WIDEST),
            flag(record.get("parallel", False)),
        )
    )


def seeing(camera: Camera3D) -> Camera3D:
    """Return a camera that has a line of sight, and an upward direction across it.

    Raises:
        ValueError: it has not.
    """
    sight = np.subtract(camera.focal_point, camera.position)
    if not np.linalg.norm(np.cross(sight, camera.view_up)) > _NEAREST_MM:
        raise ValueError("a camera that sees nothing")
    return camera


def _outside(record: Mapping[str, Any]) -> OutsideBody:
    blocks = fields(record.get("blocks"))
    shape = tuple(int(number(n, 1, _MOST_BLOCKS)) for n in sequence(blocks.get("shape"), 3, 3))
    count = shape[0] * shape[1] * shape[2]
    if count > _MOST_BLOCKS:
        raise ValueError(f"{count} blocks")
    size = -(-count // 8)
    unpacker = zlib.decompressobj()
    try:
        stored = base64.b64decode(text(blocks.get("bits_zlib"), _MOST_BLOCKS), validate=True)
        packed = unpacker.decompress(stored, size + 1)
    except zlib.error as error:
        raise ValueError("blocks that cannot be unpacked") from error
    if len(packed) != size:
        raise ValueError(f"{len(packed)} bytes of blocks, expected {size}")
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=count).astype(np.bool_)
    parts = tuple(_part(fields(one)) for one in sequence(record.get("parts"), 0, _MOST_PARTS))
    sizes = (shape[0], shape[1], shape[2])
    return OutsideBody(parts, bits.reshape(sizes), _frame(blocks.get("affine_lps"), sizes))


def _part(record: Mapping[str, Any]) -> Part:
    return Part(
        point(record.get("centre_mm")),
        point(record.get("size_mm")),
        number(record.get("volume_mm3"), 0, _LARGEST_MM3),
        number(record.get("max_hu"), -_LARGEST_HU, _LARGEST_HU),
    )


def _frame(record: object, shape: tuple[int, int, int]) -> Frame:
    rows = [[number(one) for one in sequence(row, 4, 4)] for row in sequence(record, 4, 4)]
    affine = np.array(rows)
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    right_handed = np.linalg.det(affine[:3, :3]) > 0 and spacing.min() > _SMALLEST_MM
    if rows[3] != [0.0, 0.0, 0.0, 1.0] or not right_handed:
        raise ValueError("blocks that lie nowhere")
    return Frame(affine, shape)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS) + 0.0
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
