"""Lines and marks that a file lays over its picture are seen where the file puts them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from virtopsy.dicom.overlay import drawn

SHAPE = (6, 9)


def described(bits: Any, *, group: int = 0x6000, **said: Any) -> Dataset:
    """Return elements with one overlay; `bits` are (frames, rows, columns) or (rows, columns)."""
    ds = Dataset()
    plane = np.asarray(bits, np.uint8)
    rows, columns = plane.shape[-2:]
    ds.add_new(group << 16 | 0x10, "US", said.get("rows", rows))
    ds.add_new(group << 16 | 0x11, "US", said.get("columns", columns))
    if plane.ndim > 2:
        ds.add_new(group << 16 | 0x15, "IS", len(plane))
        ds.add_new(group << 16 | 0x51, "US", said.get("first", 1))
    ds.add_new(group << 16 | 0x50, "SS", said.get("origin", [1, 1]))
    packed = np.packbits(plane.reshape(-1), bitorder="little").tobytes()
    ds.add_new(group << 16 | 0x3000, "OB", packed + b"\0" * (len(packed) % 2))
    return ds


def drawn_on(ds: Dataset, frame: int = 1) -> list[tuple[int, int]]:
    places = np.argwhere(drawn(SHAPE, ds, frame, big_endian=False))
    return [(int(row), int(column)) for row, column in places]


def test_graphics_lie_where_their_bits_do() -> None:
    bits = np.zeros(SHAPE)
    bits[1, 2] = bits[5, 8] = 1
    assert drawn_on(described(bits)) == [(1, 2), (5, 8)]


@pytest.mark.parametrize(
    ("origin", "places"),
    [([1, 1], [(0, 0), (1, 2)]), ([3, 5], [(2, 4), (3, 6)]), ([0, -1], [(0, 0)]), ([90, 1], [])],
)
def test_an_origin_moves_graphics_and_the_edge_cuts_them(
    origin: list[int], places: list[tuple[int, int]]
) -> None:
    bits = np.zeros((2, 3))
    bits[0, 0] = bits[1, 2] = 1
    assert drawn_on(described(bits, origin=origin)) == places


def test_graphics_of_several_frames_go_with_their_frames() -> None:
    bits = np.zeros((2, 3, 3))
    bits[0, 0, 0] = bits[1, 1, 1] = 1
    ds = described(bits, first=2)
    assert [drawn_on(ds, frame) for frame in (1, 2, 3, 4)] == [[], [(0, 0)], [(1, 1)], []]


def test_graphics_without_frames_lie_over_all_of_them() -> None:
    ds = described(np.ones((1, 1)))
    assert drawn_on(ds, 7) == [(0, 0)]


def test_two_overlays_are_both_drawn_and_a_damaged_one_hides_neither() -> None:
    ds = described([[1, 0]])
    ds.update(described([[0, 1]], group=0x6004))
    ds.update(described([[1]], group=0x6002, rows=500, columns=500))
    assert drawn_on(ds) == [(0, 0), (0, 1)]


def test_words_of_a_big_endian_file_are_turned() -> None:
    ds = described([[1] + [0] * 7 + [0, 1] + [0] * 6])
    data = ds[0x60003000].value
    ds.add_new(0x60003000, "OW", data[::-1])
    found = drawn((1, 16), ds, 1, big_endian=True)
    assert np.flatnonzero(found).tolist() == [0, 9]


@given(
    rows=st.integers(0, 65535),
    columns=st.integers(0, 65535),
    origin=st.lists(st.integers(-32768, 32767), min_size=1, max_size=3),
    data=st.binary(max_size=64),
)
def test_no_overlay_breaks_a_picture(
    rows: int, columns: int, origin: list[int], data: bytes
) -> None:
    ds = described([[1]], rows=rows, columns=columns, origin=origin)
    ds.add_new(0x60003000, "OB", data)
    assert drawn(SHAPE, ds, 1, big_endian=False).shape == SHAPE
