"""A database made anew is the one that was there; and a log that is broken is not rebuilt over."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from archive.opening import Archive, create, open_archive, verify_folder
from archive.proof import canonical, merkle
from archive.proof.chain import SYSTEM, Act, read
from archive.proof.cosignature import Cosigner
from archive.proof.signing import Seal
from archive.records import Actor, Role
from archive.recovery import rebuild_folder
from archive.services import lockout
from archive.services.rebuild import Rebuilt
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, Clock, another, track
from virtopsy.errors import AccessDenied, Cancelled, IntegrityError, StorageError
from virtopsy.jobs import Progress

Rebuild: TypeAlias = Callable[..., Rebuilt]
_TABLES = ("setting", "log", "tree_node", "person", "investigation", "series", "source_file")
_TABLES += ("thing_version", "tombstone", "witness", "search_item", "alembic_version")


@pytest.fixture
def rebuild(kept: Archive, clock: Clock) -> Rebuild:
    """Make the database anew, as the first person."""

    def act(**how: Any) -> Rebuilt:
        given = {"user": "Ахметова", "password": PASSWORD, "progress": Progress(), **how}
        return rebuild_folder(kept.folder, clock=clock, cost=CHEAP, **given)

    return act


def _database(folder: Path) -> Path:
    return folder / "db" / "archive.sqlite"


def _rows(path: Path, upto: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table; of the log, its first entries."""
    connection = sqlite3.connect(path)
    found = {}
    for table in _TABLES:
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
        found[table] = sorted(rows, key=repr)
    found["log"] = [one for one in found["log"] if one[0] <= upto]
    connection.close()
    return found


def _size(folder: Path) -> int:
    return len((folder / "log" / "entries.jsonl").read_bytes().splitlines())


def _busy_archive(kept: Archive, expert: Actor) -> None:
    """Two persons, a second version, a withdrawal, and more than one node of the tree."""
    kept.access.add_person(expert, "Второй", "pw-pw-pw2", [Role.EXPERT])
    kept.access.disable(expert, "Второй")
    second = another(kept, expert, name="Третий")
    with pytest.raises(AccessDenied):
        kept.access.login("Третий", "wrong")
    witness = Cosigner("auditor-2", Seal.new().public_key)
    kept.witnesses.add(expert, witness.name, witness.vkey)
    kept.cases.add_finding(expert, CASE, track("другой"))
    kept.destruction.destroy(expert, CASE, series_uid=SERIES, basis="№ 1", second=second)
    for _ in range(260):
        kept.access.list(expert)


def test_it_comes_out_equal_to_the_one_that_was_there(
    kept: Archive, expert: Actor, rebuild: Rebuild, clock: Clock
) -> None:
    _busy_archive(kept, expert)
    size = _size(kept.folder)
    before = _rows(_database(kept.folder), size)
    made = rebuild(reason="for the test")
    assert (made.entries, made.cases, made.from_database) == (size, 1, 0)
    assert _rows(_database(kept.folder), size) == before
    assert verify_folder(kept.folder, clock=clock).ok


def test_it_is_an_entry_by_the_administrator(kept: Archive, rebuild: Rebuild, clock: Clock) -> None:
    rebuild(reason="for the test")
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as again:
        actor = again.access.login("Ахметова", PASSWORD)
        entry = next(one for one in again.log.entries(actor) if one.act == "rebuild")
    assert (entry.out, entry.actor) == ("ok", actor.person_id)
    assert b"for the test" in entry.body


def _gone(folder: Path) -> None:
    _database(folder).unlink()


def _garbage(folder: Path) -> None:
    _database(folder).write_bytes(os.urandom(5000))


def _empty(folder: Path) -> None:
    _database(folder).write_bytes(b"")


def _torn(folder: Path) -> None:
    content = bytearray(_database(folder).read_bytes())
    for start in range(2 * 4096, len(content), 4096):
        content[start : start + 100] = os.urandom(100)
    _database(folder).write_bytes(content)


def _anothers(folder: Path) -> None:
    other = folder.parent / "other"
    create(other, person="X", password="pw-pw-pw", clock=Clock(), cost=CHEAP)
    with open_archive(other, clock=Clock(), cost=CHEAP) as archive:
        for _ in range(_size(folder)):  # a longer one, as it happens
            archive.access.login("X", "pw-pw-pw")
    shutil.copyfile(_database(other), _database(folder))


