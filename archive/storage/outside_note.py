"""A checkpoint that was kept outside: a note, or the bundle that holds one, as folder or zip."""

from __future__ import annotations

import os
import re
import zipfile
from itertools import islice
from pathlib import Path

from archive.storage.files import Files
from archive.storage.source_files import blocks_of
from virtopsy.dicom.carrier import ZIP_ERRORS
from virtopsy.errors import InputError

_LARGEST = 100_000  # bytes; cosigned by a dozen witnesses a note has two thousand
_IN_BUNDLE = "log/checkpoint.txt"
_IN_ZIP = re.compile(r"([^/]+/)?log/checkpoint\.txt")
_ZIP = b"PK"


def read_note(path: Path, files: Files) -> str:
    """Return the text of the checkpoint that lies at a path, or in the bundle there.

    A person may name it by a link; within a bundle none is followed.

    Raises:
        InputError: there is none, or what lies there is too large for one.
    """
    path = Path(os.path.realpath(path))  # unlike Path's, never raises
    if path.is_dir():
        content = files.read_brought(path / _IN_BUNDLE, _LARGEST)
    elif _begins(path) == _ZIP:
        content = _from_zip(path)
    else:
        content = files.read_brought(path, _LARGEST)
    return content.decode("utf-8", "replace")


def _begins(path: Path) -> bytes:
    """Return the first two bytes; waits at no pipe and follows no link, as `blocks_of`."""
    return b"".join(islice(blocks_of(path), 1))[: len(_ZIP)]


def _from_zip(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as bundle:
            names = [one for one in bundle.namelist() if _IN_ZIP.fullmatch(one)]
            with bundle.open(names[0]) as note:
                content = note.read(_LARGEST + 1)
    except (*ZIP_ERRORS, OSError) as error:
        raise InputError("backup.no_checkpoint", path=path) from error
    if len(content) > _LARGEST:
        raise InputError("anchor.too_large", path=path, most=_LARGEST)
    return content
