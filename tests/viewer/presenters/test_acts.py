"""Any sequence of acts, undo and redo ends where it says; the archive's log is the witness."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from archive.opening import create, open_archive
from archive.proof import canonical, chain
from archive.records import Out
from archive.services.replay import replay
from tests.archive.conftest import CASE, CHEAP, FRAME, PASSWORD, SERIES, Clock, _make_scan
from tests.archive.services.test_casework import STOP
from tests.virtopsy.findings.some import one_of_each
from viewer.presenters.archive.case_recorder import CaseRecorder
from viewer.presenters.examine.finding_fields import fields_of, with_field
from viewer.presenters.session import Session
from virtopsy.case.case import Case
from virtopsy.case.changes import changes
from virtopsy.case.commands import (
    AddFinding,
    AddFindings,
    AddStop,
    ChangeFinding,
    ChangeFindings,
    ChangeStop,
    Command,
    RestoreFinding,
    StateSubject,
    WithdrawFinding,
    WithdrawStop,
)
from virtopsy.case.subject import Subject
from virtopsy.findings.finding import Finding
from virtopsy.jobs import Progress
from virtopsy.language import Language

KINDS = tuple(
    replace(one, series_uid=SERIES, frame_of_reference_uid=FRAME) for one in one_of_each()
)
State = Mapping[str, Any]
"""What a case holds: the record of each thing by what it is and its id."""


def state_of(case: Case) -> State:
    return {f"{one.thing} {one.thing_id}": one.after for one in changes(Case(), case)}


@cache
def template() -> Path:
    """An archive with the scan in a case without findings, made once."""
    folder = Path(tempfile.mkdtemp())
    _make_scan(folder / "carrier")
    create(folder / "kept", person="Ахметова", password=PASSWORD, clock=Clock(), cost=CHEAP)
    with open_archive(folder / "kept", clock=Clock(), cost=CHEAP) as archive:
        expert = archive.access.login("Ахметова", PASSWORD)
        archive.intake.take_in(expert, folder / "carrier", case_number=CASE, progress=Progress())
    return folder / "kept"


class Acts(RuleBasedStateMachine):
    """A person at work: marks, changes, takes back, saves, hands out, opens again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp()) / "evidence"
        shutil.copytree(template(), self.folder)
        self.archive = open_archive(self.folder, clock=Clock(), cost=CHEAP)
        self.expert = self.archive.access.login("Ахметова", PASSWORD)
        self.recorder = CaseRecorder(self.archive, self.expert, CASE)
        self.session = Session()
        self.made = 0
        self.now: State = {}
        self.past: list[State] = []
        self.future: list[State] = []
        self.handed_out: set[str] = set()
        self.witnessed: list[tuple[str, bool]] = []

    # what the model says

    def act(self, command: Command) -> None:
        expected = state_of(command.apply(self.session.case))
        self.session.do(command)
        self.expect(expected, "do")
        self.past.append(self.before)
        self.future.clear()

    def expect(self, after: State, how: str) -> None:
        """Note where the act must end, and answer the question it asks where it must ask one."""
        self.before = self.now
        changed = {
            one for one in self.now.keys() | after.keys() if self.now.get(one) != after.get(one)
        }
        reason = self.session.recorded and bool(changed & self.handed_out)
        assert (self.session.asked.now is not None) == reason
        if reason:
            assert state_of(self.session.case) == self.now, "nothing has happened yet"
            self.session.answer("the court asked")
        if self.session.recorded and changed:
            self.witnessed.append((how, reason))
        self.now = after

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.session.case.findings

    # acts

    @initialize(subject=st.sampled_from(Subject))
    def begin(self, subject: Subject) -> None:
        if subject is not Subject.UNKNOWN:
            self.act(StateSubject(subject))

    def new(self, kind: int) -> Finding:
        self.made += 1
        return replace(KINDS[kind], finding_id=f"f{self.made}", name=f"Белгі {self.made}")

    @rule(kind=st.integers(0, len(KINDS) - 1))
    def mark(self, kind: int) -> None:
        self.act(AddFinding(self.new(kind)))

    @rule(kinds=st.lists(st.integers(0, len(KINDS) - 1), min_size=2, max_size=4))
    def mark_several(self, kinds: list[int]) -> None:
        self.act(AddFindings(tuple(self.new(one) for one in kinds)))

    @precondition(lambda self: self.findings)
    @rule(data=st.data())
    def state_a_field(self, data: st.DataObject) -> None:
        finding = data.draw(st.sampled_from(self.findings))
        self.act(ChangeFinding(self.changed(finding, data)))

    @precondition(lambda self: self.findings)
    @rule(data=st.data())
    def drag_a_point(self, data: st.DataObject) -> None:
        finding = data.draw(st.sampled_from(self.findings))
        place = data.draw(st.integers(0, len(finding.places) - 1))
        far = data.draw(st.floats(200, 300))
        self.act(ChangeFinding(finding.moved(place, (far, 1.0, -far))))

    @precondition(lambda self: len(self.findings) > 1)
    @rule(data=st.data())
    def change_several(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.findings), min_size=2, unique=True))
        self.act(ChangeFindings(tuple(self.changed(one, data) for one in some)))

    @staticmethod
    def changed(finding: Finding, data: st.DataObject) -> Finding:
        fields = fields_of(finding, Subject.UNKNOWN, Language.EN)
        choices = [one for one in fields if one.form == "choice"]
        field = data.draw(st.sampled_from(choices))
        return with_field(finding, field.name, data.draw(st.sampled_from(field.choices))[0], "B")

    @precondition(lambda self: self.findings)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        self.act(WithdrawFinding(data.draw(st.sampled_from(self.findings)).finding_id))

    @precondition(lambda self: self.made)
    @rule(data=st.data(), kind=st.integers(0, len(KINDS) - 1))
    def restore(self, data: st.DataObject, kind: int) -> None:
        number = data.draw(st.integers(1, self.made))
        self.act(RestoreFinding(replace(KINDS[kind], finding_id=f"f{number}")))

    @rule(number=st.integers(1, 3), caption=st.sampled_from(["Кіру", "Шығу"]))
    def stop(self, number: int, caption: str) -> None:
        made = replace(STOP, stop_id=f"s{number}", caption=caption, series_uid=SERIES)
        there = {one.stop_id for one in self.session.case.stops}
        self.act(ChangeStop(made) if made.stop_id in there else AddStop(made))

    @precondition(lambda self: self.session.case.stops)
    @rule(data=st.data())
    def take_a_stop_out(self, data: st.DataObject) -> None:
        self.act(WithdrawStop(data.draw(st.sampled_from(self.session.case.stops)).stop_id))

    @rule(subject=st.sampled_from(Subject))
    def state_subject(self, subject: Subject) -> None:
        self.act(StateSubject(subject))

    @rule(steps=st.integers(1, 4))
    def undo(self, steps: int) -> None:
        for _ in range(min(steps, len(self.past))):
            self.session.undo()
            self.expect(self.past.pop(), "undo")
            self.future.append(self.before)

    @rule(steps=st.integers(1, 4))
    def redo(self, steps: int) -> None:
        for _ in range(min(steps, len(self.future))):
            self.session.redo()
            self.expect(self.future.pop(), "redo")
            self.past.append(self.before)

    # the archive

    @precondition(lambda self: not self.session.recorded)
    @rule()
    def save(self) -> None:
        self.session.keep(self.archive.cases.open(self.expert, CASE), self.recorder)
        if self.now:
            self.witnessed.append(("do", False))
        assert self.session.saved

    @precondition(lambda self: self.session.recorded)
    @rule()
    def hand_out(self) -> None:
        """Bundle the case: every finding that was ever recorded until now was handed out."""
        self.archive.cases.note(self.expert, CASE, "export", {"files": 1})
        with self.archive._journal.database.reading() as work:
            rows = work.cases.things(CASE)
        self.handed_out = {f"finding {one.thing_id}" for one in rows if one.thing == "finding"}

    @precondition(lambda self: self.session.recorded)
    @rule()
    def open_again(self) -> None:
        self.session.open(self.archive.cases.open(self.expert, CASE), self.recorder)
        self.past.clear()
        self.future.clear()

    # what must hold

    @invariant()
    def the_case_is_where_the_acts_led(self) -> None:
        assert state_of(self.session.case) == self.now
        assert (self.session.undo_label is None) == (not self.past)
        assert (self.session.redo_label is None) == (not self.future)

    def teardown(self) -> None:
        try:
            if self.session.recorded:
                self.ask_the_witness()
        finally:
            self.archive.close()
            shutil.rmtree(self.folder.parent)

    def ask_the_witness(self) -> None:
        """Let log and objects alone tell the case, how it came about, and every version."""
        entries = self.archive._journal.entries(CASE)
        acts = [chain.read(one) for one in entries if (one.act, one.out) == ("record", Out.OK)]
        told = [(one["data"]["how"], bool(one["reason"])) for one in acts]
        assert told == self.witnessed
        blobs = self.archive.cases._blobs
        expected = replay(self.archive._journal.entries(), blobs)
        newest: dict[str, Any] = {}
        for (_, thing, thing_id, version), row in sorted(expected.things.items()):
            kept = canonical.decode(blobs.read(row.sha256), fractions=True)
            assert kept["version"] == version
            newest[f"{thing} {thing_id}"] = kept["record"]
        assert {name: record for name, record in newest.items() if record} == self.now
        assert state_of(self.archive.cases.open(self.expert, CASE)) == self.now
        for name in newest:
            if name.startswith("finding "):
                self.histories_follow(name.removeprefix("finding "))
        assert self.archive.verify.run().ok

    def histories_follow(self, finding_id: str) -> None:
        versions = self.archive.versions.history(self.expert, CASE, finding_id)
        assert [one.number for one in versions] == list(range(1, len(versions) + 1))
        assert versions[-1].record == self.now.get(f"finding {finding_id}")


@pytest.mark.parametrize("steps", [12, 40])
def test_any_sequence_of_acts_undo_and_redo_ends_where_it_says(steps: int) -> None:
    calm = settings(
        max_examples=12,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Acts, settings=calm)
