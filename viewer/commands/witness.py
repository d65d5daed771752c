"""`virtopsy witness new|sign`: the witness's own machine, without archive and database."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import NEW_PASSWORD, password_of
from viewer.commands.fingerprint import fingerprint_of
from virtopsy.errors import VirtopsyError
from virtopsy.language import Language, printable, say
from virtopsy.report.moments import to_the_second

if TYPE_CHECKING:
    from archive.services.witness_station import Signed

_PATH = speech.PLACE
_COMPARED = 8


def build(language: Language) -> click.Command:
    """Return the command."""
    group = speech.Group("witness", language, "cli.witness.help")
    _add_new(group, language)
    _add_sign(group, language)
    return group


def _home(asked: Path | None) -> Path:
    """Return where the witness's key and memory lie: asked for, else the person's own place."""
    from platformdirs import user_data_path

    return asked or user_data_path("virtopsy", appauthor=False) / "witness"


def _add_new(group: speech.Group, language: Language) -> None:
    @group.add("new", "anchor.help.new")
    @click.argument("name")
    @click.option("--home", type=_PATH, help=say("anchor.option.home", language))
    @speech.json_option(language)
    def new(name: str, home: Path | None, as_json: bool) -> None:
        from archive.storage.machine import system_clock
        from archive.witnessing import station

        place = _home(home)
        made = station(place, clock=system_clock).new(
            name, password_of(name, language, NEW_PASSWORD)
        )
        if as_json:
            speech.facts({"name": made.name, "vkey": made.vkey, "fingerprint": made.fingerprint})
            return
        speech.line(say("anchor.made", language, path=place, name=made.name, vkey=made.vkey))
        speech.line(say("anchor.made.paper", language, fingerprint=made.fingerprint))


def _add_sign(group: speech.Group, language: Language) -> None:
    @group.add("sign", "anchor.help.sign")
    @click.argument("place", metavar="STICK", type=_PATH)
    @click.option("--key", help=say("anchor.option.log_key", language))
    @click.option("--home", type=_PATH, help=say("anchor.option.home", language))
    @speech.json_option(language)
    def sign(place: Path, key: str | None, home: Path | None, as_json: bool) -> None:
        from archive.storage.machine import system_clock
        from archive.witnessing import station, stick

        wanted = fingerprint_of(key)
        brought = stick(place)
        witness = station(_home(home), clock=system_clock)
        password = password_of(say("anchor.this_witness", language), language)
        try:
            signed = witness.sign(
                brought, password, key=wanted, confirm=partial(_confirmed, language)
            )
        except VirtopsyError as error:
            if error.key.startswith("anchor.refused."):
                speech.remark("anchor.refused", language)
            raise
        _tell(signed, language, as_json=as_json)


def _confirmed(language: Language, origin: str, fingerprint: str) -> bool:
    """Ask the person at the terminal what the paper says; nobody there: not confirmed."""
    if not sys.stdin.isatty():
        return False
    asked = printable(say("anchor.confirm", language, origin=origin))
    typed = click.prompt(asked, default="", err=True)
    digits = re.sub(r"[\s:-]", "", typed).lower()
    return len(digits) >= _COMPARED and fingerprint.startswith(digits)


def _tell(signed: tuple[Signed, ...], language: Language, *, as_json: bool) -> None:
    if as_json:
        told = [
            {"log": s.origin, "size": s.size, "fresh": s.fresh, "when": s.when.isoformat()}
            for s in signed
        ]
        speech.facts({"signed": told})
        return
    for one in signed:
        when = to_the_second(one.when)
        counts = {"size": one.size, "fresh": one.fresh}
        speech.line(say("anchor.signed", language, origin=one.origin, when=when, **counts))
