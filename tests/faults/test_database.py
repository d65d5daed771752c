"""A database that was spoilt as a file, or lost the journal it needed, is found or is as it was."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive.opening import open_archive, verify_folder
from archive.records import LogQuery, Shut
from tests.archive.conftest import CASE, CHEAP, PASSWORD, track
from tests.faults.acts import KEEPER, later_clock
from tests.faults.conftest import some
from tests.faults.facts import digest
from tests.faults.reads import every_answer_is_in_words
from tests.faults.stand import Stand, spoil
from tests.faults.table import Tally
from virtopsy.errors import AccessDenied, StorageError

_PAGE = 4096
_AT = later_clock(9)
_PAGES = 40
"""No more than the stand's database has."""
_KILLED_IN_A_TRANSACTION = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size=1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE log SET ts = 'x'")
connection.execute("UPDATE thing_version SET withdrawn = 1")
connection.execute("UPDATE series SET description = ?", ("x" * 50_000,))
connection.execute("UPDATE setting SET value = ? WHERE name != 'archive'", ("y" * 50_000,))
os.kill(os.getpid(), signal.SIGKILL)
"""


def _rows(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("page", some(range(_PAGES), 2))
def test_a_flipped_database_page_is_found_or_changes_nothing(
    page: int, stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    content = place.database.read_bytes()
    assert len(content) >= _PAGES * _PAGE
    good = _rows(place.database)
    for at in some((0, 1, 5, 100, _PAGE // 2, _PAGE - 1), 1):
        with tally.attempt("storage: database page flipped", (page, at)):
            changed = bytearray(content)
            changed[page * _PAGE + at] ^= 0x10
            place.database.write_bytes(changed)
            if verify_folder(place.folder, clock=_AT).ok:
                # Behind the last entry of a page, or a counter that nobody reads.
                place.database.write_bytes(changed)
                assert _rows(place.database) == good
            else:
                assert place.database.read_bytes() == changed, "what is damaged is not written to"
            every_answer_is_in_words(place.folder)
    place.database.write_bytes(content)


@pytest.mark.parametrize("garble", some(range(40), 1))
def test_random_bytes_in_the_database_never_crash_the_check(
    garble: int, stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    good = _rows(place.database)

    def change(content: bytearray) -> None:
        start = (garble * 7919 * 512) % (len(content) - 512)
        content[start : start + 512] = os.urandom(512)

    with tally.attempt("storage: database garbled", garble):
        spoil(place.database, change)
        changed = place.database.read_bytes()
        if verify_folder(place.folder, clock=_AT).ok:
            place.database.write_bytes(changed)
            assert _rows(place.database) == good
        every_answer_is_in_words(place.folder)


def _killed(place: Stand) -> Path:
    """Let a program die within a transaction that has written into the file already."""
    arguments = [sys.executable, "-c", _KILLED_IN_A_TRANSACTION, str(place.database)]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    journal = place.database.with_name("archive.sqlite-journal")
    assert journal.stat().st_size > _PAGE
    return journal


def test_a_hot_journal_is_rolled_back_and_nothing_is_lost(
    stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    good = _rows(place.database)
    with tally.attempt("storage: hot journal"):
        _killed(place)
        assert verify_folder(place.folder, clock=_AT).ok
        with closing(sqlite3.connect(place.database)) as connection:
            connection.execute("DELETE FROM log WHERE act = 'verify'")
            connection.execute("DELETE FROM log WHERE act = 'clock.jump' AND seq > 10")
            assert [one for one in connection.iterdump() if "setting" in one] == [
                one for one in good if "setting" in one
            ]


def test_a_hot_journal_that_was_deleted_is_found(stand: Callable[[], Stand], tally: Tally) -> None:
    place = stand()
    with tally.attempt("storage: hot journal deleted"):
        _killed(place).unlink()
        assert not verify_folder(place.folder, clock=_AT).ok
        every_answer_is_in_words(place.folder)


def test_a_journal_of_yesterday_that_is_laid_in_is_found(
    stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    with tally.attempt("storage: journal laid in"):
        other = stand()
        journal = _killed(other)
        # It would bring back pages as they were before the newest acts.
        with open_archive(place.folder, clock=later_clock(5), cost=CHEAP) as archive:
            keeper = archive.access.login(KEEPER, PASSWORD)
            archive.cases.add_finding(keeper, CASE, track("later"))
            archive.log.checkpoint(keeper)
        shutil.copyfile(journal, place.database.with_name(journal.name))
        assert not verify_folder(place.folder, clock=_AT).ok


def test_a_journal_that_is_a_folder_or_garbage_is_said_or_harmless(
    stand: Callable[[], Stand], tally: Tally
) -> None:
    for number, make in enumerate(
        (lambda path: path.mkdir(), lambda path: path.write_bytes(os.urandom(9000)))
    ):
        place = stand()
        with tally.attempt("storage: journal laid in", number):
            make(place.database.with_name("archive.sqlite-journal"))
            report = verify_folder(place.folder, clock=_AT)
            assert report.checked.files
            every_answer_is_in_words(place.folder)


def test_an_archive_on_a_read_only_volume_is_read_and_says_why_nothing_is_recorded(
    stand: Callable[[], Stand], tally: Tally, mounted_read_only: Callable[[Path], Path]
) -> None:
    place = stand()
    view = mounted_read_only(place.folder)
    before = digest(place.folder)
    with tally.attempt("storage: read-only volume"):
        report = verify_folder(view, clock=_AT)
        assert report.ok, [str(one) for one in report.problems]
        with open_archive(view, clock=_AT, cost=CHEAP) as archive:
            assert archive.shut is Shut.PLACE
            keeper = archive.access.login(KEEPER, PASSWORD)
            assert CASE in {one.number for one in archive.cases.list(keeper)}
            case = archive.cases.open(keeper, CASE)
            assert archive.cases.series_files(keeper, CASE, case.series[0].series_uid)
            assert archive.versions.history(keeper, CASE, case.findings[0].finding_id)
            assert archive.search.find(keeper, CASE).total
            assert archive.log.page(keeper, LogQuery()).size
            assert archive.anchors.last(keeper)
            for act in (
                lambda: archive.cases.add_finding(keeper, CASE, track("new")),
                lambda: archive.log.checkpoint(keeper),
                lambda: archive.access.disable(keeper, "Second"),
            ):
                with pytest.raises(StorageError, match="cannot be written"):
                    act()
            archive.access.logout(keeper)
            with pytest.raises(AccessDenied):
                archive.access.login(KEEPER, "another one")
        assert digest(place.folder) == before
