"""A second scan beside the examined one: the bar over both, and the second one's slices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.presenters.examine.lockstep import Link
from viewer.presenters.examine.overlay import person_name
from viewer.presenters.examine.views import PLANES
from viewer.widgets.bind import follow, hear, tip, words
from viewer.widgets.elided import ElidedComboBox, ElidedLabel
from viewer.widgets.examine.slice_widget import SliceWidget
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from virtopsy.dicom.series import Scan, Series, Study
from virtopsy.findings.place import place_words
from virtopsy.imaging.volume import Volume

_HEIGHT_PX = 34
_ICON_PX = 18


class CompareBar(QFrame):
    """Which scan is compared, and how both go together."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("beside.bar")
        self.setFixedHeight(_HEIGHT_PX)
        self._parts = parts
        self._comparison = parts.comparison
        self._offered: tuple[tuple[Study, Series], ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 6, 0)
        row.setSpacing(6)
        self._told = ElidedLabel()
        self._told.setObjectName("beside.told")
        row.addWidget(self._told, 3)
        self._link = self._button("link", "compare.link.tip", self._turn_link)
        self._link.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._link.setCheckable(True)
        row.addWidget(self._link)
        self._series()
        row.addWidget(self._box, 2)
        row.addWidget(self._button("open", "compare.open.tip", self._ask_folder))
        row.addWidget(self._button("close", "compare.close.tip", self._comparison.toggle))
        self._follow()

    def _button(self, drawing: str, said: str, act: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"beside.{drawing}")
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.clicked.connect(act)
        tip(button, self._parts.language, said)
        return button

    def _series(self) -> None:
        self._box = ElidedComboBox()
        self._box.setObjectName("beside.series")
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        language = self._parts.language
        words(self._box, language, self._box.setPlaceholderText, "compare.choose")
        tip(self._box, language, "compare.series.tip")
        self._box.activated.connect(self._choose)

    def _follow(self) -> None:
        parts, second = self._parts, self._comparison
        follow(self, parts.opening.opened, self._fill, now=False)
        for found in (parts.opening.found, parts.keeping.held, second.opening.found):
            follow(self, found, self._fill, now=False)
        follow(self, second.opening.opened, self._fill)
        follow(self, second.views.volume, self._tell, now=False)
        follow(self, second.link, self._show_link)
        follow(self, parts.language, self._reword)
        hear(self, second.opening.problem, parts.trouble.announce)

    def _reword(self, _: object) -> None:
        self._fill()
        self._show_link(self._comparison.link.now)

    def _fill(self, _: object = None) -> None:
        """List what can be compared; the patient first, for it may be another one."""
        second = self._comparison
        self._offered = second.choices(self._parts.keeping.held.now)
        with QSignalBlocker(self._box):
            self._box.clear()
            for study, series in self._offered:
                who = person_name(study.patient_name) or self._parts.say("ui.found.nameless")
                what = series.description or series.modality
                parts = (study.date, what, who, study.patient_id)
                self._box.addItem(" · ".join(one for one in parts if one))
            keys = [(study.uid, series.key) for study, series in self._offered]
            chosen = second.chosen
            self._box.setCurrentIndex(keys.index(chosen) if chosen in keys else -1)
        self._tell()

    def _choose(self, row: int) -> None:
        self._comparison.opening.load(*self._offered[row])

    def _tell(self, _: object = None) -> None:
        """Say what is to be known before comparing."""
        second, say = self._comparison, self._parts.say
        link, warned = second.link.now, second.other_patient
        if warned:
            left, right = second.patient_numbers
            told = say("compare.other_patient", left=left, right=right)
        elif second.views.volume.now is None:
            told = say("compare.hint.choose")
        elif link is None:
            told = say("compare.hint.join")
        else:
            told = say("compare.told.frame") if link.same_frame else self._shift(link)
        self._told.setText(told)
        self._told.setProperty("role", "caution" if warned else "quiet")
        self._told.style().polish(self._told)
        self._link.setEnabled(second.views.volume.now is not None)

    def _shift(self, link: Link) -> str:
        """Say the shift a person stated, as sides of the patient."""
        shift = place_words(link.shift_mm, self._parts.language.now)
        return self._parts.say("compare.told.shift", shift=shift)

    def _show_link(self, link: Link | None) -> None:
        with QSignalBlocker(self._link):
            self._link.setChecked(link is not None)
        self._link.setText(self._parts.say("compare.link.off" if link is None else "compare.link"))
        self._tell()

    def _turn_link(self) -> None:
        second = self._comparison
        self._parts.attempt(second.part if second.link.now else second.join)
        self._show_link(second.link.now)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, self._parts.say("compare.open.tip"))
        dialog.setObjectName("beside.dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._comparison.opening.open_scan(Path(path)))
        dialog.open()


class CompareView(QStackedWidget):
    """The second scan's slice of the plane that is compared, or how to choose one."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("beside.view")
        second = parts.beside()
        self.slices = {plane: SliceWidget(second, plane) for plane in PLANES}
        self._choosing = _choosing(parts)
        self.addWidget(self._choosing)
        for plane, view in self.slices.items():
            view.setObjectName(f"beside.{plane}")
            self.addWidget(view)
        self._views = second.views
        follow(self, self._views.layout, self._turn, now=False)
        follow(self, self._views.shown, self._turn)

    def _turn(self, _: Volume | str | None) -> None:
        view = self.slices.get(self._views.layout.now)
        self.setCurrentWidget(
            self._choosing if view is None or self._views.shown.now is None else view
        )


def _said_of(found: Scan, parts: Parts) -> str:
    """Say what a folder has to be compared with."""
    volumes = sum(one.volume for study in found.studies for one in study.series)
    if not volumes:
        return parts.say("compare.none", skipped=len(found.skipped))
    return parts.say("compare.found", n=volumes) if volumes > 1 else parts.say("compare.empty")


def _choosing(parts: Parts) -> QWidget:
    empty = QWidget()
    empty.setObjectName("beside.empty")
    sentence = PlainLabel()
    sentence.setObjectName("beside.empty.words")
    sentence.setWordWrap(True)
    sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def tell(_: object) -> None:
        found = parts.comparison.opening.found.now
        sentence.setText(_said_of(found, parts) if found else parts.say("compare.empty"))

    follow(sentence, parts.comparison.opening.found, tell)
    follow(sentence, parts.language, tell)
    column = QVBoxLayout(empty)
    column.setContentsMargins(40, 0, 40, 0)
    column.addWidget(sentence)
    return empty
