"""`virtopsy archive search DIR TEXT`: finds words in one's own cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import acting, limit_option, user_option
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.records import SearchReport

_SHOWN = 50


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("search", language, "search.cli.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @click.argument("text", metavar="TEXT")
    @limit_option(language, _SHOWN)
    @user_option(language)
    @speech.json_option(language)
    def search(folder: Path, text: str, limit: int, user: str | None, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            report = archive.search.find(actor, text, limit=limit)
        if as_json:
            speech.facts(_facts(report))
        else:
            _tell(report, language)

    return search


def _facts(report: SearchReport) -> dict[str, Any]:
    results = [
        {
            "case": one.case_number,
            "study": one.study_uid,
            "kind": one.kind,
            "text": one.text,
            "id": one.id,
        }
        for one in report.results
    ]
    return {"total": report.total, "more": report.more, "results": results}


def _tell(report: SearchReport, language: Language) -> None:
    for one in report.results:
        kind = say(f"search.kind.{one.kind}", language)
        hit = {"case": one.case_number, "kind": kind, "text": one.text}
        speech.line(say("search.cli.hit", language, **hit))
    shown = len(report.results)
    if report.more:
        speech.line(say("search.more", language, total=report.total, shown=shown))
    elif shown < report.total:
        speech.line(say("search.some", language, total=report.total, shown=shown))
    else:
        speech.line(say(report.answer, language, total=report.total))
