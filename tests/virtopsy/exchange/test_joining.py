"""What came in joins a case without touching what is there."""

from __future__ import annotations

from dataclasses import replace

from tests.virtopsy.findings.some import one_of_each, track
from virtopsy.case.case import Case
from virtopsy.exchange.joining import joining
from virtopsy.exchange.omission import Taken


def test_what_is_new_comes_in_and_what_is_there_stays_as_it_is() -> None:
    wound, _, fragment, *_ = one_of_each()
    case = Case("7", findings=(wound, track()))
    other = replace(track(), name="another")

    joined = joining(Taken((wound, other, fragment)), case)

    assert joined.findings == (fragment,)
    assert [one.code for one in joined.omissions] == ["already", "other_version"]


def test_one_that_a_file_holds_twice_comes_in_once() -> None:
    joined = joining(Taken((track(), track())), Case("7"))

    assert len(joined.findings) == 1
    assert [one.code for one in joined.omissions] == ["already"]


def test_names_that_cannot_be_shown_and_ids_that_are_none_are_left_out() -> None:
    hostile = (
        replace(track(), name="a\u202eb"),
        replace(track(), name=" "),
        replace(track(), name="x" * 201),
        replace(track(), finding_id="../x"),
    )

    joined = joining(Taken(hostile), Case("7"))

    assert joined.findings == ()
    assert [one.code for one in joined.omissions] == ["name", "name", "name", "id"]
