"""The acts that faults are planted in, each from a template archive to the state it announces."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from archive.opening import Archive, create, open_archive
from archive.records import Actor, Problem, Role
from archive.recovery import rebuild_folder, restore_backup
from archive.services.bundling import Picture
from archive.storage.staging import StagingFolder
from archive.witnessing import station, stick
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, another, track
from tests.archive.services.test_timestamps import made_in
from virtopsy.case.changes import Change
from virtopsy.errors import Cancelled, IntegrityError
from virtopsy.jobs import Progress
from virtopsy.language import Language

KEEPER = "Ахметова"
ANOTHER = "another password"
NEW, KEPT, FIRST_FORMAT, NONE = "new", "kept", "first format", ""


def later_clock(days: int) -> Clock:
    """Return a clock that begins some days after the templates were made."""
    clock = Clock()
    clock.turn(timedelta(days=days))
    return clock


@dataclass(frozen=True)
class Stage:
    """Where an act is done.

    Attributes:
        place: holds `evidence`, the archive; `carrier`, a scan; and what the act writes beside.
    """

    place: Path

    @property
    def folder(self) -> Path:
        """Return the archive's folder."""
        return self.place / "evidence"

    @cached_property
    def archive(self) -> Archive:
        """Return the archive, opened once."""
        return open_archive(self.folder, clock=later_clock(1), cost=CHEAP)

    @cached_property
    def actor(self) -> Actor:
        """Return its first person, logged in."""
        return self.archive.access.login(KEEPER, PASSWORD)


@dataclass(frozen=True)
class Act:
    """Something a person does, and is told to be done when `do` returns.

    Attributes:
        template: which archive it starts from.
        prepare: what comes before it and is not watched.
        again: the same act may be done once more after it was announced.
    """

    do: Callable[[Stage], object]
    template: str = KEPT
    prepare: Callable[[Stage], object] = lambda stage: stage.actor


def _create(stage: Stage) -> None:
    create(stage.folder, person=KEEPER, password=PASSWORD, clock=later_clock(1), cost=CHEAP)


def _take_in(case: str) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.archive.intake.take_in(
            stage.actor, stage.place / "carrier", case_number=case, progress=Progress()
        )

    return act


def _add(stage: Stage) -> None:
    stage.archive.cases.add_finding(stage.actor, CASE, track(finding_id="t2"))


def _change(stage: Stage) -> None:
    before = _kept(stage)
    _record(stage, Change("finding", "t1", before, {**before, "name": "Renamed"}))


def _withdraw(stage: Stage) -> None:
    _record(stage, Change("finding", "t1", _kept(stage), None))


def _kept(stage: Stage) -> dict[str, Any]:
    rows = [one.record for one in stage.archive.versions.history(stage.actor, CASE, "t1")]
    return dict(rows[-1] or {})


def _record(stage: Stage, change: Change) -> None:
    stage.archive.cases.record(stage.actor, CASE, (change,), label="l", act="do", reason="r")


def _add_person(stage: Stage) -> None:
    roles = [Role.EXPERT]
    stage.archive.access.add_person(stage.actor, "Second", "the second", roles)


def _disable_person(stage: Stage) -> None:
    stage.archive.access.disable(stage.actor, "Second")


def _bundle(zipped: bool) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.archive.court.bundle(
            stage.actor,
            CASE,
            stage.place / ("bundle.zip" if zipped else "bundle"),
            pictures=(Picture("axial", b"\x89PNG axial", {"mm_per_pixel": 1}),),
            conclusion_pdf={Language.KK: b"%PDF-kk"},
            zipped=zipped,
            progress=Progress(),
        )

    return act


def _change_roles(stage: Stage) -> None:
    stage.archive.access.change_roles(stage.actor, "Second", [Role.INVESTIGATOR])


def _change_password(stage: Stage) -> None:
    stage.archive.access.change_password(stage.actor, PASSWORD, ANOTHER)


def _reset_password(stage: Stage) -> None:
    stage.archive.access.reset_password(stage.actor, "Second", ANOTHER)


def _second_person(stage: Stage) -> None:
    """Add somebody who can stand by: whose password nobody else set."""
    another(stage.archive, stage.actor, password=ANOTHER)


def _second_person_and_a_stopped_import(stage: Stage) -> None:
    """Leave copies of the case's files in `staging/` besides, of an import that was stopped."""
    _second_person(stage)

    def stop(_: StagingFolder) -> None:
        raise Cancelled

    really = StagingFolder.settle
    StagingFolder.settle = stop  # type: ignore[method-assign]
    try:
        with suppress(Cancelled):
            _take_in("another case")(stage)
    finally:
        StagingFolder.settle = really  # type: ignore[method-assign]
    assert [one.files for one in stage.archive.interrupted] == [4]


def _destroy(stage: Stage) -> None:
    second = stage.archive.access.login("Second", ANOTHER)
    (text,) = [one for one in (stage.place / "carrier").iterdir() if one.suffix == ".txt"]
    stage.archive.destruction.destroy(
        stage.actor,
        CASE,
        sha256s=[hashlib.sha256(text.read_bytes()).hexdigest()],
        basis="Order 9",
        second=second,
    )


