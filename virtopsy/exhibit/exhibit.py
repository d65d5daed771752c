"""What an exhibit is, and the bytes of one, read with bounds."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Final, TypeAlias

from virtopsy.dicom.carrier import open_file
from virtopsy.language import printable

Facts: TypeAlias = Mapping[str, str | int]
HEAD_BYTES: Final = 4096
"""Enough of a file's beginning to tell its format."""
_LONGEST_FACT: Final = 80


class Kind(StrEnum):
    """What a file of a case is."""

    DICOM = "dicom"
    PHOTO = "photo"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    SURFACE = "surface"
    CONTAINER = "container"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A file that is no scan, recognised by its bytes.

    Attributes:
        kind: what it is.
        format: short name of its format: "JPEG", "PDF", "STL".
        facts: a few that were checked: "pixels", "taken", "triangles" ... (see each parser).
    """

    kind: Kind
    format: str
    facts: Facts = field(default_factory=dict)


class Broken(Exception):  # noqa: N818 -- a finding about a file, turned into words by the intake
    """A file begins as a format does, and then breaks."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file opened for a parser.

    Attributes:
        file: open for reading, at its beginning.
        head: its first bytes.
        size: bytes.
    """

    file: IO[bytes]
    head: bytes
    size: int

    def at(self, offset: int, length: int) -> bytes:
        """Return bytes from anywhere.

        Raises:
            Broken: the file ends before.
        """
        if offset < 0 or offset + length > self.size:
            raise Broken
        self.file.seek(offset)
        found = self.file.read(length)
        if len(found) < length:
            raise Broken
        return found

    def tail(self, length: int) -> bytes:
        """Return the last bytes, `length` at most."""
        return self.at(max(0, self.size - length), min(length, self.size))


def opened(path: Path) -> Content:
    """Open a file; whoever asked closes it.

    Raises:
        OSError: the system refused.
    """
    handle = open_file(path)
    file = os.fdopen(handle, "rb")
    return Content(file, file.read(HEAD_BYTES), os.fstat(handle).st_size)


def fact(text: str) -> str:
    """Return a text of a file as a fact a person may be shown."""
    return re.sub(r"\s+", " ", printable(text)).strip()[:_LONGEST_FACT]
