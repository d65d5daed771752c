"""What is in a folder: one card a series, with what is wrong with it, and a button that loads.

A folder of a whole institute holds thousands of series. Cards are made for those that are seen
and as many below them, a few at a time: the rest wait until somebody scrolls there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.overlay import patient_facts, person_name
from viewer.presenters.examine.pictures import can_look
from viewer.widgets.bind import follow
from viewer.widgets.icons import Sign
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, set_tip
from virtopsy.dicom.series import Scan, Series, Skipped, Study
from virtopsy.language import printable

_AT_ONCE = 8  # cards made in one turn of the event loop
_LEAST_PX = 1500  # of cards that are made although nobody scrolled


class FoundList(QScrollArea):
    """The studies and series of the last folder."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("cases.found")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._parts = parts
        self._coming: Iterator[QWidget] = iter(())
        self._column = QVBoxLayout()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._go_on)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._go_on())
        follow(self, parts.opening.found, lambda _: self._show())
        follow(self, parts.language, lambda _: self._show(), now=False)

    def _show(self) -> None:
        found = self._parts.opening.found.now
        inside = QWidget()
        self._column = column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addStretch(1)
        self._coming = iter(()) if found is None else self._cards(found)
        self._go_on()
        self.setWidget(inside)

    def _go_on(self) -> None:
        """Make the next cards, if the end of those there are is near."""
        wanted = self.verticalScrollBar().value() + max(2 * self.viewport().height(), _LEAST_PX)
        for _ in range(_AT_ONCE):
            if self._column.heightForWidth(self.viewport().width()) >= wanted:
                return
            card = next(self._coming, None)
            if card is None:
                return
            self._column.insertWidget(self._column.count() - 1, card)
        self._soon.start(0)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._soon.start(0)

    def _cards(self, found: Scan) -> Iterator[QWidget]:
        for study in found.studies:
            yield self._study(study)
            for series in study.series:
                yield self._series(study, series)
        if found.skipped:
            yield self._skipped(found.skipped)

    def _study(self, study: Study) -> QWidget:
        who = person_name(study.patient_name) or self._parts.say("ui.found.nameless")
        parts = [who, study.patient_id, study.date, study.description]
        facts = patient_facts(study, study.date, self._parts.language.now)
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(_plain(" · ".join(one for one in parts if one), "heading"))
        if facts:
            column.addWidget(_plain(" · ".join(facts), "quiet"))
        return block

    def _series(self, study: Study, series: Series) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_plain(series.description or self._parts.say("ui.found.untitled")))
        words.addWidget(_plain(self._facts(series), "quiet"))
        sentences = [one.sentence(self._parts.language.now) for one in series.problems]
        for sentence in dict.fromkeys(sentences):
            words.addLayout(_remark(sentence))
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 8, 10, 8)
        row.addLayout(words, 1)
        button = self._look if can_look(series) else self._load
        row.addWidget(button(study, series), 0, Qt.AlignmentFlag.AlignVCenter)
        return card

    def _load(self, study: Study, series: Series) -> QPushButton:
        button = QPushButton(self._parts.say("ui.found.load"))
        button.setObjectName(f"series.load.{series.key}")
        button.setProperty("main", True)
        button.setEnabled(series.volume)
        if not series.volume:
            set_tip(button, self._parts.say("ui.found.no_volume"))
        button.clicked.connect(lambda: self._parts.opening.load(study, series))
        return button

    def _look(self, study: Study, series: Series) -> QPushButton:
        button = QPushButton(self._parts.say("picture.look"))
        button.setObjectName(f"series.look.{series.key}")
        set_tip(button, self._parts.say("picture.look.tip"))
        button.clicked.connect(lambda: self._parts.pictures.look(study, series))
        return button

    def _facts(self, series: Series) -> str:
        say = self._parts.say
        how_many = say("ui.found.images", n=series.frames)
        if not series.frames:
            how_many = say("ui.cases.files", n=series.files)
        parts = [series.modality, how_many]
        if series.rows and series.columns:
            parts.append(f"{series.columns} × {series.rows}")
        if series.spacing_mm is not None:
            i, j, k = (self._parts.number(one, 2) for one in series.spacing_mm)
            parts.append(say("ui.found.spacing", i=i, j=j, k=k))
        if series.orientation is not None:
            parts.append(say(f"ui.found.orientation.{series.orientation}"))
        return " · ".join(one for one in parts if one)

    def _skipped(self, skipped: Iterable[Skipped]) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 10, 8)
        files = tuple(skipped)
        column.addWidget(_plain(self._parts.say("ui.found.skipped", n=len(files)), "quiet"))
        by_reason: dict[str, list[str]] = {}
        for one in files:
            reason = one.problem.sentence(self._parts.language.now)
            by_reason.setdefault(reason, []).append(printable(one.path.name))
        for reason, names in by_reason.items():
            shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
            column.addLayout(_remark(f"{shown}: {reason}"))
        return card


def _plain(text: str, role: str = "") -> PlainLabel:
    label = PlainLabel(text)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label


def _remark(sentence: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(Sign("warning", "caution"), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(_plain(sentence), 1)
    return row
