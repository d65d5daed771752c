"""Whatever happens at whatever step: what was announced is there, and nothing is half there."""

from __future__ import annotations

import errno
import inspect
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.storage.files import Files
from tests.faults.acts import ACTS
from tests.faults.conftest import ALL, Workshop, clear, some
from tests.faults.door import CODES, COMMIT, STEPS, changes, tearable
from tests.faults.facts import digest, shown
from tests.faults.forked import Forked, Outcome
from tests.faults.plug import Choice, Disk, choices
from tests.faults.table import Tally

_SAID = "archive.problem."
"""What the report of a backup or a restore names is no refusal; it is told like one."""
_ALREADY = {("InputError", "backup.not_empty"), ("InputError", "anchor.take.again")}
_DESTRUCTION = "destruction of what a stopped import copied"
_WAYS = 2
"""How many ways of losing chance makes at each cut, besides the worst ones."""


def _acts(*few: str) -> list[str]:
    """Return every act in `make faults`, else these."""
    return list(ACTS) if ALL else list(few)


def test_the_door_to_the_disk_has_only_operations_that_can_be_watched() -> None:
    assert {"write_new", "link", "append", "copy_hashing", "sync_folder"} <= set(STEPS)
    for name in STEPS:
        assert inspect.isfunction(inspect.getattr_static(Files, name)), name


def test_a_pulled_plug_takes_the_folder_of_hashes_that_begin_with_db_like_any_other(
    tmp_path: Path,
) -> None:
    place = tmp_path / "archive"
    (place / "db").mkdir(parents=True)
    (place / "db" / "archive.sqlite").write_bytes(b"rows")
    disk = Disk(place)
    disk.look()
    object_ = place / "objects" / "sha256" / "db" / "18" / "db18"
    object_.parent.mkdir(parents=True)
    object_.write_bytes(b"never synced")
    worst, *_ = choices(2026, 0)
    disk.cut(tmp_path / "nothing", worst)
    disk.cut(tmp_path / "all", Choice(lambda: True, lambda content: content))
    assert [one.name for one in (tmp_path / "nothing").iterdir()] == ["db"]
    assert (tmp_path / "nothing" / "db" / "archive.sqlite").read_bytes() == b"rows"
    assert (tmp_path / "all" / object_.relative_to(place)).read_bytes() == b"never synced"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("act", _acts("create", "intake", "finding", "backup", _DESTRUCTION))
