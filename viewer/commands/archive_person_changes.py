"""`virtopsy archive person DIR role|password|reset|acknowledge`: what changes about a person."""

from __future__ import annotations

from pathlib import Path

import click

from viewer.commands import speech
from viewer.commands.acting import (
    NEW_PASSWORD,
    PASSWORD,
    acting,
    acting_with,
    password_of,
    reason_option,
    user_option,
)
from viewer.commands.person_options import about_person, roles_option
from viewer.commands.person_words import facts_of, roles_of
from virtopsy.language import Language, say

_FOLDER = speech.PLACE


def add_to(group: speech.Group, language: Language) -> None:
    """Add these verbs to the group of `archive person`."""
    _add_role(group, language)
    _add_password(group, language)
    _add_reset(group, language)
    _add_acknowledge(group, language)


def _add_role(group: speech.Group, language: Language) -> None:
    @group.add("role", "access.cli.person.role.help")
    @roles_option(language)
    @about_person(language)
    def role(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
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
            wanted = [Role(one) for one in roles]
            person = archive.access.change_roles(actor, name, wanted, second=other, reason=reason)
        if as_json:
            speech.facts(facts_of(person))
            return
        words = roles_of(person, language)
        speech.line(say("access.cli.roles_changed", language, name=person.name, roles=words))


def _add_password(group: speech.Group, language: Language) -> None:
    @group.add("password", "access.cli.person.password.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @user_option(language)
    @reason_option(language)
    @speech.json_option(language)
    def password(folder: Path, user: str | None, reason: str, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            old = password_of(actor.name, language, PASSWORD)
            new = password_of(actor.name, language, NEW_PASSWORD)
            archive.access.change_password(actor, old, new, reason=reason)
        if as_json:
            speech.facts({"name": actor.name, "changed": True})
        else:
            speech.line(say("access.cli.password_changed", language, name=actor.name))


def _add_reset(group: speech.Group, language: Language) -> None:
    @group.add("reset", "access.cli.person.reset.help")
    @about_person(language)
    def reset(  # noqa: PLR0913, PLR0917 -- click hands over one argument an option, by name
        folder: Path,
        name: str,
        user: str | None,
        second: str | None,
        reason: str,
        as_json: bool,
    ) -> None:
        with acting_with(folder, user, second, language) as (archive, actor, other):
            password = password_of(name, language, NEW_PASSWORD)
            archive.access.reset_password(actor, name, password, second=other, reason=reason)
        if as_json:
            speech.facts({"name": name, "reset": True})
        else:
            speech.line(say("access.cli.password_reset", language, name=name))


def _add_acknowledge(group: speech.Group, language: Language) -> None:
    @group.add("acknowledge", "access.cli.person.acknowledge.help")
    @click.argument("folder", metavar="DIR", type=_FOLDER)
    @user_option(language)
    @speech.json_option(language)
    def acknowledge(folder: Path, user: str | None, as_json: bool) -> None:
        with acting(folder, user, language) as (archive, actor):
            archive.access.acknowledge_reset(actor)
        if as_json:
            speech.facts({"name": actor.name, "acknowledged": True})
        else:
            speech.line(say("access.cli.acknowledged", language, name=actor.name))
