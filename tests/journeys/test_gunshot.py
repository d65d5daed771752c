"""A gunshot through the head, from two rough clicks to the sealed conclusion, in Russian."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QWidget

from tests.journeys import panel
from tests.journeys.conftest import Cli, Hand, live
from tests.journeys.seeing import seen
from viewer.presenters.tools.forms import form_named
from virtopsy.findings.finding import Finding
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.region import Region
from virtopsy.findings.trajectory import Method
from virtopsy.geometry.camera import Point
from virtopsy.geometry.landmark import landmark_terms
from virtopsy.language import Language

_PERSON, _PASSWORD, _CASE = "Әсел Сарапшы", "құпия сөз 1", "5/2026"
_OFF_ENTRY, _OFF_EXIT = (2.0, -2.5, 2.5), (-2.5, 2.0, -3.0)  # 4.1 and 4.4 mm beside the truth
_FRANKFURT = ("porion_left", "porion_right", "orbitale_left", "orbitale_right")
_GAS_HU, _CROSS_MM = -500.0, 0.8


def _truth(scan: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((scan / "truth.json").read_text(encoding="utf-8"))
    return truth


def _point(values: list[float]) -> Point:
    x, y, z = values
    return x, y, z


def _refine(hand: Hand, truth: dict[str, Any]) -> None:
    """Mark both ends a few mm off, refine them at the bone, and look at the bevels."""
    entry, exit_ = _point(truth["entry_mm"]), _point(truth["exit_mm"])
    hand.click("tool.trajectory")
    panel.mark_at(hand, panel.shift(entry, _OFF_ENTRY))
    panel.mark_at(hand, panel.shift(exit_, _OFF_EXIT))
    rough = panel.track_of(hand)
    assert 3 < math.dist(rough.ends_lps_mm[0], entry) < 5.5
    assert not hand.sees("bevel.0")
    panel.press(hand, "workshop.refine")
    hand.wait(lambda: not hand.parts.workshop.busy, "the track is refined")
    track = panel.track_of(hand)
    assert track.method is Method.RIM
    assert panel.apart_deg(track.axis, _point(truth["direction"])) < 1.0
    assert math.dist(track.ends_lps_mm[0], entry) < 1.5
    assert track.uncertainty.cone95_half_angle < rough.uncertainty.cone95_half_angle
    for end in (0, 1):
        chart = panel.in_sight(hand, f"bevel.{end}", QWidget)
        drawn = seen(chart).astype(int)
        coloured = np.ptp(drawn, axis=-1) > 60
        assert coloured.sum() > 60, f"the chart of end {end} has no line"
    panel.picture(hand, "gunshot_refined")


def _state(hand: Hand) -> None:
    """State which end is the entry, and what that rests on."""
    panel.press(hand, "finding.entry.0")
    for ground in ("bevel", "fragments"):
        panel.tick(hand, f"finding.ground.{ground}")
    track = panel.track_of(hand)
    assert (track.entry, track.grounds, track.stated_by) == (0, ("bevel", "fragments"), _PERSON)


def _frankfurt(hand: Hand, truth: dict[str, Any]) -> None:
    """Mark the four points of the Frankfurt horizontal, confirm left and right, read the angle."""
    say = hand.parts.say
    landmarks = form_named("landmark").called(Language.RU)
    for code in _FRANKFURT:
        name = landmark_terms()[code].names[Language.RU]
        panel.offer(hand, "measure", landmarks, say("marking.landmarks.head"), name)
        panel.mark_at(hand, _point(truth["landmarks_mm"][code]))
    hand.click("tool.point")
    marked = [one for one in hand.parts.session.case.findings if isinstance(one, Landmark)]
    assert [one.landmark for one in marked] == list(_FRANKFURT)
    panel.select(hand, panel.track_of(hand).name)
    state = hand.find("workshop.frame.head.state", QLabel)
    assert say("workshop.frame.unconfirmed") in state.text()
    panel.press(hand, "workshop.confirm.head")
    assert say("workshop.frame.confirmed", name=_PERSON) in state.text()
    panel.press(hand, "finding.more")
    live(0.2)
    told = panel.lines(hand, "finding.angle")
    axes, direction = np.array(truth["frankfurt_axes"]), np.array(truth["direction"])
    left, back, up = axes.T @ direction
    for name, wanted in (
        ("azimuth", math.degrees(math.atan2(left, back))),
        ("elevation", math.degrees(math.asin(up))),
    ):
        label = say(f"bodyframe.line.{name}", frame=say("bodyframe.of.head"))
        said = panel.angle(told[label])
        assert abs(said.value - wanted) < said.half95, (name, said, wanted)
        assert said.half95 < 5
    panel.in_sight(hand, "finding.angle.9", QLabel)
    panel.picture(hand, "gunshot_body_angles")
    panel.press(hand, "finding.more")


def _metal(hand: Hand, truth: dict[str, Any]) -> None:
    """Let all metal be listed: no fragment of the truth is missing."""
    panel.offer(hand, "wound", hand.parts.say("fragments.find"))
    hand.wait(lambda: not hand.parts.fragment_search.searching, "the search ends")
    hand.wait(lambda: len(panel.listed(hand)) > 8, "the fragments are listed")
    found = [one for one in hand.parts.findings.shown if isinstance(one, Fragment)]
    for one in truth["fragments"]:
        away = [math.dist(each.centre_lps_mm, one["centre"]) for each in found]
        assert min(away) < 1.5, one
    panel.picture(hand, "gunshot_metal")


def _black(hand: Hand, truth: dict[str, Any]) -> Point:
    """Return a place on the track that is seen black: gas."""
    start, end = np.array(truth["entry_inner_mm"]), np.array(truth["exit_inner_mm"])
    volume = hand.parts.views.volume.now
    assert volume is not None
    for share in np.linspace(0.4, 0.8, 41):
        place = _point((start + share * (end - start)).tolist())
        round_it = np.array(place) + _CROSS_MM * np.vstack((np.eye(3), -np.eye(3)))
        values = [volume.nearest_value(_point(one)) for one in (*round_it.tolist(), place)]
        if all(value is not None and value < _GAS_HU for value in values):
            return place
    raise AssertionError("no gas on the track")


def _gas(hand: Hand, truth: dict[str, Any]) -> None:
    """Grow the gas of the track with V from a click, and keep it."""
    seed = _black(hand, truth)
    panel.mark_at(hand, seed)
    hand.key("view.axial", Qt.Key.Key_V)
    assert hand.find("paint.reach_mm", QDoubleSpinBox).suffix() == " мм"
    hand.point("axial", seed)
    hand.wait(lambda: not hand.parts.paint.growing, "it is grown")
    hand.wait(lambda: hand.parts.paint.draft.now is not None, f"a draft; {hand.troubles}")
    panel.picture(hand, "gunshot_gas")
    hand.key("view.axial", Qt.Key.Key_Return)
    hand.wait(lambda: not hand.parts.paint.growing, "it is measured")
    (region,) = [one for one in hand.parts.findings.shown if isinstance(one, Region)]
    mm3 = {one.code: one.value for one in region.quantities}["volume"]
    long_mm = math.dist(truth["entry_inner_mm"], truth["exit_inner_mm"])
    assert 100 < mm3 < math.pi * 5**2 * long_mm, "the gas of the track, not the room's air"
    hand.click("tool.point")


def _undo_and_redo(hand: Hand) -> None:
    """Take everything back and bring everything again."""
    kept, steps = hand.parts.session.case.findings, 0
    while hand.find("act.undo", QWidget).isEnabled():
        hand.click("act.undo")
        steps += 1
    assert hand.parts.session.case.findings == ()
    for _ in range(steps):
        hand.click("act.redo")
    assert hand.parts.session.case.findings == kept


def _reopened(hand: Hand, archive: Path) -> None:
    hand.sign_in(archive, _PERSON, _PASSWORD)
    hand.parts.keeping.reopen(_CASE)
    hand.wait(lambda: hand.sees("view.axial"), "the case is open again")
    hand.wait(lambda: hand.parts.session.case.findings != (), "its findings are there")


def _assert_the_same(found: tuple[Finding, ...], kept: tuple[Finding, ...]) -> None:
    """Hold every finding to what it was; records keep a micrometre."""
    assert [(one.finding_id, one.name, one.kind, one.grounds) for one in found] == [
        (one.finding_id, one.name, one.kind, one.grounds) for one in kept
    ]
    for one, before in zip(found, kept, strict=True):
        assert np.array(one.places) == pytest.approx(np.array(before.places), abs=1e-3)
        for now, then in zip(one.quantities, before.quantities, strict=True):
            assert (now.code, now.value) == (then.code, pytest.approx(then.value, abs=0.01))


def _history(hand: Hand) -> None:
    """Read in the history of the track who did what."""
    panel.press(hand, "finding.history")
    hand.wait(lambda: hand.sees("history.who"), "the history opens")
    rows = hand.find("panel", QWidget).findChildren(QLabel, "history.who")
    assert [one for one in rows if one.isVisible()]
    assert all(_PERSON in one.text() for one in rows if one.isVisible())
    changes = hand.find("panel", QWidget).findChildren(QLabel, "history.changes")
    said = "\n".join(one.text() for one in changes if one.isVisible())
    assert hand.parts.say("panel.field.grounds") in said or "скос" in said, said
    live(0.2)  # the rows take their room
    panel.in_sight(hand, "history.changes", QLabel)
    panel.picture(hand, "gunshot_history")


def _assert_paper(bundle: Path, hand: Hand) -> None:
    """Read the conclusion: the track stands there with its 95%."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    (page,) = (bundle / "data" / "report").glob("*_ru.pdf")
    read = subprocess.run(["pdftotext", "-layout", page, "-"], check=True, capture_output=True)
    text = " ".join(read.stdout.decode().split())
    track = panel.track_of(hand)
    assert track.name in text
    azimuth = f"{math.degrees(track.azimuth or 0):.1f}".replace(".", ",").replace("-", "−")
    half = math.degrees(track.uncertainty.azimuth95)
    assert f"{azimuth} ± {half:.1f}".replace(".", ",") in text.replace("\u00a0", " ")
    assert "95" in text


