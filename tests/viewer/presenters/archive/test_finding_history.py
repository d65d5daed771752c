"""The history of a finding is read, compared and brought back, before and after it is kept."""

from __future__ import annotations

import queue
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.archive.conftest import CASE, FRAME, PASSWORD, SERIES, Clock, templates
from viewer.presenters.archive.finding_history import FindingHistory
from viewer.presenters.archive.keeping import CaseRecorder, Keeping
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.opening import Opening
from viewer.presenters.examine.views import Views
from viewer.presenters.remembered import Remembered
from viewer.presenters.session import Session
from viewer.presenters.work import Work
from virtopsy.case.case import Case
from virtopsy.case.commands import AddFinding
from virtopsy.errors import IntegrityError
from virtopsy.findings.note import Note
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Volume
from virtopsy.jobs import Lanes
from virtopsy.language import Language

__all__ = ["templates"]
_PATIENCE_S = 30
_SECOND = r"2026-\d\d-\d\d \d\d:\d\d:\d\d UTC"
NOTE = Note(
    (1.0, 2.0, 3.0),
    finding_id="n1",
    name="Look here",
    series_uid=SERIES,
    frame_of_reference_uid=FRAME,
)


class Desk:
    """The presenters of the panel without a screen."""

    def __init__(self, folder: Path) -> None:
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue()
        self.lanes = Lanes()
        self.session, self.views = Session(), Views()
        self.work = Work(self.lanes, self._waiting.put)
        clock = Clock()
        opening = Opening(self.work, self.views)
        self.keeping = Keeping(self.session, opening, self.work, clock)
        self.remembered = Remembered(self.session, clock, self.keeping.person)
        self.findings = Findings(self.session, self.views, self.keeping.person)
        self.history = FindingHistory(
            self.session, self.findings, self.keeping, self.remembered, self.work
        )
        self.problems: list[str] = []
        self.history.problem.subscribe(lambda error: self.problems.append(error.key))
        self.folder = folder
        frame = Frame.of((4, 4, 4), origin_mm=(0.0, 0.0, 0.0), spacing_mm=(1.0, 1.0, 1.0))
        identity = Identity(series_uid=SERIES, frame_of_reference_uid=FRAME)
        self.views.show(Volume(np.zeros(frame.shape, np.int16), frame, identity=identity))

    def sign_in(self) -> None:
        self.keeping.sign_in(self.folder, "Ахметова", PASSWORD)
        archive, actor = self.keeping.acting()
        self.session.open(archive.cases.open(actor, CASE), CaseRecorder(archive, actor, CASE))

    def settle(self) -> None:
        """Do what the screen's thread would, until nothing comes any more."""
        end = time.monotonic() + _PATIENCE_S
        quiet = 0
        while quiet < 5:
            assert time.monotonic() < end
            try:
                self._waiting.get(timeout=0.1)()
                quiet = 0
            except queue.Empty:
                quiet += 1

    def told(self, language: Language = Language.EN) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.heading, one.lines) for one in self.history.told(language)]


@pytest.fixture
def desk(tmp_path: Path, templates: Path) -> Iterator[Desk]:
    """Presenters over an archive with one track in its case."""
    made = Desk(Path(shutil.copytree(templates / "kept", tmp_path / "evidence")))
    yield made
    made.lanes.close()
    made.keeping.close()


def test_before_the_case_is_kept_the_session_remembers_who_and_when(desk: Desk) -> None:
    desk.keeping.person.set("A. Expert")
    desk.session.do(AddFinding(NOTE))
    desk.findings.choose("n1")
    desk.history.shown.set(True)
    desk.findings.state("name", "Look there")
    desk.session.undo()
    assert desk.told() == [
        ("3 · changed by undo", ("Name: Look there → Look here",)),
        ("2 · changed", ("Name: Look here → Look there",)),
        ("1 · marked", ()),
    ]
    whos = [one.who for one in desk.history.told(Language.EN)]
    assert re.fullmatch(rf"A\. Expert, {_SECOND}", whos[0])
    assert whos == sorted(whos, reverse=True)
    assert "not kept yet" in desk.history.where(Language.EN)


def test_nobody_signed_in_is_said_so(desk: Desk) -> None:
    desk.session.do(AddFinding(NOTE))
    desk.findings.choose("n1")
    desk.history.shown.set(True)
    (told,) = desk.history.told(Language.EN)
    assert told.who.startswith("not signed in, ")


