"""The only door for change: a command goes in, is recorded, and only then is seen.

If recording fails, nothing has changed: the case, the history and the screen stay as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from viewer.presenters.value import Event, Value
from virtopsy.case.case import Case
from virtopsy.case.changes import Change, changes
from virtopsy.case.commands import Command
from virtopsy.case.history import History
from virtopsy.case.subject import Subject
from virtopsy.case.version import How
from virtopsy.errors import Bug, UsageError, VirtopsyError


class Recorder(Protocol):
    """Where acts on the case are kept; the archive's case, once there is one."""

    def wants_reason(self, change: tuple[Change, ...]) -> bool:
        """Tell whether an act is kept only with a reason, because it was handed out."""
        ...

    def record(self, change: tuple[Change, ...], *, label: str, act: How, reason: str = "") -> None:
        """Keep one act durably, or raise and keep nothing."""
        ...


@dataclass(frozen=True)
class SessionChanged:
    """What the screen is told after an act.

    Attributes:
        case: the case now.
        changes: what differs; empty when another case was opened.
        act: how it came; empty when nobody acted on the case.
        label: message key of what was done.
        reason: why, where that was asked.
        another: whether this is another case than before.
    """

    case: Case
    changes: tuple[Change, ...]
    act: How | Literal[""] = ""
    label: str = ""
    reason: str = ""
    another: bool = False


@dataclass(frozen=True, eq=False)
class Asked:
    """An act that waits for its reason; nothing of it has happened yet.

    Attributes:
        label: message key of what shall be done.
        go_on: does it, for a reason.
    """

    label: str
    go_on: Callable[[str], None]


class Session:
    """The open case with its history, and where it is recorded.

    Attributes:
        changed: told after every act.
        asked: the act that waits for a reason; None while none does.
    """

    def __init__(self) -> None:
        self._history = History(Case())
        self._recorder: Recorder | None = None
        self._unrecorded = 0
        self.changed: Event[SessionChanged] = Event()
        self.asked: Value[Asked | None] = Value(None)

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
        """Carry out an act, or ask why first, where what it changes was handed out.

        Raises:
            UsageError: another act still waits for its reason.
            StorageError: it could not be recorded, so nothing has changed.
        """
        self._go(self._history.do(command), command.label, "do")

    def undo(self) -> None:
        """Take the last act back, which is an act itself; nothing when there is none."""
        if self.undo_label is not None:
            self._go(self._history.undo(), self.undo_label, "undo")

    def redo(self) -> None:
        """Do the last undone act again; nothing when there is none."""
        if self.redo_label is not None:
            self._go(self._history.redo(), self.redo_label, "redo")

    def answer(self, reason: str) -> None:
        """Say why, and do what waited for it; it goes on waiting where that fails.

        Raises:
            UsageError: nothing was said.
        """
        asked = self.asked.now
        if asked is None:
            raise Bug("no act waits for a reason")
        if not reason.strip():
            raise UsageError("panel.reason.empty")
        self.asked.set(None)
        try:
            asked.go_on(reason.strip())
        except VirtopsyError:
            self.asked.set(asked)
            raise

    def give_up(self) -> None:
        """Leave everything as it is instead of saying why."""
        self.asked.set(None)

    def open(self, case: Case, recorder: Recorder | None) -> None:
        """Put another case here, with an empty history."""
        self.asked.set(None)
        self._history = History(case)
        self._recorder = recorder
        self._unrecorded = 0
        self.changed.announce(SessionChanged(case, (), another=True))

    def let_go(self) -> None:
        """Record no longer: the archive was closed. What is marked from now on is unsaved."""
        self.asked.set(None)
        self._recorder = None
        self.changed.announce(SessionChanged(self.case, ()))

    def record_by(self, recorder: Recorder) -> None:
        """Go on recording the same case after its person logged in anew."""
        if self._recorder is not None:
            self._recorder = recorder

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
        if missing and recorder.wants_reason(missing):
            self._ask("case.save", lambda reason: self._kept(kept, merged, recorder, reason))
        else:
            self._kept(kept, merged, recorder, "")

    def _kept(self, kept: Case, merged: Case, recorder: Recorder, reason: str) -> None:
        missing = changes(kept, merged)
        if missing:
            recorder.record(missing, label="case.save", act="do", reason=reason)
        alone = not kept.findings and not kept.stops and kept.subject is Subject.UNKNOWN
        self._history = self._history.kept_as(kept) if alone else History(merged)
        self._recorder = recorder
        self._unrecorded = 0
        self.changed.announce(SessionChanged(self.case, ()))

    def _go(self, after: History, label: str, act: How) -> None:
        if self.asked.now is not None:
            raise UsageError("panel.reason.first")
        difference = changes(self.case, after.present)
        if self._recorder is not None and difference and self._recorder.wants_reason(difference):
            self._ask(label, lambda reason: self._done(after, label, act, reason))
        else:
            self._done(after, label, act, "")

    def _ask(self, label: str, go_on: Callable[[str], None]) -> None:
        self.asked.set(Asked(label, go_on))

    def _done(self, after: History, label: str, act: How, reason: str) -> None:
        difference = changes(self.case, after.present)
        if self._recorder is None:
            self._unrecorded += 1
        elif difference:
            self._recorder.record(difference, label=label, act=act, reason=reason)
        self._history = after
        self.changed.announce(SessionChanged(after.present, difference, act, label, reason))
