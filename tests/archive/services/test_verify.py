"""Attacks on an archive's folder, each with the code that names it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.opening import Archive, create, open_archive, verify_folder
from archive.proof import canonical, chain, checkpoint
from archive.records import Actor
from archive.services.verify import CODES, NOTES
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from virtopsy.errors import InputError, IntegrityError
from virtopsy.jobs import Progress
from virtopsy.language import Language, has


def _database(folder: Path) -> Path:
    return folder / "db" / "archive.sqlite"


def _entries(folder: Path) -> int:
    connection = sqlite3.connect(_database(folder))
    (count,) = connection.execute("SELECT count(*) FROM log").fetchone()
    connection.close()
    return int(count)


def _sql(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(_database(folder))
    with connection:
        for one in statements:
            connection.execute(one)
    connection.close()


def _objects(folder: Path) -> list[Path]:
    return sorted(one for one in (folder / "objects").rglob("*") if one.is_file())


def _damage(path: Path, change: Callable[[bytearray], object]) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def _flip(place: int) -> Callable[[bytearray], object]:
    def change(content: bytearray) -> None:
        content[place] ^= 0x40

    return change


def _checkpoints(folder: Path) -> list[Path]:
    return sorted((folder / "log").glob("*.txt"))


def _edit_body(folder: Path) -> None:
    connection = sqlite3.connect(_database(folder))
    with connection:
        (body,) = connection.execute("SELECT body FROM log WHERE seq = 5").fetchone()
        edited = body.replace(b'"out":"ok"', b'"out":"no"')
        assert edited != body
        connection.execute("UPDATE log SET body = ? WHERE seq = 5", (edited,))
    connection.close()


def _rewrite_whole_log(folder: Path) -> None:
    """What somebody without the key can do: leave an entry out and recompute everything."""
    connection = sqlite3.connect(_database(folder))
    with connection:
        rows = connection.execute("SELECT body FROM log ORDER BY seq").fetchall()
        bodies = [canonical.decode(body) for (body,) in rows]
        connection.execute("DELETE FROM log")
        before = None
        cases: dict[str, tuple[int, str]] = {}
        for said in [*bodies[:2], *bodies[3:]]:
            said["seq"] = before.seq + 1 if before else 1
            said["prev"] = before.hash if before else chain.BEGINNING
            if said["case"]:
                number, prev = cases.get(said["case"], (0, chain.BEGINNING))
                said["case_seq"], said["case_prev"] = number + 1, prev
            before = chain.from_body(canonical.encode(said))
            if said["case"]:
                cases[said["case"]] = (said["case_seq"], before.hash)
            connection.execute(
                "INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    *(before.seq, before.body, before.prev, before.hash, before.ts),
                    *(before.actor, before.act, before.out, before.case_number),
                ),
            )
    connection.close()


_TEXT_AT_THE_END = "UPDATE log SET body = CAST(body AS TEXT) WHERE seq = (SELECT max(seq) FROM log)"
_FRACTIONS = (
    "CREATE TABLE other AS SELECT * FROM log",
    "UPDATE other SET seq = seq + 0.5",
    "DROP TABLE log",
    "ALTER TABLE other RENAME TO log",
)
_SWAP = (
    "UPDATE log SET seq = -1 WHERE seq = 4",
    "UPDATE log SET seq = 4 WHERE seq = 5",
    "UPDATE log SET seq = 5 WHERE seq = -1",
)


def _link_away(path: Path) -> None:
    elsewhere = path.parents[4] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


ATTACKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "first byte flipped": (lambda f: _damage(_objects(f)[0], _flip(0)), "object_changed"),
    "last byte flipped": (lambda f: _damage(_objects(f)[1], _flip(-1)), "object_changed"),
    "object truncated": (lambda f: _damage(_objects(f)[2], lambda c: c.pop()), "object_changed"),
    "object extended": (lambda f: _damage(_objects(f)[3], lambda c: c.append(0)), "object_changed"),
    "object emptied": (lambda f: _damage(_objects(f)[4], lambda c: c.clear()), "object_changed"),
    "object turned into a link": (lambda f: _link_away(_objects(f)[0]), "object_missing"),
    "copy of the log removed": (
        lambda f: (f / "log" / "entries.jsonl").unlink(),
        "log_copy_missing",
    ),
    "object removed": (lambda f: _objects(f)[0].unlink(), "object_missing"),
    "body edited": (_edit_body, "log_body_changed"),
    "actor column edited": (
        lambda f: _sql(f, "UPDATE log SET actor = 'x' WHERE seq = 5"),
        "log_columns_differ",
    ),
    "a column's text made a BLOB of the same bytes": (
        lambda f: _sql(f, "UPDATE log SET act = CAST(act AS BLOB) WHERE seq = 5"),
        "log_columns_differ",
    ),
    "a body made a text of the same bytes": (
        lambda f: _sql(f, "UPDATE log SET body = CAST(body AS TEXT) WHERE seq = 5"),
        "log_columns_differ",
    ),
    "the newest body made a text": (
        lambda f: _sql(f, _TEXT_AT_THE_END),
        "log_columns_differ",
    ),
    "time column edited": (
        lambda f: _sql(f, "UPDATE log SET ts = '2020' WHERE seq = 5"),
        "log_columns_differ",
    ),
    "entry deleted": (lambda f: _sql(f, "DELETE FROM log WHERE seq = 4"), "log_chain_broken"),
    "entries swapped": (lambda f: _sql(f, *_SWAP), "log_chain_broken"),
    "case entry deleted": (lambda f: _sql(f, "DELETE FROM log WHERE seq = 5"), "log_case_gap"),
    "tail cut": (lambda f: _sql(f, "DELETE FROM log WHERE seq >= 4"), "log_tail_cut"),
    "log emptied": (lambda f: _sql(f, "DELETE FROM log"), "log_empty"),
    "log rewritten without the key": (_rewrite_whole_log, "checkpoint_mismatch"),
    "copy of the log edited": (
        lambda f: _damage(f / "log" / "entries.jsonl", _flip(100)),
        "log_copy_differs",
    ),
    "checkpoints removed": (
        lambda f: shutil.rmtree(f / "log"),
        "checkpoint_missing",
    ),
    "checkpoint edited": (
        lambda f: _damage(_checkpoints(f)[-1], _flip(-20)),
        "checkpoint_unsigned",
    ),
    "checkpoint garbled": (
        lambda f: (f / "log" / "checkpoint-000000000003.txt").write_text("x"),
        "checkpoint_unreadable",
    ),
    "role given in the database": (
        lambda f: _sql(f, "UPDATE person SET roles = roles || ' auditor'"),
        "row_changed",
    ),
    "password replaced": (
        lambda f: _sql(f, "UPDATE person SET credential_sha256 = person_sha256"),
        "row_changed",
    ),
    "finding's row deleted": (lambda f: _sql(f, "DELETE FROM thing_version"), "row_missing"),
    "case given to another": (
        lambda f: _sql(f, "UPDATE investigation SET opened = 'x'"),
        "row_changed",
    ),
    "series renamed": (lambda f: _sql(f, "UPDATE series SET patient_name = 'x'"), "row_changed"),
    "file's row deleted": (
        lambda f: _sql(f, "DELETE FROM source_file WHERE path = 's1.dcm'"),
        "row_missing",
    ),
    "person slipped in": (
        lambda f: _sql(
            f,
            "INSERT INTO person SELECT 'x', 'X', 'x', roles, 0, person_sha256, "
            "credential_sha256, 0, '', 0 FROM person",
        ),
        "row_extra",
    ),
    "a log of fractions in its place": (lambda f: _sql(f, *_FRACTIONS), "database_damaged"),
    "table dropped": (lambda f: _sql(f, "DROP TABLE source_file"), "database_damaged"),
    "database removed": (lambda f: _database(f).unlink(), "database_damaged"),
    "database emptied": (lambda f: _damage(_database(f), lambda c: c.clear()), "database_damaged"),
    "database header garbled": (lambda f: _damage(_database(f), _flip(3)), "database_damaged"),
    "card garbled": (lambda f: _damage(f / "archive.json", _flip(0)), "card_damaged"),
}


def _newest(folder: Path) -> object:
    connection = sqlite3.connect(_database(folder))
    (found,) = connection.execute("SELECT act, out FROM log ORDER BY seq DESC LIMIT 1")
    connection.close()
    return found


@pytest.fixture
def sealed(kept: Archive, expert: Actor) -> Path:
    """A finished archive, closed, with a checkpoint over everything."""
    kept.log.checkpoint(expert)
    kept.close()
    return kept.folder


def test_an_archive_nobody_touched_is_whole(sealed: Path, clock: Clock) -> None:
    entries = _entries(sealed)
    report = verify_folder(sealed, clock=clock)
    assert report.ok, [str(one) for one in report.problems]
    assert report.checked.files == len(_objects(sealed))
    assert report.checked.bytes == sum(one.stat().st_size for one in _objects(sealed))
    assert report.checked.log_entries == entries >= 7
    assert report.sealed_when


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_an_attack_is_found_under_its_name(attack: str, sealed: Path, clock: Clock) -> None:
    act, code = ATTACKS[attack]
    act(sealed)
    before = _database(sealed).read_bytes() if _database(sealed).exists() else b""

    report = verify_folder(sealed, clock=clock)

    assert code in {one.code for one in report.problems}
    for language in Language:
        assert all(one.sentence(language) for one in report.problems)
    after = _database(sealed).read_bytes() if _database(sealed).exists() else b""
    if all(one.code.startswith(("object_", "row_", "rows_")) for one in report.problems):
        assert _newest(sealed) == ("verify", "fail"), "the log is whole, so it says what was found"
    else:
        assert after == before, "a damaged log is not written to"


def test_every_fault_is_listed_not_only_the_first(sealed: Path, clock: Clock) -> None:
    for one in _objects(sealed)[:3]:
        _damage(one, _flip(0))
    _edit_body(sealed)
    found = [one.code for one in verify_folder(sealed, clock=clock).problems]
    assert found.count("object_changed") == 3
    assert "log_body_changed" in found


@pytest.mark.parametrize("code", [*CODES, *NOTES])
def test_every_code_is_explained_in_every_language(code: str) -> None:
    for language in Language:
        assert has(f"archive.problem.{code}", language)


@pytest.mark.parametrize("page", range(1, 16))
def test_a_flipped_database_page_never_crashes_the_check(
    page: int, sealed: Path, clock: Clock
) -> None:
    def garble(content: bytearray) -> None:
        start = page * 4096 % len(content)
        content[start : start + 64] = os.urandom(64)

    _damage(_database(sealed), garble)
    verify_folder(sealed, clock=clock)


def test_the_database_of_another_archive_is_found(
    sealed: Path, tmp_path: Path, clock: Clock
) -> None:
    create(tmp_path / "other", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    _database(sealed).write_bytes(_database(tmp_path / "other").read_bytes())
    codes = {one.code for one in verify_folder(sealed, clock=clock).problems}
    assert {"log_body_changed", "log_tail_cut"} <= codes


def test_another_key_than_the_one_on_paper_is_said(sealed: Path, clock: Clock) -> None:
    report = verify_folder(sealed, clock=clock)
    assert verify_folder(sealed, clock=clock, key=report.fingerprint.upper()).ok
    wrong = verify_folder(sealed, clock=clock, key="00" * 32)
    assert [one.code for one in wrong.problems] == ["unknown_signer"]


def test_a_check_of_one_case_reads_only_its_objects(
    kept: Archive, expert: Actor, scan: Path
) -> None:
    (scan / "second.txt").write_text("of the second case")
    kept.intake.take_in(expert, scan, case_number="2", progress=Progress())
    only = canonical.sha256(b"of the second case")
    (kept.folder / "objects" / "sha256" / only[:2] / only[2:4] / only).unlink()
    assert kept.verify.run(CASE).ok
    assert not kept.verify.run("2").ok
    with pytest.raises(InputError):
        kept.verify.run("3")


def test_a_check_is_logged_by_the_system_where_all_is_whole(kept: Archive, expert: Actor) -> None:
    kept.verify.run()
    entry = kept.log.entries(expert)[-2]
    assert (entry.act, entry.actor, entry.out) == ("verify", "system", "ok")
    assert kept.verify.run().ok


def test_a_damaged_credential_lets_nobody_in(kept: Archive, clock: Clock) -> None:
    credential = kept._journal.entries()[1]
    sha256 = canonical.decode(credential.body)["obj"][1]["sha256"]
    _damage(kept.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256, _flip(9))
    with (
        open_archive(kept.folder, clock=clock, cost=CHEAP) as again,
        pytest.raises(IntegrityError),
    ):
        again.access.login("Ахметова", PASSWORD)


def test_the_newest_checkpoint_covers_the_log(sealed: Path) -> None:
    note = checkpoint.read(_checkpoints(sealed)[-1].read_text())
    assert note is not None
    assert note.size == _entries(sealed)
