"""`virtopsy archive import`: what came in is told with kinds and flags, in JSON and in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from archive.storage.staging import StagingFolder
from main import main
from tests.archive.conftest import (
    CHEAP,
    PASSWORD,
    Clock,
    archive,
    clock,
    folder,
    scan,
    state,
    templates,
)
from tests.virtopsy.exhibit.test_look import photo
from viewer.commands.archive_import import confirmation
from virtopsy.errors import UsageError
from virtopsy.jobs import Progress

__all__ = ["archive", "clock", "folder", "scan", "state", "templates"]


@pytest.fixture
def evidence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new archive whose keeper's password is known."""
    monkeypatch.setenv("VIRTOPSY_PASSWORD", PASSWORD)
    return folder


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[str, str]:
    capsys.readouterr()
    main(["archive", "import", *map(str, arguments)])
    said = capsys.readouterr()
    return said.out, said.err


def test_kinds_and_flags_are_told_in_json(
    evidence: Path, scan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scan / "photo.jpg").write_bytes(photo("JPEG"))
    (scan / "s2.dcm").rename(scan / "s9.dcm")
    out, err = _run(capsys, evidence, scan, "--case", "1", "--confirm", "yes", "--json")
    said: dict[str, Any] = json.loads(out)
    assert said["kinds"] == {"dicom": 3, "opaque": 1, "photo": 1}
    assert said["flags"] == []
    assert said["not_stated"] == ["basis", "deliverer", "carrier", "seal"]
    told = {one["path"]: one for one in said["report"]}
    assert told["photo.jpg"]["kind"] == "photo"
    assert "30 x 20" in told["photo.jpg"]["text"]
    assert told["s1.dcm"]["flags"] == []
    assert "--seal" in err


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_an_interruption_is_a_remark_and_no_part_of_the_answer(
    language: str, evidence: Path, scan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StagingFolder, "settle", _interrupt)
        with open_archive(evidence, clock=Clock(), cost=CHEAP) as opened:
            _begin(opened, scan)
    out, err = _run(capsys, evidence, scan, "--case", "1", "--json", "--lang", language)
    assert json.loads(out)["stored"] == 4
    assert "4" in err.splitlines()[0]


def _interrupt(_: StagingFolder) -> None:
    raise KeyboardInterrupt


def _begin(opened: Archive, scan: Path) -> None:
    expert = opened.access.login("Ахметова", PASSWORD)
    with pytest.raises(KeyboardInterrupt):
        opened.intake.take_in(expert, scan, case_number="1", progress=Progress())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *(
            ("", (None, "")),
            ("yes", (True, "")),
            ("Да", (True, "")),
            ("иә: екеуі", (True, "екеуі")),
        ),
        ("no: other name", (False, "other name")),
        ("жоқ : бирка басқа", (False, "бирка басқа")),
    ],
)
def test_a_confirmation_is_yes_or_no_with_words(typed: str, found: tuple[bool, str]) -> None:
    assert confirmation(typed) == found


def test_any_other_confirmation_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="maybe"):
        confirmation("maybe")
