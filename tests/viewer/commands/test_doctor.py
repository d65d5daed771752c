"""`virtopsy doctor` says what this machine can do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from main import main
from virtopsy.language import Language

_CODES = [
    *("program", "processors", "gl", "decoder", "decoder", "decoder", "decoder", "fonts"),
    *("space", "place", "encryption", "clock", "sqlite", "openssl", "ffmpeg"),
]


def test_everything_is_looked_at_and_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", str(tmp_path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    codes = [one["code"].removesuffix("_unknown") for one in facts["checks"]]
    assert codes == _CODES
    assert facts["ok"]
    assert all(one["text"] for one in facts["checks"])
    (space,) = [one for one in facts["checks"] if one["code"] == "space"]
    assert space["free_mb"] > 0


@pytest.mark.parametrize("language", list(Language))
def test_it_speaks_every_language(
    tmp_path: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", str(tmp_path), "--lang", language.value]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(_CODES)


def test_a_place_that_a_cloud_changes_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "Dropbox"
    shared.mkdir()
    assert main(["doctor", str(shared), "--lang", "en"]) == 5
    assert "fault: " in capsys.readouterr().out
