"""The archive's key: a machine seal (Ed25519), locked by the password of each who may seal.

Argon2id (RFC 9106) makes 64 bytes of a password: the first half proves the password (its hash
is kept), the second locks the key with AES-256-GCM. Neither half reveals the other.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_HALF = 32
_NONCE = 12


@dataclass(frozen=True)
class Cost:
    """What one guess of a password costs (RFC 9106, 4: second recommended option)."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


class Seal:
    """The unlocked key; lives in a session only."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed

    @classmethod
    def new(cls) -> Seal:
        """Make a key of 32 random bytes."""
        return cls(secrets.token_bytes(32))

    @property
    def public_key(self) -> bytes:
        """The 32 public bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, statement: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature (RFC 8032)."""
        return self._key.sign(statement)

    def locked(self, key: bytes, bound_to: bytes) -> dict[str, str]:
        """Return the key encrypted with `key`, useless for any other `bound_to`."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(key).encrypt(nonce, self._seed, bound_to)
        return {"alg": "AES-256-GCM", "nonce": nonce.hex(), "sealed": sealed.hex()}


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of the 32 public bytes, hexadecimal: what is compared with the paper."""
    return hashlib.sha256(public_key).hexdigest()


def genuine(public_key: bytes, statement: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that key's over `statement`."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class Locksmith:
    """Makes what is kept of a password.

    Attributes:
        archive: uuid; a locked key is useless for any other.
        seal: the archive's key; None where nobody unlocked it.
    """

    archive: str
    seal: Seal | None
    cost: Cost

    def credential(self, password: str, person: str, *, may_seal: bool) -> dict[str, Any]:
        """Return the proof of a password, and the locked key for one who may seal."""
        salt = secrets.token_bytes(16)
        proof, key = _halves(password, salt, self.cost)
        seal = self.seal if may_seal else None
        return {
            "kdf": {
                "alg": "argon2id-19",
                "memory_kib": self.cost.memory_kib,
                "passes": self.cost.passes,
                "lanes": self.cost.lanes,
                "salt": salt.hex(),
            },
            "proof": proof,
            "seal": seal.locked(key, _binding(person, self.archive)) if seal else None,
        }


def unlock(
    kept: Mapping[str, Any], password: str, *, person: str, archive: str
) -> tuple[bool, Seal | None]:
    """Return whether the password is right, and the key where this person may seal."""
    kdf = kept["kdf"]
    cost = Cost(kdf["memory_kib"], kdf["passes"], kdf["lanes"])
    proof, key = _halves(password, bytes.fromhex(kdf["salt"]), cost)
    if not hmac.compare_digest(proof, kept["proof"]):
        return False, None
    sealed = kept["seal"]
    if sealed is None:
        return True, None
    try:
        seed = AESGCM(key).decrypt(
            bytes.fromhex(sealed["nonce"]),
            bytes.fromhex(sealed["sealed"]),
            _binding(person, archive),
        )
    except InvalidTag:
        return False, None
    return True, Seal(seed)


def waste(password: str, cost: Cost) -> None:
    """Spend the time of one check, so that an unknown name answers as slowly as a known one."""
    _halves(password, b"\x00" * 16, cost)


def _halves(password: str, salt: bytes, cost: Cost) -> tuple[str, bytes]:
    made = hash_secret_raw(
        password.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=2 * _HALF,
        type=Type.ID,
    )
    return hashlib.sha256(made[:_HALF]).hexdigest(), made[_HALF:]


def _binding(person: str, archive: str) -> bytes:
    return f"virtopsy seal\n{archive}\n{person}".encode()
