"""Who acts on the command line: what is asked for, and what is refused in one sentence."""

from __future__ import annotations

import sys
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


def test_where_the_keyboard_was_closed_a_missing_password_is_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python leaves it after `<&-`
    assert main(["archive", "list", str(folder)]) == 2
    assert "VIRTOPSY_PASSWORD" in capsys.readouterr().err
    sys.stdin.close()
