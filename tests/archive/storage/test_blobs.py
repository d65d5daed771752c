"""Objects by their hash: a disk that refuses one is asked once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.storage.blobs import ObjectFolder
from archive.storage.files import Files
from virtopsy.errors import StorageError


class _Refusing(Files):
    """A disk that cannot read so many times."""

    def __init__(self, times: int) -> None:
        self._left = times

    def read(self, path: Path) -> bytes:
        self._left -= 1
        if self._left >= 0:
            raise StorageError("archive.storage.failed", path=path, detail="Input/output error")
        return super().read(path)


def _kept(folder: Path) -> str:
    (folder / "staging").mkdir()
    return ObjectFolder(folder, Files()).put(b"said")


def test_a_disk_that_refuses_once_is_asked_again(tmp_path: Path) -> None:
    sha256 = _kept(tmp_path)
    assert ObjectFolder(tmp_path, _Refusing(1)).read(sha256) == b"said"


def test_a_disk_that_goes_on_refusing_is_told(tmp_path: Path) -> None:
    sha256 = _kept(tmp_path)
    with pytest.raises(StorageError):
        ObjectFolder(tmp_path, _Refusing(2)).read(sha256)
