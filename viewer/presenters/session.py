"""The only door for change: a command goes in, is recorded, and only then is seen.

If recording fails, nothing has changed: the case, the history and the screen stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from viewer.presenters.value import Event
from virtopsy.case.case import Case
from virtopsy.case.changes import Change, changes
from virtopsy.case.commands import Command
from virtopsy.case.history import History
from virtopsy.case.subject import Subject


class Recorder(Protocol):
    """Where acts on the case are kept; the archive's case, once there is one."""

    def record(
        self, change: tuple[Change, ...], *, label: str, act: Literal["do", "undo", "redo"]
    ) -> None:
        """Keep one act durably, or raise and keep nothing."""
        ...


@dataclass(frozen=True)
class SessionChanged:
    """What the screen is told after an act.

    Attributes:
        case: the case now.
        changes: what differs; empty when another case was opened.
    """

    case: Case
    changes: tuple[Change, ...]


class Session:
    """The open case with its history, and where it is recorded."""

    def __init__(self) -> None:
        self._history = History(Case())
        self._recorder: Recorder | None = None
        self._unrecorded = 0
        self.changed: Event[SessionChanged] = Event()

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return self._history.present

    @property
    def saved(self) -> bool:
        """Whether every act is in the archive."""
        return self._unrecorded == 0

    @property
    def recorded(self) -> bool:
        """Whether acts go to an archive at once."""
        return self._recorder is not None

    @property
    def undo_label(self) -> str | None:
        """The message key of what undo would take back."""
        return self._history.past[-1].label if self._history.past else None

    @property
    def redo_label(self) -> str | None:
        """The message key of what redo would do again."""
        return self._history.future[-1].label if self._history.future else None

    def do(self, command: Command) -> None:
        """Carry out an act."""
        self._go(self._history.do(command), command.label, "do")

    def undo(self) -> None:
        """Take the last act back, which is an act itself; nothing when there is none."""
        if self.undo_label is not None:
            self._go(self._history.undo(), self.undo_label, "undo")

    def redo(self) -> None:
        """Do the last undone act again; nothing when there is none."""
        if self.redo_label is not None:
            self._go(self._history.redo(), self.redo_label, "redo")

    def open(self, case: Case, recorder: Recorder | None) -> None:
        """Put another case here, with an empty history."""
        self._history = History(case)
        self._recorder = recorder
        self._unrecorded = 0
        self.changed.announce(SessionChanged(case, ()))

    def let_go(self) -> None:
        """Record no longer: the archive was closed. What is marked from now on is unsaved."""
        self._recorder = None
        self.changed.announce(SessionChanged(self.case, ()))

    def keep(self, kept: Case, recorder: Recorder) -> None:
        """Record from now on, into the case `kept` as the archive has it.

        What was marked here and is not in `kept` yet is recorded first, as one act. The history
        stays, so that undo reaches back over the saving; where the archive's case already held
        findings of its own, undo begins anew, so that it cannot take those back.
        """
        merged = kept
        for finding in self.case.findings:
            merged = merged.with_finding(finding)
        for stop in self.case.stops:
            merged = merged.with_stop(stop)
        if self.case.subject is not Subject.UNKNOWN:
            merged = merged.with_subject(self.case.subject)
        missing = changes(kept, merged)
        if missing:
            recorder.record(missing, label="case.save", act="do")
        alone = not kept.findings and not kept.stops and kept.subject is Subject.UNKNOWN
        self._history = self._history.kept_as(kept) if alone else History(merged)
        self._recorder = recorder
        self._unrecorded = 0
        self.changed.announce(SessionChanged(self.case, ()))

    def _go(self, after: History, label: str, act: Literal["do", "undo", "redo"]) -> None:
        difference = changes(self.case, after.present)
        if self._recorder is None:
            self._unrecorded += 1
        elif difference:
            self._recorder.record(difference, label=label, act=act)
        self._history = after
        self.changed.announce(SessionChanged(after.present, difference))
