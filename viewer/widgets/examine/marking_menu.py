"""The menu at the button of a marking tool: which kind is marked next, and snapping."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from viewer.presenters.tools.forms import Form, forms_of
from viewer.presenters.tools.snap import LEVELS
from viewer.widgets.parts import Parts

_ALSO = {"measure": ("landmark",)}
"""What a tool's menu offers besides its own kinds."""


class MarkingMenu:
    """What the button of one tool does.

    Args:
        parts: the presenters.
        tool: one of `MARKING`.
        button: of the tool.
    """

    def __init__(self, parts: Parts, tool: str, button: QToolButton) -> None:
        self._parts, self._tool = parts, tool
        self._own = forms_of(tool)
        self._chosen = self._own[0]
        button.clicked.connect(lambda: self.take(self._chosen))
        offered = (*self._own, *(one for also in _ALSO.get(tool, ()) for one in forms_of(also)))
        if len(offered) == 1:
            return
        self._offered = offered
        self._menu = QMenu(button)
        self._menu.setObjectName(f"{tool}.menu")
        self._menu.aboutToShow.connect(self._fill)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setMenu(self._menu)

    def press(self) -> None:
        """Take the tool in hand by its key; the key again chooses its next kind."""
        if self._parts.tool.now == self._tool and self._parts.points.form.now in self._own:
            here = self._own.index(self._parts.points.form.now)
            self.take(self._own[(here + 1) % len(self._own)])
        else:
            self._parts.give_up_marking()
            self.take(self._chosen)

    def take(self, form: Form) -> None:
        """Mark this kind next."""
        if form in self._own:
            self._chosen = form
        self._parts.points.choose(form)
        self._parts.tool.set(self._tool)

    def _fill(self) -> None:
        menu, parts = self._menu, self._parts
        menu.clear()
        chosen = parts.tool.now == self._tool
        kinds = QActionGroup(menu)
        for form in self._offered:
            on = chosen and parts.points.form.now == form
            self._add(form.called(parts.language.now), on, kinds, partial(self._take, form))
        menu.addSeparator()
        surfaces = QActionGroup(menu)
        for tissue in ("", *LEVELS):
            said = parts.say(f"marking.snap.{tissue or 'none'}")
            on = parts.points.snap.now == tissue
            self._add(said, on, surfaces, partial(self._snap, tissue))

    def _add(self, text: str, on: bool, group: QActionGroup, act: Callable[[object], None]) -> None:
        action = QAction(text, self._menu)
        action.setCheckable(True)
        action.setChecked(on)
        action.triggered.connect(act)
        group.addAction(action)
        self._menu.addAction(action)

    def _take(self, form: Form, _checked: object = None) -> None:
        self._parts.give_up_marking()
        self.take(form)

    def _snap(self, tissue: str, _checked: object = None) -> None:
        self._parts.points.snap.set(tissue)
