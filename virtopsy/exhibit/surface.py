"""Surface scans: STL, OBJ, PLY. Counted and measured, never drawn here.

Facts: "triangles" (a polygon of n corners is n - 2 of them), "points" where the file lists them,
"bounds" (x y z of the lowest and of the highest corner, in the file's own unit, which none of the
three formats names). A very long text is recognised and not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtopsy.exhibit.exhibit import Broken, Content, Exhibit, Facts, Kind

Points: TypeAlias = NDArray[np.float64]

_STL_HEAD: Final = 84
_STL_TRIANGLE: Final = 50
_LONGEST_TEXT: Final = 64 << 20
_AT_ONCE: Final = 1 << 18  # triangles
_OBJ_WORDS: Final = re.compile(rb"(v|vn|vt|vp|f|l|p|g|o|s|usemtl|mtllib)\s")
_PLY_NAMES: Final = (
    *("char i1", "uchar u1", "short i2", "ushort u2", "int i4", "uint u4"),
    *("int8 i1", "uint8 u1", "int16 i2", "uint16 u2", "int32 i4", "uint32 u4"),
    *("float f4", "float32 f4", "double f8", "float64 f8"),
)
_PLY_TYPES: Final = dict(one.split() for one in _PLY_NAMES)
_PLY_ORDERS: Final = {"binary_little_endian": "<", "binary_big_endian": ">", "ascii": ""}
_NUMBER_ERRORS: Final = (ValueError, IndexError, KeyError, OverflowError, TypeError)


def format_of(head: bytes, size: int) -> str:
    """Return the format of a surface; empty for anything else."""
    if head.startswith((b"ply\n", b"ply\r")):
        return "PLY"
    if size >= _STL_HEAD and _STL_HEAD + _STL_TRIANGLE * _count(head) == size:
        return "STL"  # also where its free text begins with "solid"
    if re.match(rb"\s*solid\b", head) and re.search(rb"\bfacet\s+normal\b", head):
        return "STL text"
    lines = [one for one in head.splitlines()[:-1] if one.strip() and not one.startswith(b"#")]
    known = lines and all(_OBJ_WORDS.match(one.lstrip()) for one in lines)
    return "OBJ" if known and any(one.lstrip().startswith(b"v ") for one in lines) else ""


def read(content: Content, name: str) -> Exhibit:
    """Return a surface.

    Raises:
        Broken: it ends before its last triangle, or a corner is no place.
    """
    if name != "STL" and content.size > _LONGEST_TEXT and not _is_binary_ply(content.head):
        return Exhibit(Kind.SURFACE, name[:3])
    readers = {"STL": _stl, "STL text": _stl_text, "OBJ": _obj, "PLY": _ply}
    try:
        facts = readers[name](content)
    except _NUMBER_ERRORS as error:
        raise Broken from error
    return Exhibit(Kind.SURFACE, name[:3], facts)


def _count(head: bytes) -> int:
    return int.from_bytes(head[80:_STL_HEAD], "little")


def _stl(content: Content) -> Facts:
    count = _count(content.head)
    if not count:
        raise Broken
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for first in range(0, count, _AT_ONCE):
        part = min(_AT_ONCE, count - first)
        raw = content.at(_STL_HEAD + first * _STL_TRIANGLE, part * _STL_TRIANGLE)
        rows = np.frombuffer(raw, np.dtype([("n", "<f4", 3), ("c", "<f4", (3, 3)), ("a", "<u2")]))
        corners = rows["c"].astype(np.float64).reshape(-1, 3)
        low, high = _within(corners, low, high)
    return {"triangles": count, "bounds": _words(low, high)}


def _stl_text(content: Content) -> Facts:
    whole = content.at(0, content.size)
    numbers = [one.split()[1:4] for one in whole.splitlines() if one.split()[:1] == [b"vertex"]]
    if not numbers or len(numbers) % 3 or b"endsolid" not in whole[-400:]:
        raise Broken
    corners = np.array(numbers, dtype=np.float64)
    return {"triangles": len(numbers) // 3, "bounds": _bounds(corners)}


def _obj(content: Content) -> Facts:
    whole = content.at(0, content.size)
    corners, triangles, highest = [], 0, 0
    for line in whole.splitlines():
        if line.startswith(b"v "):
            corners.append(line.split()[1:4])
        elif line.startswith(b"f "):
            used = [int(one.split(b"/")[0]) for one in line.split()[1:]]
            if len(used) < 3 or 0 in used:
                raise Broken
            highest = max(highest, *used, *(-one for one in used))
            triangles += len(used) - 2
    if not corners or highest > len(corners):
        raise Broken
    points = np.array(corners, dtype=np.float64)
    return {"triangles": triangles, "points": len(points), "bounds": _bounds(points)}


def _is_binary_ply(head: bytes) -> bool:
    return b"format binary_" in head[:200]


def _ply(content: Content) -> Facts:
    end = re.search(rb"end_header\r?\n", content.head)
    if end is None:
        raise Broken
    lines = content.head[: end.start()].decode("ascii", "replace").split("\n")
    words = [one.split() for one in lines if one.split()]
    order = next((_PLY_ORDERS[one[1]] for one in words if one[0] == "format"), None)
    if order is None:
        raise Broken
    elements = _elements(words)
    counts = {name: count for name, count, _ in elements}
    reader = _binary_points if order else _text_points
    points, triangles = reader(content, end.end(), elements, order)
    facts: Facts = {"points": counts.get("vertex", 0), "bounds": _bounds(points)}
    return facts if triangles is None else {"triangles": triangles, **facts}


_Element: TypeAlias = tuple[str, int, list[list[str]]]


def _elements(words: Sequence[Sequence[str]]) -> list[_Element]:
    found: list[_Element] = []
    for one in words:
        if one[0] == "element":
            found.append((one[1], int(one[2]), []))
        elif one[0] == "property":
            found[-1][2].append(list(one[1:]))
    if not found or found[0][0] != "vertex" or found[0][1] <= 0:
        raise Broken  # what no program writes: corners behind what they are the corners of
    return found


def _binary_points(
    content: Content, at: int, elements: list[_Element], order: str
) -> tuple[Points, int | None]:
    _, count, properties = elements[0]
    row = np.dtype([(name, order + _PLY_TYPES[kind]) for kind, name in _plain(properties)])
    raw = np.frombuffer(content.at(at, count * row.itemsize), row)
    points = np.stack([raw[axis].astype(np.float64) for axis in "xyz"], axis=1)
    faces = elements[1] if len(elements) > 1 else None
    if faces is None or faces[0] != "face":
        return points, None
    return points, _binary_triangles(content, at + count * row.itemsize, faces, order)


def _binary_triangles(content: Content, at: int, faces: _Element, order: str) -> int | None:
    """Count triangles where every face is one, as scanners write them; else only that they fit."""
    _, count, properties = faces
    if len(properties) != 1 or properties[0][0] != "list":
        return None
    _, length, corner, _ = properties[0]
    row = np.dtype([("n", order + _PLY_TYPES[length]), ("c", order + _PLY_TYPES[corner], 3)])
    if at + count * row.itemsize > content.size:
        raise Broken
    raw = np.frombuffer(content.at(at, count * row.itemsize), row)
    return count if bool((raw["n"] == 3).all()) else None


def _text_points(
    content: Content, at: int, elements: list[_Element], _order: str
) -> tuple[Points, int | None]:
    lines = content.at(at, content.size - at).splitlines()
    _, count, properties = elements[0]
    places = [[name for _, name in _plain(properties)].index(axis) for axis in "xyz"]
    rows = [one.split() for one in lines[:count]]
    points = np.array([[row[place] for place in places] for row in rows], dtype=np.float64)
    faces = elements[1] if len(elements) > 1 else None
    if len(points) != count:
        raise Broken
    if faces is None or faces[0] != "face":
        return points, None
    corners = [int(one.split()[0]) for one in lines[count : count + faces[1]]]
    if len(corners) != faces[1]:
        raise Broken
    return points, sum(one - 2 for one in corners if one > 2)


def _plain(properties: list[list[str]]) -> list[tuple[str, str]]:
    """Return type and name of each property of a point; a list among them is read by nobody."""
    return [(kind, name) for kind, name in properties]


def _within(corners: Any, low: Any, high: Any) -> tuple[Any, Any]:
    if not np.isfinite(corners).all():
        raise Broken
    return np.minimum(low, corners.min(axis=0)), np.maximum(high, corners.max(axis=0))


def _bounds(points: Points) -> str:
    if points.ndim != 2 or points.shape[1] != 3:
        raise Broken
    return _words(*_within(points, np.full(3, np.inf), np.full(3, -np.inf)))


def _words(low: Any, high: Any) -> str:
    return " ".join(f"{one:.6g}" for one in (*low, *high))
