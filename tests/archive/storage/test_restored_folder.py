"""A place that an archive is restored into holds what was brought, and nothing else goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.storage.files import Files
from archive.storage.restored_folder import RestoredFolder


@pytest.mark.parametrize("linked", [False, True])
def test_what_an_earlier_try_added_goes_and_never_what_lies_behind_a_link(
    linked: bool, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    back = tmp_path / "back"
    back.mkdir()
    place = back / "log"
    if linked:
        place.symlink_to(elsewhere)
    else:
        place.mkdir()
    for name in ("entries.jsonl", "of somebody"):
        (place / name).write_bytes(b"x")
    RestoredFolder(back, Files()).remove_others("log", {"log/entries.jsonl"})
    left = {"entries.jsonl", "of somebody"} if linked else {"entries.jsonl"}
    assert {one.name for one in place.iterdir()} == left
