"""The menu at the list of findings: metal found by itself, and files of findings out and in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

from viewer.presenters.archive.exchanging import ExchangeReport
from viewer.widgets.bind import hear, tip
from viewer.widgets.icons import icon
from viewer.widgets.parts import Parts
from virtopsy.errors import InputError
from virtopsy.exchange.omission import Omission, Taken

_TOLD = 4  # sentences of what was left out; a strip has no room for more


class FindingsMenu(QToolButton):
    """What can be done with all findings at once."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.setObjectName("findings.menu")
        self.setIcon(icon("more"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        tip(self, parts.language, "exchange.menu")
        self._parts = parts
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        hear(self, parts.exchanging.handed, self._tell_handed)
        hear(self, parts.exchanging.taken, self._tell_taken)

    def _fill(self) -> None:
        parts = self._parts
        self._menu.clear()
        whole = parts.views.volume.now is not None
        self._add("fragments.find", parts.find_metal, whole)
        self._menu.addSeparator()
        self._add("exchange.menu.out", self._ask_where, bool(parts.findings.shown))
        self._add("exchange.menu.in", self._ask_what, whole)

    def _add(self, key: str, act: Callable[[], None], usable: bool) -> None:
        action = self._menu.addAction(self._parts.say(key))
        action.setObjectName(key)
        action.setEnabled(usable)
        action.triggered.connect(lambda _: act())

    def _ask_where(self) -> None:
        dialog = self._dialog("exchange.menu.out", QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._hand_out)
        dialog.open()

    def _hand_out(self, folder: str) -> None:
        """Write into a folder of its own within the chosen one: what is there stays as it is."""
        number = "".join(c if c.isalnum() else "-" for c in self._parts.session.case.number)
        out = _new_folder(Path(folder), f"findings-{number}" if number else "findings")
        self._parts.attempt(lambda: self._parts.exchanging.hand_out(out))

    def _ask_what(self) -> None:
        dialog = self._dialog("exchange.menu.in", QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_in)
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, self._parts.say(title))
        dialog.setObjectName("findings.dialog")
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _take_in(self, path: str) -> None:
        self._parts.attempt(lambda: self._parts.exchanging.take_in(Path(path)))

    def _tell_handed(self, report: ExchangeReport) -> None:
        said = self._parts.say(
            "exchange.done", path=report.out, findings=report.findings, files=len(report.files)
        )
        self._parts.told.announce(said)
        self._tell_left(report.omissions)

    def _tell_taken(self, taken: Taken) -> None:
        self._parts.told.announce(self._parts.say("exchange.menu.taken", n=len(taken.findings)))
        self._tell_left(taken.omissions)

    def _tell_left(self, omissions: Sequence[Omission]) -> None:
        """Name what could not go along; nothing is dropped without a word."""
        if omissions:
            language = self._parts.language.now
            told = " ".join(one.sentence(language) for one in omissions[:_TOLD])
            more = "" if len(omissions) <= _TOLD else " …"
            self._parts.trouble.announce(
                InputError("exchange.menu.left", n=len(omissions), text=f"{told}{more}")
            )


def _new_folder(within: Path, name: str) -> Path:
    """Return a place within a folder where nothing is yet."""
    places = (within / (name if n == 1 else f"{name}-{n}") for n in range(1, 10_000))
    return next(one for one in places if not one.exists())
