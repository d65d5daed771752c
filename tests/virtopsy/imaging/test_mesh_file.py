"""A file holds the surface, in LPS millimetres, and says so; other programs read the same."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkIOGeometry import vtkGLTFReader, vtkSTLReader
from vtkmodules.vtkIOPLY import vtkPLYReader

from virtopsy.errors import Bug
from virtopsy.imaging.mesh_file import _AT_ONCE, _FACET, ENDINGS, encoded
from virtopsy.imaging.surface import Surface, surface
from virtopsy.phantom import asymmetric


@pytest.fixture(scope="module", params=["HFS", "FFP"])
def made(request: pytest.FixtureRequest) -> Surface:
    """The ball on the patient's left, whose place no mirror image has."""
    return surface(asymmetric.volume(request.param), 1500)


def centre_of(points: NDArray[np.float32]) -> NDArray[np.float64]:
    return (points.min(axis=0).astype(np.float64) + points.max(axis=0)) / 2


def left() -> NDArray[np.float64]:
    return np.array(asymmetric.marks()["left"].centre_mm)


def volume_mm3(points: NDArray[np.float32], triangles: NDArray[np.int64]) -> float:
    a, b, c = (points - points.mean(axis=0)).astype(np.float64)[triangles].swapaxes(0, 1)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def arrays(poly: vtkPolyData) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    points = vtk_to_numpy(poly.GetPoints().GetData())
    corners = vtk_to_numpy(poly.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    return points, corners


def test_every_facet_of_an_stl_has_its_own_corners_and_the_normal_they_make(made: Surface) -> None:
    random = np.random.default_rng(3)
    one, step, further = random.integers(0, (900, 400, 400), (40_000, 3), np.int32).T
    triangles = np.stack([one, one + 1 + step, one + 450 + further], axis=1) % 900
    large = replace(
        made,
        vertices=random.uniform(-200, 200, (900, 3)).astype(np.float32),
        triangles=triangles.astype(np.int32),
    )
    assert len(large.triangles) > 2 * _AT_ONCE
    facets = np.frombuffer(encoded(large, ".stl"), _FACET, offset=84)
    corners = large.vertices[large.triangles]
    np.testing.assert_array_equal(facets["of"][:, 1:], corners)
    assert not facets["attribute"].any()
    a, b, c = corners.astype(np.float64).swapaxes(0, 1)
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    assert np.abs(facets["of"][:, 0] - normals).max() < 1e-3


def test_a_triangle_without_an_area_has_no_normal(made: Surface) -> None:
    flat = replace(made, triangles=np.array([[0, 0, 1]], np.int32))
    (facet,) = np.frombuffer(encoded(flat, ".stl"), _FACET, offset=84)["of"]
    assert facet[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("ending", "reader"), [(".stl", vtkSTLReader), (".ply", vtkPLYReader)])
def test_another_program_reads_the_same_surface(
    made: Surface, tmp_path: Path, ending: str, reader: type[vtkSTLReader]
) -> None:
    file = tmp_path / f"surface{ending}"
    file.write_bytes(encoded(made, ending))
    read = reader()
    read.SetFileName(str(file))
    read.Update()
    points, triangles = arrays(read.GetOutput())
    assert len(triangles) == len(made.triangles)
    np.testing.assert_array_equal(points[triangles], made.vertices[made.triangles])
    assert np.abs(centre_of(points) - left()).max() < 0.5
    assert volume_mm3(points, triangles) > 0


def test_another_program_reads_the_glb_in_metres_and_upright(made: Surface, tmp_path: Path) -> None:
    file = tmp_path / "surface.glb"
    file.write_bytes(encoded(made, ".glb"))
    read = vtkGLTFReader()
    read.SetFileName(str(file))
    read.Update()
    poly = read.GetOutput().GetBlock(0).GetBlock(0)
    while not isinstance(poly, vtkPolyData):
        poly = poly.GetBlock(0)
    points, triangles = arrays(poly)
    x, y, z = left() / 1000
    assert centre_of(points) == pytest.approx((x, z, -y), abs=0.0005)
    assert volume_mm3(points, triangles) > 0


def test_the_glb_keeps_positions_in_lps_millimetres(made: Surface) -> None:
    content = encoded(made, ".glb")
    magic, version, length = struct.unpack_from("<4sII", content)
    assert (magic, version, length) == (b"glTF", 2, len(content))
    size, kind = struct.unpack_from("<I4s", content, 12)
    assert (kind, size % 4) == (b"JSON", 0)
    described = json.loads(content[20 : 20 + size])
    binary_size, kind = struct.unpack_from("<I4s", content, 20 + size)
    binary = content[28 + size :]
    assert kind == b"BIN\0"
    assert binary_size == len(binary) == described["buffers"][0]["byteLength"]
    points = np.frombuffer(binary, "<f4", len(made.vertices) * 3).reshape(-1, 3)
    np.testing.assert_array_equal(points, made.vertices)
    corners = np.frombuffer(binary, "<u4", offset=points.nbytes).reshape(-1, 3)
    np.testing.assert_array_equal(corners, made.triangles)
    assert described["accessors"][0]["min"] == made.vertices.min(axis=0).tolist()
    assert described["nodes"][0]["scale"] == [0.001] * 3
    extras = described["asset"]["extras"]
    assert extras["units"] == "mm"
    assert extras["frame"].startswith("LPS")
    assert extras["hu"] == 1500
    assert extras["largest_deviation_mm"] == 0


def test_the_stl_says_its_unit_and_is_not_taken_for_a_text(made: Surface) -> None:
    header = encoded(made, ".stl")[:80]
    assert header.startswith(b"LPS mm; HU 1500;")
    assert not header.startswith(b"solid")
    assert len(header.rstrip()) <= 80


def test_the_ply_says_its_unit_and_threshold(made: Surface) -> None:
    header = encoded(made, ".ply").partition(b"end_header\n")[0].decode("ascii").splitlines()
    assert header[0] == "ply"
    assert "comment units mm" in header
    assert "comment frame LPS: +x patient left, +y posterior, +z superior" in header
    assert "comment hu 1500.0" in header


def test_a_triangle_of_no_area_has_no_normal_that_is_no_number() -> None:
    made = surface(asymmetric.volume(), 40)  # many vertices lie on voxels, on each other
    facets = np.frombuffer(encoded(made, ".stl")[84:], np.dtype([("f", "<f4", 12), ("n", "<u2")]))
    assert np.isfinite(facets["f"]).all()


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_surface_makes_the_same_bytes(ending: str) -> None:
    one, other = (encoded(surface(asymmetric.volume(), 1500), ending) for _ in range(2))
    assert one == other


def test_an_ending_without_a_writer_is_a_bug(made: Surface) -> None:
    with pytest.raises(Bug):
        encoded(made, ".obj")
