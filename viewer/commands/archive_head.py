"""`virtopsy archive head DIR`: the log's head in digits, as QR in the terminal, or for paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import acting, user_option
from viewer.presenters import handed_out
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.report.head import LogHead

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    out_help = say("anchor.option.png", language)

    @speech.command("head", language, "anchor.help.head")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.option("--out", metavar="HEAD.png", type=_PATH, help=out_help)
    @user_option(language)
    @speech.json_option(language)
    def head(folder: Path, out: Path | None, user: str | None, as_json: bool) -> None:
        if out is not None:
            handed_out.check(out, (".png",))
        with acting(folder, user, language) as (archive, actor):
            found = archive.heads.now(actor)
            anchor = archive.anchors.last(actor)
            if out is not None:
                archive.heads.printed(actor, found)
                handed_out.write(_png(found), out)
        if as_json:
            told = {"size": found.size, "root": found.root}
            speech.facts({**told, "fingerprint": found.key_fingerprint, "archive": found.archive})
            return
        _tell(found, language)
        speech.line(anchor.sentence(language))

    return head


def _tell(head: LogHead, language: Language) -> None:
    from virtopsy.report.head import head_rows

    speech.line(_drawn(head))
    for name, digits in head_rows(head, language):
        speech.line(say("anchor.head.row", language, name=name, digits=digits))


def _drawn(head: LogHead) -> str:
    """Return the QR code in half blocks."""
    import segno

    from virtopsy.report.head import head_text

    drawn = io.StringIO()
    segno.make(head_text(head), error="m", micro=False).terminal(drawn, compact=True)
    return drawn.getvalue().rstrip("\n")


def _png(head: LogHead) -> bytes:
    from viewer.render.head_picture import head_png

    return head_png(head)