def _edited(folder: Path) -> None:
    with sqlite3.connect(_database(folder)) as connection:
        connection.execute("DELETE FROM source_file")
        connection.execute("UPDATE person SET roles = 'auditor'")
        connection.execute("UPDATE log SET body = replace(body, 'ok', 'no') WHERE seq = 4")
    connection.close()


def _journal(folder: Path) -> None:
    _garbage(folder)
    (folder / "db" / "archive.sqlite-journal").write_bytes(os.urandom(600))


@pytest.mark.parametrize("damage", [_gone, _garbage, _empty, _torn, _anothers, _edited, _journal])
def test_whatever_became_of_the_database_it_comes_back_and_the_old_one_is_kept(
    kept: Archive, rebuild: Rebuild, clock: Clock, damage: Callable[[Path], None]
) -> None:
    size = _size(kept.folder)
    before = _rows(_database(kept.folder), size)
    kept.close()
    damage(kept.folder)
    left = [one.read_bytes() for one in sorted((kept.folder / "db").glob("archive.sqlite*"))]

    made = rebuild()

    assert _rows(_database(kept.folder), size) == before
    assert verify_folder(kept.folder, clock=clock).ok
    aside = [kept.folder / one for one in made.quarantine]
    assert sorted(one.read_bytes() for one in aside) == sorted(left)
    assert [one.name for one in (kept.folder / "db").glob("archive*")] == ["archive.sqlite"]
    assert not any((kept.folder / "staging").iterdir())


def test_entries_that_the_copy_does_not_have_yet_are_not_lost(
    kept: Archive, rebuild: Rebuild, clock: Clock
) -> None:
    copy = kept.folder / "log" / "entries.jsonl"
    lines = copy.read_bytes().splitlines(keepends=True)
    copy.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    made = rebuild()
    assert (made.from_database, made.copy_renewed) == (1, False)
    assert verify_folder(kept.folder, clock=clock).ok


def test_entries_of_a_database_that_names_another_archive_are_not_lost(
    kept: Archive, rebuild: Rebuild, clock: Clock
) -> None:
    copy = kept.folder / "log" / "entries.jsonl"
    lines = copy.read_bytes().splitlines(keepends=True)
    copy.write_bytes(b"".join(lines[:-1]))
    with sqlite3.connect(_database(kept.folder)) as connection:
        connection.execute("UPDATE setting SET value = 'x' WHERE name = 'archive'")
    connection.close()
    assert rebuild().from_database == 1
    assert verify_folder(kept.folder, clock=clock).ok


def test_a_damaged_line_of_the_copy_comes_from_the_database_and_the_copy_is_renewed(
    kept: Archive, rebuild: Rebuild, clock: Clock
) -> None:
    copy = kept.folder / "log" / "entries.jsonl"
    content = copy.read_bytes()
    lines = content.splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"out":"ok"', b'"out":"no"')
    copy.write_bytes(b"".join(lines))
    made = rebuild()
    assert (made.from_database, made.copy_renewed) == (1, True)
    assert copy.read_bytes().startswith(content)
    assert verify_folder(kept.folder, clock=clock).ok
    assert b"".join(lines) in {(kept.folder / one).read_bytes() for one in made.quarantine}


def _cut_both(folder: Path) -> None:
    copy = folder / "log" / "entries.jsonl"
    copy.write_bytes(b"".join(copy.read_bytes().splitlines(keepends=True)[:-2]))
    with sqlite3.connect(_database(folder)) as connection:
        last = connection.execute("SELECT max(seq) FROM log").fetchone()[0]
        connection.execute("DELETE FROM log WHERE seq > ?", (last - 2,))
    connection.close()


def _break_both(folder: Path) -> None:
    copy = folder / "log" / "entries.jsonl"
    lines = copy.read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"out":"ok"', b'"out":"no"')
    copy.write_bytes(b"".join(lines))
    _garbage(folder)


def _lose_both(folder: Path) -> None:
    (folder / "log" / "entries.jsonl").unlink()
    _gone(folder)


