"""What this account may not read or write is said; nothing crashes, nothing is called whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Workshop, clear, some
from tests.faults.forked import Forked
from tests.faults.table import Tally


def _object(folder: Path) -> None:
    next(one for one in (folder / "objects").rglob("*") if one.is_file()).chmod(0)


def _closed(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).chmod(0)


def _all_read_only(folder: Path) -> None:
    for one in sorted(folder.rglob("*"), reverse=True):
        one.chmod(0o555 if one.is_dir() else 0o444)
    folder.chmod(0o555)


CASES: dict[str, tuple[Callable[[Path], None], set[str] | None]] = {
    "object": (_object, {"object_unreadable"}),
    "objects": (_closed("objects"), {"object_missing", "object_unreadable"}),
    "hash folder": (_closed("objects/sha256"), {"object_missing", "object_unreadable"}),
    "database": (_closed("db/archive.sqlite"), {"database_damaged"}),
    "database folder": (_closed("db"), {"archive.open.no_database", "database_damaged"}),
    "log folder": (_closed("log"), {"log_copy_missing", "checkpoint_missing"}),
    "copy of the log": (_closed("log/entries.jsonl"), {"log_copy_missing"}),
    "card": (_closed("archive.json"), {"card_damaged", "archive.open.bad_card"}),
    "nothing may be written": (_all_read_only, None),
}


@pytest.mark.parametrize("case", some(list(CASES), 2))
def test_what_may_not_be_read_is_named(
    case: str, forked: Forked, workshop: Workshop, tally: Tally
) -> None:
    close, wanted = CASES[case]
    place = workshop.place("finding")
    with tally.attempt("storage: permissions", case):
        found, answered = forked.look(place, close)
        if wanted is None:
            assert found == set(), found
            wanted = {"login", "case list", "case", "series", "history", "basis", "receipt"}
            assert answered == wanted | {"note", "log", "anchor"}
        else:
            assert found & wanted, found
    for one in (place, *place.rglob("*")):
        if one.is_dir():
            one.chmod(0o755)
    clear(place)
