"""Files of a carrier: read as they are, never followed, never waited for."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from archive.records import FileState
from archive.storage.blocks import blocks
from virtopsy.dicom.carrier import ZIP_ERRORS, Address, open_member
from virtopsy.errors import InputError
from virtopsy.system_reason import reason_of

Buffer: TypeAlias = bytes | memoryview
_BLOCK = 1 << 20


class Reading:
    """One file of a carrier, or a member of a zip in staging, being read.

    Attributes:
        state: what the system said of it when it was opened; None for a member.
        changing: somebody wrote to it while it was read.
    """

    def __init__(self, address: Address, count: Callable[[int], None]) -> None:
        self._address = address
        self._count = count
        self.state: FileState | None = None
        self.changing = False

    def blocks(self) -> Iterator[Buffer]:
        """Yield its bytes, each block counted.

        Raises:
            InputError: it cannot be opened or read to its end, or is no regular file.
        """
        plain = self._address.member is None
        path = Path(self._address.path)
        for block in blocks_of(path, self._seen) if plain else _member_blocks(self._address):
            self._count(len(block))
            yield block

    def _seen(self, state: os.stat_result) -> None:
        now = FileState.of(state)
        self.changing = self.state is not None and now != self.state
        self.state = now


def _member_blocks(address: Address) -> Iterator[Buffer]:
    """Yield what a member unpacks to, which is never more than it claims."""
    try:
        member, _ = open_member(address)
        with member:
            while block := member.read(_BLOCK):
                yield block
    except (OSError, *ZIP_ERRORS) as error:  # a lying directory points before the file: EINVAL
        detail = ascii(str(error))[1:-1]
        raise InputError("archive.source.unreadable", path=address.place, detail=detail) from error


def _unseen(_: os.stat_result) -> None:
    """Nobody asks what the system says of the file."""


def blocks_of(source: Path, seen: Callable[[os.stat_result], None] = _unseen) -> Iterator[Buffer]:
    """Yield the bytes of a regular file of a carrier; never follows a link, never waits at a pipe.

    Args:
        source: the file.
        seen: told what the system says of the file, once it is open and once it was read.

    Raises:
        InputError: it cannot be opened or read, or is no regular file.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    with _source_errors(source):
        handle = os.open(source, flags)
    try:
        with _source_errors(source):
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        seen(state)
        found = blocks(handle)
        while True:
            with _source_errors(source):
                block = next(found, None)
            if block is None:
                break
            yield block
        with _source_errors(source):
            state = os.fstat(handle)
        seen(state)
    finally:
        os.close(handle)


@contextmanager
def _source_errors(source: Path) -> Iterator[None]:
    """Say a failure of the carrier in one sentence."""
    try:
        yield
    except OSError as error:
        why = reason_of(error)
        raise InputError("archive.source.unreadable", path=source, detail=why) from error
