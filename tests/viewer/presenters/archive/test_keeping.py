"""Saving takes what belongs to the case, by its own names; nothing unsaved is left behind."""

from __future__ import annotations

import queue
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.records import Encryption
from archive.services.statement import Statement
from tests.archive.conftest import another
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.work import Work
from virtopsy.case.commands import AddFinding, StateSubject
from virtopsy.case.subject import Subject
from virtopsy.errors import StorageError, UsageError
from virtopsy.findings.trajectory import Trajectory
from virtopsy.jobs import Lanes, Progress
from virtopsy.language import Language, say
from virtopsy.phantom import asymmetric

_PATIENCE_S = 30


class _Desk:
    """The presenters without a screen; `settle` does what the screen's thread would."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        self.lanes = Lanes()
        self.session, self.views = Session(), Views()
        work = Work(self.lanes, self._waiting.put)
        self.work = work
        self.opening = Opening(work, self.views)
        self.keeping = Keeping(
            self.session, self.opening, work, lambda: datetime(2026, 11, 23, tzinfo=UTC)
        )
        self.problems: list[str] = []
        for one in (self.opening, self.keeping):
            one.problem.subscribe(lambda error: self.problems.append(error.key))

    def settle(self) -> None:
        end = time.monotonic() + _PATIENCE_S
        while self.work.running.now:
            assert time.monotonic() < end
            try:
                self._waiting.get(timeout=0.1)()
            except queue.Empty:
                continue

    def open(self, folder: Path) -> None:
        self.opening.look_into(folder)
        self.settle()
        self.load()

    def load(self) -> None:
        found = self.opening.found.now
        assert found is not None
        study = found.studies[0]
        self.opening.load(study, study.series[0])
        self.settle()

    def reopen_kept(self, carrier: Path, folder: Path) -> None:
        """Take a carrier into a new archive as case 7/2026, and open that from what is kept."""
        self.keeping.create(folder, "A. Expert", "secret word")
        archive, actor = self.keeping.acting()
        archive.intake.take_in(
            actor,
            carrier,
            case_number="7/2026",
            basis="",
            deliverer="",
            carrier="",
            progress=Progress(),
        )
        self.keeping.reopen("7/2026")
        self.settle()

    def mark(self) -> None:
        volume = self.views.volume.now
        assert volume is not None
        self.session.do(
            AddFinding(
                Trajectory(
                    finding_id="a",
                    name="Track 1",
                    series_uid=volume.identity.series_uid,
                    frame_of_reference_uid=volume.identity.frame_of_reference_uid,
                    ends_lps_mm=((0.0, 0.0, 0.0), (9.0, 0.0, 0.0)),
                    entry=0,
                    direction_by="expert",
                    stated_by="",
                )
            )
        )


@pytest.fixture
def desk() -> Iterator[_Desk]:
    """Presenters as the window has them."""
    there = _Desk()
    yield there
    there.lanes.close()
    there.keeping.close()


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """A carrier with two scans in folders of their own."""
    for position in ("HFS", "FFP"):
        asymmetric.write(tmp_path / "carrier" / position, position)
    return tmp_path / "carrier"


def test_files_keep_the_names_they_had_on_the_carrier(
    desk: _Desk, scans: Path, tmp_path: Path
) -> None:
    desk.open(scans)
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")
    desk.keeping.save("7/2026", Statement())
    desk.settle()
    archive, actor = desk.keeping.acting()
    (series,) = desk.session.case.series

    kept = archive.cases.series_files(actor, "7/2026", series.series_uid)

    assert desk.problems == []
    given = {one.relative_to(scans).as_posix() for one in scans.rglob("*") if one.is_file()}
    assert {one.relative_path for one in kept} < given


def test_another_persons_scan_is_not_loaded_over_unsaved_marks(desk: _Desk, scans: Path) -> None:
    desk.open(scans / "HFS")
    first = desk.views.volume.now
    desk.mark()

    desk.open(scans / "FFP")

    assert desk.problems == ["keeping.unsaved"]
    assert desk.views.volume.now is first
    desk.session.undo()


def test_a_case_is_not_reopened_over_unsaved_marks(
    desk: _Desk, scans: Path, tmp_path: Path
) -> None:
    desk.open(scans / "HFS")
    desk.mark()
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")

    with pytest.raises(UsageError):
        desk.keeping.reopen("7/2026")

    assert len(desk.session.case.findings) == 1


def test_a_saved_case_is_left_for_another_scan_and_opened_again(
    desk: _Desk, scans: Path, tmp_path: Path
) -> None:
    desk.open(scans / "HFS")
    desk.mark()
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")
    desk.keeping.save("7/2026", Statement())
    desk.settle()
    desk.open(scans / "FFP")
    assert desk.session.case.findings == ()

    desk.keeping.reopen("7/2026")
    desk.settle()

    (track,) = desk.session.case.findings
    assert isinstance(track, Trajectory)
    assert track.stated_by == "A. Expert"
    assert desk.problems == []


def test_what_a_reopened_case_keeps_can_be_compared_with_what_is_open(
    desk: _Desk, scans: Path, tmp_path: Path
) -> None:
    desk.reopen_kept(scans, tmp_path / "archive")

    held, opened = desk.keeping.held.now, desk.opening.opened.now
    assert held is not None
    assert opened is not None
    kept = {one.uid for study in held.studies for one in study.series}
    assert len(kept) == 2
    assert opened.series.uid in kept, "one is examined, the other one can be put beside it"


def test_a_kept_file_that_changed_since_the_case_was_opened_is_not_shown(
    desk: _Desk, scans: Path, tmp_path: Path
) -> None:
    desk.reopen_kept(scans, tmp_path / "archive")
    before, held = desk.opening.opened.now, desk.keeping.held.now
    assert before is not None
    assert held is not None
    other = next(s for study in held.studies for s in study.series if s.uid != before.series.uid)
    study = next(one for one in held.studies if other in one.series)
    damaged = other.instances[0].path
    damaged.chmod(0o600)
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)

    desk.opening.load(study, other)
    desk.settle()

    assert desk.problems == ["scan.changed"]
    assert desk.opening.opened.now is before
    assert desk.views.volume.now is before.volume


def test_a_case_opens_without_its_destroyed_series_and_the_strip_says_so_also_if_unsealed(
    desk: _Desk, scans: Path, tmp_path: Path
) -> None:
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")
    archive, actor = desk.keeping.acting()
    archive.intake.take_in(actor, scans, case_number="7/2026", progress=Progress())
    second = another(archive, actor)
    left, gone = (one.series_uid for one in archive.cases.open(actor, "7/2026").series)
    named = {"series_uid": gone, "basis": "Order 12"}
    archive.destruction.destroy(actor, "7/2026", second=second, **named)

    desk.keeping.reopen("7/2026")
    desk.settle()

    assert desk.problems == ["destruction.left_out"]
    assert desk.session.case.number == "7/2026"
    opened = desk.opening.opened.now
    assert opened is not None
    assert opened.series.uid == left

    max((tmp_path / "archive" / "log").glob("checkpoint-*.txt")).unlink()
    desk.keeping.sign_in(tmp_path / "archive", "A. Expert", "secret word")
    assert desk.problems[1:] == ["destruction.unsealed"], "nobody's seal lies over it now"


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_stated_of_one_person_is_not_said_of_another(
    desk: _Desk, scans: Path, tmp_path: Path, closed: bool
) -> None:
    desk.open(scans / "HFS")
    desk.session.do(StateSubject(Subject.DECEASED))
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")
    desk.keeping.save("7/2026", Statement())
    desk.settle()
    if closed:
        desk.keeping.close()
    desk.open(scans / "FFP")
    assert desk.session.case.subject is Subject.UNKNOWN
    assert desk.problems == []

    if closed:
        desk.keeping.sign_in(tmp_path / "archive", "A. Expert", "secret word")
    desk.keeping.reopen("7/2026")
    desk.settle()
    assert desk.session.case.subject is Subject.DECEASED


def test_a_second_start_on_the_same_archive_is_said_and_both_may_work(
    desk: _Desk, tmp_path: Path
) -> None:
    other = _Desk()
    told: list[str] = []
    for one in (desk, other):
        one.keeping.told.subscribe(told.append)
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")
    told.clear()

    other.keeping.sign_in(tmp_path / "archive", "A. Expert", "secret word")
    assert told == ["keeping.open_elsewhere"]
    other.keeping.close()
    desk.keeping.sign_in(tmp_path / "archive", "A. Expert", "secret word")
    other.lanes.close()

    assert told == ["keeping.open_elsewhere"]


def test_an_archive_on_a_read_only_volume_opens_says_so_and_records_nothing(
    desk: _Desk, scans: Path, tmp_path: Path, mounted_read_only: Callable[[Path], Path]
) -> None:
    told: list[str] = []
    desk.keeping.told.subscribe(told.append)
    desk.open(scans / "HFS")
    desk.keeping.create(tmp_path / "archive", "A. Expert", "secret word")
    desk.keeping.save("7/2026", Statement())
    desk.settle()
    desk.keeping.close()
    told.clear()

    desk.keeping.sign_in(mounted_read_only(tmp_path / "archive"), "A. Expert", "secret word")
    desk.keeping.reopen("7/2026")
    desk.settle()

    assert told == ["migration.only_read.place"]
    for language in Language:
        assert say("migration.only_read.place", language) in desk.keeping.lasting(language)
    assert (desk.problems, desk.session.case.number) == ([], "7/2026")
    with pytest.raises(StorageError, match=r"^This archive cannot be written to here"):
        desk.mark()
    assert not desk.session.case.findings
    desk.keeping.close()


@pytest.mark.parametrize("found", list(Encryption))
def test_of_a_new_archive_the_window_says_and_goes_on_saying_whether_its_disk_is_encrypted(
    desk: _Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Encryption
) -> None:
    asked: list[Path] = []

    def known(folder: Path) -> Encryption:
        asked.append(folder)
        return found

    monkeypatch.setattr("viewer.presenters.archive.keeping.encryption_of", known)
    told: list[str] = []
    desk.keeping.told.subscribe(told.append)
    new = tmp_path / "archive"
    desk.keeping.enter(new, "A. Expert", "secret word", "secret word")
    assert told == [f"keeping.disk.{found}"]
    for language in Language:
        assert say(told[0], language) in desk.keeping.lasting(language)

    desk.keeping.enter(new, "A. Expert", "secret word", "")
    still = say(f"keeping.disk.{found}", Language.EN) in desk.keeping.lasting(Language.EN)
    assert still is (found is Encryption.PLAIN), "what is wrong is said for as long as it is so"
    assert asked == [new, new]


def test_of_a_key_that_replaced_a_lost_one_the_window_goes_on_saying_which_paper_to_look_at(
    desk: _Desk, tmp_path: Path
) -> None:
    new = tmp_path / "archive"
    desk.keeping.create(new, "A. Expert", "secret word")
    archive, actor = desk.keeping.acting()
    made = archive.keys.lost(actor).new
    for _ in range(2):
        desk.keeping.sign_in(new, "A. Expert", "secret word")
        assert all(made in desk.keeping.lasting(one) for one in Language)
    assert desk.problems == []


def test_an_archive_without_a_place_is_not_made_where_the_program_stands(desk: _Desk) -> None:
    with pytest.raises(UsageError) as refusal:
        desk.keeping.enter(Path(), "A. Expert", "secret word", "secret word")

    assert refusal.value.key == "ui.sign_in.incomplete"


def test_an_older_archive_is_brought_up_to_date_in_a_job_before_anybody_is_signed_in(
    tmp_path: Path,
) -> None:
    desk, folder = _Desk(), tmp_path / "older"
    with zipfile.ZipFile("tests/archive/fixtures/format_1_first.zip") as packed:
        packed.extractall(folder)
    desk.keeping.enter(folder, "Ахметова", "a password", "")
    assert not desk.keeping.signed_in
    assert [one.label for one in desk.work.running.now] == ["migration.job"]
    desk.settle()
    assert desk.keeping.signed_in
    assert not desk.problems
    desk.keeping.close()
    desk.lanes.close()
