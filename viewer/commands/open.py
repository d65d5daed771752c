"""`virtopsy open PATH`, and `virtopsy` alone: opens the window."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from viewer.commands.speech import PLACE, command
from virtopsy.errors import InputError, UsageError
from virtopsy.language import Language


def build(language: Language) -> click.Command:
    """Return the subcommand with its texts in `language`."""

    @command("open", language)
    @click.argument("path", type=PLACE, required=False)
    def open_path(path: Path | None) -> None:
        sys.exit(open_window(language, path))

    return open_path


def open_window(language: Language, path: Path | None) -> int:
    """Open the window, on a folder if one is given, and return the exit code when it is closed.

    Raises:
        UsageError: this machine shows no windows.
        InputError: there is nothing at `path`.
    """
    if path is not None and not path.exists():
        raise InputError("ui.open.nothing", path=path)
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in shown):
        raise UsageError("ui.open.no_display")
    from viewer.app.start import run

    return run(language, path)
