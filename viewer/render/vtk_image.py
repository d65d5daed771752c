"""The one bridge between our voxels and VTK: shared memory, index space, no copy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from virtopsy.geometry.frame import Floats
from virtopsy.imaging.voxels import Voxels


def image_of(voxels: Voxels, spacing_mm: tuple[float, float, float]) -> vtkImageData:
    """Wrap (k, j, i) voxels as a VTK image with its origin at 0.

    VTK holds the numpy buffer itself: the voxels exist once. The caller keeps them alive, which
    a frozen `Volume` does.
    """
    contiguous = np.ascontiguousarray(voxels)
    depth, rows, columns = contiguous.shape
    # vtkmodules.util carries no annotations
    scalars = numpy_to_vtk(contiguous.reshape(-1))  # type: ignore[no-untyped-call]
    scalars.SetName("values")
    image = vtkImageData()
    image.SetDimensions(columns, rows, depth)
    image.SetSpacing(*spacing_mm)
    image.GetPointData().SetScalars(scalars)
    return image


def matrix_of(affine: Floats | NDArray[np.float32]) -> vtkMatrix4x4:
    """Return a (4, 4) array as VTK's matrix."""
    matrix = vtkMatrix4x4()
    matrix.DeepCopy([float(value) for value in np.asarray(affine).reshape(-1)])
    return matrix
