"""A destruction counts only where its own object bears it out, and is told for ever."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from archive.opening import Archive, verify_folder
from archive.proof import chain, checkpoint
from archive.proof.chain import Act, Who
from archive.proof.signing import Seal
from archive.records import Actor, FileRow, ObjectName, Role, Tombstone, VerifyReport
from archive.recovery import rebuild_folder
from archive.services.persons import salted
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, Clock, another
from virtopsy.errors import IntegrityError
from virtopsy.jobs import Progress

BASIS = "Order 12"


@pytest.fixture
def second(kept: Archive, expert: Actor) -> Actor:
    """A second expert, present."""
    return another(kept, expert)


def _files(archive: Archive) -> list[FileRow]:
    with archive._journal.database.reading() as work:
        return [one for one in work.cases.files(CASE) if one.series_uid == SERIES]


def _path(archive: Archive, sha256: str) -> Path:
    return archive.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256


def _destroyed(archive: Archive, case: str, actor: Actor, second: Actor) -> dict[str, Any]:
    """Destroy the series by the program; return the body of the entry."""
    archive.destruction.destroy(actor, case, series_uid=SERIES, basis=BASIS, second=second)
    with archive._journal.database.reading() as work:
        (*_, entry) = work.log.of_acts(("destroy",))
    return chain.read(entry)


def _forged(archive: Archive, expert: Actor, proof: str, *rows: FileRow) -> int:
    """Destroy as somebody without the key does: entry, its copy, row; then the bytes."""
    who = Who(expert.person_id, (Role.EXPERT,), session="copied from an older act")
    objects = (ObjectName("destruction", "made up", proof),) if proof else ()
    data = {"objects": [{"sha256": one.sha256, "size": one.size} for one in rows]}
    act = Act("destroy", who, case=CASE, objects=objects, data={**data, "concerned": []})
    entry = archive._journal.write(act)
    with archive._journal.database.writing() as work:
        tombs = [Tombstone(CASE, one.sha256, one.size, entry.seq) for one in rows]
        work.cases.add_tombstones(tombs)
        work.commit()
    return entry.seq


def _codes(report: VerifyReport) -> set[str]:
    return {one.code for one in report.problems}


_Proof: TypeAlias = Callable[[Archive, FileRow], str]


def _put(case: str, *files: tuple[str, int]) -> _Proof:
    said = {
        "case": case,
        "basis": BASIS,
        "files": [{"sha256": one, "size": size, "path": ""} for one, size in files],
    }
    return lambda archive, _: archive.intake._blobs.put(salted("destruction", said))


_PROOFS: dict[str, Callable[[FileRow], _Proof]] = {
    "none": lambda _: lambda *_: "",
    "one that is not there": lambda _: lambda *_: "0" * 64,
    "one of another case": lambda one: _put("other", (one.sha256, one.size)),
    "one that lists another file": lambda one: _put(CASE, ("0" * 64, one.size)),
    "one that lists another size": lambda one: _put(CASE, (one.sha256, one.size + 1)),
    "one that lists more": lambda one: _put(CASE, (one.sha256, one.size), ("0" * 64, 1)),
}


@pytest.mark.parametrize("proof", _PROOFS)
def test_an_entry_written_past_the_program_destroys_nothing_in_the_eyes_of_a_check(
    proof: str, kept: Archive, expert: Actor
) -> None:
    row = _files(kept)[0]
    seq = _forged(kept, expert, _PROOFS[proof](row)(kept, row), row)
    assert kept.destruction.complete()
    assert _path(kept, row.sha256).exists(), "the program removes nothing on its word"
    _path(kept, row.sha256).unlink()
    report = kept.verify.run()
    assert _codes(report) == {"destruction_unproven", "object_missing", "row_extra"}
    (fault,) = [one for one in report.problems if one.code == "destruction_unproven"]
    assert fault.facts["seq"] == seq
    (note,) = report.notes
    assert (note.code, note.facts["seq"], note.facts["count"]) == ("acts_unsealed", seq, 1)


def test_the_object_of_an_older_destruction_of_the_same_files_bears_out_no_second_one(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    body = _destroyed(kept, CASE, expert, second)
    kept.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    rows = _files(kept)
    _forged(kept, expert, body["obj"][0]["sha256"], *rows)
    _path(kept, rows[0].sha256).unlink()
    report = kept.verify.run()
    assert {"destruction_unproven", "object_missing"} <= _codes(report)
    assert "destroyed_taken_in_again" in {one.code for one in report.notes}


def test_a_destruction_forged_with_an_object_of_its_own_is_a_fault_that_no_act_hides(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    row = _files(kept)[0]
    seq = _forged(kept, expert, _put(CASE, (row.sha256, row.size))(kept, row), row)
    assert not kept.destruction.complete()
    assert _path(kept, row.sha256).exists(), "the program removes nothing on its word"
    _path(kept, row.sha256).unlink()
    kept.access.change_password(second, "pw-pw-pw", "another one")  # a weighty act: sealed at once
    (fault,) = kept.verify.run().problems
    assert (fault.code, fault.facts["seq"]) == ("destruction_unsealed", seq)
    assert row.sha256 in fault.path
    with pytest.raises(IntegrityError, match=f"Entry {seq} "):
        kept.log.checkpoint(expert)


def test_a_checkpoint_laid_in_by_the_forger_covers_nothing(kept: Archive, expert: Actor) -> None:
    row = _files(kept)[0]
    seq = _forged(kept, expert, _put(CASE, (row.sha256, row.size))(kept, row), row)
    size, root = kept._journal.head()
    origin = checkpoint.origin_of(kept.uuid)
    made = checkpoint.sign(origin, size, root, Seal.new()).note
    (kept.folder / "log" / f"checkpoint-{size:012d}.txt").write_text(made)
    older = min((kept.folder / "log").glob("checkpoint-*.txt"))
    shutil.copy(older, kept.folder / "log" / f"checkpoint-{size + 1:012d}.txt")
    assert [one.facts["seq"] for one in kept.unsealed] == [seq]
    assert "destruction_unsealed" in _codes(kept.verify.run())


_HIDDEN = {
    "another word": "UPDATE log SET act = 'view' WHERE seq = :seq",
    "no text": "UPDATE log SET act = CAST(act AS BLOB) WHERE seq = :seq",
    "another end": "UPDATE log SET out = 'denied' WHERE seq = :seq",
    "other bytes": "UPDATE log SET act = 'view', body = x'7b7d' WHERE seq = :seq",
    "an entry of another name": (
        "UPDATE log SET act = 'view', hash = iif(hash LIKE '0%', '1', '0') || substr(hash, 2)"
        " WHERE seq = :seq"
    ),
}
_FOLLOWED_BY_NOTHING = ("other bytes", "an entry of another name")
_SHOWN_AGAIN = "UPDATE log SET body = ?, hash = ?, act = ?, out = ? WHERE seq = ?"


@pytest.mark.parametrize("way", _HIDDEN)
def test_nobody_signs_a_destruction_that_was_hidden_for_that_moment(
    way: str, kept: Archive, expert: Actor, clock: Clock
) -> None:
    row = _files(kept)[0]
    seq = _forged(kept, expert, _put(CASE, (row.sha256, row.size))(kept, row), row)
    _path(kept, row.sha256).unlink()
    told = pytest.raises(IntegrityError, match=f"ntry {seq} ")
    with closing(sqlite3.connect(kept.folder / "db" / "archive.sqlite")) as forger, forger:
        (before,) = forger.execute("SELECT body, hash, act, out FROM log WHERE seq = ?", (seq,))
        forger.execute(_HIDDEN[way], {"seq": seq})
        forger.commit()
        clock.turn(timedelta(minutes=11))
        # In between a checkpoint comes due; after bytes that do not give their hash nothing is
        # written at all.
        with told if way in _FOLLOWED_BY_NOTHING else nullcontext():
            kept.cases.note(expert, CASE, "view", {})
        with told:
            kept.log.checkpoint(expert)
        forger.execute(_SHOWN_AGAIN, (*before, seq))
    (fault,) = (one for one in kept.verify.run().problems if one.code.startswith("destruction"))
    assert (fault.code, fault.facts["seq"]) == ("destruction_unsealed", seq)


def test_making_the_database_anew_does_not_launder_a_forged_destruction(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    row = _files(kept)[0]
    _forged(kept, expert, "", row)
    _path(kept, row.sha256).unlink()
    kept.close()
    named: dict[str, Any] = {"user": expert.name, "password": PASSWORD, "progress": Progress()}
    rebuild_folder(kept.folder, clock=clock, cost=CHEAP, **named)
    report = verify_folder(kept.folder, clock=clock)
    assert _codes(report) == {"destruction_unproven", "object_missing"}


def test_a_destruction_is_told_for_ever_also_after_the_same_bytes_came_again(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    first = _destroyed(kept, CASE, expert, second)["seq"]
    kept.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    with kept._journal.database.reading() as work:
        (*_, again) = work.log.of_acts(("import",))
    later = _destroyed(kept, CASE, expert, second)["seq"]
    report = kept.verify.run()
    assert report.ok, [str(one) for one in report.problems]
    told = [(one.code, one.facts["seq"], one.facts.get("again")) for one in report.notes]
    assert told == [
        ("destroyed_taken_in_again", first, again.seq),
        ("destroyed_by_act", later, None),
    ]


def test_weighty_acts_that_nobody_signed_are_told_until_the_next_act_of_one_who_may_seal(
    kept: Archive, expert: Actor
) -> None:
    assert kept.verify.run().notes == ()
    who = Who("somebody", (Role.ADMINISTRATOR,))
    first = kept._journal.write(Act("person.reset", who)).seq
    kept._journal.write(Act("witness.add", who))
    (note,) = kept.verify.run().notes
    assert (note.code, note.facts["seq"], note.facts["count"]) == ("acts_unsealed", first, 2)
    kept.cases.note(expert, CASE, "view", {})
    assert kept.verify.run().notes == ()
