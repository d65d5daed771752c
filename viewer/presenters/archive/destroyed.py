"""What of a case is not shown and not pictured, because it was destroyed by act."""

from __future__ import annotations

from dataclasses import dataclass

from archive.opening import Archive
from archive.records import Actor
from virtopsy.case.case import Case
from virtopsy.errors import InputError
from virtopsy.language import Language, say


@dataclass(frozen=True)
class LeftOut:
    """The series of a case that cannot be read whole any more.

    Attributes:
        number: of the case.
        uids: of the series; empty where nothing was destroyed.
        called: each with modality and description, as a person is told.
    """

    number: str
    uids: tuple[str, ...]
    called: tuple[str, ...]

    @property
    def facts(self) -> dict[str, str | int]:
        """Return what the sentence is told with."""
        return {"n": len(self.uids), "number": self.number, "series": ", ".join(self.called)}

    def notice(self) -> InputError:
        """Return it as what the window tells in its strip."""
        return InputError("destruction.left_out", **self.facts)

    def sentence(self, language: Language) -> str:
        """Return it as a sentence; the conclusion has it among its warnings."""
        return say("destruction.left_out", language, **self.facts)


def left_out(archive: Archive, actor: Actor, case: Case) -> LeftOut:
    """Return what of an open case was destroyed by act.

    Raises:
        AccessDenied: not this person's case.
    """
    uids = archive.cases.destroyed_series(actor, case.number)
    known = {one.series_uid: f"{one.modality} {one.description}".split() for one in case.series}
    called = tuple(" ".join([*known.get(uid, []), uid]) for uid in uids)
    return LeftOut(case.number, uids, called)
