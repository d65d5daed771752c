"""`virtopsy archive backup DIR DEST`: the archive on another disk, encrypted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import PHRASE, acting_with_password, reason_option, user_option
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.services.backup import BackupReport

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("backup", language, "backup.help")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.argument("place", metavar="DEST", type=_PATH)
    @click.option("--plain", is_flag=True, help=say("backup.option.plain", language))
    @click.option("--full", is_flag=True, help=say("backup.option.full", language))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def backup(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        place: Path,
        plain: bool,
        full: bool,
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        progress = speech.progress("backup.progress.write", language)
        with (
            acting_with_password(folder, user, language) as (archive, actor, password),
            speech.stoppable(progress),
        ):
            report = archive.backup.write(
                actor,
                place,
                password=password,
                phrase="" if plain else os.environ.get(PHRASE, ""),
                plain=plain,
                full=full,
                reason=reason,
                progress=progress,
            )
        if as_json:
            speech.facts(_facts(report, language))
        else:
            _tell(report, language)
        if not report.ok:
            click.get_current_context().exit(1)

    return backup


def _facts(report: BackupReport, language: Language) -> dict[str, object]:
    return {
        "ok": report.ok,
        "path": report.path,
        "snapshot": report.snapshot,
        "encrypted": report.encrypted,
        "objects": report.objects,
        "bytes": report.bytes,
        "written": report.written,
        "written_bytes": report.written_bytes,
        "renewed": report.renewed,
        "log_entries": report.size,
        "root": report.root,
        "left_out": list(report.left_out),
        "seconds": round(report.seconds, 3),
        "problems": [
            {"code": one.code, "path": one.path, "text": one.sentence(language)}
            for one in report.problems
        ],
    }


def _tell(report: BackupReport, language: Language) -> None:
    for one in report.problems:
        speech.line(f"{one.code}: {one.sentence(language)}")
    for path in report.left_out:
        speech.remark("backup.left_out", language, path=path)
    speech.line(
        say(
            "backup.done",
            language,
            path=report.path,
            snapshot=report.snapshot,
            objects=report.objects,
            written=report.written,
            entries=report.size,
            seconds=f"{report.seconds:.1f}",
        )
    )
    speech.line(say("backup.encrypted" if report.encrypted else "backup.plain", language))
    if report.renewed:
        speech.line(say("backup.renewed", language, count=report.renewed))
    if not report.ok:
        speech.line(say("backup.not_whole", language, count=len(report.problems)))
