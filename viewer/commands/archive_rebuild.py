"""`virtopsy archive rebuild DIR`: the database anew from log and objects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import password_of, reason_option, user_option
from virtopsy.errors import UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.services.rebuild import Rebuilt


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("rebuild", language, "rebuild.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def rebuild(folder: Path, user: str | None, reason: str, as_json: bool) -> None:
        from archive.opening import read_card
        from archive.recovery import rebuild_folder
        from archive.storage.machine import system_clock

        read_card(folder)
        if not user:  # the database, which could tell a single keeper, is what cannot be believed
            raise UsageError("rebuild.no_user")
        password = password_of(user, language)
        progress = speech.progress("rebuild.progress", language)
        with speech.stoppable(progress):
            made = rebuild_folder(
                folder,
                user=user,
                password=password,
                clock=system_clock,
                reason=reason,
                progress=progress,
            )
        if as_json:
            speech.facts(_facts(made))
        else:
            _tell(made, language)
        if made.untold:
            click.get_current_context().exit(1)

    return rebuild


def _facts(made: Rebuilt) -> dict[str, object]:
    return {
        "log_entries": made.entries,
        "cases": made.cases,
        "from_database": made.from_database,
        "copy_renewed": made.copy_renewed,
        "untold": list(made.untold),
        "quarantine": list(made.quarantine),
    }


def _tell(made: Rebuilt, language: Language) -> None:
    speech.line(say("rebuild.done", language, entries=made.entries, cases=made.cases))
    if made.copy_renewed:
        speech.line(say("rebuild.copy_renewed", language))
    for number in made.untold:
        key = "rebuild.untold" if number else "rebuild.untold_persons"
        speech.line(say(key, language, number=number))
    for path in made.quarantine:
        speech.line(say("rebuild.quarantine", language, path=path))
    speech.line(say("rebuild.verify", language))
