"""The menu at the button of a marking tool: which kind is marked next, and snapping."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from viewer.presenters.tools.forms import Form, form_named, forms_of, landmark_groups
from viewer.presenters.tools.snap import LEVELS
from viewer.widgets.parts import MARKING, Parts

_METAL = ("wound", "fragment")
"""The tools whose menus offer to list all metal; in a narrow line the second has no button."""


class MarkingMenu:
    """What the button of one tool does.

    Args:
        parts: the presenters.
        tool: one of `MARKING`.
        button: of the tool.
        also: returns what else its menu offers: forms of tools that have no button of their own.
    """

    def __init__(
        self,
        parts: Parts,
        tool: str,
        button: QToolButton,
        also: Callable[[], tuple[Form, ...]] = tuple,
    ) -> None:
        self._parts, self._tool, self._also = parts, tool, also
        self._own = forms_of(tool)
        self._chosen = self._own[0]
        button.clicked.connect(lambda: self.take(self._chosen))
        if len(self._own) == 1 and tool not in _METAL:
            return
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
        self._parts.tool.set(form.tool if form.tool in MARKING else self._tool)

    def _fill(self) -> None:
        self._menu.clear()
        self._add_forms(self._menu, self._own)
        if self._tool == "measure":
            self._add_landmarks(self._menu)
        self._menu.addSeparator()
        if self._also():
            self._add_forms(self._menu, self._also())
            self._menu.addSeparator()
        if self._tool in _METAL:
            found = self._menu.addAction(self._parts.say("fragments.find"))
            found.setObjectName("fragments.find")
            found.setEnabled(self._parts.views.volume.now is not None)
            found.triggered.connect(lambda _: self._parts.find_metal())
            self._menu.addSeparator()
        self._add_snapping(self._menu)

    def _add_forms(self, menu: QMenu, forms: tuple[Form, ...]) -> None:
        parts, group = self._parts, QActionGroup(menu)
        in_hand = parts.points.form.now if parts.tool.now in MARKING else None
        for form in forms:
            said = form.called(parts.language.now)
            _add(menu, said, form == in_hand, group, partial(self._take, form))

    def _add_landmarks(self, menu: QMenu) -> None:
        """Offer the landmarks in groups: what carries the frame of the head, the trunk, others."""
        language = self._parts.language.now
        unnamed = form_named("landmark")
        below = menu.addMenu(unnamed.called(language))
        self._add_forms(below, (unnamed,))
        for group, forms in landmark_groups().items():
            self._add_forms(below.addMenu(self._parts.say(f"marking.landmarks.{group}")), forms)

    def _add_snapping(self, menu: QMenu) -> None:
        parts, group = self._parts, QActionGroup(menu)
        for tissue in ("", *LEVELS):
            said = parts.say(f"marking.snap.{tissue or 'none'}")
            on = parts.points.snap.now == tissue
            _add(menu, said, on, group, partial(self._snap, tissue))

    def _take(self, form: Form, _checked: object = None) -> None:
        self._parts.give_up_marking()
        self.take(form)

    def _snap(self, tissue: str, _checked: object = None) -> None:
        self._parts.points.snap.set(tissue)


def _add(
    menu: QMenu, text: str, on: bool, group: QActionGroup, act: Callable[[object], None]
) -> None:
    action = QAction(text, menu)
    action.setCheckable(True)
    action.setChecked(on)
    action.triggered.connect(act)
    group.addAction(action)
    menu.addAction(action)
