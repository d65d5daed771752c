"""A folder of findings is whole or not there, and nothing is written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from virtopsy.errors import InputError, StorageError
from virtopsy.exchange.folder import write

_FILES = {"a.dcm": b"1", "b.csv": b"2"}


def _nothing() -> None:
    pass


def test_the_files_are_there_when_it_returns(tmp_path: Path) -> None:
    write(tmp_path / "out", _FILES, _nothing)

    assert {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()} == _FILES
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    write(tmp_path / "out", _FILES, _nothing)

    assert len(list((tmp_path / "out").iterdir())) == 2


def test_nothing_is_there_where_the_log_cannot_say_so(tmp_path: Path) -> None:
    def refused() -> None:
        raise StorageError("core.cancelled")

    with pytest.raises(StorageError):
        write(tmp_path / "out", _FILES, refused)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_ever_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").write_bytes(b"x")
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    for name in ("out", "file", "link"):
        with pytest.raises(InputError) as told:
            write(tmp_path / name, _FILES, _nothing)
        assert told.value.key == "exchange.out.exists"
    with pytest.raises(InputError) as told:
        write(tmp_path / "gone" / "out", _FILES, _nothing)
    assert told.value.key == "exchange.out.no_folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_disk_that_refuses_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(StorageError):
        write(tmp_path / "out", _FILES, _nothing)
