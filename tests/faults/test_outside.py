"""What whoever holds folder and key can do: whole from within, found against what lies outside.

This is the limit of promise 2, held here so that nobody believes more: `verify` alone calls such
an archive whole. A printed head, or a checkpoint that lies elsewhere, does not.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from archive.opening import open_archive, verify_folder
from archive.proof import checkpoint
from archive.services.paper import PrintedHead
from tests.archive.conftest import CASE, CHEAP, PASSWORD
from tests.faults.acts import KEEPER, later_clock
from tests.faults.stand import Stand, key_of, note, origin_of, rechained, write_copy
from tests.faults.table import Tally


def _chain_recomputed_with_the_key(stand: Stand) -> None:
    seal, origin = key_of(stand.earlier), origin_of(stand.earlier)
    bodies = stand.bodies()
    bodies[2]["reason"] = "another"
    entries = rechained(bodies)
    stand.write_log(entries)
    write_copy(stand.folder, entries)
    for path in stand.notes():
        path.unlink()
        path.write_text(note(origin, entries[: int(path.stem[-12:])], seal), encoding="utf-8")


def _old_backup_restored(stand: Stand) -> None:
    shutil.rmtree(stand.folder)
    shutil.copytree(stand.earlier, stand.folder)


def _fork_laid_in(stand: Stand) -> None:
    shutil.rmtree(stand.folder)
    shutil.copytree(stand.fork, stand.folder)


_ATTACKS: dict[str, tuple[Callable[[Stand], None], set[str], set[str]]] = {
    "chain recomputed with the key": (
        _chain_recomputed_with_the_key,
        {"paper_mismatch"},
        {"checkpoint_mismatch"},
    ),
    "old backup restored": (_old_backup_restored, {"paper_ahead"}, {"log_tail_cut"}),
    "fork laid in": (
        _fork_laid_in,
        {"paper_ahead", "paper_mismatch"},
        {"log_tail_cut", "checkpoint_mismatch"},
    ),
}


@pytest.mark.parametrize("attack", list(_ATTACKS))
def test_an_attack_with_the_key_shows_only_against_what_lies_outside(
    attack: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    act, by_paper, by_note = _ATTACKS[attack]
    spoilt = stand()
    outside = spoilt.notes()[-1]
    name, text = outside.name, outside.read_text(encoding="utf-8")
    read = checkpoint.read(text)
    assert read is not None
    paper = PrintedHead(read.size, read.root.hex())
    act(spoilt)
    with tally.attempt(f"log: {attack}", "from within"):
        assert verify_folder(spoilt.folder, clock=later_clock(9)).ok
    with tally.attempt(f"log: {attack}", "printed head"):
        report = verify_folder(spoilt.folder, clock=later_clock(9), paper=paper)
        assert by_paper & {one.code for one in report.problems}
    with tally.attempt(f"log: {attack}", "checkpoint from outside"):
        laid_in = spoilt.folder / "log" / name
        laid_in.unlink(missing_ok=True)
        laid_in.write_text(text, encoding="utf-8")
        report = verify_folder(spoilt.folder, clock=later_clock(9))
        assert by_note & {one.code for one in report.problems}


_TURNS: dict[str, tuple[timedelta, bool]] = {
    "back by a year": (timedelta(days=-365), True),
    "back by an hour": (timedelta(hours=-1), True),
    "forward by a year": (timedelta(days=365), True),
    "by a second": (timedelta(seconds=1), False),
}


@pytest.mark.parametrize("turn", list(_TURNS))
def test_a_clock_that_was_turned_is_an_entry_and_breaks_nothing(
    turn: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    by, told = _TURNS[turn]
    clock = later_clock(30)
    with (
        tally.attempt(f"log: clock turned {turn}"),
        open_archive(stand().folder, clock=clock, cost=CHEAP) as archive,
    ):
        keeper = archive.access.login(KEEPER, PASSWORD)
        before = archive._journal.entries()[-1].seq
        clock.turn(by)
        archive.cases.open(keeper, CASE)
        jumps = [one for one in archive._journal.entries()[before:] if one.act == "clock.jump"]
        assert len(jumps) == told
        assert archive.verify.run().ok


def test_summer_time_moves_no_entry(stand: Callable[[], Stand], tally: Tally) -> None:
    with tally.attempt("log: clock in summer time"):
        now = datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC)
        zone = timezone(timedelta(hours=2))

        def clock() -> datetime:
            nonlocal now, zone
            now += timedelta(seconds=1)
            if now.hour >= 1:
                zone = timezone(timedelta(hours=1))  # the hour from two to three comes again
            return now.astimezone(zone)

        with open_archive(stand().folder, clock=clock, cost=CHEAP) as archive:
            keeper = archive.access.login(KEEPER, PASSWORD)
            before = archive._journal.entries()[-1].seq
            for _ in range(3):
                archive.cases.open(keeper, CASE)
            entries = archive._journal.entries()[before:]
            times = [one.ts for one in entries]
            assert times == sorted(times)
            assert all(one.ts.endswith("Z") for one in entries)
            assert "clock.jump" not in {one.act for one in entries}
            assert archive.verify.run().ok
