"""`virtopsy archive person DIR add|disable|role|reset|...`: who there is, and who may do what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from viewer.commands.acting import (
    NEW_PASSWORD,
    PASSWORD,
    acting,
    acting_with,
    password_of,
    reason_option,
    second_option,
    user_option,
)
from viewer.commands.folder_first import FolderFirst
from virtopsy.errors import UsageError
from virtopsy.language import Fact, Language, say

if TYPE_CHECKING:
    from archive.opening import Archive
    from archive.records import Actor, Person, Role

ROLES = (
    *("expert", "investigator", "court", "prosecutor", "participant", "administrator", "auditor"),
)
"""The values of `archive.records.Role`: a help text need not load the archive."""


@dataclass(frozen=True)
class _Asked:
    """What a verb about a person was given.

    Attributes:
        folder: of the archive.
        name: of the person it is about.
        user, second: who acts and who stands by; None where nobody was named.
        typed_roles: of `--role`, for the verbs that take it.
    """

    language: Language
    folder: Path
    name: str
    user: str | None
    second: str | None
    reason: str
    as_json: bool
    typed_roles: tuple[str, ...] = ()

    @property
    def roles(self) -> Sequence[Role]:
        """The roles that were asked for."""
        from archive.records import Role

        return [Role(one) for one in self.typed_roles]

    def acting(self) -> AbstractContextManager[tuple[Archive, Actor, Actor | None]]:
        """Open the archive and log both in; see `acting_with`."""
        return acting_with(self.folder, self.user, self.second, self.language)

    def new_password(self) -> str:
        """Return the new password of the person it is about."""
        return password_of(self.name, self.language, NEW_PASSWORD)


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""
    group = speech.Group("person", language, "archive.cli.person.help")
    for verb in (_add, _disable, _list, _role, _password, _reset, _acknowledge):
        verb(group, language)
    return FolderFirst(group)


def _add(group: speech.Group, language: Language) -> None:
    @group.add("add", "archive.cli.person.add.help")
    @_about_person(language, roles=True)
    def add(asked: _Asked) -> None:
        with asked.acting() as (archive, actor, other):
            password = asked.new_password()
            archive.note_interrupted(actor)
            person = archive.access.add_person(
                actor, asked.name, password, asked.roles, second=other, reason=asked.reason
            )
        said = {"name": person.name, "roles": _roles_of(person, language)}
        _tell(asked.as_json, language, _facts_of(person), "archive.cli.person_added", **said)


def _disable(group: speech.Group, language: Language) -> None:
    @group.add("disable", "archive.cli.person.disable.help")
    @_about_person(language)
    def disable(asked: _Asked) -> None:
        with asked.acting() as (archive, actor, other):
            archive.note_interrupted(actor)
            archive.access.disable(actor, asked.name, second=other, reason=asked.reason)
        facts = {"name": asked.name, "disabled": True}
        _tell(asked.as_json, language, facts, "archive.cli.person_disabled", name=asked.name)


def _role(group: speech.Group, language: Language) -> None:
    @group.add("role", "access.cli.person.role.help")
    @_about_person(language, roles=True)
    def role(asked: _Asked) -> None:
        with asked.acting() as (archive, actor, other):
            person = archive.access.change_roles(
                actor, asked.name, asked.roles, second=other, reason=asked.reason
            )
        said = {"name": person.name, "roles": _roles_of(person, language)}
        _tell(asked.as_json, language, _facts_of(person), "access.cli.roles_changed", **said)


def _reset(group: speech.Group, language: Language) -> None:
    @group.add("reset", "access.cli.person.reset.help")
    @_about_person(language)
    def reset(asked: _Asked) -> None:
        with asked.acting() as (archive, actor, other):
            password = asked.new_password()
            archive.access.reset_password(
                actor, asked.name, password, second=other, reason=asked.reason
            )
        facts = {"name": asked.name, "reset": True}
        _tell(asked.as_json, language, facts, "access.cli.password_reset", name=asked.name)


def _list(group: speech.Group, language: Language) -> None:
    @group.add("list", "archive.cli.person.list.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @click.argument("name", required=False)
    @user_option(language)
    @speech.json_option(language)
    def list_persons(folder: Path, name: str | None, user: str | None, as_json: bool) -> None:
        from archive.proof import canonical

        with acting(folder, user, language) as (archive, actor):
            persons = archive.access.list(actor)
        if name is not None:
            asked = canonical.text(name).strip()
            persons = tuple(one for one in persons if one.name == asked)
            if not persons:
                raise UsageError("archive.person.unknown", name=name)
        if as_json:
            speech.facts({"persons": [_facts_of(one) for one in persons]})
            return
        for one in persons:
            key = "archive.cli.person_off" if one.disabled else "archive.cli.person"
            speech.line(say(key, language, name=one.name, roles=_roles_of(one, language)))


def _password(group: speech.Group, language: Language) -> None:
    @group.add("password", "access.cli.person.password.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def password(folder: Path, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            old = password_of(actor.name, language, PASSWORD)
            new = password_of(actor.name, language, NEW_PASSWORD)
            archive.access.change_password(actor, old, new, reason=reason)
        facts = {"name": actor.name, "changed": True}
        _tell(as_json, language, facts, "access.cli.password_changed", name=actor.name)


def _acknowledge(group: speech.Group, language: Language) -> None:
    @group.add("acknowledge", "access.cli.person.acknowledge.help")
    @click.argument("folder", metavar="DIR", type=speech.PLACE)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def acknowledge(folder: Path, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            archive.access.acknowledge_reset(actor, reason=reason)
        facts = {"name": actor.name, "acknowledged": True}
        _tell(as_json, language, facts, "access.cli.acknowledged", name=actor.name)


def _about_person(
    language: Language, *, roles: bool = False
) -> Callable[[Callable[[_Asked], None]], Callable[..., None]]:
    """Return the decorator of `DIR NAME [--role] --user --second --reason --json`."""

    def decorate(verb: Callable[[_Asked], None]) -> Callable[..., None]:
        def given(**options: Any) -> None:
            verb(_Asked(language, **options))

        function: Callable[..., None] = given
        for option in (speech.json_option, reason_option, second_option, user_option):
            function = option(language)(function)
        function = click.argument("name")(function)
        function = click.argument("folder", metavar="DIR", type=speech.PLACE)(function)
        return _role_option(language)(function) if roles else function

    return decorate


def _role_option(language: Language) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the decorator of `--role`, once for each."""
    text, role = say("archive.cli.option.role", language), click.Choice(ROLES)
    return click.option("--role", "typed_roles", multiple=True, required=True, type=role, help=text)


def _roles_of(person: Person, language: Language) -> str:
    """Return a person's roles in words."""
    return ", ".join(say(f"archive.role.{role}", language) for role in person.roles)


def _facts_of(person: Person) -> dict[str, Any]:
    """Return what `--json` tells of a person."""
    return {
        "id": person.person_id,
        "name": person.name,
        "roles": list(person.roles),
        "disabled": person.disabled,
        "reset": person.reset,
    }


def _tell(as_json: bool, language: Language, facts: dict[str, Any], key: str, **said: Fact) -> None:
    """Print facts for a machine, or the sentence of `key` for a person."""
    if as_json:
        speech.facts(facts)
    else:
        speech.line(say(key, language, **said))
