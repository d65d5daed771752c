"""The archive as such: its card, and where it is worked in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Card:
    """`archive.json`: which archive this is, and the keys it seals with, newest last."""

    uuid: str
    format: int
    public_keys: tuple[bytes, ...]


@dataclass(frozen=True)
class Surroundings:
    """Where an act happens: machine, start of the machine, program."""

    host: str
    boot: str
    clock_source: str
    version: str
    program_sha256: str
