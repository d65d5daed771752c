"""Persons change by the acts of others, never by their own hand alone, and every change is kept."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive, open_archive
from archive.proof import chain
from archive.proof.signing import Password
from archive.records import Actor, Person, Role
from archive.services.rights import Right
from archive.storage.machine import ThisMachine
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from virtopsy.errors import AccessDenied, UsageError, VirtopsyError

_NAME = "Ахметова"


def _person(archive: Archive, name: str) -> Person:
    with archive._journal.database.reading() as work:
        found = work.persons.by_name(name)
    assert found is not None
    return found


def _last(archive: Archive, act: str) -> dict[str, Any]:
    with archive._journal.database.reading() as work:
        *_, entry = work.log.of_acts((act,))
    return chain.read(entry)


def _added(archive: Archive, expert: Actor, name: str, *roles: Role) -> Actor:
    archive.access.add_person(expert, name, "pw-pw-pw", roles)
    return archive.access.login(name, "pw-pw-pw")


# --- roles --------------------------------------------------------------------------------------


def test_a_role_change_ends_the_sessions_and_is_kept_by_the_log(
    archive: Archive, expert: Actor
) -> None:
    person = _added(archive, expert, "B", Role.AUDITOR)
    archive.access.change_roles(expert, "B", [Role.EXPERT], reason="appointed")
    with pytest.raises(AccessDenied, match="roles of B were changed"):
        archive.access.list(person)
    again = archive.access.login("B", "pw-pw-pw")
    assert again.roles == (Role.EXPERT,)
    assert archive.cases.list(again) == ()
    assert _last(archive, "person.role")["reason"] == "appointed"
    assert archive.verify.run().ok


def test_who_comes_to_a_sealing_role_gets_the_key_without_a_new_password(
    archive: Archive, expert: Actor
) -> None:
    person = _added(archive, expert, "B", Role.AUDITOR)
    assert archive.access.require(person, Right.LOG_IN).seal is None
    archive.access.change_roles(expert, "B", [Role.INVESTIGATOR])
    seal = archive.access.require(archive.access.login("B", "pw-pw-pw"), Right.LOG_IN).seal
    assert seal is not None
    assert seal.public_key == archive.public_key
    archive.access.change_roles(expert, "B", [Role.AUDITOR])
    assert archive.access.require(archive.access.login("B", "pw-pw-pw"), Right.LOG_IN).seal is None


def test_nobody_promotes_himself(archive: Archive, expert: Actor) -> None:
    wanted = [Role.ADMINISTRATOR, Role.EXPERT, Role.AUDITOR]
    with pytest.raises(AccessDenied, match="nobody promotes himself"):
        archive.access.change_roles(expert, _NAME, wanted)
    second = _added(archive, expert, "B", Role.ADMINISTRATOR)
    with pytest.raises(AccessDenied, match="nobody promotes himself"):
        archive.access.change_roles(second, _NAME, wanted, second=expert)
    archive.access.change_roles(expert, _NAME, [Role.EXPERT], second=second)  # less is allowed
    assert _person(archive, _NAME).roles == (Role.EXPERT,)


def test_the_last_administrator_keeps_the_role(archive: Archive, expert: Actor) -> None:
    with pytest.raises(UsageError, match="last administrator"):
        archive.access.change_roles(expert, _NAME, [Role.EXPERT])


def test_with_two_administrators_two_persons_change_roles_and_administrators(
    archive: Archive, expert: Actor
) -> None:
    second = _added(archive, expert, "B", Role.ADMINISTRATOR)
    outsider = _added(archive, expert, "C", Role.EXPERT)
    access = archive.access
    alone = [
        lambda who: access.add_person(expert, "D", "pw-pw-pw", [Role.ADMINISTRATOR], second=who),
        lambda who: access.change_roles(expert, "C", [Role.INVESTIGATOR], second=who),
        lambda who: access.disable(expert, "B", second=who),
    ]
    for act in alone:
        for present, words in ((None, "two persons"), (expert, "somebody else"), (outsider, "C")):
            with pytest.raises(AccessDenied, match=words):
                act(present)
    for act in alone:
        act(second)
    said = [_last(archive, act)["data"] for act in ("person.add", "person.role", "person.disable")]
    assert {one["second"] for one in said} == {second.person_id}
    access.add_person(expert, "E", "pw-pw-pw", [Role.EXPERT])  # no administrator: no second person
    assert archive.verify.run().ok


def test_an_administrator_is_reset_by_two_where_a_third_can_stand_by(
    archive: Archive, expert: Actor
) -> None:
    second = _added(archive, expert, "B", Role.ADMINISTRATOR)
    archive.access.reset_password(
        expert, "B", "a new one"
    )  # else a lost password were lost for ever
    second = archive.access.login("B", "a new one")
    archive.access.acknowledge_reset(second)
    archive.access.add_person(expert, "C", "pw-pw-pw", [Role.ADMINISTRATOR], second=second)
    with pytest.raises(AccessDenied, match="two persons"):
        archive.access.reset_password(expert, "C", "a new one")
    archive.access.reset_password(expert, "C", "a new one", second=second)


# --- passwords ----------------------------------------------------------------------------------


def test_ones_own_password_is_changed_and_other_sessions_end(
    archive: Archive, expert: Actor
) -> None:
    elsewhere = archive.access.login(_NAME, PASSWORD)
    archive.access.change_password(expert, PASSWORD, "another one")
    archive.access.list(expert)
    archive.log.checkpoint(expert)
    with pytest.raises(AccessDenied, match="changed elsewhere"):
        archive.access.list(elsewhere)
    with pytest.raises(AccessDenied):
        archive.access.login(_NAME, PASSWORD)
    again = archive.access.login(_NAME, "another one")
    archive.log.checkpoint(again)
    assert archive.verify.run().ok


def test_an_empty_password_or_a_wrong_old_one_changes_nothing(
    archive: Archive, expert: Actor
) -> None:
    before = _person(archive, _NAME).credential_sha256
    with pytest.raises(UsageError):
        archive.access.change_password(expert, PASSWORD, "")
    with pytest.raises(AccessDenied):
        archive.access.change_password(expert, "wrong", "another one")
    assert _person(archive, _NAME).credential_sha256 == before


def test_after_a_reset_nothing_goes_before_it_is_acknowledged(
    archive: Archive, expert: Actor
) -> None:
    session = _added(archive, expert, "B", Role.EXPERT)
    archive.access.reset_password(expert, "B", "set by another")
    with pytest.raises(AccessDenied):
        archive.cases.list(session)
    person = archive.access.login("B", "set by another")
    with pytest.raises(AccessDenied, match="set by an administrator"):
        archive.cases.list(person)
    archive.access.acknowledge_reset(person)
    assert archive.cases.list(person) == ()
    archive.log.checkpoint(person)  # the key came with the reset
    with pytest.raises(UsageError):
        archive.access.acknowledge_reset(person)
    assert archive.verify.run().ok


def test_choosing_a_password_of_ones_own_acknowledges(archive: Archive, expert: Actor) -> None:
    _added(archive, expert, "B", Role.EXPERT)
    archive.access.reset_password(expert, "B", "set by another")
    person = archive.access.login("B", "set by another")
    archive.access.change_password(person, "set by another", "her own word")
    assert archive.cases.list(person) == ()
    assert _last(archive, "person.acknowledge")["actor"]["id"] == person.person_id
    assert archive.verify.run().ok


def test_nobody_resets_the_own_password(archive: Archive, expert: Actor) -> None:
    with pytest.raises(AccessDenied, match="own password"):
        archive.access.reset_password(expert, _NAME, "a new one")


# --- sessions -----------------------------------------------------------------------------------


class _Wrist(ThisMachine):
    """This machine, whose monotonic clock a test can turn on."""

    ahead_s = 0

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() + self.ahead_s * 1_000_000_000


def test_a_session_lives_while_somebody_acts_or_moves_and_not_by_what_the_screen_asks(
    kept: Archive, clock: Clock
) -> None:
    machine = _Wrist()
    with open_archive(kept.folder, clock=clock, cost=CHEAP, machine=machine) as archive:
        person = archive.access.login(_NAME, PASSWORD)
        for stay in (archive.access.touch, archive.cases.list) * 2:
            machine.ahead_s += 29 * 60
            stay(person)
        machine.ahead_s += 29 * 60
        archive.log.head(person)
        archive.anchors.last(person)
        machine.ahead_s += 61
        with pytest.raises(AccessDenied, match="nothing was done"):
            archive.cases.list(person)
    assert _last(kept, "logout")["data"] == {"why": "access.session.idle"}


def test_the_time_without_an_act_can_be_set(kept: Archive, clock: Clock) -> None:
    machine = _Wrist()
    with open_archive(kept.folder, clock=clock, cost=CHEAP, machine=machine, idle_s=60) as archive:
        person = archive.access.login(_NAME, PASSWORD)
        machine.ahead_s += 61
        with pytest.raises(AccessDenied):
            archive.access.touch(person)


def test_neither_password_nor_key_stands_in_a_message_a_log_or_a_traceback(
    kept: Archive, expert: Actor, folder: Path
) -> None:
    session = kept.access.require(expert, Right.SEAL)
    seal = session.seal
    assert seal is not None
    new = Password("s3cret-new")
    told = [repr(one) for one in (expert, session, seal, session.lock, kept.access._sessions)]
    acts: tuple[Callable[[], object], ...] = (
        lambda: kept.access.login(_NAME, new.typed),
        lambda: kept.access.change_password(expert, new.typed, f"{new.typed}!"),
        lambda: kept.access.add_person(expert, "\0", new.typed, [Role.EXPERT]),
        lambda: kept.access.reset_password(expert, "nobody", new.typed),
    )
    told += [_traceback(act, kept, expert, session, seal) for act in acts]
    with kept._journal.database.reading() as work:
        told += [one.body.decode() for one in work.log.entries()]
    told += [one.read_text() for one in (folder / "log").iterdir()]
    for secret in (PASSWORD, new.typed, expert.session, seal._seed.hex(), repr(seal._seed)):
        assert not [one for one in told if secret in one]


def _traceback(act: Callable[[], object], *_seen: object) -> str:
    """Return the traceback of an act that fails, with the locals of every frame."""
    with pytest.raises(VirtopsyError) as failed:
        act()
    found = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    return "".join(found.format())


def test_an_administrator_reads_of_the_log_what_belongs_to_no_case(
    kept: Archive, expert: Actor
) -> None:
    house = _added(kept, expert, "B", Role.ADMINISTRATOR)
    kept.cases.open(expert, CASE)
    seen = kept.log.entries(house)
    assert {one.act for one in seen} >= {"archive.create", "person.add", "login"}
    assert not [one for one in seen if one.case_number]
    with pytest.raises(AccessDenied):
        kept.log.entries(house, CASE)
