"""`virtopsy doctor [DIR]`: what this machine can do, and what to mend before evidence is kept."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Literal

import click

from viewer.commands import speech
from virtopsy.language import Fact, Language, say

_DECODERS = ("gdcm", "jpeg_ls", "openjpeg", "pylibjpeg")
_PROGRAMS = ("openssl", "ffmpeg")
_ENOUGH_MB = 20_000
_WAL_FROM = (3, 51, 3)


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        code: what; its sentence is `doctor.<code>.<state>`.
        state: "fine", "watch" (works, with a limit to know) or "fault".
        facts: for the sentence.
    """

    code: str
    state: Literal["fine", "watch", "fault"]
    facts: dict[str, Fact] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return what was found and what to do, in words."""
        return say(f"doctor.{self.code}.{self.state}", language, **self.facts)


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("doctor", language)
    @click.argument("folder", metavar="[DIR]", required=False, type=speech.PLACE)
    @speech.json_option(language)
    def doctor(folder: Path | None, as_json: bool) -> None:
        found = list(examined(folder or Path.home()))
        if as_json:
            speech.facts({"ok": _works(found), "checks": [_facts(one, language) for one in found]})
        else:
            for one in found:
                speech.line(
                    f"{say(f'doctor.state.{one.state}', language)}: {one.sentence(language)}"
                )
        if not _works(found):
            click.get_current_context().exit(5)

    return doctor


def examined(folder: Path) -> Iterator[Finding]:
    """Look at the machine, with `folder` as the place where evidence is or will be kept."""
    yield Finding("program", "fine", {"version": version("virtopsy"), "python": _python()})
    yield _processors()
    yield _screen()
    yield from map(_decoder, _DECODERS)
    yield _fonts()
    yield from _disk(folder)
    yield _clock()
    yield _sqlite()
    yield from map(_outside_program, _PROGRAMS)


def _works(found: list[Finding]) -> bool:
    return all(one.state != "fault" for one in found)


def _facts(one: Finding, language: Language) -> dict[str, object]:
    return {"code": one.code, "state": one.state, "text": one.sentence(language), **_plain(one)}


def _plain(one: Finding) -> dict[str, object]:
    return {name: str(fact) if isinstance(fact, Path) else fact for name, fact in one.facts.items()}


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _processors() -> Finding:
    count = os.cpu_count() or 1
    return Finding("processors", "fine" if count > 1 else "watch", {"count": count})


def _screen() -> Finding:
    from viewer.render.engine import Mapper, answering, mapper_for

    renderer = answering()
    drawn_by_card = bool(renderer) and mapper_for(renderer) is Mapper.GPU
    return Finding("gl", "fine" if drawn_by_card else "watch", {"renderer": renderer or "-"})


def _decoder(name: str) -> Finding:
    try:
        import_module(name)
    except ImportError:
        return Finding("decoder", "fault", {"name": name})
    return Finding("decoder", "fine", {"name": name})


def _fonts() -> Finding:
    fonts = [one for one in (files("resources") / "fonts").iterdir() if one.name.endswith(".otf")]
    whole = bool(fonts) and all(one.read_bytes()[:4] == b"OTTO" for one in fonts)
    return Finding("fonts", "fine" if whole else "fault", {"count": len(fonts)})


def _disk(folder: Path) -> Iterator[Finding]:
    from archive.storage.place import refuse_shared_place
    from virtopsy.errors import InputError

    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    free_mb = shutil.disk_usage(place).free // 1_000_000
    facts: dict[str, Fact] = {"path": folder, "free_mb": free_mb}
    yield Finding("space", "fine" if free_mb >= _ENOUGH_MB else "watch", facts)
    try:
        refuse_shared_place(place)
        yield Finding("place", "fine", {"path": folder})
    except InputError:
        yield Finding("place", "fault", {"path": folder})
    yield kept_secret(folder)


def kept_secret(folder: Path) -> Finding:
    """Tell whether the disk under `folder` is encrypted: that alone keeps evidence secret there."""
    from archive.records import Encryption
    from archive.storage.disk import encryption

    found = encryption(folder)
    code = "encryption_unknown" if found is Encryption.UNKNOWN else "encryption"
    return Finding(code, "fine" if found is Encryption.ENCRYPTED else "watch", {"path": folder})


def _clock() -> Finding:
    from archive.storage.machine import ThisMachine, system_clock

    set_by_network = ThisMachine().surroundings().clock_source == "ntp"
    now = system_clock().strftime("%Y-%m-%d %H:%M:%S")
    return Finding("clock", "fine" if set_by_network else "watch", {"utc": now})


def _sqlite() -> Finding:
    import sqlite3

    facts: dict[str, Fact] = {
        "version": sqlite3.sqlite_version,
        "wal": sqlite3.sqlite_version_info >= _WAL_FROM,
    }
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='trigram')")
    except sqlite3.OperationalError:
        return Finding("sqlite", "fault", facts)
    finally:
        connection.close()
    return Finding("sqlite", "fine", facts)


def _outside_program(name: str) -> Finding:
    return Finding(name, "fine" if shutil.which(name) else "watch")
