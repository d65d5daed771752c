"""The volume in 3D as a picture, by whatever this machine draws best with.

Every call of one `VolumeView` comes from the thread that made it; only the `stop` of a picture
(a `threading.Event`) may be set from elsewhere. The picture is handed out as pixels, so that the
window, the `render` command and the court bundle show the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from viewer.render.card import Card
from viewer.render.cpu_scene import CpuScene
from viewer.render.engine import Mapper, answering, mapper_for, offscreen_window
from viewer.render.gpu_scene import GpuScene
from viewer.render.scene import Glyph, Picture, Quality, Scene
from virtopsy.errors import Bug
from virtopsy.geometry.camera import Camera3D, Size
from virtopsy.imaging.cutaway import NOTHING_HIDDEN, Cutaway
from virtopsy.imaging.preset import Preset, default_preset
from virtopsy.imaging.volume import Volume

__all__ = ["BACKGROUND", "Glyph", "Picture", "Quality", "VolumeView"]

BACKGROUND = "#1b1d20"


class VolumeView:
    """Pictures of one volume in 3D.

    Args:
        volume: what is shown; its voxels are shared, never copied while nothing is hidden.
        size: width and height of the pictures, pixels.
        preset: colours and opacity; None takes the one that suits the values.
        background: "#rrggbb".
        mapper: forces who draws; None lets the OpenGL renderer decide, or its absence.
        card: what a graphics card can hold; None asks it.
        yielding: the processor's threads let others of this process go first.

    Attributes:
        mapper: who draws.
        gl_renderer: the name OpenGL gives its renderer, empty where none answers.
        preset: of the next pictures.
        cutaway: what they do not show.

    Raises:
        InputError: the graphics card is forced and no OpenGL answers on this machine.
    """

    def __init__(  # noqa: PLR0913 -- one keyword a choice
        self,
        volume: Volume,
        size: Size,
        *,
        preset: Preset | None = None,
        background: str = BACKGROUND,
        mapper: Mapper | None = None,
        card: Card | None = None,
        yielding: bool = False,
    ) -> None:
        self.volume = volume
        self.size = size
        self.cutaway = NOTHING_HIDDEN
        self.mapper, self.gl_renderer, self._scene = _scene(
            volume, size, background, mapper, card, yielding=yielding
        )
        self.set_preset(preset or default_preset(volume.quantity))

    @property
    def reduced(self) -> tuple[int, int, int]:
        """How many voxels along (i, j, k) are one in the full picture: (1, 1, 1) is all."""
        return self._scene.reduced

    @property
    def lined(self) -> bool:
        """Whether a line is drawn round what was cut away: a graphics card draws none yet."""
        return self.mapper is Mapper.CPU

    def resize(self, size: Size) -> None:
        """Make the next pictures this large."""
        self.size = size

    def set_preset(self, preset: Preset) -> None:
        """Show the next pictures by this preset.

        Raises:
            Bug: the preset is for other values (`preset_named` refuses that in words).
        """
        if not preset.fits(self.volume.quantity):
            raise Bug(f"preset {preset.name} does not fit {self.volume.quantity}")
        self.preset = preset
        self._scene.set_preset(preset.on(self.volume))

    def hide(self, cutaway: Cutaway) -> None:
        """Do not show this in the next pictures."""
        self.cutaway = cutaway
        self._scene.hide(cutaway)

    def show(self, glyphs: Sequence[Glyph]) -> None:
        """Draw these glyphs, and no others, in the next pictures."""
        self._scene.show(glyphs)

    def picture(
        self, camera: Camera3D, quality: Quality = "full", stop: Event | None = None
    ) -> Picture | None:
        """Return the (height, width, 3) RGB picture, or None when it was stopped.

        Args:
            camera: from where.
            quality: "full" samples every voxel; "moving" is coarser where needed.
            stop: set from any thread, it ends the rendering within a tenth of a second.
        """
        return self._scene.picture(camera, self.size, quality, stop or Event())

    def close(self) -> None:
        """Give threads and graphics back; the view is of no use afterwards."""
        self._scene.close()


def _scene(  # noqa: PLR0913 -- as many choices as of the view
    volume: Volume,
    size: Size,
    background: str,
    forced: Mapper | None,
    card: Card | None,
    *,
    yielding: bool,
) -> tuple[Mapper, str, Scene]:
    """Return who draws, the name of the OpenGL renderer, and what is drawn."""
    renderer = answering()
    mapper = forced or (mapper_for(renderer) if renderer else Mapper.CPU)
    if mapper is Mapper.GPU:
        window = offscreen_window(size)
        return mapper, renderer, GpuScene(volume, window, background, card)
    return mapper, renderer, CpuScene(volume, background, yielding=yielding)
