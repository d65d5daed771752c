"""Every entry of the log has a plain sentence in three languages."""

from __future__ import annotations

import ast
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from archive.opening import Archive, open_archive
from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.proof.chain import ANONYMOUS, SYSTEM, Act, Moment, Who
from archive.records import Actor, LogEntry, Out, Role, Surroundings
from archive.services.entry_facts import _TOLD, SHOWN
from archive.services.explain import named, sentence
from tests.archive.conftest import CASE, CHEAP, Clock
from virtopsy.errors import AccessDenied
from virtopsy.language import Language, has, say

_MOMENT = Moment(datetime(2026, 3, 1, tzinfo=UTC), 1, Surroundings("h", "b", "c", "1", "0" * 64))
_WHO = Who("1f" * 16, ("expert",))


def written(act: Act, *, name: str = "Ахметова", about: str = "") -> LogEntry:
    entry = chain.entry("log", act, _MOMENT, before=None, before_in_case=None)
    names = {act.who.id: name}
    if about:
        names["2a" * 16] = about
    return named(entry, names)


def test_every_act_has_its_sentence_in_all_three_languages() -> None:
    wanted = [f"entry.{form}.{act}" for act in ActName for form in ("act", "what")]
    assert not [(key, one) for key in wanted for one in Language if not has(key, one)]


@pytest.mark.parametrize("language", Language)
def test_every_act_and_outcome_is_told_apart_and_without_codes(language: Language) -> None:
    told = [
        sentence(written(Act(act, _WHO, out, case="7")), language) for act in ActName for out in Out
    ]
    assert len(set(told)) == len(told)
    assert all(one.startswith("Ахметова") and "7" in one for one in told)
    assert not [one for one in told if _WHO.id in one or "denied" in one or ".r" in one]


_NO_FACTS = {"vkey", "text"}
"""Keys in the same functions that go elsewhere than into the entry's data."""


def written_facts() -> Iterator[tuple[str, str]]:
    """Every key of a literal dictionary in a function that makes an act: where, and the key."""
    for path in sorted((Path(__file__).resolve().parents[3] / "archive").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            inside = list(ast.walk(function))
            if not any(isinstance(one, ast.Call) and called(one) == "Act" for one in inside):
                continue
            for one in inside:
                if isinstance(one, ast.Dict):
                    for key in one.keys:
                        if isinstance(key, ast.Constant):
                            yield f"{path.name}:{one.lineno}", str(key.value)


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", "")


def test_every_fact_that_the_archive_writes_has_words_or_is_left_to_programs() -> None:
    known = SHOWN.keys() | _TOLD | _NO_FACTS
    assert "manifest_sha256" in {key for _, key in written_facts()}
    assert not [(place, key) for place, key in written_facts() if key not in known]


_JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-canonical.LARGEST, canonical.LARGEST)
    | some.text(max_size=20).map(canonical.text),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=5,
)
_FACTS = some.sampled_from([*SHOWN, "person", "label", "how", "why", "xyz"])


@settings(max_examples=60, deadline=None)
@given(
    name=some.sampled_from(ActName) | some.text(max_size=10).map(canonical.text),
    out=some.sampled_from(Out),
    data=some.dictionaries(_FACTS, _JSON, max_size=5) | _JSON,
    reason=some.text(max_size=300),
    language=some.sampled_from(Language),
)
def test_no_entry_of_any_kind_raises_or_commands_a_terminal(
    name: str, out: Out, data: Any, reason: str, language: Language
) -> None:
    told = sentence(written(Act(name, _WHO, out, reason=reason, data=data)), language)
    assert told.startswith("Ахметова")
    assert told.replace("\xa0", " ").isprintable()  # the space within a number


@settings(max_examples=60, deadline=None)
@given(body=some.binary(max_size=40), language=some.sampled_from(Language))
def test_a_body_that_is_none_is_called_unreadable(body: bytes, language: Language) -> None:
    entry = LogEntry(5, body, "", "", "", "", "", "", "")
    assert "5" in sentence(entry, language)
    assert named(entry, {}) == entry


def test_an_act_of_a_later_version_is_told_honestly() -> None:
    told = sentence(written(Act("brain.upload", _WHO, data={"volts": 3})), Language.EN)
    assert told == (
        "Ахметова: something was done that this version of the program has no words for "
        "(written as “brain.upload”) (further facts in the entry: 1)"
    )
    assert "refused" in sentence(written(Act("brain.upload", _WHO, Out.DENIED)), Language.EN)
    assert "not succeed" in sentence(written(Act("brain.upload", _WHO, Out.FAIL)), Language.EN)