def _back_up(stage: Stage) -> None:
    report = stage.archive.backup.write(
        stage.actor, stage.place / "disk", password=PASSWORD, progress=Progress()
    )
    _raise_reported(report.problems)


def _raise_reported(problems: Sequence[Problem]) -> None:
    """Tell the first problem of a report, as the command line does by its exit code."""
    if problems:
        raise IntegrityError(f"archive.problem.{problems[0].code}", path=problems[0].path)


def _disk(stage: Stage) -> None:
    (stage.place / "disk").mkdir()
    _ = stage.actor


def _backed_up(stage: Stage) -> None:
    _disk(stage)
    _back_up(stage)


def _backed_up_and_more(stage: Stage) -> None:
    _backed_up(stage)
    _add(stage)


def _restore(stage: Stage) -> None:
    report = restore_backup(
        stage.place / "disk",
        stage.place / "restored",
        password=PASSWORD,
        clock=later_clock(1),
        cost=CHEAP,
        progress=Progress(),
    )
    _raise_reported(report.problems)


def _rebuild(stage: Stage) -> None:
    rebuild_folder(
        stage.folder,
        user=KEEPER,
        password=PASSWORD,
        clock=later_clock(1),
        cost=CHEAP,
        progress=Progress(),
    )


def _without_database(stage: Stage) -> None:
    (stage.folder / "db" / "archive.sqlite").unlink()


def _migrate(stage: Stage) -> None:
    with open_archive(stage.folder, clock=later_clock(99), cost=CHEAP):
        pass


def _stick(stage: Stage) -> None:
    (stage.place / "stick").mkdir()
    made = station(stage.place / "home", clock=later_clock(1), cost=CHEAP).new("w", ANOTHER)
    stage.archive.witnesses.add(stage.actor, "w", made.vkey)


def _ask_the_witness(stage: Stage) -> None:
    stage.archive.witnesses.request(stage.actor, stage.place / "stick")


def _signed_by_the_witness(stage: Stage) -> None:
    _stick(stage)
    _ask_the_witness(stage)
    station(stage.place / "home", clock=later_clock(1), cost=CHEAP).sign(
        stick(stage.place / "stick"), ANOTHER, key=None, confirm=lambda *_: True
    )


def _take_from_the_witness(stage: Stage) -> None:
    stage.archive.witnesses.take(stage.actor, stage.place / "stick")


def _answered_by_the_authority(stage: Stage) -> None:
    asked = stage.archive.timestamps.request(stage.actor)
    (stage.place / "authority").mkdir()
    answer = made_in(stage.place / "authority").answer(asked.tsq)
    (stage.place / "answer.tsr").write_bytes(answer)


def _take_the_timestamp(stage: Stage) -> None:
    stage.archive.timestamps.take(stage.actor, (stage.place / "answer.tsr").read_bytes())


ACTS: dict[str, Act] = {
    "create": Act(_create, NONE, prepare=lambda _: None),
    "intake": Act(_take_in("another case")),
    "intake of the first case": Act(_take_in(CASE), NEW),
    "intake of what is there": Act(_take_in(CASE)),
    "finding": Act(_add),
    "change": Act(_change),
    "withdrawal": Act(_withdraw),
    "checkpoint": Act(lambda stage: stage.archive.log.checkpoint(stage.actor)),
    "person": Act(_add_person),
    "person's end": Act(_disable_person, prepare=_add_person),
    "role": Act(_change_roles, prepare=_add_person),
    "password": Act(_change_password),
    "password reset": Act(_reset_password, prepare=_add_person),
    "key rotation": Act(lambda stage: stage.archive.keys.rotate(stage.actor)),
    "destruction": Act(_destroy, prepare=_second_person),
    "destruction of what a stopped import copied": Act(
        _destroy, prepare=_second_person_and_a_stopped_import
    ),
    "backup": Act(_back_up, prepare=_disk),
    "second backup": Act(_back_up, prepare=_backed_up_and_more),
    "restore": Act(_restore, prepare=_backed_up),
    "rebuild": Act(_rebuild, prepare=lambda _: None),
    "rebuild of a lost database": Act(_rebuild, prepare=_without_database),
    "witness asked": Act(_ask_the_witness, prepare=_stick),
    "witness taken": Act(_take_from_the_witness, prepare=_signed_by_the_witness),
    "timestamp asked": Act(lambda stage: stage.archive.timestamps.request(stage.actor)),
    "timestamp taken": Act(_take_the_timestamp, prepare=_answered_by_the_authority),
    "migration": Act(_migrate, FIRST_FORMAT, prepare=lambda _: None),
    "login": Act(lambda stage: stage.actor, prepare=lambda stage: stage.archive),
    "bundle": Act(_bundle(False)),
    "zipped bundle": Act(_bundle(True)),
}


def said(**facts: Any) -> bytes:
    """Return one line of what a doer says."""
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"
