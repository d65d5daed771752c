"""What a session leaves unsigned is signed when it ends; until then `verify` says so."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive, verify_folder
from archive.records import Actor, LogQuery, Role
from archive.services.log_export import LogForm
from archive.storage.files import Files
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


def test_a_session_that_was_left_alone_signs_when_it_ends(folder: Path, clock: Clock) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP, idle_s=0) as archive:
        actor = archive.access.login("Ахметова", PASSWORD)
        assert not archive.access.alive(actor)
        size, covered = _signed(folder, clock)
    assert size == covered


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
