"""The archive as such: its card, and where it is worked in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from virtopsy.errors import StorageError

Document: TypeAlias = dict[str, Any]


class Shut(StrEnum):
    """Why an archive is only read: what is looked at leaves no entry, all else is refused."""

    NEWER = "newer"
    """A newer program gave the index its shape."""
    PLACE = "place"
    """The volume is read-only, or this account may not write there."""

    @property
    def told(self) -> str:
        """The key of what a person is told who opens it."""
        return f"migration.only_read.{self}"

    @property
    def refusal(self) -> StorageError:
        """What is said where something should be written."""
        return StorageError(f"migration.{self}")


class Encryption(StrEnum):
    """What this machine can tell about the disk that an archive lies on."""

    ENCRYPTED = "encrypted"
    PLAIN = "plain"
    UNKNOWN = "unknown"

    @property
    def told(self) -> str:
        """The key of what a person is told whose evidence lies there."""
        return f"keeping.disk.{self}"


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
