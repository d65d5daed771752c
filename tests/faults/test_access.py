"""Nobody gets in through the program: direct calls, injected texts, secrets in what is left."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from archive.records import Actor, Role
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, track
from tests.faults.acts import KEEPER, later_clock
from tests.faults.conftest import some
from tests.faults.reads import READS, WRITES
from tests.faults.stand import Stand, seal_of
from tests.faults.table import Tally
from virtopsy.errors import AccessDenied, InputError, UsageError, VirtopsyError
from virtopsy.jobs import Progress

_TEXTS = (
    *("' OR '1'='1", "'; DROP TABLE log; --", '" OR ""="', "x' UNION SELECT body FROM log --"),
    *("%", "_", "%%%", "*", "2026*", '"', "AND", "a OR b", "NEAR(a b)", "text:Track", "^Track"),
    *("\\", "--", ";", "{0.__class__}", "%s%n", "${7*7}", "<b>x</b>", "=1+1", "\u202egpj.exe"),
    *("x" * 5000, "\ud800", "a\x00b", "\r\n", "İ", "ſ", "🜁", "../../etc/passwd"),
)


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Archive, Actor]]:
    with open_archive(folder, clock=later_clock(5), cost=CHEAP) as archive:
        yield archive, archive.access.login(KEEPER, PASSWORD)


def _second(archive: Archive) -> Actor:
    return archive.access.login("Second", "pw-pw-pw")


def _forgeries(keeper: Actor, second: Actor) -> dict[str, Actor | None]:
    return {
        "nobody": None,
        "a session of one's own making": replace(keeper, session="0" * 32),
        "an empty session": replace(keeper, session=""),
        "another's session under one's own name": replace(second, session=keeper.session),
        "one's own session under another's name": replace(keeper, session=second.session),
        "more roles": replace(second, roles=tuple(Role)),
        "something that is no actor": "keeper",  # type: ignore[dict-item]
    }


def test_a_forged_or_replayed_actor_does_nothing(stand: Callable[[], Stand], tally: Tally) -> None:
    folder = stand().folder
    acts = {**READS, **WRITES}
    del acts["login"]
    with ExitStack() as opened:
        archive, keeper = opened.enter_context(_opened(folder))
        _, there = opened.enter_context(_opened(folder))
        second = _second(archive)
        forged = _forgeries(keeper, second)
        ended = _second(archive)
        archive.access.logout(ended)
        forged |= {"a session of another program": there, "a session that ended": ended}
        for name, actor in forged.items():
            for act, do in acts.items():
                with tally.attempt(f"access: {name}", act), pytest.raises(AccessDenied):
                    do(archive, actor, folder.parent)  # type: ignore[arg-type]
        assert archive.verify.run().ok


def _disabled(archive: Archive, keeper: Actor) -> None:
    archive.access.disable(keeper, "Second")


def _without_the_role(archive: Archive, keeper: Actor) -> None:
    archive.access.change_roles(keeper, "Second", [Role.COURT])


def _reset(archive: Archive, keeper: Actor) -> None:
    archive.access.reset_password(keeper, "Second", "another one")


@pytest.mark.parametrize("taken_away", [_disabled, _without_the_role, _reset])
def test_a_session_is_worth_nothing_after_its_right_was_taken_elsewhere(
    taken_away: Callable[[Archive, Actor], None], stand: Callable[[], Stand], tally: Tally
) -> None:
    folder = stand().folder
    with _opened(folder) as (archive, _), _opened(folder) as (elsewhere, keeper):
        second = _second(archive)
        archive.intake.take_in(
            second, folder.parent / "other", case_number="own", progress=Progress()
        )
        archive.cases.open(second, "own")
        taken_away(elsewhere, keeper)
        for act, do in {
            "case": lambda: archive.cases.open(second, "own"),
            "case list": lambda: archive.cases.list(second),
            "log": lambda: archive.log.entries(second),
            "import": lambda: archive.intake.take_in(
                second, folder.parent / "other", case_number="own", progress=Progress()
            ),
            "checkpoint": lambda: archive.log.checkpoint(second),
        }.items():
            row = f"access: session after {taken_away.__name__.strip('_').replace('_', ' ')}"
            with tally.attempt(row, act), pytest.raises(AccessDenied):
                do()


@pytest.mark.parametrize("name", READS)
def test_whatever_is_handed_out_its_entry_names_the_person(
    name: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    with (
        _opened(place.folder) as (archive, keeper),
        tally.attempt("access: handed out with an entry", name),
    ):
        before = archive._journal.head()[0]
        READS[name](archive, keeper, place.folder.parent)
        looks = [one for one in archive._journal.entries()[before:] if one.out == "ok"]
        assert [one for one in looks if one.actor == keeper.person_id]


def test_another_persons_case_is_refused_in_the_words_for_a_case_that_is_not(
    stand: Callable[[], Stand], tally: Tally
) -> None:
    """Neither by its number, nor by the UID of its series, nor by the hash of its objects."""
    place = stand()
    with _opened(place.folder) as (archive, _):
        second = _second(archive)
        hashes = [one.name for one in place.objects()]
        said = set()
        for number in (CASE, "7/2026"):
            for act, do in {
                "case": lambda n: archive.cases.open(second, n),
                "series": lambda n: archive.cases.series_files(second, n, SERIES),
                "history": lambda n: archive.versions.history(second, n, "t1"),
                "finding": lambda n: archive.cases.add_finding(second, n, track("x")),
                "receipt": lambda n: archive.receipts.of(second, n),
                "basis": lambda n: archive.court.basis(second, n),
                "log": lambda n: archive.log.entries(second, n),
                "destruction": lambda n: archive.destruction.destroy(
                    second, n, sha256s=hashes, basis="b", second=None
                ),
            }.items():
                with tally.attempt("access: another person's case", (number, act)):
                    with pytest.raises(AccessDenied) as refused:
                        do(number)
                    said.add(str(refused.value).replace(number, "NUMBER"))
        assert len(said) == 1, said


@pytest.mark.parametrize("text", some(_TEXTS, 4), ids=ascii)
def test_no_text_is_more_than_a_text(text: str, stand: Callable[[], Stand], tally: Tally) -> None:
    folder = stand().folder
    with _opened(folder) as (archive, keeper):
        second = _second(archive)
        before = archive._journal.entries()[:5]
        for act, do in {
            "name at login": lambda: archive.access.login(text, text),
            "password": lambda: archive.access.login("Second", text),
            "case number": lambda: archive.cases.open(second, text),
            "series": lambda: archive.cases.series_files(keeper, CASE, text),
            "finding": lambda: archive.versions.history(keeper, CASE, text),
            "log of a case": lambda: archive.log.entries(second, text),
        }.items():
            with (
                tally.attempt(f"access: injected {act}", ascii(text[:20])),
                pytest.raises((AccessDenied, InputError)),
            ):
                do()
        for act, make in {
            "person": lambda: archive.access.add_person(keeper, text, "pw-pw-pw", [Role.EXPERT]),
            "finding's name": lambda: archive.cases.add_finding(keeper, CASE, track(text)),
            "new case": lambda: archive.intake.take_in(
                keeper, folder.parent / "other", case_number=text, progress=Progress()
            ),
            "reason": lambda: archive.cases.note(keeper, CASE, "view", {}, reason=text),
        }.items():
            with (
                tally.attempt(f"access: injected {act}", ascii(text[:20])),
                suppress(InputError, UsageError),
            ):
                make()
        with tally.attempt("access: injected search", ascii(text[:20])):
            try:
                found = archive.search.find(second, text)
            except VirtopsyError:
                found = None
            assert found is None or not found.results, "nothing of another person's cases"
        with tally.attempt("access: injected", ascii(text[:20])):
            assert archive._journal.entries()[:5] == before
            report = archive.verify.run()
            assert report.ok, [str(one) for one in report.problems]


def test_which_names_exist_is_not_told_by_the_answer(
    stand: Callable[[], Stand], tally: Tally
) -> None:
    with _opened(stand().folder) as (archive, _):
        said = set()
        for name, password in (
            *((KEEPER, "wrong"), ("Second", "wrong"), ("Gone", "pw-pw-pw"), ("Gone", "wrong")),
            *(("Nobody", "pw-pw-pw"), ("", ""), ("system", "x"), ("anonymous", "x")),
        ):
            with tally.attempt("access: user enumeration", name):
                with pytest.raises(AccessDenied) as refused:
                    archive.access.login(name, password)
                said.add((type(refused.value), str(refused.value)))
        assert len(said) == 1


def test_no_secret_stands_in_log_objects_database_or_traceback(
    stand: Callable[[], Stand], tally: Tally
) -> None:
    folder = stand().folder
    secret = "a secret that nobody may find"
    with _opened(folder) as (archive, keeper):
        archive.access.add_person(keeper, "Third", secret, [Role.EXPERT])
        third = archive.access.login("Third", secret)
        seal = seal_of(archive, third)
        for act, do in {
            "login": lambda: archive.access.login("Nobody", secret),
            "wrong password": lambda: archive.access.login("Second", secret),
            "old password": lambda: archive.access.change_password(third, f"{secret}!", secret),
            "name taken": lambda: archive.access.add_person(keeper, "Third", secret, [Role.EXPERT]),
        }.items():
            with tally.attempt("access: secrets in tracebacks", act):
                with pytest.raises(VirtopsyError) as refused:
                    do()
                told = traceback.TracebackException.from_exception(
                    refused.value, capture_locals=True
                )
                frames = [one for one in told.stack if "/archive/" in one.filename]
                shown = "".join(str(one.locals) for one in frames) + str(refused.value)
                assert frames
                assert secret not in shown
                assert seal._seed.hex() not in shown
        with tally.attempt("access: secrets in representations"):
            assert third.session not in repr(third)
            assert secret not in repr((third, archive.access._sessions))
            assert repr(seal._seed) not in repr((third, archive.access._sessions))
    for path in folder.rglob("*"):
        if path.is_file():
            with tally.attempt("access: secrets on the disk", path.name):
                content = path.read_bytes()
                for one in (secret.encode(), seal._seed, seal._seed.hex().encode()):
                    assert one not in content
                assert third.session.encode() not in content
