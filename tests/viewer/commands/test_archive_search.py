"""`virtopsy archive search` and `list --limit`: the contract of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import archive.opening
from archive.opening import create
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import CHEAP, SERIES, write_slice


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with two cases, kept by one person."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    made, carrier = tmp_path / "evidence", tmp_path / "carrier"
    carrier.mkdir()
    write_slice(carrier / "1.dcm", 1)
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=CHEAP)
    for number in ("7", "8"):
        assert main(["archive", "import", str(made), str(carrier), "--case", number]) == 0
    return made


def test_a_search_tells_case_study_kind_text_and_id(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["archive", "search", str(folder), "алиев", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total"], found["more"], len(found["results"])) == (2, False, 2)
    assert found["results"][0] == {
        "case": "8",
        "study": "1.2.3.4",
        "kind": "series",
        "text": f"Әлиев Қанат · 20260228 · head · CT · {SERIES} · 1.2.3.4",
        "id": SERIES,
    }


@pytest.mark.parametrize(
    ("language", "words"), [("en", "found"), ("ru", "Найдено"), ("kk", "Табылғаны")]
)
def test_a_search_says_in_words_how_much_it_found(
    language: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["archive", "search", str(folder), "head", "--limit", "1", "--lang", language]) == 0
    *_, hit, last = capsys.readouterr().out.splitlines()
    assert hit.startswith("8 · ")
    assert words in last


def test_no_word_is_wrong_input_in_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["archive", "search", str(folder), " ", "--lang", "en"]) == 3
    assert "no word to search for" in capsys.readouterr().err


def test_the_newest_cases_are_listed_where_only_some_are_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["archive", "list", str(folder), "--limit", "1", "--json"]) == 0
    assert [one["number"] for one in json.loads(capsys.readouterr().out)["cases"]] == ["8"]
