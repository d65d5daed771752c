"""Where files lie: folders of any depth, single files, members of a zip.

No name of a carrier is ever used to write; links to folders are not followed, and only regular
files are opened.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import IO, Final, NamedTuple

from virtopsy.dicom.names import file_name
from virtopsy.errors import IntegrityError

_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_CHUNK: Final = 1 << 16
_FRESH_S: Final = 1.0
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
MOST_MEMBERS: Final = 200_000
# Deflate shrinks to no less than 1:1032; whoever claims more lies.
_GREATEST_RATIO: Final = 1_100
# What the standard library raises for a zip that is not what it claims.
ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    UnicodeError,
    OverflowError,
    IndexError,
)


class Refused(StrEnum):
    """Why a member of a zip is not looked at."""

    ENCRYPTED = "encrypted"
    METHOD = "method"
    LIES = "lies"
    LINK = "link"


class Member(NamedTuple):
    """A file within a zip: its number in the zip's directory tells it from others of its name."""

    number: int
    name: str


class Address(NamedTuple):
    """Where one file lies: on the disk, or in a zip that does.

    Attributes:
        sha256: what the file on the disk was when it was kept, 64 hexadecimal digits; it is then
            read only while it still is that. Empty where nobody kept it.
    """

    path: str
    member: Member | None = None
    sha256: str = ""

    @property
    def place(self) -> Path:
        """Return what a person is told: the path, that of a member behind its zip's."""
        return Path(self.path) if self.member is None else Path(self.path, self.member.name)


class Listed(NamedTuple):
    """What there is to look at.

    Attributes:
        files: in order of their places.
        folders: those that could not be listed.
        refused: members of a zip that cannot be read, and why.
        sizes: bytes of each file, as a zip claims them; none of other files.
    """

    files: list[Address]
    folders: list[str]
    refused: list[tuple[Address, Refused]]
    sizes: tuple[int, ...] = ()


def open_file(path: str | os.PathLike[str]) -> int:
    """Open a file for reading, also where its path is longer than the system takes at once.

    Raises:
        OSError: the system refused.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY
    try:
        return os.open(path, flags)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
    folder, name = os.path.split(os.fspath(path))
    parent = _open_folder(folder)
    try:
        return os.open(name, flags, dir_fd=parent)
    finally:
        os.close(parent)


def _open_folder(path: str) -> int:
    """Open a folder part by part."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    here = os.open("/" if path.startswith("/") else ".", flags)
    for part in path.split("/"):
        if part:
            try:
                below = os.open(part, flags, dir_fd=here)
            finally:
                os.close(here)
            here = below
    return here


def folder_listing(path: str) -> Listed:
    """Return the regular files below a folder, in order."""
    unlisted: list[str] = []
    files = sorted(_files(path, unlisted))
    return Listed([Address(one) for one in files], unlisted, [])


def _files(folder: str, unlisted: list[str]) -> Iterator[str]:
    """Yield the regular files below `folder`; links to folders are not followed (no rings)."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            for name, is_folder, is_file in _entries(here):
                path = os.path.join(here, name)  # noqa: PTH118 -- thousands, and no Path is needed
                if is_folder:
                    waiting.append(path)
                elif is_file:
                    yield path
        except OSError:
            unlisted.append(here)


def _entries(folder: str) -> Iterator[tuple[str, bool, bool]]:
    try:
        found = os.scandir(folder)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        opened = _open_folder(folder)
        try:
            # Listed before it is closed: entries are asked about themselves through it.
            yield from list(_asked(os.scandir(opened)))
        finally:
            os.close(opened)
        return
    yield from _asked(found)


def _asked(found: os._ScandirIterator[str]) -> Iterator[tuple[str, bool, bool]]:
    with found:
        for entry in found:
            is_folder = entry.is_dir(follow_symlinks=False)
            yield entry.name, is_folder, not is_folder and _is_file(entry)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether a file is to be looked at; one that cannot even be asked is, and is named."""
    try:
        return entry.is_file()
    except OSError:
        return True


def is_zip(path: str) -> bool:
    """Tell whether a file begins as a zip does.

    Raises:
        OSError: the system refused to read it.
    """
    file = open_file(path)
    try:
        return os.read(file, 4) in {_ZIP, _EMPTY_ZIP}
    finally:
        os.close(file)


