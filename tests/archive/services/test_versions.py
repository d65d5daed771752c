"""The history of a finding is read from what was kept, and a released one changes with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive
from archive.proof import chain
from archive.records import Actor, Role
from tests.archive.conftest import CASE, PASSWORD, track
from virtopsy.case.changes import Change
from virtopsy.errors import AccessDenied, InputError, IntegrityError
from virtopsy.findings.record import from_record, to_record
from virtopsy.jobs import Progress


def kept_as(name: str, finding_id: str = "t1") -> dict[str, Any]:
    return to_record(from_record(track(name, finding_id=finding_id)))


FIRST, SECOND = kept_as("Track 1"), kept_as("Жол 2")


def change(archive: Archive, who: Actor, *changes: Change, **other: Any) -> None:
    told = {"label": "case.finding.change", "act": "do", **other}
    archive.cases.record(who, CASE, changes, **told)


def note_export(archive: Archive, who: Actor) -> None:
    archive.cases.note(who, CASE, "export", {"files": 3})


def test_every_version_tells_author_time_act_record_and_reason(
    kept: Archive, expert: Actor
) -> None:
    change(kept, expert, Change("finding", "t1", FIRST, SECOND), reason="  renamed ")
    change(kept, expert, Change("finding", "t1", SECOND, FIRST), act="undo")
    change(kept, expert, Change("finding", "t1", FIRST, None), label="case.finding.withdraw")
    versions = kept.versions.history(expert, CASE, "t1")
    assert [one.number for one in versions] == [1, 2, 3, 4]
    assert [one.act for one in versions] == ["add", "change", "change", "withdraw"]
    assert [one.how for one in versions] == ["do", "do", "undo", "do"]
    assert [one.record for one in versions] == [FIRST, SECOND, FIRST, None]
    assert [one.reason for one in versions] == ["", "renamed", "", ""]
    assert {one.author for one in versions} == {"Ахметова"}
    times = [one.when for one in versions[1:]]  # the first is another clock's
    assert times == sorted(times)
    assert times[0] > datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert versions[-1].label == "case.finding.withdraw"


def test_reading_a_history_is_an_entry_that_names_every_version(
    kept: Archive, expert: Actor
) -> None:
    kept.versions.history(expert, CASE, "t1")
    entry = kept.log.entries(expert, CASE)[-2]
    assert (entry.act, entry.out) == ("history.read", "ok")
    assert [one["id"] for one in chain.read(entry)["obj"]] == ["t1"]
    assert kept.verify.run().ok


def test_a_finding_that_never_was_is_said_in_words(kept: Archive, expert: Actor) -> None:
    with pytest.raises(InputError, match="never had one"):
        kept.versions.history(expert, CASE, "t9")


def test_nobody_reads_the_history_of_another_persons_case(kept: Archive, expert: Actor) -> None:
    kept.access.add_person(expert, "B", PASSWORD, [Role.EXPERT])
    other = kept.access.login("B", PASSWORD)
    with pytest.raises(AccessDenied):
        kept.versions.history(other, CASE, "t1")
    denied = [one for one in kept._journal.entries() if one.out == "denied"]
    assert [one.act for one in denied] == ["history.read"]


def test_a_damaged_version_is_never_shown_as_good(kept: Archive, expert: Actor) -> None:
    (named,) = kept._journal.entries(CASE)[-1:]
    sha256 = chain.read(named)["obj"][0]["sha256"]
    path = kept.folder / "objects/sha256" / sha256[:2] / sha256[2:4] / sha256
    _flip(path)
    with pytest.raises(IntegrityError):
        kept.versions.history(expert, CASE, "t1")
    failed = kept._journal.entries(CASE)[-1]
    assert (failed.act, failed.out) == ("history.read", "fail")


def _flip(path: Path) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


def test_before_a_bundle_left_no_reason_is_asked(kept: Archive, expert: Actor) -> None:
    changes = (Change("finding", "t1", FIRST, SECOND),)
    assert not kept.cases.wants_reason(expert, CASE, changes)
    change(kept, expert, *changes)


@pytest.mark.parametrize("after", [SECOND, None])
@pytest.mark.parametrize("reason", ["", "   "])
def test_after_a_bundle_left_a_finding_is_changed_or_withdrawn_with_a_reason_alone(
    kept: Archive, expert: Actor, after: dict[str, Any] | None, reason: str
) -> None:
    note_export(kept, expert)
    changes = (Change("finding", "t1", FIRST, after),)
    assert kept.cases.wants_reason(expert, CASE, changes)
    before = len(kept._journal.entries(CASE))
    with pytest.raises(InputError, match="say why") as refused:
        change(kept, expert, *changes, reason=reason)
    assert refused.value.key == "panel.reason.wanted"
    assert len(kept._journal.entries(CASE)) == before, "nothing was recorded"
    change(kept, expert, *changes, reason="the court asked")
    assert kept.versions.history(expert, CASE, "t1")[-1].reason == "the court asked"
    assert kept.verify.run().ok


def test_a_bundle_that_failed_released_nothing(kept: Archive, expert: Actor) -> None:
    with pytest.raises(InputError):
        kept.court.bundle(
            expert, CASE, kept.folder, pictures=(), conclusion_pdf={}, progress=Progress()
        )
    assert not kept.cases.wants_reason(expert, CASE, (Change("finding", "t1", FIRST, SECOND),))


def test_what_is_marked_after_the_bundle_needs_no_reason_until_the_next(
    kept: Archive, expert: Actor
) -> None:
    note_export(kept, expert)
    new, renamed = kept_as("New", "t2"), kept_as("New name", "t2")
    for one in (Change("finding", "t2", None, new), Change("finding", "t2", new, renamed)):
        assert not kept.cases.wants_reason(expert, CASE, (one,))
        change(kept, expert, one)
    again = Change("finding", "t2", renamed, new)
    old = Change("finding", "t1", FIRST, SECOND)
    assert kept.cases.wants_reason(expert, CASE, (again, old)), "one of several was handed out"
    note_export(kept, expert)
    assert kept.cases.wants_reason(expert, CASE, (again,))


def test_a_withdrawn_finding_that_was_handed_out_comes_back_with_a_reason(
    kept: Archive, expert: Actor
) -> None:
    note_export(kept, expert)
    change(kept, expert, Change("finding", "t1", FIRST, None), reason="not a track")
    back = Change("finding", "t1", None, FIRST)
    assert kept.cases.wants_reason(expert, CASE, (back,))
    with pytest.raises(InputError, match="say why"):
        change(kept, expert, back)
    with pytest.raises(InputError, match="say why"):
        kept.cases.add_finding(expert, CASE, track(finding_id="t1"))
    kept.cases.add_finding(expert, CASE, track(finding_id="t1"), reason="it is one")


def test_what_is_no_finding_needs_no_reason(kept: Archive, expert: Actor) -> None:
    note_export(kept, expert)
    stated = Change("subject", "subject", None, {"state": "deceased"})
    assert not kept.cases.wants_reason(expert, CASE, (stated,))
    change(kept, expert, stated)


def test_another_cases_bundle_releases_nothing_of_this_one(
    kept: Archive, expert: Actor, scan: Path
) -> None:
    kept.intake.take_in(expert, scan, case_number="other", progress=Progress())
    kept.cases.note(expert, "other", "export", {"files": 1})
    assert not kept.cases.wants_reason(expert, CASE, (Change("finding", "t1", FIRST, SECOND),))
