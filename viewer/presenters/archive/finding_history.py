"""The history of the selected finding: every version, what changed in it, and an old one back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.examine.findings import Findings
from viewer.presenters.remembered import Remembered
from viewer.presenters.session import Session
from viewer.presenters.value import Event, Value
from viewer.presenters.work import Work
from virtopsy.case.version import Version
from virtopsy.errors import VirtopsyError
from virtopsy.findings.difference import Difference, differences
from virtopsy.findings.record import from_record
from virtopsy.jobs import Progress
from virtopsy.language import Language, say
from virtopsy.report.moments import utc_words

_OWN_WORDS: Mapping[str, str] = MappingProxyType(
    {"case.save": "panel.act.saved", "case.finding.restore": "panel.act.restored"}
)
"""Acts that say more than that something was changed, by their label."""


@dataclass(frozen=True)
class Told:
    """One version in words.

    Attributes:
        number: of the version.
        heading: number, what happened, and how it came.
        who: who and when.
        lines: what is other than in the version before, or in the one it is compared with; why.
        compared: whether the others are compared with this one.
        old: whether a later version is in force, so that this one can be restored.
    """

    number: int
    heading: str
    who: str
    lines: tuple[str, ...]
    compared: bool
    old: bool


class FindingHistory:
    """What the panel shows of the versions of the selected finding.

    Attributes:
        shown: whether the history is open.
        versions: of the selected finding, oldest first; empty while they are being read.
        against: number of the version that the others are compared with; None: each with the one
            before it.
        problem: why the versions cannot be read.
    """

    def __init__(
        self,
        session: Session,
        findings: Findings,
        keeping: Keeping,
        remembered: Remembered,
        work: Work,
    ) -> None:
        self._session = session
        self._findings = findings
        self._keeping = keeping
        self._remembered = remembered
        self._work = work
        self.shown: Value[bool] = Value(False)
        self.versions: Value[tuple[Version, ...]] = Value(())
        self.against: Value[int | None] = Value(None)
        self.problem: Event[VirtopsyError] = Event()
        self.shown.subscribe(lambda _: self._read())
        findings.selected.subscribe(lambda _: self._begin())
        session.changed.subscribe(lambda _: self._read())

    def told(self, language: Language) -> tuple[Told, ...]:
        """Return the versions in words, newest first."""
        versions = self.versions.now
        return tuple(self._told(one, language) for one in reversed(versions))

    def where(self, language: Language) -> str:
        """Say where the history comes from: the archive, or this session alone."""
        if not self.shown.now or not self.versions.now:
            return ""
        return say(f"panel.history.{'kept' if self._session.recorded else 'session'}", language)

    def compare(self, number: int) -> None:
        """Compare every other version with this one; the same again, each with its forerunner."""
        self.against.set(None if self.against.now == number else number)

    def restore(self, number: int) -> None:
        """Put an old version in force again, as a new version; nothing is overwritten."""
        (record,) = (one.record for one in self.versions.now if one.number == number)
        if record is not None:
            self._findings.restore(from_record(record))

    def _told(self, version: Version, language: Language) -> Told:
        done = say(f"panel.act.{version.act}", language)
        if version.how != "do":
            done = say(f"panel.by.{version.how}", language, act=done)
        elif version.label in _OWN_WORDS:
            done = say(_OWN_WORDS[version.label], language)
        who = version.author or say("panel.nobody", language)
        return Told(
            version.number,
            say("panel.version", language, n=version.number, act=done),
            say("panel.version.who", language, who=who, when=utc_words(version.when)),
            (*self._lines(version, language), *_reason(version, language)),
            self.against.now == version.number,
            self._is_old(version),
        )

    def _lines(self, version: Version, language: Language) -> tuple[str, ...]:
        against = self.against.now
        if against == version.number:
            return (say("panel.compared", language),)
        found = differences(self._other(version), version.record, language)
        if against is not None and not found:
            return (say("panel.same", language),)
        return tuple(_line(one, language) for one in found)

    def _other(self, version: Version) -> Mapping[str, Any] | None:
        """Return the record a version is compared with: the chosen one's, else the last before."""
        versions = self.versions.now
        if self.against.now is not None:
            return next((one.record for one in versions if one.number == self.against.now), None)
        before = [one.record for one in versions if one.number < version.number and one.record]
        return before[-1] if before else None

    def _is_old(self, version: Version) -> bool:
        newest = self.versions.now[-1]
        return version.record is not None and version.record != newest.record

    def _begin(self) -> None:
        self.against.set(None)
        self.versions.set(())
        self._read()

    def _read(self) -> None:
        chosen = self._findings.selected.now
        if not self.shown.now or chosen is None:
            self.versions.set(())
        elif self._session.recorded:
            self._read_archive(chosen)
        else:
            self.versions.set(self._remembered.versions(chosen))

    def _read_archive(self, chosen: str) -> None:
        archive, actor = self._keeping.acting()
        number = self._session.case.number

        def job(_: Progress) -> tuple[Version, ...]:
            return archive.versions.history(actor, number, chosen)

        def done(versions: tuple[Version, ...]) -> None:
            if self._findings.selected.now == chosen and self.shown.now:
                self.versions.set(versions)

        self._work.start(
            "panel.job.history", job, done, self.problem.announce, lane="archive", quiet=True
        )


def _line(one: Difference, language: Language) -> str:
    return say("panel.difference", language, label=one.label, old=one.old, new=one.new)


def _reason(version: Version, language: Language) -> tuple[str, ...]:
    return (say("panel.reason", language, reason=version.reason),) if version.reason else ()
