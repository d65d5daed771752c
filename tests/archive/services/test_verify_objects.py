"""A check that was stopped goes on, one of what changed reads little, and each says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from archive.opening import Archive, verify_folder
from archive.proof import canonical
from archive.records import Actor, VerifyReport
from archive.services import verify_objects
from archive.services.verify import Scope
from tests.archive.conftest import CASE, Clock, track
from virtopsy.errors import Cancelled
from virtopsy.jobs import Progress

_FLIPPED = 0x40


def _objects(folder: Path) -> list[Path]:
    return sorted(one for one in (folder / "objects").rglob("*") if one.is_file())


def _codes(report: VerifyReport) -> set[str]:
    return {one.code for one in (*report.problems, *report.notes)}


def _flip(path: Path, *, seen: bool) -> None:
    """Flip a bit as a failing disk does (nothing else changes), or as a person does."""
    before = path.stat()
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[0] ^= _FLIPPED
    path.write_bytes(content)
    if not seen:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def stopped(kept: Archive, expert: Actor, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The archive with a full check that was stopped after half of its objects."""
    kept.log.checkpoint(expert)
    monkeypatch.setattr(verify_objects, "_AT_ONCE", 1)
    monkeypatch.setattr(verify_objects, "_KEPT_EVERY", 1)
    with pytest.raises(Cancelled):
        kept.verify.run(progress=_stopping_at(600))
    return kept


def _stopping_at(thousandth: int) -> Progress:
    """Return a progress that is cancelled so far on the way."""

    class Stopping(Progress):
        def tick(self, done: int, total: int) -> None:
            if done >= thousandth:
                self.cancel()
            super().tick(done, total)

    return Stopping()


def _read(report: VerifyReport) -> int:
    return report.checked.files - report.checked.skipped


def test_a_stopped_check_goes_on_where_it_was(stopped: Archive) -> None:
    report = stopped.verify.run()
    assert report.ok
    assert report.checked.files == len(_objects(stopped.folder))
    assert 0 < report.checked.skipped < report.checked.files
    assert "resumed" in _codes(report)
    assert report.since


def test_a_check_that_came_to_its_end_is_not_gone_on_with(stopped: Archive) -> None:
    stopped.verify.run()
    report = stopped.verify.run()
    assert report.checked.skipped == 0
    assert "resumed" not in _codes(report)


def test_a_stopped_check_can_be_begun_anew(stopped: Archive) -> None:
    assert stopped.verify.run(scope=Scope.ANEW).checked.skipped == 0


def test_what_changed_since_it_was_read_is_read_again(stopped: Archive) -> None:
    for path in _objects(stopped.folder):
        _flip(path, seen=True)
    report = stopped.verify.run()
    assert report.checked.skipped == 0
    assert len([one for one in report.problems if one.code == "object_changed"]) == len(
        _objects(stopped.folder)
    )


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda part: part.write_bytes(b"x" + part.read_bytes()[1:]), "resume_damaged"),
        (lambda part: part.write_bytes(b""), "resume_damaged"),
        (lambda part: _reworded(part, root="0" * 64), "resume_other_log"),
        (lambda part: _reworded(part, size=10**6), "resume_other_log"),
        (lambda part: _reworded(part, archive="another"), "resume_other_log"),
        (lambda part: _reworded(part, began="2020-01-01T00:00:00.000000Z"), "resume_old"),
        (lambda part: _reworded(part, began="2999-01-01T00:00:00.000000Z"), "resume_old"),
        (lambda part: _reworded(part, began="noon"), "resume_damaged"),
    ],
)
def test_a_state_that_does_not_belong_here_is_not_believed(
    spoil: Callable[[Path], object], why: str, stopped: Archive, state: Path
) -> None:
    (part,) = state.rglob("check-[0-9]*.txt")
    part.chmod(0o644)
    spoil(part)
    report = stopped.verify.run()
    assert report.checked.skipped == 0
    assert why in _codes(report)


