"""Who acts on the command line: what is asked for, and what is refused in one sentence."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.opening import create
from archive.storage.machine import system_clock
from main import main
from tests.archive.conftest import CHEAP


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive kept by Ахметов alone; its password is not in the environment."""
    monkeypatch.delenv("VIRTOPSY_PASSWORD", raising=False)
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    made = tmp_path / "evidence"
    create(made, person="Ахметов", password="pw-pw-pw", clock=system_clock, cost=CHEAP)
    return made


class _Keyboard(io.StringIO):
    """A terminal's."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Types one password after the other, and gives back the prompts that were shown."""

    def typing(*passwords: str) -> list[str]:
        left, shown = iter(passwords), list[str]()

        def typed(prompt: str) -> str:
            shown.append(prompt.strip())
            return next(left)

        monkeypatch.setattr(sys, "stdin", _Keyboard())
        monkeypatch.setattr(getpass, "getpass", typed)  # it would open /dev/tty
        return shown

    return typing


def test_the_first_password_of_an_archive_is_asked_for_twice(
    tmp_path: Path,
    typing: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(create.__kwdefaults__, "cost", CHEAP)
    monkeypatch.delenv("VIRTOPSY_PASSWORD", raising=False)
    new = str(tmp_path / "new")
    shown = typing("pw-pw-pw", "pw-pw-pv", "ab-ab-ab", "ab-ab-ab")
    assert main(["archive", "init", new, "--user", "Ахметов", "--lang", "kk"]) == 0
    assert shown == ["«Ахметов» үшін жаңа құпиясөз:", "Сол құпиясөзді қайта теріңіз:"] * 2
    assert "Құпиясөздер сәйкес келмейді" in capsys.readouterr().err
    shown = typing("ab-ab-ab")
    assert main(["archive", "list", new, "--lang", "en"]) == 0
    assert shown == ["Password of Ахметов:"]


def test_where_the_keyboard_was_closed_a_missing_password_is_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python leaves it after `<&-`
    assert main(["archive", "list", str(folder)]) == 2
    assert "VIRTOPSY_PASSWORD" in capsys.readouterr().err
    sys.stdin.close()


@pytest.mark.parametrize(
    "command",
    ["log {} --limit", "log {} --after", "list {} --limit", "search {} word --limit"],
)
def test_a_number_that_nothing_can_count_up_to_is_wrong_usage(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [one.format(folder) for one in command.split()]
    for number in (2**31, 2**63, 10**23):
        assert main(["archive", *asked, str(number)]) == 2
        assert asked[-1] in capsys.readouterr().err


def test_a_case_that_is_no_utf_8_is_checked_by_the_name_the_log_gives_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "pw-pw-pw")
    number, note = "\udcff", tmp_path / "note.txt"  # as Python reads the byte FF
    note.write_text("x")
    assert main(["archive", "verify", str(folder), "--case", number]) == 3
    assert main(["archive", "import", str(folder), str(note), "--case", number]) == 0
    assert main(["archive", "verify", str(folder), "--case", number]) == 0
