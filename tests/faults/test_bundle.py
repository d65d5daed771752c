"""Disks that fill up and people who stop, while a court bundle is being written."""

from __future__ import annotations

import pytest
from typing_extensions import override

from archive.storage.files import Files
from resources.bundle import verify
from tests.court_case import Case, bundled, nothing_is_left
from virtopsy.errors import Cancelled, StorageError
from virtopsy.jobs import Progress


@pytest.mark.fault("full disk, known before")
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


@pytest.mark.fault("stopped by the person: bundle")
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
