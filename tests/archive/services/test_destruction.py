"""Evidence leaves the archive by one way only: an order, two persons, a tombstone for ever."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from archive.proof import chain
from archive.records import Actor, Role
from archive.services.explain import sentence
from archive.services.gate import Session
from archive.services.intake import Intake
from archive.services.rights import Right
from archive.storage.files import Files
from archive.storage.staging import StagingFolder
from resources.bundle import verify as bundle
from tests.archive.conftest import CASE, CHEAP, SERIES, Clock, another, write_slice
from virtopsy.errors import (
    AccessDenied,
    Cancelled,
    InputError,
    IntegrityError,
    StorageError,
    UsageError,
)
from virtopsy.jobs import Progress
from virtopsy.language import Language

BASIS = "Қаулы № 12, 2026-03-01, Алматы соты"


@pytest.fixture
def second(kept: Archive, expert: Actor) -> Actor:
    """A second expert, present."""
    return another(kept, expert)


def _hashes(archive: Archive) -> list[str]:
    with archive._journal.database.reading() as work:
        return [one.sha256 for one in work.cases.files(CASE) if one.series_uid == SERIES]


def _path(archive: Archive, sha256: str) -> Path:
    return archive.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256


def _destroy_one(archive: Archive, actor: Actor, second: Actor | None, **other: str) -> str:
    (sha256, *_) = _hashes(archive)
    named = {"basis": BASIS, **other}
    archive.destruction.destroy(actor, CASE, sha256s=[sha256], second=second, **named)
    return sha256


def test_the_bytes_are_gone_and_verify_says_so_without_a_fault(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    sha256 = _destroy_one(kept, expert, second)
    assert not _path(kept, sha256).exists()
    report = kept.verify.run()
    assert report.ok, [str(one) for one in report.problems]
    (note,) = [one for one in report.notes if one.code.startswith("destroyed")]
    assert note.code == "destroyed_by_act"
    assert note.path.endswith(sha256)


def test_the_entry_tells_hash_size_and_both_persons_and_the_basis_lies_in_a_salted_object(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    size = _path(kept, _hashes(kept)[0]).stat().st_size
    sha256 = _destroy_one(kept, expert, second)
    with kept._journal.database.reading() as work:
        (entry,) = work.log.of_acts(("destroy",))
        assert [(one.sha256, one.size, one.seq) for one in work.cases.tombstones(CASE)] == [
            (sha256, size, entry.seq)
        ]
    body = chain.read(entry)
    assert body["data"]["objects"] == [{"sha256": sha256, "size": size}]
    assert (body["actor"]["id"], body["data"]["second"]) == (expert.person_id, second.person_id)
    assert "Қаулы" not in entry.body.decode()
    kept_object = _path(kept, body["obj"][0]["sha256"]).read_text()
    assert BASIS in kept_object
    assert "salt" in kept_object


def test_reading_it_says_that_it_was_destroyed_when_and_on_which_basis(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    _destroy_one(kept, expert, second)
    with pytest.raises(InputError, match="destroyed by act on 2026-") as refused:
        kept.cases.series_files(expert, CASE, SERIES)
    assert BASIS in str(refused.value)


def test_a_whole_series_goes_and_its_manifest_stays(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    with kept._journal.database.reading() as work:
        (series,) = work.cases.series(CASE)
    done = kept.destruction.destroy(
        expert, CASE, series_uid=SERIES, basis=BASIS, second=second, reason="order 12"
    )
    assert len(done.objects) == 3
    assert not any(_path(kept, one.sha256).exists() for one in done.objects)
    assert _path(kept, series.manifest_sha256).exists()
    assert kept.verify.run().ok


def test_what_may_lie_elsewhere_is_listed_from_the_import_on(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    kept.cases.note(expert, CASE, "export", {"forms": []})
    kept.cases.note(expert, CASE, "view", {})
    (sha256, *_) = _hashes(kept)
    done = kept.destruction.destroy(
        expert, CASE, sha256s=[sha256.upper()], basis=BASIS, second=second
    )
    assert [one.act for one in done.concerned] == ["export"]
    with kept._journal.database.reading() as work:
        (entry,) = work.log.of_acts(("destroy",))
    told = chain.read(entry)["data"]["concerned"]
    assert told == [{"seq": done.concerned[0].seq, "act": "export"}]


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_the_zips_that_hold_the_same_bytes_still_are_named_until_they_are_destroyed_too(
    kept: Archive, expert: Actor, second: Actor, scan: Path, tmp_path: Path
) -> None:
    slices = {one.name: one.read_bytes() for one in scan.glob("**/*.dcm")}
    assert slices
    zips = {
        "after the loose files.zip": slices,
        "of something else.zip": {"note": b"of something else"},
    }
    for name, members in zips.items():
        path = _zip(tmp_path / name, members)
        kept.intake.take_in(expert, path, case_number=CASE, progress=Progress())
    named = {"basis": BASIS, "second": second}
    done = kept.destruction.destroy(expert, CASE, series_uid=SERIES, **named)
    assert [one.path for one in done.containers] == ["after the loose files.zip"]
    with kept._journal.database.reading() as work:
        (entry,) = work.log.of_acts(("destroy",))
    assert chain.read(entry)["data"]["containers"] == 1
    (zipped,) = done.containers
    assert _path(kept, zipped.sha256).exists()
    last = kept.destruction.destroy(expert, CASE, sha256s=[zipped.sha256], **named)
    assert last.containers == ()
    assert not _path(kept, zipped.sha256).exists()
    assert kept.verify.run().ok


def test_a_damaged_zip_is_named_by_the_names_of_its_members(
    kept: Archive, expert: Actor, second: Actor, tmp_path: Path
) -> None:
    write_slice(tmp_path / "1.dcm", 1, series="1.2.7")
    path = _zip(tmp_path / "a.zip", {"1.dcm": (tmp_path / "1.dcm").read_bytes()})
    kept.intake.take_in(expert, path, case_number=CASE, progress=Progress())
    with kept._journal.database.reading() as work:
        (zipped,) = [one for one in work.cases.files(CASE) if one.kind == "container"]
    lies = _path(kept, zipped.sha256)
    lies.chmod(0o644)
    lies.write_bytes(b"no zip any more")
    done = kept.destruction.destroy(expert, CASE, series_uid="1.2.7", basis=BASIS, second=second)
    assert [one.sha256 for one in done.containers] == [zipped.sha256]


# --- refusals -----------------------------------------------------------------------------------


def test_one_person_alone_destroys_nothing(kept: Archive, expert: Actor) -> None:
    with pytest.raises(AccessDenied, match="keeps this archive alone"):
        _destroy_one(kept, expert, None)
    assert all(_path(kept, one).exists() for one in _hashes(kept))


@pytest.mark.parametrize("role", list(Role))
def test_the_second_person_is_another_expert_or_an_administrator(
    role: Role, kept: Archive, expert: Actor
) -> None:
    other = another(kept, expert, role)
    if role in {Role.EXPERT, Role.ADMINISTRATOR}:
        _destroy_one(kept, expert, other)
        return
    with pytest.raises(AccessDenied):
        _destroy_one(kept, expert, other)


def test_nobody_stands_by_himself_and_only_the_cases_expert_destroys(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    with pytest.raises(AccessDenied, match="needs two persons"):
        _destroy_one(kept, expert, None)
    with pytest.raises(AccessDenied, match="somebody else"):
        _destroy_one(kept, expert, expert)
    with pytest.raises(AccessDenied):
        _destroy_one(kept, second, expert)
    assert kept.verify.run().notes == ()


@pytest.mark.usefixtures("second")
def test_who_set_the_others_password_cannot_be_both(kept: Archive, expert: Actor) -> None:
    kept.access.reset_password(expert, "Second", "known to the first")
    puppet = kept.access.login("Second", "known to the first")
    kept.access.change_password(puppet, "known to the first", "still known")
    with pytest.raises(AccessDenied, match="same person"):
        _destroy_one(kept, expert, puppet)


def test_whose_password_another_set_counts_as_that_other_until_it_is_an_own_one(
    kept: Archive, expert: Actor
) -> None:
    kept.access.add_person(expert, "Puppet", "known to the maker", [Role.EXPERT])
    puppet = kept.access.login("Puppet", "known to the maker")
    with pytest.raises(UsageError, match="is the old one"):
        kept.access.change_password(puppet, "known to the maker", "known to the maker")
    with pytest.raises(AccessDenied, match="Let Puppet set a password of their own") as refused:
        _destroy_one(kept, expert, puppet)
    for language in Language:
        assert "virtopsy archive person DIR password" in refused.value.sentence(language)
    last = kept._journal.entries()[-1]
    assert (last.act, last.out, last.actor) == ("destroy", "denied", expert.person_id)
    kept.access.change_password(puppet, "known to the maker", "her own")
    _destroy_one(kept, expert, puppet)


def test_two_persons_of_one_maker_are_not_two(kept: Archive, expert: Actor) -> None:
    second = another(kept, expert, Role.EXPERT, Role.ADMINISTRATOR)
    for name in ("One", "Other"):
        kept.access.add_person(expert, name, "of the maker", [Role.EXPERT])
    one, other = (kept.access.login(name, "of the maker") for name in ("One", "Other"))
    with pytest.raises(AccessDenied):
        kept.access.require_two(*_sessions(kept, one, other), Right.DESTROY, CASE)
    kept.access.change_password(other, "of the maker", "her own")
    kept.access.require_two(*_sessions(kept, one, other), Right.DESTROY, CASE)
    kept.access.require_two(*_sessions(kept, one, second), Right.DESTROY, CASE)
    with pytest.raises(AccessDenied):
        kept.access.require_two(*_sessions(kept, one, expert), Right.DESTROY, CASE)


def _sessions(archive: Archive, *actors: Actor) -> list[Session]:
    return [archive.access.require(one, Right.LOG_IN) for one in actors]


def test_without_a_basis_or_a_name_nothing_happens(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    with pytest.raises(UsageError, match="legal basis"):
        _destroy_one(kept, expert, second, basis="  ")
    for named in ({}, {"sha256s": ["0" * 64], "series_uid": SERIES}):
        with pytest.raises(UsageError):
            kept.destruction.destroy(expert, CASE, basis=BASIS, second=second, **named)
    for named in ({"sha256s": ["0" * 64]}, {"sha256s": ["../x"]}, {"series_uid": "9.9"}):
        with pytest.raises(InputError):
            kept.destruction.destroy(expert, CASE, basis=BASIS, second=second, **named)


def test_nothing_is_destroyed_twice(kept: Archive, expert: Actor, second: Actor) -> None:
    sha256 = _destroy_one(kept, expert, second)
    with pytest.raises(InputError, match="already"):
        kept.destruction.destroy(expert, CASE, sha256s=[sha256], basis=BASIS, second=second)


# --- shared bytes, and bytes that come again ----------------------------------------------------


def test_bytes_that_another_case_rests_on_stay_and_nobody_learns_it(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    kept.intake.take_in(second, scan, case_number="other", progress=Progress())
    done = kept.destruction.destroy(expert, CASE, series_uid=SERIES, basis=BASIS, second=second)
    assert done.complete
    assert all(_path(kept, one.sha256).exists() for one in done.objects)
    assert len(kept.cases.series_files(second, "other", SERIES)) == 3
    with pytest.raises(InputError, match="destroyed by act"):
        kept.cases.series_files(expert, CASE, SERIES)
    report = kept.verify.run()
    assert report.ok
    assert [one.code for one in report.notes] == ["destroyed_by_act"]
    kept.destruction.destroy(second, "other", series_uid=SERIES, basis=BASIS, second=expert)
    assert not any(_path(kept, one.sha256).exists() for one in done.objects)
    assert kept.verify.run().ok


def test_the_same_bytes_may_come_again_and_only_their_own_case_is_told(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    kept.destruction.destroy(expert, CASE, series_uid=SERIES, basis=BASIS, second=second)
    elsewhere = kept.intake.take_in(second, scan, case_number="other", progress=Progress())
    again = kept.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    flagged = {
        report.case: [one for one in report.report for flag in one.flags if _says_again(flag.code)]
        for report in (elsewhere, again)
    }
    assert (len(flagged["other"]), len(flagged[CASE])) == (0, 3)
    assert (again.stored, again.already) == (3, 1)
    assert len(kept.cases.series_files(expert, CASE, SERIES)) == 3
    report = kept.verify.run()
    assert report.ok, [str(one) for one in report.problems]
    assert [one.code for one in report.notes] == ["destroyed_taken_in_again"]


def _says_again(code: str) -> bool:
    return code == "destroyed_before"


def test_a_later_import_into_the_series_does_not_hide_that_files_of_it_are_gone(
    kept: Archive, expert: Actor, second: Actor, tmp_path: Path
) -> None:
    _destroy_one(kept, expert, second)
    write_slice(tmp_path / "s9.dcm", 9)
    kept.intake.take_in(expert, tmp_path / "s9.dcm", case_number=CASE, progress=Progress())
    with pytest.raises(InputError, match="destroyed by act"):
        kept.cases.series_files(expert, CASE, SERIES)
    assert kept.verify.run().ok


def test_a_bundle_made_after_it_verifies_and_holds_the_act_and_its_basis(
    kept: Archive, expert: Actor, second: Actor, tmp_path: Path
) -> None:
    sha256 = _destroy_one(kept, expert, second)
    out = tmp_path / "bundle"
    kept.court.bundle(expert, CASE, out, pictures=(), conclusion_pdf={}, progress=Progress())
    assert bundle.examine(str(out)).ok
    assert sha256 in (out / "data/meta/sources.json").read_text()
    (told,) = (out / "data/meta/destruction").iterdir()
    assert BASIS in told.read_text()


# --- kills and disks ----------------------------------------------------------------------------


class _Stubborn(Files):
    """A disk that removes nothing, or keeps no checkpoint, or whose program is killed there."""

    refusing: Callable[[Path], None] | None = None
    signing: Callable[[Path], None] | None = None

    def link(self, staged: Path, final: Path) -> bool:
        if self.signing is not None and final.name.startswith("checkpoint-"):
            self.signing(final)
        return super().link(staged, final)

    def destroy(self, path: Path) -> None:
        if self.refusing is not None:
            self.refusing(path)
        super().destroy(path)


class _Killed(BaseException):
    """The program ends here."""


def _kill(_path: Path) -> None:
    raise _Killed


def _refuse(path: Path) -> None:
    raise StorageError("archive.storage.read_only", path=path, detail="")


def _two(archive: Archive) -> tuple[Actor, Actor]:
    """Log the two persons in whom a destruction needs."""
    return (
        archive.access.login("Ахметова", "a password"),
        archive.access.login("Second", "pw-pw-pw"),
    )


@pytest.fixture
def stubborn(
    kept: Archive, request: pytest.FixtureRequest, clock: Clock
) -> Iterator[tuple[Archive, _Stubborn]]:
    request.getfixturevalue("second")
    files = _Stubborn()
    with open_archive(kept.folder, clock=clock, cost=CHEAP, files=files) as opened:
        yield opened, files


def test_a_kill_after_the_entry_leaves_bytes_that_verify_tells_and_the_next_login_removes(
    stubborn: tuple[Archive, _Stubborn],
) -> None:
    archive, files = stubborn
    actor, second = _two(archive)
    files.refusing = _kill
    with pytest.raises(_Killed):
        archive.destruction.destroy(actor, CASE, series_uid=SERIES, basis=BASIS, second=second)
    gone = _hashes(archive)
    assert all(_path(archive, one).exists() for one in gone)
    report = archive.verify.run()
    assert report.ok
    assert [one.code for one in report.notes] == ["destroyed_bytes_left"]
    with pytest.raises(InputError, match="destroyed by act"):
        archive.cases.series_files(actor, CASE, SERIES)
    files.refusing = None
    archive.access.login("Second", "pw-pw-pw")
    assert not any(_path(archive, one).exists() for one in gone)
    assert [one.code for one in archive.verify.run().notes] == ["destroyed_by_act"]


def test_bytes_go_only_under_a_checkpoint_and_a_kill_before_it_is_a_fault_until_vouched_for(
    stubborn: tuple[Archive, _Stubborn],
) -> None:
    archive, files = stubborn
    actor, second = _two(archive)
    gone = _hashes(archive)
    files.signing = _kill
    with pytest.raises(_Killed):
        archive.destruction.destroy(actor, CASE, series_uid=SERIES, basis=BASIS, second=second)
    files.signing = None
    archive.access.login("Second", "pw-pw-pw")
    assert all(_path(archive, one).exists() for one in gone), "nobody with the key said so"
    (fault,) = archive.verify.run().problems
    assert (fault.code, fault.facts["n"]) == ("destruction_unsealed", len(gone))
    (told,) = archive.unsealed
    seq = fault.facts["seq"]
    assert told.facts["seq"] == seq
    archive.cases.note(actor, CASE, "view", {})
    assert not archive.verify.run().ok, "nobody's next act vouches for it"
    with pytest.raises(IntegrityError, match=f"--destruction {seq}"):
        archive.log.checkpoint(actor)
    with pytest.raises(UsageError):
        archive.log.checkpoint(actor, destructions=[int(seq) - 1])
    archive.log.checkpoint(actor, destructions=[int(seq)])
    assert archive.verify.run().ok
    assert archive.unsealed == ()
    archive.access.login("Second", "pw-pw-pw")
    assert not any(_path(archive, one).exists() for one in gone)
    vouched = [one for one in archive.log.entries(actor) if one.act == "checkpoint"][-1]
    assert str(seq) in sentence(vouched, Language.EN)


def test_where_no_checkpoint_can_be_kept_no_bytes_go_and_that_is_said(
    stubborn: tuple[Archive, _Stubborn],
) -> None:
    archive, files = stubborn
    actor = archive.access.login("Ахметова", "a password")
    second = archive.access.login("Second", "pw-pw-pw")
    files.signing = _refuse
    done = archive.destruction.destroy(actor, CASE, series_uid=SERIES, basis=BASIS, second=second)
    assert (done.sealed, done.complete) == (False, False)
    assert all(_path(archive, one.sha256).exists() for one in done.objects)


def test_an_earlier_destruction_stays_sealed_after_the_key_was_rotated(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    _destroy_one(kept, expert, second)
    for _ in range(2):
        kept.keys.rotate(expert)
    kept.log.checkpoint(expert)
    assert kept.unsealed == ()
    assert kept.verify.run().ok


def test_a_disk_that_refuses_is_said_and_keeps_nobody_out(
    stubborn: tuple[Archive, _Stubborn],
) -> None:
    archive, files = stubborn
    files.refusing = _refuse
    actor = archive.access.login("Ахметова", "a password")
    second = archive.access.login("Second", "pw-pw-pw")
    done = archive.destruction.destroy(actor, CASE, series_uid=SERIES, basis=BASIS, second=second)
    assert not done.complete
    assert archive.access.login("Second", "pw-pw-pw")


def test_a_second_name_that_a_kill_left_in_staging_goes_too(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    sha256 = _hashes(kept)[0]
    left = kept.folder / "staging" / "interrupted"
    left.mkdir()
    (left / "1").hardlink_to(_path(kept, sha256))
    shutil.copy(_path(kept, _hashes(kept)[1]), left / "2")
    _destroy_one(kept, expert, second)
    assert [one.name for one in left.iterdir()] == ["2"]


def _stopped(archive: Archive, actor: Actor, source: Path, step: str = "settle") -> list[Path]:
    """Begin an import, let the person stop it at a step, and return the copies it leaves."""

    def stop(*_: object, **__: object) -> None:
        raise Cancelled

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StagingFolder, step, stop)
        with pytest.raises(Cancelled):
            archive.intake.take_in(actor, source, case_number="stopped", progress=Progress())
    return _copies(archive)


def _copies(archive: Archive) -> list[Path]:
    return sorted(one for one in (archive.folder / "staging").rglob("*") if one.name.isdecimal())


def _holding(archive: Archive, content: bytes) -> list[Path]:
    there = (one for one in archive.folder.rglob("*") if one.is_file())
    return [one for one in there if one.read_bytes() == content]


@pytest.mark.parametrize("noted", [True, False])
def test_the_own_copy_of_an_import_that_was_stopped_goes_too_and_no_other_of_its_size(
    kept: Archive, expert: Actor, second: Actor, scan: Path, noted: bool
) -> None:
    content = _path(kept, _hashes(kept)[0]).read_bytes()
    copies = _stopped(kept, expert, scan)
    assert len({one.stat().st_size for one in copies}) < len(copies), "some are of equal size"
    if not noted:
        for journal in (kept.folder / "staging").rglob("journal.jsonl"):
            journal.write_bytes(b"")
    _destroy_one(kept, expert, second)
    assert _holding(kept, content) == []
    assert len(_copies(kept)) == len(copies) - 1
    assert [one.code for one in kept.verify.run().notes] == ["destroyed_by_act"]
    kept.intake.take_in(expert, scan, case_number="stopped", progress=Progress())
    assert not noted or _copies(kept) == []
    assert len(_holding(kept, content)) == 1, "the same import done again reads the carrier again"


def test_a_copy_that_comes_after_the_destruction_is_told_and_goes_at_the_next_login(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    content = _path(kept, _hashes(kept)[0]).read_bytes()
    _destroy_one(kept, expert, second)
    _stopped(kept, expert, scan)
    (copy,) = _holding(kept, content)
    (note,) = kept.verify.run().notes
    assert (note.code, note.path) == (
        "destroyed_bytes_left",
        copy.relative_to(kept.folder).as_posix(),
    )
    kept.access.login("Second", "pw-pw-pw")
    assert _holding(kept, content) == []
    assert [one.code for one in kept.verify.run().notes] == ["destroyed_by_act"]


def test_a_copy_deep_within_staging_is_told_and_goes_at_the_next_login(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    content = _path(kept, _hashes(kept)[0]).read_bytes()
    _destroy_one(kept, expert, second)
    deep = kept.folder / "staging" / "x" / "sub" / "deeper"
    deep.mkdir(parents=True)
    (deep / "copy").write_bytes(content)
    (deep / "up").symlink_to(kept.folder, target_is_directory=True)
    (note,) = kept.verify.run().notes
    assert (note.code, note.path) == ("destroyed_bytes_left", "staging/x/sub/deeper/copy")
    kept.access.login("Second", "pw-pw-pw")
    assert _holding(kept, content) == []


def test_what_lies_too_deep_in_staging_to_be_named_stops_no_check(
    kept: Archive, expert: Actor, second: Actor
) -> None:
    _destroy_one(kept, expert, second)
    handle = os.open(kept.folder / "staging", os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 240, dir_fd=handle)
        below = os.open("x" * 240, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        os.close(os.open("y" * 240, os.O_CREAT, dir_fd=below))
        handle = below
    os.close(handle)
    assert [one.code for one in kept.verify.run().notes] == ["destroyed_by_act"]


def test_the_copy_of_an_import_that_runs_is_not_told_as_left(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    _destroy_one(kept, expert, second)
    really: Callable[..., Any] = StagingFolder.settle
    told = []

    def meanwhile(folder: StagingFolder) -> None:
        told.extend(one.code for one in kept.verify.run().notes)
        really(folder)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StagingFolder, "settle", meanwhile)
        kept.intake.take_in(expert, scan, case_number="2", progress=Progress())
    assert told == ["destroyed_by_act"]


def test_a_copy_of_bytes_that_another_case_rests_on_is_left_to_its_import(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    kept.intake.take_in(expert, scan, case_number="2", progress=Progress())
    copies = _stopped(kept, expert, scan)
    _destroy_one(kept, expert, second)
    assert _copies(kept) == copies
    assert [one.code for one in kept.verify.run().notes] == ["destroyed_by_act"]


@pytest.mark.parametrize("done", ["copied", "kept"])
def test_an_import_that_runs_meanwhile_takes_the_same_bytes_in_and_reads_them_back(
    kept: Archive, expert: Actor, second: Actor, scan: Path, done: str
) -> None:
    content = _path(kept, _hashes(kept)[0]).read_bytes()
    owner, name = {"copied": (StagingFolder, "settle"), "kept": (Intake, "_record")}[done]
    really: Callable[..., Any] = getattr(owner, name)
    read_back: Callable[..., Any] = StagingFolder.read_back
    gone, read = [], []

    def meanwhile(*given: Any, **named: Any) -> Any:
        gone.append(_destroy_one(kept, expert, second))
        read.clear()
        return really(*given, **named)

    def noting(folder: StagingFolder, sha256: str, **named: Any) -> None:
        read.append(sha256)
        read_back(folder, sha256, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(owner, name, meanwhile)
        patched.setattr(StagingFolder, "read_back", noting)
        kept.intake.take_in(expert, scan, case_number="2", progress=Progress())
    assert len(_holding(kept, content)) == 1
    assert set(gone) <= set(read)
    assert kept.verify.run().ok


def test_bytes_that_the_disk_changes_when_they_come_again_are_not_recorded(
    kept: Archive, expert: Actor, second: Actor, scan: Path
) -> None:
    really: Callable[..., Any] = Intake._record
    link: Callable[..., Any] = Files.link

    def meanwhile(*given: Any, **named: Any) -> Any:
        _destroy_one(kept, expert, second)
        patched.setattr(Files, "link", spoiling)
        return really(*given, **named)

    def spoiling(files: Files, staged: Path, final: Path) -> Any:
        if "objects" in final.parts and len(staged.name) < 32:
            staged.chmod(0o644)
            staged.write_bytes(b"not what was copied")
        return link(files, staged, final)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Intake, "_record", meanwhile)
        with pytest.raises(StorageError) as refused:
            kept.intake.take_in(expert, scan, case_number="2", progress=Progress())
    assert refused.value.key == "archive.storage.read_back"
    assert [one.number for one in kept.cases.list(expert)] == [CASE]
    assert kept.verify.run().ok
