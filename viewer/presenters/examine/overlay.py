"""The words that say whose body this is, and when it was scanned."""

from __future__ import annotations

from typing import Final, Protocol
from unicodedata import bidirectional

from virtopsy.dicom.dates import age, age_at, said_age, said_date
from virtopsy.dicom.names import readable
from virtopsy.imaging.volume import Identity
from virtopsy.language import Language, say

_FROM_RIGHT: Final = frozenset({"R", "AL", "AN"})
_ISOLATE: Final = "\u2068{}\u2069"
_SAME_AGE: Final = 1.0  # years a stated age may be off: rounding, a birthday between


class Patient(Protocol):
    """What a study says of a person: ISO dates, sex M, F or O, age nnnY; empty where unknown."""

    @property
    def birth_date(self) -> str:
        """Return the day of birth."""

    @property
    def sex(self) -> str:
        """Return the sex."""

    @property
    def age(self) -> str:
        """Return the age at the study."""


def person_name(dicom_name: str) -> str:
    """Return a DICOM person name as people write it: family and given name, no carets.

    A name written from right to left stays within itself: what follows it on a line keeps its
    place.
    """
    name = readable(dicom_name)
    turns = any(bidirectional(letter) in _FROM_RIGHT for letter in name)
    return _ISOLATE.format(name) if turns else name


def patient_facts(patient: Patient, study_date: str, language: Language) -> tuple[str, ...]:
    """Return sex, birth date and age at the study in words, as far as the files say.

    The age is the stated one, else it is reckoned from birth and study; both are told where they
    do not agree, for then the files may be of two persons.

    Args:
        patient: what the files say.
        study_date: ISO date.
        language: of the words.
    """
    old = _age(patient, study_date, language)
    reckoned = age_at(patient.birth_date, study_date)
    stated = age(patient.age)
    if stated and stated.number and reckoned and abs(stated.years - reckoned.years) > _SAME_AGE:
        also = said_age(reckoned, language)
        old = say("patient.age.both", language, stated=old, reckoned=also)
    born = ""
    if patient.birth_date:
        born = say("patient.born", language, date=said_date(patient.birth_date, language))
    return tuple(one for one in (_sex(patient, language), born, old) if one)


def whose(identity: Identity, language: Language, *, briefly: bool = False) -> tuple[str, ...]:
    """Return the lines in the corner of a view: patient; sex and age if known; date and series.

    Briefly it is patient and date: which body, and which of its scans.
    """
    name = person_name(identity.patient_name) or say("ui.found.nameless", language)
    if briefly:
        return tuple(line for line in (name, identity.study_date) if line)
    who = (_sex(identity, language), _age(identity, identity.study_date, language))
    when = (identity.study_date, identity.series_description)
    lines = (name, *(" · ".join(one for one in parts if one) for parts in (who, when)))
    return tuple(line for line in lines if line)


def _sex(patient: Patient, language: Language) -> str:
    if not patient.sex:
        return ""
    known = patient.sex in ("M", "F", "O")
    key = f"patient.sex.{patient.sex}" if known else "patient.sex.stated"
    return say(key, language, sex=patient.sex)


def _age(patient: Patient, study_date: str, language: Language) -> str:
    """Return the stated age, else the reckoned one, else what stands in its place."""
    stated, reckoned = age(patient.age), age_at(patient.birth_date, study_date)
    found = stated if stated and stated.number else reckoned or stated
    if found is not None:
        return said_age(found, language)
    return say("patient.age.stated", language, age=patient.age) if patient.age else ""
