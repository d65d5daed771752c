"""The log as a table that spreadsheets read and that cannot command them."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as some

from archive.proof import chain
from archive.proof.chain import Act, Moment, Who
from archive.records import LogEntry, Surroundings
from archive.services.explain import named
from archive.services.log_csv import COLUMNS, harmless, table
from virtopsy.language import Language

_MOMENT = Moment(datetime(2026, 3, 1, tzinfo=UTC), 1, Surroundings("h", "b", "c", "1", "0" * 64))
_WHO = Who("1f" * 16, ("expert",))


def entry(reason: str, name: str = "Ахметова") -> LogEntry:
    act = Act("import", _WHO, case="7", reason=reason, data={"files": 3})
    written = chain.entry("log", act, _MOMENT, before=None, before_in_case=None)
    return named(written, {_WHO.id: name})


def read(made: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def test_a_spreadsheet_knows_the_letters_and_every_column_is_there() -> None:
    made = b"".join(table([entry("бұйрық")], Language.KK))
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.count(b"\r\n") == 2
    (row,) = read(made)
    assert tuple(row) == COLUMNS
    assert (row["seq"], row["act"], row["out"], row["case"]) == ("1", "import", "ok", "7")
    assert (row["actor_name"], row["roles"], row["reason"]) == ("Ахметова", '["expert"]', "бұйрық")
    assert row["sentence"].startswith("Ахметова, 7 ісі: ")


def test_the_table_can_be_checked_alone() -> None:
    (row,) = read(b"".join(table([entry("x")], Language.EN)))
    assert hashlib.sha256(b"\0" + row["body"].encode()).hexdigest() == row["hash"]


@settings(max_examples=60, deadline=None)
@given(
    start=some.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\xa0@"]),
    rest=some.text(max_size=20).filter(lambda one: "\x00" not in one),
)
def test_no_cell_is_a_formula_and_none_loses_a_letter(start: str, rest: str) -> None:
    text = (start + rest).encode("utf-8", "backslashreplace").decode()
    assert harmless(text) == "'" + text
    (row,) = read(b"".join(table([entry("", text)], Language.EN)))
    assert row["actor_name"] == "'" + text
    assert not [cell for cell in row.values() if cell[:1] in {*"=+-@\t\r\n"}]


def test_a_plain_cell_stays_as_it_is() -> None:
    assert [harmless(one) for one in ("", "7", "a=b", "(1)", "'x")] == ["", "7", "a=b", "(1)", "'x"]


def test_a_damaged_entry_does_not_stop_the_table() -> None:
    damaged = LogEntry(3, b"\xff{", "p", "h", "t", "a", "act", "ok", "")
    (row,) = read(b"".join(table([damaged], Language.EN)))
    assert row["seq"] == "3"
    assert "cannot be read" in row["sentence"]
