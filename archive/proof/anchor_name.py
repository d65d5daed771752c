"""What the files of outside anchors in `log/` are called: how many entries they cover, whose."""

from __future__ import annotations

import re

from archive.proof.cosignature import Cosigner

_CHECKPOINT = re.compile(r"log/checkpoint-([0-9]{12})\.txt")
_WITNESS = re.compile(r"log/witness-([0-9]{12})-([0-9a-f]{16})\.txt")
_TIMESTAMP = re.compile(r"log/timestamp-([0-9]{12})-([0-9a-f]{16})\.tsr")


def of_witness(size: int, witness: Cosigner) -> str:
    """Return what a witness's signature under `size` entries is called."""
    return of_key(size, witness.fingerprint)


def of_key(size: int, fingerprint: str) -> str:
    """Return the same for the fingerprint of the witness's key."""
    return f"log/witness-{size:012d}-{fingerprint[:16]}.txt"


def of_timestamp(size: int, answer_sha256: str) -> str:
    """Return what a timestamp over the checkpoint of `size` entries is called."""
    return f"log/timestamp-{size:012d}-{answer_sha256[:16]}.tsr"


def is_witness(name: str) -> bool:
    """Tell whether a name is that of a witness's signature."""
    return bool(_WITNESS.fullmatch(name))


def size_of(name: str) -> int | None:
    """Return how many entries an anchor's name says it covers; None where it is no anchor's."""
    found = _WITNESS.fullmatch(name) or _TIMESTAMP.fullmatch(name)
    return int(found[1]) if found else None


def checkpoint_size(name: str) -> int | None:
    """Return how many entries a checkpoint's name says it covers; None where it is none's."""
    found = _CHECKPOINT.fullmatch(name)
    return int(found[1]) if found else None
