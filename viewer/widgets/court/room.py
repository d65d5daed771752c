"""The court room: the stops with their captions, and the button that shows them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.court.walkthrough import known_layout
from viewer.render.hidden_words import hidden_words
from viewer.widgets.bind import follow, hear, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.push_button import push_button
from virtopsy.walkthrough.stop import Stop

_LONGEST_SENTENCE = 24  # words; a court listens to shorter ones


class CaptionBox(QPlainTextEdit):
    """What is typed is kept when the person turns to something else; nothing is lost by a click.

    Args:
        keep: keeps the words.
    """

    def __init__(self, keep: Callable[[], None]) -> None:
        super().__init__()
        self._keep = keep

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._keep()


class CourtRoom(QWidget):
    """Prepares the walkthrough.

    Args:
        parts: the presenters.
        add: adds what is seen as a stop.
        show_stops: begins the showing.
    """

    def __init__(
        self, parts: Parts, add: Callable[[], None], show_stops: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("room.court")
        self._parts = parts
        self._chosen: str | None = None
        self._show_stops = show_stops
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 16)
        row.setSpacing(28)
        row.addLayout(self._stops(add), 3)
        row.addWidget(self._details(), 2)
        hear(self, parts.session.changed, lambda _: self._fill())
        follow(self, parts.language, lambda _: self._fill())

    def _stops(self, add: Callable[[], None]) -> QVBoxLayout:
        language = self._parts.language
        title, hint = PlainLabel(), PlainLabel()
        title.setProperty("role", "title")
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        words(title, language, title.setText, "ui.court.title")
        words(hint, language, hint.setText, "ui.court.hint")
        self._list = QListWidget()
        self._list.setObjectName("court.stops")
        self._list.setWordWrap(True)
        self._list.currentItemChanged.connect(lambda *_: self._choose())
        buttons = QHBoxLayout()
        buttons.addWidget(push_button(self._parts.language, "add", "court.add", add))
        buttons.addStretch(1)
        self._show = push_button(self._parts.language, "show", "court.show", self._begin, main=True)
        buttons.addWidget(self._show)
        column = QVBoxLayout()
        column.setSpacing(10)
        for widget in (title, hint):
            column.addWidget(widget)
        column.addWidget(self._list, 1)
        column.addLayout(buttons)
        return column

    def _details(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        label, advice = PlainLabel(), PlainLabel()
        label.setProperty("role", "heading")
        advice.setProperty("role", "quiet")
        advice.setWordWrap(True)
        words(label, self._parts.language, label.setText, "ui.court.caption")
        words(advice, self._parts.language, advice.setText, "ui.court.advice")
        self._caption = CaptionBox(self._keep_caption)
        self._caption.setObjectName("court.caption")
        self._caption.setTabChangesFocus(True)
        self._caption.textChanged.connect(self._judge)
        self._judged = PlainLabel()
        self._judged.setWordWrap(True)
        self._keep = push_button(
            self._parts.language, "save", "court.keep", self._keep_caption, main=True
        )
        self._look = push_button(self._parts.language, "examine", "court.look", self._look_at)
        self._withdraw = push_button(
            self._parts.language, "withdraw", "court.withdraw", self._take_out
        )
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for widget in (label, self._caption, self._judged, self._keep):
            column.addWidget(widget)
        column.addWidget(advice)
        column.addStretch(1)
        column.addWidget(self._look)
        column.addWidget(self._withdraw)
        return card

    def _fill(self) -> None:
        with QSignalBlocker(self._list):
            self._list.clear()
            for number, stop in enumerate(self._parts.walkthrough.stops, start=1):
                item = QListWidgetItem(self._line(number, stop))
                self._list.addItem(item)
                if stop.stop_id == self._chosen:
                    self._list.setCurrentItem(item)
            if self._list.currentItem() is None:
                self._list.setCurrentRow(self._list.count() - 1)
        self._show.setEnabled(self._list.count() > 0)
        self._choose()
        self._judge()

    def _line(self, number: int, stop: Stop) -> str:
        seen = self._parts.say(f"ui.layout.{known_layout(stop.layout)}")
        hidden = hidden_words(stop.cutaway, self._parts.language.now)
        told = f"{seen} · {hidden}" if hidden else seen
        return f"{number}.  {stop.caption}\n      {told}"

    def _stop(self) -> Stop | None:
        row, stops = self._list.currentRow(), self._parts.walkthrough.stops
        return stops[row] if 0 <= row < len(stops) else None

    def _choose(self) -> None:
        stop, before = self._stop(), self._chosen
        self._chosen = None if stop is None else stop.stop_id
        for widget in (self._caption, self._keep, self._look, self._withdraw):
            widget.setEnabled(stop is not None)
        if stop is None or self._chosen != before or not self._caption.document().isModified():
            self._caption.setPlainText("" if stop is None else stop.caption)

    def _judge(self) -> None:
        """Say when a sentence is longer than a court listens to."""
        text = self._caption.toPlainText()
        longest = max((len(one.split()) for one in _sentences(text)), default=0)
        too_long = longest > _LONGEST_SENTENCE
        self._judged.setText(self._parts.say("ui.court.long", n=longest) if too_long else "")
        self._judged.setVisible(too_long)

    def _begin(self) -> None:
        self._keep_caption()
        self._show_stops()

    def _keep_caption(self) -> None:
        stop, text = self._stop(), self._caption.toPlainText().strip()
        if stop is not None and text and text != stop.caption:
            self._caption.document().setModified(False)
            self._parts.attempt(lambda: self._parts.walkthrough.caption(stop.stop_id, text))

    def _look_at(self) -> None:
        stop = self._stop()
        if stop is not None:
            self._parts.walkthrough.look_at(stop.stop_id)
            self._parts.room.set("examine")

    def _take_out(self) -> None:
        stop = self._stop()
        if stop is not None:
            self._parts.attempt(lambda: self._parts.walkthrough.withdraw(stop.stop_id))


def _sentences(text: str) -> list[str]:
    for mark in "!?…\n":
        text = text.replace(mark, ".")
    return text.split(".")