def test_the_sentence_is_told_from_the_body_and_not_from_the_columns() -> None:
    entry = written(Act("login", _WHO))
    edited = LogEntry(
        entry.seq, entry.body, "", "", "", "system", "logout", "denied", "9", "Петров"
    )
    assert sentence(edited, Language.EN) == "A person whose name is not known here: logged in"


def test_the_facts_of_an_entry_stand_in_its_sentence() -> None:
    counts = {"files": 4000, "stored": 4000, "already": 0, "not_stated": ["basis", "carrier"]}
    act = Act("import", _WHO, case="7", reason="order 5", data=counts)
    assert sentence(written(act), Language.EN) == (
        "Ахметова, case 7: evidence was taken into the case (files: 4\xa0000, kept: 4\xa0000, "
        "not stated: the basis, the carrier); reason given: order 5"
    )
    assert sentence(written(act), Language.RU).startswith(
        "Ахметова, дело 7 — доказательства приняты в дело (файлов: 4\xa0000, "
    )
    assert sentence(written(act), Language.KK).startswith("Ахметова, 7 ісі: дәлелдемелер іске")


def test_an_undone_act_and_the_label_of_what_was_done_are_told() -> None:
    data = {"label": "case.finding.add", "how": "undo", "changes": []}
    told = sentence(written(Act("record", _WHO, case="7", data=data)), Language.EN)
    assert told.startswith("Ахметова, case 7: taken back in the case: ")
    assert "case.finding" not in told


def test_a_failure_says_why_in_words() -> None:
    act = Act("export", _WHO, Out.FAIL, case="7", data={"why": "archive.storage.full"})
    told = sentence(written(act), Language.EN)
    assert told.startswith("Ахметова, case 7: did not succeed: handing something of the case out")
    assert "archive.storage" not in told
    assert "…" in told


def test_a_check_that_found_faults_did_not_fail_itself() -> None:
    told = sentence(written(Act("verify", SYSTEM, Out.FAIL, data={"problems": 3})), Language.EN)
    assert told == "The program: the archive was checked, and faults were found (faults: 3)"


def test_program_and_stranger_are_called_so() -> None:
    assert sentence(written(Act("verify", SYSTEM)), Language.EN).startswith("The program: ")
    told = sentence(written(Act("login", ANONYMOUS, Out.DENIED)), Language.EN)
    assert told.startswith("Somebody who is not logged in: an attempt to log in under a name")


def test_the_person_an_act_is_about_is_named(kept: Archive, expert: Actor) -> None:
    kept.access.add_person(expert, "Петров", "pw-pw-pw", (Role.AUDITOR,))
    kept.access.disable(expert, "Петров")
    with pytest.raises(AccessDenied):
        kept.access.login("Петров", "pw-pw-pw")
    told = [sentence(one, Language.EN) for one in kept.log.entries(expert)]
    assert "Ахметова: Петров was added" in told
    assert "Ахметова: the access of Петров was taken away" in told
    assert (
        "Somebody who is not logged in: an attempt to log in as Петров was refused; "
        "why: the access of this person was taken away"
    ) in told
    assert any(f"case {CASE}: evidence was taken into the case" in one for one in told)


@pytest.mark.parametrize("language", list(Language))
def test_every_fact_that_has_a_teller_has_its_words(language: Language) -> None:
    lacking = [
        name
        for name in SHOWN
        if not any(has(f"entry.data.{name}{tail}", language) for tail in ("", ".ok"))
    ]
    assert not lacking


@pytest.mark.parametrize("language", list(Language))
def test_an_archive_that_saw_every_kind_of_act_tells_all_of_its_log(
    language: Language, tmp_path: Path, clock: Clock
) -> None:
    fixture = Path(__file__).parents[1] / "fixtures" / "format_1_core.zip"
    with zipfile.ZipFile(fixture) as packed:
        packed.extractall(tmp_path)
    with open_archive(tmp_path, clock=clock, cost=CHEAP) as archive:
        told = [sentence(one, language) for one in archive._journal.entries()]
    assert len(told) > 40
    assert all(told)


@pytest.mark.parametrize("language", Language)
def test_a_failed_read_of_what_was_destroyed_says_why_without_gaps(language: Language) -> None:
    act = Act("source.read", _WHO, Out.FAIL, case="7", data={"why": "destruction.read"})
    told = sentence(written(act), language)
    assert say("destruction.why", language) in told
    assert "…" not in told
