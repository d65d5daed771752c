"""An import that was cut off goes on where it was; what nobody recorded is told, not deleted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from archive.proof import canonical
from archive.records import Actor, Role
from archive.storage.files import Files
from archive.storage.staging import StagingFolder
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, write_slice
from virtopsy.errors import Cancelled, InputError, StorageError
from virtopsy.jobs import Progress

_ROOT = Path(__file__).resolve().parents[3]
_STOPPING = """
import os, signal, sys
from pathlib import Path
from archive.opening import open_archive
from archive.storage.staging import StagingFolder
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from virtopsy.jobs import Progress

name = sys.argv[3]
really = getattr(StagingFolder, name)

def then_die(*arguments, **named):
    really(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(StagingFolder, name, then_die)
with open_archive(Path(sys.argv[1]), clock=Clock(), cost=CHEAP) as archive:
    expert = archive.access.login("Ахметова", PASSWORD)
    source = Path(sys.argv[2])
    archive.intake.take_in(expert, source, case_number=CASE, progress=Progress())
"""


def _take(archive: Archive, expert: Actor, source: Path, case: str = CASE) -> dict[str, str]:
    report = archive.intake.take_in(expert, source, case_number=case, progress=Progress())
    return {one.path: one.code for one in report.report}


def _killed(folder: Path, source: Path, step: str) -> None:
    """Run an import in a program that is killed right after a step of its staging."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-c", _STOPPING, str(folder), str(source), step]
    ended = subprocess.run(command, env=environment, cwd=_ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL


class _CutOff(BaseException):
    """What ends an import in this program as a kill ends it in another."""


def _cut_off(archive: Archive, expert: Actor, source: Path, step: str) -> None:
    """Begin an import and end it right after a step of its staging."""
    really: Callable[..., Any] = getattr(StagingFolder, step)

    def then_end(*arguments: Any, **named: Any) -> None:
        really(*arguments, **named)
        raise _CutOff

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StagingFolder, step, then_end)
        with pytest.raises(_CutOff):
            _take(archive, expert, source)


def _count_copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    copied: list[str] = []
    really: Callable[..., Any] = Files.write_in_batch

    def counting(self: Files, target: Path, *rest: Any) -> Any:
        copied.append(target.name)
        return really(self, target, *rest)

    monkeypatch.setattr(Files, "write_in_batch", counting)
    return copied


