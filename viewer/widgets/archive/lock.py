"""The idle lock: nothing of a case is seen until the person who signed in is back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from viewer.widgets.bind import follow, words
from viewer.widgets.form_dialog import FormDialog
from viewer.widgets.parts import Parts

_LOOK_MS = 10_000
_USED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TabletMove,
        QEvent.Type.TouchBegin,
    }
)


class Lock(QObject):
    """Watches key and mouse, and covers the window when time is over.

    It filters what comes to a window of the system, not to the application: there every paint of
    every widget would pass through it.
    """

    def __init__(self, parts: Parts, window: QWidget, cover: QWidget) -> None:
        super().__init__(window)
        self._parts, self._window, self._cover = parts, window, cover
        self._dialog: Unlock | None = None
        timer = QTimer(self)
        timer.setInterval(_LOOK_MS)
        timer.timeout.connect(self._look)
        timer.start()
        QTimer.singleShot(0, self, self._watch)
        follow(self, parts.presence.locked, self._show)

    def _look(self) -> None:
        self._watch()
        self._parts.presence.look()

    def _watch(self) -> None:
        """Watch every window there is by now; one that is watched already is not watched twice."""
        for one in QGuiApplication.topLevelWindows():
            one.installEventFilter(self)

    def _show(self, locked: bool) -> None:
        self._cover.setVisible(not locked)
        if locked and self._dialog is None:
            self._dialog = Unlock(self._parts, self._window)
            self._dialog.open()
        elif not locked and self._dialog is not None:
            self._dialog.accept()
            self._dialog = None

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _USED:
            self._parts.presence.used()
        return False


class Unlock(FormDialog):
    """Asks for the password; Esc does not lead past it."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(parts, over, "unlock", "logroom.lock.title", width_px=460)
        self._over = over
        self._explained.setProperty("role", "")  # nothing else is said here
        person = parts.keeping.person.now
        words(self, parts.language, self._explained.setText, "logroom.lock.told", person=person)
        self._password = self._line("password", secret=True)
        hint = "ui.sign_in.password"
        words(self._password, parts.language, self._password.setPlaceholderText, hint)
        self._column.addWidget(self._password)
        self._add_buttons(self._unlock, "logroom.lock.go", "logroom.lock.leave", apart=True)
        self._password.setFocus()

    def _unlock(self) -> None:
        typed = self._password.text()
        self._password.clear()
        self._parts.presence.unlock(typed)

    @override
    def _leave(self) -> None:
        self._over.close()

    @override
    def reject(self) -> None:
        """Stay: the case behind is not to be seen by whoever came by."""
