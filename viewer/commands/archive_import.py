"""`virtopsy archive import DIR PATH... --case NUMBER`: evidence comes in, with its statement."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, reason_option, user_option
from virtopsy.errors import UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.records import Flag, IntakeReport

_FOLDER = speech.PLACE
_MB = 1_000_000
_YES = ("yes", "да", "иә")
_NO = ("no", "нет", "жоқ")


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("import", language, "archive.cli.import.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @click.argument("sources", metavar="PATH...", nargs=-1, required=True, type=_FOLDER)
    @case_option(language)
    @user_option(language)
    @click.option("--basis", default="", help=say("archive.cli.option.basis", language))
    @click.option("--from", "deliverer", default="", help=say("archive.cli.option.from", language))
    @click.option("--carrier", default="", help=say("intake.cli.option.carrier", language))
    @click.option("--seal", default="", help=say("intake.cli.option.seal", language))
    @click.option("--confirm", default="", help=say("intake.cli.option.confirm", language))
    @reason_option(language)
    @speech.json_option(language)
    def take_in(
        folder: Path,
        sources: tuple[Path, ...],
        number: str,
        user: str | None,
        as_json: bool,
        **statement: Any,  # the texts above, by name
    ) -> None:
        agrees, words = confirmation(statement.pop("confirm"))
        progress = speech.progress("intake.cli.progress", language, unit=_MB)
        with acting(folder, user, language) as (archive, actor):
            report = archive.intake.take_in(
                actor,
                sources,
                case_number=number,
                agrees=agrees,
                agrees_words=words,
                progress=progress,
                **statement,
            )
        for name in report.not_stated:
            speech.remark(f"intake.cli.not_stated.{name}", language)
        if as_json:
            speech.facts(_facts(report, language))
        else:
            _tell(report, language)

    return take_in


def confirmation(typed: str) -> tuple[bool | None, str]:
    """Return whether body tag, scout and name agree, and the words, from "yes" or "no: WORDS".

    Raises:
        UsageError: it begins with neither.
    """
    answer, _, words = typed.partition(":")
    answer = answer.strip().casefold()
    if not answer and not words:
        return None, ""
    if answer in _YES:
        return True, words.strip()
    if answer in _NO:
        return False, words.strip()
    raise UsageError("intake.cli.bad_confirm", typed=typed[:60])


def _facts(report: IntakeReport, language: Language) -> dict[str, Any]:
    return {
        "case": report.case,
        "files": report.files,
        "stored": report.stored,
        "already": report.already,
        "conflicts": report.conflicts,
        "opaque": report.opaque,
        "bytes": report.bytes,
        "seconds": round(report.seconds, 3),
        "not_stated": list(report.not_stated),
        "manifests": dict(report.series_manifests),
        "kinds": dict(report.kinds),
        "flags": [_flag(one, language) for one in report.flags],
        "report": [
            {
                "path": one.path,
                "code": one.code,
                "text": one.sentence(language),
                "kind": one.kind or None,
                "flags": [_flag(flag, language) for flag in one.flags],
            }
            for one in report.report
        ],
    }


def _flag(one: Flag, language: Language) -> dict[str, str]:
    return {"code": one.code, "about": one.about, "text": one.sentence(language)}


def _tell(report: IntakeReport, language: Language) -> None:
    speech.line(
        say(
            "archive.cli.imported",
            language,
            case=report.case,
            files=report.files,
            stored=report.stored,
            already=report.already,
            conflicts=report.conflicts,
            opaque=report.opaque,
            seconds=f"{report.seconds:.1f}",
        )
    )
    for one in report.report:
        if one.code != "stored" or one.facts:
            text = one.sentence(language)
            speech.line(say("archive.cli.imported_file", language, path=one.path, text=text))
    for flag in report.flags:
        speech.line(say("intake.cli.flag", language, text=flag.sentence(language)))
    counted = Counter(flag.sentence(language) for one in report.report for flag in one.flags)
    for text, n in counted.items():
        flagged = say("intake.cli.flagged", language, text=text, n=n)
        speech.line(say("intake.cli.flag", language, text=flagged))
