"""One line couples a value to a widget, and a message key to a widget's words.

Every coupling ends with the widget: Qt deletes widgets while presenters live on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSignalBlocker
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from typing_extensions import override

from viewer.presenters.value import Event, Value
from viewer.widgets.plain import PlainLabel, set_tip
from virtopsy.language import Fact, Language, say

T = TypeVar("T")


def follow(
    owner: QObject, value: Value[T], listener: Callable[[T], object], *, now: bool = True
) -> None:
    """Call `listener` at every change of `value` for as long as `owner` lives."""

    def tell(changed: T) -> None:
        listener(changed)

    unsubscribe = value.subscribe(tell, now=now)
    owner.destroyed.connect(unsubscribe)


def hear(owner: QObject, event: Event[T], listener: Callable[[T], object]) -> None:
    """Call `listener` at every `event` for as long as `owner` lives."""

    def tell(what: T) -> None:
        listener(what)

    unsubscribe = event.subscribe(tell)
    owner.destroyed.connect(unsubscribe)


def when_seen(owner: QWidget, refresh: Callable[[], object]) -> Callable[[], None]:
    """Return what asks for `refresh`: at once where `owner` is seen, else when it is next.

    What nobody sees, nobody shall wait for: rooms follow the same session.
    """
    return _WhenSeen(owner, refresh).ask


class _WhenSeen(QObject):
    def __init__(self, owner: QWidget, refresh: Callable[[], object]) -> None:
        super().__init__(owner)
        self._owner, self._refresh = owner, refresh
        self._due = False
        owner.installEventFilter(self)

    def ask(self) -> None:
        self._due = not self._owner.isVisible()
        if not self._due:
            self._refresh()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._due:
            self._due = False
            self._refresh()
        return False


def words(
    owner: QObject, language: Value[Language], put: Callable[[str], object], key: str, **facts: Fact
) -> None:
    """Give `put` the text of `key` now and whenever the language changes."""
    follow(owner, language, lambda now: put(say(key, now, **facts)))


def tip(owner: QWidget, language: Value[Language], key: str) -> None:
    """Give a widget the text of `key` as its tooltip now and whenever the language changes.

    Where a widget shows no words of its own, it is also what a screen reader says.
    """
    words(owner, language, partial(set_tip, owner), key)
    if not isinstance(owner, PlainLabel):
        words(owner, language, partial(_name, owner), key)


def _name(owner: QWidget, text: str) -> None:
    worded = isinstance(owner, QAbstractButton) and owner.text()
    owner.setAccessibleName("" if worded else text)


def label(widget: PlainLabel, value: Value[T], shown: Callable[[T], str]) -> None:
    """Let a label show `value` as words."""
    follow(widget, value, lambda now: widget.setText(shown(now)))


def combo(
    widget: QComboBox,
    value: Value[str],
    choices: Sequence[str],
    language: Value[Language],
    text: Callable[[str, Language], str],
) -> None:
    """Let a combo box choose `value` among `choices`, each said by `text`."""
    widget.addItems([""] * len(choices))

    def show(now: str) -> None:
        with QSignalBlocker(widget):
            widget.setCurrentIndex(choices.index(now) if now in choices else -1)

    def reword(now: Language) -> None:
        for row, choice in enumerate(choices):
            widget.setItemText(row, text(choice, now))

    follow(widget, language, reword)
    follow(widget, value, show)
    widget.activated.connect(lambda row: value.set(choices[row]))


def choice(button: QAbstractButton, value: Value[str], mine: str) -> None:
    """Let a checkable button stand for one of the values."""
    button.setCheckable(True)

    def show(now: str) -> None:
        with QSignalBlocker(button):
            button.setChecked(now == mine)
        button.update()

    def pressed() -> None:
        value.set(mine)
        show(value.now)

    follow(button, value, show)
    button.clicked.connect(pressed)


def named(widget: QWidget, name: str) -> None:
    """Give a widget the name journey tests find it by."""
    widget.setObjectName(name)
