r"""One file of a backup, encrypted as a stream: any change of it is found, and where.

::

    file   = header chunk chunk ... chunk
    header = "virtopsy backup1" salt                16 + 32 bytes
    chunk  = AES-256-GCM of up to 1 MiB, and its 16-byte tag; all but the last are full
    key, prefix = HKDF-SHA256(data key, salt, "virtopsy backup file v1\n" + name)    32 + 7 bytes
    nonce  = prefix, number of the chunk (4 bytes, big endian, from 0), 1 for the last chunk else 0

The header is bound to every chunk as associated data. An empty file has one empty chunk. That is
the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015, "Online Authenticated-
Encryption and its Nonce-Reuse Misuse-Resistance"): a chunk that is flipped, cut off, added,
exchanged or moved does not decrypt, and neither does a file that lies under another's name.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"virtopsy backup1"
SALT = 32
CHUNK = 1 << 20
_TAG = 16
_HEADER = len(MAGIC) + SALT
_KEY, _PREFIX = 32, 7


class NotGenuine(ValueError):  # noqa: N818 -- what the bytes are
    """Bytes that were not written so under that name.

    Attributes:
        chunk: number of the first chunk that does not fit, from 1; 0 for the header.
    """

    def __init__(self, chunk: int) -> None:
        super().__init__(chunk)
        self.chunk = chunk


def encrypted(key: bytes, name: str, salt: bytes, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the file that holds `blocks`, however they were cut.

    Args:
        key: the backup's data key, 32 bytes.
        name: what the file is called within the backup.
        salt: 32 random bytes, never used twice.
        blocks: the content.
    """
    header = MAGIC + salt
    cipher, prefix = _keyed(key, name, salt)
    yield header
    for number, (chunk, last) in enumerate(_cut(blocks, CHUNK)):
        yield cipher.encrypt(_nonce(prefix, number, last), chunk, header)


def decrypted(key: bytes, name: str, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content of a file, chunk by chunk, each authenticated before it is given out.

    Raises:
        NotGenuine: damaged, cut, exchanged, or of another backup; what came before was genuine.
    """
    rest = iter(blocks)
    header, begun = _first(rest, _HEADER)
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise NotGenuine(0)
    cipher, prefix = _keyed(key, name, header[len(MAGIC) :])
    for number, (chunk, last) in enumerate(_cut(_after(begun, rest), CHUNK + _TAG)):
        try:
            yield cipher.decrypt(_nonce(prefix, number, last), chunk, header)
        except InvalidTag as error:
            raise NotGenuine(number + 1) from error


def encrypted_size(size: int) -> int:
    """Return how long the file of `size` bytes of content is."""
    return _HEADER + size + max(1, -(-size // CHUNK)) * _TAG


def names_key(key: bytes) -> bytes:
    """Return the key that names objects in the backup of that data key."""
    return HKDF(SHA256(), 32, None, b"virtopsy backup names v1").derive(key)


def hidden_name(names: bytes, sha256: str) -> str:
    """Return the name under which content lies: it tells nobody which bytes the backup holds."""
    return hmac.digest(names, sha256.encode(), "sha256").hex()


def _keyed(key: bytes, name: str, salt: bytes) -> tuple[AESGCM, bytes]:
    bound = b"virtopsy backup file v1\n" + name.encode()
    made = HKDF(SHA256(), _KEY + _PREFIX, salt, bound).derive(key)
    return AESGCM(made[:_KEY]), made[_KEY:]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _cut(blocks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of `size` bytes, and whether each is the last; nothing is one empty piece."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) > size:  # one full piece is held back: it may be the last
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True


def _first(blocks: Iterator[bytes], size: int) -> tuple[bytes, bytes]:
    """Return the first `size` bytes, and what came with them."""
    held = b""
    while len(held) < size:
        block = next(blocks, b"")
        if not block:
            break
        held += block
    return held[:size], held[size:]


def _after(begun: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield begun
    yield from rest
