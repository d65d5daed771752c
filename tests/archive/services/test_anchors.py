"""The window since the last outside anchor, as the status line says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.opening import Archive
from archive.proof.chain import SYSTEM, Act
from archive.records import Actor, Out, Role
from archive.services.anchors import Anchors
from tests.archive.conftest import CASE, Clock
from virtopsy.errors import AccessDenied, Bug
from virtopsy.language import Language


def _write(archive: Archive, act: str, **data: object) -> int:
    return archive._journal.write(Act(act, SYSTEM, data=data)).seq


def test_an_archive_without_an_outside_anchor_says_so(archive: Archive, expert: Actor) -> None:
    found = archive.anchors.last(expert)
    assert found.anchor is None
    assert found.entries_since == archive.log.head(expert)[0]
    assert found.sentence(Language.EN) == (
        f"no outside anchor yet: {archive.log.head(expert)[0]} entries rest on this computer alone"
    )


def test_age_and_entries_since_the_anchor_are_told(
    archive: Archive, expert: Actor, clock: Clock
) -> None:
    seq = _write(archive, "witness.take", size=archive.log.head(expert)[0])
    for _ in range(40):
        _write(archive, "verify")
    clock.turn(timedelta(hours=3))
    found = archive.anchors.last(expert)
    assert found.anchor is not None
    assert (found.anchor.kind, found.anchor.size, found.anchor.seq) == ("witness", seq - 1, seq)
    assert found.entries_since == 41
    assert found.sentence(Language.EN) == "last outside anchor: witness, 3 h, 41 entries ago"
    assert found.sentence(Language.RU).endswith("свидетель, 3 ч, 41 запись назад")
    assert found.sentence(Language.KK).endswith("куәгер, 3 сағ, 41 жазба бұрын")


def test_a_look_at_the_anchor_is_no_entry(archive: Archive, expert: Actor) -> None:
    before = archive.log.head(expert)[0]
    archive.anchors.last(expert)
    assert archive.log.head(expert)[0] == before


def test_the_anchor_that_covers_most_counts_not_the_one_entered_last(
    archive: Archive, expert: Actor
) -> None:
    for _ in range(5):
        _write(archive, "verify")
    _write(archive, "timestamp.take", size=archive.log.head(expert)[0])
    _write(archive, "witness.take", size=2)
    found = archive.anchors.last(expert).anchor
    assert found is not None
    assert found.kind == "timestamp"


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("export", {"forms": ["csv"]}),  # findings as files hold nothing of the log
        ("print", {}),  # a page without the log's head
        ("checkpoint", {"size": 3}),  # lies on this machine
        ("witness.request", {"size": 3}),  # asked for, not given
    ],
)
def test_what_holds_nothing_of_the_log_elsewhere_is_no_anchor(
    archive: Archive, expert: Actor, act: str, data: dict[str, object]
) -> None:
    _write(archive, act, **data)
    assert archive.anchors.last(expert).anchor is None


@pytest.mark.parametrize(
    ("act", "size", "root"),
    [
        ("print", 10**9, ""),
        ("print", -1, ""),
        ("print", 2, "0" * 64),
        ("print", 2, None),
        ("receipt", 10**9, ""),
        ("receipt", 2, "0" * 64),
        ("witness.take", 10**9, None),
        ("timestamp.take", 10**9, None),
        ("backup", 10**9, None),
    ],
)
def test_what_tells_of_entries_to_come_or_of_another_log_is_no_anchor(
    act: str, size: int, root: str | None, archive: Archive, expert: Actor
) -> None:
    _write(archive, act, size=size, **({} if root is None else {"root": root}))
    assert archive.anchors.last(expert).anchor is None
    head = archive.heads.now(expert)
    archive.heads.printed(expert, head)
    found = archive.anchors.last(expert).anchor
    assert found is not None
    assert (found.kind, found.size) == ("paper", head.size)


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("print", {"size": 10**9, "root": "0" * 64}),
        ("print", {"size": 1, "root": "0" * 64}),
        ("print", {"size": True}),
        ("export", {"manifest_sha256": "0" * 64}),
    ],
)
def test_nobody_notes_an_anchor_that_is_none(
    act: str, data: dict[str, object], kept: Archive, expert: Actor
) -> None:
    with pytest.raises(Bug):
        kept.cases.note(expert, CASE, act, data)
    before = kept.anchors.last(expert).anchor
    assert before is None or before.size < 10**9
    with pytest.raises(Bug):
        kept.heads.printed(expert, replace(kept.heads.now(expert), size=10**9))


def test_a_receipt_with_a_made_up_head_is_not_recorded(kept: Archive, expert: Actor) -> None:
    made = kept.receipts.of(expert, CASE)
    forged = replace(made, log=replace(made.log, size=10**9))
    with pytest.raises(Bug):
        kept.receipts.made(expert, forged, b"%PDF")


def test_a_failed_act_anchors_nothing(archive: Archive, expert: Actor) -> None:
    archive._journal.write(Act("backup", SYSTEM, Out.FAIL, data={"size": 3}))
    assert archive.anchors.last(expert).anchor is None


def test_a_bundle_anchors_its_own_export(kept: Archive, expert: Actor) -> None:
    made = Act("export", SYSTEM, case=CASE, data={"manifest_sha256": "0" * 64})
    seq = kept._journal.write(made).seq
    found = kept.anchors.last(expert)
    assert found.anchor is not None
    assert (found.anchor.kind, found.anchor.size) == ("bundle", seq)
    assert found.entries_since == 0


def test_a_clock_set_back_makes_no_negative_age(archive: Archive, expert: Actor) -> None:
    _write(archive, "backup")
    earlier = Anchors(archive.access, archive._journal, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert earlier.last(expert).age == timedelta(0)


def test_whoever_may_not_read_the_log_is_not_told(archive: Archive, expert: Actor) -> None:
    archive.access.add_person(expert, "Суд", "pw-pw-pw", (Role.COURT,))
    with pytest.raises(AccessDenied):
        archive.anchors.last(archive.access.login("Суд", "pw-pw-pw"))