def _gap(folder: Path) -> None:
    copy = folder / "log" / "entries.jsonl"
    copy.write_bytes(b"".join(copy.read_bytes().splitlines(keepends=True)[:3]))
    with sqlite3.connect(_database(folder)) as connection:
        connection.execute("DELETE FROM log WHERE seq = 4")
    connection.close()


def _edit_last_row(folder: Path, hash_of: Callable[[bytes], str | None]) -> None:
    """Change the newest entry in the database, with a hash beside it; None: that stays."""
    with sqlite3.connect(_database(folder)) as connection:
        last = "FROM log ORDER BY seq DESC LIMIT 1"
        seq, body, kept = connection.execute(f"SELECT seq, body, hash {last}").fetchone()
        changed = body.replace(b'"ok"', b'"no"')
        assert changed != body
        edit = "UPDATE log SET body = ?, hash = ? WHERE seq = ?"
        connection.execute(edit, (changed, hash_of(changed) or kept, seq))
    connection.close()


def _two_ends(folder: Path) -> None:
    _edit_last_row(folder, lambda _: "00" * 32)
    max((folder / "log").glob("checkpoint-*")).unlink()


def _last_row_edited(folder: Path) -> None:
    _edit_last_row(folder, lambda _: None)


def _last_row_forged(folder: Path) -> None:
    _edit_last_row(folder, lambda body: merkle.leaf_hash(body).hex())


def _last_line_edited(folder: Path) -> None:
    copy = folder / "log" / "entries.jsonl"
    lines = copy.read_bytes().splitlines(keepends=True)
    lines[-1] = lines[-1].replace(b'"ok"', b'"no"')
    copy.write_bytes(b"".join(lines))


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("damage", [_last_row_edited, _last_line_edited, _last_row_forged])
def test_a_changed_newest_entry_comes_from_the_source_that_a_checkpoint_or_its_hash_bears_out(
    sealed: bool,
    damage: Callable[[Path], None],
    kept: Archive,
    rebuild: Rebuild,
    clock: Clock,
) -> None:
    size, written = _size(kept.folder), kept._journal.entries()[-1].body
    kept.close()
    newest = max((kept.folder / "log").glob("checkpoint-*"))
    assert newest.stem.endswith(f"{size:012d}")
    if not sealed:
        newest.unlink()
    damage(kept.folder)
    row_wins = damage is _last_row_forged and not sealed  # it and its hash tell the same
    made = rebuild()
    assert (made.entries, made.copy_renewed) == (size, row_wins or damage is _last_line_edited)
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as again:
        assert (again._journal.entries()[size - 1].body == written) is not row_wins
    assert verify_folder(kept.folder, clock=clock).ok


@pytest.mark.parametrize(
    ("damage", "key"),
    [
        (_cut_both, "rebuild.cut"),
        (_break_both, "rebuild.broken"),
        (_lose_both, "rebuild.empty"),
        (_gap, "rebuild.broken"),
        (_two_ends, "rebuild.two_ends"),
    ],
)
def test_a_broken_log_is_not_rebuilt_over_and_nothing_is_changed(
    kept: Archive, rebuild: Rebuild, damage: Callable[[Path], None], key: str
) -> None:
    kept.close()
    damage(kept.folder)
    before = {one: one.read_bytes() for one in kept.folder.rglob("*") if one.is_file()}
    with pytest.raises(IntegrityError) as refused:
        rebuild()
    assert refused.value.key == key
    after = {one: one.read_bytes() for one in kept.folder.rglob("*") if one.is_file()}
    after.pop(kept.folder / "db" / "lock")
    assert after == before


def test_only_an_administrator_whom_the_log_knows_makes_it(
    kept: Archive, expert: Actor, rebuild: Rebuild
) -> None:
    kept.access.add_person(expert, "Эксперт", "pw-pw-pw2", [Role.EXPERT])
    with sqlite3.connect(_database(kept.folder)) as connection:
        connection.execute("UPDATE person SET roles = 'administrator expert'")
    connection.close()
    for user, password in (("Ахметова", "wrong"), ("Никто", PASSWORD), ("Эксперт", "pw-pw-pw2")):
        with pytest.raises(AccessDenied):
            rebuild(user=user, password=password)
    assert not [*(kept.folder / "quarantine").iterdir()]


