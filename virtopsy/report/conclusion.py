"""The conclusion as values: what the paper will say, before anybody thinks of paper.

The program measures, the expert concludes, the court decides: numbers stand here with what
leaves them doubtful, and the words of the conclusion are the expert's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from virtopsy.case.subject import Subject
from virtopsy.findings.numbered import Numbered
from virtopsy.language import Language
from virtopsy.report.head import LogHead


class Warned(Protocol):
    """Something wrong with the scan that can be said in three languages."""

    def sentence(self, language: Language) -> str:
        """Return it as a sentence."""


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """The series everything was measured on.

    Attributes:
        patient_name: as the files say, name components joined by ``^``.
        study_date: as the files say; a scanner writes no time zone.
        spacing_mm: between voxels along i, j, k.
        shape: voxels along i, j, k.
        files: how many source files.
        manifest_sha256: of the archive's list of these files.
    """

    patient_name: str
    patient_id: str
    study_date: str
    description: str
    modality: str
    series_uid: str
    spacing_mm: tuple[float, float, float]
    shape: tuple[int, int, int]
    files: int
    manifest_sha256: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture and the sentence under it."""

    caption: str
    png: bytes


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What is handed to the court.

    Attributes:
        when: of writing, with its time zone.
        basis: the ordering act as it was stated at intake; empty: not stated.
        findings: everything marked on this series.
        elsewhere: everything marked on other series of the case.
        warnings: what is wrong with the scan.
        text: what the expert concludes, in the expert's words; empty: not written yet.
        verifier_sha256: of the verifier in the bundle, so that a swapped one is found.
    """

    case_number: str
    written_by: str
    when: datetime
    basis: str
    subject: Subject
    study: StudyFacts
    findings: tuple[Numbered, ...]
    elsewhere: tuple[Numbered, ...]
    warnings: tuple[Warned, ...]
    text: str
    pictures: tuple[Picture, ...]
    log: LogHead
    software: str
    verifier_sha256: str
