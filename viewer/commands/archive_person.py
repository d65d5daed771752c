"""`virtopsy archive person DIR add|disable|list`: who may do what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override

from viewer.commands import speech
from viewer.commands.acting import (
    NEW_PASSWORD,
    acting,
    password_of,
    reason_option,
    user_option,
)
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.records import Person

_FOLDER = speech.PLACE
_ROLES = (
    *("expert", "investigator", "court", "prosecutor", "participant", "administrator", "auditor"),
)


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = speech.Group("person", language, "archive.cli.person.help")
    _add_add(group, language)
    _add_disable(group, language)
    _add_list(group, language)
    return _DirectoryFirst(group)


class _DirectoryFirst(click.Command):
    """`person DIR add ...`: the folder stands before the verb, as the contract has it."""

    def __init__(self, group: speech.Group) -> None:
        super().__init__(group.name, help=group.help)
        self.group = group
        self.allow_interspersed_args = False
        self.ignore_unknown_options = True

    @override
    def get_help(self, ctx: click.Context) -> str:
        return self.group.get_help(ctx)

    @override
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        verbs = [place for place, one in enumerate(args) if one in self.group.commands]
        asked = set(ctx.help_option_names) & set(args)
        ctx.args = _verb_first(args, verbs[0]) if verbs else [*asked] or args
        return ctx.args

    @override
    def invoke(self, ctx: click.Context) -> Any:
        return self.group.main(
            ctx.args,
            prog_name=ctx.command_path,
            standalone_mode=False,
            help_option_names=ctx.help_option_names,
        )


def _verb_first(args: list[str], place: int) -> list[str]:
    return [args[place], *args[:place], *args[place + 1 :]]


def _add_add(group: speech.Group, language: Language) -> None:
    @group.add("add", "archive.cli.person.add.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @click.argument("name")
    @click.option(
        "--role",
        "roles",
        multiple=True,
        required=True,
        type=click.Choice(_ROLES),
        help=say("archive.cli.option.role", language),
    )
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def add(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        name: str,
        roles: tuple[str, ...],
        user: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        from archive.records import Role

        with acting(folder, user, language) as (archive, actor):
            password = password_of(name, language, NEW_PASSWORD)
            wanted = [Role(role) for role in roles]
            person = archive.access.add_person(actor, name, password, wanted, reason=reason)
        if as_json:
            speech.facts(_person_facts(person))
            return
        words = ", ".join(say(f"archive.role.{role}", language) for role in person.roles)
        speech.line(say("archive.cli.person_added", language, name=person.name, roles=words))


def _add_disable(group: speech.Group, language: Language) -> None:
    @group.add("disable", "archive.cli.person.disable.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @click.argument("name")
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def disable(folder: Path, name: str, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            archive.access.disable(actor, name, reason=reason)
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
            speech.facts({"persons": [_person_facts(one) for one in persons]})
            return
        for one in persons:
            roles = ", ".join(say(f"archive.role.{role}", language) for role in one.roles)
            key = "archive.cli.person_off" if one.disabled else "archive.cli.person"
            speech.line(say(key, language, name=one.name, roles=roles))


def _person_facts(person: Person) -> dict[str, Any]:
    return {
        "id": person.person_id,
        "name": person.name,
        "roles": list(person.roles),
        "disabled": person.disabled,
    }
