"""The four views in their layouts; the court's full screen borrows this very widget."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.presenters.examine.arrangement import BESIDE_STRETCHES, FOUR, beside, places, stretches
from viewer.widgets.bind import follow
from viewer.widgets.examine.across_view import AcrossView
from viewer.widgets.examine.along_view import AlongPanel
from viewer.widgets.examine.compare import CompareBar, CompareView
from viewer.widgets.examine.hints import Hint
from viewer.widgets.examine.slice_widget import SliceWidget
from viewer.widgets.examine.volume_widget import VolumeWidget
from viewer.widgets.parts import Parts

_GAP_PX = 2
_LARGEST = 3  # rows or columns of any layout


class ViewGrid(QWidget):
    """The slices and the volume, placed as the layout says.

    There is one of it: a second 3D view would need its own gradients (seconds, 300 MB).
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("views")
        self._parts = parts
        self.volume_view = VolumeWidget(parts)
        self.slices = {
            plane: SliceWidget(parts, plane) for plane in ("axial", "coronal", "sagittal")
        }
        self.compared = CompareView(parts)
        self.along, self.across = AlongPanel(parts), AcrossView(parts)
        self._views: dict[str, QWidget] = {"volume": self.volume_view, **self.slices}
        self._all = self._views | {
            "beside.bar": CompareBar(parts),
            "beside.view": self.compared,
            "along": self.along,
            "across": self.across,
        }
        for view in self._all.values():
            view.setParent(self)  # without one it would be shown as a window of its own
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP_PX)
        for name in FOUR:
            Hint(parts, self._views[name], name)
        self._grid = grid
        follow(self, parts.views.layout, self._arrange)
        follow(self, parts.reading.large, self._arrange, now=False)
        follow(self, parts.comparison.shown, self._arrange, now=False)

    def take_keys(self) -> None:
        """Let the keyboard act on the first view that is seen."""
        shown = places(self._parts.views.layout.now, self._parts.reading.large.now)
        self._views["axial" if "axial" in shown else next(iter(shown))].setFocus()

    def set_presenting(self, presenting: bool) -> None:
        """Let the keys go to the showing, and speak the court's words, or undo that."""
        self._parts.hinted.set(frozenset())
        self._parts.comparison.leave()
        for view in self._views.values():
            focus = Qt.FocusPolicy.NoFocus if presenting else Qt.FocusPolicy.StrongFocus
            view.setFocusPolicy(focus)
        for slice_view in self.slices.values():
            slice_view.set_presenting(presenting)
        self.volume_view.set_presenting(presenting)

    def _arrange(self, _: object) -> None:
        layout = self._parts.views.layout.now
        compared = self._parts.comparison.shown.now
        placed = beside(layout) if compared else places(layout, self._parts.reading.large.now)
        rows, columns = BESIDE_STRETCHES if compared else stretches(layout)
        for name, view in self._all.items():
            self._grid.removeWidget(view)
            view.setVisible(name in placed)
        for name, place in placed.items():
            self._grid.addWidget(
                self._all[name], place.row, place.column, place.rows, place.columns
            )
        for number in range(_LARGEST):
            self._grid.setRowStretch(number, rows[number] if number < len(rows) else 0)
            self._grid.setColumnStretch(number, columns[number] if number < len(columns) else 0)
        if "along" in placed and self.isVisible():
            self.along.view.setFocus()
