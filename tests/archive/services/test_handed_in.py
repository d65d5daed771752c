"""Findings of every kind from outside: kept as they came, or refused in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive.opening import Archive
from archive.records import Actor
from tests.archive.conftest import CASE, FRAME, SERIES
from tests.virtopsy.findings.some import one_of_each
from virtopsy.errors import InputError
from virtopsy.findings.finding import Finding
from virtopsy.findings.record import to_record
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.language import Language

EACH = {
    one.kind: replace(
        one, series_uid=SERIES, frame_of_reference_uid=FRAME, seen_on_slice=f"{SERIES}.1"
    )
    for one in one_of_each()
}


def handed(finding: Finding, **other: Any) -> dict[str, Any]:
    """Return a finding as a person hands it in, with other fields."""
    return {**to_record(finding), **other}


@pytest.mark.parametrize("kind", EACH)
def test_every_kind_is_kept_as_it_came(kept: Archive, expert: Actor, kind: str) -> None:
    made = kept.cases.add_finding(expert, CASE, handed(EACH[kind]))
    read = kept.cases.open(expert, CASE).finding(made)
    assert to_record(read) == to_record(EACH[kind])


def test_a_fit_without_its_figures_is_refused(kept: Archive, expert: Actor) -> None:
    record = {**handed(EACH["trajectory"]), "joint_spread_mm": [], "sd_source": "fit"}
    with pytest.raises(InputError) as told:
        kept.cases.add_finding(expert, CASE, record)
    assert told.value.key == "findings.trajectory.no_fit"


@pytest.mark.parametrize("kind", EACH)
def test_a_misspelt_field_is_named_and_not_lost(kept: Archive, expert: Actor, kind: str) -> None:
    with pytest.raises(InputError) as told:
        kept.cases.add_finding(expert, CASE, {**handed(EACH[kind]), "certainly": "definite"})
    assert told.value.key == "findings.record.unknown_field"


_WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"series_uid": "1.9"}, "has no series 1.9"),
    ({"frame_of_reference_uid": "9.9"}, "9.9"),
    ({"certainty": "sure"}, "cannot be read"),
    ({"side": "both ears"}, "cannot be read"),
    ({"name": 7}, "cannot be read"),
    ({"name": "a\nb"}, "name"),
    ({"finding_id": "../x"}, "../x"),
    ({"colour": "red"}, "#rrggbb"),
    ({"grounds": ["calibre"]}, "ground"),
    ({"seen_on_slice": "1.2.3"}, "no source slice 1.2.3"),
)


@pytest.mark.parametrize("kind", EACH)
def test_every_kind_that_does_not_fit_is_refused_in_words_and_nothing_is_kept(
    kept: Archive, expert: Actor, kind: str
) -> None:
    before = kept.cases.open(expert, CASE).findings
    for wrong, said in _WRONG:
        with pytest.raises(InputError) as refused:
            kept.cases.add_finding(expert, CASE, handed(EACH[kind], **wrong))
        assert said in refused.value.sentence(Language.EN)
        assert all(refused.value.sentence(language) for language in Language)
    assert kept.cases.open(expert, CASE).findings == before


_PLACES = {
    "wound": "at_lps_mm",
    "trajectory": "ends_lps_mm",
    "fragment": "centre_lps_mm",
    "fracture": "line_lps_mm",
    "region": "mask",
    "landmark": "at_lps_mm",
    "measure": "points_lps_mm",
    "note": "at_lps_mm",
    "key_picture": "height_mm",
}


@pytest.mark.parametrize("kind", EACH)
def test_a_place_that_is_none_is_refused_in_words(kept: Archive, expert: Actor, kind: str) -> None:
    worthless: tuple[object, ...] = (None, [], "far", [[float("nan"), 0.0, 0.0]])
    for worth in worthless:
        with pytest.raises(InputError):
            kept.cases.add_finding(expert, CASE, handed(EACH[kind], **{_PLACES[kind]: worth}))


def test_a_fracture_seen_on_no_slice_is_refused(kept: Archive, expert: Actor) -> None:
    with pytest.raises(InputError, match="not tied to a source slice"):
        kept.cases.add_finding(expert, CASE, handed(EACH["fracture"], seen_on_slice=""))


def test_a_kind_of_wound_nobody_put_a_name_to_is_stated_by_who_hands_it_in(
    kept: Archive, expert: Actor
) -> None:
    made = kept.cases.add_finding(expert, CASE, handed(EACH["wound"], stated_by=None))
    wound = kept.cases.open(expert, CASE).finding(made)
    assert isinstance(wound, Wound)
    assert wound.stated_by == expert.name
    unstated = handed(EACH["wound"], stated_by=None, wound="", finding_id="w2")
    second = kept.cases.add_finding(expert, CASE, unstated)
    other = kept.cases.open(expert, CASE).finding(second)
    assert isinstance(other, Wound)
    assert (other.wound, other.stated_by) == (WoundKind.UNSTATED, None)
