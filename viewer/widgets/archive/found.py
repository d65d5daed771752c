"""What is in a folder: one card a series, with what is wrong with it, and a button that loads."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from viewer.presenters.examine.overlay import patient_facts, person_name
from viewer.presenters.examine.pictures import can_look
from viewer.widgets.bind import follow
from viewer.widgets.icons import Sign
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, set_tip
from virtopsy.dicom.series import Scan, Series, Skipped, Study
from virtopsy.language import printable


class FoundList(QScrollArea):
    """The studies and series of the last folder."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("cases.found")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._parts = parts
        follow(self, parts.opening.found, lambda _: self._show())
        follow(self, parts.language, lambda _: self._show(), now=False)

    def _show(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        found = self._parts.opening.found.now
        if found is not None:
            self._fill(column, found)
        column.addStretch(1)
        self.setWidget(inside)

    def _fill(self, column: QVBoxLayout, found: Scan) -> None:
        for study in found.studies:
            column.addWidget(self._study(study))
            for series in study.series:
                column.addWidget(self._series(study, series))
        if found.skipped:
            column.addWidget(self._skipped(found.skipped))

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
