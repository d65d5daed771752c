"""`virtopsy archive verify`: what it reads, what it says, how it stops."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

import archive.opening
from archive.opening import create
from archive.proof.signing import Cost
from archive.services import verify_objects
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import write_slice
from viewer.commands import speech
from virtopsy.jobs import Progress
from virtopsy.language import Language, say

_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new archive."""
    monkeypatch.setattr(archive.opening, "_COST", _CHEAP)
    made = tmp_path / "evidence"
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
    return made


def _json(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> Any:
    capsys.readouterr()
    main(["archive", "verify", str(folder), "--json", *options])
    return json.loads(capsys.readouterr().out)


def _codes(found: list[dict[str, str]]) -> list[str]:
    return [one["code"] for one in found]


def test_a_full_check_then_one_of_what_changed_say_what_they_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = _json(capsys, folder)
    assert (full["ok"], full["problems"], full["notes"]) == (True, [], [])
    assert (full["checked"]["skipped"], full["checked"]["skipped_since"]) == (0, None)
    short = _json(capsys, folder, "--changed")
    assert short["checked"]["skipped"] == full["checked"]["files"] > 0
    assert short["checked"]["skipped_since"]
    assert _codes(short["notes"]) == ["changed_only"]
    assert "flipped" in short["notes"][0]["text"]


@pytest.mark.parametrize("language", list(Language))
def test_a_check_of_what_changed_says_in_words_what_it_cannot_find(
    language: Language, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "verify", str(folder)]) == 0
    capsys.readouterr()
    assert main(["archive", "verify", str(folder), "--changed", "--lang", language.value]) == 0
    told = capsys.readouterr().out
    assert (
        say("archive.problem.changed_only", language, path="", since="|").partition("|")[0] in told
    )


def test_a_log_that_is_not_the_one_on_the_paper_ends_with_one(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    assert main(["archive", "head", str(folder), "--json"]) == 0
    paper = json.loads(capsys.readouterr().out)
    size, root = paper["size"], paper["root"]
    assert main(["archive", "verify", str(folder), "--head", f"{size} {root}"]) == 0
    for head, code in ((f"{size} {'0' * 64}", "paper_mismatch"), (f"999 {root}", "paper_ahead")):
        assert main(["archive", "verify", str(folder), "--head", head]) == 1
        assert _codes(_json(capsys, folder, "--head", head)["problems"]) == [code]


def test_a_case_alone_is_checked_without_the_files_of_another(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    for number in (1, 2):
        write_slice(tmp_path / f"{number}.dcm", number)
        source = str(tmp_path / f"{number}.dcm")
        assert main(["archive", "import", str(folder), source, "--case", str(number)]) == 0
    kept = (one for one in (folder / "objects").rglob("*") if one.is_file())
    (spoilt,) = (one for one in kept if one.read_bytes() == (tmp_path / "2.dcm").read_bytes())
    spoilt.unlink()
    assert main(["archive", "verify", str(folder), "--case", "1"]) == 0
    assert main(["archive", "verify", str(folder), "--case", "2"]) == 1
    assert _json(capsys, folder, "--case", "1")["ok"] is True


def test_all_and_little_cannot_be_asked_for_at_once(folder: Path) -> None:
    assert main(["archive", "verify", str(folder), "--changed", "--anew"]) == 2


def test_thousands_of_notes_are_told_in_json_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(30):
        (folder / "objects" / "sha256" / f"{number:02d}").mkdir(exist_ok=True)
        (folder / "objects" / "sha256" / f"{number:02d}" / "stray").write_text("x")
    assert len(_json(capsys, folder)["notes"]) == 30
    assert main(["archive", "verify", str(folder), "--lang", "en"]) == 0
    assert capsys.readouterr().out.count("stray") == 20


def test_ctrl_c_ends_a_check_cleanly_and_the_next_one_goes_on(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_objects, "_KEPT_EVERY", 1)
    judged = verify_objects.ObjectCheck._judge

    def interrupted(*given: Any) -> None:
        judged(*given)
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as once:
        once.setattr(verify_objects.ObjectCheck, "_judge", interrupted)
        assert main(["archive", "verify", str(folder), "--lang", "en"]) == 2
    assert capsys.readouterr().err.strip() == say("core.cancelled", Language.EN)
    report = _json(capsys, folder)
    assert report["ok"]
    assert _codes(report["notes"]) == ["resumed"]
    assert report["checked"]["skipped"] > 0
    assert _json(capsys, folder, "--anew")["checked"]["skipped"] == 0


def _stopped_twice(progress: Progress) -> None:
    with speech.stoppable(progress):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)


def test_a_second_ctrl_c_stops_at_once() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job may ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            _stopped_twice(Progress())
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
