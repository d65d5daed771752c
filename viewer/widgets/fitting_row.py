"""A row of controls that fits every width: words go first, then what is used least, to a menu."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMenu, QToolButton, QWidget
from typing_extensions import override

from viewer.presenters.value import Value
from viewer.widgets.bind import tip
from viewer.widgets.icons import icon
from virtopsy.language import Language

_MARGIN_PX, _GAP_PX = 6, 3
_ICON_PX = 18
_BOX_PX = 300  # a box with choices is no wider
_SMALLEST_BOX_PX = 150
_ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly
_WORDED = Qt.ToolButtonStyle.ToolButtonTextBesideIcon


@dataclass
class _Control:
    """One control: what it is, how soon it goes to the menu, whether it is of use now."""

    widget: QToolButton | QComboBox
    rank: int
    there: bool = True


class FittingRow(QWidget):
    """Lies within its width whatever the language: nothing is cut, nothing is lost.

    Args:
        language: of the menu's name.
        name: names the row, and its menu `<name>.more`.
    """

    def __init__(self, language: Value[Language], name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._left: list[_Control] = []
        self._right: list[_Control] = []
        self._more = QToolButton(self)
        self._more.setObjectName(f"{name}.more")
        self._more.setIcon(icon("more"))
        self._more.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        tip(self._more, language, "volume3d.more.tip")
        self._menu = QMenu(self._more)
        self._more.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self._soon = QTimer(self)  # many words change at once
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.suit)

    def add(self, widget: QToolButton | QComboBox, rank: int, *, right: bool = False) -> None:
        """Add a control; those of the highest rank go to the menu first."""
        widget.setParent(self)
        if isinstance(widget, QToolButton):
            widget.setIconSize(QSize(_ICON_PX, _ICON_PX))
        (self._right if right else self._left).append(_Control(widget, rank))

    def allow(self, widget: QWidget, there: bool) -> None:
        """Show a control, or not where it would be of no use."""
        for one in self._all():
            if one.widget is widget and one.there != there:
                one.there = there
                self._soon.start()

    @override
    def sizeHint(self) -> QSize:
        tall = max((one.widget.sizeHint().height() for one in self._all()), default=0)
        return QSize(2 * _SMALLEST_BOX_PX, tall + 2 * _MARGIN_PX)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.suit()

    def reword(self) -> None:
        """Take other words into account."""
        self._soon.start()

    def suit(self) -> None:
        """Give every control as much as the width allows."""
        shown = [one for one in self._all() if one.there]
        hidden: list[_Control] = []
        room = self.width() - 2 * _MARGIN_PX
        worded = self._needed(shown, _WORDED) <= room
        style = _WORDED if worded else _ICON_ONLY
        for one in sorted(shown, key=lambda one: -one.rank):
            menu = self._more.sizeHint().width() + _GAP_PX if hidden else 0
            if self._needed(shown, style) + menu <= room:
                break
            hidden.append(one)
            shown.remove(one)
        self._lay(shown, style, with_menu=bool(hidden))

    def _all(self) -> list[_Control]:
        return [*self._left, *self._right]

    def _needed(self, shown: list[_Control], style: Qt.ToolButtonStyle) -> int:
        """Return the least width of these controls side by side."""
        wide = [_least(one.widget, style) for one in shown]
        return sum(wide) + _GAP_PX * max(len(wide) - 1, 0)

    def _lay(self, shown: list[_Control], style: Qt.ToolButtonStyle, *, with_menu: bool) -> None:
        spare = self.width() - 2 * _MARGIN_PX - self._needed(shown, style)
        if with_menu:
            spare -= self._more.sizeHint().width() + _GAP_PX
        wide = {}
        for one in shown:
            least = _least(one.widget, style)
            grown = least
            if isinstance(one.widget, QComboBox):
                grown = max(min(one.widget.sizeHint().width(), _BOX_PX, least + spare), least)
            wide[id(one)] = grown
            spare -= grown - least
        x = _MARGIN_PX
        for one in (one for one in self._left if one in shown):
            x = self._put(one.widget, x, wide[id(one)])
        x += max(spare, 0)
        for one in (one for one in self._right if one in shown):
            x = self._put(one.widget, x, wide[id(one)])
        if with_menu:
            self._put(self._more, x, self._more.sizeHint().width())
        self._more.setVisible(with_menu)
        for one in self._all():
            one.widget.setVisible(one in shown)

    def _put(self, widget: QWidget, x: int, wide: int) -> int:
        widget.setFixedSize(wide, self.height() - 2 * _MARGIN_PX)  # a box resizes itself else
        widget.move(x, _MARGIN_PX)
        return x + wide + _GAP_PX

    # what found no room

    def _fill(self) -> None:
        """List what has no room in the row."""
        self._menu.clear()
        for one in self._all():
            if one.there and not one.widget.isVisible():
                if isinstance(one.widget, QComboBox):
                    self._menu.addMenu(_choices(one.widget, self._menu))
                else:
                    self._menu.addAction(_action(one.widget, self._menu))


def _least(widget: QToolButton | QComboBox, style: Qt.ToolButtonStyle) -> int:
    """Return the least width of a control in a style."""
    if isinstance(widget, QComboBox):
        return min(widget.sizeHint().width(), _SMALLEST_BOX_PX)
    widget.setToolButtonStyle(style)
    return widget.sizeHint().width()


def _choices(box: QComboBox, menu: QMenu) -> QMenu:
    listed = QMenu(box.accessibleName(), menu)
    for row in range(box.count()):
        action = QAction(box.itemIcon(row), box.itemText(row), listed)
        action.setCheckable(True)
        action.setChecked(row == box.currentIndex())
        action.triggered.connect(partial(_choose, box, row))
        listed.addAction(action)
    return listed


def _choose(box: QComboBox, row: int, _checked: object = None) -> None:
    box.setCurrentIndex(row)
    box.activated.emit(row)


def _action(button: QToolButton, menu: QMenu) -> QAction:
    """Return what does as the button does, or opens its menu."""
    name = button.text() or button.accessibleName()
    own: QMenu | None = button.menu()
    if own is not None:
        own.setTitle(name)
        action = own.menuAction()
        action.setIcon(button.icon())
        return action
    action = QAction(button.icon(), name, menu)
    action.setCheckable(button.isCheckable())
    action.setChecked(button.isChecked())
    action.setEnabled(button.isEnabled())
    action.triggered.connect(partial(_press, button))
    return action


def _press(button: QAbstractButton, _checked: object = None) -> None:
    button.click()
