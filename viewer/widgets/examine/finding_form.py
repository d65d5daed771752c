"""What can be stated of a finding, a row a field; what each field is comes from the presenter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from viewer.presenters.examine.finding_fields import COLOURS, YES, Field, Form
from viewer.widgets.bind import tip
from viewer.widgets.elided import ElidedComboBox
from viewer.widgets.parts import Parts
from viewer.widgets.plain import PlainLabel, set_tip
from viewer.widgets.theme import colour

Commit: TypeAlias = Callable[[str], object]
_LONGEST = 200
_REMARK_PX = 64
_SWATCH_PX = 18
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class FindingForm(QWidget):
    """The fields of the selected finding; each change is recorded by itself."""

    def __init__(self, parts: Parts, again: Callable[[], object]) -> None:
        """Make an empty form.

        Args:
            parts: the presenters.
            again: shows the fields anew, where what was stated was no change or was refused.
        """
        super().__init__()
        self._parts = parts
        self._again = again
        self._of: str | None = None
        self._rows: dict[str, FieldRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)

    def show_fields(self, finding_id: str | None, fields: tuple[Field, ...]) -> None:
        """Show these fields of a finding, and no other."""
        if finding_id != self._of:
            self.leave()
            self.hide()  # or the window is laid out anew for each row that appears
        self._of = finding_id
        shown = {one.name for one in fields}
        for name, row in self._rows.items():
            row.setVisible(name in shown)
        for place, field in enumerate(fields):
            row = self._rows.get(field.name) or self._add(field)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
            row.show_field(field)
            row.show()
        self.setVisible(bool(fields))

    def leave(self) -> None:
        """Record what was typed and not entered yet, of the finding it was typed for."""
        for row in self._rows.values():
            row.commit()

    def _add(self, field: Field) -> FieldRow:
        def commit(value: str) -> None:
            of = self._of
            if of is not None:
                self._parts.attempt(lambda: self._parts.findings.state(field.name, value, of=of))
                self._again()

        self._rows[field.name] = _ROWS[field.form](self._parts, field, commit)
        return self._rows[field.name]


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


class _Heading(FieldRow):
    """Words over the rows that follow."""

    @override
    def build(self, field: Field) -> None:
        self.column.setContentsMargins(0, 3, 0, 0)


class _Line(FieldRow):
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


class _Text(FieldRow):
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


class _Choice(FieldRow):
    @override
    def build(self, field: Field) -> None:
        self._box = _Box()
        self._box.setObjectName(f"finding.{field.name}")
        self._codes: list[str] = []
        self._box.activated.connect(lambda row: self.committed(self._codes[row]))
        self.column.addWidget(self._box)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        with QSignalBlocker(self._box):
            self._box.clear()
            self._codes = [code for code, _ in field.choices]
            self._box.addItems([called for _, called in field.choices])
            known = field.value in self._codes
            self._box.setCurrentIndex(self._codes.index(field.value) if known else -1)
        self._box.setEnabled(field.usable)
        self._box.setAccessibleName(field.label)
        set_tip(self._box, field.label)


class _Box(ElidedComboBox):
    """A choice that the wheel scrolls past: a chance turn of it would be an act."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumContentsLength(4)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Tick(FieldRow):
    """A box with its words beside it, which wrap and can be clicked as well."""

    @override
    def build(self, field: Field) -> None:
        self._box = QCheckBox()
        self._box.setObjectName(f"finding.{field.name}")
        self._box.toggled.connect(lambda on: self.committed(YES if on else ""))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box, 0, Qt.AlignmentFlag.AlignTop)
        self.column.removeWidget(self.label)
        self.label.setProperty("role", "")
        self.label.installEventFilter(self)
        row.addWidget(self.label, 1)
        self.column.addLayout(row)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        with QSignalBlocker(self._box):
            self._box.setChecked(field.value == YES)
        self.setEnabled(field.usable)
        self._box.setAccessibleName(field.label)
        set_tip(self._box, field.note or field.label)

    @override
    def eventFilter(self, watched: object, event: QEvent) -> bool:
        pressed = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        if pressed and self._box.isEnabled():
            self._box.toggle()
        return False


class _Colour(FieldRow):
    @override
    def build(self, field: Field) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(2)
        self._swatches = {one: _Swatch(one) for one in ("", *COLOURS)}
        for one, swatch in self._swatches.items():
            swatch.setObjectName(f"finding.colour.{one or 'kind'}")
            tip(swatch, self.parts.language, f"panel.colour.{one.removeprefix('#') or 'kind'}")
            swatch.clicked.connect(lambda _=False, chosen=one: self.committed(chosen))
            row.addWidget(swatch)
        row.addStretch(1)
        self.column.addLayout(row)

    @override
    def show_field(self, field: Field) -> None:
        super().show_field(field)
        for one, swatch in self._swatches.items():
            swatch.mark(one == field.value)


class _Swatch(QToolButton):
    """A colour to choose; the one of the kind is a ring."""

    def __init__(self, named: str) -> None:
        super().__init__()
        self._named = named
        self._marked = False
        self.setFixedSize(self.sizeHint())

    def mark(self, marked: bool) -> None:
        """Show whether this one is chosen."""
        self._marked = marked
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(_SWATCH_PX, _SWATCH_PX)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = self.rect().adjusted(4, 4, -4, -4)
        painter.setPen(colour("quiet"))
        painter.setBrush(QColor(self._named) if self._named else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(inside)
        if self._marked or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colour("accent"))
            painter.drawEllipse(self.rect().adjusted(1, 1, -2, -2))
        painter.end()


_ROWS: Mapping[Form, type[FieldRow]] = MappingProxyType(
    {
        "heading": _Heading,
        "line": _Line,
        "text": _Text,
        "choice": _Choice,
        "tick": _Tick,
        "colour": _Colour,
    }
)
