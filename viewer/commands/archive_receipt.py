"""`virtopsy archive receipt DIR --case NUMBER --out R.pdf`: an intake on paper, to be signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, reason_option, user_option
from viewer.presenters import handed_out
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.report.receipt import Receipt


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"receipt.option.{name}", language)

    @speech.command("receipt", language, "receipt.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @case_option(language)
    @click.option("--out", required=True, metavar="R.pdf", type=speech.PLACE, help=meant("out"))
    @click.option("--intake", "intake_id", default="", metavar="ID", help=meant("intake"))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def receipt(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        number: str,
        out: Path,
        intake_id: str,
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        from viewer.presenters.archive.receipts import make_receipt

        handed_out.check(out, (".pdf",), new=True)
        with acting(folder, user, language) as (archive, actor):
            paper = make_receipt(
                archive, actor, number, language, intake_id=intake_id, reason=reason
            )
        handed_out.write(paper.pdf, out)
        if as_json:
            speech.facts(_facts(paper.receipt, out))
            return
        speech.line(say("receipt.written", language, path=out))
        speech.line(say("receipt.sign", language))

    return receipt


def _facts(receipt: Receipt, out: Path) -> dict[str, object]:
    return {
        "case": receipt.case_number,
        "intake": receipt.intake_id,
        "path": str(out),
        "list_sha256": receipt.list_sha256,
        "intake_sha256": receipt.intake_sha256,
        "manifests": {one.uid: one.manifest_sha256 for one in receipt.series},
        "log": {"size": receipt.log.size, "root": receipt.log.root},
        "fingerprint": receipt.log.key_fingerprint,
        "received_by": receipt.received_by,
        "flags": len(receipt.flags),
    }
