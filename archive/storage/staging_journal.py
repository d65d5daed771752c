"""What the journal of an intake says: whose it is, and which files it copied already."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from archive.records import Copied

NAME = "journal.jsonl"
LONGEST = 1 << 30
"""Bytes; a longer one is none of ours."""
TOLD = b'\n{"told":true}\n'


@dataclass(frozen=True)
class Journal:
    """What a journal says.

    Attributes:
        owner: whose import of which case it is (a hash).
        boot: the start of the machine it was written in.
        copied: by the key of the source, since the last program went on with it.
        told: whether the interruption stands in the log already.
        whole: whether its last line is complete.
    """

    owner: str
    boot: str
    copied: dict[str, Copied]
    told: bool
    whole: bool

    def about(self, keys: Collection[str]) -> bool:
        """Tell whether it is of an import that brings these; one that copied nothing is of any."""
        return not self.copied or any(key in self.copied for key in keys)


def read(folder: Path, content: bytes) -> Journal | None:
    """Return what the journal of a folder says; None where it was not begun or is none of ours."""
    lines = content.split(b"\n")
    journal: Journal | None = None
    told = False
    for one in map(_line, lines):
        told = told or "told" in one
        if {"owner", "boot"} <= one.keys():
            whole = not lines[-1]
            journal = Journal(str(one["owner"]), str(one["boot"]), {}, told, whole)
        elif journal is not None and (found := _copied(folder, one)) is not None:
            journal.copied[str(one["key"])] = found
    return None if journal is None else replace(journal, told=told)


def line_of(key: str, one: Copied) -> dict[str, object]:
    """Return the line that notes a copied file."""
    return {"key": key, "n": int(one.path.name), "sha256": one.sha256, "size": one.size}


def _line(text: bytes) -> dict[str, object]:
    """Return a line of a journal; an empty one where a kill tore it."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _copied(folder: Path, said: dict[str, object]) -> Copied | None:
    number, sha256, size = said.get("n"), said.get("sha256"), said.get("size")
    if not isinstance(number, int) or not isinstance(sha256, str) or not isinstance(size, int):
        return None
    return Copied(folder / str(number), sha256, size) if "key" in said else None
