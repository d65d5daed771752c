"""Long lists come in pages, newest first, and nobody else's cases are counted among them."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from archive.opening import Archive
from archive.records import Actor, Role
from tests.archive.conftest import CASE, track
from virtopsy.case.changes import Change
from virtopsy.jobs import Progress

NUMBERS = ("2026-2", "2026-3", "2026-4", "2026-5")


@pytest.fixture
def many(kept: Archive, expert: Actor, tmp_path: Path) -> Archive:
    """Five cases of the expert, and one of somebody else."""
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "note.txt").write_text("x")
    for number in NUMBERS:
        kept.intake.take_in(expert, tmp_path / "paper", case_number=number, progress=Progress())
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    second = kept.access.login("Second", "pw-pw-pw")
    kept.intake.take_in(second, tmp_path / "paper", case_number="2026-9", progress=Progress())
    return kept


def test_pages_follow_each_other_newest_first_until_there_is_nothing_more(
    many: Archive, expert: Actor
) -> None:
    pages, after = [], ""
    while page := many.cases.list(expert, limit=2, after=after):
        pages.append([one.number for one in page])
        after = page[-1].number
    assert pages == [["2026-5", "2026-4"], ["2026-3", "2026-2"], [CASE]]
    assert [one.number for one in many.cases.list(expert)] == [*chain.from_iterable(pages)]


def test_a_page_counts_series_and_the_findings_that_are_left(many: Archive, expert: Actor) -> None:
    kept = many.cases.open(expert, CASE)
    many.cases.add_finding(expert, CASE, track("Track 2", finding_id="t2"))
    gone = kept.findings[0].finding_id
    record = many.versions.history(expert, CASE, gone)[-1].record
    many.cases.record(
        expert,
        CASE,
        (Change("finding", gone, record, None),),
        label="case.finding.withdraw",
        act="do",
    )
    (last,) = many.cases.list(expert, after="2026-2")
    assert (last.number, last.series, last.findings) == (CASE, 1, 1)
