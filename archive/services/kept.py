"""What a backup holds, by content: objects, streams in parts, snapshots; encrypted or plain."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator

from archive.ports import BackupFolder
from archive.proof import canonical, snapshot, stream
from archive.proof.snapshot import Snapshot, Stream
from virtopsy.errors import IntegrityError


class Kept:
    """The content of one backup.

    Args:
        disk: where it lies.
        key: the data key; None for a plain backup.
        full: believe nothing that lies there before it was read to its end.
    """

    def __init__(self, disk: BackupFolder, key: bytes | None, *, full: bool = False) -> None:
        self.disk = disk
        self.full = full
        self._key = key
        self._names = b"" if key is None else stream.names_key(key)

    def holds(self, sha256: str, size: int) -> bool:
        """Tell whether an object lies there with the length it must have."""
        return self.disk.size(self._place("objects", sha256)) == self._length(size)

    def put(self, sha256: str, blocks: Iterable[bytes]) -> None:
        """Write an object; it is kept after `settle`."""
        self._stage(self._place("objects", sha256), blocks)

    def blocks(self, sha256: str, *, past_cache: bool = False) -> Iterator[bytes]:
        """Yield an object; only when the last byte is read is it known to be whole.

        Raises:
            IntegrityError: it is missing or not what was written.
        """
        name = self._place("objects", sha256)
        digest = hashlib.sha256()
        for block in self._read(name, past_cache=past_cache):
            digest.update(block)
            yield block
        if digest.hexdigest() != sha256:
            raise _changed(self.disk, name, 0)

    def put_stream(self, blocks: Iterable[bytes]) -> Stream:
        """Write bytes in parts, those anew that are not there yet."""
        digest, size, parts = hashlib.sha256(), 0, []
        for part in _parts(blocks):
            digest.update(part)
            size += len(part)
            parts.append(canonical.sha256(part))
            name = self._place("parts", parts[-1])
            if not self._has_part(name, part):
                self._stage(name, [part])
        return Stream(size, digest.hexdigest(), tuple(parts))

    def stream(self, one: Stream) -> Iterator[bytes]:
        """Yield the bytes of a stream, part by part, each as it was written.

        Raises:
            IntegrityError: a part is missing or not what was written.
        """
        size = 0
        for sha256 in one.parts:
            name = self._place("parts", sha256)
            part = b"".join(self._read(name))
            if canonical.sha256(part) != sha256:
                raise _changed(self.disk, name, 0)
            size += len(part)
            yield part
        if size != one.size:
            raise IntegrityError("archive.problem.backup_changed", path="", chunk=0)

    def put_snapshot(self, made: Snapshot) -> None:
        """Write a snapshot durably, after everything that it names."""
        self.disk.settle()
        self._stage(f"snapshots/{made.name}", [snapshot.encode(made)])
        self.disk.settle()

    def snapshot(self, name: str) -> Snapshot:
        """Read a snapshot.

        Raises:
            IntegrityError: it is not what was written.
        """
        place = f"snapshots/{name}"
        try:
            return snapshot.decode(b"".join(self._read(place)))
        except canonical.NotCanonical as error:
            raise _changed(self.disk, place, 0) from error

    def path(self, sha256: str) -> str:
        """Return where an object lies within the backup."""
        return self._place("objects", sha256)

    def whole(self, sha256: str) -> int | None:
        """Return the size of an object that lies there whole, read past the cache; None if not."""
        try:
            return sum(len(block) for block in self.blocks(sha256, past_cache=True))
        except IntegrityError:
            return None

    def _has_part(self, name: str, part: bytes) -> bool:
        if self.disk.size(name) != self._length(len(part)):
            return False
        try:
            return not self.full or b"".join(self._read(name, past_cache=True)) == part
        except IntegrityError:
            return False

    def _place(self, kind: str, sha256: str) -> str:
        name = sha256 if self._key is None else stream.hidden_name(self._names, sha256)
        return f"{kind}/{name[:2]}/{name}"

    def _length(self, size: int) -> int:
        return size if self._key is None else stream.encrypted_size(size)

    def _stage(self, name: str, blocks: Iterable[bytes]) -> None:
        if self._key is not None:
            salt = secrets.token_bytes(stream.SALT)
            blocks = stream.encrypted(self._key, name, salt, blocks)
        self.disk.stage(name, blocks)

    def _read(self, name: str, *, past_cache: bool = False) -> Iterator[bytes]:
        if self.disk.size(name) is None:
            raise IntegrityError("archive.problem.backup_missing", path=self.disk.folder / name)
        blocks = self.disk.blocks(name, past_cache=past_cache)
        if self._key is None:
            yield from blocks
            return
        try:
            yield from stream.decrypted(self._key, name, blocks)
        except stream.NotGenuine as error:
            raise _changed(self.disk, name, error.chunk) from error


def _changed(disk: BackupFolder, name: str, chunk: int) -> IntegrityError:
    return IntegrityError("archive.problem.backup_changed", path=disk.folder / name, chunk=chunk)


def _parts(blocks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) >= snapshot.PART:
            yield bytes(held[: snapshot.PART])
            del held[: snapshot.PART]
    if held:
        yield bytes(held)
