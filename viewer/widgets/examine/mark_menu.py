"""The menu of a mark: what can be done with the finding under the mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer.presenters.tools.acts import acts_on, do
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts


def open_menu(parts: Parts, view: QWidget, finding_id: str, at: QPoint) -> QMenu:
    """Open the menu of a finding at a place of the screen; it closes by itself."""
    menu = QMenu(view)
    menu.setObjectName("mark.menu")
    menu.aboutToHide.connect(menu.deleteLater)
    for act in acts_on(parts.findings, finding_id):
        action = QAction(parts.say(f"marking.menu.{act}"), menu)
        if act == "withdraw":
            action.setIcon(icon("withdraw"))
        action.triggered.connect(partial(_act, parts, act, finding_id))
        menu.addAction(action)
    menu.popup(at)
    return menu


def _act(parts: Parts, act: str, finding_id: str, _checked: object = None) -> None:
    work: Callable[[], None] = partial(do, act, parts.findings, parts.points, finding_id)
    parts.attempt(work)
