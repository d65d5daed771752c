"""The bone surface of a series, from its path to an STL, against InVesalius in the same run.

Run as `python -m tests.bench.surface [FOLDER]`. Without FOLDER: the gunshot head of the test data;
a synthetic body where there are no data. Both programs are timed whole, from the start of a fresh
interpreter to the written file. InVesalius needs `apt-get install invesalius` and, without a
display, xvfb.

It also prints how far the surface written lies from the plain marching-cubes surface (VTK's
`vtkMarchingCubes` through the same voxels), and how long telling the body from the table takes on
512 x 512 x 432.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkMarchingCubes
from vtkmodules.vtkIOGeometry import vtkSTLReader

from tests.bench.load import ours
from tests.bench.stacks import scratch, shared_data, write
from tests.bench.timing import medians_s, tell
from virtopsy import confined
from virtopsy.geometry.frame import Floats, Frame
from virtopsy.imaging.segment import outside_body
from virtopsy.imaging.surface import surface
from virtopsy.imaging.surface_change import distances_mm
from virtopsy.imaging.topology import Triangles, Vertices
from virtopsy.imaging.volume import Volume

_BONE_HU = 226
_RUNS = 3
_INVESALIUS = Path("/usr/share/invesalius/app.py")
_ROOT = Path(__file__).resolve().parents[2]


def by_virtopsy(folder: Path, out: Path) -> None:
    """`virtopsy surface`, the whole program."""
    command = [sys.executable, "main.py", "surface", str(folder), "--hu", str(_BONE_HU)]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True, cwd=_ROOT)


def by_invesalius(folder: Path, out: Path) -> None:
    """InVesalius without a window, the whole program; its exit status says nothing."""
    out.unlink(missing_ok=True)
    command = ["/usr/bin/python3", str(_INVESALIUS), "--no-gui", "-i", str(folder)]
    command += ["-t", f"{_BONE_HU},3071", "-e", str(out)]
    own = {"PYTHONPATH": "/usr/lib/invesalius", "INVESALIUS_LIBRARY_PATH": "/usr/share/invesalius/"}
    own |= {"HOME": str(out.parent), "GDK_BACKEND": "x11"}
    if not os.environ.get("DISPLAY"):
        command = ["xvfb-run", "-a", *command]
    subprocess.run(
        command, check=False, capture_output=True, cwd=_INVESALIUS.parent, env=os.environ | own
    )
    if not out.is_file():
        raise SystemExit("InVesalius wrote no surface")


def compare(folder: Path, scratch_folder: Path) -> None:
    """Print both times and their ratio."""
    own = partial(by_virtopsy, folder, scratch_folder / "bone.stl")
    if not _INVESALIUS.is_file() or not (os.environ.get("DISPLAY") or shutil.which("xvfb-run")):
        (mine,) = medians_s([own], _RUNS)
        tell(f"bone surface: virtopsy {mine:.2f} s; InVesalius is not here, so nothing to compare")
        return
    other = partial(by_invesalius, folder, scratch_folder / "theirs.stl")
    mine, theirs = medians_s([own, other], _RUNS)
    tell(
        f"path to bone STL: virtopsy {mine:.2f} s, InVesalius {theirs:.2f} s,"
        f" {theirs / mine:.1f} times faster (asked: 10.00 at least)"
    )


def marching_cubes(volume: Volume) -> tuple[Vertices, Triangles]:
    """The plain surface, by VTK's oldest filter, placed by the frame."""
    image = vtkImageData()
    image.SetDimensions(*volume.voxels.shape[::-1])
    image.GetPointData().SetScalars(numpy_to_vtk(volume.voxels.reshape(-1)))
    cubes = vtkMarchingCubes()
    cubes.SetInputData(image)
    cubes.SetValue(0, _BONE_HU)
    cubes.ComputeNormalsOff()
    cubes.ComputeGradientsOff()
    cubes.Update()
    index = vtk_to_numpy(cubes.GetOutput().GetPoints().GetData())
    corners = vtk_to_numpy(cubes.GetOutput().GetPolys().GetConnectivityArray())
    places = volume.frame.to_lps(index).astype(np.float32)
    return places, corners.reshape(-1, 3).astype(np.int32)


def written(stl: Path) -> tuple[Vertices, Triangles]:
    """The surface that an STL file holds, as VTK's own reader sees it."""
    read = vtkSTLReader()
    read.SetFileName(str(stl))
    read.Update()
    corners = vtk_to_numpy(read.GetOutput().GetPolys().GetConnectivityArray())
    points = vtk_to_numpy(read.GetOutput().GetPoints().GetData())
    return points, corners.reshape(-1, 3).astype(np.int32)


def deviate(volume: Volume, stl: Path) -> None:
    """Print how far the file's surface lies from the plain one, both ways."""
    both = distances_mm(*written(stl), *marching_cubes(volume))
    distance: Floats = np.concatenate(both)
    tell(
        f"to the plain marching-cubes surface: median {np.median(distance):.5f} mm"
        f" (asked: 0.10000 at most), largest {distance.max():.3f} mm"
    )
    smooth = surface(volume, _BONE_HU, smoothing=10)
    plain = marching_cubes(volume)
    distance = np.concatenate(distances_mm(smooth.vertices, smooth.triangles, *plain))
    tell(
        f"  with 10 passes of smoothing: median {np.median(distance):.5f} mm"
        f" (asked: 0.10000 at most), largest {distance.max():.3f} mm,"
        f" told {smooth.deviation_mm:.3f} mm"
    )


def separate(volume: Volume) -> None:
    """Print how long the body takes to be told from the table on 512 x 512 x 432."""
    depth, rows, columns = 432, 512, 512
    voxels = np.resize(volume.voxels, (depth, *volume.voxels.shape[1:]))
    high, wide = (-(-n // have) for n, have in zip((rows, columns), voxels.shape[1:], strict=True))
    voxels = np.ascontiguousarray(voxels.repeat(high, 1).repeat(wide, 2)[:, :rows, :columns])
    frame = Frame.of((depth, rows, columns), origin_mm=(0, 0, 0), spacing_mm=(0.78, 0.78, 1.0))
    large = Volume(voxels, frame)
    (spent,) = medians_s([partial(outside_body, large)], _RUNS)
    tell(f"body from table, 512 x 512 x 432: {spent:.2f} s (asked: 3.00 s at most)")


def main() -> None:
    """Compare on the folder given, or on the head."""
    confined.warm()
    data = shared_data()
    with scratch() as folder:
        if len(sys.argv) > 1:
            source = Path(sys.argv[1]).resolve()  # InVesalius works in a folder of its own
        elif data:
            source = data / "ct_gunshot_00" / "dicom"
        else:
            source = folder / "plain"
            write(source, 100)
        compare(source, folder)
        deviate(ours(source), folder / "bone.stl")
        separate(ours(data / "ct_chest_1mm_100" if data else source))


if __name__ == "__main__":
    main()
