"""`virtopsy archive ...`: the evidence archive on the command line."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

import click
from typing_extensions import override

from viewer.commands import speech
from viewer.commands.acting import (
    acting,
    limit_option,
    password_of,
    reason_option,
    user_option,
)
from virtopsy.language import Fact, Language, say

_FOLDER = speech.PLACE
_ELSEWHERE = (
    *("search", "import", "verify", "receipt", "person", "bundle", "finding", "findings"),
    *("key", "destroy", "checkpoint", "log", "head", "prove", "witness", "timestamp"),
    *("backup", "restore", "rebuild"),
)
"""Subcommands with a file of their own, `viewer/commands/archive_<name>.py`."""


class _Archive(speech.Group):
    """The subcommands of `archive`; those of `_ELSEWHERE` are imported when asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_ELSEWHERE]

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE:
            module = import_module(f"viewer.commands.archive_{cmd_name}")
            return cast("click.Command", module.build(self.language))
        return super().get_command(ctx, cmd_name)


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = _Archive("archive", language, "cli.archive.help")
    _add_init(group, language)
    _add_list(group, language)
    return group


def _add_init(group: speech.Group, language: Language) -> None:
    @group.add("init", "archive.cli.init.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @click.option("--user", required=True, help=say("archive.cli.option.user", language))
    @reason_option(language)
    @speech.json_option(language)
    def init(folder: Path, user: str, reason: str, as_json: bool) -> None:
        from archive.opening import create, open_archive
        from archive.storage.machine import system_clock
        from viewer.commands.doctor import kept_secret

        password = password_of(user, language, chosen=True)
        create(folder, person=user, password=password, clock=system_clock, reason=reason)
        with open_archive(folder, clock=system_clock) as archive:
            made = {"uuid": archive.uuid, "fingerprint": archive.fingerprint}
        disk = kept_secret(folder)
        speech.remark(f"doctor.{disk.code}.{disk.state}", language, **disk.facts)
        if as_json:
            speech.facts({**made, "single_keeper": True})
            return
        fingerprint = made["fingerprint"]
        speech.line(say("archive.cli.created", language, path=folder, fingerprint=fingerprint))
        speech.line(say("archive.cli.single_keeper", language, name=user))


def _add_list(group: speech.Group, language: Language) -> None:
    @group.add("list", "archive.cli.list.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @limit_option(language)
    @user_option(language)
    @speech.json_option(language)
    def list_cases(folder: Path, limit: int | None, user: str | None, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            cases = archive.cases.list(actor, limit=limit)
        facts: list[dict[str, Fact]] = [
            {"number": c.number, "opened": c.opened, "series": c.series, "findings": c.findings}
            for c in cases
        ]
        if as_json:
            speech.facts({"cases": facts})
            return
        for one in facts:
            speech.line(say("archive.cli.case", language, **one))
        if not facts:
            speech.line(say("archive.cli.no_cases", language))
