"""Undo and redo without limit: earlier and later cases, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from virtopsy.case.case import Case
from virtopsy.case.commands import Command
from virtopsy.errors import Bug


@dataclass(frozen=True)
class Step:
    """The case before an act, and what the act was called."""

    case: Case
    label: str


@dataclass(frozen=True)
class History:
    """The present case with the way there and the way undone.

    Attributes:
        present: the case now.
        past: what undo goes back to, newest last.
        future: what redo goes forward to, nearest last.
    """

    present: Case
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    def do(self, command: Command) -> History:
        """Return the history after an act; what was undone before is given up."""
        step = Step(self.present, command.label)
        return History(command.apply(self.present), (*self.past, step))

    def undo(self) -> History:
        """Return the history one act earlier; Bug when there is none."""
        if not self.past:
            raise Bug("nothing to undo")
        *past, step = self.past
        future = (*self.future, Step(self.present, step.label))
        return History(step.case, tuple(past), future)

    def redo(self) -> History:
        """Return the history one undone act later; Bug when there is none."""
        if not self.future:
            raise Bug("nothing to redo")
        *future, step = self.future
        past = (*self.past, Step(self.present, step.label))
        return History(step.case, past, tuple(future))

    def kept_as(self, case: Case) -> History:
        """Return the history with number and series of `case` in every step.

        Number and series come from the archive and cannot be undone.
        """

        def same(old: Case) -> Case:
            return replace(old, number=case.number, series=case.series)

        return History(
            same(self.present),
            tuple(Step(same(step.case), step.label) for step in self.past),
            tuple(Step(same(step.case), step.label) for step in self.future),
        )
