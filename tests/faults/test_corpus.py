"""Every bad archive of the corpus is found under its code, and is not written to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.opening import verify_folder
from archive.services.verify import CODES, NOTES
from tests.faults import (
    corpus_anchors,
    corpus_asked,
    corpus_keys,
    corpus_log,
    corpus_shape,
    corpus_told,
    test_permissions,
)
from tests.faults.acts import later_clock
from tests.faults.conftest import ALL, some
from tests.faults.corpus import BAD
from tests.faults.facts import digest
from tests.faults.reads import every_answer_is_in_words
from tests.faults.stand import Stand
from tests.faults.table import Tally
from virtopsy.language import Language

_LAYING = (*(corpus_anchors, corpus_asked, corpus_keys, corpus_log, corpus_shape, corpus_told),)
assert all(_LAYING), "they lay their archives into the corpus"
_AT = later_clock(9)
_OF_THE_LOG = ("log_", "checkpoint_", "database_", "schema_", "card_")


@pytest.mark.fault("storage: whole archive")
def test_an_archive_nobody_touched_is_whole(stand: Callable[[], Stand]) -> None:
    for folder in (stand().folder, stand().earlier, stand().fork, stand().other):
        report = verify_folder(folder, clock=_AT)
        assert report.ok, [str(one) for one in report.problems]


def _one_a_code() -> list[str]:
    """Return so many cases that every code is found by one."""
    covered: set[str] = set()
    found = []
    for name, bad in BAD.items():
        if not bad.codes <= covered:
            covered |= bad.codes
            found.append(name)
    return found


def test_every_code_of_the_check_has_a_case_that_it_must_find() -> None:
    """What this account may not read it can see only as another account (`test_permissions`)."""
    shut = {code for _, codes in test_permissions.CASES.values() for code in codes or ()}
    known = {code for bad in BAD.values() for code in bad.codes}
    assert {*CODES, *NOTES} - shut - known == set()
    assert known <= {*CODES, *NOTES}


@pytest.mark.parametrize("name", list(BAD) if ALL else _one_a_code())
def test_a_bad_archive_is_found_under_its_code_and_left_as_it_is(
    name: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    bad, spoilt = BAD[name], stand()
    with tally.attempt(bad.row, name):
        asked = {"clock": _AT, **bad.asked(spoilt)}
        before = digest(spoilt.folder)
        objects = digest(spoilt.folder / "objects")
        report = verify_folder(spoilt.folder, **asked)
        found = {one.code for one in report.problems}
        notes = {one.code for one in report.notes}
        assert bad.codes <= found | notes, found | notes
        assert report.ok == bad.codes.issubset(NOTES), found
        assert digest(spoilt.folder / "objects") == objects
        if any(one.startswith(_OF_THE_LOG) for one in found):  # else the check is an entry
            assert digest(spoilt.folder) == before, "a damaged log is not written to"
        for language in Language:
            assert all(one.sentence(language) for one in (*report.problems, *report.notes))


@pytest.mark.parametrize("name", some(list(BAD), 2))
def test_who_works_in_a_bad_archive_is_told_in_a_sentence(
    name: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    spoilt = stand()
    with tally.attempt("working in a bad archive", name):
        BAD[name].make(spoilt)
        every_answer_is_in_words(spoilt.folder)
