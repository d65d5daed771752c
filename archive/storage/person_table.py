"""Persons and witnesses, in and out, on the connection of one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from archive.records import Person, Role, Witness
from archive.storage import odd_row, tables

_TEXTS: Final = ("person_id", "name", "roles", "last_failure", "person_sha256", "credential_sha256")
_PERSON = tables.persons.c
_PERSONS = select(tables.persons)
_BY_NAME = _PERSONS.where(_PERSON.folded_name == bindparam("name"))
_BY_ID = _PERSONS.where(_PERSON.person_id == bindparam("id"))
_ALL = _PERSONS.order_by(_PERSON.folded_name)


class PersonTable:
    """Persons."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, person: Person) -> None:
        """Add a person."""
        self._connection.execute(insert(tables.persons).values(_columns(person)))

    def update(self, person: Person) -> None:
        """Put a person's new state in place of the old one."""
        wanted = update(tables.persons).where(_PERSON.person_id == person.person_id)
        self._connection.execute(wanted.values(_columns(person)))

    def by_name(self, name: str) -> Person | None:
        """Find a person, small and capital letters alike."""
        return self._one(_BY_NAME, {"name": name.casefold()})

    def by_id(self, person_id: str) -> Person | None:
        """Find a person."""
        return self._one(_BY_ID, {"id": person_id})

    def all(self) -> Sequence[Person]:
        """Return every person, by name."""
        return [_person(row) for row in self._connection.execute(_ALL).all()]

    def _one(self, wanted: Select[Any], given: dict[str, str]) -> Person | None:
        row = self._connection.execute(wanted, given).first()
        return _person(row) if row else None


class WitnessTable:
    """Witnesses of the log."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, witness: Witness) -> None:
        """Add a witness."""
        self._connection.execute(insert(tables.witnesses).values(asdict(witness)))

    def all(self) -> Sequence[Witness]:
        """Return every witness, by name."""
        columns = tables.witnesses.c
        wanted = select(tables.witnesses).order_by(columns.name, columns.key_sha256)
        return [Witness(**row) for row in self._connection.execute(wanted).mappings()]


def _columns(person: Person) -> dict[str, Any]:
    row = asdict(person)
    row["roles"] = " ".join(person.roles)
    row["folded_name"] = person.name.casefold()
    return row


def _person(row: Any) -> Person:
    """Return a person; whether the row says the truth of the person, `verify` finds.

    Raises:
        IntegrityError: it holds what the program never writes.
    """
    try:
        failures = _failures(row.failures, row.last_failure)
        roles = tuple(Role(one) for one in row.roles.split())
        texts = all(isinstance(getattr(row, one), str) for one in _TEXTS)
        found = texts and row.folded_name == row.name.casefold()  # by which a login finds it
    except (TypeError, ValueError, AttributeError) as error:
        raise odd_row.refusal(tables.persons.name, row.person_id) from error
    if not found:
        raise odd_row.refusal(tables.persons.name, row.person_id)
    return Person(
        person_id=row.person_id,
        name=row.name,
        roles=roles,
        disabled=bool(row.disabled),
        failures=failures,
        last_failure=row.last_failure,
        reset=bool(row.reset),
        person_sha256=row.person_sha256,
        credential_sha256=row.credential_sha256,
    )


def _failures(count: Any, last: str) -> int:
    """Return how many wrong passwords there were; the last of them came at an instant."""
    if not isinstance(count, int) or count < 0:
        raise TypeError("a count that is none")
    if (count or last) and datetime.fromisoformat(last).tzinfo is None:
        raise ValueError("an instant without its zone")
    return count
