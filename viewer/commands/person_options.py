"""What the commands about a person take: archive, name, who acts, who stands by, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import click

from viewer.commands import speech
from viewer.commands.acting import reason_option, second_option, user_option
from viewer.commands.person_words import ROLES
from virtopsy.language import Language, say

_Function: TypeAlias = Callable[..., None]


def about_person(language: Language) -> Callable[[_Function], _Function]:
    """Return the decorator of `DIR NAME --user --second --reason --json`."""

    def decorate(function: _Function) -> _Function:
        for option in (speech.json_option, reason_option, second_option, user_option):
            function = option(language)(function)
        function = click.argument("name")(function)
        return click.argument("folder", metavar="DIR", type=speech.PLACE)(function)

    return decorate


def roles_option(language: Language) -> Callable[[_Function], _Function]:
    """Return the decorator of `--role`, once for each."""
    return click.option(
        "--role",
        "roles",
        multiple=True,
        required=True,
        type=click.Choice(ROLES),
        help=say("archive.cli.option.role", language),
    )
