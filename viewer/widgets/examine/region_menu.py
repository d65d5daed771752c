"""The menu at the region tool: which form is drawn next, volumes of voxels, removing all."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from viewer.presenters.tools.kept import roi
from viewer.presenters.tools.region import Drawn
from viewer.widgets.bind import follow
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from virtopsy.imaging.roi import Outline

_DRAWINGS = {Outline.ELLIPSE: "region", Outline.RECTANGLE: "region_rectangle"}


class RegionMenu:
    """What else the button does.

    Args:
        parts: the presenters.
        button: of the tool.
    """

    def __init__(self, parts: Parts, button: QToolButton) -> None:
        self._parts = parts
        self._menu = QMenu(button)
        self._menu.setObjectName("region.menu")
        self._menu.aboutToShow.connect(self._fill)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setMenu(self._menu)
        follow(button, parts.region.outline, lambda now: button.setIcon(icon(_DRAWINGS[now])))

    def choose(self) -> None:
        """Take the tool in hand; where it is already, choose the other form."""
        if self._parts.tool.now == "region":
            self._parts.region.other_outline()
        else:
            self._parts.give_up_marking()
            self._parts.tool.set("region")

    def _fill(self) -> None:
        menu, parts = self._menu, self._parts
        menu.clear()
        forms = QActionGroup(menu)
        for form in Outline:
            action = QAction(icon(_DRAWINGS[form]), parts.say(f"region.{form.value}"), menu)
            action.setCheckable(True)
            action.setChecked(parts.region.outline.now is form)
            action.triggered.connect(partial(self._take, form))
            forms.addAction(action)
            menu.addAction(action)
        menu.addSeparator()
        keep = QAction(icon("save"), parts.say("marking.keep_region"), menu)
        keep.setEnabled(parts.region.selected.now is not None)
        keep.triggered.connect(self._keep)
        menu.addAction(keep)
        clear = QAction(icon("withdraw"), parts.say("region.clear"), menu)
        clear.setEnabled(bool(parts.region.regions.now))
        clear.triggered.connect(parts.region.clear)
        menu.addAction(clear)
        menu.addSeparator()
        grow = QAction(parts.say("paint.volume"), menu)
        grow.triggered.connect(self._take_volume)
        menu.addAction(grow)

    def _take_volume(self, _checked: object = None) -> None:
        self._parts.give_up_marking()
        self._parts.tool.set("volume")

    def _keep(self, _checked: object = None) -> None:
        """Record the selected region as a finding, which is drawn in its place."""
        parts, number = self._parts, self._parts.region.selected.now
        for drawn in parts.region.regions.now:
            if drawn.number == number and parts.attempt(partial(self._record, drawn)):
                parts.region.remove()

    def _record(self, drawn: Drawn) -> None:
        points = self._parts.points
        points.keep(roi(points.maker, drawn.region, self._parts.reading.active.now))

    def _take(self, form: Outline, _checked: object = None) -> None:
        self._parts.region.outline.set(form)
        self._parts.tool.set("region")
