"""`virtopsy archive bundle DIR --case NUMBER --out BUNDLE`: hands a case out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, reason_option, user_option
from viewer.commands.handed_in import text_of
from virtopsy.errors import InputError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.records import Actor
    from archive.services.bundling import BundleReport
    from viewer.presenters.court.export import Export

_PATH = speech.PLACE
_SUBJECTS = ("deceased", "living", "unknown")


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"bundle.option.{name}", language)

    @speech.command("bundle", language, "bundle.help")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @case_option(language)
    @click.option("--out", required=True, metavar="BUNDLE", type=_PATH, help=meant("out"))
    @click.option("--zip", "zipped", is_flag=True, help=meant("zip"))
    @click.option("--text-file", "text", type=_PATH, help=meant("text"))
    @click.option("--subject", type=click.Choice(_SUBJECTS), default=None, help=meant("subject"))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def bundle(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        number: str,
        out: Path,
        zipped: bool,
        text: Path | None,
        subject: str | None,
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        from viewer.presenters.court.export import Export
        from virtopsy.case.subject import Subject

        asked = Export(
            number=number,
            out=out,
            language=language,
            text=_read(text) if text else "",
            subject=None if subject is None else Subject(subject),
            zipped=zipped,
            reason=reason,
        )
        with acting(folder, user, language) as (archive, actor):
            report, gone = _write(archive, actor, asked)
            single_keeper = bool(archive.access.single_keeper())
        if as_json:
            speech.facts({**_facts(report, number, single_keeper), "left_out": list(gone)})
        else:
            _tell(report, language, single_keeper)

    return bundle


def _read(path: Path) -> str:
    try:
        return text_of(path)
    except (OSError, ValueError) as error:
        raise InputError("bundle.text_file", path=path) from error


def _write(archive: Archive, actor: Actor, asked: Export) -> tuple[BundleReport, tuple[str, ...]]:
    """Write the bundle; return its report and the series that destruction leaves out."""
    from archive.storage.machine import system_clock
    from viewer.presenters.archive.destroyed import left_out
    from viewer.presenters.archive.kept_scan import load_case
    from viewer.presenters.court.export import export_bundle
    from viewer.render.court_pictures import court_pictures

    archive.court.refuse_place(actor, asked.out)
    case = archive.cases.open(actor, asked.number)
    loading = speech.progress("bundle.progress.load", asked.language)
    opened = load_case(archive, actor, case, loading)
    gone = left_out(archive, actor, case)
    report = export_bundle(
        archive,
        actor,
        asked,
        opened=opened,
        pictures=court_pictures,
        when=system_clock(),
        progress=speech.progress("bundle.progress", asked.language),
    )
    if gone.uids:
        speech.remark("destruction.left_out", asked.language, **gone.facts)
    if opened is None:
        speech.remark("destruction.no_pictures", asked.language, number=asked.number)
    return report, gone.uids


def _facts(report: BundleReport, number: str, single_keeper: bool) -> dict[str, object]:
    return {
        "case": number,
        "path": str(report.path),
        "fingerprint": report.fingerprint,
        "when": report.when,
        "files": report.files,
        "bytes": report.bytes,
        "single_keeper": single_keeper,
    }


def _tell(report: BundleReport, language: Language, single_keeper: bool) -> None:
    speech.line(
        say("bundle.done", language, path=report.path, files=report.files, bytes=report.bytes)
    )
    facts = {"when": report.when, "fingerprint": report.fingerprint}
    speech.line(say("bundle.sealed", language, **facts))
    if single_keeper:
        speech.line(say("bundle.single_keeper", language))