def _reworded(part: Path, **other: object) -> None:
    head, _, rest = part.read_bytes().partition(b"\n")
    part.write_bytes(canonical.encode({**canonical.decode(head), **other}) + b"\n" + rest)


def _laid_in(archive: Archive, state: Path) -> tuple[Path, ...]:
    """Lay a state that says every object was read just now and good where it once lay."""
    (last,) = state.rglob("check-last.txt")
    made = tuple(archive.folder / "db" / f"check-{name}.txt" for name in ("1", "last"))
    for path in made:
        path.write_bytes(last.read_bytes())
    last.unlink()
    return made


@pytest.mark.parametrize("scope", [Scope.FULL, Scope.CHANGED])
def test_who_can_write_the_archives_folder_cannot_have_an_object_skipped(
    scope: Scope, kept: Archive, state: Path
) -> None:
    _flip(_objects(kept.folder)[0], seen=False)
    kept.verify.run()
    _said_to_be_good(state)
    assert kept.verify.run(scope=Scope.CHANGED).checked.skipped, "from the account's own place"
    laid_in = _laid_in(kept, state)
    report = kept.verify.run(scope=scope)
    assert report.checked.skipped == 0
    assert "object_changed" in _codes(report)
    assert not any(path.exists() for path in laid_in)


def _said_to_be_good(state: Path) -> None:
    (last,) = state.rglob("check-last.txt")
    last.write_text(last.read_text().replace("object_changed", "-"))


def test_what_is_remembered_of_one_archive_is_not_believed_of_a_copy_elsewhere(
    kept: Archive, clock: Clock, state: Path, tmp_path: Path
) -> None:
    kept.verify.run()
    shutil.copytree(kept.folder, tmp_path / "copy")
    report = verify_folder(tmp_path / "copy", clock=clock, state=state, scope=Scope.CHANGED)
    assert "no_full_check" in _codes(report)


def test_only_the_account_that_checked_may_enter_what_it_remembers(
    kept: Archive, state: Path
) -> None:
    kept.verify.run()
    (last,) = state.rglob("check-last.txt")
    assert last.parent.stat().st_mode & 0o077 == 0


def test_without_a_place_to_remember_every_check_reads_everything(
    kept: Archive, clock: Clock
) -> None:
    assert "no_full_check" not in _codes(verify_folder(kept.folder, clock=clock))
    for scope in Scope:
        assert verify_folder(kept.folder, clock=clock, scope=scope).checked.skipped == 0


def test_a_check_stopped_a_day_ago_begins_anew(stopped: Archive, clock: Clock) -> None:
    clock.turn(timedelta(days=1, minutes=1))
    assert "resume_old" in _codes(stopped.verify.run())


def test_a_fault_found_before_the_stop_is_looked_at_again(
    kept: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_objects, "_AT_ONCE", 1)
    monkeypatch.setattr(verify_objects, "_KEPT_EVERY", 1)
    first, second, *_ = _objects(kept.folder)
    good = first.read_bytes()
    _flip(first, seen=True)
    _flip(second, seen=True)
    with pytest.raises(Cancelled):
        kept.verify.run(progress=_stopping_at(600))
    first.write_bytes(good)
    report = kept.verify.run()
    assert [one.path for one in report.problems if one.code == "object_changed"] == [
        second.relative_to(kept.folder).as_posix()
    ]
    assert "object_reads_again" in _codes(report)


def test_what_was_seen_after_several_stops_is_all_used(stopped: Archive, state: Path) -> None:
    with pytest.raises(Cancelled):
        stopped.verify.run(progress=_stopping_at(800))
    assert len(list(state.rglob("check-[0-9]*.txt"))) == 2
    report = stopped.verify.run()
    assert report.checked.skipped > len(_objects(stopped.folder)) // 2
    assert [one.name for one in state.rglob("check-*.txt")] == ["check-last.txt"]


