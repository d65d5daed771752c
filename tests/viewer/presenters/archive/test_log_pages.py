"""The log room's presenters: pages, the check in words, and the live line."""

from __future__ import annotations

import hashlib
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import archive.opening
from archive.opening import create
from archive.records import LogQuery, Role
from archive.services.log_export import LogForm
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, write_slice
from viewer.presenters.archive.anchoring import Anchoring
from viewer.presenters.archive.backups import Backups
from viewer.presenters.archive.checking import Checking
from viewer.presenters.archive.keeping import Keeping
from viewer.presenters.archive.log_files import LogFiles, Written
from viewer.presenters.archive.log_pages import LogPages, acts
from viewer.presenters.archive.receipts import Receipts
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.work import Work
from virtopsy.errors import InputError, UsageError, VirtopsyError
from virtopsy.jobs import Lanes, Progress
from virtopsy.language import Language

_PATIENCE_S = 30


class _Desk:
    """The presenters without a screen; `settle` does what the screen's thread would."""

    def __init__(self, folder: Path) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        self.lanes = Lanes()
        self.work = Work(self.lanes, self._waiting.put)
        session = Session()
        self.keeping = Keeping(session, Opening(self.work, Views()), self.work, Clock())
        self.reading = LogPages(self.keeping, self.work)
        self.checking = Checking(self.keeping, self.work)
        self.anchoring = Anchoring(self.keeping, session, self.work)
        self.receipts = Receipts(self.keeping, self.work)
        self.backups = Backups(self.keeping, self.work)
        self.problems: list[str] = []
        self.files = LogFiles(self.keeping, self.work)
        shown = (self.reading, self.checking, self.anchoring, self.receipts, self.backups)
        for one in (*shown, self.files):
            one.problem.subscribe(lambda error: self.problems.append(error.key))
        self.keeping.sign_in(folder, "Ахметова", PASSWORD)

    def settle(self, until: Callable[[], object]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not until():
            assert time.monotonic() < end
            try:
                self._waiting.get(timeout=0.05)()
            except queue.Empty:
                continue

    def read(self) -> None:
        self.settle(lambda: not self.reading.reading.now)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Desk]:
    """An archive with one slice in a case, and its keeper signed in."""
    monkeypatch.setattr(archive.opening, "_COST", CHEAP)
    folder, carrier = tmp_path / "evidence", tmp_path / "carrier"
    carrier.mkdir()
    write_slice(carrier / "1.dcm", 1)
    create(folder, person="Ахметова", password=PASSWORD, clock=Clock(), cost=CHEAP)
    made = _Desk(folder)
    there, actor = made.keeping.acting()
    there.intake.take_in(actor, carrier, case_number=CASE, progress=Progress())
    yield made
    made.keeping.close()
    made.lanes.close()


@pytest.mark.parametrize("language", Language)
def test_entries_are_told_in_sentences_newest_first(desk: _Desk, language: Language) -> None:
    desk.reading.newest()
    desk.read()
    told = desk.reading.told(language)
    assert [one.seq for one in told] == sorted((one.seq for one in told), reverse=True)
    assert told[-1].seq == 1
    assert any(CASE in one.text for one in told)
    assert all("entry." not in one.text and len(one.when) == 19 for one in told)
    assert str(len(told)) in desk.reading.place(language)


