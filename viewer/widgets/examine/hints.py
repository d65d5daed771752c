"""What to try first, said once on each view: for a newcomer's first scan, not a tour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from viewer.widgets.bind import follow
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel

HINTED = frozenset({"axial", "volume", "coronal", "sagittal"})
"""The views that have something to say to a newcomer."""
_MARKING = "sagittal"
_WIDEST_PX = 380
_SHARE = 0.8  # of the view's width, at most
_ABOVE_EDGE_PX = 74  # letters, scale and controls lie below
_USES = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
}


class Hint(PlainLabel):
    """Lies on a view, lets the mouse through, and is gone with the first use of that view.

    Args:
        parts: the presenters.
        view: on which it lies.
        name: of the view, one of `HINTED`.
    """

    def __init__(self, parts: Parts, view: QWidget, name: str) -> None:
        super().__init__(parent=view)
        self.setObjectName(f"hint.{name}")
        self.setProperty("role", "first")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._parts, self._view, self._name = parts, view, name
        view.installEventFilter(self)
        follow(self, parts.language, lambda _: self._reword())
        follow(self, parts.hinted, lambda _: self._suit())
        follow(self, parts.views.volume, lambda _: self._suit())
        if name == _MARKING:
            follow(self, parts.tool, self._follow_tool)

    def dismiss(self) -> None:
        """Say it no more."""
        self._parts.hinted.set(self._parts.hinted.now - {self._name})

    def _follow_tool(self, tool: str) -> None:
        if tool == "trajectory":
            self.dismiss()  # it was understood

    def _reword(self) -> None:
        self.setText(self._parts.say(f"ui.first.{self._name}"))
        self._place()

    def _suit(self) -> None:
        shown = self._name in self._parts.hinted.now and self._parts.views.volume.now is not None
        self.setVisible(shown)

    def _place(self) -> None:
        wide = min(round(self._view.width() * _SHARE), _WIDEST_PX)
        high = self.heightForWidth(wide)
        left = (self._view.width() - wide) // 2
        self.setGeometry(left, self._view.height() - high - _ABOVE_EDGE_PX, wide, high)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        elif event.type() in _USES and not self.isHidden():
            self.dismiss()
        return False
