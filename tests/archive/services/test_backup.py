"""Backup and restore: what comes back is what was there, and what is not is named."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from archive.opening import Archive, create, is_archive, open_archive, verify_folder
from archive.proof import chain, checkpoint
from archive.records import Actor, Role
from archive.recovery import RestoreReport, restore_backup, snapshots_of
from archive.services.backup import BackupReport
from archive.storage.files import Files
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, another, track
from virtopsy.errors import (
    AccessDenied,
    Cancelled,
    InputError,
    IntegrityError,
    StorageError,
    UsageError,
)
from virtopsy.jobs import Progress
from virtopsy.language import Language

BackUp: TypeAlias = Callable[..., BackupReport]
Restore: TypeAlias = Callable[..., RestoreReport]
_OWN = {"staging", "db"}


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """An empty backup disk."""
    made = tmp_path / "disk"
    made.mkdir()
    return made


def _back_up(archive: Archive, actor: Actor, disk: Path, **how: Any) -> BackupReport:
    given = {"password": "" if how.get("plain") else PASSWORD, **how}
    return archive.backup.write(actor, disk, progress=Progress(), **given)


@pytest.fixture
def back_up(kept: Archive, expert: Actor) -> BackUp:
    """Back the archive up as its first person."""
    return partial(_back_up, kept, expert)


@pytest.fixture
def restore(clock: Clock) -> Restore:
    """Restore a backup; the password is the first person's unless another is named."""

    def act(disk: Path, folder: Path, **how: Any) -> RestoreReport:
        given = {"password": PASSWORD, **how}
        return restore_backup(disk, folder, clock=clock, cost=CHEAP, progress=Progress(), **given)

    return act


@dataclass(frozen=True)
class Bench:
    """Everything a backup is tried with."""

    kept: Archive
    expert: Actor
    disk: Path
    tmp_path: Path
    clock: Clock
    back_up: BackUp
    restore: Restore


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Bench:
    """All of it, for the tests that need most of it."""
    return Bench(**{one.name: request.getfixturevalue(one.name) for one in fields(Bench)})


def _content(folder: Path) -> dict[str, bytes]:
    """Return every file but staged ones and the database."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in _OWN
    }


def _rows(folder: Path) -> list[str]:
    connection = sqlite3.connect(folder / "db" / "archive.sqlite")
    rows = list(connection.iterdump())
    connection.close()
    return rows


def _kept_files(disk: Path, kind: str) -> list[Path]:
    return sorted(one for one in disk.glob(f"*/{kind}/??/*") if one.is_file())


def _scans(folder: Path) -> list[Path]:
    """Return the objects that are no records of the archive's own."""
    objects = (one for one in (folder / "objects").rglob("*") if one.is_file())
    return sorted(one for one in objects if one.read_bytes()[128:132] == b"DICM")


