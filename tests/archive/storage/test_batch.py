"""Many files, one wait for the disk; what is read back comes from the disk."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.storage import system_sync
from archive.storage.files import Files
from archive.storage.source_files import blocks_of
from virtopsy.errors import InputError, StorageError

_SIZES = (0, 1, 511, 512, 4096, 5000, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 512)


def _refuse_direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the file system refuse to be read without its cache, as some do."""
    really: Callable[..., int] = os.open

    def opened(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & os.O_DIRECT:
            raise OSError(errno.EINVAL, "no")
        return really(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", opened)


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_read_past_the_cache_is_the_whole_file(
    refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if refused:
        _refuse_direct(monkeypatch)
    for size in _SIZES:
        content = os.urandom(size)
        path = tmp_path / str(size)
        path.write_bytes(content)
        expected = (hashlib.sha256(content).hexdigest(), size)
        assert Files().hash(path, past_cache=True) == expected
        assert Files().hash(path) == expected


def test_a_failed_sync_is_a_failure_of_the_disk_and_no_second_try_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def fail(handle: int) -> int:
        asked.append(handle)
        return -1

    monkeypatch.setattr(system_sync, "_SYNCFS", fail)
    monkeypatch.setattr("ctypes.get_errno", lambda: errno.EIO)
    with pytest.raises(StorageError):
        Files().sync_all(tmp_path, 7, [])
    assert asked == [7]


def test_without_a_sync_for_all_every_file_and_folder_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    really = os.fsync

    def fsync(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        really(handle)

    monkeypatch.setattr(system_sync, "_SYNCFS", None)
    monkeypatch.setattr(os, "fsync", fsync)
    (tmp_path / "a").write_bytes(b"x")
    Files().sync_all(tmp_path, -1, [tmp_path / "a", tmp_path])
    assert synced == [str(tmp_path / "a"), str(tmp_path)]


def test_a_held_file_is_held_once_and_free_again_when_its_program_lets_go(tmp_path: Path) -> None:
    files, path = Files(), tmp_path / "journal"
    assert files.hold(path) is None
    handle = files.hold(path, new=True)
    assert handle is not None
    assert files.hold(path) is None
    files.note(path, handle, b"one\n")
    files.note(path, handle, b"two\n")
    files.let_go(handle)
    again = files.hold(path)
    assert again is not None
    files.let_go(again)
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_written_in_a_batch_is_read_only_and_never_overwrites(tmp_path: Path) -> None:
    files, path = Files(), tmp_path / "1"
    assert files.write_in_batch(path, [b"ab", b"c"]) == (hashlib.sha256(b"abc").hexdigest(), 3)
    assert path.stat().st_mode & 0o222 == 0
    with pytest.raises(StorageError):
        files.write_in_batch(path, [b"x"])
    assert path.read_bytes() == b"abc"


def test_a_source_that_became_a_pipe_or_a_link_is_not_waited_for_nor_followed(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/hostname")
    for name in ("pipe", "link", "gone"):
        with pytest.raises(InputError):
            list(blocks_of(tmp_path / name))
