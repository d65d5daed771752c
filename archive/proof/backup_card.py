"""`backup.json`: which archive's backup this is, and who can open it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.proof import canonical
from archive.proof.snapshot import FORMAT

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class BackupCard:
    """What stands at the door of a backup, readable by everybody.

    Attributes:
        archive: the archive's uuid.
        id: of this backup; 32 random hexadecimal digits.
        encrypted: False: every file is its content.
        slots: see `proof.slots`; none in a plain backup.
        format: of the backup.
    """

    archive: str
    id: str
    encrypted: bool
    slots: tuple[Mapping[str, Any], ...] = ()
    format: int = FORMAT


def encode(card: BackupCard) -> bytes:
    """Return the bytes of the file."""
    said = {
        "archive": card.archive,
        "encrypted": card.encrypted,
        "format": card.format,
        "id": card.id,
        "slots": list(card.slots),
    }
    return canonical.encode(said) + b"\n"


def decode(content: bytes) -> BackupCard:
    """Read the file back.

    Raises:
        NotCanonical: it is none, or damaged.
    """
    said = canonical.decode(content.rstrip(b"\n"))
    try:
        slots = tuple(dict(one) for one in said["slots"])
        card = BackupCard(
            said["archive"], said["id"], said["encrypted"] is True, slots, int(said["format"])
        )
        if not _UUID.fullmatch(card.archive) or not isinstance(card.id, str):
            raise canonical.NotCanonical("no uuid")
    except (KeyError, TypeError, ValueError) as error:
        raise canonical.NotCanonical(f"no backup.json: {error}") from error
    return card
