"""The protocol room: the expert's words, what the page will state beside them, and the seal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.widgets.bind import follow, hear, when_seen, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, wrapped
from viewer.widgets.push_button import push_button
from viewer.widgets.save_as import save_as
from viewer.widgets.subject_choice import SubjectChoice
from virtopsy.language import Language, say


class ProtocolRoom(QWidget):
    """Writes the conclusion and hands the case out.

    Args:
        parts: the presenters.
        save: keeps the case; nothing leaves that is not kept.
    """

    def __init__(self, parts: Parts, save: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("room.protocol")
        self._parts = parts
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 24, 16)
        row.setSpacing(28)
        row.addLayout(self._writing(save), 1)
        row.addWidget(self._preview(), 1)
        show = when_seen(self, self._show)
        hear(self, parts.session.changed, lambda _: show())
        follow(self, parts.views.volume, lambda _: show(), now=False)
        follow(self, parts.keeping.person, lambda _: show(), now=False)
        follow(self, parts.writing.language, lambda _: show(), now=False)
        follow(self, parts.language, lambda _: show())

    def _writing(self, save: Callable[[], None]) -> QVBoxLayout:
        title, label = (
            self._words("title", "ui.protocol.title"),
            self._words("", "ui.protocol.text"),
        )
        self._text = QPlainTextEdit()
        self._text.setObjectName("protocol.text")
        self._text.setTabChangesFocus(True)
        language = self._parts.language
        words(self._text, language, self._text.setPlaceholderText, "ui.protocol.placeholder")
        self._text.textChanged.connect(
            lambda: self._parts.writing.text.set(self._text.toPlainText())
        )
        follow(self._text, self._parts.writing.text, self._show_text)
        self._unkept = self._words("quiet", "ui.protocol.not_kept")
        self._save = push_button(self._parts.language, "save", "protocol.save", save)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(title)
        column.addLayout(self._choices())
        column.addWidget(label)
        column.addWidget(self._text, 1)
        column.addWidget(self._unkept)
        column.addLayout(self._buttons())
        return column

    def _words(self, role: str, key: str) -> PlainLabel:
        label = wrapped(role)
        words(label, self._parts.language, label.setText, key)
        return label

    def _choices(self) -> QGridLayout:
        spoken = QComboBox()
        spoken.setObjectName("protocol.language")
        spoken.addItems([say(f"ui.language.{one.value}", one) for one in Language])
        writing = self._parts.writing
        spoken.activated.connect(lambda row: writing.language.set(list(Language)[row]))
        follow(
            spoken,
            writing.language,
            lambda now: spoken.setCurrentIndex(list(Language).index(now)),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.addWidget(self._words("quiet", "ui.protocol.language"), 0, 0)
        grid.addWidget(spoken, 0, 1)
        grid.addWidget(self._words("quiet", "ui.protocol.subject"), 1, 0)
        grid.addWidget(SubjectChoice(self._parts, "protocol.subject"), 1, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        self._pdf = push_button(self._parts.language, "protocol", "protocol.pdf", self._ask_pdf)
        self._bundle = push_button(
            self._parts.language, "bundle", "protocol.bundle", self._ask_bundle, main=True
        )
        row = QHBoxLayout()
        row.addWidget(self._save)
        row.addStretch(1)
        row.addWidget(self._pdf)
        row.addWidget(self._bundle)
        return row

    def _preview(self) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        self._facts = QScrollArea()
        self._facts.setObjectName("protocol.facts")
        self._facts.setWidgetResizable(True)
        self._facts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 6, 12)
        column.addWidget(self._words("heading", "ui.protocol.preview"))
        column.addWidget(self._facts, 1)
        return card

    def _show_text(self, text: str) -> None:
        if self._text.toPlainText() != text:
            with QSignalBlocker(self._text):
                self._text.setPlainText(text)

    def _show(self) -> None:
        kept = self._parts.session.recorded
        self._unkept.setVisible(not kept)
        self._save.setVisible(not kept)
        self._pdf.setEnabled(kept)
        self._bundle.setEnabled(kept)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 8, 4)
        column.setSpacing(1)
        for line in self._parts.writing.facts(self._parts.writing.language.now):
            label, text = PlainLabel(line.label), PlainLabel(line.text)
            label.setProperty("role", "quiet")
            text.setContentsMargins(0, 0, 0, 6)
            for one in (label, text):
                one.setWordWrap(True)
                column.addWidget(one)
        column.addStretch(1)
        self._facts.setWidget(inside)

    def _ask_pdf(self) -> None:
        dialog = save_as(self._parts, self, "ui.protocol.pdf", self._parts.writing.save_pdf)
        dialog.setObjectName("protocol.pdf.dialog")
        dialog.setDefaultSuffix("pdf")
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.open()

    def _ask_bundle(self) -> None:
        dialog = save_as(self._parts, self, "ui.protocol.bundle", self._parts.writing.export)
        dialog.setObjectName("protocol.bundle.dialog")
        dialog.open()
