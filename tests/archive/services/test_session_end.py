"""What a session leaves unsigned is signed when it ends; until then `verify` says so."""

from __future__ import annotations

import io
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive, verify_folder
from archive.proof import checkpoint
from archive.proof.checkpoint import Checkpoint
from archive.proof.signing import Seal
from archive.records import Actor, LogQuery, Role
from archive.services.log_export import LogForm
from archive.storage.files import Files
from archive.storage.unit_of_work import BUSY_TIMEOUT_S
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock, track
from virtopsy.errors import AccessDenied, StorageError
from virtopsy.language import Language


def _add(archive: Archive, actor: Actor, name: str = "t2") -> None:
    archive.cases.add_finding(actor, CASE, track(finding_id=name))


def _signed(folder: Path, clock: Clock) -> tuple[int, int]:
    """Return how many entries the log has, and how many the newest checkpoint covers."""
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        newest = archive._journal.newest_checkpoint()
        assert newest is not None
        return archive._journal.head()[0], newest.size


def _notes(folder: Path, clock: Clock) -> dict[str, object]:
    report = verify_folder(folder, clock=clock)
    assert report.ok
    return {one.code: one.facts.get("count") for one in report.notes}


def test_closing_the_archive_signs_every_entry(kept: Archive, expert: Actor, clock: Clock) -> None:
    _add(kept, expert)
    assert _notes(kept.folder, clock)["records_unsealed"] == 1
    kept.close()
    size, covered = _signed(kept.folder, clock)
    assert size == covered
    assert "records_unsealed" not in _notes(kept.folder, clock)


