"""`virtopsy archive verify`: is everything as it was recorded?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import case_option
from viewer.commands.fingerprint import fingerprint_of
from virtopsy.errors import UsageError
from virtopsy.language import Fact, Language, say

if TYPE_CHECKING:
    from archive.records import Problem, VerifyReport

_NOTES_OF_A_KIND = 20  # in words; an interrupted intake may leave thousands of objects


def build(language: Language) -> click.Command:
    """Return the command."""

    @speech.command("verify", language, "archive.cli.verify.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @case_option(language, required=False)
    @click.option("--key", help=say("archive.cli.option.key", language))
    @click.option("--head", "paper", help=say("receipt.option.head", language))
    @click.option("--changed", is_flag=True, help=say("archive.cli.option.changed", language))
    @click.option("--anew", is_flag=True, help=say("archive.cli.option.anew", language))
    @speech.json_option(language)
    def verify(
        folder: Path,
        number: str | None,
        key: str | None,
        paper: str | None,
        as_json: bool,
        **scope: bool,  # --changed, --anew
    ) -> None:
        wanted = fingerprint_of(key)
        report = _checked(folder, number, wanted, paper, language, **scope)
        if as_json:
            speech.facts(_facts(report, wanted, language))
        else:
            _tell(report, language)
        if not report.ok:
            click.get_current_context().exit(1)

    return verify


def _checked(  # noqa: PLR0913 -- one for each option
    folder: Path,
    number: str | None,
    key: str | None,
    paper: str | None,
    language: Language,
    *,
    changed: bool,
    anew: bool,
) -> VerifyReport:
    from archive.opening import verify_folder
    from archive.services.paper import head_of
    from archive.services.verify import Scope
    from archive.storage.machine import own_state, system_clock

    if changed and anew:
        raise UsageError("archive.cli.changed_and_anew")
    scope = Scope.CHANGED if changed else Scope.ANEW if anew else Scope.FULL
    head = None if paper is None else head_of(paper)
    progress = speech.progress("archive.cli.progress.verify", language, unit=10)
    with speech.stoppable(progress):
        return verify_folder(
            folder,
            clock=system_clock,
            case_number=number,
            key=key,
            paper=head,
            progress=progress,
            scope=scope,
            state=own_state(),
        )


def _facts(report: VerifyReport, key: str | None, language: Language) -> dict[str, Any]:
    known = None if key is None else key == report.fingerprint
    return {
        "ok": report.ok,
        "sealed": {
            "when": report.sealed_when or None,
            "signer": {"fingerprint": report.fingerprint or None, "known": known},
        },
        "checked": {
            "files": report.checked.files,
            "bytes": report.checked.bytes,
            "log_entries": report.checked.log_entries,
            "signatures": report.checked.signatures,
            "skipped": report.checked.skipped,
            "skipped_since": report.since or None,
        },
        "problems": _listed(report.problems, language),
        "notes": _listed(report.notes, language),
    }


def _listed(found: Iterable[Problem], language: Language) -> list[dict[str, str]]:
    return [{"code": one.code, "path": one.path, "text": one.sentence(language)} for one in found]


def _tell(report: VerifyReport, language: Language) -> None:
    for one in report.problems:
        speech.line(f"{one.code}: {one.sentence(language)}")
    _tell_notes(report.notes, language)
    checked = report.checked
    if checked.skipped:
        facts: dict[str, Fact] = {"count": checked.skipped, "since": report.since}
        speech.line(say("archive.cli.skipped", language, **facts))
    if not report.ok:
        speech.line(say("archive.cli.faults", language, count=len(report.problems)))
        return
    speech.line(
        say(
            "archive.cli.verified",
            language,
            files=checked.files,
            entries=checked.log_entries,
            signatures=checked.signatures,
        )
    )
    sealed: dict[str, Fact] = {"when": report.sealed_when, "fingerprint": report.fingerprint}
    speech.line(say("archive.cli.sealed", language, **sealed))


def _tell_notes(notes: Iterable[Problem], language: Language) -> None:
    told: Counter[str] = Counter()
    for one in notes:
        told[one.code] += 1
        if told[one.code] <= _NOTES_OF_A_KIND:
            speech.line(say("archive.cli.note", language, text=one.sentence(language)))
    for count in told.values():
        if count > _NOTES_OF_A_KIND:
            more = count - _NOTES_OF_A_KIND
            speech.line(say("archive.cli.more_notes", language, count=more))
