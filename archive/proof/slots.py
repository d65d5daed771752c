"""The key of a backup and its slots: each locks the same data key in another way.

========= =========================================================================================
kind      who opens it
========= =========================================================================================
person    a person, by the password at the time of a backup (Argon2id, RFC 9106)
phrase    whoever knows the passphrase that was given (the same)
seal      whoever may seal: a key derived from the archive's key (HKDF-SHA256, RFC 5869)
========= =========================================================================================

A slot is `{"kind", "id", "kdf" (not for "seal"), "nonce", "sealed"}`; `id` is the person's id or
the fingerprint of the archive's key. The data key, 32 random bytes, is encrypted with
AES-256-GCM, bound to the backup's id, the kind and the id.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.proof import signing
from archive.proof.signing import Cost, Password, Seal

PERSON, PHRASE, SEAL = "person", "phrase", "seal"
KEY = 32
_NONCE = 12
_MOST = Cost(memory_kib=1 << 20, passes=16, lanes=16)
"""A backup from outside must not be able to ask for more than a gigabyte of memory."""

Slot = Mapping[str, Any]


@dataclass(frozen=True)
class Secret:
    """What a person or everybody who makes backups knows.

    Attributes:
        kind: PERSON or PHRASE.
        id: the person's; empty for a passphrase.
    """

    kind: str
    id: str
    password: Password


def by_password(key: bytes, backup: str, secret: Secret, cost: Cost) -> dict[str, Any]:
    """Return the slot that a password opens."""
    kdf = {
        "alg": "argon2id-19",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": secrets.token_hex(16),
    }
    bound_to = _binding(backup, secret.kind, secret.id)
    made = _locked(key, _stretched(secret.password, kdf), bound_to)
    return {"kind": secret.kind, "id": secret.id, "kdf": kdf, **made}


def by_seal(key: bytes, backup: str, seal: Seal) -> dict[str, Any]:
    """Return the slot that the archive's unlocked key opens."""
    owner = signing.fingerprint(seal.public_key)
    made = _locked(key, _derived(seal, backup), _binding(backup, SEAL, owner))
    return {"kind": SEAL, "id": owner, **made}


def opened_by_password(
    slots: Iterable[Slot], backup: str, password: Password
) -> tuple[bytes, Slot] | None:
    """Return the data key and the slot that the password opens; None where it opens none."""
    for slot in slots:
        if slot.get("kind") not in {PERSON, PHRASE}:
            continue
        try:
            key = _unlocked(slot, _stretched(password, slot["kdf"]), backup)
        except (KeyError, TypeError, ValueError, HashingError):
            continue  # a damaged slot opens nothing; another may
        if key is not None:
            return key, slot
    return None


def opened_by_seal(slots: Iterable[Slot], backup: str, seal: Seal) -> bytes | None:
    """Return the data key where one of the slots belongs to the archive's key."""
    for slot in slots:
        if slot.get("kind") == SEAL and slot.get("id") == signing.fingerprint(seal.public_key):
            try:
                return _unlocked(slot, _derived(seal, backup), backup)
            except (KeyError, TypeError, ValueError):
                return None
    return None


def _derived(seal: Seal, backup: str) -> bytes:
    return seal.derived(f"virtopsy backup slot v1\n{backup}".encode())


def _stretched(password: Password, kdf: Mapping[str, Any]) -> bytes:
    cost = Cost(int(kdf["memory_kib"]), int(kdf["passes"]), int(kdf["lanes"]))
    within = zip(
        (cost.memory_kib, cost.passes, cost.lanes),
        (_MOST.memory_kib, _MOST.passes, _MOST.lanes),
        strict=True,
    )
    if any(asked > most for asked, most in within):
        raise ValueError("a slot that asks for too much")
    return hash_secret_raw(
        password.typed.encode("utf-8", "surrogatepass"),
        bytes.fromhex(kdf["salt"]),
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY,
        type=Type.ID,
    )


def _locked(key: bytes, by: bytes, bound_to: bytes) -> dict[str, str]:
    nonce = secrets.token_bytes(_NONCE)
    return {"nonce": nonce.hex(), "sealed": AESGCM(by).encrypt(nonce, key, bound_to).hex()}


def _unlocked(slot: Slot, by: bytes, backup: str) -> bytes | None:
    bound_to = _binding(backup, str(slot["kind"]), str(slot["id"]))
    nonce, sealed = bytes.fromhex(slot["nonce"]), bytes.fromhex(slot["sealed"])
    try:
        return AESGCM(by).decrypt(nonce, sealed, bound_to)
    except InvalidTag:
        return None


def _binding(backup: str, kind: str, owner: str) -> bytes:
    return f"virtopsy backup key v1\n{backup}\n{kind}\n{owner}".encode()