def _damage(path: Path, place: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.parametrize("plain", [False, True])
def test_what_comes_back_is_byte_for_byte_what_was_there(bench: Bench, plain: bool) -> None:
    report = bench.back_up(bench.disk, plain=plain)
    assert report.ok
    assert (report.objects, report.written, report.encrypted) == (9, 9, not plain)
    before, rows = _content(bench.kept.folder), _rows(bench.kept.folder)

    restored = bench.restore(
        bench.disk, bench.tmp_path / "back", password="" if plain else PASSWORD
    )

    assert restored.ok
    after = _content(bench.tmp_path / "back")
    log = "log/entries.jsonl"
    assert after[log].startswith(before[log])
    new = {one for one in after if one not in before}
    assert all(one.startswith("log/checkpoint-") for one in new)
    assert {one: after[one] for one in before if one != log} == {
        one: before[one] for one in before if one != log
    }
    assert set(rows) - set(_rows(bench.tmp_path / "back")) == set()


def test_the_backup_holds_the_entry_of_its_own_making(
    bench: Bench,
) -> None:
    report = bench.back_up(bench.disk, reason="the weekly one")
    bench.restore(bench.disk, bench.tmp_path / "back")
    with open_archive(bench.tmp_path / "back", clock=bench.clock, cost=CHEAP) as back:
        again = back.access.login("Ахметова", PASSWORD)
        entry = back.log.entries(again)[report.size - 1]
        said = back.log.entries(again)
    assert (entry.act, entry.out, entry.actor) == ("backup", "ok", bench.expert.person_id)
    assert b"the weekly one" in entry.body
    restored = [one for one in said if one.act == "restore"]
    assert [(one.out, one.actor) for one in restored] == [("ok", bench.expert.person_id)]


def test_the_log_of_a_restored_archive_goes_on(
    disk: Path,
    tmp_path: Path,
    clock: Clock,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk)
    restore(disk, tmp_path / "back")
    with open_archive(tmp_path / "back", clock=clock, cost=CHEAP) as back:
        again = back.access.login("Ахметова", PASSWORD)
        back.cases.add_finding(again, CASE, track("after the restore"))
        assert back.verify.run().ok


def test_the_disk_says_in_three_languages_what_it_is(disk: Path, back_up: BackUp) -> None:
    back_up(disk)
    for language in Language:
        (path,) = disk.glob(f"*/README_{language}.txt")
        assert "archive restore" in path.read_text()


def test_a_second_backup_writes_only_what_is_new(
    kept: Archive,
    expert: Actor,
    disk: Path,
    back_up: BackUp,
) -> None:
    back_up(disk)
    before = {one: one.stat().st_mtime_ns for one in _kept_files(disk, "objects")}
    kept.cases.add_finding(expert, CASE, track("another"))
    second = back_up(disk)
    assert second.written == 1
    assert second.objects == 10
    after = {one: one.stat().st_mtime_ns for one in _kept_files(disk, "objects")}
    assert before.items() < after.items()
    assert len(after) == len(before) + 1


def test_the_log_is_written_in_parts_that_are_not_written_again(
    kept: Archive,
    disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    back_up: BackUp,
) -> None:
    monkeypatch.setattr("archive.proof.snapshot.PART", 1000)
    back_up(disk)
    parts = set(_kept_files(disk, "parts"))
    log = len((kept.folder / "log" / "entries.jsonl").read_bytes()) // 1000
    back_up(disk)
    written = {one for one in _kept_files(disk, "parts") if one not in parts}
    assert len(parts) > log > 5
    assert len(written) < len(parts) // 2


def test_a_wrong_password_opens_nothing(
    disk: Path,
    tmp_path: Path,
    restore: Restore,
    back_up: BackUp,
) -> None:
    with pytest.raises(AccessDenied):
        back_up(disk, password="another")
    assert not any(disk.iterdir())
    back_up(disk)
    with pytest.raises(AccessDenied):
        restore(disk, tmp_path / "back", password="another")
    assert not (tmp_path / "back").exists()


def test_nothing_readable_lies_on_an_encrypted_disk(
    disk: Path,
    back_up: BackUp,
) -> None:
    back_up(disk)
    for path in disk.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"DICM" not in content
            assert "Ахметова".encode() not in content
            assert b"import" not in content


def _restore_entry(bench: Bench) -> tuple[str, str]:
    """Return who restored, as the entry in the restored archive says, and why."""
    with open_archive(bench.tmp_path / "back", clock=bench.clock, cost=CHEAP) as back:
        again = back.access.login("Ахметова", PASSWORD)
        entry = next(one for one in back.log.entries(again) if one.act == "restore")
    return entry.actor, chain.read(entry)["reason"]


@pytest.mark.parametrize("plain", [False, True])
def test_who_restores_and_why_stands_in_the_entry(bench: Bench, plain: bool) -> None:
    bench.back_up(bench.disk, plain=plain)
    told = {"user": "Ахметова", "reason": "the disk failed"}
    assert bench.restore(bench.disk, bench.tmp_path / "back", **told).ok
    assert _restore_entry(bench) == (bench.expert.person_id, "the disk failed")


@pytest.mark.parametrize("named", ["Ахметова", "nobody"])
def test_who_only_says_the_name_of_another_is_refused_and_the_restore_goes_on_later(
    bench: Bench, named: str
) -> None:
    bench.back_up(bench.disk, phrase="of the disk")
    asked = (bench.disk, bench.tmp_path / "back")
    with pytest.raises(AccessDenied):
        bench.restore(*asked, password="of the disk", user=named)
    assert not is_archive(bench.tmp_path / "back")
    assert bench.restore(*asked, password="of the disk").ok
    assert _restore_entry(bench) == ("system", "")


def test_the_passphrase_of_the_backup_opens_it_and_then_the_system_is_the_actor(
    disk: Path,
    tmp_path: Path,
    clock: Clock,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk, phrase="of the disk")
    assert restore(disk, tmp_path / "back", password="of the disk").ok
    with open_archive(tmp_path / "back", clock=clock, cost=CHEAP) as back:
        again = back.access.login("Ахметова", PASSWORD)
        entry = next(one for one in back.log.entries(again) if one.act == "restore")
    assert entry.actor == "system"


def test_another_administrator_goes_on_with_the_same_disk_and_opens_it_afterwards(
    bench: Bench,
) -> None:
    bench.back_up(bench.disk)
    bench.kept.access.add_person(bench.expert, "Второй", "pw-pw-pw2", [Role.ADMINISTRATOR])
    other = bench.kept.access.login("Второй", "pw-pw-pw2")
    assert _back_up(bench.kept, other, bench.disk, password="pw-pw-pw2").written == 2
    assert bench.restore(bench.disk, bench.tmp_path / "back", password="pw-pw-pw2").ok
    assert bench.restore(bench.disk, bench.tmp_path / "old", password=PASSWORD).ok


def test_whoever_is_no_administrator_makes_no_backup(
    kept: Archive,
    expert: Actor,
    disk: Path,
) -> None:
    kept.access.add_person(expert, "Эксперт", "pw-pw-pw2", [Role.EXPERT])
    other = kept.access.login("Эксперт", "pw-pw-pw2")
    with pytest.raises(AccessDenied):
        _back_up(kept, other, disk, password="pw-pw-pw2")
    assert not any(disk.iterdir())


def test_a_plain_and_an_encrypted_backup_are_never_mixed(
    disk: Path,
    back_up: BackUp,
) -> None:
    back_up(disk)
    with pytest.raises(UsageError):
        back_up(disk, plain=True)
    (disk / "second").mkdir()
    back_up(disk / "second", plain=True)
    with pytest.raises(UsageError):
        back_up(disk / "second")


def test_a_backup_into_the_archive_itself_is_refused(
    kept: Archive,
    back_up: BackUp,
) -> None:
    for place in (kept.folder, kept.folder / "quarantine"):
        with pytest.raises(InputError, match="archive itself"):
            back_up(place)


def test_two_archives_share_a_disk(
    bench: Bench,
) -> None:
    create(bench.tmp_path / "two", person="X", password="pw-pw-pw", clock=bench.clock, cost=CHEAP)
    bench.back_up(bench.disk)
    with open_archive(bench.tmp_path / "two", clock=bench.clock, cost=CHEAP) as two:
        _back_up(two, two.access.login("X", "pw-pw-pw"), bench.disk, password="pw-pw-pw")
        uuid = two.uuid
    with pytest.raises(UsageError, match=uuid):
        bench.restore(bench.disk, bench.tmp_path / "back")
    assert (
        bench.restore(
            bench.disk, bench.tmp_path / "back", archive=uuid, password="pw-pw-pw"
        ).archive
        == uuid
    )
    assert (
        bench.restore(bench.disk / bench.kept.uuid, bench.tmp_path / "first").archive
        == bench.kept.uuid
    )


def test_what_was_destroyed_by_act_is_not_missed_and_does_not_come_back(bench: Bench) -> None:
    kept, expert = bench.kept, bench.expert
    second = another(kept, expert)
    gone, *_ = _scans(kept.folder)
    content = gone.read_bytes()
    how = {"sha256s": [gone.name], "basis": "Қаулы № 12", "second": second}
    kept.destruction.destroy(expert, CASE, **how)
    gone.write_bytes(content)  # as a kill between the entry and the bytes leaves it
    report = bench.back_up(bench.disk, plain=True)
    assert report.ok, report.problems
    assert gone.name not in {one.name for one in _kept_files(bench.disk, "objects")}
    found = bench.restore(bench.disk, bench.tmp_path / "back", password="")
    assert found.ok, found.problems


# --- damage here


def test_a_damaged_object_is_named_and_not_kept_as_good_and_the_rest_is(
    kept: Archive,
    disk: Path,
    back_up: BackUp,
) -> None:
    damaged, gone, _ = _scans(kept.folder)
    _damage(damaged)
    gone.unlink()
    report = back_up(disk, plain=True)
    assert not report.ok
    found = {one.code: Path(one.path).name for one in report.problems}
    assert found == {"object_changed": damaged.name, "object_missing": gone.name}
    held = {one.name for one in _kept_files(disk, "objects")}
    assert len(held) == 7
    assert not held & {damaged.name, gone.name}
    for language in Language:
        assert all(one.sentence(language) for one in report.problems)


def test_what_is_gone_here_and_whole_in_the_backup_is_said_and_comes_back(
    kept: Archive,
    disk: Path,
    tmp_path: Path,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk)
    gone, *_ = _scans(kept.folder)
    whole = gone.read_bytes()
    gone.unlink()
    report = back_up(disk)
    assert [one.code for one in report.problems] == ["backup_has_whole"]
    assert restore(disk, tmp_path / "back").ok
    place = gone.relative_to(kept.folder)
    assert (tmp_path / "back" / place).read_bytes() == whole


# --- damage there


def test_every_damaged_file_of_a_backup_is_named_at_the_restore(
    disk: Path,
    tmp_path: Path,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk)
    flipped, cut, one, other, gone, *_ = _kept_files(disk, "objects")
    _damage(flipped)
    cut.chmod(0o644)
    cut.write_bytes(cut.read_bytes()[:-20])
    first, second = one.read_bytes(), other.read_bytes()
    for path, content in ((one, second), (other, first)):
        path.chmod(0o644)
        path.write_bytes(content)
    gone.unlink()

    report = restore(disk, tmp_path / "back")

    assert not report.ok
    named = {one.path: one.code for one in report.problems if one.code.startswith("backup_")}
    assert named == {
        **{str(path): "backup_changed" for path in (flipped, cut, one, other)},
        str(gone): "backup_missing",
    }
    missing = [one for one in report.problems if one.code == "object_missing"]
    assert missing


@pytest.mark.parametrize("plain", [False, True])
def test_every_damaged_part_is_found(
    disk: Path,
    tmp_path: Path,
    plain: bool,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk, plain=plain)
    for number, path in enumerate(_kept_files(disk, "parts")):
        _damage(path)
        try:
            named = {one.path for one in restore(disk, tmp_path / str(number)).problems}
        except IntegrityError as error:
            named = {str(error.facts["path"])}
        assert str(path) in named
        _damage(path)
        shutil.rmtree(tmp_path / str(number), ignore_errors=True)
    assert restore(disk, tmp_path / "back").ok


@pytest.mark.parametrize("plain", [False, True])
def test_a_damaged_snapshot_is_named_and_an_earlier_one_can_be_had(
    bench: Bench, plain: bool
) -> None:
    first = bench.back_up(bench.disk, plain=plain)
    second = bench.back_up(bench.disk, plain=plain)
    _damage(bench.disk / bench.kept.uuid / "snapshots" / second.snapshot, 100)
    with pytest.raises(IntegrityError, match=second.snapshot):
        bench.restore(bench.disk, bench.tmp_path / "back")
    assert not (bench.tmp_path / "back").exists()
    report = bench.restore(bench.disk, bench.tmp_path / "back", snapshot=first.snapshot)
    assert [one.code for one in report.problems] == ["backup_changed"]


def test_a_full_backup_reads_what_is_there_and_renews_what_is_damaged(
    disk: Path,
    tmp_path: Path,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk)
    _damage(_kept_files(disk, "objects")[3])
    assert back_up(disk).written == 0
    report = back_up(disk, full=True)
    assert (report.renewed, report.written, report.ok) == (1, 1, True)
    assert restore(disk, tmp_path / "back").ok


def test_a_damaged_backup_json_is_there_twice(
    kept: Archive,
    disk: Path,
    tmp_path: Path,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk)
    _damage(disk / kept.uuid / "backup.json", 0)
    assert restore(disk, tmp_path / "back").ok
    _damage(disk / kept.uuid / "backup-copy.json", 0)
    with pytest.raises(IntegrityError, match=r"backup\.json"):
        restore(disk, tmp_path / "again")
    with pytest.raises(IntegrityError):
        back_up(disk)


# --- rollback and fork


def test_an_older_backup_than_something_outside_tells_of_is_found(
    bench: Bench,
) -> None:
    report = bench.back_up(bench.disk)
    shutil.copytree(bench.disk, bench.tmp_path / "old disk")
    for number in range(3):
        bench.kept.cases.add_finding(bench.expert, CASE, track(f"later {number}"))
    note = bench.tmp_path / "note.txt"
    note.write_text(bench.kept.log.checkpoint(bench.expert).note)

    found = bench.restore(bench.tmp_path / "old disk", bench.tmp_path / "back", checkpoints=[note])

    assert [one.code for one in found.problems] == ["restore_rolled_back"]
    signed = checkpoint.read(note.read_text())
    assert signed is not None
    assert found.missing_entries == signed.size - report.size
    assert is_archive(bench.tmp_path / "back")
    with open_archive(bench.tmp_path / "back", clock=bench.clock, cost=CHEAP) as back:
        again = back.access.login("Ахметова", PASSWORD)
        entry = next(one for one in back.log.entries(again) if one.act == "restore")
    assert entry.out == "fail"
    assert b"restore_rolled_back" in entry.body
    checked = verify_folder(bench.tmp_path / "back", clock=bench.clock)
    assert checked.ok
    assert "was_restore_rolled_back" in {one.code for one in checked.notes}


def test_an_older_snapshot_than_the_newest_on_the_disk_is_found(
    disk: Path,
    tmp_path: Path,
    restore: Restore,
    back_up: BackUp,
) -> None:
    first = back_up(disk)
    second = back_up(disk)
    found = restore(disk, tmp_path / "back", snapshot="1")
    assert [one.code for one in found.problems] == ["restore_rolled_back"]
    assert found.missing_entries == second.size - first.size
    assert [one.name for one in snapshots_of(disk, password=PASSWORD)] == [
        first.snapshot,
        second.snapshot,
    ]


def test_what_never_ends_or_never_begins_is_no_checkpoint(bench: Bench) -> None:
    bench.back_up(bench.disk)
    os.mkfifo(bench.tmp_path / "pipe")
    with (bench.tmp_path / "large").open("wb") as large:
        large.truncate(1 << 40)  # as endless as /dev/zero, and a regular file
    for note in ("pipe", "large", "missing"):
        with pytest.raises(InputError, match="is no checkpoint"):
            bench.restore(bench.disk, bench.tmp_path / "back", checkpoints=[bench.tmp_path / note])
    assert not (bench.tmp_path / "back").exists()


def test_a_log_that_went_another_way_than_a_checkpoint_outside_is_found(
    bench: Bench,
) -> None:
    shutil.copytree(bench.kept.folder, bench.tmp_path / "twin")
    with open_archive(bench.tmp_path / "twin", clock=bench.clock, cost=CHEAP) as twin:
        person = twin.access.login("Ахметова", PASSWORD)
        note = bench.tmp_path / "note.txt"
        note.write_text(twin.log.checkpoint(person).note)
    bench.kept.cases.add_finding(bench.expert, CASE, track("this way"))
    bench.back_up(bench.disk)
    found = bench.restore(bench.disk, bench.tmp_path / "back", checkpoints=[note])
    assert [one.code for one in found.problems] == ["restore_forked"]


def test_a_checkpoint_of_the_same_log_is_no_problem_and_a_foreign_one_is(
    bench: Bench,
) -> None:
    good, forged, foreign = (
        bench.tmp_path / one for one in ("good.txt", "forged.txt", "foreign.txt")
    )
    text = bench.kept.log.checkpoint(bench.expert).note
    good.write_text(text)
    lines = text.split("\n")
    forged.write_text("\n".join([lines[0], "9999", *lines[2:]]))
    create(bench.tmp_path / "other", person="X", password="pw-pw-pw", clock=bench.clock, cost=CHEAP)
    with open_archive(bench.tmp_path / "other", clock=bench.clock, cost=CHEAP) as other:
        foreign.write_text(other.log.checkpoint(other.access.login("X", "pw-pw-pw")).note)
    bench.back_up(bench.disk)
    assert bench.restore(bench.disk, bench.tmp_path / "one", checkpoints=[good]).ok
    found = bench.restore(bench.disk, bench.tmp_path / "two", checkpoints=[good, forged, foreign])
    assert [(one.code, one.path) for one in found.problems] == [
        ("restore_foreign_checkpoint", str(forged)),
        ("restore_foreign_checkpoint", str(foreign)),
    ]
    with pytest.raises(InputError):
        bench.restore(
            bench.disk, bench.tmp_path / "three", checkpoints=[bench.kept.folder / "archive.json"]
        )


# --- interrupted


class _Failing(Files):
    """A disk on which the n-th writing operation fails."""

    def __init__(self, left: int, error: Exception) -> None:
        self.left = left
        self.error = error

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.error

    def write_in_batch(self, target: Path, blocks: Iterable[bytes]) -> tuple[str, int]:
        self._step()
        return super().write_in_batch(target, blocks)

    def write_blocks(self, path: Path, blocks: Iterable[bytes]) -> tuple[str, int]:
        self._step()
        return super().write_blocks(path, blocks)

    def replace(self, staged: Path, final: Path) -> None:
        self._step()
        super().replace(staged, final)

    def sync_all(self, folder: Path, handle: int, paths: Iterable[Path]) -> None:
        self._step()
        super().sync_all(folder, handle, paths)


def test_wherever_a_backup_fails_earlier_snapshots_stay_good_and_the_next_goes_on(
    bench: Bench,
) -> None:
    bench.back_up(bench.disk)
    failure = StorageError("archive.storage.full", path=bench.disk)
    for number in range(0, 60, 7):
        bench.kept.cases.add_finding(bench.expert, CASE, track(f"t{number}"))
        with open_archive(
            bench.kept.folder, clock=bench.clock, cost=CHEAP, files=_Failing(number + 6, failure)
        ) as failing:
            actor = failing.access.login("Ахметова", PASSWORD)
            try:
                _back_up(failing, actor, bench.disk)
            except StorageError:
                pass
            else:
                break
        names = [one.name for one in snapshots_of(bench.disk, password=PASSWORD)]
        assert names, "what was there is still there"
    else:
        pytest.fail("it never came to its end")
    assert number > 7
    report = bench.back_up(bench.disk)
    assert report.ok
    assert bench.restore(bench.disk, bench.tmp_path / "back").ok


def test_a_full_disk_is_said_and_noted(
    kept: Archive,
    expert: Actor,
    disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    back_up: BackUp,
) -> None:
    monkeypatch.setattr(Files, "free_bytes", lambda _self, _path: 1000)
    with pytest.raises(StorageError, match="MB"):
        back_up(disk)
    entry = kept.log.entries(expert)[-2]
    assert (entry.act, entry.out) == ("backup", "fail")


def test_a_cancelled_backup_leaves_no_snapshot_and_is_noted(
    kept: Archive,
    expert: Actor,
    disk: Path,
    tmp_path: Path,
    restore: Restore,
) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        kept.backup.write(expert, disk, password=PASSWORD, progress=progress)
    assert snapshots_of(disk, password=PASSWORD) == ()
    assert kept.log.entries(expert)[-2].out == "fail"
    assert not any((kept.folder / "staging").iterdir())
    with pytest.raises(InputError, match="no snapshot"):
        restore(disk, tmp_path / "back")


def test_an_unfinished_restore_is_no_archive_and_goes_on(
    disk: Path,
    tmp_path: Path,
    clock: Clock,
    restore: Restore,
    back_up: BackUp,
) -> None:
    back_up(disk)
    back = tmp_path / "back"
    failure = StorageError("archive.storage.full", path=back)
    tries = 0
    for number in range(2, 400, 9):
        tries += 1
        try:
            report = restore(disk, back, files=_Failing(number, failure))
        except StorageError:
            assert not is_archive(back)
            if back.exists() and any(back.iterdir()):
                with pytest.raises((InputError, IntegrityError)):
                    open_archive(back, clock=clock)
            continue
        break
    else:
        pytest.fail("it never came to its end")
    assert tries > 3
    assert report.ok
    assert is_archive(back)
    assert verify_folder(back, clock=clock).ok
    with pytest.raises(InputError, match="not empty"):
        restore(disk, back)


class _Unfinishing(Files):
    """A disk that refuses the last step of a restore: taking its mark away."""

    def remove_staged(self, path: Path) -> None:
        if path.name == "restore.json":
            raise StorageError("archive.storage.failed", path=path, detail="busy")
        super().remove_staged(path)


def test_a_restore_that_was_recorded_but_not_finished_is_done_again_from_the_backup(
    disk: Path, tmp_path: Path, restore: Restore, back_up: BackUp
) -> None:
    back_up(disk)
    back = tmp_path / "back"
    with pytest.raises(StorageError):
        restore(disk, back, files=_Unfinishing())
    assert not is_archive(back)
    report = restore(disk, back)  # whose log is shorter than the one signed before
    assert report.problems == ()


class _Forgetful(Files):
    """A disk that cannot read one file when it is first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._asked = 0

    def blocks(self, path: Path, *, past_cache: bool = False) -> Iterator[bytes]:
        if path == self._path:
            self._asked += 1
            if self._asked == 1:
                raise StorageError("archive.storage.failed", path=path, detail="Input/output error")
        yield from super().blocks(path, past_cache=past_cache)


def test_an_object_that_the_disk_refuses_once_is_not_missing_in_the_backup(
    kept: Archive, disk: Path, clock: Clock
) -> None:
    files = _Forgetful(_scans(kept.folder)[0])
    with open_archive(kept.folder, clock=clock, cost=CHEAP, files=files) as archive:
        report = _back_up(archive, archive.access.login("Ахметова", PASSWORD), disk)
    assert report.problems == ()


_KILLED = """
import os, signal, sys
from pathlib import Path
from archive.opening import open_archive
from archive.storage.files import Files
from tests.archive.conftest import CHEAP, PASSWORD, Clock
from virtopsy.jobs import Progress

class Dying(Files):
    left = int(sys.argv[3])
    def replace(self, staged, final):
        Dying.left -= 1
        if Dying.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        super().replace(staged, final)

with open_archive(Path(sys.argv[1]), clock=Clock(), cost=CHEAP, files=Dying()) as archive:
    actor = archive.access.login("Ахметова", PASSWORD)
    archive.backup.write(actor, Path(sys.argv[2]), password=PASSWORD, progress=Progress())
"""


def test_a_killed_backup_goes_on_without_doing_finished_work_again(
    bench: Bench,
) -> None:
    command = [sys.executable, "-c", _KILLED, str(bench.kept.folder), str(bench.disk), "13"]
    ended = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert ended.returncode == -signal.SIGKILL
    done = {one: one.stat().st_mtime_ns for one in _kept_files(bench.disk, "objects")}
    report = bench.back_up(bench.disk)
    assert report.written == report.objects - len(done)
    now = {one: one.stat().st_mtime_ns for one in _kept_files(bench.disk, "objects")}
    assert done.items() <= now.items()
    assert not (bench.disk / bench.kept.uuid / "incoming").exists()
    assert bench.restore(bench.disk, bench.tmp_path / "back").ok


def test_two_backups_onto_one_disk_at_once_are_not_made(
    kept: Archive,
    expert: Actor,
    disk: Path,
    back_up: BackUp,
) -> None:
    second = []

    def also(_done: int, _total: int) -> None:
        if not second:
            with pytest.raises(StorageError) as refused:
                back_up(disk)
            second.append(refused.value.key)

    kept.backup.write(expert, disk, password=PASSWORD, progress=Progress(also))
    assert second == ["backup.busy"]


def test_others_may_write_while_the_archive_is_backed_up(
    kept: Archive,
    expert: Actor,
    disk: Path,
    tmp_path: Path,
    restore: Restore,
) -> None:
    written = []

    def write(_done: int, _total: int) -> None:
        if len(written) < 3:
            written.append(1)
            kept.cases.add_finding(expert, CASE, track(f"meanwhile {len(written)}"))

    report = kept.backup.write(expert, disk, password=PASSWORD, progress=Progress(write))
    assert report.ok
    assert written
    assert restore(disk, tmp_path / "back").ok


def test_the_newest_checkpoint_of_a_snapshot_covers_the_backups_own_entry(
    disk: Path,
    back_up: BackUp,
) -> None:
    report = back_up(disk)
    (made,) = snapshots_of(disk, password=PASSWORD)
    note = checkpoint.read(made.checkpoint)
    assert note is not None
    assert (note.size, note.root.hex()) == (report.size, report.root)


_KILLED_IN_THE_DATABASE = """
import os, sqlite3, sys

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA cache_size = 1")  # what changes goes to the file before the commit
database.execute("BEGIN IMMEDIATE")
database.execute("UPDATE log SET actor = actor || actor")
database.execute("UPDATE search_item SET folded = folded || folded")
database.execute("INSERT INTO setting VALUES ('filler', hex(zeroblob(100000)))")
os._exit(9)
"""


def test_a_restore_that_was_killed_while_it_recorded_itself_is_done_again(
    disk: Path, tmp_path: Path, restore: Restore, back_up: BackUp
) -> None:
    back_up(disk)
    back = tmp_path / "back"
    with pytest.raises(StorageError):
        restore(disk, back, files=_Unfinishing())
    database = back / "db" / "archive.sqlite"
    subprocess.run([sys.executable, "-c", _KILLED_IN_THE_DATABASE, str(database)], check=False)
    assert database.with_name("archive.sqlite-journal").stat().st_size
    report = restore(disk, back)
    assert report.problems == ()
