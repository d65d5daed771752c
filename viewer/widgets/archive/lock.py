"""The idle lock: nothing of a case is seen until the person who signed in is back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.widgets.bind import follow, words
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel
from viewer.widgets.theme import clothe
from virtopsy.errors import VirtopsyError

_LOOK_MS = 10_000
_WIDTH_PX = 460
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


class Unlock(QDialog):
    """Asks for the password; Esc does not lead past it."""

    def __init__(self, parts: Parts, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("unlock")
        clothe(self)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH_PX)
        self._parts, self._over = parts, over
        words(self, parts.language, self.setWindowTitle, "logroom.lock.title")
        told, self._trouble = PlainLabel(), PlainLabel()
        for label in (told, self._trouble):
            label.setWordWrap(True)
        self._trouble.setProperty("role", "caution")
        self._trouble.setObjectName("unlock.trouble")
        self._trouble.hide()
        person = parts.keeping.person.now
        words(told, parts.language, told.setText, "logroom.lock.told", person=person)
        self._password = QLineEdit()
        self._password.setObjectName("unlock.password")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        hint = "logroom.lock.password"
        words(self._password, parts.language, self._password.setPlaceholderText, hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        for widget in (told, self._password, self._trouble):
            column.addWidget(widget)
        column.addLayout(self._buttons())
        self._password.setFocus()

    def _buttons(self) -> QHBoxLayout:
        leave, go = QPushButton(), QPushButton()
        leave.setObjectName("unlock.leave")
        leave.setAutoDefault(False)
        leave.clicked.connect(self._over.close)
        words(leave, self._parts.language, leave.setText, "logroom.lock.leave")
        go.setObjectName("unlock.go")
        go.setProperty("main", True)
        go.setDefault(True)
        go.clicked.connect(self._try)
        words(go, self._parts.language, go.setText, "logroom.lock.go")
        row = QHBoxLayout()
        row.addWidget(leave)
        row.addStretch(1)
        row.addWidget(go)
        return row

    def _try(self) -> None:
        try:
            self._parts.presence.unlock(self._password.text())
        except VirtopsyError as error:
            self._password.clear()
            self._trouble.setText(error.sentence(self._parts.language.now))
            self._trouble.show()
            self.adjustSize()

    @override
    def reject(self) -> None:
        """Stay: the case behind is not to be seen by whoever came by."""
