"""The strip over the views while volumes are grown or painted: how, between what, of what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
)

from viewer.presenters.tools.paint import Draft, How, Settings, unit
from viewer.widgets.bind import follow, tip, words
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.findings.region import Substance
from virtopsy.findings.vocabulary import called
from virtopsy.language import Language

_LIMITS = {
    "low": (-32768.0, 65535.0, 10.0),
    "high": (-32768.0, 65535.0, 10.0),
    "reach_mm": (5.0, 500.0, 5.0),
    "radius_mm": (0.5, 50.0, 0.5),
}
_OF = {
    How.GROW: ("low", "high", "reach_mm"),
    How.PAINT: ("radius_mm", "low", "high"),
    How.ERASE: ("radius_mm",),
}


class PaintBar(QFrame):
    """Everything of the volume tool in one line; it is there while the tool is in hand."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("paintbar")
        self._parts, self._tool = parts, parts.paint
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 3, 8, 3)
        self._row.setSpacing(6)
        self._ways = {how: self._way(how) for how in How}
        self._boxes: dict[str, tuple[PlainLabel, QDoubleSpinBox]] = {
            name: self._number(name) for name in _LIMITS
        }
        self._within = QCheckBox()
        self._within.setObjectName("paint.within")
        words(self._within, parts.language, self._within.setText, "paint.within")
        self._within.toggled.connect(lambda on: self._tool.set(within=on))
        self._row.addWidget(self._within)
        self._inside = QCheckBox()
        self._inside.setObjectName("paint.inside")
        words(self._inside, parts.language, self._inside.setText, "paint.inside")
        tip(self._inside, parts.language, "paint.inside.tip")
        self._inside.toggled.connect(lambda on: self._tool.set(inside=on))
        self._row.addWidget(self._inside)
        self._substance = self._substances()
        self._row.addStretch(1)
        self._back = self._step_back()
        self._keep = self._act("keep", parts.keep_volume)
        self._act("give_up", parts.leave_tool)
        follow(self, self._tool.settings, self._show)
        follow(self, parts.language, lambda _: self._show(self._tool.settings.now), now=False)
        follow(self, parts.views.volume, lambda _: self._show(self._tool.settings.now), now=False)
        follow(self, self._tool.draft, self._allow)
        follow(self, parts.tool, lambda now: self.setVisible(now == "volume"))

    def _way(self, how: How) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"paint.{how.value}")
        button.setCheckable(True)
        words(button, self._parts.language, button.setText, f"paint.{how.value}")
        tip(button, self._parts.language, f"paint.{how.value}.tip")
        button.clicked.connect(lambda: self._tool.set(how=how))
        self._row.addWidget(button)
        return button

    def _number(self, name: str) -> tuple[PlainLabel, QDoubleSpinBox]:
        label, box = PlainLabel(), QDoubleSpinBox()
        box.setObjectName(f"paint.{name}")
        low, high, step = _LIMITS[name]
        box.setRange(low, high)
        box.setSingleStep(step)
        box.setDecimals(1 if name == "radius_mm" else 0)
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.setKeyboardTracking(False)
        words(label, self._parts.language, label.setText, f"paint.{name}")
        box.valueChanged.connect(partial(self._set, name))
        self._row.addWidget(label)
        self._row.addWidget(box)
        return label, box

    def _set(self, name: str, value: float) -> None:
        self._tool.set(**{name: value})

    def _substances(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("paint.substance")
        box.addItems([""] * len(Substance))
        tip(box, self._parts.language, "paint.substance.tip")

        def reword(language: Language) -> None:
            for row, one in enumerate(Substance):
                unsaid = self._parts.say("paint.substance.unstated")
                text = called("substance", one.value, language) if one.value else unsaid
                box.setItemText(row, text)

        follow(box, self._parts.language, reword)
        box.activated.connect(lambda row: self._tool.set(substance=list(Substance)[row]))
        self._row.addWidget(box)
        return box

    def _act(self, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"paint.{name}")
        words(button, self._parts.language, button.setText, f"paint.{name}")
        button.clicked.connect(lambda _: act())
        self._row.addWidget(button)
        return button

    def _step_back(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("paint.take_back")
        button.setIcon(icon("undo"))
        tip(button, self._parts.language, "paint.take_back")
        button.clicked.connect(lambda _: self._tool.take_back())
        self._row.addWidget(button)
        return button

    def _show(self, now: Settings) -> None:
        for how, button in self._ways.items():
            button.setChecked(how is now.how)
        suffix = f" {unit(self._parts.views.volume.now)}".rstrip()
        mm = f" {self._parts.say('findings.mm')}"
        for name, (label, box) in self._boxes.items():
            with QSignalBlocker(box):
                box.setValue(getattr(now, name))
            box.setSuffix(mm if name.endswith("_mm") else suffix)
            there = name in _OF[now.how]
            label.setVisible(there)
            box.setVisible(there)
        self._within.setVisible(now.how is How.PAINT)
        with QSignalBlocker(self._within):
            self._within.setChecked(now.within)
        self._inside.setVisible(now.how is How.GROW and bool(suffix))
        with QSignalBlocker(self._inside):
            self._inside.setChecked(now.inside)
        with QSignalBlocker(self._substance):
            self._substance.setCurrentIndex(list(Substance).index(now.substance))

    def _allow(self, draft: Draft | None) -> None:
        self._back.setEnabled(draft is not None)
        self._keep.setEnabled(draft is not None and draft.region is not None)
