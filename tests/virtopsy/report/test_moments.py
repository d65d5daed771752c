"""A time is told in UTC, to the second, wherever a person reads one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from virtopsy.report.moments import logged_words, moment_words, to_the_second, utc_words

LOCAL = datetime(2026, 3, 1, 3, 4, 5, 999_999, tzinfo=timezone(timedelta(hours=5)))


def test_an_instant_of_any_zone_is_told_in_utc_and_cut_not_rounded() -> None:
    assert to_the_second(LOCAL) == "2026-02-28 22:04:05"
    assert utc_words(LOCAL) == "2026-02-28 22:04:05 UTC"
    assert moment_words(LOCAL).replace("\u00a0", " ").endswith("UTC (2026-03-01 03:04:05 +05:00)")


def test_the_time_of_an_entry_is_told_even_where_it_is_damaged() -> None:
    assert logged_words("2026-02-28T22:04:05.999999Z") == to_the_second(LOCAL.astimezone(UTC))
    assert logged_words("yesterday") == "yesterday "
