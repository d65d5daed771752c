"""Instants and days as they stand on paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from virtopsy.language import Language, say

ASTANA = timezone(timedelta(hours=5))
"""All of Kazakhstan since 1 March 2024."""


def moment_words(when: datetime) -> str:
    """Return an instant in UTC, and beside it as clocks in Kazakhstan show it."""
    utc, local = when.astimezone(UTC), when.astimezone(ASTANA)
    kept = f"({local:%Y-%m-%d %H:%M:%S} +05:00)".replace(" ", "\u00a0")
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC {kept}"


def day_words(date: str) -> str:
    """Return a scanner's date, YYYYMMDD, with dashes; anything else as it came."""
    plain = date.replace("-", "")
    if len(plain) == 8 and plain.isdigit():
        return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    return date


def scanner_date(date: str, language: Language) -> str:
    """Say the date of the scan as the scanner wrote it."""
    if not date:
        return say("report.not_stated", language)
    return say("report.scanner_clock", language, date=day_words(date))
