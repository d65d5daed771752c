"""Bad archives whose database was given another shape: what a program never makes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from archive.opening import open_archive
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from tests.archive.conftest import CHEAP
from tests.faults.acts import later_clock
from tests.faults.corpus import bad
from tests.faults.stand import Stand

_AGAIN = (
    (
        "CREATE TABLE made (seq, body, prev, hash, ts, actor, act, out, case_number,"
        " once AS (iif(act = 'case.list', 1, NULL)) UNIQUE ON CONFLICT IGNORE)"
    ),
    "INSERT INTO made SELECT * FROM log",
    "DROP TABLE log",
    "ALTER TABLE made RENAME TO log",
)
SHAPES: Mapping[str, tuple[str, ...]] = {
    "trigger_that_swallows_entries": (
        (
            "CREATE TRIGGER quiet BEFORE INSERT ON log WHEN NEW.act IN ('case.open', 'log.read')"
            " OR NEW.out = 'denied' BEGIN SELECT RAISE(IGNORE); END"
        ),
    ),
    "trigger_that_takes_entries_out_again": (
        "CREATE TRIGGER quiet AFTER INSERT ON log BEGIN DELETE FROM log WHERE seq = NEW.seq; END",
    ),
    "trigger_that_gives_a_role": (
        (
            "CREATE TRIGGER search_text_data AFTER UPDATE ON person"
            " BEGIN UPDATE person SET roles = 'auditor'; END"
        ),
    ),
    "view_in_the_place_of_a_table": (
        "ALTER TABLE thing_version RENAME TO kept",
        "CREATE VIEW thing_version AS SELECT * FROM kept WHERE thing <> 'finding'",
    ),
    "log_that_takes_an_act_once": _AGAIN,
    "table_without_its_rules": (
        "CREATE TABLE made AS SELECT * FROM tombstone",
        "DROP TABLE tombstone",
        "ALTER TABLE made RENAME TO tombstone",
    ),
    "column_more": ("ALTER TABLE log ADD COLUMN more VARCHAR",),
    "table_more": ("CREATE TABLE more (a)",),
    "index_dropped": ("DROP INDEX log_case",),
    "index_over_other_columns": (
        "DROP INDEX log_case",
        "CREATE INDEX log_case ON log (case_number)",
    ),
    "revision_of_yesterday": ("UPDATE alembic_version SET version_num = '0001'",),
    "revision_of_tomorrow": ("UPDATE alembic_version SET version_num = '0003'",),
    "revision_before_the_first": ("UPDATE alembic_version SET version_num = '0000'",),
    "revision_spelt_otherwise": ("UPDATE alembic_version SET version_num = '00002'",),
    "revision_that_is_none": ("UPDATE alembic_version SET version_num = x'00'",),
    "revision_gone": ("DELETE FROM alembic_version",),
    "revisions_not_counted": ("DROP TABLE alembic_version",),
    "two_revisions": ("INSERT INTO alembic_version VALUES ('0003')",),
    "newer_shape_with_a_trigger": (
        "UPDATE alembic_version SET version_num = '0003'",
        "CREATE TABLE more (a)",
        "CREATE TRIGGER quiet BEFORE INSERT ON log BEGIN SELECT RAISE(IGNORE); END",
    ),
}
"""What is done to a whole database; of none of them may the check say that all is well."""


def _made(name: str) -> Callable[[Stand], object]:
    def make(stand: Stand) -> None:
        stand.sql(*SHAPES[name])

    make.__name__ = name
    return make


for _name in SHAPES:
    bad("index: shape changed", "schema_changed")(_made(_name))


@bad("index: names another archive", "database_of_another")
def setting_of_another_archive(stand: Stand) -> None:
    stand.sql("UPDATE setting SET value = 'x' WHERE name = 'archive'")


@bad("index: names another archive", "database_of_another")
def setting_gone(stand: Stand) -> None:
    stand.sql("DELETE FROM setting")


@bad("index: names another archive", "database_of_another")
def card_with_another_number(stand: Stand) -> None:
    card = stand.folder / "archive.json"
    said = json.loads(card.read_bytes())
    said["uuid"] = json.loads((stand.other / "archive.json").read_bytes())["uuid"]
    card.unlink()
    card.write_text(json.dumps(said))


@bad("index: shape changed", "schema_changed")
def newer_shape_and_revision(stand: Stand) -> None:
    """Nothing in the log tells of a newer program."""
    stand.sql("UPDATE alembic_version SET version_num = '0003'", "CREATE TABLE more (a)")


@bad("index: made by a newer program", "index_newer")
def newer_shape_and_a_forged_entry_of_its_migration(stand: Stand) -> None:
    """A true one and a forged one look the same, but both stand in the log for ever."""
    with open_archive(stand.folder, clock=later_clock(5), cost=CHEAP) as archive:
        data = {"from": "0002", "to": "0003"}
        archive._journal.write(Act(ActName.MIGRATION, SYSTEM, data=data))
    newer_shape_and_revision(stand)
