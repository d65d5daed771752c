"""`virtopsy archive log DIR`: the log in sentences, or handed out as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import acting, case_option, count, user_option
from viewer.presenters import handed_out
from virtopsy.errors import UsageError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.records import Actor, LogEntry, LogQuery
    from archive.services.log_export import LogExported

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    def meant(name: str) -> str:
        return say(f"entry.option.{name}", language)

    @speech.command("log", language, "entry.help")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @case_option(language, required=False)
    @click.option("--after", type=count(0), default=0, metavar="SEQ", help=meant("after"))
    @click.option("--limit", type=count(1), default=None, help=meant("limit"))
    @click.option("--denied", is_flag=True, help=meant("denied"))
    @click.option("--csv", "csv_out", metavar="OUT.csv", type=_PATH, help=meant("csv"))
    @click.option("--audit-xml", "xml_out", metavar="OUT.xml", type=_PATH, help=meant("audit_xml"))
    @user_option(language)
    @speech.json_option(language)
    def log(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        number: str | None,
        after: int,
        limit: int | None,
        denied: bool,
        csv_out: Path | None,
        xml_out: Path | None,
        user: str | None,
        as_json: bool,
    ) -> None:
        from archive.records import LogQuery

        if (csv_out and xml_out) or ((csv_out or xml_out) and limit is not None):
            raise UsageError("entry.one_form")
        wanted = LogQuery(number or "", refused=denied, after=after)
        with acting(folder, user, language) as (archive, actor):
            if csv_out or xml_out:
                out = _Out("csv", csv_out) if csv_out else _Out("audit_xml", xml_out or folder)
                handed_out.check(out.path, (".csv",) if csv_out else (".xml",))
                found = _write(archive, actor, out, wanted, language)
                _tell_written(found, out.path, language, as_json=as_json)
                return
            entries = archive.log.entries(actor, number, after=after, limit=limit, denied=denied)
            size, root = archive.log.head(actor)
        _tell(entries, size, root, language, as_json=as_json)

    return log


@dataclass(frozen=True)
class _Out:
    """A file to hand out: which form, and where."""

    form: str
    path: Path


def _write(
    archive: Archive, actor: Actor, out: _Out, wanted: LogQuery, language: Language
) -> LogExported:
    from archive.services.log_export import LogForm

    with handed_out.draft(out.path) as file:
        return archive.log_export.write(
            actor,
            LogForm(out.form),
            language,
            file.write,
            wanted=wanted,
            progress=speech.progress("entry.progress", language),
        )


def _tell_written(found: LogExported, out: Path, language: Language, *, as_json: bool) -> None:
    if as_json:
        speech.facts({"path": str(out), "entries": found.entries, "sha256": found.sha256})
        return
    speech.line(say("entry.written", language, path=out, n=found.entries, sha256=found.sha256))


def _tell(
    entries: tuple[LogEntry, ...], size: int, root: bytes, language: Language, *, as_json: bool
) -> None:
    from archive.services.explain import sentence

    if as_json:
        listed = [_facts(one, sentence(one, language)) for one in entries]
        speech.facts({"size": size, "root": root.hex(), "entries": listed})
        return
    for one in entries:
        text = sentence(one, language)
        speech.line(say("entry.told", language, seq=one.seq, ts=one.ts, text=text))
    speech.line(say("archive.cli.head", language, size=size, root=root.hex()))


def _facts(entry: LogEntry, text: str) -> dict[str, Any]:
    from archive.proof import chain

    body = chain.legible(entry)  # a damaged one is shown as far as it goes; `verify` names it
    named = body.get("obj")
    return {
        "seq": entry.seq,
        "ts": entry.ts,
        "actor": entry.actor_name or entry.actor,
        "actor_id": entry.actor,
        "act": entry.act,
        "out": entry.out,
        "case": entry.case_number,
        "text": text,
        "objects": [
            {"type": one.get("t"), "id": one.get("id"), "sha256": one.get("sha256")}
            for one in map(chain.mapping, named if isinstance(named, list) else ())
        ],
        "reason": body.get("reason"),
        "data": body.get("data"),
        "hash": entry.hash,
    }
