"""The top line of the examine room: case, series, tools, window, layout, undo, save."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QToolButton
from typing_extensions import override

from viewer.presenters.examine.opening import Opened
from viewer.presenters.examine.views import LAYOUTS
from viewer.presenters.tools.forms import Form, forms_of
from viewer.widgets.bind import choice, combo, follow, hear, tip, words
from viewer.widgets.elided import ElidedComboBox, ElidedLabel
from viewer.widgets.examine.marking_menu import MarkingMenu
from viewer.widgets.examine.region_menu import RegionMenu
from viewer.widgets.examine.slab_menu import SlabMenu
from viewer.widgets.icons import icon
from viewer.widgets.parts import MARKING, TOOLS, Parts
from viewer.widgets.plain import set_tip
from virtopsy.imaging.volume import Quantity, Volume
from virtopsy.imaging.window import HU_PRESETS, Window
from virtopsy.language import say

HEIGHT_PX = 40
_ICON_PX = 18
_CASE_PX, _CASE_SHARE = 200, 0.16  # a long number has that much of the line, at least and at most
_SERIES_PX = 112
_WINDOW_PX = 128
_LAYOUT_PX = 132
_GAP_PX, _TIGHT_GAP_PX = 5, 2
_NARROW_PX = 1100  # a line that is narrower has no room for words, nor for whole texts of its boxes
_AMPLE_PX = 1300  # below it the loupe is left to its key, the window to the mouse
# What is left to case, series, window and layout in a narrow line: some letters and the arrow.
_LEAST_PX = (92, 90, 64, 64)
_WORDED = ("point", "window", "region", "trajectory")  # there is no room for more words
_IN_MENU = ("fragment", "fracture", "note")
"""Tools that a narrow line offers in the menu of wounds, and by their keys."""
_BY_MOUSE = ("window",)
"""Tools that a line below `_AMPLE_PX` leaves to the mouse: a right drag changes the window."""
_WORD_GAP_PX = 4
_WORDLESS = (
    *("tool.point", "tool.window", "act.save", "tool.region", "tool.to_court", "tool.trajectory"),
)
"""The buttons with words, in the order in which they lose them."""


class TopLine(QFrame):
    """Everything that acts on the views, in one line, so that the picture owns the screen.

    Args:
        parts: the presenters.
        to_court: adds what is seen as a stop.
        save: keeps the case.
    """

    def __init__(
        self, parts: Parts, to_court: Callable[[], None], save: Callable[[], None]
    ) -> None:
        super().__init__()
        self.setObjectName("topline")
        self.setFixedHeight(HEIGHT_PX)
        self._parts = parts
        self._with_words: list[QToolButton] = []
        self._needing_all: list[QToolButton] = []
        self._buttons: dict[str, QToolButton] = {}
        self._marking: dict[str, MarkingMenu] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 6, 0)
        self._row = row
        self._case_and_series()
        row.addSpacing(4)
        for tool in TOOLS:
            self._tool(tool)
        self._region = RegionMenu(parts, self._buttons["region"])
        self._loupe()
        court = self._act("to_court", "tool.to_court", to_court, "Ctrl+B", with_word=True)
        self._needing_all.append(court)
        self._warning_sign()
        row.addStretch(1)
        self._windows()
        self._row.addWidget(SlabMenu(parts))
        self._layouts()
        self._compare()
        self.undo = self._act("undo", "act.undo", self._undo, "Ctrl+Z")
        self.redo = self._act("redo", "act.redo", self._redo, "Ctrl+Shift+Z")
        self.save = self._act("save", "act.save", save, "Ctrl+S", with_word=True)
        hear(self, parts.session.changed, lambda _: self._show_case())
        follow(self, parts.language, lambda _: self._show_case())
        follow(self, parts.views.volume, lambda _: self._allow(), now=False)
        follow(self, parts.views.shown, lambda _: self._allow(), now=False)
        follow(self, parts.views.slab, lambda _: self._word(), now=False)  # it may be long

    def _allow(self) -> None:
        """Let nothing be marked, undone or kept while only a part of a scan is there."""
        for button in self._needing_all:
            button.setEnabled(not self._parts.views.arriving)
        self._show_case()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tighten()
        self._word()

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._word()  # a longer word elsewhere takes the room of one here
        return super().event(event)

    @property
    def _narrow(self) -> bool:
        return self.width() < _NARROW_PX

    def _tighten(self) -> None:
        """Let the texts of case and boxes end in an ellipsis where the line is narrow."""
        self._case.setMaximumWidth(max(_CASE_PX, round(self.width() * _CASE_SHARE)))
        self._row.setSpacing(_TIGHT_GAP_PX if self._narrow else _GAP_PX)
        for tool in _IN_MENU:
            self._buttons[tool].setVisible(not self._narrow)
        for button in (*map(self._buttons.__getitem__, _BY_MOUSE), self._magnify):
            button.setVisible(self.width() >= _AMPLE_PX)
        boxes = (self._case, self._series, self._window, self._layout)
        least = _LEAST_PX if self._narrow else (0, _SERIES_PX, 0, 0)
        for box, px in zip(boxes, least, strict=True):
            box.setMinimumWidth(px)

    def _word(self) -> None:
        """Leave words to the tooltips where there is no room, the best known icons first."""
        wordy = sorted(self._with_words, key=lambda one: _WORDLESS.index(one.objectName()))
        worn = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        bare = [one for one in wordy if one.toolButtonStyle() is not worn]
        wanted = self._row.minimumSize().width() + sum(map(_word_px, bare))
        for button in wordy:
            fits = wanted <= self.width() and not self._narrow
            wanted -= 0 if fits else _word_px(button)
            button.setToolButtonStyle(worn if fits else Qt.ToolButtonStyle.ToolButtonIconOnly)

    def _case_and_series(self) -> None:
        self._case = ElidedLabel()
        self._case.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._case.setObjectName("case.number")
        self._case.setProperty("role", "heading")
        self._row.addWidget(self._case)
        self._series = ElidedComboBox()
        self._series.setObjectName("series")
        self._series.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._series.setMaximumWidth(240)
        self._series.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        tip(self._series, self._parts.language, "ui.series.tip")
        self._series.activated.connect(self._choose_series)
        follow(self._series, self._parts.opening.opened, self._fill_series)
        self._row.addWidget(self._series, 1)

    def _fill_series(self, opened: Opened | None) -> None:
        with QSignalBlocker(self._series):
            self._series.clear()
            if opened is None:
                return
            for one in opened.study.series:
                if one.volume:
                    text = one.description or one.modality
                    self._series.addItem(text, one.key)
            self._series.setCurrentIndex(self._series.findData(opened.series.key))

    def _choose_series(self, row: int) -> None:
        opened = self._parts.opening.opened.now
        key = self._series.itemData(row)
        if opened is None or key == opened.series.key:
            return
        wanted = next(one for one in opened.study.series if one.key == key)
        self._parts.opening.load(opened.study, wanted)
        self._fill_series(opened)  # the old one stays on the screen until the new one is loaded

    def _tool(self, tool: str) -> None:
        said = f"marking.tool.{tool}" if tool in MARKING else None
        button = self._button(tool, f"tool.{tool}", with_word=tool in _WORDED, said=said)
        choice(button, self._parts.tool, tool)
        button.clicked.connect(self._parts.give_up_marking)
        self._row.addWidget(button)
        self._buttons[tool] = button
        if tool in {"trajectory", "path", "region", *MARKING}:
            self._needing_all.append(button)
        if tool in MARKING:
            also = self._buttonless if tool == "wound" else tuple
            self._marking[tool] = MarkingMenu(self._parts, tool, button, also)

    def _buttonless(self) -> tuple[Form, ...]:
        """Return what is marked by tools whose buttons a narrow line has no room for."""
        hidden = [tool for tool in _IN_MENU if self._narrow]
        return tuple(form for tool in hidden for form in forms_of(tool))

    def choose_marking(self, tool: str) -> None:
        """Take a marking tool in hand by its key; the key again chooses its next kind."""
        if self._buttons[tool].isEnabled():
            self._marking[tool].press()

    def choose_region(self) -> None:
        """Take the tool for regions in hand by its key; the key again chooses the other form."""
        if self._buttons["region"].isEnabled():
            self._region.choose()

    def _act(
        self,
        drawing: str,
        name: str,
        act: Callable[[], None],
        keys: str,
        *,
        with_word: bool = False,
    ) -> QToolButton:
        button = self._button(drawing, name, with_word=with_word)
        button.setProperty("flat", not with_word)
        button.setShortcut(keys)
        button.clicked.connect(act)
        follow(button, self._parts.language, lambda _: button.setShortcut(keys))
        self._row.addWidget(button)
        return button

    def _loupe(self) -> None:
        button = self._button("loupe", "act.loupe", with_word=False)
        button.setCheckable(True)
        button.clicked.connect(self._parts.loupe.set)
        follow(button, self._parts.loupe, button.setChecked)
        self._row.addWidget(button)
        self._magnify = button  # by its key in a narrow line

    def _button(
        self, drawing: str, name: str, *, with_word: bool, said: str | None = None
    ) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        language = self._parts.language
        tip(button, language, said or f"ui.{name}.tip")
        if with_word:
            self._with_words.append(button)
            words(button, language, button.setText, f"ui.{name}")
        return button

    def _warning_sign(self) -> None:
        """Keep a sign where the strip with the warnings was closed; a click opens it again."""
        parts = self._parts
        sign = QToolButton()
        sign.setObjectName("warning.sign")
        sign.setProperty("flat", True)
        sign.setIcon(icon("warning", "caution"))
        sign.setIconSize(QSize(_ICON_PX, _ICON_PX))
        sign.clicked.connect(lambda: parts.warned.set(True))

        def show(_: object) -> None:
            opened = parts.opening.opened.now
            problems = () if opened is None else opened.problems
            sign.setVisible(bool(problems) and not parts.warned.now)
            set_tip(sign, "\n".join(one.sentence(parts.language.now) for one in problems))
            sign.setAccessibleName(sign.toolTip())

        follow(sign, parts.opening.opened, show)
        follow(sign, parts.warned, show)
        follow(sign, parts.language, show)
        self._row.addWidget(sign)

    def _windows(self) -> None:
        self._window = ElidedComboBox()
        self._window.setObjectName("window.preset")
        self._window.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._window.setMaximumWidth(_WINDOW_PX)
        parts = self._parts
        tip(self._window, parts.language, "ui.window.preset.tip")
        words(self._window, parts.language, self._window.setPlaceholderText, "ui.window.free")
        for name in HU_PRESETS:
            self._window.addItem("", name)
        follow(self._window, parts.language, lambda _: self._reword_windows())
        follow(self._window, parts.views.window, self._show_window)
        follow(self._window, parts.views.shown, self._allow_windows)
        self._window.activated.connect(self._choose_window)
        self._row.addWidget(self._window)

    def _reword_windows(self) -> None:
        for row, preset in enumerate(HU_PRESETS.values()):
            self._window.setItemText(row, self._parts.say(preset.text))

    def _show_window(self, window: Window) -> None:
        known = [one.window for one in HU_PRESETS.values()]
        with QSignalBlocker(self._window):
            self._window.setCurrentIndex(known.index(window) if window in known else -1)

    def _allow_windows(self, volume: Volume | None) -> None:
        self._window.setVisible(volume is not None and volume.quantity is Quantity.HU)

    def _choose_window(self, row: int) -> None:
        self._parts.views.window.set(HU_PRESETS[self._window.itemData(row)].window)

    def _layouts(self) -> None:
        self._layout = box = ElidedComboBox()
        box.setObjectName("layout")
        box.setMaximumWidth(_LAYOUT_PX)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        parts = self._parts
        tip(box, parts.language, "ui.layout.tip")
        combo(
            box,
            parts.views.layout,
            LAYOUTS,
            parts.language,
            lambda name, language: say(f"ui.layout.{name}", language),
        )
        box.activated.connect(lambda row: parts.reading.arrange(LAYOUTS[row]))
        self._row.addWidget(box)

    def _compare(self) -> None:
        parts = self._parts
        button = self._button("compare", "compare", with_word=False)
        button.setCheckable(True)
        follow(button, parts.comparison.shown, button.setChecked)

        def turn() -> None:
            parts.attempt(parts.comparison.toggle)
            button.setChecked(parts.comparison.shown.now)

        button.clicked.connect(turn)
        self._row.addWidget(button)

    def _undo(self) -> None:
        self._parts.give_up_marking()
        self._parts.attempt(self._parts.session.undo)

    def _redo(self) -> None:
        self._parts.give_up_marking()
        self._parts.attempt(self._parts.session.redo)

    def _show_case(self) -> None:
        session, tell = self._parts.session, self._parts.say
        number = session.case.number
        self._case.setText(tell("ui.case", number=number) if number else tell("ui.case.unsaved"))
        self._word()
        for button, kind, label in (
            (self.undo, "undo", session.undo_label),
            (self.redo, "redo", session.redo_label),
        ):
            button.setEnabled(label is not None and not self._parts.views.arriving)
            what = "" if label is None else f": {tell(label)}"
            set_tip(button, tell(f"ui.act.{kind}.tip") + what)
        self.save.setText(tell("ui.act.saved" if session.recorded else "ui.act.save"))
        self.save.setEnabled(not session.recorded and not self._parts.views.arriving)


def _word_px(button: QToolButton) -> int:
    """Return how much wider Qt makes a button with its word than without."""
    metrics = button.fontMetrics()
    word = metrics.size(Qt.TextFlag.TextShowMnemonic, button.text()).width()
    return word + 2 * metrics.horizontalAdvance(" ") + _WORD_GAP_PX