def test_logging_out_signs_every_entry_and_the_logout_itself(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    _add(kept, expert)
    kept.access.logout(expert)
    size, covered = _signed(kept.folder, clock)
    assert size == covered
    assert kept._journal.entries()[-1].act == "logout"


def test_a_session_that_was_left_alone_signs_when_it_ends(
    kept: Archive, expert: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(kept, expert)
    monkeypatch.setattr(kept.access, "_idle_ns", 0)
    assert not kept.access.alive(expert)
    size, covered = _signed(kept.folder, clock)
    assert size == covered


def test_a_session_that_only_looked_leaves_no_checkpoint_of_its_own(
    kept: Archive, expert: Actor
) -> None:
    kept.log.checkpoint(expert)
    before = kept._journal.notes.names()
    kept.cases.list(expert)
    kept.cases.open(expert, CASE)
    kept.close()
    assert kept._journal.notes.names() == before


def test_a_refused_act_is_signed_when_the_session_ends(kept: Archive, expert: Actor) -> None:
    kept.log.checkpoint(expert)
    with pytest.raises(AccessDenied):
        kept.access.login("Ахметова", "guessed")
    kept.close()
    assert kept._journal.notes.names()[-1] == _name(kept._journal.head()[0])


def _name(size: int) -> str:
    return f"log/checkpoint-{size:012d}.txt"


def _as_folder(archive: Archive, name: str) -> None:
    (archive.folder / name).mkdir()


def _of_another_key(archive: Archive, name: str) -> None:
    size, root = archive._journal.head()
    origin = checkpoint.origin_of(archive._journal.archive)
    (archive.folder / name).write_text(checkpoint.sign(origin, size, root, Seal.new()).note)


def _older_by_another_name(archive: Archive, name: str) -> None:
    (archive.folder / name).write_text(archive._journal.notes.read(_name(2)))


@pytest.mark.parametrize("lay", [_as_folder, _of_another_key, _older_by_another_name])
def test_a_note_that_is_none_keeps_no_session_from_signing_its_end(
    lay: Callable[[Archive, str], None], kept: Archive, expert: Actor
) -> None:
    _add(kept, expert)
    forged = kept._journal.head()[0]
    lay(kept, _name(forged))
    kept.close()
    entries = kept._journal.entries()
    assert [one.act for one in entries[forged:]] == ["logout"]
    assert kept._journal.notes.names()[-1] == _name(forged + 1)
    assert checkpoint.signed_by(
        checkpoint.read(kept._journal.notes.read(_name(forged + 1))), kept.public_key
    )


@pytest.mark.parametrize("lay", [_as_folder, _of_another_key, _older_by_another_name])
def test_a_note_that_is_none_puts_no_signature_off(
    lay: Callable[[Archive, str], None], kept: Archive, expert: Actor
) -> None:
    kept.log.checkpoint(expert)
    lay(kept, _name(kept._journal.head()[0] + 1))
    _add(kept, expert)
    _add(kept, expert, "t3")
    assert kept._journal.notes.names()[-1] == _name(kept._journal.head()[0])


def test_an_act_holds_a_signature_against_the_key_only_where_the_note_is_new(
    kept: Archive, expert: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.log.checkpoint(expert)
    _add(kept, expert)
    held: list[Checkpoint] = []
    really = checkpoint.signed_by
    monkeypatch.setattr(checkpoint, "signed_by", lambda *a: held.append(a[0]) or really(*a))
    for name in ("t3", "t4"):
        _add(kept, expert, name)
    assert not held


def test_a_session_whose_key_was_rotated_meanwhile_signs_its_end_with_the_new_one(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    with open_archive(kept.folder, clock=clock, cost=CHEAP) as other:
        other.access.login("Ахметова", PASSWORD)
        kept.keys.rotate(expert)
        _add(kept, expert)
    newest = kept._journal.newest_checkpoint()
    assert newest is not None
    assert newest.size == kept._journal.head()[0]
    assert checkpoint.signed_by(newest, kept.public_key)


def test_closing_waits_a_moment_only_for_a_program_that_locks_the_database(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    _add(kept, expert)
    with closing(sqlite3.connect(kept.folder / "db" / "archive.sqlite")) as other:
        other.isolation_level = None
        other.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        kept.close()
        assert time.monotonic() - begun < BUSY_TIMEOUT_S / 2
    assert _notes(kept.folder, clock)["records_unsealed"] == 1


def test_closing_what_is_signed_already_signs_nothing_more(kept: Archive, expert: Actor) -> None:
    kept.log.checkpoint(expert)
    before = kept._journal.notes.names()
    kept.close()
    assert kept._journal.notes.names() == before


def test_who_has_no_key_signs_nothing_and_the_check_counts_what_waits(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.AUDITOR])
    kept.access.logout(expert)
    other = kept.access.login("Second", "pw-pw-pw")
    out = io.BytesIO()
    kept.log_export.write(other, LogForm.CSV, Language.EN, out.write, wanted=LogQuery())
    kept.access.logout(other)
    size, covered = _signed(kept.folder, clock)
    assert covered < size
    assert _notes(kept.folder, clock)["records_unsealed"] == 1


@pytest.mark.parametrize("when", ["logout", "close"])
def test_a_disk_that_refuses_the_signature_stops_no_end_of_a_session(
    when: str, kept: Archive, clock: Clock
) -> None:
    with open_archive(kept.folder, clock=clock, cost=CHEAP, files=_Refusing()) as archive:
        actor = archive.access.login("Ахметова", PASSWORD)
        _add(archive, actor)
        if when == "logout":
            archive.access.logout(actor)
            with pytest.raises(AccessDenied):
                archive.cases.list(actor)
    assert _notes(kept.folder, clock)["records_unsealed"] == 1


def test_who_was_disabled_meanwhile_signs_nothing(
    kept: Archive, expert: Actor, clock: Clock
) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    other = kept.access.login("Second", "pw-pw-pw")
    kept.access.disable(expert, "Second")
    assert not kept.access.alive(other)
    size, covered = _signed(kept.folder, clock)
    assert covered < size


class _Refusing(Files):
    """A disk on which no checkpoint can be kept."""

    def link(self, staged: Path, final: Path) -> bool:
        if final.name.startswith("checkpoint"):
            raise StorageError("archive.storage.full", path=final, detail="")
        return super().link(staged, final)
