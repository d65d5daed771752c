"""How a person of the archive is told on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from virtopsy.language import Language, say

if TYPE_CHECKING:
    from archive.records import Person

ROLES = (
    *("expert", "investigator", "court", "prosecutor", "participant", "administrator", "auditor"),
)


def roles_of(person: Person, language: Language) -> str:
    """Return a person's roles in words."""
    return ", ".join(say(f"archive.role.{role}", language) for role in person.roles)


def facts_of(person: Person) -> dict[str, Any]:
    """Return what `--json` tells of a person."""
    return {
        "id": person.person_id,
        "name": person.name,
        "roles": list(person.roles),
        "disabled": person.disabled,
        "reset": person.reset,
    }
