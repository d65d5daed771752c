"""`virtopsy archive restore BACKUP DIR`: an archive out of its backup, checked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import (
    PASSWORD,
    PHRASE,
    password_of,
    reason_option,
    secret,
    user_option,
)
from viewer.commands.fingerprint import fingerprint_of
from virtopsy.errors import UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.proof.snapshot import Snapshot
    from archive.recovery import RestoreReport

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"backup.option.{name}", language)

    @speech.command("restore", language, "backup.restore.help")
    @click.argument("backup", metavar="BACKUP", type=_PATH)
    @click.argument("folder", metavar="DIR", type=_PATH, required=False)
    @click.option("--archive", "uuid", metavar="UUID", help=meant("archive"))
    @click.option("--snapshot", metavar="NAME", help=meant("snapshot"))
    @click.option("--list", "listed", is_flag=True, help=meant("list"))
    @click.option(
        "--checkpoint",
        "checkpoints",
        metavar="FILE",
        multiple=True,
        type=_PATH,
        help=meant("checkpoint"),
    )
    @click.option("--key", help=say("archive.cli.option.key", language))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def restore(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        backup: Path,
        folder: Path | None,
        uuid: str | None,
        snapshot: str | None,
        listed: bool,
        checkpoints: tuple[Path, ...],
        key: str | None,
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        from archive.recovery import is_encrypted, restore_backup, snapshots_of
        from archive.storage.machine import system_clock

        if not listed and folder is None:
            raise UsageError("backup.restore.no_folder")
        wanted = fingerprint_of(key)
        phrase, password = os.environ.get(PHRASE, ""), ""
        if phrase and not user:
            password = os.environ.get(PASSWORD, "")
        elif is_encrypted(backup, uuid):
            missing = UsageError("backup.no_password", variable=PASSWORD)
            password = secret(PASSWORD, say("backup.restore.password", language), missing)
        elif user:
            password = password_of(user, language)
        if listed or folder is None:
            found = snapshots_of(backup, password=password, phrase=phrase, archive=uuid)
            _list(found, language, as_json)
            return
        progress = speech.progress("backup.progress.restore", language)
        with speech.stoppable(progress):
            report = restore_backup(
                backup,
                folder,
                password=password,
                phrase=phrase,
                clock=system_clock,
                archive=uuid,
                snapshot=snapshot,
                checkpoints=checkpoints,
                key=wanted,
                user=user or "",
                reason=reason,
                progress=progress,
            )
        if as_json:
            speech.facts(_facts(report, language))
        else:
            _tell(report, language, outside=bool(checkpoints))
        if not report.ok:
            click.get_current_context().exit(1)

    return restore


def _list(snapshots: tuple[Snapshot, ...], language: Language, as_json: bool) -> None:
    facts = [
        {
            "snapshot": one.name,
            "ts": one.ts,
            "objects": one.count,
            "bytes": one.total_bytes,
            "log_entries": one.size,
            "root": one.root,
        }
        for one in snapshots
    ]
    if as_json:
        speech.facts({"snapshots": facts})
        return
    for one in snapshots:
        text = say(
            "backup.snapshot",
            language,
            name=one.name,
            ts=one.ts,
            objects=one.count,
            entries=one.size,
        )
        speech.line(text)


def _facts(report: RestoreReport, language: Language) -> dict[str, object]:
    return {
        "ok": report.ok,
        "path": str(report.folder),
        "archive": report.archive,
        "snapshot": report.snapshot,
        "ts": report.ts,
        "objects": report.objects,
        "bytes": report.bytes,
        "log_entries": report.size,
        "root": report.root,
        "missing_entries": report.missing_entries,
        "problems": [
            {"code": one.code, "path": one.path, "text": one.sentence(language)}
            for one in report.problems
        ],
    }


def _tell(report: RestoreReport, language: Language, *, outside: bool) -> None:
    for one in report.problems:
        speech.line(f"{one.code}: {one.sentence(language)}")
    key = "backup.restored" if report.ok else "backup.restored_not_good"
    text = say(
        key,
        language,
        path=report.folder,
        snapshot=report.snapshot,
        ts=report.ts,
        objects=report.objects,
        entries=report.size,
        count=len(report.problems),
    )
    speech.line(text)
    if report.ok and not outside:
        speech.line(say("backup.no_outside", language))
