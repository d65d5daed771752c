"""The index of words is kept in order a little at a time."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from archive.records import CaseRow, Person, SearchItem
from archive.storage.unit_of_work import SqliteDatabase

_ACTS = 300
_TOUCHED = 40  # pages; FTS5 by itself comes to 70 here, and to hundreds in a large archive


def test_no_act_that_adds_words_pays_for_the_sixty_three_before_it(tmp_path: Path) -> None:
    database = SqliteDatabase.create(tmp_path / "index.sqlite", "an archive")
    with database._engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA synchronous=OFF")
    with database.writing() as work:
        work.persons.add(
            Person("p", "P", (), disabled=False, person_sha256="", credential_sha256="")
        )
        work.cases.add(CaseRow("1", "p", ""))
        work.commit()
    touched = []
    for number in range(_ACTS):
        said: list[str] = []
        driver.set_trace_callback(said.append)
        text = hashlib.sha512(str(number).encode()).hexdigest()
        with database.writing() as work:
            work.search.put([SearchItem("1", "finding", str(number), "", text, text)])
            work.commit()
        touched.append(sum("search_text_data" in one for one in said))
    assert max(touched) <= _TOUCHED
    with database.reading() as work:
        assert work.search.count("p", ["0"], 5) == 5
        (found,) = work.search.find("p", [hashlib.sha512(b"7").hexdigest()[:40]], 5)
    assert found.id == "7"
    assert database.search_is_whole()
    database.close()
