"""The whole job in the real window: open, look, mark, save, reopen, show, hand out, verify."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.journeys.conftest import Cli, Hand
from virtopsy.findings.trajectory import Trajectory
from virtopsy.geometry.camera import Point

_PERSON, _PASSWORD, _CASE = "Әсел Сарапшы", "құпия сөз 1", "7/2026"


def _point(values: list[float]) -> Point:
    x, y, z = values
    return x, y, z


def _track(hand: Hand) -> Trajectory:
    (track,) = hand.parts.session.case.findings
    assert isinstance(track, Trajectory)
    return track


def _mark(hand: Hand, entry: Point, exit_: Point) -> None:
    """Bring each end to the axial view with the wheel and click it."""
    hand.scroll_to("axial", 2, entry[2])
    hand.click("tool.trajectory")
    hand.point("axial", entry)
    hand.scroll_to("axial", 2, exit_[2])
    hand.point("axial", exit_)


def _not_empty(widget: QWidget) -> None:
    picture = widget.grab().toImage()
    greys = {
        picture.pixelColor(x, y).value()
        for x in range(0, picture.width(), 9)
        for y in range(0, picture.height(), 9)
    }
    assert len(greys) > 20, f"{widget.objectName()} is all but empty"


def _assert_angles(track: Trajectory, truth: dict[str, float], degrees: float) -> None:
    assert track.azimuth is not None
    assert track.elevation is not None
    assert math.degrees(track.azimuth) == pytest.approx(truth["azimuth_deg"], abs=degrees)
    assert math.degrees(track.elevation) == pytest.approx(truth["elevation_deg"], abs=degrees)


def _change_and_undo(hand: Hand) -> None:
    """Unlock, move an end by the mouse, rename, undo both, redo both."""
    hand.click("finding.lock")
    first = _track(hand)
    entry = first.ends_lps_mm[1]
    moved = (entry[0], entry[1] + 8.0, entry[2])
    hand.drag("axial", entry, moved)
    assert _track(hand).ends_lps_mm[1] == pytest.approx(moved, abs=0.6)
    hand.type("finding.name", "Канал А")
    hand.key("finding.name", Qt.Key.Key_Return)
    assert _track(hand).name == "Канал А"
    hand.click("act.undo")
    assert _track(hand).name == first.name
    hand.click("act.undo")
    assert _track(hand) == first
    hand.click("act.undo")
    assert hand.parts.session.case.findings == ()
    for _ in range(3):
        hand.click("act.redo")
    assert _track(hand).name == "Канал А"
    hand.click("act.undo")
    hand.click("act.undo")
    assert _track(hand) == first


def _save(hand: Hand, archive: Path) -> None:
    hand.sign_in(archive, _PERSON, _PASSWORD)
    hand.click("rail.examine")
    hand.click("act.save")
    hand.type("save.number", _CASE)
    hand.type("save.basis", "Постановление № 12 от 20.11.2026")
    hand.click("save.go")
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")
    assert hand.parts.session.saved


def _show(hand: Hand) -> None:
    """Two stops, shown, paged through by the arrow keys, left by Esc."""
    hand.settle()
    hand.click("tool.to_court")
    QTest.keyClick(hand.volume, Qt.Key.Key_Escape)
    hand.volume.eye.look_from("left")
    hand.settle()
    hand.click("tool.to_court")
    assert len(hand.parts.walkthrough.stops) == 2
    hand.click("rail.court")
    hand.click("court.show")
    hand.wait(lambda: hand.sees("show"), "the showing begins")
    _not_empty(hand.find("show", QWidget))
    hand.key("show", Qt.Key.Key_Right)
    assert hand.parts.walkthrough.position == (2, 2)
    hand.key("show", Qt.Key.Key_Left)
    assert hand.parts.walkthrough.position == (1, 2)
    hand.key("show", Qt.Key.Key_Escape)
    hand.wait(lambda: not hand.sees("show"), "the showing ends")


def _hand_out(hand: Hand, bundle: Path) -> str:
    hand.click("rail.protocol")
    hand.click("protocol.bundle")
    hand.choose_file("protocol.bundle.dialog", bundle)
    hand.wait(bundle.exists, "the bundle is there")
    hand.wait(lambda: not hand.parts.work.running.now, "the export ends")
    archive, _ = hand.parts.keeping.acting()
    return archive.fingerprint


def _job(window: Callable[[], Hand], scan: Path, degrees: float, cli: Cli) -> None:
    truth = json.loads((scan.parent / "truth.json").read_text(encoding="utf-8"))
    archive, bundle = cli.folder / "archive", cli.folder / "bundle"

    hand = window()
    hand.open_scan(scan)
    hand.settle()
    for view in ("axial", "coronal", "sagittal", "volume"):
        _not_empty(hand.find(f"view.{view}", QWidget))
    _mark(hand, _point(truth["entry_mm"]), _point(truth["exit_mm"]))
    _assert_angles(_track(hand), truth, degrees)
    _change_and_undo(hand)
    _save(hand, archive)
    kept = _track(hand)
    assert kept.stated_by == _PERSON
    _show(hand)
    stops = hand.parts.walkthrough.stops
    hand.desk.window.close()

    again = window()
    again.sign_in(archive, _PERSON, _PASSWORD)
    again.find("archive.cases", QWidget)
    again.parts.keeping.reopen(_CASE)
    again.wait(lambda: again.sees("view.axial"), "the case is open again")
    again.wait(lambda: again.parts.session.case.findings != (), "its findings are there")
    assert _track(again).ends_lps_mm == pytest.approx(np.array(kept.ends_lps_mm), abs=1e-3)
    assert (_track(again).name, _track(again).entry) == (kept.name, kept.entry)
    assert [one.caption for one in again.parts.walkthrough.stops] == [one.caption for one in stops]
    fingerprint = _hand_out(again, bundle)
    again.desk.window.close()

    _assert_bundle(bundle, scan, fingerprint, cli)
    _assert_archive(archive, cli)
    _assert_a_flipped_byte_is_named(bundle, cli)


def _assert_bundle(bundle: Path, scan: Path, fingerprint: str, cli: Cli) -> None:
    taken = sorted(
        one.read_bytes()
        for one in (bundle / "data" / "dicom").rglob("*")
        if one.is_file() and one.suffix != ".json"
    )
    given = sorted(one.read_bytes() for one in scan.iterdir())
    assert [one for one in taken if one in given] == given
    pictures = list((bundle / "data" / "media").glob("*.png"))
    assert {one.stem for one in pictures} == {"axial", "volume", "volume_before"}
    for picture in pictures:
        assert np.asarray(Image.open(picture).convert("L")).std() > 10
    assert len(list((bundle / "data" / "report").glob("*.pdf"))) == 1

    assert cli.facts(0, "verify", str(bundle), "--key", fingerprint)["ok"]
    words = cli.words(0, "verify", str(bundle), "--lang=en")
    assert "unchanged since sealed on" in words
    assert fingerprint in words
    alone = subprocess.run(
        [sys.executable, str(bundle / "verify.py"), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (alone.returncode, alone.stdout) == (0, words)


def _assert_archive(archive: Path, cli: Cli) -> None:
    cli.password(_PASSWORD)
    log = cli.facts(0, "archive", "log", str(archive), "--case", _CASE, "--user", _PERSON)
    assert {"show", "export"} <= {one["act"] for one in log["entries"]}
    assert cli.facts(0, "archive", "verify", str(archive))["ok"]


def _assert_a_flipped_byte_is_named(bundle: Path, cli: Cli) -> None:
    spoilt = bundle.with_name("spoilt")
    shutil.copytree(bundle, spoilt)
    victim = next(one for one in sorted((spoilt / "data" / "dicom").rglob("*")) if one.is_file())
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    problems = cli.facts(1, "verify", str(spoilt))["problems"]
    assert victim.relative_to(spoilt).as_posix() in [one["path"] for one in problems]


def test_the_main_job_on_the_synthetic_case(
    new_window: Callable[[], Hand], phantom: Path, cli: Cli
) -> None:
    _job(new_window, phantom / "dicom", 0.5, cli)


def test_the_main_job_on_a_real_head(
    new_window: Callable[[], Hand], shared_data: Path, cli: Cli
) -> None:
    _job(new_window, shared_data / "ct_gunshot_00" / "dicom", 1.0, cli)
