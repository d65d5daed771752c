"""`virtopsy archive person DIR add|disable|list|role|...`: who may do what."""

from __future__ import annotations

from pathlib import Path

import click

from viewer.commands import archive_person_changes, speech
from viewer.commands.acting import (
    NEW_PASSWORD,
    acting,
    acting_with,
    password_of,
    user_option,
)
from viewer.commands.folder_first import FolderFirst
from viewer.commands.person_options import about_person, roles_option
from viewer.commands.person_words import facts_of, roles_of
from virtopsy.language import Language, say

_FOLDER = speech.PLACE


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = speech.Group("person", language, "archive.cli.person.help")
    _add_add(group, language)
    _add_disable(group, language)
    _add_list(group, language)
    archive_person_changes.add_to(group, language)
    return FolderFirst(group)


def _add_add(group: speech.Group, language: Language) -> None:
    @group.add("add", "archive.cli.person.add.help")
    @roles_option(language)
    @about_person(language)
    def add(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        name: str,
        roles: tuple[str, ...],
        user: str | None,
        second: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        from archive.records import Role

        with acting_with(folder, user, second, language) as (archive, actor, other):
            password = password_of(name, language, NEW_PASSWORD)
            archive.note_interrupted(actor)
            wanted = [Role(role) for role in roles]
            person = archive.access.add_person(
                actor, name, password, wanted, second=other, reason=reason
            )
        if as_json:
            speech.facts(facts_of(person))
            return
        words = roles_of(person, language)
        speech.line(say("archive.cli.person_added", language, name=person.name, roles=words))


def _add_disable(group: speech.Group, language: Language) -> None:
    @group.add("disable", "archive.cli.person.disable.help")
    @about_person(language)
    def disable(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        name: str,
        user: str | None,
        second: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        with acting_with(folder, user, second, language) as (archive, actor, other):
            archive.note_interrupted(actor)
            archive.access.disable(actor, name, second=other, reason=reason)
        if as_json:
            speech.facts({"name": name, "disabled": True})
        else:
            speech.line(say("archive.cli.person_disabled", language, name=name))


def _add_list(group: speech.Group, language: Language) -> None:
    @group.add("list", "archive.cli.person.list.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @user_option(language)
    @speech.json_option(language)
    def list_persons(folder: Path, user: str | None, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            persons = archive.access.list(actor)
        if as_json:
            speech.facts({"persons": [facts_of(one) for one in persons]})
            return
        for one in persons:
            key = "archive.cli.person_off" if one.disabled else "archive.cli.person"
            speech.line(say(key, language, name=one.name, roles=roles_of(one, language)))
