"""Disks that fill up and people who stop, while a court bundle is being written."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from typing_extensions import override

from archive.opening import open_archive
from archive.storage.files import Files, storage_errors
from resources.bundle import verify
from tests.court_case import CHEAP, FILES, Case, Clock, bundled, nothing_is_left, open_case
from virtopsy.errors import Cancelled, StorageError
from virtopsy.jobs import Progress


class Failing(Files):
    """Lets the n-th operation below a folder fail."""

    def __init__(self, folder: Path) -> None:
        self.at, self.folder, self.count = 0, folder, 0

    def _step(self, path: Path) -> None:
        if (
            not path.is_relative_to(self.folder)
            or "archive" in path.parts[len(self.folder.parts) :]
        ):
            return
        self.count += 1
        if self.count == self.at:
            with storage_errors(path):
                raise OSError(errno.ENOSPC, "No space left on device")

    @override
    def write_new(self, path: Path, content: bytes) -> None:
        self._step(path)
        super().write_new(path, content)

    @override
    def copy_hashing(self, source: Path, target: Path, tick: Callable[[], None]) -> tuple[str, int]:
        self._step(target)
        return super().copy_hashing(source, target, tick)

    @override
    def sync_folder(self, path: Path) -> None:
        self._step(path)
        super().sync_folder(path)

    @override
    def make_folder(self, path: Path) -> None:
        self._step(path)
        super().make_folder(path)


def test_a_disk_full_at_any_step_leaves_nothing_half_made(tmp_path: Path) -> None:
    open_case(tmp_path)[0].close()
    files = Failing(tmp_path)
    with open_archive(tmp_path / "archive", clock=Clock(), files=files, cost=CHEAP) as archive:
        actor = archive.access.login("Айгүл", "x")
        for files.at in range(1, 3 * len(FILES)):
            files.count = 0
            try:
                bundled(archive, actor, tmp_path / "b")
            except StorageError:
                if (tmp_path / "b").exists():  # the sync after the rename failed
                    break
                assert nothing_is_left(tmp_path)
            else:
                break
    assert files.at > len(FILES)
    assert verify.examine(str(tmp_path / "b")).ok


def test_too_little_room_is_said_before_anything_is_written(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Files, "free_bytes", lambda _self, _path: 100)
    with pytest.raises(StorageError, match="nothing was written"):
        bundled(case.archive, case.actor, case.folder / "b")
    assert nothing_is_left(case.folder)


class Stopping(Progress):
    """Is cancelled at its n-th tick."""

    def __init__(self, ticks: int) -> None:
        super().__init__()
        self.left = ticks

    @override
    def tick(self, done: int, total: int) -> None:
        self.left -= 1
        if self.left == 0:
            self.cancel()
        super().tick(done, total)


@pytest.mark.parametrize("zipped", [False, True])
def test_cancelling_leaves_nothing_half_made(case: Case, zipped: bool) -> None:
    for ticks in range(1, 200, 4):
        try:
            bundled(
                case.archive,
                case.actor,
                case.folder / "b",
                zipped=zipped,
                progress=Stopping(ticks),
            )
        except Cancelled:
            assert nothing_is_left(case.folder)
        else:
            break
    assert ticks > len(list((case.folder / "carrier").iterdir()))
    assert verify.examine(str(case.folder / "b")).ok
