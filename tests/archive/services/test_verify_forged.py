"""Whatever an entry says that was not made here, `verify` answers; forging one needs no key."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.opening import open_archive, verify_folder
from archive.proof import canonical, chain, merkle
from archive.proof.acts import ActName
from archive.records import LogEntry
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from tests.faults.stand import Stand, write_copy
from virtopsy.language import Language

_ODD: tuple[Any, ...] = (None, True, 5, -1, "x", "", [], ["x"], {}, {"x": 1}, [[]], "5", "f" * 64)
_FACTS = ("moved_s", "before", "after", "codes", "missing_entries", "size", "key", "sha256")
_FIELDS = ("act", "out", "case", "case_seq", "case_prev", "ts", "actor", "obj", "data", "seq")


def _odd(whole: dict[str, Any], act: str) -> Iterator[dict[str, Any]]:
    """Yield bodies of an act in which one thing is not as the program writes it."""
    whole = {**whole, "act": act}
    for odd in _ODD:
        yield from ({**whole, field: odd} for field in _FIELDS if field != "act")
        yield from (_deeper(whole, "data", name, odd) for name in (*whole["data"], *_FACTS))
        yield {**whole, "obj": [odd]}
        for number, one in enumerate(whole["obj"]):
            for name in one:
                others = list(whole["obj"])
                others[number] = {**one, name: odd}
                yield {**whole, "obj": others}


def _deeper(whole: dict[str, Any], field: str, name: str, odd: object) -> dict[str, Any]:
    return {**whole, field: {**whole[field], name: odd}}


def _chained(bodies: list[dict[str, Any]]) -> list[LogEntry]:
    """Return rows that fit their bodies and each other, whatever the bodies say."""
    made: list[LogEntry] = []
    for number, said in enumerate(bodies, 1):
        seq = number if type(said["seq"]) is int else said["seq"]
        prev = made[-1].hash if made else chain.BEGINNING
        body = canonical.encode({**said, "seq": seq, "prev": prev})
        actor = chain.mapping(said["actor"]).get("id")
        shown = (str(said[name]) for name in ("act", "out", "case"))
        leaf = merkle.leaf_hash(body).hex()
        made.append(LogEntry(number, body, prev, leaf, str(said["ts"]), str(actor), *shown))
    return made


@pytest.fixture(scope="module")
def whole(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive with a case and a checkpoint, closed."""
    folder = tmp_path_factory.mktemp("forged") / "evidence"
    shutil.copytree(templates / "kept", folder)
    with open_archive(folder, clock=Clock(), cost=CHEAP) as archive:
        archive.log.checkpoint(archive.access.login("Ахметова", PASSWORD))
    return folder


@pytest.mark.parametrize("act", list(ActName))
def test_an_entry_may_say_anything(act: ActName, whole: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "evidence"))
    stand = Stand(folder, folder, folder, folder)
    bodies = stand.bodies()
    like = next((one for one in bodies if one["act"] == act), {**bodies[-1], "case": CASE})
    entries = _chained([*bodies, *_odd(like, act)])
    stand.write_log(entries)
    write_copy(folder, entries)
    report = verify_folder(folder, clock=Clock())
    assert report.checked.log_entries == len(entries)
    for language in Language:
        assert all(one.sentence(language) for one in (*report.problems, *report.notes))
