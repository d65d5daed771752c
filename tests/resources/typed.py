"""What stands somewhere to be typed, as click understands it; nothing is done."""

from __future__ import annotations

import shlex

import click

from main import _Door
from viewer.commands.folder_first import FolderFirst
from virtopsy.language import Language


def options_of(typed: str, language: Language) -> dict[str, object]:
    """Return the options of a command.

    Args:
        typed: what follows `virtopsy`.
        language: of the program.

    Raises:
        click.UsageError: the command cannot be typed so.
    """
    command: click.Command = _Door(language)
    words, called = shlex.split(typed), ["virtopsy"]
    while isinstance(command, click.Group):
        called.append(words.pop(0))
        below = command.get_command(click.Context(command), called[-1])
        assert below is not None, typed
        command = below
        if isinstance(command, FolderFirst):
            words = command.parse_args(click.Context(command), words)
            command = command.group
    return command.make_context(" ".join(called), words).params
