"""`virtopsy archive key DIR rotate|lost|compromised`: the life of the archive's sealing key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import acting, reason_option, user_option
from viewer.commands.folder_first import FolderFirst
from virtopsy.errors import UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.services.rekeying import NewKey

_FOLDER = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = speech.Group("key", language, "access.cli.key.help")
    _add_rotate(group, language)
    _add_lost(group, language)
    _add_compromised(group, language)
    return FolderFirst(group)


def _add_rotate(group: speech.Group, language: Language) -> None:
    @group.add("rotate", "access.cli.key.rotate.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def rotate(folder: Path, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            made = archive.keys.rotate(actor, reason=reason)
        _tell(made, as_json, language)


def _add_lost(group: speech.Group, language: Language) -> None:
    @group.add("lost", "access.cli.key.lost.help")
    @_declaring(language)
    def lost(folder: Path, user: str | None, since: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            made = archive.keys.lost(actor, since=_moment(since), reason=reason)
        _tell(made, as_json, language)


def _add_compromised(group: speech.Group, language: Language) -> None:
    @group.add("compromised", "access.cli.key.compromised.help")
    @_declaring(language)
    def compromised(
        folder: Path, user: str | None, since: str | None, reason: str, as_json: bool
    ) -> None:
        with acting(folder, user, language) as (archive, actor):
            made = archive.keys.compromised(actor, since=_moment(since), reason=reason)
        _tell(made, as_json, language)


def _declaring(language: Language) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the options of a key that is not trusted any more."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        function = speech.json_option(language)(function)
        function = reason_option(language)(function)
        since = say("access.cli.option.since", language)
        function = click.option("--since", metavar="TIME", help=since)(function)
        function = user_option(language)(function)
        return click.argument("folder", metavar="DIR", type=_FOLDER)(function)

    return decorate


def _moment(typed: str | None) -> datetime | None:
    """Return an instant as typed; without a zone it is the machine's own.

    Raises:
        UsageError: it is none.
    """
    if typed is None:
        return None
    try:
        return datetime.fromisoformat(typed).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError("access.key.moment", given=typed[:40]) from error


def _tell(made: NewKey, as_json: bool, language: Language) -> None:
    if as_json:
        facts = {"old": made.old, "fingerprint": made.new, "without": list(made.without)}
        speech.facts(facts)
        return
    speech.line(say("access.cli.key_changed", language, old=made.old, fingerprint=made.new))
    for name in made.without:
        speech.line(say("access.cli.key_without", language, name=name))
