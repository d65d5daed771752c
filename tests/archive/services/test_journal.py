"""The log's tree, its checkpoints and its clock, as entries are appended."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive, verify_folder
from archive.proof import canonical, checkpoint, merkle
from archive.proof.chain import SYSTEM, Act
from archive.proof.signing import Seal
from archive.records import Actor, Surroundings
from archive.recovery import rebuild_folder
from archive.services.journal import Journal
from archive.services.rights import Right
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, track
from virtopsy.errors import Bug, IntegrityError
from virtopsy.jobs import Progress

_BEGUN = datetime(2027, 1, 1, tzinfo=UTC)


class _Desk:
    """A machine whose two clocks a test turns."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.moved_s = 0.0
        self.boot = "first"

    def __call__(self) -> datetime:
        return _BEGUN + timedelta(seconds=self.passed_s + self.moved_s)

    def monotonic_ns(self) -> int:
        return int(self.passed_s * 1_000_000_000)

    def surroundings(self) -> Surroundings:
        return Surroundings("host", self.boot, "unknown", "1", "0" * 64)


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


@pytest.fixture
def journal(archive: Archive, desk: _Desk) -> Journal:
    """The archive's journal on that machine."""
    return replace(archive._journal, clock=desk, machine=desk)


def _fill(journal: Journal, count: int) -> None:
    with journal.database.writing() as work:
        for _ in range(count):
            journal.append(work, Act("view", SYSTEM))
        work.commit()


def _leaves(journal: Journal) -> list[bytes]:
    return [bytes.fromhex(one.hash) for one in journal.entries()]


def test_every_complete_node_is_kept_with_the_entry_that_completes_it(journal: Journal) -> None:
    _fill(journal, 600)
    leaves = _leaves(journal)
    with journal.database.reading() as work:
        assert list(work.tree.all()) == list(merkle.grown(leaves))


def test_head_and_proofs_over_kept_nodes_are_those_of_all_entries(journal: Journal) -> None:
    _fill(journal, 600)
    leaves = _leaves(journal)
    size = len(leaves)
    assert journal.head() == (size, merkle.root(leaves))
    for proof in journal.inclusion([1, 256, 257, size], size):
        leaf = leaves[proof.seq - 1]
        assert merkle.included(leaf, proof.seq - 1, size, proof.path, merkle.root(leaves))
    for older in (1, 300, 512, size):
        grew = journal.consistency(older, size)
        assert merkle.consistent(older, journal.root(older), size, merkle.root(leaves), grew)


def test_an_archive_from_before_the_nodes_were_kept_grows_on(
    journal: Journal, folder: Path
) -> None:
    _fill(journal, 600)
    connection = sqlite3.connect(folder / "db" / "archive.sqlite")
    with connection:
        connection.execute("DELETE FROM tree_node")
    connection.close()
    _fill(journal, 200)
    leaves = _leaves(journal)
    assert journal.head() == (len(leaves), merkle.root(leaves))


def test_a_log_with_a_gap_has_no_head(journal: Journal, folder: Path) -> None:
    connection = sqlite3.connect(folder / "db" / "archive.sqlite")
    with connection:
        connection.execute("DELETE FROM log WHERE seq = 1")
    connection.close()
    with pytest.raises(IntegrityError):
        journal.head()


def test_no_proof_is_made_about_entries_that_are_not_there(journal: Journal) -> None:
    size, _ = journal.head()
    with pytest.raises(Bug):
        journal.inclusion([1], size + 1)


@pytest.mark.parametrize(
    ("moved_s", "boot", "told"),
    [(0, "first", 0), (59, "first", 0), (3600, "first", 1), (-2, "first", 1), (-2, "second", 1)],
)
def test_a_moved_clock_is_an_entry_before_the_next_act(
    moved_s: int, boot: str, told: int, journal: Journal, desk: _Desk
) -> None:
    journal.write(Act("view", SYSTEM))
    desk.passed_s += 1
    desk.moved_s, desk.boot = moved_s, boot
    journal.write(Act("show", SYSTEM))
    journal.write(Act("print", SYSTEM))
    acts = [one.act for one in journal.entries()]
    assert acts[-2 - told :] == [*["clock.jump"] * told, "show", "print"]
    if told:
        said = canonical.decode(journal.entries()[-3].body)["data"]
        assert said["moved_s"] == (moved_s if boot == "first" else None)


@pytest.fixture
def seal(archive: Archive, expert: Actor) -> Seal:
    """The archive's key, unlocked."""
    found = archive.access.require(expert, Right.CHECKPOINT).seal
    assert found is not None
    return found


def _sealed(journal: Journal, seal: Seal, passed_s: float, desk: _Desk) -> int:
    """Act once, `passed_s` later, and return how many entries the newest checkpoint covers."""
    desk.passed_s += passed_s
    journal.write(Act("view", SYSTEM))
    assert journal.checkpoint_after(seal)
    newest = journal.newest_checkpoint()
    assert newest is not None
    return newest.size


def test_ten_minutes_of_acting_make_a_checkpoint(journal: Journal, desk: _Desk, seal: Seal) -> None:
    covered = _sealed(journal, seal, 0, desk)
    assert _sealed(journal, seal, 300, desk) == covered
    assert _sealed(journal, seal, 299, desk) == covered
    assert _sealed(journal, seal, 1, desk) == covered + 3


