"""Evidence in the real window: taken in with a full statement, receipted, read, checked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QPlainTextEdit, QWidget

from tests.journeys.conftest import Cli, Hand
from viewer.widgets.plain import PlainLabel
from virtopsy.jobs import Progress
from virtopsy.phantom.write import write

_PERSON, _PASSWORD, _CASE = "Әсел Сарапшы", "құпия сөз 1", "7/2026"


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few slices of the synthetic case, quick to load."""
    folder = tmp_path_factory.mktemp("slices")
    write(folder, seed=3, slices=12, progress=Progress())
    return folder / "dicom"


def _take_in(hand: Hand, archive: Path, scan: Path) -> None:
    hand.open_scan(scan)
    hand.sign_in(archive, _PERSON, _PASSWORD)
    hand.click("rail.examine")
    hand.click("act.save")
    silent = hand.find("save.silent", PlainLabel)
    assert silent.text().count(",") >= 4
    hand.type("save.number", _CASE)
    hand.type("save.basis", "Постановление № 12 от 20.11.2026")
    hand.type("save.deliverer", "Капитан Омаров")
    hand.type("save.carrier", "USB s/n 0019E06B")
    hand.click("save.seal.none")
    for _ in range(2):  # "I confirm", then "they do not agree"
        hand.key("save.agreement", Qt.Key.Key_Down)
    assert hand.find("save.agreement", QComboBox).currentIndex() == 2
    assert silent.text() == ""
    hand.click("save.go")  # refused: nobody said in what they differ
    assert hand.find("save.trouble", PlainLabel).text()
    hand.key("save.agreement", Qt.Key.Key_Up)
    hand.type("save.agreement.words", "tag 17, scout and name compared")
    hand.click("save.go")
    hand.wait(lambda: hand.parts.session.recorded, "the case is saved")


def _text_of(hand: Hand, name: str) -> str:
    return hand.find(name, QPlainTextEdit).toPlainText()


def _words_of(pdf: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    read = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    return " ".join(read.stdout.decode().split())


def test_what_was_stated_at_the_intake_stands_on_the_receipt(
    new_window: Callable[[], Hand], scan: Path, cli: Cli
) -> None:
    archive, paper = cli.folder / "archive", cli.folder / "receipt.pdf"
    hand = new_window()
    _take_in(hand, archive, scan)
    assert _CASE in hand.find("kept.text", PlainLabel).text()
    hand.wait(lambda: hand.sees("bottom.anchor"), "the live line")
    assert "no outside anchor" in hand.find("bottom.anchor", PlainLabel).text()

    hand.click("kept.receipt")
    hand.choose_file("receipt.dialog", paper)
    hand.wait(paper.exists, "the receipt is there")
    hand.wait(lambda: not hand.sees("kept"), "the strip goes")
    hand.wait(
        lambda: "outside anchor: 0 min" in hand.find("bottom.anchor", PlainLabel).text(),
        "the receipt is the newest anchor",
    )
    told = _words_of(paper)
    for text in (_CASE, "Капитан Омаров", "USB s/n 0019E06B", "none", "tag 17", _PERSON):
        assert text in told
    assert "not stated" not in told

    cli.password(_PASSWORD)
    log = cli.facts(0, "archive", "log", str(archive), "--case", _CASE, "--user", _PERSON)
    (made,) = [one for one in log["entries"] if one["act"] == "receipt"]
    root = made["data"]["root"]
    assert " ".join(root[at : at + 4] for at in range(0, 32, 4)) in told


def test_a_planted_fault_is_said_in_words_in_the_log_room(
    new_window: Callable[[], Hand], scan: Path, cli: Cli
) -> None:
    archive = cli.folder / "archive"
    hand = new_window()
    _take_in(hand, archive, scan)
    hand.click("rail.log")
    hand.wait(lambda: hand.parts.log_pages.page.now is not None, "the log is read")
    entries = _text_of(hand, "log.entries")
    assert "No. 1 ·" in entries
    assert _PERSON in entries

    hand.click("rail.cases")
    hand.find("archive.cases", QListWidget).setCurrentRow(0)
    hand.click("cases.log")
    hand.wait(lambda: not hand.parts.log_pages.reading.now, "the case's log is read")
    hand.wait(lambda: "No. 1 ·" not in _text_of(hand, "log.entries"), "only the case's entries")
    assert hand.find("log.case", QLineEdit).text() == _CASE

    hand.click("log.check")
    hand.wait(lambda: hand.parts.checking.report.now is not None, "checked")
    assert "No fault was found" in hand.find("log.check.answer", PlainLabel).text()
    assert not hand.sees("log.check.remarks")

    objects = [one for one in (archive / "objects").rglob("*") if one.is_file()]
    victim = next(one for one in objects if one.read_bytes()[128:132] == b"DICM")
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.unlink()
    victim.write_bytes(content)
    hand.click("log.check")
    hand.wait(lambda: hand.parts.checking.report.now is not None, "checked again")
    assert "1 fault was found" in hand.find("log.check.answer", PlainLabel).text()
    said = hand.find("log.check.remarks", QPlainTextEdit).toPlainText()
    assert "object_changed" in said
    assert victim.name in said
    assert "backup" in said
    hand.click("language.ru")
    assert "резервной копии" in hand.find("log.check.remarks", QPlainTextEdit).toPlainText()
    hand.click("language.en")

    hand.click("promises")
    assert "Limit:" in hand.find("manual.text", QPlainTextEdit).toPlainText()
    hand.click("manual.close")


def test_a_locked_window_shows_nothing_until_the_person_is_back(
    new_window: Callable[[], Hand], scan: Path, cli: Cli
) -> None:
    hand = new_window()
    _take_in(hand, cli.folder / "archive", scan)
    hand.click("kept.close")
    before = hand.parts.session.case
    archive, actor = hand.parts.keeping.acting()
    archive.access.logout(actor)  # as the gate does when time is over
    hand.parts.presence.look()
    hand.wait(lambda: hand.sees("unlock"), "locked")
    assert not hand.sees("view.axial")
    hand.key("unlock", Qt.Key.Key_Escape)
    hand.type("unlock.password", "not it")
    hand.click("unlock.go")
    assert hand.find("unlock.trouble", PlainLabel).text()
    assert hand.sees("unlock")
    hand.type("unlock.password", _PASSWORD)
    hand.click("unlock.go")
    hand.wait(lambda: hand.sees("view.axial"), "unlocked")
    assert hand.parts.session.case == before
    assert hand.find("view.axial", QWidget).isEnabled()
