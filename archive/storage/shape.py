"""The shape of an index: what SQLite keeps of its tables, beside what the program makes.

Whoever can write the file can lay a trigger into it that swallows entries of the log, a view in
the place of a table, or a number of revision that lets nobody write. So what the file says of
itself is compared before it is worked with: one short question, no rows.

What must be equal are the words of every definition. Their order and the space between them may
differ: a column that a migration added stands behind the keys. No program of ours makes a trigger
or a view.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from archive.ports.database import NAMED
from archive.storage import newer, tables

Age: TypeAlias = Literal["older", "same", "newer", "unknown"]
Made: TypeAlias = Mapping[tuple[str, str], str]
"""Definitions in words by kind and name; empty where SQLite alone says what it is."""

_OLDER: Final = frozenset({tables.FIRST})
_NEVER: Final = ("trigger", "view")
_SCHEMA: Final = text("SELECT type, name, sql FROM sqlite_master")
_REVISIONS: Final = select(tables.revision.c.version_num)
_ARCHIVE: Final = select(tables.settings.c.value).where(tables.settings.c.name == "archive")
_SHADOWS: Final = tuple(f"search_text_{one}" for one in ("data", "idx", "docsize", "config"))
"""FTS5's own tables, which each version of it words as it likes."""
_STATISTICS: Final = re.compile(r"sqlite_stat[14]").fullmatch
"""What ANALYZE leaves, should an administrator have run it."""
_WORD: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\S""", re.ASCII)
_SHOWN: Final = 60  # letters of a name that somebody else gave


@dataclass(frozen=True)
class Shape:
    """What an index says of itself.

    Attributes:
        revisions: the numbers that stand in it; None where there is no table of them.
        archive: the archive that it names.
        made: its tables, indexes, triggers and views.
        borne_out: the log tells of the newer program that a newer number tells of.
    """

    revisions: tuple[object, ...] | None
    archive: object
    made: Made
    borne_out: bool = False

    @property
    def age(self) -> Age:
        """Which program gave the shape, by the number alone."""
        if self.revisions is None:
            return "older"  # made before revisions were counted
        found = self.revisions[0] if len(self.revisions) == 1 else None
        if found == tables.REVISION:
            return "same"
        if found in _OLDER:
            return "older"
        if not isinstance(found, str) or not re.fullmatch(r"[0-9]{4}", found):
            return "unknown"
        return "newer" if found > tables.REVISION else "unknown"

    def changed(self, archive: str) -> tuple[str, ...]:
        """Return what was changed past the program, by name; nothing where all is as it was made.

        Of a newer shape only what no program makes can be known, and whether the log bears it
        out (`storage.newer`). An older one is not asked, but brought up to date
        (`SqliteMigration.upgrade` tells whether it is one); where that could not be done, its
        number at least is not true.

        Args:
            archive: the uuid on the archive's card.
        """
        found = [] if self.archive == archive else [NAMED]
        differing = differences(self.made)
        if self.age == "same":
            found += differing
        else:
            found += [name for kind, name in self.made if kind in _NEVER]
            untrue = self.age == "unknown" or not differing or (self.age == "older" and not found)
            untrue = untrue or (self.age == "newer" and not self.borne_out)
            found += [tables.revision.name] if untrue else []
        return tuple(_shown(one) for one in found)

    def anothers(self, archive: str) -> str:
        """Return which other archive the file names; empty where that is not all that is wrong."""
        named = self.archive if isinstance(self.archive, str) else ""
        return _shown(named) if self.changed(archive) == (NAMED,) else ""


def read(connection: Connection) -> Shape | None:
    """Return the shape of an index; None where there is not even a log."""
    made = {
        (kind, name): _words(sql or "")
        for kind, name, sql in connection.execute(_SCHEMA)
        if sql is not None or kind in _NEVER
    }
    if not {("table", tables.log.name), ("view", tables.log.name)} & made.keys():
        return None
    counted = ("table", tables.revision.name) in made
    named = ("table", tables.settings.name) in made
    found = Shape(
        tuple(connection.execute(_REVISIONS).scalars()) if counted else None,
        connection.execute(_ARCHIVE).scalar() if named else None,
        made,
    )
    if found.age == "newer" and found.revisions:
        return replace(found, borne_out=newer.borne_out(connection, found.revisions[0]))
    return found


def differences(made: Made) -> list[str]:
    """Return the names of what is missing, more than there should be, or otherwise defined."""
    wanted = _todays()
    found = []
    for kind, name in sorted(wanted.keys() | made.keys()):
        told, kept = wanted.get((kind, name)), made.get((kind, name))
        if told == kept or (told is not None and kept is not None and name in _SHADOWS):
            continue
        if kind == "table" and told is None and _STATISTICS(name):
            continue
        found.append(name)
    return found


@cache
def _todays() -> Made:
    """Return what the program makes today."""
    made: dict[tuple[str, str], str] = {}
    for table in tables.metadata.tables.values():
        made["table", table.name] = _said(CreateTable(table))
        for index in table.indexes:
            made["index", str(index.name)] = _said(CreateIndex(index))
    made["table", "search_text"] = _words(tables.TRIGRAMS)
    return made | {("table", one): "" for one in _SHADOWS}


def _said(element: DDLElement) -> str:
    return _words(str(element.compile(dialect=sqlite.dialect())))


def _words(sql: str) -> str:
    """Return a definition in words; those of a table in an order of their own."""
    words = _WORD.findall(sql)
    if words[:2] != ["CREATE", "TABLE"]:
        return " ".join(words)
    parts: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        begins = (word, depth) == ("(", 1)
        ends = (word, depth) == (")", 0)
        if begins or ends or (word, depth) == (",", 1):
            parts.append([])
        else:
            parts[-1].append(word)
    head, *definitions, tail = [" ".join(_unnamed(one)) for one in parts]
    return "\n".join((head, *sorted(definitions), tail))


def _unnamed(definition: list[str]) -> list[str]:
    """Return a definition without the name of its constraint, which Alembic gives its own."""
    return definition[2:] if definition[:1] == ["CONSTRAINT"] else definition


def _shown(name: str) -> str:
    return name.encode("unicode_escape").decode("ascii")[:_SHOWN]
