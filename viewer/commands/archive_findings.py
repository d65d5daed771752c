"""`virtopsy archive findings DIR --case NUMBER --out FOLDER`: hands findings out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, reason_option, user_option
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from viewer.presenters.archive.exchanging import ExchangeReport

_FORMS = ("sr", "seg", "ko", "csv", "json", "all")


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"exchange.option.{name}", language)

    @speech.command("findings", language, "exchange.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @case_option(language)
    @click.option("--out", required=True, metavar="FOLDER", type=speech.PLACE, help=meant("out"))
    @click.option("--form", type=click.Choice(_FORMS), default="all", help=meant("form"))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def findings(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        number: str,
        out: Path,
        form: str,
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        from archive.storage.machine import system_clock
        from viewer.presenters.archive.exchanging import EVERY, Exchange, hand_out
        from virtopsy.exchange.form import Form

        forms = EVERY if form == "all" else frozenset({Form(form)})
        asked = Exchange(number, out, forms, language, reason)
        progress = speech.progress("exchange.progress", language)
        with acting(folder, user, language) as (archive, actor):
            report = hand_out(archive, actor, asked, when=system_clock(), progress=progress)
        if as_json:
            speech.facts(_facts(report, number, language))
        else:
            _tell(report, language)

    return findings


def _facts(report: ExchangeReport, number: str, language: Language) -> dict[str, object]:
    return {
        "case": number,
        "path": str(report.out),
        "findings": report.findings,
        "files": [{"name": name, "sha256": sha256} for name, sha256 in report.files],
        "left_out": [
            {"code": one.code, "text": one.sentence(language)} for one in report.omissions
        ],
    }


def _tell(report: ExchangeReport, language: Language) -> None:
    count = len(report.files)
    facts = {"findings": report.findings, "files": count}
    speech.line(say("exchange.done", language, path=report.out, **facts))
    for name, sha256 in report.files:
        speech.line(say("exchange.file", language, name=name, sha256=sha256))
    for one in report.omissions:
        speech.line(one.sentence(language))
