from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
)

import archive.opening
from archive.records import Encryption, LogQuery
from tests.archive.conftest import CHEAP, Clock, write_slice
from viewer.presenters.archive import case_list
from virtopsy.dicom.series import Scan, Series, Study
from virtopsy.jobs import Progress
from virtopsy.language import Language, say
from virtopsy.phantom.write import write

PASSWORD = "a long password"


@pytest.fixture(scope="module")
def scan_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some slices of the synthetic head as DICOM files."""
    folder = tmp_path_factory.mktemp("phantom")
    write(folder, seed=1, slices=12, progress=Progress())
    return folder


def press(window: Any, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def sign_in(screen: Any, archive: Path) -> Any:
    window = screen.desk.window
    press(window, "archive.sign_in")
    dialog = window.findChild(QDialog, "sign_in")
    dialog.findChild(QLineEdit, "sign_in.folder").setText(str(archive))
    dialog.findChild(QLineEdit, "sign_in.person").setText("Айгерим Әлімова")
    return dialog


def load(screen: Any, folder: Path) -> None:
    parts = screen.parts
    parts.opening.look_into(folder)
    screen.bot.waitUntil(lambda: parts.opening.found.now is not None, timeout=20000)
    buttons = screen.desk.window.findChildren(QPushButton)
    (button,) = [one for one in buttons if one.objectName().startswith("series.load.")]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    screen.bot.waitUntil(lambda: parts.opening.opened.now is not None, timeout=20000)


def test_two_different_passwords_make_no_archive(start: Callable[[], Any], tmp_path: Path) -> None:
    screen = start()
    dialog = sign_in(screen, tmp_path / "archive")
    dialog.findChild(QLineEdit, "sign_in.password").setText("one")
    dialog.findChild(QLineEdit, "sign_in.again").setText("two")
    press(dialog, "sign_in.go")
    told = dialog.findChild(QLabel, "sign_in.trouble")
    assert told.isVisible()
    assert told.text()
    assert not (tmp_path / "archive").exists()


def test_an_archive_in_ones_own_folder_is_known_while_it_is_typed(
    start: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    archive.opening.create(
        tmp_path / "archive", person="A", password=PASSWORD, clock=Clock(), cost=CHEAP
    )
    dialog = sign_in(start(), Path("~/archive"))
    assert not dialog.findChild(QLineEdit, "sign_in.again").isVisible()
    folder = dialog.findChild(QLineEdit, "sign_in.folder")
    for other in ("~/other", "~no-such-person/archive"):
        folder.setText(other)
        assert dialog.findChild(QLineEdit, "sign_in.again").isVisible()


def test_the_card_of_a_new_archive_goes_on_saying_that_its_disk_is_not_encrypted(
    start: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    asked = "viewer.presenters.archive.keeping.encryption_of"
    monkeypatch.setattr(asked, lambda _: Encryption.PLAIN)
    screen = start()
    said = screen.desk.window.findChild(QLabel, "cases.lasting")
    assert not said.isVisible(), "of no archive there is nothing to say"
    dialog = sign_in(screen, tmp_path / "archive")
    for name in ("password", "again"):
        dialog.findChild(QLineEdit, f"sign_in.{name}").setText(PASSWORD)
    press(dialog, "sign_in.go")
    for language in Language:
        screen.parts.language.set(language)
        screen.live()
        assert said.isVisible()
        assert said.text() == say("keeping.disk.plain", language)


def test_a_case_is_saved_closed_and_opened_again_as_it_was(
    start: Callable[[], Any], tmp_path: Path, scan_folder: Path
) -> None:
    screen = start()
    parts, window = screen.parts, screen.desk.window
    load(screen, scan_folder)
    assert parts.room.now == "examine"
    x, y, z = parts.views.position.now
    for end in ((x - 40, y, z), (x + 40, y + 10, z + 2)):
        parts.trajectory.click(end, "Track 1")
    window.add_stop()
    assert not parts.session.saved

    parts.room.set("cases")
    dialog = sign_in(screen, tmp_path / "archive")
    for name in ("password", "again"):
        dialog.findChild(QLineEdit, f"sign_in.{name}").setText(PASSWORD)
    press(dialog, "sign_in.go")
    screen.bot.waitUntil(lambda: parts.keeping.signed_in, timeout=10000)
    parts.room.set("examine")
    press(window, "act.save")
    save = window.findChild(QDialog, "save")
    save.findChild(QLineEdit, "save.number").setText("7/2026")
    press(save, "save.go")
    screen.bot.waitUntil(lambda: parts.session.recorded, timeout=20000)
    assert parts.session.saved
    before = parts.session.case
    screen.desk.close()
    window.hide()

    again = start()
    dialog = sign_in(again, tmp_path / "archive")
    dialog.findChild(QLineEdit, "sign_in.password").setText(PASSWORD)
    assert not dialog.findChild(QLineEdit, "sign_in.again").isVisible()
    press(dialog, "sign_in.go")
    again.bot.waitUntil(lambda: again.parts.keeping.signed_in, timeout=10000)
    cases = again.desk.window.findChild(QListWidget, "archive.cases")
    assert cases.count() == 1
    there, actor = again.parts.keeping.acting()
    newest = [one.act for one in there.log.page(actor, LogQuery(), most=3).entries]
    assert newest[1:] == ["case.list", "login"], "seen once, told once"
    cases.setCurrentRow(0)
    press(again.desk.window, "archive.open")
    again.bot.waitUntil(lambda: again.parts.session.recorded, timeout=20000)
    now = again.parts.session.case
    assert now.number == "7/2026"
    assert [one.name for one in now.findings] == ["Track 1"]
    for kept, marked in zip(now.findings, before.findings, strict=True):
        for here, there in zip(kept.ends_lps_mm, marked.ends_lps_mm, strict=True):
            assert here == pytest.approx(there, abs=0.001)
    assert len(now.stops) == 1
    assert again.parts.room.now == "examine"


def test_a_folder_is_opened_by_dropping_it(start: Callable[[], Any], scan_folder: Path) -> None:
    screen = start()
    room = screen.desk.window._rooms["cases"]
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(scan_folder))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(room.rect().center(), copy, carried, left, none)
    QApplication.sendEvent(room, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(room.rect().center()), copy, carried, left, none)
    QApplication.sendEvent(room, drop)
    found = screen.parts.opening.found
    screen.bot.waitUntil(lambda: found.now is not None, timeout=20000)
    assert found.now.files >= 12


def test_of_a_thousand_series_only_those_near_the_eye_are_made_and_all_can_be_reached(
    start: Callable[[], Any],
) -> None:
    screen = start()
    series = tuple(
        Series(
            uid=f"1.2.{n}",
            part=0,
            study_uid="1.2",
            modality="CT",
            description=f"{n}",
            instances=(),
            frames=9,
            rows=64,
            columns=64,
            spacing_mm=None,
            orientation="axial",
            volume=True,
            problems=(),
        )
        for n in range(1000)
    )
    study = Study("1.2", "Ivanova^Anna", "7", "2026-03-01", "", series)
    screen.parts.opening.found.set(Scan(9000, (), (study,)))
    found = screen.desk.window.findChild(QScrollArea, "cases.found")

    def made() -> list[QPushButton]:
        buttons = found.findChildren(QPushButton)
        return [one for one in buttons if one.objectName().startswith("series.load.")]

    assert 3 <= len(made()) <= 8, "the first are there at once"
    screen.bot.wait(300)
    assert 10 < len(made()) < 60
    bar = found.verticalScrollBar()
    for _ in range(3):
        before = len(made())
        screen.bot.waitUntil(lambda: bar.maximum() > bar.value(), timeout=5000)
        bar.setValue(bar.maximum())
        screen.bot.waitUntil(lambda before=before: len(made()) > before, timeout=5000)
    screen.parts.opening.found.set(Scan(27, (), (replace(study, series=series[:3]),)))
    screen.bot.wait(50)
    assert [one.objectName() for one in made()] == [f"series.load.1.2.{n}" for n in range(3)]


def test_the_list_of_cases_grows_as_it_is_scrolled_and_gives_way_to_what_a_search_found(
    start: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    monkeypatch.setattr(case_list, "PAGE", 20)
    (tmp_path / "carrier").mkdir()
    write_slice(tmp_path / "carrier" / "1.dcm", 1)
    folder = tmp_path / "evidence"
    archive.opening.create(folder, person="X", password="pw-pw-pw", clock=Clock(), cost=CHEAP)
    screen = start()
    parts, window = screen.parts, screen.desk.window
    parts.keeping.sign_in(folder, "X", "pw-pw-pw")
    there, actor = parts.keeping.acting()
    for place in range(25):
        number = f"2026-{place:02d}"
        there.intake.take_in(actor, tmp_path / "carrier", case_number=number, progress=Progress())
    parts.case_list.refresh()
    cases = window.findChild(QListWidget, "archive.cases")
    assert cases.count() == 20
    cases.setCurrentRow(3)
    cases.verticalScrollBar().setValue(cases.verticalScrollBar().maximum())
    screen.bot.waitUntil(lambda: cases.count() == 25, timeout=10000)
    assert cases.currentRow() == 3, "what was chosen stays chosen"

    field = window.findChild(QLineEdit, "archive.search")
    field.setText("2026-07")
    QTest.keyClick(field, Qt.Key.Key_Return)
    screen.bot.waitUntil(lambda: cases.count() == 1, timeout=10000)
    assert cases.item(0).text().startswith("2026-07")
    cases.setCurrentRow(0)
    press(window, "archive.open")
    screen.bot.waitUntil(lambda: not parts.work.running.now, timeout=20000)
    opened = [one.case_number for one in there.log.entries(actor) if one.act == "case.open"]
    assert opened == ["2026-07"]
    field.clear()
    assert cases.count() >= 20
    field.setText("2026-08")
    press(window, "cases.find")
    screen.bot.waitUntil(lambda: cases.count() == 1, timeout=10000)
    assert cases.item(0).text().startswith("2026-08")
