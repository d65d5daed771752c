"""What a graphics card can hold of a volume."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from math import prod

from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLRenderWindow, vtkTextureObject

from viewer.render.reduced import factors_for
from virtopsy.errors import Bug
from virtopsy.imaging.volume import Volume

# One number each, kilobytes free now: GL_NVX_gpu_memory_info, and GL_ATI_meminfo's first of four.
_ASKED = {"GL_NVX_gpu_memory_info": 0x9049, "GL_ATI_meminfo": 0x87FC}
_LIBRARIES = ("libOpenGL.so.0", "libGL.so.1", "opengl32")
_SHARE = 0.8  # the rest is for pictures, glyphs and other programs
_MASK_BYTES = 1  # a voxel, for what is cut away


@dataclass(frozen=True)
class Card:
    """The limits of a graphics card.

    Attributes:
        edge: voxels along an edge that its 3D textures may have.
        free_bytes: memory that is free on it; None where its driver does not tell.
    """

    edge: int
    free_bytes: int | None = None

    def factors(self, volume: Volume) -> tuple[int, int, int]:
        """Return how many voxels along (i, j, k) must become one so that the volume fits."""
        depth, rows, columns = (-(-n // self.edge) for n in volume.frame.shape)
        by_edge = (columns, rows, depth)
        if self.free_bytes is None:
            return by_edge
        each = volume.voxels.itemsize + _MASK_BYTES
        by_memory = factors_for(volume.frame, max(int(self.free_bytes * _SHARE / each), 1))
        if prod(by_memory) == 1:
            return by_edge
        i, j, k = (max(pair) for pair in zip(by_edge, by_memory, strict=True))
        return i, j, k


def card_of(window: vtkRenderWindow) -> Card:
    """Ask the card behind a window that is alive.

    Raises:
        Bug: the window is none of OpenGL's.
    """
    if not isinstance(window, vtkOpenGLRenderWindow):
        raise Bug(f"{window.GetClassName()} has no textures")
    return Card(int(vtkTextureObject.GetMaximumTextureSize3D(window)), _free_bytes(window))


def _free_bytes(window: vtkOpenGLRenderWindow) -> int | None:
    told = window.ReportCapabilities()
    asked = next((name for name in _ASKED if name in told), None)
    library = next(filter(None, map(_loaded, _LIBRARIES)), None)
    if asked is None or library is None:
        return None
    window.MakeCurrent()
    answer = (ctypes.c_int * 4)()
    library.glGetIntegerv(_ASKED[asked], answer)
    return int(answer[0]) * 1024 or None


def _loaded(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None
