"""A checkpoint: size and root of the log, signed (C2SP tlog-checkpoint over C2SP signed-note)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, replace

from archive.proof import signing

_ED25519 = b"\x01"
_DASH = "\N{EM DASH}"
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_SIGNATURES = re.compile(rf"({_DASH} \S+ [A-Za-z0-9+/]+=*\n)+")
"""Nothing but signature lines (a witness may add its own): no unsigned word stands in a note."""


@dataclass(frozen=True)
class Checkpoint:
    """What a signed note says.

    Attributes:
        origin: which log; also the name of the key.
        size: entries covered.
        root: Merkle root over them, 32 bytes.
        note: the whole signed note as text.
    """

    origin: str
    size: int
    root: bytes
    note: str


def origin_of(archive: str) -> str:
    """Return the name of an archive's log and key."""
    return f"virtopsy/{archive}"


def sign(origin: str, size: int, root: bytes, seal: signing.Seal) -> Checkpoint:
    """Return the signed checkpoint."""
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = key_hash(origin, seal.public_key) + seal.sign(text.encode())
    line = f"{_DASH} {origin} {base64.b64encode(signature).decode()}\n"
    return Checkpoint(origin, size, root, f"{text}\n{line}")


def key_hash(name: str, public_key: bytes) -> bytes:
    """Return the four bytes by which a note names its Ed25519 key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def read(note: str) -> Checkpoint | None:
    """Read a note without judging its signature; None where it is no checkpoint."""
    text, separator, _ = note.partition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) < 3 or not _SIZE.fullmatch(lines[1]):
        return None
    root = exactly(lines[2])
    return None if root is None else Checkpoint(lines[0], int(lines[1]), root, note)


def exactly(encoded: str) -> bytes | None:
    """Return the bytes of the one base64 spelling that they have; None for any other."""
    try:
        made = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return made if base64.b64encode(made).decode() == encoded else None


def signed_by(checkpoint: Checkpoint, public_key: bytes) -> bool:
    """Tell whether one of the note's signature lines is that key's, under the note's origin."""
    return alone(checkpoint, public_key) is not None


def alone(checkpoint: Checkpoint, public_key: bytes) -> Checkpoint | None:
    """Return a note as it was when only that key had signed it; None where it did not."""
    text, _, signatures = checkpoint.note.partition("\n\n")
    if not _SIGNATURES.fullmatch(signatures):
        return None
    wanted = key_hash(checkpoint.origin, public_key)
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        made = exactly(encoded)
        if dash != _DASH or name != checkpoint.origin or made is None or made[:4] != wanted:
            continue
        if signing.genuine(public_key, f"{text}\n".encode(), made[4:]):
            return replace(checkpoint, note=f"{text}\n\n{line}\n")
    return None
