"""What can be stated of a finding, a row a field; what each field is comes from the presenter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from viewer.presenters.examine.finding_fields import Field, Form
from viewer.widgets.examine.field_chosen import ChoiceRow, ColourRow, TickRow
from viewer.widgets.examine.field_row import FieldRow, HeadingRow, LineRow, TextRow
from viewer.widgets.parts import Parts

_ROWS: Mapping[Form, type[FieldRow]] = MappingProxyType(
    {
        "heading": HeadingRow,
        "line": LineRow,
        "text": TextRow,
        "choice": ChoiceRow,
        "tick": TickRow,
        "colour": ColourRow,
    }
)


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
