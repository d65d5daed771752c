"""The workshop of the selected track: what fits it, what a person states of it, and the bevels."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QPushButton, QSpinBox, QVBoxLayout, QWidget

from viewer.presenters.tools.workshop import Frames
from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.examine.bevel_chart import BevelChart
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.findings.trajectory import Outcome, Trajectory
from virtopsy.geometry.body import Kind

_MOST_PROBED = 99


class WorkshopPart(QWidget):
    """Buttons and statements of one track, for the column of its details."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("workshop")
        self._parts, self._shop = parts, parts.workshop
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(4)
        self._method = self._label("track.method")
        self._button("refine", self._shop.refine)
        self._point = self._button("add_point", self._shop.add_point)
        self._fit_points = self._button("fit_points", self._shop.fit_points)
        self._fit_fragments = self._button("fit_fragments", self._shop.fit_fragments)
        self._lodged = self._button("lodged_here", self._shop.lodged_here)
        self._not_lodged = self._button("lodged_nowhere", self._shop.lodged_nowhere)
        self._deflected = self._button("deflected_here", self._shop.deflected_here)
        self._straight = self._button("straight", self._shop.straight)
        self._order = self._orders()
        self._charts = tuple(BevelChart(parts, end) for end in (0, 1))
        self._bevel_note = self._label("workshop.bevel.note", quiet=True)
        for chart in self._charts:
            self._column.addWidget(chart)
        self._frames = {kind: self._frame(kind) for kind in Kind}
        hear(self, self._shop.trouble, parts.trouble.announce)
        follow(self, self._shop.refined, lambda _: self.show_track(parts.findings.track))
        follow(self, self._shop.points, lambda _: self.show_track(parts.findings.track))
        follow(self, parts.language, lambda _: self.show_track(parts.findings.track))

    def show_track(self, track: Trajectory | None) -> None:
        """Show what is known of a track, and what can be done with it; nothing without one."""
        self.setVisible(track is not None)
        if track is None:
            return
        say = self._parts.say
        self._method.setText(say(f"workshop.method.{track.method.value}"))
        waiting, along = len(self._shop.points.now), len(self._shop.fragments_along)
        self._point.setText(say("workshop.add_point", n=waiting))
        self._fit_points.setVisible(waiting > 0)
        self._fit_points.setText(say("workshop.fit_points", n=waiting))
        self._fit_fragments.setVisible(along > 0)
        self._fit_fragments.setText(say("workshop.fit_fragments", n=along))
        self._straight.setVisible(bool(track.via_lps_mm))
        self._lodged.setVisible(track.outcome is not Outcome.THROUGH)
        self._not_lodged.setVisible(track.lodged_lps_mm is not None)
        with QSignalBlocker(self._order):
            self._order.setValue(track.order or 0)
        self._show_bevels(track)
        known = {one.kind: one for one in self._shop.frames()}
        for kind, (label, button) in self._frames.items():
            self._show_frame(known.get(kind), label, button)

    def _show_bevels(self, track: Trajectory) -> None:
        found = self._shop.refined.now.get(track.finding_id)
        holes = (None, None) if found is None else found.holes
        for end, (chart, hole) in enumerate(zip(self._charts, holes, strict=True)):
            stated = None if track.entry is None else track.entry == end
            chart.show_bevel(None if hole is None else hole.bevel, entry=stated)
        self._bevel_note.setVisible(any(holes))

    def _show_frame(self, frame: Frames | None, label: PlainLabel, button: QPushButton) -> None:
        """Say how far a frame of the body is, and let its sides be confirmed."""
        say = self._parts.say
        label.setVisible(frame is not None)
        button.setVisible(frame is not None and frame.may_be_confirmed)
        if frame is None:
            return
        part = say(f"workshop.frame.{frame.kind.value}")
        if frame.why_not is not None:
            told = frame.why_not.sentence(self._parts.language.now)
        elif frame.confirmed_by:
            told = say("workshop.frame.confirmed", name=frame.confirmed_by)
        else:
            told = say("workshop.frame.unconfirmed")
        label.setText(f"{part}: {told}")
        button.setText(
            say("workshop.confirm_against" if frame.against_scanner else "workshop.confirm")
        )

    def _label(self, key: str, *, quiet: bool = False) -> PlainLabel:
        label = PlainLabel()
        label.setObjectName(key)
        label.setWordWrap(True)
        if quiet:
            label.setProperty("role", "quiet")
            words(label, self._parts.language, label.setText, key)
        self._column.addWidget(label)
        return label

    def _button(self, name: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"workshop.{name}")
        if name not in {"add_point", "fit_points", "fit_fragments"}:
            words(button, self._parts.language, button.setText, f"workshop.{name}")
        tip(button, self._parts.language, f"workshop.{name}.tip")
        button.clicked.connect(lambda: self._parts.attempt(act))
        self._column.addWidget(button)
        return button

    def _orders(self) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName("workshop.order")
        box.setRange(0, _MOST_PROBED)
        box.setKeyboardTracking(False)
        words(box, self._parts.language, box.setSpecialValueText, "workshop.order.unstated")
        words(box, self._parts.language, box.setPrefix, "workshop.order.prefix")
        tip(box, self._parts.language, "workshop.order.tip")
        box.valueChanged.connect(
            lambda now: self._parts.attempt(lambda: self._shop.state_order(now or None))
        )
        self._column.addWidget(box)
        return box

    def _frame(self, kind: Kind) -> tuple[PlainLabel, QPushButton]:
        label = self._label(f"workshop.frame.{kind.value}.state")
        button = QPushButton()
        button.setObjectName(f"workshop.confirm.{kind.value}")
        tip(button, self._parts.language, "workshop.confirm.tip")
        button.clicked.connect(lambda: self._parts.attempt(lambda: self._shop.confirm_sides(kind)))
        self._column.addWidget(button)
        return label, button
