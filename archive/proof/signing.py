"""The archive's key: a machine seal (Ed25519), locked for each person who may seal.

Argon2id (RFC 9106) makes 64 bytes of a password: the first half proves the password (its hash
is kept), the second is the X25519 key of the person's letter box (RFC 7748). Whoever holds the
seal can lock it for a person by the public half of that box, without the person's password: so
a new key reaches everybody at once. Neither half of the 64 bytes reveals the other.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_HALF = 32
_NONCE = 12
_BOXED = "X25519-HKDF-SHA256-AES-256-GCM"


@dataclass(frozen=True)
class Cost:
    """What one guess of a password costs (RFC 9106, 4: second recommended option)."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True)
class Password:
    """What a person typed; no message, log or traceback can show it."""

    typed: str = field(repr=False)

    def __bool__(self) -> bool:
        """Tell whether anything was typed."""
        return bool(self.typed)


class Seal:
    """The unlocked key; lives in a session only."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed

    @classmethod
    def new(cls) -> Self:
        """Make a key of 32 random bytes."""
        return cls(secrets.token_bytes(32))

    @property
    def public_key(self) -> bytes:
        """The 32 public bytes."""
        return self._key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """What is compared with the paper."""
        return fingerprint(self.public_key)

    def sign(self, statement: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature (RFC 8032)."""
        return self._key.sign(statement)

    def derived(self, purpose: bytes) -> bytes:
        """Return 32 bytes for one purpose that only the unlocked key gives (RFC 5869)."""
        return _derived(self._seed, purpose)

    def locked(self, box: bytes, bound_to: bytes) -> dict[str, str]:
        """Return the key locked for the owner of a box, useless for any other `bound_to`."""
        once = X25519PrivateKey.generate()
        shared = once.exchange(X25519PublicKey.from_public_bytes(box))
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(_derived(shared, bound_to)).encrypt(nonce, self._seed, bound_to)
        return {
            "alg": _BOXED,
            "once": once.public_key().public_bytes_raw().hex(),
            "nonce": nonce.hex(),
            "sealed": sealed.hex(),
        }


@lru_cache(maxsize=64)
def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of the 32 public bytes, hexadecimal: what is compared with the paper."""
    return hashlib.sha256(public_key).hexdigest()


def genuine(public_key: bytes, statement: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that key's over `statement`."""
    try:
        _read(public_key).verify(signature, statement)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=64)  # one key signs thousands of checkpoints
def _read(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


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

    def credential(self, password: Password, person: str, *, may_seal: bool) -> dict[str, Any]:
        """Return the proof of a password, and the locked key for one who may seal."""
        salt = secrets.token_bytes(16)
        proof, lock = _halves(password, salt, self.cost)
        kept = {
            "kdf": {
                "alg": "argon2id-19",
                "memory_kib": self.cost.memory_kib,
                "passes": self.cost.passes,
                "lanes": self.cost.lanes,
                "salt": salt.hex(),
            },
            "proof": proof,
            "box": lock.box.hex(),
        }
        return self.handed(kept, person, may_seal=may_seal)

    def handed(self, kept: Mapping[str, Any], person: str, *, may_seal: bool) -> dict[str, Any]:
        """Return a person's credential with the key locked into it; the password stays as it was.

        A credential of the first format has no box: only that person's next password makes one.
        """
        seal = self.seal if may_seal and kept.get("box") else None
        bound_to = _binding(person, self.archive)
        locked = seal.locked(bytes.fromhex(kept["box"]), bound_to) if seal else None
        return {**kept, "seal": locked}


class Lock:
    """What a proven password opens: the person's box."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def box(self) -> bytes:
        """The public half, 32 bytes."""
        return X25519PrivateKey.from_private_bytes(self._key).public_key().public_bytes_raw()

    def opened(self, sealed: Mapping[str, str] | None, *, person: str, archive: str) -> Seal | None:
        """Return the archive's key out of a credential; None where it holds none for this box."""
        if sealed is None:
            return None
        bound_to = _binding(person, archive)
        nonce, hidden = bytes.fromhex(sealed["nonce"]), bytes.fromhex(sealed["sealed"])
        try:
            return Seal(AESGCM(self._shared(sealed, bound_to)).decrypt(nonce, hidden, bound_to))
        except (InvalidTag, ValueError):
            return None

    def _shared(self, sealed: Mapping[str, str], bound_to: bytes) -> bytes:
        if sealed["alg"] != _BOXED:  # the first format locked with the key itself
            return self._key
        once = X25519PublicKey.from_public_bytes(bytes.fromhex(sealed["once"]))
        shared = X25519PrivateKey.from_private_bytes(self._key).exchange(once)
        return _derived(shared, bound_to)


def proven(kept: Mapping[str, Any], password: Password) -> Lock | None:
    """Return what the password opens; None where it is not the right one."""
    kdf = kept["kdf"]
    cost = Cost(kdf["memory_kib"], kdf["passes"], kdf["lanes"])
    proof, lock = _halves(password, bytes.fromhex(kdf["salt"]), cost)
    return lock if hmac.compare_digest(proof, kept["proof"]) else None


def _halves(password: Password, salt: bytes, cost: Cost) -> tuple[str, Lock]:
    made = hash_secret_raw(
        password.typed.encode("utf-8", "surrogatepass"),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=2 * _HALF,
        type=Type.ID,
    )
    return hashlib.sha256(made[:_HALF]).hexdigest(), Lock(made[_HALF:])


def _derived(shared: bytes, bound_to: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=bound_to).derive(shared)


def _binding(person: str, archive: str) -> bytes:
    return f"virtopsy seal\n{archive}\n{person}".encode()
