"""`virtopsy archive prove DIR --case N --out FOLDER`: the entries of a case with their proofs."""

from __future__ import annotations

from pathlib import Path

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, reason_option, user_option
from virtopsy.language import Language, say

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    out_help = say("anchor.option.out", language)

    @speech.command("prove", language, "anchor.help.prove")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @case_option(language)
    @click.option("--out", required=True, metavar="FOLDER", type=_PATH, help=out_help)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def prove(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path, number: str, out: Path, user: str | None, reason: str, as_json: bool
    ) -> None:
        with acting(folder, user, language) as (archive, actor):
            made = archive.case_proofs.write(actor, number, out, reason=reason)
            fingerprint = archive.fingerprint
        facts = {"entries": made.entries, "size": made.size, "root": made.root}
        if as_json:
            speech.facts({"path": str(out), **facts, "fingerprint": fingerprint})
            return
        counts = {"n": made.entries, "size": made.size}
        told = say("anchor.proven", language, path=out, fingerprint=fingerprint, **counts)
        speech.line(told)

    return prove
