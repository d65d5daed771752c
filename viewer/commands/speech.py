"""How every subcommand speaks: options they share, facts to stdout, words to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from virtopsy.jobs import Progress
from virtopsy.language import Fact, Language, say


def command(name: str, language: Language) -> Callable[[Callable[..., None]], click.Command]:
    """Make a subcommand with its help text and the option `--lang`.

    The language itself was read from the arguments before the command was built
    (`main.language_of`), because help texts are needed at that moment; here it is only accepted.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        made = click.command(name, help=say(f"cli.{name}.help", language))(function)
        made.params.append(lang_option(language))
        return made

    return decorate


def lang_option(language: Language) -> click.Option:
    """Return the option every command takes."""
    return click.Option(
        ["--lang"],
        type=click.Choice([one.value for one in Language]),
        expose_value=False,
        help=say("cli.option.lang", language),
    )


def json_option(language: Language) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the decorator of `--json`: the facts as one object on stdout, nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help=say("cli.option.json", language))


def facts(found: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n")


def line(text: str) -> None:
    """Print one line of words on stdout, the answer the person asked for."""
    sys.stdout.write(text + "\n")


def remark(key: str, language: Language, **facts: Fact) -> None:
    """Print one sentence on stderr: progress, warnings, what goes on."""
    sys.stderr.write(say(key, language, **facts) + "\n")


def progress(key: str, language: Language) -> Progress:
    """Return a progress that rewrites one line of a terminal, and is silent elsewhere."""
    if not sys.stderr.isatty():
        return Progress()

    def report(done: int, total: int) -> None:
        text = say(key, language)
        sys.stderr.write(f"\r{text} {done}/{total}" + ("\n" if done >= total else ""))
        sys.stderr.flush()

    return Progress(report)
