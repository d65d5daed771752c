"""A search finds what the person may see, in whatever letters it is typed, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from archive.opening import Archive, verify_folder
from archive.proof import canonical
from archive.records import Actor, Role
from archive.services.search import COUNTED
from archive.storage.search_table import SearchTable
from tests.archive.conftest import CASE, SERIES, Clock, track
from virtopsy.case.changes import Change
from virtopsy.errors import AccessDenied, InputError
from virtopsy.jobs import Progress


def _found(archive: Archive, actor: Actor, text: str) -> set[tuple[str, str]]:
    return {(one.kind, one.id) for one in archive.search.find(actor, text).results}


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        (CASE, "case", CASE),
        ("2026", "case", CASE),
        ("20", "case", CASE),
        ("әлиев", "series", SERIES),
        ("алиев канат", "series", SERIES),
        ("ЛИЕВ", "series", SERIES),
        ("head", "series", SERIES),
        ("1.2.3.4.5", "series", SERIES),
        ("track", "finding", "t1"),
        ("track 1", "finding", "t1"),
        ("CT", "series", SERIES),
        ("ст", "series", SERIES),
        ("тrасk", "finding", "t1"),
    ],
)
def test_cases_patients_words_and_findings_are_found(
    text: str, kind: str, id_: str, kept: Archive, expert: Actor
) -> None:
    assert (kind, id_) in _found(kept, expert, text)


def test_a_result_names_case_and_study(kept: Archive, expert: Actor) -> None:
    (found,) = kept.search.find(expert, "Track").results
    assert (found.case_number, found.study_uid, found.text) == (CASE, "1.2.3.4", "Track 1")


def test_every_word_must_be_there(kept: Archive, expert: Actor) -> None:
    assert not _found(kept, expert, "track nowhere")
    assert not _found(kept, expert, "track 9")


def test_a_short_word_is_found_at_a_texts_beginning_first_and_then_between_spaces(
    kept: Archive, expert: Actor
) -> None:
    for number, name in enumerate(("of CT only", "CT first", "ctrl", "act", "(CT)", "CT")):
        kept.cases.add_finding(expert, CASE, track(name, finding_id=f"s{number}"))
    found = kept.search.find(expert, "ct")
    assert [one.id for one in found.results] == ["s5", "s1", "s2", "s0", SERIES]
    assert (found.total, found.more, found.short) == (5, False, True)
    few = kept.search.find(expert, "ct", limit=2)
    assert (few.total, [one.id for one in few.results]) == (5, ["s5", "s1"])
    assert _found(kept, expert, "ct on") == {("finding", "s0")}
    assert not kept.search.find(expert, "ct first").short


def test_who_finds_nothing_by_two_letters_is_told_how_they_are_looked_for(
    kept: Archive, expert: Actor
) -> None:
    assert kept.search.find(expert, "QQ x").answer == "search.none_short"
    for text in ("QQQ", "QQ xyz", "CT"):
        assert kept.search.find(expert, text).answer == "search.total"


def test_an_edited_finding_is_found_by_its_new_words_only(kept: Archive, expert: Actor) -> None:
    before = kept.versions.history(expert, CASE, "t1")[-1].record
    assert before is not None
    edited = Change("finding", "t1", before, {**before, "name": "Ход раны", "remark": "өкпе"})
    kept.cases.record(expert, CASE, (edited,), label="case.finding.change", act="do")
    assert _found(kept, expert, "раны") == _found(kept, expert, "окпе") == {("finding", "t1")}
    assert not _found(kept, expert, "Track")
    gone = Change("finding", "t1", edited.after, None)
    kept.cases.record(expert, CASE, (gone,), label="case.finding.withdraw", act="do")
    assert not _found(kept, expert, "раны")
    assert kept.verify.run().ok


def test_a_second_intake_does_not_rename_a_series(kept: Archive, expert: Actor, scan: Path) -> None:
    (scan / "more.txt").write_text("of the second intake")
    kept.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    assert ("series", SERIES) in _found(kept, expert, "head")
    assert kept.verify.run().ok


def test_another_persons_case_is_neither_found_nor_counted(kept: Archive, expert: Actor) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    second = kept.access.login("Second", "pw-pw-pw")
    report = kept.search.find(second, "track")
    assert (report.total, report.more, report.results) == (0, False, ())
    assert kept.search.find(expert, "track").total == 1


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.COURT])
def test_who_sees_no_content_may_not_search(role: Role, kept: Archive, expert: Actor) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [role])
    second = kept.access.login("Second", "pw-pw-pw")
    with pytest.raises(AccessDenied):
        kept.search.find(second, "track")


@pytest.mark.parametrize(
    "text",
    [
        *('"', '""', 'track" OR "x', "'; DROP TABLE log; --", "track*", "NEAR(track 1)"),
        *("folded:track", "{folded}: track", "track OR zzz", "NOT track", "^track", "-track"),
        *("%%%", "___", "%", "_", "\\", "tr%ck", "t_ack", "track\0x", "(", ")", "+", "AND"),
    ],
)
def test_no_letter_means_anything_but_itself(text: str, kept: Archive, expert: Actor) -> None:
    assert ("finding", "t1") not in _found(kept, expert, text)
    assert kept.verify.run().ok


def test_the_letters_of_a_pattern_are_found_as_letters(kept: Archive, expert: Actor) -> None:
    kept.cases.add_finding(expert, CASE, track('50% "near" a_b*', finding_id="t9"))
    for text in ("50%", '"near"', "a_b*", "%", "50"):
        assert ("finding", "t9") in _found(kept, expert, text) or text == "%"
    assert _found(kept, expert, "50% a_b") == {("finding", "t9")}
    assert not _found(kept, expert, "50_")


@pytest.mark.parametrize("text", ["", "   ", "\0\0", "\u0301", "x" * 201])
def test_what_is_no_search_is_said(text: str, kept: Archive, expert: Actor) -> None:
    with pytest.raises(InputError):
        kept.search.find(expert, text)


def test_the_entry_names_a_salted_object_and_not_the_words(kept: Archive, expert: Actor) -> None:
    kept.search.find(expert, "Әлиев")
    entry = kept.log.entries(expert)[-2]
    said = canonical.decode(entry.body)
    assert (entry.act, entry.actor, said["data"]) == ("search", expert.person_id, {"found": 1})
    assert "Әлиев" not in entry.body.decode()
    (named,) = said["obj"]
    kept_object = kept._objects.read(named["sha256"])
    assert canonical.decode(kept_object)["data"] == {"text": "Әлиев"}


def test_more_hits_than_are_counted_are_said_to_be_more(kept: Archive, expert: Actor) -> None:
    with kept._database.writing() as work:
        items = SearchTable(work.log._connection)
        (one,) = (item for item in items.of_case(CASE) if item.kind == "finding")
        items.add(
            replace(one, id=f"made{number}", text="Track made up") for number in range(COUNTED + 5)
        )
        work.commit()
    report = kept.search.find(expert, "track", limit=3)
    assert (report.total, report.more, len(report.results)) == (COUNTED, True, 3)
    assert report.results[0].id == f"made{COUNTED + 4}", "newest first"
    whole = kept.search.find(expert, "track", limit=COUNTED + 50)
    assert (whole.total, whole.more, len(whole.results)) == (COUNTED + 6, False, COUNTED + 6)


def _sql(statement: str) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        connection = sqlite3.connect(folder / "db" / "archive.sqlite")
        with connection:
            connection.executescript(statement)
        connection.close()

    return act


_FORGET = (
    "INSERT INTO search_text(search_text, rowid, folded)"
    " SELECT 'delete', place, folded FROM search_item WHERE kind = 'finding';"
)
_REWRITE = (
    "UPDATE search_item SET folded = 'xyz' WHERE kind = 'finding';"
    "INSERT INTO search_text(rowid, folded)"
    " SELECT place, folded FROM search_item WHERE kind = 'finding'"
)
_ADD = (
    "INSERT INTO search_item SELECT 99, case_number, kind, 'x', '', '', ''"
    " FROM search_item WHERE kind = 'finding'"
)


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("DELETE FROM search_item WHERE kind = 'finding'", "row_missing"),
        ("UPDATE search_item SET text = 'x' WHERE kind = 'finding'", "row_changed"),
        (_ADD, "row_extra"),
        (_FORGET, "row_missing"),
        (_FORGET + _REWRITE, "row_changed"),
    ],
)
def test_what_was_hidden_from_the_search_is_found(
    attack: str, code: str, kept: Archive, expert: Actor, clock: Clock
) -> None:
    kept.log.checkpoint(expert)
    kept.close()
    _sql(attack)(kept.folder)
    assert code in {one.code for one in verify_folder(kept.folder, clock=clock).problems}
