"""The only door: no arguments open the window, a subcommand goes to `viewer.commands`.

Imports are lazy, so that `virtopsy verify` loads neither Qt nor VTK nor SQLAlchemy and
`virtopsy --help` answers at once.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

import click
from typing_extensions import override

from viewer.commands import speech
from viewer.commands.spoken import SpokenGroup
from virtopsy.errors import UsageError, VirtopsyError
from virtopsy.language import Language, say

_COMMANDS = (
    "open",
    "demo",
    "phantom",
    "scan",
    "load",
    "render",
    "surface",
    "fragments",
    "trajectory",
    "archive",
    "verify",
    "witness",
    "doctor",
)


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the language asked for by `--lang`, else by the environment, else English."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            wanted = argument.removeprefix("--lang=")
        elif argument == "--lang" and position + 1 < len(arguments):
            wanted = arguments[position + 1]
        else:
            continue
        return Language(wanted) if wanted in set(Language) else Language.EN
    for name in ("VIRTOPSY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = environment.get(name, "")[:2]
        if wanted in set(Language):
            return Language(wanted)
    return Language.EN


class _Door(SpokenGroup):
    """Finds a subcommand by its name and imports its file only then."""

    def __init__(self, language: Language) -> None:
        super().__init__(
            "virtopsy",
            language,
            "cli.help",
            invoke_without_command=True,
            callback=self._without_command,
            context_settings={"help_option_names": ["-h", "--help"]},
        )

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"viewer.commands.{cmd_name}")
        return cast("click.Command", module.build(self.language))

    @override
    def described(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Take the texts from the catalogues, without importing any subcommand."""
        return [(name, say(f"cli.{name}.help", self.language)) for name in _COMMANDS]

    def _without_command(self) -> None:
        if click.get_current_context().invoked_subcommand is None:
            import_module("viewer.commands.open").open_window(self.language, None)


def _usage(error: click.UsageError) -> UsageError:
    """Say click's finding in our words."""
    parameter = getattr(error, "param", None)
    name = _typed(parameter) if parameter else ""
    if isinstance(error, click.MissingParameter):
        return UsageError("cli.usage.missing", name=name)
    if isinstance(error, click.NoSuchOption):
        return UsageError("cli.usage.no_such_option", name=error.option_name)
    if isinstance(error, click.BadParameter):
        return UsageError("cli.usage.bad_value", name=name)
    return UsageError("cli.usage.wrong", arguments=" ".join(sys.argv[1:]))


def _typed(parameter: click.Parameter) -> str:
    """Return what a person types: `--role`, not the name that the code gave it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name


def _open_streams() -> None:
    """Make sure that there is something to read and write, and that no letter stops an answer."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller; stays open as long as we run
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- so
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an old console knows no Kazakh letters
            stream.reconfigure(errors="backslashreplace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the product and return its exit code (CLI.md); without `arguments`, end the process."""
    if arguments is not None:
        return _run(list(arguments))
    try:
        code = _run(sys.argv[1:])
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
    # All that was announced is written. What is left is taking the interpreter down, and a VTK
    # object that outlives it aborts the process and its exit code.
    os._exit(code)


def _run(given: list[str]) -> int:
    language = language_of(given, os.environ)
    _open_streams()
    try:
        result = _Door(language).main(args=given, prog_name="virtopsy", standalone_mode=False)
        speech.finish()
    except click.UsageError as error:
        problem: VirtopsyError = _usage(error)
    except VirtopsyError as error:
        problem = error
    except (click.Abort, KeyboardInterrupt):
        problem = UsageError("core.cancelled")
    else:
        return result if isinstance(result, int) else 0
    speech.aside(problem.sentence(language))
    return problem.exit_code


if __name__ == "__main__":
    sys.exit(main())
