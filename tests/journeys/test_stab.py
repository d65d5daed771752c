"""A stab in bone, in English: a blade may be excluded, and is never said to match."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from tests.journeys import panel
from tests.journeys.conftest import Hand
from viewer.presenters.tools.forms import form_named
from virtopsy.findings.stab import blade_lines
from virtopsy.findings.wound import Wound, WoundKind
from virtopsy.geometry.camera import Point
from virtopsy.language import Language, say

_LONG_MM, _SHORT_MM = 9.0, 6.0
_AFFIRMS = re.compile(
    r"\b(?:match(?:es|ed)?|fits|consistent|corresponds|"
    r"совпад\w*|соответств\w*|совместим\w*|отождествл\w*|сәйкес\w*)",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:no match|never matched|не отождеств|но не отождеств|емес|ешқашан)")


@pytest.fixture
def hand(new_window: Callable[[], Hand], wound: Path) -> Hand:
    """The window in English with the slices round a hole in bone."""
    made = new_window()
    panel.speak(made, "en")
    made.parts.keeping.person.set("A. Expert")
    made.open_scan(wound / "dicom")
    return made


@pytest.fixture
def hole(wound: Path) -> Point:
    """The middle of a hole in bone, LPS mm."""
    x, y, z = json.loads((wound / "truth.json").read_text(encoding="utf-8"))["entry_mm"]
    return x, y, z


def _stab(hand: Hand) -> Wound:
    (found,) = hand.parts.session.case.findings
    assert isinstance(found, Wound)
    return found


def _mark(hand: Hand, hole: Point, tissue: str) -> Wound:
    """Mark a stab by the menu, then its two extents by the menu of its mark."""
    panel.offer(hand, "wound", form_named("wound.stab").called(Language.EN))
    panel.mark_at(hand, hole)
    hand.click("tool.point")
    panel.choose(hand, "finding.tissue", hand.parts.say(f"panel.tissue.{tissue}"))
    panel.right_click(hand, "axial", hole, hand.parts.say("marking.menu.extents"))
    for by in (
        (0.0, -_LONG_MM / 2, 0.0),
        (0.0, _LONG_MM / 2, 0.0),
        (-_SHORT_MM / 2, 0.0, 0.0),
        (_SHORT_MM / 2, 0.0, 0.0),
    ):
        hand.point("axial", panel.shift(hole, by))
    stab = _stab(hand)
    assert (stab.wound, stab.tissue) == (WoundKind.STAB, tissue)
    sizes = {one.code: one.value for one in stab.quantities}
    assert sizes["wound_length"] == pytest.approx(_LONG_MM, abs=1.5)
    assert sizes["wound_width"] == pytest.approx(_SHORT_MM, abs=1.5)
    return stab


def _blade(hand: Hand, typed: str) -> str:
    """Type a blade and return what the panel says of it."""
    panel.in_sight(hand, "finding.blade", QLineEdit)
    hand.type("finding.blade", typed)
    hand.key("finding.blade", Qt.Key.Key_Return)
    said = panel.lines(hand, "finding.number")  # beside the field: nobody scrolls for the answer
    return said[hand.parts.say("stab.blade")]


def _assert_nothing_matches(hand: Hand) -> None:
    """Read the panel in all three languages: no blade is said to match."""
    for language in Language:
        panel.speak(hand, language.value)
        for line in blade_lines(_stab(hand), language):
            assert line.text in panel.texts(hand)
        for text in panel.texts(hand):
            for sentence in re.split(r"[.;:]\s", text):
                if _AFFIRMS.search(sentence):
                    assert _DENIES.search(sentence), sentence
    panel.speak(hand, "en")


def test_a_blade_larger_than_a_hole_in_bone_is_excluded_and_no_blade_matches(
    hand: Hand, hole: Point
) -> None:
    _mark(hand, hole, "bone")
    said = _blade(hand, "40 x 2")
    assert said.endswith(say("stab.excluded", Language.EN))
    panel.in_sight(hand, "finding.blade", QLineEdit)
    panel.picture(hand, "stab_excluded")
    _assert_nothing_matches(hand)
    said = _blade(hand, "8 x 1.5")
    assert said.endswith("not excluded; that is no match")
    panel.picture(hand, "stab_not_excluded")
    _assert_nothing_matches(hand)
    close = _stab(hand).quantities[0]
    assert close.half95 is not None
    assert _blade(hand, f"{close.value + close.half95 - 0.2:.1f}").endswith(
        say("stab.not_excluded", Language.EN)
    )
    assert _blade(hand, f"{close.value + close.half95 + 0.2:.1f}").endswith(
        say("stab.excluded", Language.EN)
    )
    assert hand.troubles == []


def test_in_skin_nothing_is_excluded_and_what_is_no_blade_is_refused_in_words(
    hand: Hand, hole: Point
) -> None:
    _mark(hand, hole, "skin")
    assert _blade(hand, "40 x 2").endswith(say("stab.not_in_bone", Language.EN))
    _assert_nothing_matches(hand)
    panel.picture(hand, "stab_skin")
    before = _stab(hand)
    hand.type("finding.blade", "a kitchen knife")
    hand.key("finding.blade", Qt.Key.Key_Return)
    assert hand.find("notice.text", QLabel).text() == say(
        "panel.blade.form", Language.EN, text="a kitchen knife"
    )
    assert _stab(hand) == before