def test_whoever_is_refused_stands_in_the_log_and_guesses_count_as_at_login(
    kept: Archive, expert: Actor, rebuild: Rebuild, clock: Clock
) -> None:
    kept.access.add_person(expert, "Эксперт", "pw-pw-pw2", [Role.EXPERT])
    before = _size(kept.folder)
    for user, password in (("Никто", PASSWORD), ("Эксперт", "pw-pw-pw2")):
        with pytest.raises(AccessDenied):
            rebuild(user=user, password=password)
    nobody, other = kept._journal.entries()[before:]
    assert (nobody.act, nobody.actor, nobody.out) == ("login", "anonymous", "denied")
    assert (other.act, other.actor_name, other.out) == ("rebuild", "Эксперт", "denied")
    for _ in range(lockout.FREE):
        with pytest.raises(AccessDenied):
            rebuild(user="Ахметова", password="wrong")
    guesses = kept._journal.entries()[before + 2 :]
    told = {"person": expert.person_id, "why": lockout.WRONG_PASSWORD}
    assert [read(one)["data"] for one in guesses] == [told] * lockout.FREE
    for ask in (rebuild, lambda: kept.access.login("Ахметова", PASSWORD)):
        with pytest.raises(AccessDenied):
            ask()
    assert _size(kept.folder) == before + 2 + lockout.FREE + 2
    assert verify_folder(kept.folder, clock=clock).ok
    clock.turn(lockout.FIRST)
    rebuild()
    assert verify_folder(kept.folder, clock=clock).ok


def _older(folder: Path) -> None:
    with sqlite3.connect(_database(folder)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()


@pytest.mark.parametrize("damage", [_gone, _garbage, _anothers, _older])
def test_a_refusal_where_the_old_database_takes_no_entry_changes_nothing(
    kept: Archive, rebuild: Rebuild, damage: Callable[[Path], None]
) -> None:
    kept.close()
    damage(kept.folder)
    before = {one: one.read_bytes() for one in kept.folder.rglob("*") if one.is_file()}
    with pytest.raises(AccessDenied):
        rebuild(password="wrong")
    after = {one: one.read_bytes() for one in kept.folder.rglob("*") if one.is_file()}
    after.pop(kept.folder / "db" / "lock")
    assert after == before


def test_an_open_window_beside_it_goes_on(
    kept: Archive, expert: Actor, rebuild: Rebuild, clock: Clock
) -> None:
    rebuild()
    kept.cases.add_finding(expert, CASE, track("afterwards"))
    assert verify_folder(kept.folder, clock=clock).ok


def test_a_writer_that_waits_meanwhile_is_told_and_loses_nothing(
    kept: Archive, expert: Actor, rebuild: Rebuild, clock: Clock
) -> None:
    def write_late() -> None:
        with kept._journal.database.reading() as work:
            assert work.persons.by_id(expert.person_id)
            rebuild()
            kept._journal.append(work, Act("note", SYSTEM))

    with pytest.raises(StorageError, match="made anew"):
        write_late()
    assert verify_folder(kept.folder, clock=clock).ok


def test_a_second_rebuild_at_the_same_time_is_refused(rebuild: Rebuild) -> None:
    second: list[str] = []

    def also(_done: int, _total: int) -> None:
        if not second:
            with pytest.raises(StorageError) as refused:
                rebuild()
            second.append(refused.value.key)

    rebuild(progress=Progress(also))
    assert second == ["rebuild.busy"]


def test_a_cancelled_one_changes_nothing(kept: Archive, rebuild: Rebuild, clock: Clock) -> None:
    before = _database(kept.folder).read_bytes()
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        rebuild(progress=progress)
    assert _database(kept.folder).read_bytes() == before
    assert not any((kept.folder / "staging").iterdir())
    assert verify_folder(kept.folder, clock=clock).ok


def test_what_a_damaged_object_alone_tells_is_said_to_be_missing(
    kept: Archive, rebuild: Rebuild
) -> None:
    intake = next(one for one in kept._journal.entries() if one.act == "import")
    sha256 = canonical.decode(intake.body)["obj"][0]["sha256"]
    (kept.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256).unlink()
    assert rebuild().untold == (CASE,)
