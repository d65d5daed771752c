"""What a command hands out is whole or not there, and no scan lies in its place."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from viewer.presenters import handed_out
from virtopsy.errors import InputError, StorageError, UsageError
from virtopsy.language import Language


@pytest.mark.parametrize("name", ["I0005.dcm", "I0005", "picture.jpg"])
def test_only_a_name_of_the_right_ending_is_written_over(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        handed_out.check(tmp_path / name, (".png",))
    handed_out.check(tmp_path / "picture.PNG", (".png",))


def test_a_missing_folder_and_what_is_no_file_are_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("none/a.png", "folder.png", "pipe.png"):
        with pytest.raises(StorageError):
            handed_out.check(tmp_path / name, (".png",))


def test_nothing_is_handed_out_into_an_archive(tmp_path: Path) -> None:
    (tmp_path / "objects/sha256").mkdir(parents=True)
    (tmp_path / "archive.json").touch()
    for name in ("a.png", "objects/sha256/a.png"):
        with pytest.raises(InputError):
            handed_out.check(tmp_path / name, (".png",))


def test_a_stop_while_writing_leaves_the_earlier_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "picture.png"
    out.write_bytes(b"earlier")

    def stopped(*_: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        handed_out.write(b"later", out)
    assert out.read_bytes() == b"earlier"
    assert [one.name for one in tmp_path.iterdir()] == ["picture.png"]


def test_a_link_keeps_its_place_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"earlier")
    link.symlink_to(target)
    handed_out.write(b"later", link)
    assert link.is_symlink()
    assert target.read_bytes() == b"later"


def test_the_file_has_the_rights_of_any_new_one(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        handed_out.write(b"x", tmp_path / "a.png")
    finally:
        os.umask(before)
    assert (tmp_path / "a.png").stat().st_mode & 0o777 == 0o644


def test_a_long_name_is_no_trouble(tmp_path: Path) -> None:
    out = tmp_path / ("a" * 251 + ".png")
    handed_out.write(b"x", out)
    assert out.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.ENOSPC, "cli.out.full"), (errno.EROFS, "cli.out.shut"), (errno.EACCES, "cli.out.shut")],
)
@pytest.mark.parametrize("language", Language)
def test_why_a_disk_refused_is_said_in_the_language_of_the_person(
    tmp_path: Path, number: int, key: str, language: Language
) -> None:
    out = tmp_path / "a.pdf"
    with pytest.raises(StorageError) as refused, handed_out.draft(out):
        raise OSError(number, os.strerror(number))
    assert refused.value.key == key
    assert os.strerror(number) not in refused.value.sentence(language)
    assert not any(tmp_path.iterdir())


def test_what_must_be_new_is_written_over_nothing(tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    handed_out.check(out, (".pdf",), new=True)
    out.symlink_to(tmp_path / "nowhere.pdf")
    with pytest.raises(InputError):
        handed_out.check(out, (".pdf",), new=True)
    handed_out.check(out, (".pdf",))