def zip_listing(path: str) -> Listed:
    """Return the members of a zip in order of their names; nothing is unpacked.

    Raises:
        OSError: the system refused to read it.
        Any of ZIP_ERRORS: it is damaged or has too many members.
    """
    files: list[tuple[Address, int]] = []
    refused = []
    entries = _zip(path).infolist()
    if len(entries) > MOST_MEMBERS:
        raise zipfile.BadZipFile(f"{len(entries)} members")
    for number, entry in enumerate(entries):
        if entry.is_dir():
            continue
        address = Address(path, Member(number, _name(entry)))
        reason = _refused(entry)
        if reason:
            refused.append((address, reason))
        else:
            files.append((address, entry.file_size))
    files.sort(key=lambda one: one[0].member or ())
    return Listed([one for one, _ in files], [], refused, tuple(size for _, size in files))


def zip_checksums(path: str) -> list[tuple[int, int]]:
    """Return size and CRC-32 of every member of a zip, as its directory claims them.

    Raises:
        OSError: the system refused to read it.
        Any of ZIP_ERRORS: it is damaged or has too many members.
    """
    entries = _zip(path).infolist()
    if len(entries) > MOST_MEMBERS:
        raise zipfile.BadZipFile(f"{len(entries)} members")
    return [(one.file_size, one.CRC) for one in entries if not one.is_dir()]


def _name(entry: zipfile.ZipInfo) -> str:
    # The library reads a name without the UTF-8 flag as code page 437, byte by byte.
    plain = entry.flag_bits & _UTF8
    name = entry.orig_filename if plain else file_name(entry.orig_filename.encode("cp437"))
    return name.replace("\0", " ").lstrip("/") or "?"


def _refused(entry: zipfile.ZipInfo) -> Refused | None:
    if entry.flag_bits & _ENCRYPTED:
        return Refused.ENCRYPTED
    if entry.compress_type not in _METHODS:
        return Refused.METHOD
    if entry.file_size > _GREATEST_RATIO * (entry.compress_size + 1):
        return Refused.LIES
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Refused.LINK
    return None


def open_member(address: Address) -> tuple[IO[bytes], int]:
    """Return a member of a zip, to be read forwards, and the size it claims.

    Raises:
        OSError: the system refused to read the zip.
        Any of ZIP_ERRORS: it is damaged.
    """
    if address.member is None:
        raise ValueError(f"{address.path} is no member of a zip")
    archive = _zip(address.path)
    entry = archive.infolist()[address.member.number]
    return archive.open(entry), entry.file_size


def _zip(path: str) -> zipfile.ZipFile:
    known = os.stat(path)  # noqa: PTH116 -- no Path is needed
    return _opened_zip(path, known.st_mtime_ns, known.st_size, known.st_ino)


@lru_cache(maxsize=2)  # its directory is read once, not once a member
def _opened_zip(path: str, *_state: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


@contextmanager
def opened(address: Address) -> Iterator[IO[bytes]]:
    """Open a file or a member of a zip to read it from its beginning.

    Raises:
        IntegrityError: the file is not what it was when it was kept.
        OSError: the system refused to read it.
        Any of ZIP_ERRORS: its zip is damaged.
    """
    if address.member is None:
        with os.fdopen(open_file(address.path), "rb") as file:
            if address.sha256:
                _refuse_changed(file, address)
            yield file
    else:
        member, _ = open_member(address)
        with member:
            yield member


def _refuse_changed(file: BufferedReader, address: Address) -> None:
    """Read a kept file through before anything of it is used.

    The frames of one file follow one another: what was read through less than a second ago, by
    this thread and as its last, counts.
    """
    state = os.fstat(file.fileno())
    read = (address, state.st_ino, state.st_size, state.st_mtime_ns)
    if _last.read == read and time.monotonic() - _last.at < _FRESH_S:
        return
    if hashlib.file_digest(file, "sha256").hexdigest() != address.sha256:
        raise IntegrityError("scan.changed", path=address.place)
    file.seek(0)
    _last.read, _last.at = read, time.monotonic()


class _Last(threading.local):
    """The kept file that a thread has read through last, and when."""

    read: tuple[Address, int, int, int] | None = None
    at = 0.0


_last: Final = _Last()


def fingerprint(address: Address, most: int | None = None, *, start: int = 0) -> bytes | None:
    """Return what only files of the same bytes share; None where it cannot be read.

    Args:
        address: the file.
        most: look at no more than so many bytes.
        start: leave out the bytes before it.
    """
    found = hashlib.sha256()
    left = sys.maxsize if most is None else most
    try:
        with opened(address) as file:
            file.seek(start)
            while left and (chunk := file.read(min(_CHUNK, left))):
                found.update(chunk)
                left -= len(chunk)
    except (OSError, *ZIP_ERRORS):
        return None
    return found.digest()
