"""`virtopsy archive witness DIR add|list|request|take`: the archive's side of its witnesses."""

from __future__ import annotations

from pathlib import Path

import click

from viewer.commands import speech
from viewer.commands.acting import acting, reason_option, user_option
from viewer.commands.folder_first import FolderFirst
from virtopsy.language import Language, say
from virtopsy.report.moments import to_the_second

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = speech.Group("witness", language, "anchor.help.witness")
    _add_add(group, language)
    _add_list(group, language)
    _add_request(group, language)
    _add_take(group, language)
    return FolderFirst(group)


def _add_add(group: speech.Group, language: Language) -> None:
    @group.add("add", "anchor.help.add")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.argument("name")
    @click.option("--key", "vkey", required=True, help=say("anchor.option.vkey", language))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def add(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path, name: str, vkey: str, user: str | None, reason: str, as_json: bool
    ) -> None:
        with acting(folder, user, language) as (archive, actor):
            added = archive.witnesses.add(actor, name, vkey, reason=reason)
        if as_json:
            speech.facts({"name": added.name, "fingerprint": added.key_sha256})
            return
        facts = {"name": added.name, "fingerprint": added.key_sha256}
        speech.line(say("anchor.added", language, **facts))


def _add_list(group: speech.Group, language: Language) -> None:
    @group.add("list", "anchor.help.list")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @user_option(language)
    @speech.json_option(language)
    def list_witnesses(folder: Path, user: str | None, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            known = archive.witnesses.all(actor)
        told = [{"name": one.name, "fingerprint": one.key_sha256} for one in known]
        if as_json:
            speech.facts({"witnesses": told})
            return
        for one in told:
            speech.line(say("anchor.known", language, **one))
        if not told:
            speech.line(say("anchor.known.none", language))


def _add_request(group: speech.Group, language: Language) -> None:
    @group.add("request", "anchor.help.request")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.argument("place", metavar="STICK", type=_PATH)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def request(folder: Path, place: Path, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            asked = archive.witnesses.request(actor, place, reason=reason)
            fingerprint = archive.fingerprint
        if as_json:
            speech.facts({"size": asked.size, "old": asked.old, "fingerprint": fingerprint})
            return
        speech.line(say("anchor.asked", language, path=place, size=asked.size, old=asked.old))


def _add_take(group: speech.Group, language: Language) -> None:
    @group.add("take", "anchor.help.take")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.argument("place", metavar="STICK", type=_PATH)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def take(folder: Path, place: Path, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            taken = archive.witnesses.take(actor, place, reason=reason)
        if as_json:
            when = taken.when.isoformat()
            told = {"witness": taken.name, "size": taken.size, "when": when, "path": taken.path}
            speech.facts(told)
            return
        when = to_the_second(taken.when)
        speech.line(say("anchor.taken", language, name=taken.name, size=taken.size, when=when))
