"""The four views in their layouts; the court's full screen borrows this very widget."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from viewer.widgets.bind import follow
from viewer.widgets.examine.hints import Hint
from viewer.widgets.examine.slice_widget import SliceWidget
from viewer.widgets.examine.volume_widget import VolumeWidget
from viewer.widgets.parts import Parts

_PLACES = {"axial": (0, 0), "volume": (0, 1), "coronal": (1, 0), "sagittal": (1, 1)}
_GAP_PX = 2


class ViewGrid(QWidget):
    """Axial and 3D above, coronal and sagittal below; or one of them alone.

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
        self._all: dict[str, QWidget] = {"volume": self.volume_view, **self.slices}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP_PX)
        for name, (row, column) in _PLACES.items():
            grid.addWidget(self._all[name], row, column)
            Hint(parts, self._all[name], name)
        self._grid = grid
        follow(self, parts.views.layout, self._arrange)

    def take_keys(self) -> None:
        """Let the keyboard act on the first view that is seen."""
        shown = self._parts.views.layout.now
        self._all["axial" if shown == "all" else shown].setFocus()

    def set_presenting(self, presenting: bool) -> None:
        """Let the keys go to the showing, and speak the court's words, or undo that."""
        self._parts.hinted.set(frozenset())
        for view in self._all.values():
            focus = Qt.FocusPolicy.NoFocus if presenting else Qt.FocusPolicy.StrongFocus
            view.setFocusPolicy(focus)
        for slice_view in self.slices.values():
            slice_view.set_presenting(presenting)
        self.volume_view.set_presenting(presenting)

    def _arrange(self, layout: str) -> None:
        for name, view in self._all.items():
            view.setVisible(layout in {"all", name})
        for place in range(2):
            rows = {_PLACES[name][0] for name in self._all if layout in {"all", name}}
            columns = {_PLACES[name][1] for name in self._all if layout in {"all", name}}
            self._grid.setRowStretch(place, int(place in rows))
            self._grid.setColumnStretch(place, int(place in columns))