def test_one_turns_to_older_entries_and_back(desk: _Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    there, _ = desk.keeping.acting()
    page = there.log.page
    monkeypatch.setattr(there.log, "page", lambda *a, **k: page(*a, **{**k, "most": 2}))
    desk.reading.newest()
    desk.read()
    first = [one.seq for one in desk.reading.told(Language.EN)]
    assert desk.reading.newest_shown
    desk.reading.older()
    desk.read()
    assert [one.seq for one in desk.reading.told(Language.EN)] == [first[-1] - 1, first[-1] - 2]
    desk.reading.newer()
    desk.read()
    assert desk.reading.newest_shown
    assert min(one.seq for one in desk.reading.told(Language.EN)) > first[-1]  # read anew


def test_only_what_was_asked_for_is_shown(desk: _Desk) -> None:
    desk.reading.ask(case_number=f" {CASE} ", act="import", refused=False)
    desk.read()
    (told,) = desk.reading.told(Language.EN)
    assert not told.refused
    desk.reading.ask(case_number="nobody's", act="", refused=False)
    desk.read()
    desk.reading.ask(case_number="", act="", refused=True)
    desk.read()
    refusals = desk.reading.told(Language.EN)
    assert refusals
    assert all(one.refused for one in refusals)


def test_every_act_can_be_asked_for_by_its_words() -> None:
    for language in Language:
        asked = acts(language)
        assert asked[0][0] == ""
        assert {"import", "receipt", "verify", "login"} <= {act for act, _ in asked}


def test_a_good_check_is_told_with_what_it_rests_on(desk: _Desk) -> None:
    desk.checking.start()
    assert desk.checking.running.now is not None
    desk.settle(lambda: desk.checking.report.now)
    assert desk.checking.running.now is None
    summary = desk.checking.summary(Language.EN)
    assert "No fault was found" in summary
    assert "compare" in summary
    assert desk.checking.remarks(Language.EN) == []


def test_every_fault_is_told_with_its_code_and_what_it_means(desk: _Desk) -> None:
    there, _ = desk.keeping.acting()
    for victim in [one for one in (there.folder / "objects").rglob("*") if one.is_file()][:2]:
        content = victim.read_bytes()
        victim.unlink()
        victim.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    desk.checking.start()
    desk.settle(lambda: desk.checking.report.now)
    for language in Language:
        faults = [one for one in desk.checking.remarks(language) if one.code]  # notes have none
        assert [one.code for one in faults].count("object_changed") == 2
        assert all(len(one.text) > 30 for one in faults)
        assert str(len(faults)) in desk.checking.summary(language)


def test_a_paper_is_compared_by_the_check(desk: _Desk) -> None:
    there, actor = desk.keeping.acting()
    size, root = there.log.head(actor)
    with pytest.raises(UsageError):
        desk.checking.start(paper="no head")
    desk.checking.start(paper=f"{size} {root.hex()}")
    desk.settle(lambda: desk.checking.report.now)
    assert f"as the paper says ({size} entries)" in desk.checking.summary(Language.EN)
    desk.checking.start(paper=f"{size - 1} {root.hex()}")
    desk.settle(lambda: desk.checking.report.now)
    assert [one.code for one in desk.checking.remarks(Language.EN)][:1] == ["paper_mismatch"]


def test_a_stopped_check_tells_nothing_and_can_be_begun_again(desk: _Desk) -> None:
    desk.checking.start()
    desk.checking.stop()
    desk.settle(lambda: desk.checking.running.now is None)
    desk.checking.start()
    desk.settle(lambda: desk.checking.report.now)
    assert desk.problems == []


def test_the_live_line_follows_the_newest_anchor(desk: _Desk, tmp_path: Path) -> None:
    desk.settle(lambda: desk.anchoring.last.now)
    assert "no outside anchor" in desk.anchoring.briefly(Language.EN)
    desk.receipts.write(CASE, tmp_path / "r.pdf", Language.KK)
    desk.settle(lambda: desk.anchoring.last.now and desk.anchoring.last.now.anchor)
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
    assert "entr" in desk.anchoring.briefly(Language.EN)
    assert len(desk.anchoring.sentence(Language.EN)) > len(desk.anchoring.briefly(Language.EN))
    desk.keeping.close()
    assert desk.anchoring.briefly(Language.EN) == ""


def test_a_receipt_that_lies_there_may_be_signed_and_is_not_replaced(
    desk: _Desk, tmp_path: Path
) -> None:
    paper = tmp_path / "r.pdf"
    paper.write_bytes(b"signed")
    with pytest.raises(InputError, match="never written over"):
        desk.receipts.write(CASE, paper, Language.KK)
    assert paper.read_bytes() == b"signed"


def test_a_backup_is_told_in_words_and_becomes_the_newest_anchor(
    desk: _Desk, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    assert desk.backups.allowed
    for place, password in ((Path(), PASSWORD), (disk, "")):
        with pytest.raises(UsageError):
            desk.backups.write(place, password, plain=False)
    desk.backups.write(disk, PASSWORD, plain=False)
    desk.settle(lambda: desk.backups.report.now)
    for language in Language:
        done, sealed = desk.backups.told(language)
        assert str(disk) in done[0]
        assert (done[1], sealed[1]) == (False, False)
    desk.settle(lambda: desk.anchoring.last.now and desk.anchoring.last.now.anchor)
    assert desk.anchoring.last.now is not None
    assert desk.anchoring.last.now.anchor is not None
    assert desk.anchoring.last.now.anchor.kind == "backup"


def test_a_backup_that_cannot_be_written_is_said_and_an_open_one_asks_for_caution(
    desk: _Desk, tmp_path: Path
) -> None:
    desk.backups.write(tmp_path / "gone", PASSWORD, plain=False)
    desk.settle(lambda: desk.problems)
    assert desk.backups.told(Language.EN) == ()
    (tmp_path / "open").mkdir()
    desk.backups.write(tmp_path / "open", "", plain=True)
    desk.settle(lambda: desk.backups.report.now)
    assert [alarming for _, alarming in desk.backups.told(Language.EN)] == [False, True]


@pytest.mark.parametrize(("form", "ending"), [(LogForm.CSV, ".csv"), (LogForm.AUDIT_XML, ".xml")])
def test_the_log_goes_out_as_a_file_that_the_log_names(
    desk: _Desk, tmp_path: Path, form: LogForm, ending: str
) -> None:
    done: list[Written] = []
    desk.files.written.subscribe(done.append)
    out = tmp_path / f"log{ending}"
    there, actor = desk.keeping.acting()
    for refused in (out.with_suffix(".pdf"), tmp_path / "gone" / out.name):
        with pytest.raises(VirtopsyError):
            desk.files.write(refused, form, Language.EN, LogQuery())
    with pytest.raises(InputError):
        desk.files.write(there.folder / out.name, form, Language.EN, LogQuery())
    desk.files.write(out, form, Language.EN, LogQuery(CASE))
    desk.settle(lambda: done)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == done[0].exported.sha256
    assert done[0].exported.sha256 in done[0].sentence(Language.KK)
    (entry,) = [one for one in there.log.entries(actor, CASE) if one.act == "log.export"]
    assert done[0].exported.sha256 in entry.body.decode()


def test_who_may_read_no_log_is_shown_none(desk: _Desk) -> None:
    there, actor = desk.keeping.acting()
    there.access.add_person(actor, "Court", PASSWORD, [Role.COURT])
    folder = there.folder
    desk.keeping.sign_in(folder, "Court", PASSWORD)
    assert not desk.reading.allowed
    desk.anchoring.refresh()
    assert desk.anchoring.last.now is None


def test_signing_out_forgets_what_was_read_and_refuses_nothing(desk: _Desk) -> None:
    desk.reading.newest()
    desk.anchoring.refresh()
    desk.keeping.close()
    desk.read()
    assert desk.problems == []
    assert desk.reading.page.now is None