def test_a_kill_at_any_step_loses_nothing_and_leaves_nothing_half(
    act: str, when: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    steps, _, _ = workshop.known(act)
    places = [at for at, name in enumerate(steps, 1) if changes(name)]
    if when == "before":  # else the same instant as after the step before
        places = [at for at in places if at == 1 or steps[at - 1] == COMMIT]
    for at in some(places, 2):
        with tally.attempt(f"kill -9 at every step: {act}", (when, at, steps[at - 1])):
            place = workshop.place(act)
            outcome = forked.do(act, place, fault="kill", at=at, when=when)
            assert outcome.killed or (outcome.done and at > len(steps) - 3), outcome
            _holds(act, outcome, place, workshop)


@pytest.mark.parametrize("act", _acts("finding", "second backup"))
def test_a_write_torn_by_a_kill_or_a_full_disk_is_never_taken_for_whole(
    act: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    steps, _, _ = workshop.known(act)
    torn = [name for name in steps if tearable(name)]
    for at in some(range(1, len(torn) + 1), 2):
        for code in (0, errno.ENOSPC):
            with tally.attempt(f"torn write: {act}", (code, at, torn[at - 1])):
                place = workshop.place(act)
                outcome = forked.do(act, place, fault="tear", at=at, code=code)
                assert outcome.killed or outcome.torn
                _holds(act, outcome, place, workshop)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("act", _acts("intake", "change", "key rotation"))
def test_whichever_step_fails_the_act_is_wholly_done_or_refused_in_words(
    act: str, when: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    steps, _, _ = workshop.known(act)
    # One code after the other before each step; what fails after all was done is a sync.
    if when == "before":
        tries = [(at, CODES[at % len(CODES)]) for at in range(1, len(steps) + 1)]
    else:
        tries = [(at, errno.EIO) for at, name in enumerate(steps, 1) if changes(name)]
    for at, code in some(tries, 3):
        detail = (when, at, steps[at - 1], os.strerror(code))
        with tally.attempt(f"disk refuses at every step: {act}", detail):
            place = workshop.place(act)
            outcome = forked.do(act, place, fault="refuse", at=at, when=when, code=code)
            assert not outcome.killed
            _holds(act, outcome, place, workshop)


@pytest.mark.parametrize("act", _acts("create", "intake", "finding", "restore"))
def test_a_pulled_plug_at_any_step_loses_nothing_that_was_announced(
    act: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    steps, _, _ = workshop.known(act)
    writing = [at for at, name in enumerate(steps, 1) if changes(name)]
    place = workshop.place(act)
    cuts = place.with_name(f"{place.name}-cuts")
    cuts.mkdir()
    outcome = forked.do(
        act,
        place,
        fault="plug",
        cuts=str(cuts),
        seed=2026,
        count=_WAYS,
        steps=writing if ALL else writing[len(writing) // 2 :][:1],
    )
    assert outcome.done
    seen: set[tuple[bool, str]] = set()
    for name, cut in outcome.cuts:
        with tally.attempt(f"pulled plug at every step: {act}", (name, cut.name)):
            after = Outcome(done=name == "announced", killed=True)
            state = (after.done, digest(cut))
            if state not in seen:
                _holds(act, after, cut, workshop)
            seen.add(state)  # only what held: the same bytes hold again
    clear(cuts)
    clear(place)


@pytest.mark.parametrize(
    "act", some(["intake", "backup", "second backup", "restore", "rebuild of a lost database"], 1)
)
def test_an_act_that_was_killed_is_done_by_doing_it_again(
    act: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    steps, _, _ = workshop.known(act)
    for at in some([at for at, name in enumerate(steps, 1) if changes(name)][::4], 2):
        with tally.attempt(f"killed, and done again: {act}", (at, steps[at - 1])):
            _killed_and_done_again(act, at, forked, workshop)


@pytest.mark.parametrize("act", ["witness taken", "timestamp taken"])
def test_an_outside_signature_whose_taking_was_killed_is_taken_by_taking_it_again(
    act: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    steps, _, _ = workshop.known(act)
    places = [at for at, name in enumerate(steps, 1) if changes(name)]
    commit = steps.index(COMMIT) + 1  # before it there is the file alone, after it the entry too
    for at in places if ALL else [commit, commit + 1]:
        with tally.attempt(f"killed, and done again: {act}", (at, steps[at - 1])):
            _killed_and_done_again(act, at, forked, workshop)


def _killed_and_done_again(act: str, at: int, forked: Forked, workshop: Workshop) -> None:
    _, _, after = workshop.known(act)
    place = workshop.place(act)
    assert forked.do(act, place, fault="kill", at=at, when="before").killed
    again = forked.do(act, place, fault="none", again=True)
    found = shown(place)
    if not again.done:  # all was done, only not announced
        assert again.refused in _ALREADY
    # One more: the killed one was whole before it could be announced.
    assert found.pop("backups", 0) - after.get("backups", 0) in {0, 1}
    assert found == {key: one for key, one in after.items() if key != "backups"}
    clear(place)


def _holds(act: str, outcome: Outcome, place: Path, workshop: Workshop) -> None:
    """Hold that the archive shows all of the act or nothing of it; all, where it was announced."""
    _, before, after = workshop.known(act)
    found = shown(place)
    if outcome.done:
        assert found == after, _difference(found, after)
    else:
        assert found in (before, after), _difference(found, before)
        if not outcome.killed:
            said = outcome.refused[1].startswith(_SAID)
            assert said or outcome.refused[0] in {"StorageError", "InputError"}, outcome.refused
            left = [one.name for one in place.iterdir() if "unfinished" in one.name]
            assert not left, "what was refused leaves nothing half made beside the archive"
    clear(place)


def _difference(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{key}: {found.get(key)} instead of {wanted.get(key)}"[:400]
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    )
