"""Help speaks the language that was asked for, down to the last subcommand."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from main import _Door
from virtopsy.language import Language

_CLICKS_OWN_WORDS = ("Usage", "Options", "Commands", "Show this", "required", "ARGS")


def _pages(command: click.Command, ctx: click.Context) -> Iterator[str]:
    yield command.get_help(ctx)
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from _pages(below, click.Context(below, parent=ctx, info_name=name))


@pytest.mark.parametrize("language", list(Language))
def test_every_help_page_speaks_its_language(language: Language) -> None:
    door = _Door(language)
    pages = list(_pages(door, click.Context(door, info_name="virtopsy")))

    assert len(pages) > 15
    for page in pages:
        assert "virtopsy" in page
        if language is not Language.EN:
            assert not [word for word in _CLICKS_OWN_WORDS if word in page], page