def test_a_checkpoint_that_another_program_signed_counts(
    journal: Journal, desk: _Desk, archive: Archive, seal: Seal
) -> None:
    with open_archive(archive.folder, clock=Clock(), cost=CHEAP) as other:
        covered = _sealed(journal, seal, 0, desk)
        _fill(journal, 60)
        elsewhere = replace(other._journal, clock=desk, machine=desk).checkpoint(seal).size
        _fill(journal, 60)
        assert _sealed(journal, seal, 0, desk) == elsewhere > covered
        _fill(journal, 60)
        assert _sealed(journal, seal, 0, desk) > elsewhere


def test_a_note_of_a_larger_log_does_not_keep_this_one_from_being_signed(
    journal: Journal, desk: _Desk, seal: Seal
) -> None:
    covered = _sealed(journal, seal, 0, desk)
    origin = checkpoint.origin_of(journal.archive)
    journal.notes.add(10**9, checkpoint.sign(origin, 10**9, bytes(32), seal).note)
    _fill(journal, 100)
    assert _sealed(journal, seal, 0, desk) > covered


def test_an_act_lists_the_checkpoints_only_where_one_came_or_went(
    journal: Journal, desk: _Desk, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sealed(journal, seal, 0, desk)
    looks = []
    look = os.listdir
    monkeypatch.setattr(os, "listdir", lambda *a: looks.append(a) or look(*a))
    covered = [_sealed(journal, seal, passed_s, desk) for passed_s in (0, 0, 600, 0, 600)]
    assert len(set(covered)) == 3
    assert not looks
    (journal.bodies._path.parent / f"checkpoint-{10**9:012d}.txt").write_text("by another")  # type: ignore[attr-defined]
    assert journal.notes.names()[-1].endswith(f"{10**9}.txt")


def test_the_expert_of_a_checkpoint_is_the_archives_key(archive: Archive, expert: Actor) -> None:
    made = archive.log.checkpoint(expert)
    assert checkpoint.signed_by(made, archive.public_key)


def _entries(database: bytes) -> int:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(database)
    found: int = connection.execute("SELECT count(*) FROM log").fetchone()[0]
    connection.close()
    return found


def test_nothing_is_written_onto_an_older_database_put_back_beside_a_longer_log(
    kept: Archive, clock: Clock
) -> None:
    database, copy = kept.folder / "db" / "archive.sqlite", kept.folder / "log" / "entries.jsonl"
    kept.close()
    older = database.read_bytes()
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as later:
        expert = later.access.login("Ахметова", PASSWORD)
        later.cases.add_finding(expert, CASE, track(finding_id="t2"))
    gone = len(copy.read_bytes().splitlines()) - _entries(older)
    database.write_bytes(older)
    lines = copy.read_bytes()
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as again:
        with pytest.raises(IntegrityError) as refused:
            again.access.login("Ахметова", PASSWORD)
        assert (refused.value.key, refused.value.facts["count"]) == ("archive.log.copy_ahead", gone)
        assert "log_tail_cut" in {one.code for one in again.verify.run().problems}
    assert (database.read_bytes(), copy.read_bytes()) == (older, lines)
    rebuild_folder(
        kept.folder,
        user="Ахметова",
        password=PASSWORD,
        clock=clock,
        cost=CHEAP,
        progress=Progress(),
    )
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as mended:
        mended.access.login("Ахметова", PASSWORD)
        assert mended.verify.run().ok


def test_a_copy_that_lags_or_whose_end_is_damaged_hinders_no_act(
    kept: Archive, expert: Actor
) -> None:
    copy = kept.folder / "log" / "entries.jsonl"
    whole = copy.read_bytes()
    copy.write_bytes(b"".join(whole.splitlines(keepends=True)[:-2]) + b'{"seq":99')
    kept.cases.add_finding(expert, CASE, track(finding_id="t2"))
    assert copy.read_bytes().startswith(whole)
    copy.write_bytes(copy.read_bytes() + b"no entry\n")
    kept.cases.add_finding(expert, CASE, track(finding_id="t3"))


def test_a_line_added_to_the_copy_does_not_end_the_signing_of_the_log(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    with (kept.folder / "log" / "entries.jsonl").open("ab") as copy:
        copy.write(b"no entry of ours\n")
    clock.turn(timedelta(minutes=11))
    kept.cases.note(expert, CASE, "view", {})
    size, _ = kept._journal.head()
    newest = kept._journal.newest_checkpoint()
    assert newest is not None
    assert newest.size == size


@pytest.mark.parametrize("hidden", ["hash = 'x'", "hash = x'00'", "body = x'7b7d'", "body = 7"])
def test_nothing_is_written_onto_a_changed_entry_so_that_the_log_can_be_mended(
    hidden: str, kept: Archive, expert: Actor, clock: Clock
) -> None:
    with sqlite3.connect(kept.folder / "db" / "archive.sqlite") as connection:
        connection.execute(f"UPDATE log SET {hidden} WHERE seq = (SELECT max(seq) FROM log)")  # noqa: S608
    connection.close()
    size = len(kept._journal.entries())
    with pytest.raises(IntegrityError, match=f"Entry {size} "):
        kept.cases.list(expert)
    assert len(kept._journal.entries()) == size
    kept.close()
    named = {"user": "Ахметова", "password": PASSWORD, "clock": clock, "cost": CHEAP}
    rebuild_folder(kept.folder, progress=Progress(), **named)
    assert verify_folder(kept.folder, clock=clock).ok
