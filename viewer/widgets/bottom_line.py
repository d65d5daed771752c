"""The bottom line: what lies under the mouse, the tool's hint, running jobs, the language."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QToolButton,
    QWidget,
)

from viewer.presenters.examine import along
from viewer.presenters.examine.views import Pointed, Views
from viewer.presenters.work import Running
from viewer.widgets.anchor_line import AnchorLine
from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.elided import ElidedLabel
from viewer.widgets.icons import icon
from viewer.widgets.parts import MARKING, Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.findings.place import place_words
from virtopsy.imaging.volume import Quantity
from virtopsy.language import Language

HEIGHT_PX = 28
_PLACE_PX = 330  # wide enough for the longest place, so that the hint does not jump
_MESSAGE_MS = 8000


class BottomLine(QFrame):
    """One line, always there."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("bottomline")
        self.setFixedHeight(HEIGHT_PX)
        self._parts = parts
        self._place = PlainLabel()
        self._place.setObjectName("bottom.place")
        self._place.setMinimumWidth(_PLACE_PX)
        self._hint = ElidedLabel()
        self._hint.setObjectName("bottom.hint")
        self._hint.setProperty("role", "quiet")
        self._jobs = QHBoxLayout()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 0, 6, 0)
        self._row.setSpacing(10)
        self._row.addWidget(self._place)
        self._row.addWidget(self._hint, 1)
        self._row.addWidget(AnchorLine(parts))
        self._row.addLayout(self._jobs)
        self._languages()
        self._message = QTimer(self)
        self._message.setSingleShot(True)
        self._message.timeout.connect(self._show_hint)
        self._follow()

    def _languages(self) -> None:
        box = QHBoxLayout()
        box.setSpacing(1)
        current: list[QToolButton] = []
        for one in Language:
            button = QToolButton()
            button.setObjectName(f"language.{one.value}")
            button.setText(one.value.upper())
            tip(button, self._parts.language, f"ui.language.{one.value}")
            button.setCheckable(True)
            button.clicked.connect(partial(self._speak, one))
            current.append(button)
            box.addWidget(button)

        def show(now: Language) -> None:
            for one, button in zip(Language, current, strict=True):
                button.setChecked(one is now)

        follow(self, self._parts.language, show)
        self._row.addLayout(box)

    def _speak(self, language: Language, *_: object) -> None:
        self._parts.language.set(language)
        for one in Language:  # a second click on the present language must not uncheck it
            button = self.findChild(QToolButton, f"language.{one.value}")
            assert button is not None  # noqa: S101 -- made above
            button.setChecked(one is language)

    def _follow(self) -> None:
        parts = self._parts
        follow(self, parts.views.pointed, lambda _: self._show_place())
        follow(self, parts.comparison.views.pointed, lambda _: self._show_all(), now=False)
        follow(self, parts.comparison.views.window, lambda _: self._show_place(), now=False)
        follow(self, parts.views.window, lambda _: self._show_place(), now=False)
        follow(self, parts.views.shown, lambda _: self._show_place(), now=False)
        follow(self, parts.tool, lambda _: self._show_hint(), now=False)
        follow(self, parts.trajectory.hint, lambda _: self._show_hint(), now=False)
        follow(self, parts.points.form, lambda _: self._show_hint(), now=False)
        follow(self, parts.points.draft, lambda _: self._show_hint(), now=False)
        follow(self, parts.points.snap, lambda _: self._show_hint(), now=False)
        follow(self, parts.along.hint, lambda _: self._show_hint(), now=False)
        follow(self, parts.views.layout, lambda _: self._show_hint(), now=False)
        follow(self, parts.cutting.tool, lambda _: self._show_hint(), now=False)
        follow(self, parts.cutting.shown, lambda _: self._show_hint(), now=False)
        follow(self, parts.room, lambda _: self._enter(), now=False)
        follow(self, parts.language, lambda _: self._enter())
        hear(self, parts.told, self.tell)
        follow(self, parts.fragment_search.found, self._tell_found, now=False)
        follow(self, parts.work.running, self._show_jobs)

    def tell(self, sentence: str) -> None:
        """Show a short message in the place of the hint for some seconds."""
        self._hint.setText(sentence)
        self._message.start(_MESSAGE_MS)

    def _tell_found(self, count: int | None) -> None:
        """Say how many pieces of metal a search added; none is an answer, too."""
        if count is not None:
            self.tell(self._parts.say("fragments.listed", n=count))

    def _enter(self) -> None:
        """Let another room or language speak, not what was said in the one before."""
        self._message.stop()
        self._show_all()

    def _show_all(self) -> None:
        self._show_place()
        self._show_hint()

    def _show_place(self) -> None:
        in_room = self._parts.room.now == "examine"
        self._place.setVisible(in_room)
        second = self._parts.comparison.views
        if self._parts.views.shown.now is None:
            self._place.setText("")
        elif second.pointed.now is None:
            self._place.setText(self._place_on(self._parts.views))
        else:
            self._place.setText(self._parts.say("compare.place", place=self._place_on(second)))

    def _place_on(self, views: Views) -> str:
        window, pointed, whole = views.window.now, views.pointed.now, self._parts.number
        grey = self._parts.say(
            "ui.place.window", width=whole(window.width, 0), centre=whole(window.centre, 0)
        )
        return grey if pointed is None else f"{self._pointed(pointed)} · {grey}"

    def _pointed(self, pointed: Pointed) -> str:
        say = self._parts.say
        sides = place_words(pointed.lps_mm, self._parts.language.now)
        if pointed.value is None:
            return say("ui.place.outside", place=sides)
        kind = "hu" if pointed.quantity is Quantity.HU else "signal"
        return say(f"ui.place.{kind}", value=self._parts.number(pointed.value, 0), place=sides)

    def _show_hint(self) -> None:
        if self._message.isActive():
            return
        parts = self._parts
        snap = parts.points.snap.now if parts.room.now == "examine" else ""
        snapping = f"{parts.say(f'marking.snap.{snap}')}. " if snap else ""
        self._hint.setText(f"{snapping}{self._hint_words()}")

    def _hint_words(self) -> str:
        parts = self._parts
        key = f"ui.hint.{parts.tool.now}"
        if parts.room.now != "examine":
            key = f"ui.hint.room.{parts.room.now}"
        elif parts.tool.now == "region" and parts.comparison.views.pointed.now is not None:
            key = "compare.no_region"
        elif parts.points.draft.now is not None or parts.tool.now in MARKING:
            return parts.points.hint(parts.language.now)
        elif parts.tool.now == "trajectory":
            key = parts.trajectory.hint.now
        elif parts.tool.now == "path":
            key = parts.along.hint.now
        elif parts.views.layout.now == along.LAYOUT and parts.tool.now == "point":
            key = "path.hint"
        elif parts.cutting.shown.now and parts.cutting.tool.now != "turn":
            key = f"volume3d.tool.{parts.cutting.tool.now}.tip"
        return parts.say(key)

    def _show_jobs(self, running: tuple[Running, ...]) -> None:
        while (old := self._jobs.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        for one in running:
            self._jobs.addWidget(_Job(self._parts, one))


class _Job(QWidget):
    """One running job: what, how far, and a way to stop it."""

    def __init__(self, parts: Parts, running: Running) -> None:
        super().__init__()
        label = PlainLabel()
        words(label, parts.language, label.setText, running.label)
        self._bar = QProgressBar()
        self._bar.setObjectName("job.progress")
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        cancel = QToolButton()
        cancel.setObjectName("job.cancel")
        cancel.setIcon(icon("close"))
        cancel.clicked.connect(running.progress.cancel)
        tip(cancel, parts.language, "ui.job.cancel")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label, self._bar, cancel):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        follow(self, running.done, self._show)

    def _show(self, done: tuple[int, int]) -> None:
        # A bar that may paint does so within setValue, and every other part of the window with it.
        self._bar.setUpdatesEnabled(False)
        self._bar.setRange(0, done[1])  # (0, 0) shows that something goes on, not how far
        self._bar.setValue(done[0])
        self._bar.setUpdatesEnabled(True)
