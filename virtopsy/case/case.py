"""The case as one frozen value: which series belong to it, what was found, what will be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from virtopsy.case.subject import Subject
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.walkthrough.stop import Stop

T = TypeVar("T")


@dataclass(frozen=True)
class SeriesEntry:
    """A series taken into the case.

    Attributes:
        series_uid, study_uid: as the files say.
        description, modality, patient_name, study_date: for lists; the files stay the truth.
        manifest_sha256: the archive's manifest object; empty while the series is not kept yet.
    """

    series_uid: str
    study_uid: str
    description: str = ""
    modality: str = ""
    patient_name: str = ""
    study_date: str = ""
    manifest_sha256: str = ""


@dataclass(frozen=True)
class Case:
    """Everything about one case that can be changed, undone and kept.

    Attributes:
        number: the case number; empty until the case is kept in an archive.
        subject: the state of the person examined; unknown until somebody stated it.
    """

    number: str = ""
    series: tuple[SeriesEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
    stops: tuple[Stop, ...] = ()
    subject: Subject = Subject.UNKNOWN

    def finding(self, finding_id: str) -> Finding:
        """Return the finding of that id; Bug where there is none."""
        for one in self.findings:
            if one.finding_id == finding_id:
                return one
        raise Bug(f"case {self.number!r} has no finding {finding_id}")

    def stop(self, stop_id: str) -> Stop:
        """Return the stop of that id; Bug where there is none."""
        for one in self.stops:
            if one.stop_id == stop_id:
                return one
        raise Bug(f"case {self.number!r} has no stop {stop_id}")

    def with_finding(self, finding: Finding) -> Case:
        """Return the case with the finding added, or put in the place of its earlier version."""
        return replace(self, findings=_put(self.findings, finding, "finding_id"))

    def without_finding(self, finding_id: str) -> Case:
        """Return the case without that finding."""
        self.finding(finding_id)
        kept = tuple(one for one in self.findings if one.finding_id != finding_id)
        return replace(self, findings=kept)

    def with_stop(self, stop: Stop) -> Case:
        """Return the case with the stop added at the end, or put in its earlier place."""
        return replace(self, stops=_put(self.stops, stop, "stop_id"))

    def without_stop(self, stop_id: str) -> Case:
        """Return the case without that stop."""
        self.stop(stop_id)
        return replace(self, stops=tuple(one for one in self.stops if one.stop_id != stop_id))

    def with_subject(self, subject: Subject) -> Case:
        """Return the case with another state of the person examined."""
        return replace(self, subject=subject)


def _put(present: tuple[T, ...], new: T, identity: str) -> tuple[T, ...]:
    wanted = getattr(new, identity)
    if all(getattr(one, identity) != wanted for one in present):
        return (*present, new)
    return tuple(new if getattr(one, identity) == wanted else one for one in present)
