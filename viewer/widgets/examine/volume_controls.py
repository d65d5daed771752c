"""What lies on the 3D view: choices, cutting tools, curve and little man, and what they leave."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.widgets.bind import follow
from viewer.widgets.examine.transfer_panel import TransferPanel
from viewer.widgets.examine.volume_choices import VolumeChoices
from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_eye import VolumeEye
from viewer.widgets.examine.volume_man import SIZE_PX as MAN_PX
from viewer.widgets.examine.volume_man import VolumeMan
from viewer.widgets.examine.volume_tools import VolumeTools
from viewer.widgets.parts import Parts
from virtopsy.imaging.volume import Volume

_MAN_FROM_PX = 44  # words stand above


class VolumeControls:
    """Lays the controls along the lower edge of the view.

    Args:
        view: on which they lie.
        parts: the presenters.
        eye: from where is looked.
        cutter: lays the cutting plane.

    Attributes:
        presenting: whether a court sees the picture, and nothing to press.
    """

    def __init__(self, view: QWidget, parts: Parts, eye: VolumeEye, cutter: VolumeCutter) -> None:
        self._view, self._parts = view, parts
        self.presenting = False
        self.choices = VolumeChoices(parts, eye.look_from, eye.project)
        self._tools = VolumeTools(parts, lambda: cutter.lay_plane(eye.camera()))
        self._curve = TransferPanel(parts)
        self._man = VolumeMan(parts, eye.camera, eye.look_from)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._curve, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._tools)
        column.addWidget(self.choices)
        self._man.setParent(view)
        follow(view, parts.views.volume, self._take_volume)

    def set_presenting(self, presenting: bool) -> None:
        """Show the picture alone, or undo that."""
        self.presenting = presenting
        self._parts.cutting.close()
        self._parts.transfer.shown.set(False)
        self.choices.setVisible(not presenting)
        self._man.setVisible(not presenting)

    def free(self, *, right: bool = False) -> float:
        """Return the y above which nothing of ours lies over the left or right of the picture."""
        over = (self.choices, self._tools, *((self._curve,) if right else ()))
        return min((one.y() for one in over if one.isVisible()), default=self._view.height())

    def beside_curve(self, width: float) -> float:
        """Return how much of a width from the left edge the open curve leaves."""
        return min(width, self._curve.x()) if self._curve.isVisible() else width

    def place_man(self) -> None:
        """Keep the little man in the lower right corner, above the controls."""
        top = round(self.free(right=True)) - MAN_PX - 2
        self._man.move(self._view.width() - MAN_PX - 4, top)
        there = self._parts.views.volume.now is not None and not self.presenting
        self._man.setVisible(there and top >= _MAN_FROM_PX)  # else he would lie on the words

    def _take_volume(self, volume: Volume | None) -> None:
        self.choices.setVisible(volume is not None and not self.presenting)
