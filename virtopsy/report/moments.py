"""Instants and days as a person reads them, on paper and on the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from virtopsy.language import Language, say

ASTANA = timezone(timedelta(hours=5))
"""All of Kazakhstan since 1 March 2024."""


def to_the_second(when: datetime) -> str:
    """Return an instant in UTC to the second; the sentence around it says that it is UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def utc_words(when: datetime) -> str:
    """Return an instant in UTC to the second, and that it is UTC."""
    return f"{to_the_second(when)} UTC"


def logged_words(ts: str) -> str:
    """Return the time of a log entry to the second; of a damaged one what is there."""
    return f"{ts[:10]} {ts[11:19]}"


def moment_words(when: datetime) -> str:
    """Return an instant in UTC, and beside it as clocks in Kazakhstan show it."""
    kept = f"({when.astimezone(ASTANA):%Y-%m-%d %H:%M:%S} +05:00)".replace(" ", "\u00a0")
    return f"{utc_words(when)} {kept}"


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
