"""Dates, times and ages of DICOM files (PS3.5 table 6.2-1: DA, TM, AS), and their words.

What is no date, time or age of a calendar is shown as it stands: a person may still read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from virtopsy.language import Language, Phrase, say

Unit: TypeAlias = Literal["D", "W", "M", "Y"]

_STANDARD: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
# ACR-NEMA 300 wrote 1997.08.25; people write 1997-08-25 and 25.08.1997.
_YEAR_FIRST: Final = re.compile(r"(\d{4})[.\-/](\d{1,2})[.\-/](\d{1,2})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_PART: Final = re.compile(r"(\d{4})(?:[.\-]?(\d{2}))?(?:00)?")
_TIME: Final = re.compile(r"(\d{2}):?(?:(\d{2}):?(?:(\d{2})(?:\.\d*)?)?)?")
_AGE: Final = re.compile(r"(\d{1,3}) ?([DWMYdwmy])")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS: Final[dict[str, Unit]] = {"D": "D", "W": "W", "M": "M", "Y": "Y"}
_OLDEST: Final = 130
# Beyond these a larger unit is used, as on the wards: days to four weeks, weeks to three months,
# months to two years.
_DAYS: Final = 28
_WEEKS_IN_MONTHS: Final = 3
_MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Age:
    """An age at a study, whole units: days, weeks, months or years."""

    number: int
    unit: Unit

    @property
    def stored(self) -> str:
        """Return it as DICOM writes it, 045Y."""
        return f"{self.number:03d}{self.unit}"

    @property
    def years(self) -> float:
        """Return it in years."""
        return self.number / {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}[self.unit]


def iso_date(stored: str) -> str:
    """Return a date as ISO date, a year or year and month alike; as it stands if it is none."""
    text = stored.strip()
    if not text.isascii():
        return text
    found = _STANDARD.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if found is not None and (whole := _calendar(*found.groups())):
        return whole
    turned = _DAY_FIRST.fullmatch(text)
    if turned is not None and (whole := _calendar(*reversed(turned.groups()))):
        return whole
    part = _PART.fullmatch(text)
    if part is None or part[1] == "0000":
        return text
    year, month = part.groups()
    if month in (None, "00"):
        return str(year)
    return f"{year}-{month}" if 1 <= int(month) <= 12 else text


def iso_time(stored: str) -> str:
    """Return a time (HHMMSS.FFFFFF, formerly HH:MM:SS) as HH:MM:SS; as it stands if it is none."""
    text = stored.strip()
    found = _TIME.fullmatch(text) if text.isascii() else None
    if found is None:
        return text
    parts = [part for part in found.groups() if part is not None]
    possible = all(int(part) <= most for part, most in zip(parts, (23, 59, 60), strict=False))
    return ":".join(parts) if possible else text


def age(stored: str) -> Age | None:
    """Return an age (nnnD, nnnW, nnnM or nnnY), None where it is none."""
    found = _AGE.fullmatch(stored.strip()) if stored.isascii() else None
    return Age(int(found[1]), _UNITS[found[2].upper()]) if found else None


def age_at(born: str, studied: str) -> Age | None:
    """Return the age between two ISO dates, None where they are no days or give no age.

    Args:
        born: the day of birth.
        studied: the day of the study.
    """
    if not (_ISO.fullmatch(born) and _ISO.fullmatch(studied)):
        return None
    first, last = date.fromisoformat(born), date.fromisoformat(studied)
    days = (last - first).days
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    if days < 0 or months > 12 * _OLDEST:
        return None
    if days < _DAYS:
        return Age(days, "D")
    if months < _WEEKS_IN_MONTHS:
        return Age(days // 7, "W")
    return Age(months, "M") if months < _MONTHS else Age(months // 12, "Y")


def said_date(iso: str, language: Language) -> str:
    """Return an ISO date in words, 5 March 1978; as it stands if it is no whole date."""
    if not _ISO.fullmatch(iso):
        return iso
    year, month, day = (int(part) for part in iso.split("-"))
    return say("patient.date", language, day=day, month=Phrase(f"patient.month.{month}"), year=year)


def said_age(found: Age, language: Language) -> str:
    """Return an age in words, 45 years."""
    return say(f"patient.age.{found.unit}", language, n=found.number)


def _calendar(year: str, month: str, day: str) -> str:
    """Return the ISO date of three numbers, empty where no calendar has that day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