def test_after_a_kill_nothing_is_copied_again_and_all_is_recorded(
    archive: Archive,
    expert: Actor,
    scan: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _killed(archive.folder, scan, "read_back")
    assert archive.cases.list(expert) == ()
    copied = _count_copies(monkeypatch)
    assert set(_take(archive, expert, scan).values()) == {"stored", "opaque"}
    assert copied == []
    assert list((archive.folder / "staging").iterdir()) == []
    assert archive.verify.run().ok


def test_what_was_interrupted_is_told_until_it_is_gone_on_with_and_logged_once(
    archive: Archive, expert: Actor, scan: Path, tmp_path: Path
) -> None:
    _cut_off(archive, expert, scan, "publish")
    (left,) = archive.interrupted
    assert (left.files, left.told) == (4, False)
    assert left.bytes == sum(one.stat().st_size for one in scan.iterdir())
    objects = sorted(one.name for one in (archive.folder / "objects").rglob("?" * 64))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_slice(elsewhere / "x.dcm", 9)
    for case in ("2", "3"):
        _take(archive, expert, elsewhere, case)
    assert [one.told for one in archive.interrupted] == [True]
    (entry,) = [one for one in archive.log.entries(expert) if one.act == "orphans"]
    said = canonical.decode(entry.body)
    told = {"interrupted": 1, "files": 4, "bytes": str(left.bytes), "objects": 4}
    assert said["data"] == told
    name = said["obj"][0]["sha256"]
    path = archive.folder / "objects/sha256" / name[:2] / name[2:4] / name
    orphans = canonical.decode(path.read_bytes())["data"]["objects"]
    assert set(orphans) <= set(objects)
    assert archive.verify.run().ok
    _take(archive, expert, scan)
    assert archive.interrupted == ()


@pytest.mark.parametrize("after_and_again", [(3_000_000, 1), (45_000_000, 0)])
def test_a_cancel_within_a_file_records_nothing_and_the_import_goes_on_later(
    after_and_again: tuple[int, int],
    archive: Archive,
    expert: Actor,
    scan: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    after, again = after_and_again  # bytes done, and files to be copied once more
    big = scan / "zz_big.bin"
    with big.open("wb") as file:
        file.truncate(40_000_000)
    progress = Progress(lambda done, _: progress.cancel() if done > after else None)
    with pytest.raises(Cancelled):
        archive.intake.take_in(expert, scan, case_number=CASE, progress=progress)
    assert archive.cases.list(expert) == ()
    assert archive.interrupted[0].files == 5 - again
    copied = _count_copies(monkeypatch)
    assert _take(archive, expert, scan)["zz_big.bin"] == "opaque"
    assert len(copied) == again


def test_progress_counts_bytes_twice_once_copied_and_once_read_back(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    told: list[tuple[int, int]] = []
    progress = Progress(lambda done, total: told.append((done, total)))
    archive.intake.take_in(expert, scan, case_number=CASE, progress=progress)
    size = sum(one.stat().st_size for one in scan.iterdir())
    assert told[-1] == (1, 1)
    assert {total for _, total in told[:-1]} <= {2 * size}
    assert all(done < total for done, total in told[:-1])


def test_another_persons_and_another_cases_import_do_not_go_on_with_it(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    second = archive.access.login("Second", "pw-pw-pw")
    _cut_off(archive, expert, scan, "settle")
    copied = _count_copies(monkeypatch)
    assert _take(archive, second, scan, "theirs") == _take(archive, expert, scan, "other")
    assert len(copied) == 8
    assert len(archive.interrupted) == 1


def test_another_source_for_the_same_case_leaves_what_was_copied_alone(
    archive: Archive, expert: Actor, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_off(archive, expert, scan, "settle")
    (tmp_path / "note").write_text("another")
    _take(archive, expert, tmp_path / "note")
    assert [one.files for one in archive.interrupted] == [4]
    copied = _count_copies(monkeypatch)
    _take(archive, expert, scan)
    assert copied == []


def test_a_changed_source_is_copied_again(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_off(archive, expert, scan, "settle")
    (scan / "s2.dcm").unlink()
    write_slice(scan / "s2.dcm", 2, filler=7)
    copied = _count_copies(monkeypatch)
    report = archive.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    assert report.stored == 4
    assert len(copied) == 1
    assert archive.verify.run().ok


def test_after_another_start_of_the_machine_copies_are_read_before_they_are_believed(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_off(archive, expert, scan, "settle")
    (journal,) = (archive.folder / "staging").glob("*/journal.jsonl")
    text = journal.read_text().replace('"boot": "', '"boot": "another ')
    journal.write_text(text)
    torn = next(one for one in sorted(journal.parent.iterdir()) if one.name == "2")
    torn.chmod(0o600)
    torn.write_bytes(bytes(torn.stat().st_size))
    copied = _count_copies(monkeypatch)
    _take(archive, expert, scan)
    assert len(copied) == 1
    assert archive.verify.run().ok


def test_what_the_disk_failed_to_sync_is_never_gone_on_with(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError("archive.storage.failed", path=scan, detail="I/O error")

    with monkeypatch.context() as failing:
        failing.setattr(Files, "sync_all", refuse)
        with pytest.raises(StorageError):
            _take(archive, expert, scan)
    assert archive.interrupted == ()
    assert list((archive.folder / "staging").iterdir()) == []
    copied = _count_copies(monkeypatch)
    _take(archive, expert, scan)
    assert len(copied) == 4


def test_bytes_that_the_disk_keeps_wrongly_go_to_quarantine(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = StagingFolder.publish

    def rot(self: StagingFolder, staged: Any) -> frozenset[str]:
        there = really(self, staged)
        sha256 = staged[0].sha256
        path = archive.folder / "objects/sha256" / sha256[:2] / sha256[2:4] / sha256
        path.chmod(0o600)
        path.write_bytes(b"rot" + path.read_bytes()[3:])
        return there

    monkeypatch.setattr(StagingFolder, "publish", rot)
    with pytest.raises(StorageError, match=r"disk"):
        _take(archive, expert, scan)
    assert len(list((archive.folder / "quarantine").iterdir())) == 1
    assert archive.cases.list(expert) == ()
    assert archive.verify.run().ok


def test_an_unplugged_carrier_ends_the_import_and_it_goes_on_when_it_is_back(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = scan.with_name("away")
    really = StagingFolder.copy

    def unplug(self: StagingFolder, source: Any, *rest: Any) -> Any:
        if source.path.endswith("s3.dcm"):
            scan.rename(away)
        return really(self, source, *rest)

    with monkeypatch.context() as unplugging:
        unplugging.setattr(StagingFolder, "copy", unplug)
        with pytest.raises(InputError, match="no longer there"):
            _take(archive, expert, scan)
    assert archive.cases.list(expert) == ()
    away.rename(scan)
    copied = _count_copies(monkeypatch)
    assert len(_take(archive, expert, scan)) == 4
    assert len(copied) < 4


def test_the_staging_of_a_living_program_is_left_alone(
    archive: Archive, scan: Path, clock: Clock
) -> None:
    room = archive.intake._place
    living = room.enter("somebody", "boot", [])
    try:
        with open_archive(archive.folder, clock=clock, cost=CHEAP) as other:
            assert other.interrupted == ()
            again = other.access.login("Ахметова", PASSWORD)
            assert len(_take(other, again, scan)) == 4
        second = room.enter("somebody", "boot", [])
        second.clear()
    finally:
        living.leave()
    assert list((archive.folder / "staging").iterdir()) == []


def test_a_staging_without_a_journal_of_ours_is_neither_told_nor_touched(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    odd = archive.folder / "staging" / "odd"
    odd.mkdir()
    (odd / "journal.jsonl").write_bytes(b'\xff{}\n[1]\n{"n":1}\n')
    assert archive.interrupted == ()
    _take(archive, expert, scan)
    assert (odd / "journal.jsonl").is_file()
    shutil.rmtree(odd)
