"""A witness's signature under a checkpoint (C2SP tlog-cosignature v1 over C2SP signed-note).

A cosignature says: as of that time, the largest log I have seen under this name has this root,
and it holds everything I had seen before. It is made on another machine, so whoever rewrites the
log cannot make it anew.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.proof import checkpoint, merkle, signing
from archive.proof.checkpoint import Checkpoint

_COSIGNATURE = b"\x04"
_ED25519 = b"\x01"
_DASH = "\N{EM DASH}"
_KEY_BYTES = 32
_LATEST = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_OLD = re.compile(r"old (0|[1-9][0-9]{0,17})")
_MOST_HASHES = 63
"""Of a consistency proof in a request (C2SP tlog-witness)."""
_LONGEST_NOTE = 100_000


@dataclass(frozen=True)
class Cosigner:
    """A witness as others know it.

    Attributes:
        name: of its key: not empty, no spaces, no plus sign.
        public_key: 32 bytes.
    """

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a note names the key."""
        return _key_id(self.name, _COSIGNATURE, self.public_key)

    @property
    def vkey(self) -> str:
        """The key as one line to hand on (C2SP signed-note, verifier keys)."""
        return _vkey(self.name, _COSIGNATURE, self.public_key)

    @property
    def fingerprint(self) -> str:
        """What is compared with the paper."""
        return signing.fingerprint(self.public_key)


def is_name(name: str) -> bool:
    """Tell whether a key may be called so."""
    return bool(name) and name.isprintable() and not re.search(r"[\s+]", name)


def cosigner(vkey: str) -> Cosigner | None:
    """Read a witness's key from its line; None where it is none."""
    found = _read_vkey(vkey, _COSIGNATURE)
    return Cosigner(*found) if found else None


def log_vkey(origin: str, public_key: bytes) -> str:
    """Return a log's own key as one line to hand on; it signs plain Ed25519."""
    return _vkey(origin, _ED25519, public_key)


def log_key(vkey: str) -> tuple[str, bytes] | None:
    """Read a log's name and key from its line; None where it is none."""
    return _read_vkey(vkey, _ED25519)


def _key_id(name: str, kind: bytes, public_key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()[:4]


def _vkey(name: str, kind: bytes, public_key: bytes) -> str:
    encoded = base64.b64encode(kind + public_key).decode()
    return f"{name}+{_key_id(name, kind, public_key).hex()}+{encoded}"


def _read_vkey(vkey: str, kind: bytes) -> tuple[str, bytes] | None:
    name, _, rest = vkey.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    key = checkpoint.exactly(encoded)
    if not is_name(name) or key is None or len(key) != 1 + _KEY_BYTES or key[:1] != kind:
        return None
    return (name, key[1:]) if key_id == _key_id(name, kind, key[1:]).hex() else None


def message(time: int, note: str) -> bytes:
    """Return what a cosigner signs: header, time (POSIX seconds), and the note's whole text."""
    return f"cosignature/v1\ntime {time}\n{note.partition(_END)[0]}\n".encode()


_END = "\n\n"


def line(who: Cosigner, sign: Callable[[bytes], bytes], time: int, note: str) -> str:
    """Return the signature line that a cosigner adds to a note."""
    made = who.key_id + time.to_bytes(8, "big") + sign(message(time, note))
    return f"{_DASH} {who.name} {base64.b64encode(made).decode()}\n"


def cosigned(note: str, who: Cosigner) -> int | None:
    """Return when a cosigner signed the note (POSIX seconds); None where it did not.

    A line under the cosigner's name and key that does not verify spoils the whole note.
    """
    _, _, signatures = note.partition(_END)
    time: int | None = None
    for one in signatures.splitlines():
        dash, _, rest = one.partition(" ")
        name, _, encoded = rest.partition(" ")
        made = checkpoint.exactly(encoded)
        if dash != _DASH or name != who.name or made is None or made[:4] != who.key_id:
            continue
        stated = int.from_bytes(made[4:12], "big")
        genuine = signing.genuine(who.public_key, message(stated, note), made[12:])
        if not genuine or stated > _LATEST:
            return None
        time = stated if time is None else max(time, stated)
    return time


def only_signed_by(note: str, who: Cosigner, made_by: Checkpoint) -> str:
    """Return a checkpoint's own note with the lines of one cosigner, and no other word."""
    _, _, signatures = note.partition(_END)
    own = f"{_DASH} {who.name} "
    lines = [one for one in signatures.splitlines() if one.startswith(own)]
    return made_by.note + "".join(f"{one}\n" for one in lines if _names(one, who))


def _names(signature_line: str, who: Cosigner) -> bool:
    made = checkpoint.exactly(signature_line.rpartition(" ")[2])
    return made is not None and made[:4] == who.key_id


@dataclass(frozen=True)
class Request:
    """What a witness is asked: sign this checkpoint, it continues the one you signed.

    Attributes:
        old: entries of the checkpoint signed before; 0: none.
        proof: that the log of `old` entries is the beginning of this one (RFC 6962, 2.1.2).
        checkpoint: to be signed.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint

    @property
    def text(self) -> str:
        """The request as C2SP tlog-witness, add-checkpoint, has it."""
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.proof)
        return f"old {self.old}\n{hashes}\n{self.checkpoint.note}"


def request(text: str) -> Request | None:
    """Read a request; None where it is none."""
    head, _, note = text[:_LONGEST_NOTE].partition(_END)
    first, *hashes = head.split("\n")
    old, proof = _OLD.fullmatch(first), [checkpoint.exactly(one) for one in hashes]
    found = checkpoint.read(note)
    if old is None or found is None or len(found.root) != _KEY_BYTES or len(proof) > _MOST_HASHES:
        return None
    whole = tuple(one for one in proof if one is not None and len(one) == _KEY_BYTES)
    return Request(int(old[1]), whole, found) if len(whole) == len(proof) else None


@dataclass(frozen=True)
class Seen:
    """The largest checkpoint of a log that a witness has signed."""

    size: int
    root: bytes


def objection(asked: Request, seen: Seen | None) -> str:
    """Return why a witness must not sign; empty where it may.

    Codes: "smaller" (the log lost entries), "forked" (the same size with another root), "old"
    (the proof starts elsewhere than at what the witness saw last; a new request helps),
    "inconsistent" (the log does not begin with what the witness saw).
    """
    size, root = asked.checkpoint.size, asked.checkpoint.root
    if seen is None:
        return "old" if asked.old or asked.proof else ""
    if size < seen.size:
        return "smaller"
    if size == seen.size:
        return "" if root == seen.root else "forked"
    if asked.old != seen.size:
        return "old"
    return (
        "" if merkle.consistent(seen.size, seen.root, size, root, asked.proof) else "inconsistent"
    )


def size_of(text: str) -> int | None:
    """Read the size that a witness answers with where a request starts elsewhere."""
    return int(text.strip()) if _SIZE.fullmatch(text.strip()) else None