def test_a_shot_through_the_head_from_rough_clicks_to_the_sealed_conclusion(
    new_window: Callable[[], Hand], phantom: Path, cli: Cli
) -> None:
    truth = _truth(phantom)
    archive, bundle = cli.folder / "archive", cli.folder / "bundle"
    hand = new_window()
    panel.speak(hand, "ru")
    hand.sign_in(archive, _PERSON, _PASSWORD)
    hand.open_scan(phantom / "dicom")
    _refine(hand, truth)
    panel.save(hand, archive, _PERSON, _CASE)  # from here on each act is kept as it is done
    _state(hand)
    _frankfurt(hand, truth)
    _metal(hand, truth)
    _gas(hand, truth)
    _undo_and_redo(hand)
    hand.wait(lambda: hand.parts.session.recorded, "everything is kept")
    kept = hand.parts.session.case.findings
    assert hand.troubles == []
    hand.desk.window.close()

    again = new_window()
    panel.speak(again, "ru")
    _reopened(again, archive)
    _assert_the_same(again.parts.session.case.findings, kept)
    panel.select(again, panel.track_of(again).name)
    _history(again)
    fingerprint = panel.hand_out(again, bundle)
    assert again.troubles == []
    assert cli.facts(0, "verify", str(bundle), "--key", fingerprint)["ok"]
    _assert_paper(bundle, again)
