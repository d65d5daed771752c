"""The log room and what belongs to it say every word in full, in every language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QPlainTextEdit, QToolButton, QWidget

import archive.opening
from archive.opening import create
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, write_slice
from tests.viewer.widgets.layout_faults import faults
from viewer.widgets.archive.manual import Manual
from viewer.widgets.archive.saving import SaveCase
from virtopsy.jobs import Progress
from virtopsy.language import Language

_LONG = "Нұрмағамбетова Гүлбаршын Әбілқайырқызы"


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive whose keeper has a long name."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    folder = tmp_path / "evidence"
    create(folder, person=_LONG, password=PASSWORD, clock=Clock(), cost=CHEAP)
    return folder


def _well(window: QWidget) -> None:
    assert not faults(window)


def _taken_in(screen: Any, evidence: Path, carrier: Path) -> None:
    carrier.mkdir()
    write_slice(carrier / "1.dcm", 1)
    keeping = screen.parts.keeping
    keeping.sign_in(evidence, _LONG, PASSWORD)
    there, actor = keeping.acting()
    keeping.saved.announce(
        there.intake.take_in(actor, carrier, case_number=CASE, progress=Progress())
    )


def test_no_word_of_the_log_room_is_cut_with_faults_and_all(
    start: Callable[[], Any], evidence: Path, tmp_path: Path
) -> None:
    screen = start()
    parts, window = screen.parts, screen.desk.window
    _taken_in(screen, evidence, tmp_path / "carrier")
    for victim in [one for one in (evidence / "objects").rglob("*") if one.is_file()]:
        content = victim.read_bytes()
        victim.unlink()
        victim.write_bytes(content + b"x")
    parts.room.set("log")
    screen.bot.waitUntil(lambda: parts.log_pages.page.now is not None, timeout=20000)
    parts.checking.start()
    screen.bot.waitUntil(lambda: parts.checking.report.now is not None, timeout=20000)
    assert window.findChild(QWidget, "kept").isVisible()
    for size in ((1280, 720), (1000, 620)):
        window.resize(*size)
        for language in Language:
            parts.language.set(language)
            screen.bot.waitUntil(lambda: _well(window), timeout=3000)
            assert (
                "object_changed"
                in window.findChild(QPlainTextEdit, "log.check.remarks").toPlainText()
            )


@pytest.mark.parametrize("language", Language)
def test_no_word_of_the_form_the_lock_and_the_manual_is_cut(
    start: Callable[[], Any], evidence: Path, tmp_path: Path, language: Language
) -> None:
    screen = start()
    parts, window = screen.parts, screen.desk.window
    _taken_in(screen, evidence, tmp_path / "carrier")
    parts.language.set(language)
    form, manual = SaveCase(parts, window), Manual(parts, window)
    for dialog in (form, manual):
        dialog.show()
        screen.live()
        assert not faults(dialog)
        dialog.close()
    there, actor = parts.keeping.acting()
    there.access.logout(actor)
    parts.presence.look()
    screen.live()
    lock = window.findChild(QWidget, "unlock")
    lock.findChild(QAbstractButton, "unlock.go").click()
    screen.live()
    assert not faults(lock)
    parts.presence.unlock(PASSWORD)


def test_the_log_room_is_open_to_whoever_may_read_the_log(
    start: Callable[[], Any], evidence: Path, tmp_path: Path
) -> None:
    screen = start()
    button = screen.desk.window.findChild(QToolButton, "rail.log")
    assert not button.isEnabled()
    _taken_in(screen, evidence, tmp_path / "carrier")
    assert button.isEnabled()
    screen.parts.room.set("log")
    screen.parts.keeping.close()
    assert not button.isEnabled()
    assert screen.parts.room.now == "cases"
