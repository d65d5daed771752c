"""Help speaks the language that was asked for, down to the last subcommand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from main import _Door
from tests.resources.typed import options_of
from viewer.commands.folder_first import FolderFirst
from virtopsy.language import Language

_CATALOGUES = Path(__file__).parents[3] / "resources" / "i18n"
_NAMED = re.compile(r"virtopsy( [a-z]+(?: (?:--[a-z]+(?: (?:\w+|\{seq\}))?|[a-z]+|[A-Z]+))*)")

_CLICKS_OWN_WORDS = ("Usage", "Options", "Commands", "Show this", "required", "ARGS")


def _pages(command: click.Command, ctx: click.Context) -> Iterator[str]:
    yield command.get_help(ctx)
    if isinstance(command, FolderFirst):
        command = command.group
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            assert below is not None
            yield from _pages(below, click.Context(below, parent=ctx, info_name=name))


@pytest.mark.parametrize("language", list(Language))
def test_every_help_page_speaks_its_language(language: Language) -> None:
    door = _Door(language)
    pages = list(_pages(door, click.Context(door, info_name="virtopsy")))

    assert len(pages) > 50
    for page in pages:
        assert "virtopsy" in page
        if language is not Language.EN:
            assert not [word for word in _CLICKS_OWN_WORDS if word in page], page


def _said(language: Language) -> set[str]:
    """Every command that a sentence tells a person to type, with an example of its facts."""
    said = [one.read_text(encoding="utf-8") for one in (_CATALOGUES / language).glob("*.po")]
    return {found.strip().format(seq=7) for text in said for found in _NAMED.findall(text)}


@pytest.mark.parametrize("language", list(Language))
def test_every_command_that_a_sentence_names_can_be_typed_so(language: Language) -> None:
    said = _said(language)
    assert len(said) > 10
    for one in said:
        given = options_of(one, language)
        assert given.get("user") or not one.startswith("archive rebuild"), "who acts? " + one
