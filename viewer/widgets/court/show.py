"""The full screen the court sees: the picture, and one caption in large letters below it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from viewer.widgets.bind import follow, tip, words
from viewer.widgets.examine.view_grid import ViewGrid
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import clothe
from virtopsy.walkthrough.stop import Stop

_NEXT = {Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Space}
_BACK = {Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp}


class Show(QWidget):
    """Borrows the views of the examine room until Esc.

    Args:
        parts: the presenters.
        views: the one view grid.
        give_back: puts the views where they were.
    """

    def __init__(
        self, parts: Parts, views: ViewGrid, give_back: Callable[[ViewGrid], None]
    ) -> None:
        super().__init__()
        self.setObjectName("show")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._parts, self._views, self._give_back = parts, views, give_back
        self._borrowed = True
        self._caption, self._sides, self._place = PlainLabel(), PlainLabel(), PlainLabel()
        self._caption.setObjectName("show.caption")
        self._caption.setProperty("role", "caption")
        self._caption.setWordWrap(True)
        self._caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place.setProperty("role", "place")
        self._sides.setObjectName("show.sides")
        self._sides.setProperty("role", "sides")
        self._sides.setWordWrap(True)
        self._sides.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(views, 1)
        column.addWidget(self._caption)
        column.addLayout(self._foot())
        views.show()
        views.set_presenting(True)
        words(self, parts.language, self.setWindowTitle, "ui.show.title")
        follow(self, parts.walkthrough.shown, self._show)
        seen = parts.views
        follow(self, seen.layout, self._tell_moved, now=False)
        follow(self, seen.position, self._tell_moved, now=False)
        follow(self, seen.camera, self._tell_moved, now=False)
        follow(self, seen.turn, self._tell_moved, now=False)
        follow(self, seen.slab, self._tell_moved, now=False)
        follow(self, seen.window, self._tell_moved, now=False)
        follow(self, seen.smooth, self._tell_moved, now=False)
        follow(self, seen.preset, self._tell_moved, now=False)
        follow(self, seen.cutaway, self._tell_moved, now=False)
        clothe(self)

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 6)
        row.setSpacing(12)
        row.addWidget(self._step("back", "show.back", self._parts.walkthrough.back))
        row.addWidget(self._place)
        row.addWidget(self._sides, 1)
        row.addWidget(self._step("forward", "show.next", self._parts.walkthrough.next))
        return row

    def _step(self, drawing: str, name: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(drawing, "quiet"))
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # arrow keys belong to the showing
        tip(button, self._parts.language, f"ui.{name}")
        button.clicked.connect(act)
        return button

    def _show(self, stop: Stop | None) -> None:
        if stop is None:
            return
        say = self._parts.say
        self._caption.setText(stop.caption)
        self._tell_moved()
        # Whose left and right: a juror takes a side of the screen for a side of the body.
        sides = say(f"report.sides.{self._parts.subject.stated.now}")
        solid = stop.layout in {"all", "volume"}
        self._sides.setText(f"{sides} {say('ui.show.demonstrative')}" if solid else sides)

    def _tell_moved(self, _: object = None) -> None:
        """Say which stop is shown, and that it was left by hand where it was."""
        showing, say = self._parts.walkthrough, self._parts.say
        number, count = showing.position
        place = say("ui.show.place", number=number, count=count)
        moved = showing.moved
        self._place.setText(say("ui.show.moved", place=place) if moved else place)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close()
        elif key in _NEXT:
            self._parts.walkthrough.next()
        elif key in _BACK:
            self._parts.walkthrough.back()
        elif key == Qt.Key.Key_Home:
            self._parts.walkthrough.again()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._borrowed:
            self._borrowed = False
            self._views.set_presenting(False)
            self._give_back(self._views)
            self._parts.walkthrough.leave()
        super().closeEvent(event)
