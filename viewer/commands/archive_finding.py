"""`virtopsy archive finding DIR --case NUMBER`: adds findings from JSON or a DICOM object."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, reason_option, user_option
from viewer.commands.handed_in import text_of
from virtopsy.errors import InputError, UsageError
from virtopsy.language import Language, Phrase, say
from virtopsy.system_reason import reason_of

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.records import Actor
    from virtopsy.exchange.omission import Taken


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("finding", language, "archive.cli.finding.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @case_option(language)
    @click.option("--series", help=say("archive.cli.option.series", language))
    @click.option(
        "--json-file",
        "path",
        type=speech.PLACE,
        help=say("archive.cli.option.json_file", language),
    )
    @click.option(
        "--dicom-file", "dicom", type=speech.PLACE, help=say("exchange.option.dicom_file", language)
    )
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def finding(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        number: str,
        series: str | None,
        path: Path | None,
        dicom: Path | None,
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        if (path is None) == (dicom is None):
            raise UsageError("exchange.in.one_file")
        if dicom is not None:
            with acting(folder, user, language) as (archive, actor):
                taken = _from_dicom(archive, actor, number, dicom, reason, language)
            _tell(taken, number, language, as_json)
            return
        records = _records_in(path, series) if path else []
        with acting(folder, user, language) as (archive, actor):
            made = archive.cases.add_findings(actor, number, records, reason=reason)
        if as_json:
            speech.facts({"case": number, "finding_id": made[0], "finding_ids": list(made)})
            return
        for one in made:
            speech.line(say("archive.cli.finding", language, id=one))

    return finding


def _from_dicom(  # noqa: PLR0913, PLR0917 -- who adds what, from where, and why
    archive: Archive, actor: Actor, number: str, path: Path, reason: str, language: Language
) -> Taken:
    from viewer.presenters.archive.exchanging import take_in
    from virtopsy.findings.record import to_record

    taken = take_in(archive, actor, number, path, speech.progress("exchange.progress", language))
    if taken.findings:
        records = [to_record(one) for one in taken.findings]
        archive.cases.add_findings(actor, number, records, reason=reason)
    return taken


def _tell(taken: Taken, number: str, language: Language, as_json: bool) -> None:
    left = [{"code": one.code, "text": one.sentence(language)} for one in taken.omissions]
    if as_json:
        ids = [one.finding_id for one in taken.findings]
        first = ids[0] if ids else None
        speech.facts({"case": number, "finding_id": first, "finding_ids": ids, "left_out": left})
        return
    for one in taken.findings:
        speech.line(say("exchange.in.added", language, name=one.name, id=one.finding_id))
    for omission in left:
        speech.line(omission["text"])
    if not taken.findings:
        speech.line(say("exchange.in.nothing", language))


def _records_in(path: Path, series: str | None) -> list[dict[str, Any]]:
    """Return the records of a file: one finding, or those that `archive findings` wrote."""
    from virtopsy.exchange.table import records_in

    try:
        text = text_of(path)
    except OSError as error:
        raise InputError("archive.finding.file", path=path, detail=reason_of(error)) from error
    except ValueError as error:
        foreign = isinstance(error, UnicodeDecodeError)
        why = Phrase("exchange.in.no_text" if foreign else "exchange.in.too_large")
        raise InputError("archive.finding.file", path=path, detail=why) from error
    listed = [_checked(one, series) for one in records_in(text)]
    if not listed:
        raise InputError("findings.record.not_an_object")
    return listed


def _checked(record: Any, series: str | None) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise InputError("findings.record.not_an_object")
    if series is not None and not series.strip():
        raise UsageError("scan.series_not_named")
    if series is not None and record.setdefault("series_uid", series) != series:
        raise UsageError("archive.finding.series", series=series)
    return record
