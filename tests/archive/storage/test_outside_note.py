"""A checkpoint that was kept outside is read from a note, a bundle's folder or its zip."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from archive.storage.files import Files
from archive.storage.outside_note import read_note
from virtopsy.errors import InputError

_NOTE = "virtopsy/log\n4\n"


def _zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name, text)
    return path


def test_a_note_a_folder_and_a_zip_give_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(_NOTE)
    (tmp_path / "bundle" / "log").mkdir(parents=True)
    (tmp_path / "bundle" / "log" / "checkpoint.txt").write_text(_NOTE)
    handed_out = {"7-2026/bagit.txt": "x", "7-2026/log/checkpoint.txt": _NOTE}
    _zipped(tmp_path / "bundle.zip", handed_out)
    _zipped(tmp_path / "flat.zip", {"log/checkpoint.txt": _NOTE})
    for name in ("note.txt", "bundle", "bundle.zip", "flat.zip"):
        assert read_note(tmp_path / name, Files()) == _NOTE


def test_a_note_and_a_bundle_may_be_named_by_a_link_but_hold_none(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(_NOTE)
    (tmp_path / "bundle" / "log").mkdir(parents=True)
    (tmp_path / "bundle" / "log" / "checkpoint.txt").write_text(_NOTE)
    _zipped(tmp_path / "bundle.zip", {"log/checkpoint.txt": _NOTE})
    for name in ("note.txt", "bundle", "bundle.zip"):
        (tmp_path / f"to {name}").symlink_to(tmp_path / name)
        assert read_note(tmp_path / f"to {name}", Files()) == _NOTE
    (tmp_path / "bundle" / "log" / "checkpoint.txt").unlink()
    (tmp_path / "bundle" / "log" / "checkpoint.txt").symlink_to(tmp_path / "note.txt")
    os.mkfifo(tmp_path / "pipe")
    ends = {"to pipe": "pipe", "to zero": "/dev/zero", "to itself": "to itself", "to none": "none"}
    for name, end in ends.items():
        (tmp_path / name).symlink_to(tmp_path / end)
    for name in ("bundle", *ends):
        with pytest.raises(InputError):
            read_note(tmp_path / name, Files())


def test_a_zip_that_is_damaged_lacks_the_note_or_hides_an_endless_one_is_refused(
    tmp_path: Path,
) -> None:
    whole = _zipped(tmp_path / "whole.zip", {"b/log/checkpoint.txt": _NOTE})
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:60])
    (tmp_path / "flipped.zip").write_bytes(whole.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05"))
    _zipped(tmp_path / "without.zip", {"b/data/log/checkpoint.txt": _NOTE})
    _zipped(tmp_path / "bomb.zip", {"b/log/checkpoint.txt": "\0" * 5_000_000})
    (tmp_path / "folder").mkdir()
    for name in ("cut.zip", "flipped.zip", "without.zip", "bomb.zip", "folder", "missing"):
        with pytest.raises(InputError):
            read_note(tmp_path / name, Files())