def test_a_check_of_what_changed_reads_only_that_and_says_what_it_cannot_find(
    kept: Archive, expert: Actor
) -> None:
    kept.verify.run()
    changed = _objects(kept.folder)[0]
    kept.cases.add_finding(expert, CASE, track(finding_id="t2"))
    _flip(changed, seen=True)
    report = kept.verify.run(scope=Scope.CHANGED)
    assert _read(report) == 2
    path = changed.relative_to(kept.folder).as_posix()
    assert [one.path for one in report.problems if one.code == "object_changed"] == [path]
    (note,) = [one for one in report.notes if one.code == "changed_only"]
    assert report.since in str(note.facts["since"])
    assert kept.verify.run().checked.skipped == 0, "a full check reads all"


def test_rows_that_a_damaged_object_tells_are_not_called_slipped_in(kept: Archive) -> None:
    for path in _objects(kept.folder):
        _flip(path, seen=True)
    codes = _codes(kept.verify.run())
    assert {"object_changed", "rows_untold"} <= codes
    assert "row_extra" not in codes


def test_what_the_last_full_check_found_bad_is_read_again(kept: Archive) -> None:
    changed = _objects(kept.folder)[0]
    _flip(changed, seen=True)
    assert not kept.verify.run().ok
    assert not kept.verify.run(scope=Scope.CHANGED).ok


def test_without_a_full_check_everything_is_read(kept: Archive) -> None:
    report = kept.verify.run(scope=Scope.CHANGED)
    assert report.checked.skipped == 0
    assert "no_full_check" in _codes(report)


def test_a_flipped_bit_on_the_disk_is_found_by_a_full_check(kept: Archive) -> None:
    kept.verify.run()
    _flip(_objects(kept.folder)[0], seen=False)
    assert not kept.verify.run().ok


def test_a_stop_comes_at_once(kept: Archive) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        kept.verify.run(progress=progress)


def test_the_way_is_told_from_its_beginning_to_its_end(kept: Archive) -> None:
    told: list[tuple[int, int]] = []
    progress = Progress(lambda done, total: told.append((done, total)))
    progress._next_report = -1.0
    kept.verify.run(progress=progress)
    assert told == sorted(told)
    assert told[-1] == (1000, 1000)


def test_what_no_entry_names_is_a_note_and_the_check_is_logged(kept: Archive) -> None:
    kept.cases._blobs.put(b"left by a stopped intake")
    report = kept.verify.run()
    assert report.ok
    assert "orphan" in _codes(report)
    assert kept._journal.entries()[-1].act == "verify"


def test_what_was_laid_between_objects_or_beside_the_log_is_told_wherever_it_lies(
    kept: Archive,
) -> None:
    deep = next((kept.folder / "objects" / "sha256").glob("??/??")).relative_to(kept.folder)
    laid = [
        *("objects/x", "objects/sha256/x", "objects/sha256/xy/y", f"{deep.parent}/x", f"{deep}/x"),
        *("log/x", "log/checkpoint-1.txt", "log/entries.jsonl.old"),
    ]
    for one in laid:
        (kept.folder / one).parent.mkdir(exist_ok=True)
        (kept.folder / one).write_text("x")
    report = kept.verify.run()
    assert report.ok
    told = {one.path for one in report.notes if one.code == "stray_file"}
    assert told == {one.replace("/xy/y", "/xy") for one in laid}


def test_an_archive_that_cannot_be_written_is_checked_all_the_same(
    kept: Archive, clock: Clock, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(Path, "open", _reading_only(Path.open, refuse))
    assert verify_folder(kept.folder, clock=clock, state=state).ok
    assert not list(state.rglob("check-*"))


def _reading_only(
    opened: Callable[..., object], refuse: Callable[..., object]
) -> Callable[..., object]:
    def door(path: Path, mode: str = "r", *rest: object, **named: object) -> object:
        return (opened if "r" in mode else refuse)(path, mode, *rest, **named)

    return door
