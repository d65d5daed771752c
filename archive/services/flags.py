"""What is odd about files that came in: said to the expert, never a reason to refuse.

=================== ============================================================================
code                what it means
=================== ============================================================================
derived             ImageType says DERIVED: the pixels were computed, not measured
secondary           ImageType says SECONDARY: made after the examination, or captured
charset_guessed     texts were read in another character set than the file declares
changing            somebody wrote to the file while it was read
station_differs     a study has files of several devices
software_differs    a study has files of several versions of software
date_after_intake   a series was acquired after the day it was brought in
date_far            a series was acquired long before or after the others
instance_gap        numbers are missing in a series
index_missing       the carrier's index (DICOMDIR) lists files that were not there
index_escapes       the carrier's index points out of the carrier
destroyed_before    this case destroyed the same bytes by act before
bundle_unchanged    a court bundle is as it was sealed
bundle_problems     a court bundle is not as it was sealed
=================== ============================================================================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from archive.records import Flag
from archive.services.copying import Staged
from archive.services.examine import Index
from archive.services.header import Header
from virtopsy.dicom.carrier import Address
from virtopsy.dicom.dates import iso_date
from virtopsy.dicom.directory import not_there

FAR_DAYS: Final = 30
"""Between examinations of one body: an exhumation's scan lies farther off, and is worth a look."""
_ZONES: Final = timedelta(days=1)  # a scanner's date is local, the archive's clock is UTC
_MOST_SHOWN: Final = 5
_LONGEST_GAP: Final = 1_000_000


def of_file(one: Staged) -> tuple[Flag, ...]:
    """Return what is odd about one file."""
    found = [Flag("changing")] if one.copied.changing else []
    if isinstance(one.found, Header):
        values = {part.strip().upper() for part in one.found.image_type.split("\\")[:2]}
        found += [Flag(code.lower()) for code in ("DERIVED", "SECONDARY") if code in values]
        if one.found.assumed_charset:
            found.append(Flag("charset_guessed", facts={"charset": one.found.assumed_charset}))
    return tuple(found)


def of_all(staged: Sequence[Staged], now: datetime) -> tuple[Flag, ...]:
    """Return what is odd about the series and studies of an intake.

    Args:
        staged: all its files.
        now: the time of the intake.
    """
    headers = [one.found for one in staged if isinstance(one.found, Header)]
    series = _by(headers, lambda one: one.series_uid)
    studies = _by(headers, lambda one: one.study_uid)
    return (
        *(flag for uid, found in sorted(studies.items()) for flag in _differing(uid, found)),
        *_odd_dates(series, now.date()),
        *(flag for uid, found in sorted(series.items()) for flag in _gaps(uid, found)),
        *_not_on_carrier(staged),
    )


def _by(headers: Iterable[Header], uid: Callable[[Header], str]) -> dict[str, list[Header]]:
    found = defaultdict(list)
    for one in headers:
        found[uid(one)].append(one)
    return found


def _differing(uid: str, headers: Sequence[Header]) -> Iterator[Flag]:
    for code, values in (
        ("station_differs", {one.station for one in headers}),
        ("software_differs", {one.software for one in headers}),
    ):
        named = sorted(values - {""})
        if len(named) > 1:
            yield Flag(code, uid, _counted(named))


def _odd_dates(series: dict[str, list[Header]], today: date) -> Iterator[Flag]:
    dated = {uid: day for uid, found in series.items() if (day := _day(found)) is not None}
    days = sorted(dated.values())
    for uid, day in sorted(dated.items()):
        if day > today + _ZONES:
            yield Flag("date_after_intake", uid, {"date": day.isoformat()})
        elif abs((day - days[len(days) // 2]).days) > FAR_DAYS:
            facts = {"date": day.isoformat(), "others": days[len(days) // 2].isoformat()}
            yield Flag("date_far", uid, facts)


def _day(headers: Sequence[Header]) -> date | None:
    """Return the latest day a series was acquired on; None where no file says it."""
    found = []
    for one in {one.acquired for one in headers}:
        try:
            found.append(date.fromisoformat(iso_date(one)))
        except ValueError:
            continue  # no day of a calendar tells nothing about the case
    return max(found, default=None)


def _gaps(uid: str, headers: Sequence[Header]) -> Iterator[Flag]:
    texts = [one.instance_number for one in headers]
    numbers = {int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 10}
    if len(numbers) < 2 or max(numbers) - min(numbers) > _LONGEST_GAP:
        return
    missing = [n for n in range(min(numbers), max(numbers)) if n not in numbers]
    if missing:
        yield Flag("instance_gap", uid, _counted([str(n) for n in missing]))


def _not_on_carrier(staged: Sequence[Staged]) -> Iterator[Flag]:
    """Compare each index of a carrier with what came with it."""
    files = [Address(one.brought.name) for one in staged]
    for one in staged:
        if isinstance(one.found, Index):
            absent = list(not_there(Address(one.brought.name), one.found.references, files))
            for variant, code in (("not_there", "index_missing"), ("escapes", "index_escapes")):
                named = [gone.path.as_posix() for gone in absent if gone.problem.variant == variant]
                if named:
                    yield Flag(code, one.brought.name, _counted(named))


def _counted(names: Sequence[str]) -> dict[str, str | int]:
    """Return how many, and the first few names with a mark where there are more."""
    named = ", ".join(names[:_MOST_SHOWN]) + (", …" if len(names) > _MOST_SHOWN else "")
    return {"n": len(names), "named": named}
