"""Which OpenGL answers, and the ray caster that suits it.

A graphics card gets VTK's GPU ray caster. Software OpenGL (llvmpipe and its kin) needs seconds a
frame with that one; there, and where no OpenGL answers at all, the processor draws by itself.
"""

from __future__ import annotations

import ctypes
import re
from enum import StrEnum
from functools import cache

# Imported for what they register with VTK's object factory.
import vtkmodules.vtkRenderingOpenGL2
import vtkmodules.vtkRenderingVolumeOpenGL2
from vtkmodules.vtkCommonCore import vtkLogger
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from virtopsy.errors import InputError

_SOFTWARE = re.compile(r"llvmpipe|softpipe|swiftshader|software|swrast", re.IGNORECASE)
_OSMESA = "vtkOSOpenGLRenderWindow"
_OSMESA_LIBRARIES = ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so")
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
    window = _first_that_answers()
    found = window.GetClassName()
    if found == _OSMESA and not _loads(*_OSMESA_LIBRARIES):
        # VTK's last resort is returned even without its library, and would crash at the first use.
        raise InputError("render.no_gl", found="X, EGL, OSMesa")
    window.SetShowWindow(False)
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    if not window.SupportsOpenGL():
        raise InputError("render.no_gl", found=found)
    window.Render()
    return window


def _first_that_answers() -> vtkRenderWindow:
    """Try EGL, then what VTK tries: X, EGL and OSMesa in turn.

    EGL comes first also where there is a display: an X window of VTK's that is garbage collected
    without having been closed takes the process down when the next one is made.

    VTK warns about each that does not answer; which one did is told by `gl_renderer`, and that
    none did by `offscreen_window`, in words.
    """
    before = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    egl = getattr(vtkmodules.vtkRenderingOpenGL2, "vtkEGLRenderWindow", None)  # Linux has it
    try:
        # Without the library itself, not only its drivers, VTK's EGL window crashes when asked.
        window = egl() if egl and _loads("libEGL.so.1", "libEGL.so") else vtkRenderWindow()
        return window if window.SupportsOpenGL() else vtkRenderWindow()
    finally:
        vtkLogger.SetStderrVerbosity(before)


def _loads(*names: str) -> bool:
    """Tell whether one of these libraries is installed."""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


@cache
def answering() -> str:
    """Return the name OpenGL gives its renderer on this machine, empty where none answers.

    Asked once: making a context takes a tenth of a second in which VTK lets no other thread run.
    """
    try:
        window = offscreen_window((8, 8))
    except InputError:
        return ""
    renderer = gl_renderer(window)
    window.Finalize()
    return renderer


def gl_renderer(window: vtkRenderWindow) -> str:
    """Return the name OpenGL gives its renderer, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)"."""
    found = _RENDERER.search(window.ReportCapabilities())
    return found.group(1).strip() if found else window.GetClassName()


def mapper_for(renderer: str) -> Mapper:
    """Return the ray caster that suits an OpenGL renderer."""
    return Mapper.CPU if _SOFTWARE.search(renderer) else Mapper.GPU
