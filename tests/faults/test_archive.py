"""What was announced as saved is there; what failed changed nothing."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from archive.records import Actor
from archive.storage.files import storage_errors
from archive.storage.unit_of_work import SqliteDatabase
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, track
from virtopsy.errors import StorageError, VirtopsyError
from virtopsy.jobs import Progress

_ROOT = Path(__file__).resolve().parents[2]
_WRITER = """
import sys
from pathlib import Path
from archive.opening import open_archive
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, track
with open_archive(Path(sys.argv[1]), clock=Clock(), cost=CHEAP) as archive:
    expert = archive.access.login("Ахметова", PASSWORD)
    for number in range(int(sys.argv[2])):
        print(archive.cases.add_finding(expert, CASE, track(f"T{number}")), flush=True)
"""


@pytest.mark.fault("disk refuses after the act")
def test_a_note_that_fails_after_the_act_does_not_unsay_the_act(
    kept: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StorageError("archive.storage.full", path=scan)

    monkeypatch.setattr("archive.storage.blobs.NoteFolder.add", refuse)
    report = kept.intake.take_in(expert, scan, case_number="2", progress=Progress())
    assert report.files == 4
    assert len(kept.cases.list(expert)) == 2


def _child(folder: Path, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=_ROOT,
    )


@pytest.mark.fault("concurrency: archive held by another")
def test_an_archive_held_too_long_by_another_program_is_said(kept: Archive) -> None:
    path = kept.folder / "db" / "archive.sqlite"
    patient, hasty = SqliteDatabase(path), SqliteDatabase(path, busy_timeout_s=0.05)
    with patient.writing(), pytest.raises(StorageError, match="another program"), hasty.writing():
        pass


@pytest.mark.fault("storage: permissions")
def test_a_folder_that_cannot_be_written_is_said_and_can_still_be_checked(
    kept: Archive, expert: Actor
) -> None:
    if os.geteuid() == 0:
        pytest.skip("the administrator may write everywhere")
    (kept.folder / "db").chmod(0o555)
    with pytest.raises(StorageError):
        kept.cases.add_finding(expert, CASE, track())
    assert kept.verify.run().ok
    (kept.folder / "db").chmod(0o755)


@pytest.mark.fault("full disk, a real one")
def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path, templates: Path, clock: Clock) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=600k", "tmpfs", str(small)]
    if (
        mount is None
        or subprocess.run([mount, *options], capture_output=True, check=False).returncode
    ):
        pytest.skip("this account may not make a small disk")
    try:
        _fill_up(Path(shutil.copytree(templates / "kept", small / "evidence")), clock)
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.fault("torn write: copy of the log")
def test_the_logs_copy_catches_up_after_a_kill_that_tore_it(kept: Archive, expert: Actor) -> None:
    copy = kept.folder / "log" / "entries.jsonl"
    bodies = [one.body for one in kept._journal.entries()]
    assert copy.read_bytes() == b"".join(body + b"\n" for body in bodies)
    whole = bodies[0] + b"\n"  # is there since before the archive was one
    for torn in (whole, whole + bodies[1][:9], whole + bodies[1]):
        copy.write_bytes(torn)
        assert kept.verify.run().ok
        kept.cases.list(expert)
        bodies = [one.body for one in kept._journal.entries()]
        assert copy.read_bytes() == b"".join(body + b"\n" for body in bodies)


def _record_for_ever(archive: Archive, expert: Actor, announced: set[str]) -> None:
    while True:
        announced.add(archive.cases.add_finding(expert, CASE, track("x" * 200)))


def _fill_up(folder: Path, clock: Clock) -> None:
    announced = {"t1"}
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        with pytest.raises(StorageError, match=r"full|failure"):
            _record_for_ever(archive, expert, announced)
        assert len(announced) > 3
    subprocess.run(["mount", "-o", "remount,size=4m", str(folder.parent)], check=True)
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        found = {one.finding_id for one in archive.cases.open(expert, CASE).findings}
        assert found == announced
        assert archive.verify.run().ok


@pytest.mark.fault("pulled plug: how the database syncs")
def test_the_database_is_set_up_to_survive_a_pulled_plug(kept: Archive) -> None:
    database = SqliteDatabase(kept.folder / "db" / "archive.sqlite")
    with database._engine.connect() as connection:
        wanted = {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1}
        for name, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


@pytest.mark.fault("disk refuses in one sentence")
def test_every_failure_is_one_sentence() -> None:
    for code in (errno.EIO, errno.ENOSPC, errno.EROFS):
        with pytest.raises(VirtopsyError) as failed, storage_errors(Path("x")):
            raise OSError(code, os.strerror(code))
        assert "\n" not in str(failed.value)


@pytest.mark.fault("concurrency: check beside a writer")
def test_a_check_beside_a_program_that_records_raises_no_false_alarm(kept: Archive) -> None:
    with _child(kept.folder, 40) as child:
        checks = 0
        while child.poll() is None:
            report = kept.verify.run()
            assert report.ok, [str(one) for one in report.problems]
            checks += 1
    assert child.returncode == 0
    assert checks > 1
