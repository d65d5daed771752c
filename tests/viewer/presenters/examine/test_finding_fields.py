"""What can be stated of a finding: from the vocabulary, by a person, kept as the kind keeps it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.virtopsy.findings.some import one_of_each
from viewer.presenters.examine.finding_fields import (
    COLOURS,
    YES,
    colour_of,
    fields_of,
    side_words,
    with_field,
)
from virtopsy.case.subject import Subject
from virtopsy.errors import Bug, InputError
from virtopsy.findings.finding import Certainty, Finding, Side
from virtopsy.findings.fracture import FractureKind
from virtopsy.findings.record import from_record, to_record
from virtopsy.findings.region import Substance
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.language import Language

KINDS = {one.kind: one for one in one_of_each()}
EVERY = [*KINDS.values()]
PLAIN = replace(
    KINDS["wound"],
    entered_height_mm=None,  # type: ignore[call-arg]
    entered_height_sd_mm=None,
    blade_width_mm=None,
    blade_thickness_mm=None,
    flexion="",
    posture_by="",
)
"""A wound of which nobody stated how the body lies."""


def values(finding: Finding) -> dict[str, str]:
    return {one.name: one.value for one in fields_of(finding, Subject.UNKNOWN, Language.EN)}


@pytest.mark.parametrize("finding", EVERY, ids=lambda one: one.kind)
@pytest.mark.parametrize("language", Language)
def test_every_kind_has_name_certainty_side_region_level_colour_and_remark(
    finding: Finding, language: Language
) -> None:
    told = fields_of(finding, Subject.UNKNOWN, language)
    names = [one.name for one in told]
    assert {"name", "certainty", "side", "region", "level", "colour", "remark"} <= set(names)
    assert names[0] == "name"
    assert len(names) == len(set(names))
    assert all(one.label for one in told)
    assert {f"ground.{one}" for one in finding.GROUNDS} <= set(names)


@pytest.mark.parametrize("finding", EVERY, ids=lambda one: one.kind)
def test_whatever_is_stated_reads_back_and_can_be_kept(finding: Finding) -> None:
    for field in fields_of(finding, Subject.UNKNOWN, Language.RU):
        if field.form == "heading":
            continue
        if field.name in {"entered_height", "blade"}:
            continue  # numbers, told apart below
        stated = {
            "line": ["oс frontale", "C 4"],
            "text": ["первая строка\nвторая"],
            "choice": [code for code, _ in field.choices],
            "tick": [YES, ""],
            "colour": [*COLOURS, ""],
        }[field.form]
        for value in stated:
            changed = with_field(finding, field.name, value, "Ә. Сарапшы")
            kept = to_record(changed)
            assert to_record(from_record(kept)) == kept
            shown = values(changed)
            assert shown.get(field.name, value) == value
            assert changed.places == finding.places


def test_the_same_again_is_the_same_finding() -> None:
    for finding in EVERY:
        for field in fields_of(finding, Subject.UNKNOWN, Language.EN):
            # who confirmed a side is a name: another person's tick would be another statement
            if field.form != "heading" and field.name != "side_confirmed_by":
                assert with_field(finding, field.name, field.value, "B") == finding, field.name


def test_an_empty_name_is_no_name() -> None:
    assert with_field(KINDS["note"], "name", "   ", "A").name == KINDS["note"].name


def test_who_states_a_wound_is_kept_and_goes_with_the_statement() -> None:
    stated = with_field(KINDS["wound"], "wound", "exit", "B. Expert")
    assert (stated.wound, stated.stated_by) == (WoundKind.EXIT, "B. Expert")  # type: ignore[attr-defined]
    taken_back = with_field(stated, "wound", "", "B. Expert")
    assert (taken_back.wound, taken_back.stated_by) == (WoundKind.UNSTATED, None)  # type: ignore[attr-defined]


def test_left_and_right_of_a_landmark_are_confirmed_by_name() -> None:
    confirmed = with_field(KINDS["landmark"], "side_confirmed_by", YES, "B. Expert")
    assert confirmed.side_confirmed_by == "B. Expert"  # type: ignore[attr-defined]
    assert with_field(confirmed, "side_confirmed_by", "", "B").side_confirmed_by is None  # type: ignore[attr-defined]


def test_choices_become_terms_of_the_vocabulary() -> None:
    broken = with_field(KINDS["fracture"], "fracture", "ring", "A")
    assert broken.fracture is FractureKind.RING  # type: ignore[attr-defined]
    assert with_field(broken, "certainty", "possible", "A").certainty is Certainty.POSSIBLE
    assert with_field(broken, "side", "both", "A").side is Side.BOTH


def test_gas_alone_is_confirmed() -> None:
    assert "confirmed" in values(KINDS["region"])
    assert "confirmed" not in values(replace(KINDS["region"], substance=Substance.FLUID))  # type: ignore[call-arg]


@pytest.mark.parametrize("typed", ["1320 ± 5", "1320+-5 mm", "1320,0; 5", "1320 +/- 5 мм"])
def test_a_height_that_was_measured_at_the_body_is_entered_with_its_error(typed: str) -> None:
    wound = with_field(PLAIN, "entered_height", typed, "B. Expert")
    assert (wound.entered_height_mm, wound.entered_height_sd_mm) == (1320.0, 5.0)  # type: ignore[attr-defined]
    assert wound.posture_by == "B. Expert"  # type: ignore[attr-defined]
    assert values(wound)["entered_height"] == "1320 ± 5"
    assert with_field(wound, "entered_height", "1320 ± 5", "C") == wound
    assert with_field(wound, "entered_height", "", "C") == PLAIN


@pytest.mark.parametrize("typed", ["1320", "high", "1320 ± 0", "-3 ± 1", "1320 ± 5 cm"])
def test_a_height_without_its_error_is_refused_in_words(typed: str) -> None:
    with pytest.raises(InputError, match="1320 ± 5"):
        with_field(KINDS["wound"], "entered_height", typed, "B")


@pytest.mark.parametrize(
    ("typed", "blade", "told"),
    [
        ("22 × 3", (22.0, 3.0), "22.0 × 3.0"),
        ("22,5x3 мм", (22.5, 3.0), "22.5 × 3.0"),
        ("22 х 3", (22.0, 3.0), "22.0 × 3.0"),
        ("22", (22.0, None), "22.0"),
    ],
)
def test_a_blade_is_entered_for_a_stab_alone(
    typed: str, blade: tuple[float, float | None], told: str
) -> None:
    assert "blade" not in values(PLAIN)
    stab = with_field(PLAIN, "wound", "stab", "B")
    entered = with_field(stab, "blade", typed, "B")
    assert (entered.blade_width_mm, entered.blade_thickness_mm) == blade  # type: ignore[attr-defined]
    assert values(entered)["blade"] == told
    assert with_field(entered, "blade", "", "B") == stab


@pytest.mark.parametrize("typed", ["wide", "0", "22 × 0", "22 × 3 × 4", "-2"])
def test_what_is_no_blade_is_refused_in_words(typed: str) -> None:
    with pytest.raises(InputError, match="22 × 3"):
        with_field(PLAIN, "blade", typed, "B")


def test_who_states_how_the_body_lies_is_kept() -> None:
    stated = with_field(PLAIN, "flexion", "straight", "B. Expert")
    assert (stated.flexion, stated.posture_by) == ("straight", "B. Expert")  # type: ignore[attr-defined]
    assert with_field(stated, "flexion", "", "B. Expert") == PLAIN


def test_grounds_of_a_track_wait_for_a_statement() -> None:
    track = KINDS["trajectory"]
    unstated = track.stated(None, "A")  # type: ignore[attr-defined]
    usable = {one.name: one.usable for one in fields_of(unstated, Subject.UNKNOWN, Language.EN)}
    assert not usable["ground.bevel"]
    assert all(one.usable for one in fields_of(track, Subject.UNKNOWN, Language.EN))


def test_a_ground_that_the_kind_does_not_have_is_our_bug() -> None:
    with pytest.raises(Bug, match="no such ground"):
        with_field(KINDS["note"], "ground.bevel", YES, "A")


def test_a_side_is_the_deceaseds_or_the_persons_own() -> None:
    assert side_words("left", Subject.DECEASED, Language.EN) == "the deceased’s left"
    assert side_words("left", Subject.LIVING, Language.EN) == "the person’s left"
    assert side_words("right", Subject.UNKNOWN, Language.KK) == "адамның оң жағы"
    assert side_words("midline", Subject.DECEASED, Language.RU) == "по срединной линии"
    (side,) = (
        one for one in fields_of(EVERY[0], Subject.DECEASED, Language.EN) if one.name == "side"
    )
    assert dict(side.choices)["right"] == "the deceased’s right"


def test_a_finding_has_its_own_colour_or_that_of_its_kind() -> None:
    assert colour_of(KINDS["wound"]) == "#e4572e"
    assert colour_of(replace(KINDS["wound"], colour="")) == "wound"
    assert colour_of(replace(KINDS["landmark"], colour="")) == "measure"


@pytest.mark.parametrize(
    ("text", "width", "thickness"),
    [("18 x 2", 18.0, 2.0), ("18,5×2,1 мм", 18.5, 2.1), ("20", 20.0, None), ("", None, None)],
)
def test_a_blade_is_typed_as_its_width_and_thickness(
    text: str, width: float | None, thickness: float | None
) -> None:
    stab = Wound((0.0, 0.0, 0.0), WoundKind.STAB, finding_id="w", name="w", series_uid="1")

    read = with_field(stab, "blade", text, "A")

    assert isinstance(read, Wound)
    assert (read.blade_width_mm, read.blade_thickness_mm) == (width, thickness)
    for wrong in ("0", "broad", "18 x"):
        with pytest.raises(InputError):
            with_field(stab, "blade", wrong, "A")


def test_a_ground_says_what_must_be_known_of_it_and_only_a_stab_asks_for_a_blade() -> None:
    wound = Wound((0.0, 0.0, 0.0), finding_id="w", name="w", series_uid="1")
    for language in Language:
        told = {one.name: one for one in fields_of(wound, Subject.UNKNOWN, language)}
        assert "2024" in told["ground.skin_rim"].note
        assert "blade" not in told
    stab = replace(wound, wound=WoundKind.STAB)
    told = {one.name: one for one in fields_of(stab, Subject.UNKNOWN, Language.EN)}
    assert "never matched" in told["wound"].note
    assert "blade" in told
