"""A case is what was recorded last; every act is one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from archive.proof import canonical, merkle
from archive.records import Actor, Role
from archive.services.journal import CHECKPOINT_EVERY
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, Clock, track
from virtopsy.case.changes import Change, changes
from virtopsy.case.commands import (
    AddFinding,
    AddStop,
    ChangeFinding,
    StateSubject,
    WithdrawFinding,
    WithdrawStop,
)
from virtopsy.case.history import History
from virtopsy.case.subject import Subject
from virtopsy.errors import AccessDenied, Bug, InputError, IntegrityError
from virtopsy.findings.record import from_record
from virtopsy.walkthrough.stop import Stop

STOP = Stop(
    stop_id="s1",
    caption="Кіру тесігі",
    series_uid=SERIES,
    layout="all",
    position_mm=(1.0, 2.0, 3.0),
    camera_position_mm=(0.0, -500.0, 0.0),
    camera_focal_mm=(0.0, 0.0, 0.0),
    camera_up=(0.0, 0.0, 1.0),
    camera_angle_deg=30.0,
    preset="bone",
    window_centre=300.0,
    window_width=1500.5,
)


def _acts(archive: Archive, expert: Actor) -> list[tuple[str, str]]:
    return [(one.act, one.out) for one in archive.log.entries(expert, CASE)]


def test_acts_undo_and_redo_are_recorded_and_come_back(kept: Archive, expert: Actor) -> None:
    history = History(kept.cases.open(expert, CASE))
    ends = [[0.0, 0.0, 1.5], [40.0, 2.0, 3.0]]
    second = from_record(track("Track 2", finding_id="t2", ends_lps_mm=ends))
    moved = replace(second, name="Жол 2")
    for command in (
        AddFinding(second),
        ChangeFinding(moved),
        AddStop(STOP),
        WithdrawFinding("t1"),
        WithdrawStop("s1"),
    ):
        after = history.do(command)
        done = changes(history.present, after.present)
        kept.cases.record(expert, CASE, done, label=command.label, act="do")
        history = after
    assert kept.cases.open(expert, CASE) == history.present
    for act, step in (("undo", History.undo), ("undo", History.undo), ("redo", History.redo)):
        after = step(history)
        done = changes(history.present, after.present)
        kept.cases.record(expert, CASE, done, label="case.stop.withdraw", act=act)  # type: ignore[arg-type]  # a literal
        history = after
    opened = kept.cases.open(expert, CASE)
    assert set(opened.findings) == set(history.present.findings)
    assert opened.stops == history.present.stops == (STOP,)
    assert kept.verify.run().ok


def test_a_version_names_the_one_before_its_author_and_its_source(
    kept: Archive, expert: Actor
) -> None:
    case = kept.cases.open(expert, CASE)
    (finding,) = case.findings
    done = changes(case, case.with_finding(replace(finding, name="other")))
    kept.cases.record(expert, CASE, done, label="case.finding.change", act="do")
    first, second = [
        canonical.decode(one.body)["obj"][0]["sha256"]
        for one in kept.log.entries(expert, CASE)
        if one.act == "record"
    ]
    document = canonical.decode(kept.cases._blobs.read(second), fractions=True)
    assert (document["version"], document["previous"]) == (2, first)
    assert document["author"] == expert.person_id
    assert document["source"] == case.series[0].manifest_sha256
    assert document["record"]["name"] == "other"


def test_coordinates_are_kept_to_the_micrometre_and_minus_zero_is_zero(
    kept: Archive, expert: Actor
) -> None:
    (finding,) = kept.cases.open(expert, CASE).findings
    (entry,) = [one for one in kept.log.entries(expert, CASE) if one.act == "record"]
    sha256 = canonical.decode(entry.body)["obj"][0]["sha256"]
    kept_bytes = kept.cases._blobs.read(sha256)
    assert b'"ends_lps_mm":[[0,0,1.5],[40.123,2,3]]' in kept_bytes
    assert finding.finding_id == "t1"


def test_a_change_of_something_that_changed_meanwhile_is_refused(
    kept: Archive, expert: Actor
) -> None:
    case = kept.cases.open(expert, CASE)
    mine = changes(case, case.with_finding(replace(case.findings[0], name="mine")))
    theirs = changes(case, case.with_finding(replace(case.findings[0], name="theirs")))
    kept.cases.record(expert, CASE, theirs, label="l", act="do")
    with pytest.raises(InputError):
        kept.cases.record(expert, CASE, mine, label="l", act="do")
    assert kept.cases.open(expert, CASE).findings[0].name == "theirs"


@pytest.mark.parametrize(
    "wrong",
    [
        {"series_uid": "9.9"},
        {"frame_of_reference_uid": "9.9"},
        {"ends_lps_mm": [[0, 0, 0], [0, 0, 0]]},
        {"ends_lps_mm": [[0, 0, 0], [float("nan"), 0, 0]]},
        {"kind": "poem"},
        {"name": 7},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "gnp.\u202eexe"},
        {"name": "a\0b"},
        {"finding_id": "../../x"},
        {"ends_lps_mm": [[0, 0, 0], [10**400, 0, 0]]},
        {"ends_lps_mm": [[0, 0, 0], [1e300, 0, 0]]},
        {"ends_lps_mm": [[0, 0, 0], [True, 40, 0]]},
        {"ends_lps_mm": [[0, 0, 0], ["4", 40, 0]]},
        {"entry": True},
        {"entry": 0.0},
        {"direction_by": "program"},
        {"stated_by": 5},
        {"end_sd_mm": [0, 0, 0]},
        {"end_sd_mm": [1, -1, 1]},
    ],
    ids=str,
)
def test_a_finding_that_does_not_fit_is_refused_and_nothing_is_recorded(
    wrong: dict[str, Any], kept: Archive, expert: Actor
) -> None:
    with pytest.raises(InputError):
        kept.cases.add_finding(expert, CASE, track(**wrong))
    assert len(kept.cases.open(expert, CASE).findings) == 1
    assert _acts(kept, expert).count(("record", "ok")) == 1


def test_a_finding_as_a_bundle_holds_it_is_accepted(kept: Archive, expert: Actor) -> None:
    made = kept.cases.add_finding(expert, CASE, {"t": "finding", "record": track("again")})
    assert kept.cases.open(expert, CASE).finding(made).name == "again"


def test_an_entry_without_a_name_is_the_statement_of_who_hands_it_in(
    kept: Archive, expert: Actor
) -> None:
    given = {"t1b": None, "t1c": "Dr Other"}
    for one, name in given.items():
        record = track(finding_id=one, entry=0, direction_by="expert", stated_by=name)
        kept.cases.add_finding(expert, CASE, record)
    case = kept.cases.open(expert, CASE)
    found = [case.finding(one) for one in given]
    assert [getattr(one, "stated_by", None) for one in found] == [expert.name, "Dr Other"]


def test_viewing_showing_and_exporting_are_entries(kept: Archive, expert: Actor) -> None:
    kept.cases.note(expert, CASE, "show", {"stops": 3})
    kept.cases.note(expert, CASE, "export", {"entries": 9})
    assert _acts(kept, expert)[-3:-1] == [("show", "ok"), ("export", "ok")]
    with pytest.raises(Bug):
        kept.cases.note(expert, CASE, "import", {})
    newest = kept.log.newest_checkpoint(expert)
    assert newest is not None
    assert newest.size == kept.log.head(expert)[0] - 1  # all but the reading of the log


def test_a_damaged_source_is_named_not_handed_out(kept: Archive, expert: Actor) -> None:
    (one, *_) = kept.cases.series_files(expert, CASE, SERIES)
    one.path_in_archive.chmod(0o644)
    content = bytearray(one.path_in_archive.read_bytes())
    content[-1] ^= 1
    one.path_in_archive.write_bytes(content)
    with pytest.raises(IntegrityError, match=one.sha256):
        kept.cases.series_files(expert, CASE, SERIES)
    assert ("source.read", "fail") in _acts(kept, expert)


def test_a_series_the_case_lacks_is_said(kept: Archive, expert: Actor) -> None:
    with pytest.raises(InputError):
        kept.cases.series_files(expert, CASE, "9.9")


def test_the_list_counts_what_stands_and_shows_own_cases_only(kept: Archive, expert: Actor) -> None:
    (summary,) = kept.cases.list(expert)
    assert (summary.number, summary.series, summary.findings) == (CASE, 1, 1)
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    assert kept.cases.list(kept.access.login("Second", "pw-pw-pw")) == ()


def test_a_case_that_is_not_there_is_refused_like_another_persons(
    kept: Archive, expert: Actor
) -> None:
    with pytest.raises(AccessDenied):
        kept.cases.open(expert, "no such case")


def test_everything_is_there_after_closing_and_opening(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    case = kept.cases.open(expert, CASE)
    kept.close()
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as again:
        assert again.cases.open(again.access.login("Ахметова", PASSWORD), CASE) == case


def test_a_hundred_entries_make_a_checkpoint(kept: Archive, expert: Actor) -> None:
    newest = kept.log.newest_checkpoint(expert)
    assert newest is not None
    for number in range(CHECKPOINT_EVERY):
        kept.cases.note(expert, CASE, "view", {"n": number})
    newer = kept.log.newest_checkpoint(expert)
    assert newer is not None
    assert newer.size - newest.size >= CHECKPOINT_EVERY


def test_an_entry_is_proven_to_be_under_a_checkpoint(kept: Archive, expert: Actor) -> None:
    made = kept.log.checkpoint(expert)
    entries = kept.log.entries(expert, CASE)[:3]
    for entry, proof in zip(
        entries, kept.log.inclusion(expert, [one.seq for one in entries], made.size), strict=True
    ):
        leaf = merkle.leaf_hash(entry.body)
        assert merkle.included(leaf, proof.seq - 1, proof.size, proof.path, made.root)


def test_what_is_stated_of_the_person_is_kept_version_by_version(
    kept: Archive, expert: Actor
) -> None:
    history = History(kept.cases.open(expert, CASE))
    assert history.present.subject is Subject.UNKNOWN
    for subject in (Subject.DECEASED, Subject.LIVING):
        after = history.do(StateSubject(subject))
        done = changes(history.present, after.present)
        kept.cases.record(expert, CASE, done, label=StateSubject.label, act="do")
        history = after
        assert kept.cases.open(expert, CASE) == history.present
    for expected in (Subject.DECEASED, Subject.UNKNOWN):
        after = history.undo()
        done = changes(history.present, after.present)
        kept.cases.record(expert, CASE, done, label=StateSubject.label, act="undo")
        history = after
        assert kept.cases.open(expert, CASE).subject is expected
    with kept.cases._journal.database.reading() as work:
        versions = [one for one in work.cases.things(CASE) if one.thing == "subject"]
    assert [one.version for one in versions] == [1, 2, 3, 4]
    assert [one.withdrawn for one in versions] == [False, False, False, True]
    assert kept.verify.run().ok


def test_of_two_who_state_it_at_once_the_second_is_told(kept: Archive, expert: Actor) -> None:
    case = kept.cases.open(expert, CASE)
    mine, theirs = (
        changes(case, case.with_subject(one)) for one in (Subject.LIVING, Subject.DECEASED)
    )
    kept.cases.record(expert, CASE, theirs, label="l", act="do")
    with pytest.raises(InputError):
        kept.cases.record(expert, CASE, mine, label="l", act="do")
    assert kept.cases.open(expert, CASE).subject is Subject.DECEASED


@pytest.mark.parametrize(
    ("thing_id", "record"),
    [("subject", {"state": "undead"}), ("another", {"state": "living"})],
)
def test_a_state_that_is_none_is_not_recorded(
    kept: Archive, expert: Actor, thing_id: str, record: Any
) -> None:
    before = _acts(kept, expert)
    change = Change("subject", thing_id, None, record)
    with pytest.raises(InputError):
        kept.cases.record(expert, CASE, (change,), label="l", act="do")
    assert [one for one in _acts(kept, expert) if one[0] == "record"] == [
        one for one in before if one[0] == "record"
    ]


def test_a_record_of_a_kind_from_a_later_version_is_refused_and_not_passed_over(
    kept: Archive, expert: Actor
) -> None:
    (entry,) = [one for one in kept.log.entries(expert, CASE) if one.act == "record"]
    sha256 = canonical.decode(entry.body)["obj"][0]["sha256"]
    document = canonical.decode(kept.cases._blobs.read(sha256), fractions=True)
    later = kept.cases._blobs.put(canonical.encode(document | {"t": "hologram"}, fractions=True))
    with kept.cases._journal.database.writing() as work:
        row = work.cases.latest(CASE, "finding", "t1")
        assert row is not None
        work.cases.add_thing(replace(row, thing="hologram", thing_id="h1", sha256=later))
        work.commit()
    with pytest.raises(InputError, match="hologram"):
        kept.cases.open(expert, CASE)
