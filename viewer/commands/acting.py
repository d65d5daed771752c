"""Who acts on the command line: the name from `--user`, the password from a prompt or variable."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from viewer.commands import speech
from virtopsy.errors import UsageError
from virtopsy.language import Language, printable, say

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.records import Actor

F = TypeVar("F", bound=Callable[..., object])
PASSWORD = "VIRTOPSY_PASSWORD"  # noqa: S105 -- the variable's name
SECOND_PASSWORD = "VIRTOPSY_SECOND_PASSWORD"  # noqa: S105 -- the variable's name
NEW_PASSWORD = "VIRTOPSY_NEW_PASSWORD"  # noqa: S105 -- the variable's name
PHRASE = "VIRTOPSY_BACKUP_PASSWORD"
_MOST = 2**31 - 1


def user_option(language: Language) -> Callable[[F], F]:
    """Return the decorator of `--user`."""
    return click.option("--user", help=say("archive.cli.option.user", language))


def second_option(language: Language) -> Callable[[F], F]:
    """Return the decorator of `--second`, the second person of an act that needs two."""
    return click.option("--second", help=say("access.cli.option.second", language))


def reason_option(language: Language) -> Callable[[F], F]:
    """Return the decorator of `--reason`, which every changing command takes."""
    text = say("archive.cli.option.reason", language)
    return click.option("--reason", default="", help=text)


def case_option(language: Language, *, required: bool = True) -> Callable[[F], F]:
    """Return the decorator of `--case`."""
    text = say("archive.cli.option.case", language)
    return click.option("--case", "number", required=required, help=text, callback=_filled)


def _filled(ctx: click.Context, option: click.Parameter, number: str | None) -> str | None:
    """Refuse a number of nothing but spaces, as a variable that was not set leaves it."""
    if number is not None and not number.strip():
        raise click.BadParameter("", ctx, option)
    return number


def limit_option(language: Language, default: int | None = None) -> Callable[[F], F]:
    """Return the decorator of `--limit`: how many lines of a long list, newest first."""
    text = say("search.cli.option.limit", language)
    return click.option("--limit", type=count(1), default=default, help=text)


def count(least: int) -> click.IntRange:
    """Return the type of an option that counts entries or lines: no more than SQLite can count."""
    return click.IntRange(least, _MOST)


def password_of(
    name: str, language: Language, variable: str = PASSWORD, *, chosen: bool = False
) -> str:
    """Return a password from the variable, else from a prompt that shows nothing.

    Args:
        name: of the person.
        language: of the prompt.
        variable: of the environment.
        chosen: it becomes one now, as every `NEW_PASSWORD` does: a prompt asks for it twice, so
            that a slip of a finger shows.

    Raises:
        UsageError: neither variable nor terminal; nothing waits for ever.
    """
    chosen = chosen or variable == NEW_PASSWORD
    key = "archive.cli.new_password" if chosen else "archive.cli.password"
    missing = UsageError("archive.cli.no_password", name=name, variable=variable)
    again = say("access.cli.password_again", language) if chosen else ""
    while True:
        typed = secret(variable, say(key, language, name=name), missing)
        if not again or secret(variable, again, missing) == typed:
            return typed
        speech.remark("access.cli.password_differs", language)


def secret(variable: str, prompt: str, missing: UsageError) -> str:
    """Return what nobody may see, from the variable or else from a prompt that shows nothing.

    Args:
        variable: of the environment.
        prompt: what the terminal shows.
        missing: raised where there is neither variable nor terminal; nothing waits for ever.
    """
    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise missing
    text: str = click.prompt(printable(prompt), hide_input=True, err=True)
    return text


@contextmanager
def acting(folder: Path, user: str | None, language: Language) -> Iterator[tuple[Archive, Actor]]:
    """Open the archive and log the person in; the session ends with the block.

    An archive that only one person keeps does not ask who it is, only for the password.
    """
    with acting_with_password(folder, user, language) as (archive, actor, _):
        yield archive, actor


@contextmanager
def acting_with_password(
    folder: Path, user: str | None, language: Language
) -> Iterator[tuple[Archive, Actor, str]]:
    """Do as `acting`, and hand the password on: for what is locked with it."""
    from archive.opening import open_archive
    from archive.storage.machine import system_clock

    with open_archive(folder, clock=system_clock) as archive:
        name = user or archive.access.single_keeper()
        if not name:
            raise UsageError("archive.cli.no_user")
        password = password_of(name, language)
        actor = archive.access.login(name, password)
        if archive.shut:
            speech.remark(archive.shut.told, language)
        for one in archive.interrupted:
            speech.remark("intake.cli.interrupted", language, files=one.files)
        doubt = archive.replaced_key
        for fault in (*((doubt,) if doubt else ()), *archive.unsealed):
            speech.remark(fault.key, language, **fault.facts)
        yield archive, actor, password


@contextmanager
def acting_with(
    folder: Path, user: str | None, second: str | None, language: Language
) -> Iterator[tuple[Archive, Actor, Actor | None]]:
    """Log a second person in as well, where one was named; both sessions end with the block."""
    with acting(folder, user, language) as (archive, actor):
        other = None
        if second is not None:
            password = password_of(second, language, SECOND_PASSWORD)
            other = archive.access.login(second, password)
        yield archive, actor, other
