"""One button for how the slices are shown: slab, oblique, interpolation, cine."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from viewer.presenters.examine.cine import RATES
from viewer.presenters.examine.slabs import THICKNESSES_MM, decimals
from viewer.widgets.bind import follow, tip
from viewer.widgets.parts import Parts
from virtopsy.imaging.slab import Projection

_TICK_MS = 15


class SlabMenu(QToolButton):
    """Says in short how the slices are shown; its menu changes that.

    Args:
        parts: the presenters.
    """

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("slab")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._parts, self._views, self._reading = parts, parts.views, parts.reading
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        tip(self, parts.language, "reading.slab.tip")
        self._menu.aboutToShow.connect(self._fill)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK_MS)
        self._clock.timeout.connect(lambda: self._reading.cine.tick(time.monotonic()))
        follow(self, parts.language, lambda _: self._name())
        follow(self, parts.views.slab, lambda _: self._name())
        follow(self, self._reading.cine.playing, self._pace)

    def _pace(self, playing: object) -> None:
        if playing is None:
            self._clock.stop()
        else:
            self._clock.start()

    def _name(self) -> None:
        slab = self._views.slab.now
        if slab is None:
            self.setText(self._parts.say("reading.slab"))
            return
        mm = self._parts.number(slab.thickness_mm, decimals(slab.thickness_mm))
        self.setText(self._parts.say(f"reading.slab.{slab.projection.value}.mm", mm=mm))

    def _fill(self) -> None:
        """List what can be chosen now, in the language of now."""
        menu, say, slab = self._menu, self._parts.say, self._views.slab.now
        menu.clear()
        kinds = QActionGroup(menu)
        self._choice(kinds, say("reading.slab.thin"), chosen=slab is None).triggered.connect(
            lambda: self._reading.project(None)
        )
        for kind in Projection:
            chosen = slab is not None and slab.projection is kind
            action = self._choice(kinds, say(f"reading.slab.{kind.value}"), chosen=chosen)
            action.triggered.connect(partial(_project, self._parts, kind))
        menu.addSeparator()
        thick = QActionGroup(menu)
        for mm in THICKNESSES_MM:
            chosen = slab is not None and slab.thickness_mm == mm
            text = say("reading.slab.thickness", mm=self._parts.number(mm, 0))
            action = self._choice(thick, text, chosen=chosen)
            action.triggered.connect(partial(_thicken, self._parts, mm))
        menu.addSeparator()
        straighten = QAction(say("reading.straighten"), menu)
        straighten.setEnabled(not self._views.turn.now.is_straight)
        straighten.triggered.connect(self._views.straighten)
        menu.addAction(straighten)
        smooth = QAction(say("reading.interpolated"), menu)
        smooth.setCheckable(True)
        smooth.setChecked(self._views.smooth.now)
        smooth.toggled.connect(self._views.smooth.set)
        menu.addAction(smooth)
        self._cine(menu)

    def _cine(self, menu: QMenu) -> None:
        menu.addSeparator()
        cine = self._reading.cine
        play = QAction(self._parts.say("reading.cine"), menu)
        play.setCheckable(True)
        play.setChecked(cine.playing.now is not None)
        play.triggered.connect(lambda: cine.toggle(self._views, self._reading.active.now))
        menu.addAction(play)
        back = QAction(self._parts.say("reading.cine.back"), menu)
        back.setCheckable(True)
        back.setChecked(not cine.round.now)
        back.triggered.connect(lambda turning: cine.round.set(not turning))
        menu.addAction(back)
        rates = QActionGroup(menu)
        for rate in RATES:
            text = self._parts.say("reading.cine.rate", n=rate)
            action = self._choice(rates, text, chosen=cine.rate.now == rate)
            action.triggered.connect(partial(_rate, self._parts, rate))

    def _choice(self, group: QActionGroup, text: str, *, chosen: bool) -> QAction:
        action = QAction(text, self._menu)
        action.setCheckable(True)
        action.setChecked(chosen)
        group.addAction(action)
        self._menu.addAction(action)
        return action


def _project(parts: Parts, kind: Projection, _checked: object = None) -> None:
    parts.reading.project(kind)


def _thicken(parts: Parts, mm: float, _checked: object = None) -> None:
    parts.reading.thickness(mm)


def _rate(parts: Parts, rate: int, _checked: object = None) -> None:
    parts.reading.cine.rate.set(rate)
