"""Bad archives: each is made by a function of its own from a whole one, with its codes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.faults.stand import Stand, database_of, flipped, spoil

Asked: TypeAlias = dict[str, Any]
"""Arguments of `verify_folder`."""


@dataclass(frozen=True)
class Bad:
    """A bad archive, or one of which something must be said.

    Attributes:
        make: spoils the archive at the stand; returns how the check is asked, if otherwise.
        codes: what `verify` must find, faults and notes, whatever else it finds.
        row: where the table counts it.
    """

    make: Callable[[Stand], object]
    codes: frozenset[str]
    row: str

    def asked(self, stand: Stand) -> Asked:
        """Spoil the archive at the stand, and return how the check is asked."""
        made = self.make(stand)
        return made if isinstance(made, dict) else {}


BAD: dict[str, Bad] = {}


def bad(row: str, *codes: str) -> Callable[[Callable[[Stand], object]], Callable[[Stand], object]]:
    """Put a function into the corpus."""

    def taken(make: Callable[[Stand], object]) -> Callable[[Stand], object]:
        BAD[make.__name__] = Bad(make, frozenset(codes), row)
        return make

    return taken


# ... what lies in objects/


@bad("storage: two objects swapped", "object_changed")
def two_objects_swapped(stand: Stand) -> None:
    first, second = stand.objects()[:2]
    between = first.with_suffix(".between")
    first.rename(between)
    second.rename(first)
    between.rename(second)


@bad("storage: object missing", "object_missing")
def every_object_missing(stand: Stand) -> None:
    shutil.rmtree(stand.folder / "objects")


@bad("storage: object missing", "object_missing")
def object_turned_into_a_link_to_the_same_bytes(stand: Stand) -> None:
    path = stand.objects()[0]
    path.rename(stand.folder.parent / "elsewhere")
    path.symlink_to(stand.folder.parent / "elsewhere")


@bad("storage: object missing", "object_missing")
def object_turned_into_a_folder(stand: Stand) -> None:
    path = stand.objects()[0]
    path.unlink()
    path.mkdir()


@bad("storage: object missing", "object_missing")
def object_turned_into_a_pipe(stand: Stand) -> None:
    path = stand.objects()[0]
    path.unlink()
    os.mkfifo(path)


# ... the database as a file


@bad("storage: database damaged", "database_damaged")
def database_missing(stand: Stand) -> None:
    stand.database.unlink()


@bad("storage: database damaged", "database_damaged")
def database_emptied(stand: Stand) -> None:
    spoil(stand.database, lambda content: content.clear())


@bad("storage: database damaged", "database_damaged")
def database_cut_in_the_middle(stand: Stand) -> None:
    os.truncate(stand.database, stand.database.stat().st_size // 2)


@bad("storage: database damaged", "database_damaged")
def database_turned_into_a_folder(stand: Stand) -> None:
    stand.database.unlink()
    stand.database.mkdir()


@bad("storage: database damaged", "database_damaged")
def table_dropped(stand: Stand) -> None:
    stand.sql("DROP TABLE source_file")


@bad("storage: database of another archive", "log_body_changed")
def database_of_another_archive(stand: Stand) -> None:
    shutil.copyfile(database_of(stand.other), stand.database)


@bad("storage: database of an earlier day", "log_tail_cut")
def database_of_an_earlier_day(stand: Stand) -> None:
    shutil.copyfile(database_of(stand.earlier), stand.database)


@bad("storage: card damaged", "card_damaged")
def card_garbled(stand: Stand) -> None:
    spoil(stand.folder / "archive.json", flipped(0))


@bad("storage: card damaged", "log_body_changed", "checkpoint_unreadable")
def card_of_another_archive(stand: Stand) -> None:
    card = stand.folder / "archive.json"
    card.unlink()
    shutil.copyfile(stand.other / "archive.json", card)


# ... rows of the index


@bad("index: row edited", "row_changed")
def role_given_in_the_database(stand: Stand) -> None:
    stand.sql("UPDATE person SET roles = roles || ' auditor' WHERE name = 'Second'")


@bad("index: row edited", "row_changed")
def role_that_there_is_not(stand: Stand) -> None:
    stand.sql("UPDATE person SET roles = 'king' WHERE name = 'Second'")


@bad("index: row edited", "row_changed")
def number_of_wrong_passwords_that_is_none(stand: Stand) -> None:
    stand.sql("UPDATE person SET failures = 'x' WHERE name = 'Second'")


@bad("index: row edited", "row_changed")
def time_of_a_wrong_password_that_is_none(stand: Stand) -> None:
    stand.sql("UPDATE person SET failures = 9, last_failure = 'x'")


@bad("index: row edited", "row_changed")
def password_of_another_person_laid_in(stand: Stand) -> None:
    stand.sql(
        "UPDATE person SET credential_sha256 ="
        " (SELECT credential_sha256 FROM person WHERE name = 'Second') WHERE name != 'Second'"
    )


@bad("index: row edited", "row_changed")
def disabled_person_let_in_again(stand: Stand) -> None:
    stand.sql("UPDATE person SET disabled = 0 WHERE name = 'Gone'")


@bad("index: row edited", "row_changed")
def case_given_to_another_person(stand: Stand) -> None:
    stand.sql(
        "UPDATE investigation SET owner = (SELECT person_id FROM person WHERE name = 'Second')"
    )


@bad("index: row edited", "row_changed")
def body_renamed(stand: Stand) -> None:
    stand.sql("UPDATE series SET patient_name = 'x'")


@bad("index: row edited", "row_changed")
def finding_withdrawn_in_the_database(stand: Stand) -> None:
    stand.sql("UPDATE thing_version SET withdrawn = 1")


@bad("index: row deleted", "row_missing")
def finding_deleted_from_the_index(stand: Stand) -> None:
    stand.sql("DELETE FROM thing_version")


@bad("index: row deleted", "row_missing")
def file_deleted_from_the_index(stand: Stand) -> None:
    stand.sql("DELETE FROM source_file WHERE path = 's1.dcm'")


@bad("index: row added", "row_extra")
def person_slipped_in(stand: Stand) -> None:
    stand.sql(
        "CREATE TABLE one AS SELECT * FROM person WHERE name = 'Second'",
        "UPDATE one SET person_id = 'x', name = 'X', folded_name = 'x'",
        "INSERT INTO person SELECT * FROM one",
        "DROP TABLE one",
    )
