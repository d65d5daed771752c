"""A surface as the bytes of an STL, PLY or GLB file; the same surface gives the same bytes.

Coordinates are LPS millimetres in all three, as they are in the program, and each file says so:
STL in its 80 bytes of header, PLY in comments, GLB in `asset.extras`. glTF is in metres with +Y up
by its specification, so there the node that holds the mesh carries a scale of 0.001 and a quarter
turn that stands the patient up, facing the viewer; the stored positions stay LPS millimetres.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtopsy.confined import processors
from virtopsy.errors import Bug
from virtopsy.imaging.surface import Surface

_STL_HEADER: Final = 80
_FACET: Final = np.dtype([("of", "<f4", (4, 3)), ("attribute", "<u2")])
_AT_ONCE: Final = 1 << 14  # facets; their corners stay in the processor's own memory
_CORNERS: Final = 34963  # ELEMENT_ARRAY_BUFFER
_VERTICES: Final = 34962  # ARRAY_BUFFER
_UINT32: Final = 5125
_FLOAT32: Final = 5126
_QUARTER_TURN: Final = (-(0.5**0.5), 0.0, 0.0, 0.5**0.5)  # about x: cranial becomes glTF's up


def _facts(surface: Surface) -> dict[str, Any]:
    """Return what a reader of the file must know, in words of ASCII."""
    return {
        "units": "mm",
        "frame": "LPS: +x patient left, +y posterior, +z superior",
        "hu": float(surface.hu),
        "smoothing_passes": surface.smoothing,
        "decimation": round(surface.decimation, 6),
        "largest_deviation_mm": round(surface.deviation_mm, 6),
        "closed": surface.closed,
    }


def stl(surface: Surface) -> bytearray:
    """Return a binary STL; its header begins with the unit and the frame."""
    text = f"LPS mm; HU {surface.hu:g}; deviation {surface.deviation_mm:.3f} mm; Virtopsy surface"
    count = len(surface.triangles)
    content = bytearray(_STL_HEADER + 4 + _FACET.itemsize * count)
    header = text.encode("ascii")[:_STL_HEADER].ljust(_STL_HEADER)
    content[: _STL_HEADER + 4] = header + struct.pack("<I", count)
    facets = np.frombuffer(content, _FACET, offset=_STL_HEADER + 4)["of"]

    def fill(start: int) -> None:
        _fill(facets[start : start + _AT_ONCE], surface, start)

    with ThreadPoolExecutor(processors()) as pool:
        for _ in pool.map(fill, range(0, count, _AT_ONCE)):
            pass
    return content


def _fill(facets: NDArray[np.float32], surface: Surface, start: int) -> None:
    """Write the normals and corners of the triangles from `start` on: (m, 4, 3) mm."""
    triangles = surface.triangles[start : start + len(facets)]
    corners = surface.vertices.take(triangles.ravel(), axis=0).reshape(-1, 9)
    # An axis at a time, each in one piece: several times faster than rows of three.
    a, b, c = np.ascontiguousarray(corners.T).reshape(3, 3, -1)
    one, other = b - a, c - a
    normals = one[[1, 2, 0]] * other[[2, 0, 1]] - one[[2, 0, 1]] * other[[1, 2, 0]]
    length = np.sqrt(np.square(normals).sum(axis=0))
    facets[:, 0] = (normals / np.where(length > 0, length, 1)).T
    facets.reshape(-1, 12)[:, 3:] = corners


def ply(surface: Surface) -> bytes:
    """Return a binary little-endian PLY with its facts as comments."""
    lines = [
        "ply",
        "format binary_little_endian 1.0",
        "comment Virtopsy surface",
        *(f"comment {name} {value}" for name, value in _facts(surface).items()),
        f"element vertex {len(surface.vertices)}",
        *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(surface.triangles)}",
        "property list uchar int vertex_indices",
        "end_header\n",
    ]
    faces = np.empty(len(surface.triangles), np.dtype([("n", "u1"), ("of", "<i4", 3)]))
    faces["n"], faces["of"] = 3, surface.triangles
    vertices = surface.vertices.astype("<f4").tobytes()
    return "\n".join(lines).encode("ascii") + vertices + faces.tobytes()


def glb(surface: Surface) -> bytes:
    """Return a binary glTF 2.0 whose positions are LPS mm under a node that makes them metres."""
    vertices = surface.vertices.astype("<f4")
    corners = surface.triangles.astype("<u4")
    binary = vertices.tobytes() + corners.tobytes()
    described = {
        "asset": {"version": "2.0", "generator": "Virtopsy", "extras": _facts(surface)},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {
                "name": "LPS mm to glTF metres",
                "mesh": 0,
                "rotation": _QUARTER_TURN,
                "scale": [0.001, 0.001, 0.001],
                "extras": {"positions": "LPS mm"},
            }
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "mode": 4}]}],
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": vertices.nbytes, "target": _VERTICES},
            {
                "buffer": 0,
                "byteOffset": vertices.nbytes,
                "byteLength": corners.nbytes,
                "target": _CORNERS,
            },
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": _FLOAT32,
                "count": len(vertices),
                "type": "VEC3",
                "min": list(surface.box_mm[0]),
                "max": list(surface.box_mm[1]),
            },
            {
                "bufferView": 1,
                "componentType": _UINT32,
                "count": corners.size,
                "type": "SCALAR",
            },
        ],
    }
    text = json.dumps(described, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


_WRITERS: Mapping[str, Callable[[Surface], bytes | bytearray]] = MappingProxyType(
    {".stl": stl, ".ply": ply, ".glb": glb}
)
ENDINGS = tuple(_WRITERS)


def encoded(surface: Surface, ending: str) -> bytes | bytearray:
    """Return the bytes of a file with this ending, one of `ENDINGS`.

    Raises:
        Bug: there is no such ending.
    """
    if ending not in _WRITERS:
        raise Bug(f"no writer for {ending!r}")
    return _WRITERS[ending](surface)
