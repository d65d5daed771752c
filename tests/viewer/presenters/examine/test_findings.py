"""The list of findings: numbered, filtered, shown and hidden; each edit one act of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tests.viewer.widgets.conftest import body
from tests.virtopsy.findings.some import one_of_each
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.value import Value
from virtopsy.case.commands import AddFinding, AddFindings, WithdrawFinding
from virtopsy.errors import Bug
from virtopsy.findings.wound import WoundKind
from virtopsy.language import Language

KINDS = {one.kind: one for one in one_of_each()}


@dataclass
class Room:
    """The presenter with the findings of two series."""

    session: Session = field(default_factory=Session)
    views: Views = field(default_factory=Views)

    def __post_init__(self) -> None:
        self.person = Value("A. Expert")
        self.findings = Findings(self.session, self.views, self.person)
        self.views.show(body())
        self.session.do(AddFindings(one_of_each()))
        other = replace(KINDS["note"], finding_id="other", series_uid="9.9")
        self.session.do(AddFinding(other))

    def names(self) -> list[str]:
        return [one.name for one in self.findings.rows(Language.EN)]


@pytest.fixture
def room() -> Room:
    return Room()


def test_every_finding_of_the_shown_series_is_listed_with_number_kind_and_main_number(
    room: Room,
) -> None:
    rows = room.findings.rows(Language.EN)
    assert [one.number for one in rows] == list(range(1, 10))
    assert [one.finding_id for one in rows] == [one.finding_id for one in one_of_each()]
    assert rows[0].kind == "Wound"
    assert rows[0].summary == "9.0\u00a0±\u00a02.8\u00a0mm"
    assert rows[2].kind == "Projectile"
    assert rows[7].summary == ""
    assert [room.findings.number(one.finding_id) for one in rows] == [one.number for one in rows]


def test_findings_of_other_series_are_counted_in_one_line(room: Room) -> None:
    assert room.findings.quiet_words(Language.EN) == "± is 95% · 1 more on another series"
    assert room.findings.quiet_words(Language.RU) == "± это 95 % · ещё 1 на других сериях"
    room.session.do(WithdrawFinding("other"))
    assert room.findings.quiet_words(Language.EN) == "± is 95%", "of the numbers in the list"
    room.findings.kind.set("note")
    assert room.findings.quiet_words(Language.EN) == "1 of 9 listed"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("fragment", ["fragment"]),
        ("сынық", ["fracture"]),
        ("АНАТОМИЧЕСКАЯ", ["landmark"]),
        ("жnote №1", ["note"]),
        ("17.0", ["fracture"]),
        ("no such word", []),
    ],
)
def test_one_field_finds_by_kind_in_any_language_and_by_words(
    room: Room, typed: str, found: list[str]
) -> None:
    room.findings.text.set(typed)
    assert [one.finding_id.removesuffix("-1") for one in room.findings.rows(Language.EN)] == found
    assert f"{len(found)} of 9 listed" in room.findings.quiet_words(Language.EN)


def test_numbers_do_not_depend_on_what_is_filtered(room: Room) -> None:
    room.findings.kind.set("fracture")
    (row,) = room.findings.rows(Language.EN)
    assert row.number == 4
    assert ("fracture", "Fracture") in room.findings.kinds(Language.EN)


def test_the_field_appears_from_six_findings_up_and_stays_while_it_filters() -> None:
    room = Room()
    assert room.findings.filterable
    for one in room.findings.shown[:4]:
        room.session.do(WithdrawFinding(one.finding_id))
    assert len(room.findings.shown) == 5
    assert not room.findings.filterable
    room.findings.text.set("x")
    assert room.findings.filterable
    room.views.show(replace(body()))
    assert not room.findings.text.now, "another series is listed whole"


def test_a_finding_is_hidden_and_shown_alone_or_with_all_others(room: Room) -> None:
    first = room.findings.shown[0].finding_id
    room.findings.toggle(first)
    assert first not in [one.finding_id for one in room.findings.visible]
    assert not room.findings.rows(Language.EN)[0].drawn
    assert not room.findings.all_drawn
    room.findings.toggle_all()
    assert room.findings.all_drawn
    room.findings.toggle_all()
    assert not room.findings.visible
    acts = room.session.undo_label
    assert acts == "case.finding.add", "what is seen is no act on the case"


def test_choosing_a_row_looks_at_its_first_place(room: Room) -> None:
    room.findings.choose("wound-1")
    assert room.views.position.now == pytest.approx((1.0, 2.0, 3.0))
    room.findings.look(1)
    assert room.views.position.now == pytest.approx((0.0, 2.0, 3.0))


def test_a_finding_is_locked_until_it_is_unlocked_and_again_when_another_is_chosen(
    room: Room,
) -> None:
    room.findings.choose("wound-1")
    assert room.findings.unlocked.now is None
    room.findings.toggle_lock()
    assert room.findings.unlocked.now == "wound-1"
    room.findings.choose("note-1")
    assert room.findings.unlocked.now is None
    room.findings.toggle_lock()
    room.findings.toggle_lock()
    assert room.findings.unlocked.now is None


def test_each_edit_is_one_act_and_the_same_value_is_none(room: Room) -> None:
    room.findings.choose("wound-1")
    heard: list[object] = []
    room.session.changed.subscribe(lambda changed: heard.append(changed.changes))
    room.findings.state("wound", "exit")
    room.findings.state("wound", "exit")
    room.findings.state("remark", "")
    room.findings.state("ground.gas", "yes")
    assert len(heard) == 3
    wound = room.findings.finding
    assert wound is not None
    assert wound.wound is WoundKind.EXIT  # type: ignore[attr-defined]
    assert wound.stated_by == "A. Expert"  # type: ignore[attr-defined]
    for _ in range(3):
        room.session.undo()
    assert room.findings.finding == KINDS["wound"]


def test_what_was_typed_for_one_finding_is_never_given_to_another(room: Room) -> None:
    room.findings.choose("note-1")
    room.findings.state("name", "Typed before", of="wound-1")
    assert room.session.case.finding("wound-1").name == "Typed before"
    assert room.session.case.finding("note-1").name == KINDS["note"].name
    room.findings.state("name", "Too late", of="gone")
    assert "Too late" not in room.names()


def test_any_kind_is_withdrawn_and_comes_back_with_undo(room: Room) -> None:
    for one in one_of_each():
        room.findings.choose(one.finding_id)
        room.findings.withdraw()
        assert one.finding_id not in [each.finding_id for each in room.findings.shown]
        assert room.findings.selected.now is None
        room.session.undo()
    assert len(room.findings.shown) == 9


def test_acts_without_a_selection_are_our_bug(room: Room) -> None:
    for act in (room.findings.withdraw, room.findings.look, room.findings.toggle_lock):
        with pytest.raises(Bug, match="no finding is selected"):
            act()
    assert room.findings.fields(Language.EN) == ()
    assert room.findings.details(Language.EN) == ()
