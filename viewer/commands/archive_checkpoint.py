"""`virtopsy archive checkpoint DIR [--destruction SEQ]`: sign the log, and vouch for what waits."""

from __future__ import annotations

from pathlib import Path

import click

from viewer.commands import speech
from viewer.commands.acting import acting, reason_option, user_option
from virtopsy.language import Language, say


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    help_text = say("destruction.cli.option.destruction", language)

    @speech.command("checkpoint", language, "destruction.cli.checkpoint.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @click.option("--destruction", "seqs", metavar="SEQ", type=int, multiple=True, help=help_text)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def checkpoint(
        folder: Path, seqs: tuple[int, ...], user: str | None, reason: str, as_json: bool
    ) -> None:
        with acting(folder, user, language) as (archive, actor):
            made = archive.log.checkpoint(actor, destructions=seqs, reason=reason)
        root = made.root.hex()
        if as_json:
            speech.facts({"size": made.size, "root": root, "destructions": list(seqs)})
        else:
            speech.line(say("destruction.cli.checkpoint.done", language, size=made.size, root=root))

    return checkpoint
