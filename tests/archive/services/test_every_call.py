"""Every service call names its actor and is refused by default: found by looking, not by a list.

A method that somebody adds to a service is walked here without being named. What takes no actor
stands in `_PUBLIC` with its reason, or this fails.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from archive.opening import Archive, open_archive
from archive.proof import signing
from archive.records import Actor, LogEntry, Role
from archive.services.gate import Session
from archive.services.rights import Right, rights_of
from archive.storage.machine import ThisMachine
from tests.archive.conftest import CASE, CHEAP, Clock
from virtopsy.errors import AccessDenied, Bug
from virtopsy.jobs import Progress

_PUBLIC = {
    "access.login": "how a session begins",
    "access.forget": "ends every session, gives nothing",
    "access.single_keeper": "one person's archive asks for the password only; on every bundle",
    "access.allows": "a question; it answers no to nobody",
    "access.alive": "a question; it answers no to nobody",
    "access.denied": "writes a denial: nobody's, where the person has no session",
    "access.key_of": "gives the key of a session, which `require` alone gives with one",
    "access.turned_away": "asks for the password; writes a denial, as a login does",
    "access.prove": "takes a session, and asks for the password",
    "access.refusal": "writes a denial: nobody's, where the session is none",
    "access.require_two": "takes two sessions; refuses, and gives nothing",
    "destruction.complete": "does what an entry says was done; at every login",
    "access.require_second": "takes a session; the second person is asked for as any other",
    "keys.ring": "public halves; verify and every document need them",
    "keys.complete": "brings archive.json up to the log, at every opening",
    "restored.judged": "compares a restored log with its backup, before anybody can log in to it",
    "restored.enter": "the program's own entry, while an unfinished restore lies there alone",
    "verify.run": "whoever doubts the archive must be able to check it",
    ".close": "ends every session, gives nothing",
    ".open_elsewhere": "yes or no",
    ".public_key": "stands on every document",
    ".fingerprint": "stands on every document",
    ".interrupted": "a count of intakes that a kill cut short; before anybody logs in",
    ".replaced_key": "what every check tells; before anybody logs in",
    ".shut": "why nothing can be written; before anybody logs in",
    ".unsealed": "what every check tells; before anybody logs in",
    ".migrate": "an older index, before anybody can log in; logged as the system's",
    ".program": "the program's version",
}
_PUBLIC_ATTRIBUTES = {"folder", "uuid"}

_MATRIX = """
right               expert investigator administrator auditor court prosecutor participant
login               yes    yes          yes           yes     yes   yes        yes
logout              yes    yes          yes           yes     yes   yes        yes
person.password     yes    yes          yes           yes     yes   yes        yes
person.acknowledge  yes    yes          yes           yes     yes   yes        yes
person.add          -      -            yes           -       -     -          -
person.disable      -      -            yes           -       -     -          -
person.list         -      -            yes           yes     -     -          -
person.role         -      -            yes           -       -     -          -
person.reset        -      -            yes           -       -     -          -
import              yes    yes          -             -       -     -          -
case.list           yes    yes          -             -       -     -          -
search              yes    yes          -             -       -     -          -
case.open           yes    yes          -             -       -     -          -
source.read         yes    yes          -             -       -     -          -
history.read        yes    yes          -             -       -     -          -
record              yes    -            -             -       -     -          -
note                yes    yes          -             -       -     -          -
log.read            yes    yes          yes           yes     -     -          -
log.read.house      -      -            yes           -       -     -          -
log.read.whole      -      -            -             yes     -     -          -
log.export          yes    yes          yes           yes     -     -          -
log.prove           yes    yes          -             yes     -     -          -
witness.add         -      -            yes           -       -     -          -
witness.request     yes    -            yes           yes     -     -          -
witness.take        yes    -            yes           yes     -     -          -
timestamp.request   yes    -            yes           yes     -     -          -
timestamp.take      yes    -            yes           yes     -     -          -
checkpoint          yes    yes          yes           -       -     -          -
receipt             yes    yes          -             -       -     -          -
seal                yes    -            -             -       -     -          -
key.rotate          -      -            yes           -       -     -          -
key.lost            -      -            yes           -       -     -          -
key.compromised     -      -            yes           -       -     -          -
backup              -      -            yes           -       -     -          -
rebuild             -      -            yes           -       -     -          -
destroy             yes    -            -             -       -     -          -
destroy.second      yes    -            yes           -       -     -          -
"""


def _matrix() -> dict[Right, set[Role]]:
    head, *lines = (line.split() for line in _MATRIX.strip().splitlines())
    roles = [Role(one) for one in head[1:]]
    return {
        Right(name): {role for role, said in zip(roles, cells, strict=True) if said == "yes"}
        for name, *cells in lines
    }


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_the_rights_of_the_table_and_no_other(role: Role) -> None:
    assert set(_matrix()) == set(Right), "write into the table who has this right"
    assert rights_of([role]) == {right for right, roles in _matrix().items() if role in roles}


def test_an_administrator_has_no_right_to_any_content() -> None:
    content = {"import", "case", "source", "history", "record", "note", "search", "receipt"}
    held = rights_of([Role.ADMINISTRATOR])
    assert not [one for one in held if one.value.partition(".")[0] in content]
    assert Right.READ_WHOLE_LOG not in held


# --- what is public writes nothing false ---------------------------------------------------------


def _made_up(expert: Actor) -> Session:
    actor = replace(expert, session="0" * 32)
    return Session(actor, None, signing.Lock(b""))


@pytest.mark.parametrize("method", ["denied", "refusal", "key_of", "require_second", "require_two"])
def test_a_denial_of_a_made_up_person_is_nobodys(method: str, kept: Archive, expert: Actor) -> None:
    session, right, access = _made_up(expert), Right.DESTROY, kept.access
    calls: dict[str, Callable[[], object]] = {
        "denied": lambda: access.denied(session.actor, right, CASE),
        "refusal": lambda: access.refusal(session, right, CASE, "access.second.wanted"),
        "key_of": lambda: access.key_of(session, right),
        "require_second": lambda: access.require_second(session, None, right),
        "require_two": lambda: access.require_two(session, session, right, CASE),
    }
    before = kept._journal.head()[0]
    with suppress(AccessDenied):
        calls[method]()
    (entry,) = kept._journal.entries()[before:]
    assert (entry.actor, entry.act, entry.out) == ("anonymous", right, "denied")


def test_no_restore_is_recorded_where_none_is_going_on(kept: Archive) -> None:
    before = kept._journal.head()
    anything: Any = _Anything()
    with pytest.raises(Bug):
        kept.restored.enter(anything, anything, anything, [])
    assert kept._journal.head() == before
    assert kept.verify.run().notes == ()


# --- the walk -----------------------------------------------------------------------------------


class _Wrist(ThisMachine):
    """This machine, whose monotonic clock a test can turn on."""

    ahead_s = 0

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() + self.ahead_s * 1_000_000_000


@dataclass(frozen=True)
class _Call:
    """A public method of a service, with something for every argument but the actor."""

    name: str
    method: Callable[..., Any]
    given: dict[str, Any]

    def __call__(self, actor: object) -> None:
        first = next(iter(inspect.signature(self.method).parameters))
        self.method(**{first: actor}, **self.given)


_SOMETHING: dict[Any, Any] = {
    str: CASE,
    bytes: b"",
    bool: False,
    int: 1,
    Path: Path("nowhere"),
    Progress: Progress(),
    Right: Right.LIST_CASES,
}


class _Anything:
    """A record whose every field is the case."""

    def __getattr__(self, name: str) -> str:
        return CASE


def _public(service: object, prefix: str) -> Iterator[tuple[str, object]]:
    for name, member in inspect.getmembers(type(service)):
        if not name.startswith("_"):
            yield f"{prefix}.{name}", member


def _services(archive: Archive) -> dict[str, object]:
    """Return everything with methods that can be reached from an archive by public names."""
    held = {
        name: value
        for name, value in vars(archive).items()
        if not name.startswith("_") and name not in _PUBLIC_ATTRIBUTES
    }
    return {"": archive, **held}


def _calls(archive: Archive) -> list[_Call]:
    found = []
    for prefix, service in _services(archive).items():
        for name, member in _public(service, prefix):
            if name in _PUBLIC:
                continue
            assert inspect.isfunction(member), f"{name} takes no actor and has no reason for it"
            hints = get_type_hints(member)
            first, *others = [*inspect.signature(member).parameters.values()][1:] or [None]
            takes_actor = first is not None and hints.get(first.name) in {Actor, Actor | None}
            assert takes_actor, f"{name} takes no actor first and has no reason for it"
            given = {
                one.name: _SOMETHING.get(hints[one.name], _Anything())
                for one in others
                if one.default is inspect.Parameter.empty
            }
            found.append(_Call(name, getattr(service, member.__name__), given))
    return found


def test_nothing_is_public_without_a_reason_and_no_reason_is_left_over(archive: Archive) -> None:
    names = {name for p, s in _services(archive).items() for name, _ in _public(s, p)}
    assert set(_PUBLIC) <= names
    assert len(_calls(archive)) == len(names) - len(_PUBLIC)


def test_no_call_takes_bytes_to_sign_them(
    archive: Archive,
) -> None:
    taking = {one.name for one in _calls(archive) if bytes in get_type_hints(one.method).values()}
    assert taking == {"timestamps.take", "receipts.made"}  # the PDF, of which the hash is kept


def test_no_service_hands_out_what_it_works_with(archive: Archive) -> None:
    for name, service in _services(archive).items():
        if service is not archive:
            assert not [one for one in vars(service) if not one.startswith("_")], name


def _denials(archive: Archive, call: _Call, actor: object) -> list[LogEntry]:
    """Make a call that must be refused; return the denials that the log gained."""
    with archive._journal.database.reading() as work:
        before = work.log.count()
    try:
        with pytest.raises(AccessDenied):
            call(actor)
    except BaseException as error:
        error.add_note(f"in {call.name}")
        raise
    with archive._journal.database.reading() as work:
        return [one for one in work.log.entries(after=before) if one.out == "denied"]


@pytest.fixture(scope="module")
def rights_of_calls(
    templates: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Right]]:
    """Which right each call asks for first: what the log says when nobody is logged in."""
    folder = tmp_path_factory.mktemp("rights") / "kept"
    shutil.copytree(templates / "kept", folder)
    found = {}
    with open_archive(folder, clock=Clock(), cost=CHEAP) as archive:
        for call in _calls(archive):
            (denial,) = _denials(archive, call, None)
            assert denial.actor == "anonymous"
            found[call.name] = Right(denial.act)
    return found


def test_nobody_gets_nothing(rights_of_calls: dict[str, Right]) -> None:
    assert len(rights_of_calls) >= 25


def test_a_forged_actor_gets_nothing(kept: Archive, expert: Actor) -> None:
    class Impostor(Actor):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    forged = [
        replace(expert, session="0" * 32),
        replace(expert, roles=(*expert.roles, Role.AUDITOR)),
        replace(expert, person_id="other"),
        replace(expert, session=["a list"]),  # type: ignore[arg-type]
        replace(expert, session="\ud800"),
        replace(expert, roles=None),  # type: ignore[arg-type]
        Impostor(expert.person_id, expert.name, expert.roles, expert.session),
        expert.session,
        {"person_id": expert.person_id},
    ]
    for call, one in zip(_calls(kept), cycle(forged), strict=False):
        (denial,) = _denials(kept, call, one)
        assert denial.actor == "anonymous"


_WITHOUT_CONTENT = [Role.COURT, Role.PROSECUTOR, Role.PARTICIPANT]


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_refused_every_call_it_has_no_right_to(
    role: Role, kept: Archive, expert: Actor, rights_of_calls: dict[str, Right]
) -> None:
    kept.access.add_person(expert, "Somebody", "pw-pw-pw", [role])
    somebody = kept.access.login("Somebody", "pw-pw-pw")
    rights = rights_of_calls
    refused = [one for one in _calls(kept) if rights[one.name] not in rights_of([role])]
    if role in _WITHOUT_CONTENT:  # the same rights, by the table: a third of the calls each
        refused = refused[_WITHOUT_CONTENT.index(role) :: len(_WITHOUT_CONTENT)]
    assert refused
    for call in refused:
        (denial,) = _denials(kept, call, somebody)
        assert (denial.actor, denial.act) == (somebody.person_id, rights[call.name])


def _idle(_archive: Archive, _expert: Actor, machine: _Wrist) -> None:
    machine.ahead_s += 30 * 60


def _disabled(archive: Archive, expert: Actor, _machine: _Wrist) -> None:
    archive.access.disable(expert, "Somebody")


def _role_taken(archive: Archive, expert: Actor, _machine: _Wrist) -> None:
    archive.access.change_roles(expert, "Somebody", [Role.EXPERT])


def _password_reset(archive: Archive, expert: Actor, _machine: _Wrist) -> None:
    archive.access.reset_password(expert, "Somebody", "another one")


_ENDS = [_idle, _disabled, _role_taken, _password_reset]


@pytest.mark.parametrize("end", _ENDS)
def test_a_session_that_is_over_gets_nothing(
    end: Callable[[Archive, Actor, _Wrist], None], kept: Archive, expert: Actor, clock: Clock
) -> None:
    everything = [Role.EXPERT, Role.INVESTIGATOR, Role.AUDITOR]
    kept.access.add_person(expert, "Somebody", "pw-pw-pw", everything)
    machine = _Wrist()
    with open_archive(kept.folder, clock=clock, cost=CHEAP, machine=machine) as archive:
        calls = _calls(archive)[_ENDS.index(end) :: len(_ENDS)]
        sessions = [archive.access.login("Somebody", "pw-pw-pw") for _ in calls]
        end(kept, expert, machine)
        for call, somebody in zip(calls, sessions, strict=True):
            (denial,) = _denials(archive, call, somebody)
            assert denial.actor == somebody.person_id
        assert not archive.access._sessions  # forgotten, and the key with them
        (again,) = _denials(archive, calls[0], sessions[0])
        assert again.actor == "anonymous"
    assert kept.verify.run().ok
