"""Whether a deceased or a living person is examined: as the case says, and how it is stated."""

from __future__ import annotations

from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from virtopsy.case.commands import StateSubject
from virtopsy.case.subject import Subject, subject_mark
from virtopsy.language import Language

SUBJECTS = tuple(one.value for one in (Subject.UNKNOWN, Subject.DECEASED, Subject.LIVING))


class SubjectState:
    """What the case says of the person examined.

    Attributes:
        stated: one of `SUBJECTS`; follows the case, and undo with it.
    """

    def __init__(self, session: Session, views: Views) -> None:
        self._session, self._views = session, views
        self.stated: Value[str] = Value(session.case.subject.value)
        session.changed.subscribe(lambda changed: self.stated.set(changed.case.subject.value))

    def state(self, subject: str) -> None:
        """State it, as an act on the case; the same again is none."""
        wanted = Subject(subject)
        if wanted is not self._session.case.subject:
            self._session.do(StateSubject(wanted))

    def mark(self, language: Language) -> str:
        """Return the mark of every view; empty while nothing was stated.

        While another scan arrives it may be another person's: nothing is said of that one.
        """
        if self._views.arriving:
            return ""
        return subject_mark(Subject(self.stated.now), language)
