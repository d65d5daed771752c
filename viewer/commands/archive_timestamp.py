"""`virtopsy archive timestamp DIR request|take`: timestamps of the log from outside, by file."""

from __future__ import annotations

from pathlib import Path

import click

from viewer.commands import speech
from viewer.commands.acting import acting, reason_option, user_option
from viewer.commands.folder_first import FolderFirst
from viewer.presenters import handed_out
from virtopsy.errors import InputError
from virtopsy.language import Language, say
from virtopsy.report.moments import to_the_second

_PATH = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = speech.Group("timestamp", language, "anchor.help.timestamp")
    _add_request(group, language)
    _add_take(group, language)
    return FolderFirst(group)


def _add_request(group: speech.Group, language: Language) -> None:
    @group.add("request", "anchor.help.timestamp.request")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.argument("out", metavar="OUT.tsq", type=_PATH)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def request(folder: Path, out: Path, user: str | None, reason: str, as_json: bool) -> None:
        handed_out.check(out, (".tsq",))
        with acting(folder, user, language) as (archive, actor):
            asked = archive.timestamps.request(actor, reason=reason)
        handed_out.write(asked.tsq, out)
        if as_json:
            speech.facts({"path": str(out), "size": asked.size})
        else:
            speech.line(say("anchor.timestamp.asked", language, path=out, size=asked.size))


def _add_take(group: speech.Group, language: Language) -> None:
    @group.add("take", "anchor.help.timestamp.take")
    @click.argument("folder", metavar="DIR", type=_PATH)
    @click.argument("brought", metavar="IN.tsr", type=_PATH)
    @click.option("--ca", metavar="CA.pem", type=_PATH, help=say("anchor.option.ca", language))
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def take(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path, brought: Path, ca: Path | None, user: str | None, reason: str, as_json: bool
    ) -> None:
        content = _read(brought)
        with acting(folder, user, language) as (archive, actor):
            found = archive.timestamps.take(actor, content, ca=ca, reason=reason)
        if as_json:
            told = {"size": found.size, "time": found.time.isoformat(), "checked": found.checked}
            speech.facts({**told, "authority": found.authority, "path": found.path})
            return
        when = to_the_second(found.time)
        authority = found.authority or "—"
        words = {"when": when, "authority": authority}
        speech.line(say("anchor.timestamp.taken", language, size=found.size, **words))
        speech.line(say(f"anchor.checked.{found.checked}", language))


def _read(path: Path) -> bytes:
    from archive.proof.timestamp import LARGEST
    from archive.storage.files import Files

    if not path.exists():
        raise InputError("archive.source.missing", path=path)
    return Files().read_brought(path, 2 * LARGEST)
