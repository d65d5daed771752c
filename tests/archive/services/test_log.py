from __future__ import annotations

import pytest

from archive.opening import Archive
from archive.records import Actor, LogQuery, Role
from tests.archive.conftest import CASE, PASSWORD
from virtopsy.errors import AccessDenied


def test_pages_follow_each_other_newest_first_and_leave_nothing_out(
    kept: Archive, expert: Actor
) -> None:
    seen: list[int] = []
    page = kept.log.page(expert, LogQuery(), most=3)
    before = page.entries[0].seq + 1
    assert page.size == before - 1
    while True:
        page = kept.log.page(expert, LogQuery(), before=before, most=3)
        seen += [one.seq for one in page.entries]
        if not page.older:
            break
        before = seen[-1]
    assert seen == list(range(seen[0], 0, -1))
    assert all(one.actor_name == expert.name for one in page.entries)


def test_a_page_holds_only_what_is_asked_for(kept: Archive, expert: Actor) -> None:
    with pytest.raises(AccessDenied):
        kept.cases.open(expert, "nobody's")
    (refused,) = kept.log.page(expert, LogQuery(refused=True)).entries
    assert (refused.act, refused.out) == ("case.open", "denied")
    records = kept.log.page(expert, LogQuery(CASE, "record")).entries
    assert [one.act for one in records] == ["record"]
    of_case = kept.log.page(expert, LogQuery(CASE)).entries
    assert {one.case_number for one in of_case} == {CASE}


def test_who_may_not_read_the_whole_log_sees_own_cases_and_own_acts(
    kept: Archive, expert: Actor
) -> None:
    kept.access.add_person(expert, "Other", PASSWORD, [Role.EXPERT])
    kept.access.add_person(expert, "Auditor", PASSWORD, [Role.AUDITOR])
    other = kept.access.login("Other", PASSWORD)
    seen = kept.log.page(other, LogQuery()).entries
    assert {one.actor_name for one in seen} == {"Other"}
    with pytest.raises(AccessDenied):
        kept.log.page(other, LogQuery(CASE))
    auditor = kept.access.login("Auditor", PASSWORD)
    assert CASE in {one.case_number for one in kept.log.page(auditor, LogQuery()).entries}


def test_reading_a_page_is_an_entry_itself(kept: Archive, expert: Actor) -> None:
    size, _ = kept.log.head(expert)
    page = kept.log.page(expert, LogQuery(CASE))
    assert kept.log.head(expert)[0] == page.size == size + 1
    assert (page.entries[0].act, page.entries[0].case_number) == ("log.read", CASE)
