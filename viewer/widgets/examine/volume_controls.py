"""What lies on the 3D view: one row of controls, the curve, the little man; what they leave."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.widgets.bind import follow
from viewer.widgets.examine.transfer_panel import TransferPanel
from viewer.widgets.examine.volume_choices import VolumeChoices
from viewer.widgets.examine.volume_cutter import VolumeCutter
from viewer.widgets.examine.volume_eye import VolumeEye
from viewer.widgets.examine.volume_man import VolumeMan
from viewer.widgets.examine.volume_tools import VolumeTools
from viewer.widgets.fitting_row import FittingRow
from viewer.widgets.parts import Parts
from virtopsy.imaging.volume import Volume

_MAN_FROM_PX = 68  # words stand above
_EDGE_PX = 4
_CURVE_FROM_PX = 400
_WORDS_PX = 240  # what the curve leaves at its left is enough for words
_MIDDLE = 24  # half of what the letter of the lower edge takes


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
        self._row = FittingRow(parts.language, "view.volume.choices")
        self.choices = VolumeChoices(self._row, parts, eye.look_from, eye.project)
        VolumeTools(self._row, parts, lambda: cutter.lay_plane(eye.camera()))
        self._curve = TransferPanel(parts)
        self._man = VolumeMan(parts, eye.camera, eye.look_from)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._curve, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self._row)
        self._man.setParent(view)
        follow(view, parts.views.volume, self._take_volume)
        follow(view, parts.hinted, lambda _: self.place_man(), now=False)

    def set_presenting(self, presenting: bool) -> None:
        """Show the picture alone, or undo that."""
        self.presenting = presenting
        self._parts.cutting.close()
        self._parts.transfer.shown.set(False)
        self._row.setVisible(not presenting)
        self._man.setVisible(not presenting)

    def free(self) -> float:
        """Return the y above which nothing of ours lies over the left part of the picture."""
        if self._curve.isVisible() and self._curve.x() < _WORDS_PX:
            return self._curve.y()
        there = self._row.isVisibleTo(self._view)
        return self._view.height() - (self._row.sizeHint().height() if there else 0)

    def free_middle(self) -> float:
        """Return that y for the middle of the picture."""
        open_there = self._curve.isVisible() and self._curve.x() < self._view.width() / 2 + _MIDDLE
        return self._curve.y() if open_there else self.free()

    def free_right(self) -> float:
        """Return that y for its right edge."""
        return self._curve.y() if self._curve.isVisible() else self.free()

    def beside_curve(self, width: float) -> float:
        """Return how much of a width from the left edge the open curve leaves."""
        aside = self._curve.isVisible() and self._curve.x() >= _WORDS_PX
        return min(width, self._curve.x()) if aside else width

    @property
    def man(self) -> QRectF:
        """Where the little man stands; empty where he does not."""
        return QRectF(self._man.geometry()) if self._man.isVisibleTo(self._view) else QRectF()

    def suit(self) -> None:
        """Fit another size: an editor that would cover the picture is closed."""
        if self._view.height() < _CURVE_FROM_PX and self._curve.isVisible():
            self._parts.transfer.shown.set(False)
        self.place_man()

    def place_man(self) -> None:
        """Keep the little man in the lower right corner, above the controls."""
        self._man.suit(self._view.size())
        top = round(self.free_right()) - self._man.height() - _EDGE_PX
        self._man.move(self._view.width() - self._man.width() - _EDGE_PX, top)
        there = self._parts.views.volume.now is not None and not self.presenting
        there = there and "volume" not in self._parts.hinted.now  # a newcomer reads first
        self._man.setVisible(there and top >= _MAN_FROM_PX)  # else he would lie on the words

    def _take_volume(self, volume: Volume | None) -> None:
        self._row.setVisible(volume is not None and not self.presenting)
