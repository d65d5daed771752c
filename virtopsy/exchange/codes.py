"""The coded concepts of what is exchanged.

Concepts come from DICOM PS3.16 (scheme DCM), SNOMED CT (SCT) and UCUM; what neither has is coded in
the project's own scheme, 99VIRTOPSY.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from highdicom.sr import CodedConcept

from virtopsy.findings.vocabulary import OWN_SCHEME, SNOMED_SCHEME, Term, known, term

_LONGEST_MEANING: Final = 64


def own(code: str, meaning: str) -> CodedConcept:
    """Return a concept of the project's own scheme."""
    return CodedConcept(code, OWN_SCHEME, meaning)


def dcm(code: str, meaning: str) -> CodedConcept:
    """Return a concept of DICOM's own scheme."""
    return CodedConcept(code, "DCM", meaning)


def sct(code: str, meaning: str) -> CodedConcept:
    """Return a concept of SNOMED CT."""
    return CodedConcept(code, SNOMED_SCHEME, meaning)


def of_term(one: Term) -> CodedConcept:
    """Return a term of the vocabulary as DICOM codes it."""
    code, scheme, meaning = one.coded
    return CodedConcept(code, scheme, meaning[:_LONGEST_MEANING])


def of_group(group: str, code: str) -> CodedConcept:
    """Return a term by its group and code; one that the vocabulary lacks goes by its own name."""
    if known(group, code):
        return of_term(term(group, code))
    return own(f"{group}.{code}"[:_LONGEST_MEANING], code[:_LONGEST_MEANING] or group)


UCUM: Final[Mapping[str, CodedConcept]] = MappingProxyType(
    {
        unit: CodedConcept(code, "UCUM", meaning)
        for unit, code, meaning in (
            ("mm", "mm", "millimeter"),
            ("mm2", "mm2", "square millimeter"),
            ("mm3", "mm3", "cubic millimeter"),
            ("deg", "deg", "degree"),
            ("HU", "[hnsf'U]", "Hounsfield unit"),
            ("1", "1", "no units"),
        )
    }
)
"""The units of quantities as DICOM codes them (PS3.16 CID 82)."""

RECORD: Final = own("record", "Record of the finding (JSON)")
CERTAINTY: Final = own("certainty", "Certainty")
GROUND: Final = own("ground", "Ground of the finding")
LEVEL: Final = own("level", "Level within the site")
MADE_IN: Final = own("made_in", "View the finding was made in")
RESAMPLED: Final = own("resampled", "Made on computed pixels")
SUBJECT_STATE: Final = own("subject", "State of the person examined")
SD: Final = own("uncertainty.sd", "Measuring error, 1 SD")
COVERAGE: Final = own("uncertainty.coverage", "What the range of uncertainty is")
HALF_95: Final = own("coverage.95", "95% interval (1.96 SD)")
WHOLE_RANGE: Final = own("coverage.range", "Whole range")
SOURCE_OF_ERROR: Final = own("uncertainty.source", "Source of the uncertainty")
HIGHER: Final = sct("371886008", "+, range of upper measurement uncertainty")
LOWER: Final = sct("371885007", "-, range of lower measurement uncertainty")
LATERALITY: Final = sct("272741003", "Laterality")
NEAREST: Final = own("slice.nearest", "Which slice is named")
COMMENT: Final = dcm("121106", "Comment")
PATH: Final = dcm("121055", "Path")
CENTER: Final = dcm("111010", "Center")
