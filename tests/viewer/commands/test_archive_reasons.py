"""Every command that changes an archive keeps in its entry why it was done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

import archive.witnessing
from archive.opening import create, open_archive
from archive.recovery import rebuild_folder, restore_backup
from main import main
from tests.archive.conftest import CASE, CHEAP, SERIES, track, write_slice
from tests.archive.services.test_timestamps import made_in
from viewer.commands.archive import build
from viewer.commands.folder_first import FolderFirst
from virtopsy.language import Language

_READING = {
    *("list", "search", "log", "verify", "head", "person list", "witness list"),
}
"""What changes nothing: each look is an entry, but nobody has to say why."""


def _leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    command = command.group if isinstance(command, FolderFirst) else command
    if not isinstance(command, click.Group):
        yield name, command
        return
    for verb in command.list_commands(click.Context(command)):
        below = command.get_command(click.Context(command), verb)
        assert below is not None
        yield from _leaves(below, f"{name} {verb}".strip())


def _changing() -> set[str]:
    return {name for name, _ in _leaves(build(Language.EN))} - _READING


@dataclass
class _Clerk:
    """Types commands, each with a reason of its own: the command's name."""

    folder: Path
    typed: set[str] = field(default_factory=set)

    def act(self, verb: str, *arguments: object, user: str = "A") -> None:
        first, *verbs = verb.split()
        place = [] if first == "restore" else [self.folder]
        given = [first, *place, *verbs, *arguments, "--user", user, "--reason", f"why {verb}"]
        assert main(["archive", *map(str, given)]) == 0, verb
        self.typed.add(verb)


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Clerk:
    """At no archive yet; the password of A is "A's own", of B "B's own"."""
    for function in (create, open_archive, restore_backup, rebuild_folder):
        monkeypatch.setitem(function.__kwdefaults__, "cost", CHEAP)
    monkeypatch.setattr(archive.witnessing, "_COST", CHEAP)
    monkeypatch.setenv("VIRTOPSY_LANG", "en")
    monkeypatch.setenv("VIRTOPSY_PASSWORD", "A's own")
    monkeypatch.setenv("VIRTOPSY_SECOND_PASSWORD", "B's own")
    monkeypatch.setenv("VIRTOPSY_NEW_PASSWORD", "set by A")
    for name in ("disk", "stick", "authority", "carrier"):
        (tmp_path / name).mkdir()
    return _Clerk(tmp_path / "evidence")


def _persons(clerk: _Clerk) -> None:
    clerk.act("init")
    clerk.act("person add", "B", "--role", "administrator")
    clerk.act("person add", "C", "--role", "expert")
    with pytest.MonkeyPatch.context() as hers:
        hers.setenv("VIRTOPSY_PASSWORD", "set by A")
        hers.setenv("VIRTOPSY_NEW_PASSWORD", "B's own")
        clerk.act("person password", user="B")
    clerk.act("person role", "C", "--role", "auditor", "--second", "B")
    clerk.act("person reset", "C")
    with pytest.MonkeyPatch.context() as hers:
        hers.setenv("VIRTOPSY_PASSWORD", "set by A")
        clerk.act("person acknowledge", user="C")
    clerk.act("person disable", "C")


def _case(clerk: _Clerk, place: Path) -> None:
    write_slice(place / "carrier" / "1.dcm", 1)
    (place / "finding.json").write_text(json.dumps(track()))
    case = ("--case", CASE)
    clerk.act("import", place / "carrier", *case)
    clerk.act("finding", *case, "--series", SERIES, "--json-file", place / "finding.json")
    clerk.act("findings", *case, "--form", "json", "--out", place / "findings")
    clerk.act("receipt", *case, "--out", place / "receipt.pdf")
    clerk.act("prove", *case, "--out", place / "proof")
    clerk.act("checkpoint")
    clerk.act("destroy", *case, "--series", SERIES, "--basis", "Order 1", "--second", "B")
    clerk.act("bundle", *case, "--out", place / "bundle")  # without pictures: they take long


def _anchors(clerk: _Clerk, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(place / "home")]
    capsys.readouterr()
    assert main(["witness", "new", "auditor", *home, "--json"]) == 0
    clerk.act("witness add", "auditor", "--key", json.loads(capsys.readouterr().out)["vkey"])
    clerk.act("witness request", place / "stick")
    capsys.readouterr()
    assert main(["archive", "head", str(clerk.folder), "--user", "A", "--json"]) == 0
    key = json.loads(capsys.readouterr().out)["fingerprint"]
    with pytest.MonkeyPatch.context() as witness:
        witness.setenv("VIRTOPSY_PASSWORD", "set by A")
        assert main(["witness", "sign", str(place / "stick"), "--key", key, *home]) == 0
    clerk.act("witness take", place / "stick")
    clerk.act("timestamp request", place / "head.tsq")
    answer = made_in(place / "authority").answer((place / "head.tsq").read_bytes())
    (place / "head.tsr").write_bytes(answer)
    clerk.act("timestamp take", place / "head.tsr")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the authority")
def test_every_changing_command_keeps_its_reason_in_the_entry(
    clerk: _Clerk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _persons(clerk)
    _case(clerk, tmp_path)
    _anchors(clerk, tmp_path, capsys)
    clerk.act("backup", tmp_path / "disk")
    clerk.act("restore", tmp_path / "disk", tmp_path / "back")
    clerk.act("rebuild")
    for verb in ("rotate", "lost", "compromised"):
        clerk.act(f"key {verb}")

    assert clerk.typed == _changing()
    logs = [one / "log" / "entries.jsonl" for one in (clerk.folder, tmp_path / "back")]
    entries = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    told = {one["reason"] for one in entries if one["reason"]}
    assert told == {f"why {verb}" for verb in clerk.typed}
