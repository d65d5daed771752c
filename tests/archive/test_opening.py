"""Making and opening an archive."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from archive.opening import Archive, create, is_archive, open_archive, verify_folder
from archive.records import Actor
from archive.recovery import rebuild_folder, restore_backup
from archive.storage import place
from archive.storage.files import Files
from tests.archive.conftest import CHEAP, PASSWORD, Clock
from virtopsy.errors import InputError, IntegrityError, StorageError, UsageError
from virtopsy.jobs import Progress


def test_a_new_archive_says_what_it_is_in_three_languages(folder: Path) -> None:
    card = json.loads((folder / "archive.json").read_text())
    assert sorted(card) == ["format", "public_keys", "uuid"]
    assert card["format"] == 1
    (key,) = card["public_keys"]
    assert key["fingerprint"] == hashlib.sha256(bytes.fromhex(key["public"])).hexdigest()
    for language in ("kk", "ru", "en"):
        assert "sha256sum" in (folder / f"README_{language}.txt").read_text()
    assert is_archive(folder)


def test_its_log_begins_with_its_making_by_a_single_keeper(archive: Archive, expert: Actor) -> None:
    first, second, *_ = archive.log.entries(expert)
    assert (first.act, second.act) == ("archive.create", "person.add")
    said = json.loads(first.body)["data"]
    assert said == {"format": 1, "key": archive.fingerprint, "single_keeper": True}
    assert archive.access.single_keeper() == "Ахметова"
    assert archive.verify.run().ok


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "something").write_text("x")
    with pytest.raises(InputError):
        create(tmp_path, person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    with pytest.raises(InputError):
        create(tmp_path / "something", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)


def test_no_password_makes_no_archive(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(UsageError):
        create(tmp_path / "a", person="X", password="", clock=clock, cost=CHEAP)
    assert not (tmp_path / "a").exists()


def test_an_archive_whose_log_cannot_be_copied_outside_the_database_is_not_made(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_files: Files, path: Path, _content: bytes) -> None:
        raise StorageError("archive.storage.full", path=path)

    monkeypatch.setattr(Files, "append", refuse)
    with pytest.raises(StorageError):
        create(tmp_path / "a", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    assert not is_archive(tmp_path / "a")


@pytest.mark.parametrize("name", ["Dropbox", "OneDrive - Бюро", "Яндекс.Диск"])
def test_a_synced_folder_is_refused(name: str, tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(InputError, match="cloud"):
        create(tmp_path / name / "a", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)


def test_a_network_drive_is_refused(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/net nfs4 rw 0 0\n")
    monkeypatch.setattr(place, "_MOUNTS", mounts)
    with pytest.raises(InputError, match="network"):
        create(tmp_path / "net" / "a", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    create(tmp_path / "near", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)


def test_what_is_no_archive_is_said(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(InputError):
        open_archive(tmp_path, clock=clock)
    with pytest.raises(InputError):
        open_archive(tmp_path / "nothing", clock=clock)


def test_a_newer_format_is_not_touched(folder: Path, clock: Clock) -> None:
    card = json.loads((folder / "archive.json").read_text())
    (folder / "archive.json").chmod(0o644)
    (folder / "archive.json").write_text(json.dumps({**card, "format": 2}))
    with pytest.raises(InputError, match="newer"):
        open_archive(folder, clock=clock)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"uuid":1,"format":"x","public_keys":[]}', "\0"])
def test_a_garbled_card_is_an_integrity_problem(text: str, folder: Path, clock: Clock) -> None:
    (folder / "archive.json").chmod(0o644)
    (folder / "archive.json").write_text(text)
    with pytest.raises(IntegrityError):
        open_archive(folder, clock=clock)


def test_a_missing_database_is_an_integrity_problem(folder: Path, clock: Clock) -> None:
    (folder / "db" / "archive.sqlite").unlink()
    with pytest.raises(IntegrityError):
        open_archive(folder, clock=clock)


def test_an_archive_moved_elsewhere_is_the_same(folder: Path, clock: Clock) -> None:
    moved = folder.parent / "a folder with a % and a ?"
    folder.rename(moved)
    with open_archive(moved, clock=clock, cost=CHEAP) as archive:
        archive.access.login("Ахметова", PASSWORD)
        assert archive.verify.run().ok


def test_a_place_where_no_folder_can_be_is_refused_before_anything_is_made(
    tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="No folder can be made"):
        create(tmp_path / "file" / "a", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_an_archive_in_a_folder_whose_name_is_no_utf_8_works_as_any_other(
    templates: Path, tmp_path: Path, clock: Clock, state: Path
) -> None:
    folder, disk, back = (tmp_path / os.fsdecode(b"\xff" + one) for one in (b"a", b"disk", b"back"))
    disk.mkdir()
    shutil.copytree(templates / "kept", folder)
    with open_archive(folder, clock=clock, cost=CHEAP, state=state) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        assert len(archive.cases.list(expert)) == 1
        archive.backup.write(expert, disk, password=PASSWORD, progress=Progress())
    assert restore_backup(disk, back, password=PASSWORD, clock=clock, progress=Progress()).ok
    made = rebuild_folder(
        folder, user="Ахметова", password=PASSWORD, clock=clock, cost=CHEAP, progress=Progress()
    )
    assert made.cases == 1
    assert verify_folder(folder, clock=clock, state=state).ok
    new = tmp_path / os.fsdecode(b"\xffnew")
    create(new, person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
