"""One field of a finding with its label; those that are typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.finding_fields import Field
from viewer.widgets.bind import tip
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, set_tip

Commit: TypeAlias = Callable[[str], object]
_LONGEST = 200
_REMARK_PX = 64
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class FieldRow(QWidget):
    """One field with its label above it.

    Args:
        parts: the presenters.
        field: the first one shown.
        commit: takes what was stated.
    """

    def __init__(self, parts: Parts, field: Field, commit: Commit) -> None:
        super().__init__()
        self.setObjectName(f"row.{field.name}")
        self.parts = parts
        self.committed = commit
        self.label = PlainLabel()
        self.label.setProperty("role", "quiet")
        self.label.setWordWrap(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 2)
        self.column.setSpacing(1)
        self.column.addWidget(self.label)
        self.build(field)

    def build(self, field: Field) -> None:
        """Make what the field is stated with."""
        raise NotImplementedError

    def show_field(self, field: Field) -> None:
        """Show label and value."""
        self.label.setText(field.label)
        set_tip(self.label, field.note)

    def commit(self) -> None:
        """Record what was typed and not entered; what is chosen with one click is never waiting."""


class HeadingRow(FieldRow):
    """Words over the rows that follow."""

    @override
    def build(self, field: Field) -> None:
        self.column.setContentsMargins(0, 3, 0, 0)


class LineRow(FieldRow):
    """One line of text."""

    @override
    def build(self, field: Field) -> None:
        self._line = _Edit(self.commit, self._restore)
        self._line.setObjectName(f"finding.{field.name}")
        self._line.setMaxLength(_LONGEST)
        self._before = ""
        tip(self._line, self.parts.language, "panel.commit.tip")
        self.column.addWidget(self._line)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        if self._line.text() == self._before:
            self._put(field.value)  # never under the hands of who is typing
        self._before = field.value
        set_tip(self._line, f"{field.value}\n{self.parts.say('panel.commit.tip')}".strip())
        self._line.setAccessibleName(field.label)

    @override
    def commit(self) -> None:
        now = self._line.text()
        if now != self._before:
            self._before = now
            self.committed(now)

    def _put(self, text: str) -> None:
        if self._line.text() != text:
            self._line.setText(text)
            if not self._line.hasFocus():
                self._line.setCursorPosition(0)  # a long text begins with its beginning

    def _restore(self) -> None:
        self._put(self._before)


class _Edit(QLineEdit):
    """A line that Enter or leaving commits, and Esc takes back."""

    def __init__(self, commit: Callable[[], object], restore: Callable[[], object]) -> None:
        super().__init__()
        self._restore = restore
        self.editingFinished.connect(commit)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
        else:
            super().keyPressEvent(event)


class TextRow(FieldRow):
    """Several lines of text."""

    @override
    def build(self, field: Field) -> None:
        self._text = _Remark(self.commit, self._restore)
        self._text.setObjectName(f"finding.{field.name}")
        self._text.setFixedHeight(_REMARK_PX)
        self._before = ""
        tip(self._text, self.parts.language, "panel.remark.tip")
        self.column.addWidget(self._text)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        now = self._text.toPlainText()
        if now == self._before != field.value:
            self._text.setPlainText(field.value)
        self._before = field.value
        self._text.setAccessibleName(field.label)

    @override
    def commit(self) -> None:
        now = self._text.toPlainText()
        if now != self._before:
            self._before = now
            self.committed(now)

    def _restore(self) -> None:
        self._text.setPlainText(self._before)


class _Remark(QPlainTextEdit):
    """Several lines; Enter or leaving commits, Shift+Enter begins another line."""

    def __init__(self, commit: Callable[[], object], restore: Callable[[], object]) -> None:
        super().__init__()
        self._commit, self._restore = commit, restore
        self.setTabChangesFocus(True)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
        elif event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._commit()
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._commit()
