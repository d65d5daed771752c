"""The sealing key's life: one follows the other, everybody can check it, and no kill breaks it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, create, open_archive, verify_folder
from archive.proof import chain, checkpoint, signing
from archive.proof.chain import SYSTEM, Act
from archive.proof.signing import Locksmith, Seal
from archive.records import (
    Actor,
    FileRow,
    LogEntry,
    ObjectName,
    Role,
    Tombstone,
    VerifyReport,
)
from archive.services import keys
from archive.services.paper import PrintedHead
from archive.services.persons import rehanded, salted
from archive.services.rights import Right
from archive.storage.files import Files
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, Clock, another, track
from virtopsy.errors import AccessDenied, IntegrityError, StorageError, UsageError
from virtopsy.language import Language

_NAME = "Ахметова"
CHANGES: dict[str, Callable[[Archive, Actor], object]] = {
    "rotate": lambda archive, who: archive.keys.rotate(who),
    "lost": lambda archive, who: archive.keys.lost(who),
    "compromised": lambda archive, who: archive.keys.compromised(who),
}


def _card(folder: Path) -> list[str]:
    card = json.loads((folder / "archive.json").read_bytes())
    return [one["fingerprint"] for one in card["public_keys"]]


def _sources(archive: Archive) -> list[FileRow]:
    with archive._journal.database.reading() as work:
        return work.cases.files(CASE)


def _codes(archive: Archive) -> list[str]:
    return [one.code for one in archive.verify.run().problems]


@pytest.mark.parametrize("change", list(CHANGES))
def test_after_a_change_the_new_key_seals_and_all_of_the_log_is_good(
    change: str, kept: Archive, expert: Actor
) -> None:
    old = kept.fingerprint
    CHANGES[change](kept, expert)
    assert _card(kept.folder) == [old, kept.fingerprint]
    assert kept.fingerprint != old
    kept.cases.add_finding(expert, CASE, track(finding_id="t2"))
    made = kept.log.checkpoint(expert)
    assert checkpoint.signed_by(made, kept.public_key)
    assert _codes(kept) == []
    report = kept.verify.run(key=kept.fingerprint)
    assert (report.ok, report.fingerprint) == (True, kept.fingerprint)
    asked = kept.verify.run(key=old)
    if change == "rotate":
        (note,) = (one for one in asked.notes if one.code == "key_rotated")
        (entry,) = (one for one in kept._journal.entries() if one.act == "key.rotate")
        assert (asked.ok, note.path) == (True, kept.fingerprint)
        assert note.facts == {"seq": entry.seq, "since": entry.ts}
    else:  # the key asked for vouches for nothing that followed
        assert [one.code for one in asked.problems] == ["unknown_signer"]


def test_the_old_key_and_the_new_one_sign_that_one_follows_the_other(
    archive: Archive, expert: Actor
) -> None:
    old = archive.public_key
    archive.keys.rotate(expert, reason="every year")
    with archive._journal.database.reading() as work:
        (entry,) = work.log.of_acts(("key.rotate",))
    body = chain.read(entry)
    said = keys.canonical.encode(body["data"]["statement"])
    for key, name in ((old, "old_signature"), (archive.public_key, "new_signature")):
        assert signing.genuine(key, said, bytes.fromhex(body["data"][name]))
    assert body["reason"] == "every year"
    assert not any(word in entry.body.decode() for word in ("seed", "sealed"))


def test_everybody_who_may_seal_has_the_new_key_without_a_new_password(
    archive: Archive, expert: Actor
) -> None:
    archive.access.add_person(expert, "B", "pw-pw-pw", [Role.INVESTIGATOR])
    there = archive.access.login("B", "pw-pw-pw")
    assert archive.keys.rotate(expert).without == ()
    for person in (there, archive.access.login("B", "pw-pw-pw"), expert):
        seal = archive.access.require(person, Right.CHECKPOINT).seal
        assert seal is not None
        assert seal.public_key == archive.public_key
    assert _codes(archive) == []


def test_at_a_compromise_only_who_declares_it_has_the_new_key_and_a_reset_brings_it_back(
    archive: Archive, expert: Actor
) -> None:
    archive.access.add_person(expert, "B", "pw-pw-pw", [Role.INVESTIGATOR])
    there = archive.access.login("B", "pw-pw-pw")
    assert archive.keys.compromised(expert).without == ("B",)
    with pytest.raises(AccessDenied, match="does not unlock"):
        archive.log.checkpoint(there)
    archive.log.checkpoint(expert)
    archive.access.reset_password(expert, "B", "a new one")
    again = archive.access.login("B", "a new one")
    archive.access.acknowledge_reset(again)
    archive.log.checkpoint(again)
    assert _codes(archive) == []


def test_an_administrator_without_the_key_declares_it_lost(archive: Archive, expert: Actor) -> None:
    archive.access.add_person(expert, "B", "pw-pw-pw", [Role.ADMINISTRATOR])
    archive.keys.compromised(expert)  # B's copy is the old key's
    second = archive.access.login("B", "pw-pw-pw")
    with pytest.raises(AccessDenied, match="does not unlock"):
        archive.keys.rotate(second)
    archive.keys.lost(second)
    archive.log.checkpoint(second)
    archive.log.checkpoint(expert)
    assert _codes(archive) == []


def test_since_when_a_key_is_not_trusted_is_in_its_entry_and_never_lies_ahead(
    archive: Archive, expert: Actor, clock: Clock
) -> None:
    since = clock() - timedelta(days=3)
    with pytest.raises(UsageError, match="future"):
        archive.keys.compromised(expert, since=clock() + timedelta(days=1))
    archive.keys.compromised(expert, since=since)
    first, _ = archive.keys.ring().lives
    assert first.doubted_from == chain.utc(since)
    assert first.ended_by == "key.compromised"
    ring = archive.keys.ring()
    assert ring.doubts(ring.public_keys[0], chain.utc(clock()))
    assert not ring.doubts(ring.public_keys[0], chain.utc(since - timedelta(days=1)))
    report = archive.verify.run(key=archive.fingerprint)
    assert report.ok
    assert [one.code for one in report.notes] == ["checkpoint_doubted"]


# --- a key that the former one did not sign -----------------------------------------------------


def _notes(report: VerifyReport) -> list[str]:
    return [one.code for one in report.notes]


def _replacement(archive: Archive) -> LogEntry:
    return [one for one in archive._journal.entries() if one.act == "key.rotate"][-1]


@pytest.mark.parametrize("change", ["lost", "compromised"])
def test_a_replaced_key_is_told_from_a_forgery_by_the_paper_alone(
    change: str, kept: Archive, expert: Actor
) -> None:
    CHANGES[change](kept, expert)
    report = kept.verify.run()
    assert report.ok
    assert set(_notes(report)) == {"key_replaced_unsigned", "acts_unsealed"}
    (note,) = (one for one in report.notes if one.code == "key_replaced_unsigned")
    replacement = _replacement(kept)
    assert note.facts == {"seq": replacement.seq, "fingerprint": kept.fingerprint}
    assert all(kept.fingerprint in note.sentence(one) for one in Language)
    assert _notes(kept.verify.run(key=kept.fingerprint.upper())) == []
    size, root = kept._journal.head()
    paper = PrintedHead(size, root.hex(), kept.fingerprint)
    assert _notes(kept.verify.run(paper=paper)) == []


def test_a_key_rotated_in_peace_needs_no_paper_to_count(kept: Archive, expert: Actor) -> None:
    kept.keys.rotate(expert)
    assert _notes(kept.verify.run()) == []


def test_who_knows_a_later_key_knows_those_that_led_to_it_in_peace_and_no_others(
    kept: Archive, expert: Actor
) -> None:
    first = kept.fingerprint
    kept.keys.lost(expert)
    second, lost = kept.fingerprint, _replacement(kept)
    kept.keys.rotate(expert)
    third = kept.fingerprint
    assert [one.fingerprint for one in kept.keys.ring().replaced()] == [second]
    assert _notes(kept.verify.run(key=third)) == []
    assert _notes(kept.verify.run(key=second)) == ["key_rotated"]
    kept.keys.lost(expert)
    report = kept.verify.run(key=kept.fingerprint)
    assert [(one.code, one.facts["seq"]) for one in report.notes] == [
        ("key_replaced_unsigned", lost.seq)
    ]
    told = [one.facts.get("fingerprint") for one in kept.verify.run(key=first).notes]
    assert {second, kept.fingerprint} <= {*told}, "the first key vouches for neither"


def test_after_a_loss_work_goes_on_and_a_destruction_is_done_and_sealed(
    kept: Archive, expert: Actor
) -> None:
    second = another(kept, expert)
    kept.keys.lost(expert)
    done = kept.destruction.destroy(expert, CASE, series_uid=SERIES, basis="12", second=second)
    assert (done.sealed, done.complete) == (True, True)
    kept.log.checkpoint(second)
    kept.keys.rotate(expert)
    kept.log.checkpoint(expert)
    (told,) = kept.unsealed
    assert (told.key, told.facts) == ("destruction.replaced_key", {"n": 1, "seq": done.seq})
    (fault,) = kept.verify.run().problems
    assert (fault.code, fault.facts["seq"]) == ("destruction_replaced_key", done.seq)
    for language in Language:
        for sentence in (told.sentence(language), fault.sentence(language)):
            assert "--key" in sentence
            assert "--destruction" not in sentence, "that says: none that waits for a seal"
    report = kept.verify.run(key=kept.fingerprint)
    assert report.ok
    assert _notes(report) == ["destroyed_by_act"]


def _forged(kept: Archive, *, handed: bool) -> tuple[int, str]:
    """Destroy a file under a forged key, as who has the folder can; the bytes are there still.

    Args:
        kept: the archive.
        handed: the forger's key is locked for everybody: no password is needed for that.

    Returns:
        The entry, and the file's SHA-256.
    """
    row = next(one for one in _sources(kept) if one.series_uid == SERIES)
    forger = Seal.new()
    said = keys.statement(kept.uuid, kept.public_key, forger.public_key, "lost")
    lost = {"key": kept.fingerprint, "from": chain.utc(kept._journal.clock())}
    for act, data in (("key.lost", lost), ("key.rotate", keys.signed(said, None, forger))):
        kept._journal.write(Act(act, SYSTEM, data=data))
    described = {"sha256": row.sha256, "size": row.size}
    proof = kept.intake._blobs.put(
        salted("destruction", {"case": CASE, "basis": "", "files": [{**described, "path": ""}]})
    )
    told = {"objects": [described], "concerned": []}
    named = (ObjectName("destruction", "made up", proof),)
    seq = kept._journal.write(Act("destroy", SYSTEM, case=CASE, objects=named, data=told)).seq
    with kept._journal.database.writing() as work:
        work.cases.add_tombstones([Tombstone(CASE, row.sha256, row.size, seq)])
        smith = Locksmith(kept.uuid, forger, CHEAP)
        for one in work.persons.all() if handed else ():
            work.persons.update(rehanded(kept.intake._blobs, smith, one, one.roles))
        work.commit()
    assert kept._journal.checkpoint(forger, knowing=[seq]).size == seq
    return seq, row.sha256


@pytest.mark.parametrize("handed", [False, True])
def test_the_first_checkpoint_after_a_forged_replacement_covers_no_destruction_unasked(
    handed: bool, kept: Archive
) -> None:
    seq, sha256 = _forged(kept, handed=handed)
    keeper = kept.access.login(_NAME, PASSWORD)
    assert [(one.key, one.facts["seq"]) for one in kept.unsealed] == [
        ("destruction.replaced_key", seq)
    ]
    assert kept.intake._blobs.holds(sha256), "the program removes nothing on its word"
    assert "destruction_replaced_key" in _codes(kept)
    kept.keys.lost(keeper)
    with pytest.raises(IntegrityError, match=f"--destruction {seq}"):
        kept.log.checkpoint(keeper)
    assert "destruction_unsealed" in {
        one.code for one in kept.verify.run(key=kept.fingerprint).problems
    }


def test_under_a_forged_key_two_persons_destroy_what_they_name_and_nothing_else(
    kept: Archive, expert: Actor
) -> None:
    second = another(kept, expert)
    _, forged = _forged(kept, handed=True)
    mine = next(one.sha256 for one in _sources(kept) if one.sha256 != forged and one.series_uid)
    done = kept.destruction.destroy(expert, CASE, sha256s=[mine], basis="12", second=second)
    assert done.sealed
    assert [kept.intake._blobs.holds(one) for one in (mine, forged)] == [False, True]


@pytest.mark.parametrize("change", list(CHANGES))
def test_for_as_long_as_a_key_is_vouched_for_by_itself_alone_every_login_says_so(
    change: str, archive: Archive, expert: Actor
) -> None:
    assert archive.replaced_key is None
    CHANGES[change](archive, expert)
    new = archive.fingerprint
    archive.keys.rotate(expert)
    told = archive.replaced_key
    if change == "rotate":
        assert told is None
        return
    assert told is not None
    entry = next(one for one in archive._journal.entries() if one.act == "key.rotate")
    assert told.facts == {"seq": entry.seq, "fingerprint": new}
    assert all(new in told.sentence(one) for one in Language)


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_rotation_that_nothing_vouches_for_is_named_and_keeps_nobody_from_signing(
    change: str, archive: Archive, expert: Actor
) -> None:
    forger = Seal.new()
    said = keys.statement(archive.uuid, archive.public_key, forger.public_key, "rotate")
    data = keys.signed(said, None, forger)
    forged = archive._journal.write(Act("key.rotate", SYSTEM, data=data)).seq
    archive.log.checkpoint(expert)
    CHANGES[change](archive, expert)
    archive.log.checkpoint(archive.access.login(_NAME, PASSWORD))
    report = archive.verify.run(key=archive.fingerprint)
    (fault,) = report.problems
    assert (fault.code, fault.facts["seq"]) == ("key_unvouched", forged)


def test_an_institutes_new_key_follows_its_own_and_none_that_the_card_alone_names(
    folder: Path, clock: Clock
) -> None:
    forger = Seal.new()
    card = json.loads((folder / "archive.json").read_bytes())
    public = {"alg": "Ed25519", "public": forger.public_key.hex()}
    card["public_keys"].append({**public, "fingerprint": forger.fingerprint})
    (folder / "archive.json").chmod(0o644)
    (folder / "archive.json").write_bytes(keys.canonical.encode(card) + b"\n")
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        own = card["public_keys"][0]["fingerprint"]
        assert archive.fingerprint == own
        made = archive.keys.lost(archive.access.login(_NAME, PASSWORD))
        assert (made.old, archive.keys.ring().unvouched) == (own, ())


@pytest.mark.parametrize("since", ["9999-01-01T00:00:00+00:00", "soon", 5, None])
def test_a_loss_that_is_to_come_is_not_believed(
    since: Any, archive: Archive, expert: Actor
) -> None:
    archive.keys.lost(expert)
    with archive._journal.database.reading() as work:
        made, lost, replaced = work.log.of_acts(keys.ACTS)
    body = chain.read(lost)
    body["data"]["from"] = since
    told = (made, chain.from_body(keys.canonical.encode(body)), replaced)
    ring = keys.ring(told, ())
    assert ring.unvouched == (replaced.seq,)
    assert ring.lives[0].doubted_from == ""


def test_an_archive_is_made_once_and_a_later_entry_that_says_so_brings_no_key(
    folder: Path, clock: Clock
) -> None:
    forger = Seal.new()
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        data = {"format": 1, "key": forger.fingerprint, "single_keeper": True}
        archive._journal.write(Act("archive.create", SYSTEM, data=data))
    before = _card(folder)
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        assert _card(folder) == before
        archive.log.checkpoint(archive.access.login(_NAME, PASSWORD))
        assert [one.fingerprint for one in archive.keys.ring().lives] == before


def test_an_archive_whose_first_entry_is_damaged_opens_after_a_loss_and_is_found_so(
    folder: Path, clock: Clock
) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        archive.keys.lost(archive.access.login(_NAME, PASSWORD))
    with closing(sqlite3.connect(folder / "db" / "archive.sqlite")) as database, database:
        database.execute("UPDATE log SET body = x'00ff' WHERE seq = 1")
    found = {one.code for one in verify_folder(folder, clock=clock).problems}
    assert "log_body_changed" in found
    assert "database_damaged" not in found
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        archive.access.login(_NAME, PASSWORD)


# --- what verify finds --------------------------------------------------------------------------


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_checkpoint_by_a_key_that_is_no_longer_in_use_is_found(
    change: str, archive: Archive, expert: Actor
) -> None:
    thief = archive.access.require(expert, Right.SEAL).seal
    assert thief is not None
    CHANGES[change](archive, expert)
    archive.access.list(expert)
    size, root = archive._journal.head()
    made = checkpoint.sign(checkpoint.origin_of(archive.uuid), size, root, thief)
    archive._journal.notes.add(size, made.note)
    assert _codes(archive) == ["checkpoint_key_ended"]


def test_the_program_itself_signs_nothing_with_an_ended_key(
    archive: Archive, expert: Actor
) -> None:
    old = archive.access.require(expert, Right.SEAL).seal
    assert old is not None
    archive.keys.rotate(expert)
    with pytest.raises(AccessDenied, match="no longer in use"):
        archive._journal.checkpoint(old)
    assert archive._journal.checkpoint_after(old, at_once=True)
    assert _codes(archive) == []


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_key_brought_in_without_the_signatures_that_vouch_for_it_is_named(
    change: str, archive: Archive, expert: Actor
) -> None:
    CHANGES[change](archive, expert)
    with archive._journal.database.reading() as work:
        entries = tuple(work.log.of_acts(keys.ACTS))
    forged = Seal.new()
    last = chain.read(entries[-1])["data"]
    said = {**last["statement"], "new": forged.public_key.hex()}
    for old in (None, forged):
        data = keys.signed(said, old, Seal.new())
        body = keys.canonical.encode({**chain.read(entries[-1]), "data": data})
        ring = keys.ring((*entries[:-1], chain.from_body(body)), ())
        assert ring.unvouched == (entries[-1].seq,)


def test_a_rotation_that_the_old_key_did_not_sign_is_named(archive: Archive, expert: Actor) -> None:
    archive.keys.rotate(expert)
    with archive._journal.database.reading() as work:
        first, last = work.log.of_acts(keys.ACTS)
    new = Seal.new()
    said = {**chain.read(last)["data"]["statement"], "new": new.public_key.hex()}
    body = {**chain.read(last), "data": keys.signed(said, None, new)}
    ring = keys.ring((first, chain.from_body(keys.canonical.encode(body))), ())
    assert ring.unvouched == (last.seq,)


def test_a_card_with_other_keys_than_the_log_is_named(folder: Path, clock: Clock) -> None:
    other = folder.parent / "other"
    create(other, person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    card = json.loads((folder / "archive.json").read_text())
    card["public_keys"] = json.loads((other / "archive.json").read_text())["public_keys"]
    (folder / "archive.json").chmod(0o644)
    (folder / "archive.json").write_text(json.dumps(card))
    codes = {one.code for one in verify_folder(folder, clock=clock).problems}
    assert "card_differs" in codes
    assert "checkpoint_unsigned" in codes


# --- kills and disks ----------------------------------------------------------------------------


class _Killed(BaseException):
    """The program ends here."""


class _Door(Files):
    """A disk that fails, or whose program is killed, before a card is replaced."""

    error: BaseException | None = None

    def replace(self, staged: Path, final: Path) -> None:
        if self.error is not None:
            raise self.error
        super().replace(staged, final)


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_kill_between_entry_and_card_leaves_an_archive_that_the_next_opening_completes(
    change: str, folder: Path, clock: Clock
) -> None:
    door = _Door()
    with open_archive(folder, clock=clock, cost=CHEAP, files=door) as archive:
        who = archive.access.login(_NAME, PASSWORD)
        door.error = _Killed()
        with pytest.raises(_Killed):
            CHANGES[change](archive, who)
    (old,) = _card(folder)
    assert verify_folder(folder, clock=clock).ok  # a card that lags is no fault
    with open_archive(folder, clock=clock, cost=CHEAP) as again:
        assert _card(folder) == [old, again.fingerprint]
        again.log.checkpoint(again.access.login(_NAME, PASSWORD))
        assert _codes(again) == []
    assert not list((folder / "staging").iterdir())


def test_a_disk_that_refuses_the_card_leaves_the_new_key_in_use(folder: Path, clock: Clock) -> None:
    door = _Door()
    with open_archive(folder, clock=clock, cost=CHEAP, files=door) as archive:
        who = archive.access.login(_NAME, PASSWORD)
        door.error = StorageError("archive.storage.read_only", path=folder, detail="")
        made = archive.keys.rotate(who)
        assert archive.fingerprint == made.new
        archive.log.checkpoint(who)
        assert _codes(archive) == []


def test_a_kill_before_the_commit_leaves_the_old_key_in_use(folder: Path, clock: Clock) -> None:
    with open_archive(folder, clock=clock, cost=CHEAP) as archive:
        who = archive.access.login(_NAME, PASSWORD)
        before = archive.fingerprint
        blocker = sqlite3.connect(folder / "db" / "archive.sqlite")
        no = "CREATE TRIGGER no BEFORE UPDATE ON person BEGIN SELECT raise(ABORT, ''); END"
        blocker.execute(no)
        blocker.commit()
        with pytest.raises(IntegrityError, match="past the program"):
            archive.keys.rotate(who)
        blocker.execute("DROP TRIGGER no")
        blocker.commit()
        blocker.close()
        assert archive.fingerprint == before
        archive.log.checkpoint(who)
        assert _codes(archive) == []
    assert _card(folder) == [before]


def test_two_programs_that_rotate_at_once_do_it_one_after_the_other(
    folder: Path, clock: Clock
) -> None:
    with (
        open_archive(folder, clock=clock, cost=CHEAP) as one,
        open_archive(folder, clock=clock, cost=CHEAP) as two,
    ):
        first, second = one.access.login(_NAME, PASSWORD), two.access.login(_NAME, PASSWORD)
        made = [one.keys.rotate(first), two.keys.rotate(second), one.keys.rotate(first)]
        assert [one.old for one in made[1:]] == [one.new for one in made[:-1]]
        assert one.fingerprint == two.fingerprint == made[-1].new
        assert _card(folder) == [made[0].old, *(one.new for one in made)]
        assert _codes(two) == []


def test_a_former_key_vouches_for_the_present_one_only_over_rotations_it_can_follow(
    archive: Archive, expert: Actor
) -> None:
    first = archive.fingerprint
    archive.keys.rotate(expert)
    second = archive.fingerprint
    archive.keys.rotate(expert)
    ring = archive.keys.ring()
    followed = ring.rotated(first, archive.fingerprint)
    assert followed is not None
    assert followed.fingerprint == second
    assert ring.rotated(first, second) is None
    assert ring.rotated(archive.fingerprint, archive.fingerprint) is None
    archive.keys.lost(expert)
    assert archive.keys.ring().rotated(first, archive.fingerprint) is None
