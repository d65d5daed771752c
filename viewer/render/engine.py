"""Which OpenGL answers, and the ray caster that suits it.

A graphics card gets VTK's GPU ray caster. Software OpenGL (llvmpipe and its kin) needs seconds a
frame with that one; there the fixed-point ray caster runs on all processor cores instead.
"""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum

# Imported for what they register with VTK's object factory.
import vtkmodules.vtkRenderingOpenGL2
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from virtopsy.errors import InputError

_SOFTWARE = re.compile(r"llvmpipe|softpipe|swiftshader|software|swrast", re.IGNORECASE)
_RENDERER = re.compile(r"OpenGL renderer string:\s*(.+)")


class Mapper(StrEnum):
    """The two ray casters."""

    GPU = "gpu"
    CPU = "cpu"


def offscreen_window(size: tuple[int, int]) -> vtkRenderWindow:
    """Return a window that is never shown, with its OpenGL context alive.

    Raises:
        InputError: no OpenGL answers on this machine.
    """
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        # VTK would try the X server first and warn that there is none.
        os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
    window = vtkRenderWindow()
    window.SetShowWindow(False)
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    if not window.SupportsOpenGL():
        raise InputError("render.no_gl", found=window.GetClassName())
    window.Render()
    return window


def gl_renderer(window: vtkRenderWindow) -> str:
    """Return the name OpenGL gives its renderer, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)"."""
    found = _RENDERER.search(window.ReportCapabilities())
    return found.group(1).strip() if found else window.GetClassName()


def mapper_for(renderer: str) -> Mapper:
    """Return the ray caster that suits an OpenGL renderer."""
    return Mapper.CPU if _SOFTWARE.search(renderer) else Mapper.GPU