def test_of_a_kept_case_the_archive_tells_the_history(desk: Desk) -> None:
    desk.sign_in()
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.settle()
    assert desk.told() == [("1 · marked", ())]
    desk.findings.state("certainty", "possible")
    desk.settle()
    assert desk.told()[0] == ("2 · changed", ("Certainty: definite → possible",))
    desk.session.undo()
    desk.settle()
    assert desk.told()[0] == ("3 · changed by undo", ("Certainty: possible → definite",))
    assert desk.told(Language.KK)[1][1] == ("Сенімділік дәрежесі: анық → мүмкін",)
    assert re.fullmatch(rf"Ахметова, {_SECOND}", desk.history.told(Language.EN)[0].who)
    assert "archive keeps it" in desk.history.where(Language.EN)
    assert desk.problems == []


def test_two_versions_are_compared(desk: Desk) -> None:
    desk.sign_in()
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.findings.state("name", "Second")
    desk.findings.state("level", "C2")
    desk.findings.state("name", "Third")
    desk.settle()
    desk.history.compare(1)
    compared = {one.number: one.lines for one in desk.history.told(Language.EN)}
    assert compared[4] == ("Name: Track 1 → Third", "Level: not stated → C2")
    assert compared[2] == ("Name: Track 1 → Second",)
    assert compared[1] == ("compared with this version",)
    desk.history.compare(1)
    assert desk.told()[0][1] == ("Name: Second → Third",)


def test_a_restored_version_is_a_new_version(desk: Desk) -> None:
    desk.sign_in()
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.findings.state("name", "Second")
    desk.settle()
    newest, first = desk.history.told(Language.EN)
    assert first.old
    assert not newest.old
    desk.history.restore(1)
    desk.settle()
    assert desk.findings.finding is not None
    assert desk.findings.finding.name == "Track 1"
    assert desk.told()[0][0] == "3 · an earlier version restored"
    assert len(desk.told()) == 3, "nothing is overwritten"
    desk.session.undo()
    assert desk.findings.finding.name == "Second"


def test_after_a_bundle_left_the_reason_stands_in_the_history(desk: Desk) -> None:
    desk.sign_in()
    archive, actor = desk.keeping.acting()
    archive.cases.note(actor, CASE, "export", {"files": 1})
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.findings.state("name", "Second")
    assert desk.findings.finding is not None
    assert desk.findings.finding.name == "Track 1", "not yet"
    desk.session.answer("typing error")
    desk.settle()
    assert desk.findings.finding.name == "Second"
    assert desk.told()[0][1] == ("Name: Track 1 → Second", "Reason: typing error")
    assert desk.told(Language.RU)[0][1][-1] == "Причина: typing error"


def test_another_selected_finding_has_its_own_history(desk: Desk) -> None:
    desk.sign_in()
    desk.session.do(AddFinding(NOTE))
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.findings.choose("n1")
    desk.settle()
    (one,) = desk.history.versions.now
    assert one.record is not None
    assert one.record["finding_id"] == "n1"
    desk.history.shown.set(False)
    assert desk.history.versions.now == ()


def test_an_act_of_another_case_is_not_remembered(desk: Desk) -> None:
    desk.session.do(AddFinding(NOTE))
    assert desk.remembered.versions("n1")
    desk.session.open(Case("2"), None)
    assert desk.remembered.versions("n1") == ()


def test_a_damaged_version_is_said_and_not_shown(desk: Desk) -> None:
    desk.sign_in()
    for path in (desk.folder / "objects").rglob("*"):
        if path.is_file() and b'"t":"finding"' in path.read_bytes():
            path.chmod(0o600)
            path.write_bytes(path.read_bytes().replace(b"Track 1", b"Track 2"))
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.settle()
    assert desk.history.versions.now == ()
    assert len(desk.problems) == 1
    archive, actor = desk.keeping.acting()
    with pytest.raises(IntegrityError):
        archive.versions.history(actor, CASE, "t1")


def test_a_withdrawn_finding_leaves_the_history_closed_and_comes_back_with_it(desk: Desk) -> None:
    desk.sign_in()
    desk.findings.choose("t1")
    desk.history.shown.set(True)
    desk.findings.withdraw()
    desk.settle()
    assert desk.history.versions.now == ()
    desk.session.undo()
    desk.findings.choose("t1")
    desk.settle()
    assert [one.act for one in desk.history.versions.now] == ["add", "withdraw", "add"]
    assert desk.told()[0][0] == "3 · marked by undo"
