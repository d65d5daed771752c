"""The controls on the 3D view: from where it is seen, what is shown, what is cut."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from viewer.widgets.bind import follow, tip, words
from viewer.widgets.elided import ElidedComboBox
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import STANDARD_VIEWS
from virtopsy.imaging.preset import Preset, presets
from virtopsy.language import Language, say

_PRESET_PX = 300
_LETTER_PX = 34
THUMBNAIL = (96, 72)  # pixels
_LIST_PX = 340


class _Thumbnails(QStyledItemDelegate):
    """Draws the list of presets with pictures larger than the one in the closed box."""

    @override
    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.decorationSize = QSize(*THUMBNAIL)


class VolumeChoices(QWidget):
    """Lies along the lower edge of the 3D view.

    Args:
        parts: the presenters.
        look_from: takes the name of a standard side.
        project: takes whether the projection shall be parallel.
    """

    def __init__(
        self, parts: Parts, look_from: Callable[[str], None], project: Callable[[bool], None]
    ) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setObjectName("view.volume.choices")
        self._parts, self._project = parts, project
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(4)
        for widget in (self._sides(look_from), self._switch("parallel"), self._switch("cut")):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        row.addWidget(self._presets(), 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._switch("curve"), 0, Qt.AlignmentFlag.AlignBottom)
        follow(self, parts.transfer.thumbnails, lambda _: self._fill())
        follow(self, parts.views.edited, lambda _: self._fill())
        follow(self, parts.views.volume, lambda _: self._fill())
        follow(self, parts.views.preset, lambda _: self._show())
        follow(self, parts.language, lambda _: self._fill())

    def _sides(self, look_from: Callable[[str], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName("view.volume.from")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        button.setMenu(menu)
        words(button, self._parts.language, button.setText, "ui.volume.from")
        tip(button, self._parts.language, "ui.volume.from.tip")
        for number, name in enumerate(STANDARD_VIEWS, start=1):
            action = QAction(menu)
            menu.addAction(action)
            action.triggered.connect(partial(_look, look_from, name))
            follow(action, self._parts.language, partial(_name_side, action, name, number))
        return button

    def _switch(self, name: str) -> QToolButton:
        """Return a button that stays down: parallel projection, cutting tools, the curve."""
        parts = self._parts
        button = QToolButton()
        button.setObjectName(f"view.volume.{name}")
        button.setIcon(icon({"parallel": "across"}.get(name, name)))
        button.setCheckable(True)
        tip(button, parts.language, f"volume3d.{name}.tip")
        if name == "parallel":
            button.toggled.connect(self._project)
            self._parallel = button
        else:
            shown = parts.cutting.shown if name == "cut" else parts.transfer.shown
            follow(button, shown, button.setChecked)
            button.toggled.connect(shown.set)
        return button

    def _presets(self) -> ElidedComboBox:
        self._preset = ElidedComboBox()
        self._preset.setObjectName("view.volume.preset")
        self._preset.setItemDelegate(_Thumbnails(self._preset))
        self._preset.view().setMinimumWidth(_LIST_PX)
        self._preset.setSizeAdjustPolicy(ElidedComboBox.SizeAdjustPolicy.AdjustToContents)
        tip(self._preset, self._parts.language, "ui.volume.preset.tip")
        self._preset.activated.connect(
            lambda row: self._parts.views.preset.set(self._preset.itemData(row))
        )
        return self._preset

    def _fill(self) -> None:
        volume = self._parts.views.volume.now
        self._preset.clear()
        for name, one in presets().items():
            if volume is not None and one.fits(volume.quantity):
                self._preset.addItem(self._icon(name), self._named(one), name)
        self._preset.updateGeometry()
        self._show()

    def _named(self, one: Preset) -> str:
        """Return a preset's name; one that was changed by hand says so."""
        views, name = self._parts.views, self._parts.say(one.text)
        if views.edited.now is None or one.name != views.preset.now:
            return name
        return self._parts.say("volume3d.edited", preset=name)

    def _icon(self, name: str) -> QIcon:
        picture = self._parts.transfer.thumbnails.now.get(name)
        if picture is None:
            return QIcon()
        height, width, _ = picture.shape
        kind = QImage.Format.Format_RGB888
        return QIcon(QPixmap.fromImage(QImage(picture.tobytes(), width, height, 3 * width, kind)))

    def show_parallel(self, parallel: bool) -> None:
        """Show by the button how the picture is projected."""
        with QSignalBlocker(self._parallel):
            self._parallel.setChecked(parallel)

    def _show(self) -> None:
        self._preset.setCurrentIndex(self._preset.findData(self._parts.views.preset.now))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        free = (
            self.width() // 2 - _LETTER_PX - self._parallel.width()
        )  # the letter at the lower edge stays free
        self._preset.setMaximumWidth(min(max(free, _LETTER_PX), _PRESET_PX))


def _look(look_from: Callable[[str], None], name: str, _checked: object = None) -> None:
    look_from(name)


def _name_side(action: QAction, name: str, number: int, language: Language) -> None:
    action.setText(f"{say(f'render.view.{name}', language)}\t{number}")
