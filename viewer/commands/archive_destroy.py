"""`virtopsy archive destroy DIR --case N --object SHA256 | --series UID`: destruction by act."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import (
    acting_with,
    case_option,
    reason_option,
    second_option,
    user_option,
)
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.services.destruction import Destroyed

_FOLDER = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("destroy", language, "destruction.cli.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @case_option(language)
    @click.option(
        "--object",
        "sha256s",
        metavar="SHA256",
        multiple=True,
        help=say("destruction.cli.option.object", language),
    )
    @click.option("--series", "series_uid", help=say("destruction.cli.option.series", language))
    @click.option("--basis", required=True, help=say("destruction.cli.option.basis", language))
    @user_option(language)
    @second_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def destroy(
        folder: Path,
        number: str,
        user: str | None,
        second: str | None,
        as_json: bool,
        **named: Any,  # what is destroyed, on which basis, and why; by name
    ) -> None:
        named["series_uid"] = named["series_uid"] or ""
        with acting_with(folder, user, second, language) as (archive, actor, other):
            done = archive.destruction.destroy(actor, number, second=other, **named)
        if as_json:
            speech.facts(_facts(done))
        else:
            _tell(done, language)

    return destroy


def _facts(done: Destroyed) -> dict[str, Any]:
    return {
        "case": done.case,
        "seq": done.seq,
        "when": done.when,
        "objects": [{"sha256": one.sha256, "size": one.size} for one in done.objects],
        "concerned": [{"seq": one.seq, "act": one.act, "when": one.when} for one in done.concerned],
        "containers": [{"name": one.path, "sha256": one.sha256} for one in done.containers],
        "sealed": done.sealed,
        "complete": done.complete,
    }


def _tell(done: Destroyed, language: Language) -> None:
    count, case = len(done.objects), done.case
    speech.line(say("destruction.cli.done", language, n=count, case=case, seq=done.seq))
    for zip_file in done.containers:
        named = {"name": zip_file.path, "sha256": zip_file.sha256}
        speech.line(say("destruction.cli.container", language, **named))
    for one in done.concerned:
        what = say(f"entry.what.{one.act}", language)
        day = one.when[:10]
        speech.line(say("destruction.cli.concerned", language, what=what, when=day, seq=one.seq))
    if not done.sealed:
        speech.remark("destruction.cli.unsealed", language, seq=done.seq)
    elif not done.complete:
        speech.remark("destruction.cli.incomplete", language)
