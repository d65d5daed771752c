"""How every subcommand speaks: options they share, facts to stdout, words to stderr."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from typing_extensions import override

from viewer.commands.spoken import SpokenCommand, SpokenGroup
from virtopsy.errors import Cancelled, InputError, StorageError
from virtopsy.jobs import Progress
from virtopsy.language import BETWEEN_THOUSANDS, Fact, Language, printable, say
from virtopsy.system_reason import reason_of


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: VTK's modules crash where their import is cut in two."""
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt


@contextmanager
def stoppable(progress: Progress) -> Iterator[None]:
    """Let Ctrl-C ask the work to stop where it can be gone on with; a second one stops at once."""
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: object) -> None:
        progress.cancel()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    except Cancelled:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before)


def command(
    name: str, language: Language, help_key: str = ""
) -> Callable[[Callable[..., None]], SpokenCommand]:
    """Make a subcommand with its help text (`cli.<name>.help` unless named) and `--lang`.

    The language itself was read from the arguments before the command was built
    (`main.language_of`), because help texts are needed at that moment; here it is only accepted.
    """

    def decorate(function: Callable[..., None]) -> SpokenCommand:
        params: list[click.Parameter] = list(reversed(getattr(function, "__click_params__", [])))
        key = help_key or f"cli.{name}.help"
        return SpokenCommand(name, language, key, params=params, callback=function)

    return decorate


class Group(SpokenGroup):
    """A command of commands that are functions."""

    def add(self, name: str, help_key: str) -> Callable[[Callable[..., None]], SpokenCommand]:
        """Return the decorator that makes a function a subcommand of this group."""

        def decorate(function: Callable[..., None]) -> SpokenCommand:
            made = command(name, self.language, help_key)(function)
            self.add_command(made)
            return made

        return decorate


def json_option(language: Language) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the decorator of `--json`: the facts as one object on stdout, nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help=say("cli.option.json", language))


class _Place(click.Path):
    """A path; an empty one is refused: `Path("")` would quietly be the working folder."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("", param, ctx)
        return super().convert(value, param, ctx)


class _AskedPlace(_Place):
    """A path the system answers about: it is there or it is not, but neither hidden nor absurd."""

    @override
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            os.stat(value or ".")  # noqa: PTH116 -- a text still
        except (FileNotFoundError, NotADirectoryError):
            pass  # to be made, or to be missed in the command's own words
        except OSError as error:
            raise InputError("cli.path", path=value, reason=reason_of(error)) from error
        return super().convert(value, param, ctx)


PLACE = _AskedPlace(path_type=Path)
NEW_FOLDER = _AskedPlace(path_type=Path, file_okay=False)
SCANNED = _Place(path_type=Path)
"""For `scan`, which tells by itself, in JSON as well, that a path cannot be opened."""


def facts(found: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout.

    JSON is UTF-8 or, where the console speaks something else, plain ASCII.
    """
    foreign = sys.stdout.encoding.lower() not in {"utf-8", "utf8"}
    spelt = json.dumps(found, ensure_ascii=foreign, allow_nan=False)
    _deliver(lambda: sys.stdout.write(spelt + "\n"))


def line(text: str) -> None:
    """Print words on stdout, the answer the person asked for.

    Names in them may come from anywhere: none commands the terminal, none turns the line round.

    Raises:
        StorageError: what stdout was turned into does not take it (a full disk).
    """
    shown = "\n".join(map(_spelt, text.split("\n")))
    _deliver(lambda: sys.stdout.write(shown + "\n"))


def finish() -> None:
    """Hand over what was printed.

    Raises:
        StorageError: as `line`.
    """
    _deliver(sys.stdout.flush)


def _deliver(act: Callable[[], object]) -> None:
    """Print; a reader who has seen enough (`| head`) is no failure and changes no exit code."""
    try:
        act()
    except BrokenPipeError:
        _hush(sys.stdout)
    except OSError as error:
        _hush(sys.stdout)
        raise StorageError("cli.output", reason=reason_of(error)) from error


def _hush(stream: TextIO) -> None:
    """Let what is still to be printed go nowhere, as Python's own manual advises."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def aside(text: str) -> None:
    """Print one line of words on stderr, spelled as `line` spells them."""
    _mention(_spelt(text) + "\n")


def _spelt(text: str) -> str:
    """Return a line in which nothing commands the terminal; numbers stay in one piece."""
    return printable(text, kept=BETWEEN_THOUSANDS)


def _mention(text: str) -> None:
    """Write on stderr, where nobody need listen: it changes no answer and no exit code."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:  # the reader is gone or the disk full, and there is nowhere else to say it
        _hush(sys.stderr)


def remark(key: str, language: Language, **facts: Fact) -> None:
    """Print one sentence on stderr: progress, warnings, what goes on."""
    aside(say(key, language, **facts))


def progress(key: str, language: Language, *, unit: int = 1) -> Progress:
    """Return a progress that rewrites one line of a terminal, and is silent elsewhere.

    Args:
        key: what is being done.
        language: of the line.
        unit: what is counted, in steps of the progress (1,000,000 bytes are a megabyte).
    """
    if not sys.stderr.isatty():
        return Progress()

    def report(done: int, total: int) -> None:
        text = say(key, language)
        counted = f"{done // unit}/{-(-total // unit)}"
        _mention(f"\r{text} {counted}" + ("\n" if done >= total else ""))

    return Progress(report)
