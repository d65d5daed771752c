"""Dates, times and ages of DICOM files (PS3.5 table 6.2-1: DA, TM, AS)."""

from __future__ import annotations


def iso_date(stored: str) -> str:
    """Return a date (YYYYMMDD, formerly YYYY.MM.DD) as ISO date, as it stands if neither."""
    digits = stored.replace(".", "")
    if len(digits) == 8 and digits.isascii() and digits.isdigit():
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    return stored
