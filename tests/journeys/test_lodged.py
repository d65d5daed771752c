"""A bullet that stayed in the head, in Kazakh: what is measured, and what nobody may say of it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from tests.journeys import panel
from tests.journeys.conftest import Hand, live
from tests.journeys.seeing import seen
from virtopsy.findings.fragment import Fragment, Site
from virtopsy.findings.trajectory import Method, Outcome, Trajectory
from virtopsy.geometry.camera import Point
from virtopsy.language import Language, say

_CASE = "ct_gunshot_02"
_OFF_ENTRY, _OFF_BULLET = (2.5, -2.0, 2.0), (1.0, 1.0, 1.0)
_NAMES_METAL = re.compile(
    r"\d\s*(?:-\s*)?(?:калибр|caliber|calibre|gauge|acp|magnum|luger)"
    r"|(?:калибр|caliber|calibre)\w*\W*\d|\.(?:22|38|45)\b|9\s*[x×х]\s*1[89]"
    r"|қорғасын|свинец|свинц|\blead\b|\bмыс\b|медь|медн|copper|латунь|жез\b|brass|томпак|steel",
    re.IGNORECASE,
)


@pytest.fixture
def hand(new_window: Callable[[], Hand], shared_data: Path) -> Hand:
    """The window in Kazakh, with the scan of the lodged bullet."""
    scan = shared_data / _CASE / "dicom"
    if not scan.is_dir():
        pytest.skip(f"no {_CASE} on this machine")
    made = new_window()
    panel.speak(made, "kk")
    made.parts.keeping.person.set("Әсел Сарапшы")
    made.open_scan(scan)
    return made


@pytest.fixture
def truth(shared_data: Path) -> dict[str, Any]:
    """What is true of the scan."""
    path = shared_data / _CASE / "truth.json"
    if not path.is_file():
        pytest.skip(f"no {_CASE} on this machine")
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def _point(values: list[float]) -> Point:
    x, y, z = values
    return x, y, z


def _mark(hand: Hand, truth: dict[str, Any]) -> Trajectory:
    """Mark the entry roughly and the bullet, and say that it stayed there."""
    bullet = _point(truth["bullet_mm"])
    hand.click("tool.trajectory")
    panel.mark_at(hand, panel.shift(_point(truth["entry_mm"]), _OFF_ENTRY))
    panel.mark_at(hand, panel.shift(bullet, _OFF_BULLET))
    hand.click("tool.point")
    panel.mark_at(hand, bullet)
    extended = _beyond_entry(hand)
    panel.press(hand, "workshop.lodged_here")
    assert _beyond_entry(hand) < 0.3 * extended, "nothing is extended outside"
    track = panel.track_of(hand)
    assert track.outcome is Outcome.LODGED
    assert track.lodged_lps_mm is not None
    assert math.dist(track.lodged_lps_mm, bullet) < 1.5
    assert track.ends_lps_mm[1] == track.lodged_lps_mm, "the click beside it meant the projectile"
    _assert_chord(hand)
    return track


def _assert_chord(hand: Hand) -> None:
    """See that the line is called a chord in each language, and is extended nowhere."""
    for language in Language:
        panel.speak(hand, language.value)
        said = panel.in_sight(hand, "track.method", QLabel)
        assert isinstance(said, QLabel)
        assert said.text() == say("workshop.method.chord", language)
        labels = panel.lines(hand, "finding.fact")
        assert say("findings.chord.azimuth", language) in labels
        assert say("findings.azimuth", language) not in labels
    panel.speak(hand, "kk")


def _beyond_entry(hand: Hand) -> int:
    """Return how many pixels of the 3D view are yellow between the entry and the edge."""
    hand.settle()
    live(0.3)
    shown = seen(hand.volume).astype(int)
    at = hand.volume_place(panel.track_of(hand).ends_lps_mm[0])
    part = shown[max(at.y() - 30, 0) : at.y() + 60, at.x() + 15 : -50]
    return int(((part[..., 0] > 70) & (part[..., 2] < 0.5 * part[..., 0])).sum())


def _refine(hand: Hand) -> Trajectory:
    panel.press(hand, "workshop.refine")
    hand.wait(lambda: not hand.parts.workshop.busy, "the entry is refined")
    return panel.track_of(hand)


def _assert_entry_alone(track: Trajectory, rough: Trajectory, truth: dict[str, Any]) -> None:
    entry = _point(truth["entry_mm"])
    assert track.method is Method.CHORD
    assert math.dist(track.ends_lps_mm[0], entry) < math.dist(rough.ends_lps_mm[0], entry)
    assert math.dist(track.ends_lps_mm[0], entry) < 1.5
    assert math.dist(track.ends_lps_mm[1], _point(truth["bullet_mm"])) < 2.0


def _assert_no_metal_is_named(hand: Hand) -> None:
    """Read the whole panel in all three languages: no calibre, no alloy."""
    for language in Language:
        panel.speak(hand, language.value)
        shown = panel.texts(hand)
        assert len(shown) > 30
        for text in shown:
            assert not _NAMES_METAL.search(text), text
    panel.speak(hand, "kk")


def _covers(piece: Fragment, place: list[float]) -> bool:
    away = math.dist(piece.centre_lps_mm, place)
    return away < max(piece.size_mm or (0.0,)) / 2 + 1.5


def _fragments(hand: Hand) -> tuple[Fragment, ...]:
    panel.offer(hand, "wound", hand.parts.say("fragments.find"))
    hand.wait(lambda: not hand.parts.fragment_search.searching, "the search ends")
    return tuple(one for one in hand.parts.findings.shown if isinstance(one, Fragment))


def test_a_lodged_bullet_gives_a_chord_that_is_not_called_the_track(
    hand: Hand, truth: dict[str, Any]
) -> None:
    rough = _mark(hand, truth)
    panel.picture(hand, "lodged_marked")
    track = _refine(hand)
    panel.picture(hand, "lodged_refined")
    _assert_entry_alone(track, rough, truth)
    _assert_chord(hand)
    assert hand.sees("bevel.0")
    assert not hand.sees("bevel.1"), "there is no hole where the bullet lies"
    panel.press(hand, "workshop.lodged_nowhere")
    assert panel.track_of(hand).lodged_lps_mm is None
    assert panel.track_of(hand).outcome is Outcome.UNSTATED
    assert not hand.sees("workshop.lodged_nowhere")
    assert hand.troubles == []


def test_the_fragments_of_a_lodged_bullet_carry_the_track_and_name_no_metal(
    hand: Hand, truth: dict[str, Any]
) -> None:
    _mark(hand, truth)
    found = _fragments(hand)
    for one in truth["fragments"]:
        # Three of them touch the bullet within its blur, and are listed as one piece with it.
        assert any(_covers(each, one["centre"]) for each in found), one
    bullet = min(found, key=lambda one: math.dist(one.centre_lps_mm, truth["bullet_mm"]))
    assert math.dist(bullet.centre_lps_mm, truth["bullet_mm"]) < 2.0
    panel.select(hand, bullet.name)
    panel.picture(hand, "lodged_bullet")
    _assert_no_metal_is_named(hand)
    panel.select(hand, panel.track_of(hand).name)
    _assert_no_metal_is_named(hand)
    button = hand.find("workshop.fit_fragments", QPushButton)
    along = [one for one in hand.parts.workshop.fragments_along if one.site is not Site.OUTSIDE]
    assert str(len(along)) in button.text()
    panel.press(hand, "workshop.fit_fragments")
    track = panel.track_of(hand)
    assert track.method is Method.FRAGMENTS
    away = panel.apart_deg(track.axis, _point(truth["direction"]))
    assert away < math.degrees(track.uncertainty.cone95_half_angle)
    assert away < 8
    panel.picture(hand, "lodged_fragments")
    assert hand.troubles == []


def test_points_clicked_along_the_track_are_fitted(hand: Hand, truth: dict[str, Any]) -> None:
    _mark(hand, truth)
    for one in truth["fragments"][:5]:
        panel.mark_at(hand, _point(one["centre"]))
        panel.press(hand, "workshop.add_point")
    panel.press(hand, "workshop.fit_points")
    track = panel.track_of(hand)
    assert track.method is Method.POINTS
    assert not hand.sees("workshop.fit_points")
    assert hand.find("track.method", QLabel).text() == say("workshop.method.points", Language.KK)
    assert panel.apart_deg(track.axis, _point(truth["direction"])) < 8
    assert hand.find("panel", QWidget).isVisible()
    assert hand.troubles == []
