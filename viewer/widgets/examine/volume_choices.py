"""The choices of the 3D view: from where it is seen, how projected, by which preset."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, QSize
from PySide6.QtGui import QAction, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QMenu, QStyledItemDelegate, QStyleOptionViewItem, QToolButton
from typing_extensions import override

from viewer.presenters.value import Value
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.elided import ElidedComboBox
from viewer.widgets.fitting_row import FittingRow
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from virtopsy.geometry.camera import STANDARD_VIEWS
from virtopsy.imaging.preset import Preset, presets
from virtopsy.language import Language, say

THUMBNAIL = (96, 72)  # pixels
_LIST_PX = 340
_DRAWINGS = {"parallel": "across"}
_CUT_RANK, _SIDES_RANK, _PRESET_RANK, _PARALLEL_RANK, _CURVE_RANK = 0, 5, 6, 7, 8


class _Thumbnails(QStyledItemDelegate):
    """Draws the list of presets with pictures larger than the one in the closed box."""

    @override
    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.decorationSize = QSize(*THUMBNAIL)


class VolumeChoices:
    """Adds the choices to the row on the 3D view.

    Args:
        row: of the view.
        parts: the presenters.
        look_from: takes the name of a standard side.
        project: takes whether the projection shall be parallel.
    """

    def __init__(
        self,
        row: FittingRow,
        parts: Parts,
        look_from: Callable[[str], None],
        project: Callable[[bool], None],
    ) -> None:
        self._row, self._parts = row, parts
        row.add(self._sides(look_from), _SIDES_RANK)
        self._parallel = self._switch("parallel")
        self._parallel.toggled.connect(project)
        row.add(self._parallel, _PARALLEL_RANK)
        row.add(self._shows("cut", parts.cutting.shown), _CUT_RANK)
        self._preset = self._presets()
        row.add(self._preset, _PRESET_RANK, right=True)
        row.add(self._shows("curve", parts.transfer.shown), _CURVE_RANK, right=True)
        follow(row, parts.transfer.thumbnails, lambda _: self._fill())
        follow(row, parts.views.edited, lambda _: self._fill())
        follow(row, parts.views.volume, lambda _: self._fill())
        follow(row, parts.views.preset, lambda _: self._show())
        follow(row, parts.language, lambda _: self._fill())

    def _sides(self, look_from: Callable[[str], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName("view.volume.from")
        button.setIcon(icon("look_from"))
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
        """Return a button that stays down."""
        button = QToolButton()
        button.setObjectName(f"view.volume.{name}")
        button.setIcon(icon(_DRAWINGS.get(name, name)))
        button.setCheckable(True)
        words(button, self._parts.language, button.setText, f"volume3d.{name}")
        tip(button, self._parts.language, f"volume3d.{name}.tip")
        return button

    def _shows(self, name: str, shown: Value[bool]) -> QToolButton:
        button = self._switch(name)
        follow(button, shown, button.setChecked)
        button.toggled.connect(shown.set)
        return button

    def _presets(self) -> ElidedComboBox:
        box = ElidedComboBox()
        box.setObjectName("view.volume.preset")
        box.setItemDelegate(_Thumbnails(box))
        box.view().setMinimumWidth(_LIST_PX)
        box.setSizeAdjustPolicy(ElidedComboBox.SizeAdjustPolicy.AdjustToContents)
        tip(box, self._parts.language, "ui.volume.preset.tip")
        box.activated.connect(lambda row: self._parts.views.preset.set(box.itemData(row)))
        return box

    def _fill(self) -> None:
        volume = self._parts.views.volume.now
        self._preset.clear()
        for name, one in presets().items():
            if volume is not None and one.fits(volume.quantity):
                self._preset.addItem(self._icon(name), self._named(one), name)
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
        self._row.reword()


def _look(look_from: Callable[[str], None], name: str, _checked: object = None) -> None:
    look_from(name)


def _name_side(action: QAction, name: str, number: int, language: Language) -> None:
    action.setText(f"{say(f'render.view.{name}', language)}\t{number}")
