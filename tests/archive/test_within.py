"""Nothing is put into an archive but by the archive itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.opening import Archive, create
from archive.records import Actor
from archive.recovery import restore_backup
from archive.within import refuse_within
from archive.witnessing import station, stick
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from virtopsy.errors import InputError
from virtopsy.jobs import Progress


def _names(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_place_in_an_archive_is_refused_over_links_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder / "objects")
    (tmp_path / "file.pdf").symlink_to(folder / "objects/not-yet.pdf")
    for place in (folder / "a.pdf", folder / "db/x/y", tmp_path / "link/a", tmp_path / "file.pdf"):
        with pytest.raises(InputError) as refused:
            refuse_within(place)
        assert refused.value.facts["archive"] == Path(os.path.realpath(folder))
    refuse_within(folder.parent / "beside.pdf")


def test_a_file_that_others_call_archive_json_makes_no_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.json").write_text("{}")
    refuse_within(tmp_path / "a.pdf")


def test_no_archive_is_made_within_another(folder: Path, clock: Clock) -> None:
    before = _names(folder)
    with pytest.raises(InputError, match="within the archive"):
        create(folder / "objects/new", person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    assert _names(folder) == before


def test_no_archive_is_restored_within_another(
    archive: Archive, expert: Actor, clock: Clock, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    archive.backup.write(expert, disk, password=PASSWORD, progress=Progress())
    before = _names(archive.folder)
    with pytest.raises(InputError, match="within the archive"):
        restore_backup(
            disk, archive.folder / "sub", password=PASSWORD, clock=clock, progress=Progress()
        )
    assert _names(archive.folder) == before


def test_nothing_is_handed_out_into_another_archive(
    kept: Archive, expert: Actor, clock: Clock, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    create(other, person="X", password="pw-pw-pw", clock=clock, cost=CHEAP)
    before = _names(other)
    log, new = other / "log", other / "objects" / "sha256" / "bb"
    acts: list[Callable[[], object]] = [
        lambda: kept.court.refuse_place(expert, new),
        lambda: kept.court.bundle(
            expert, CASE, new, pictures=(), conclusion_pdf={}, progress=Progress()
        ),
        lambda: kept.case_proofs.write(expert, CASE, new),
        lambda: kept.backup.write(expert, log, password=PASSWORD, progress=Progress()),
        lambda: kept.backup.write(expert, other, password=PASSWORD, progress=Progress()),
        lambda: kept.witnesses.request(expert, log),
        lambda: station(other / "home", clock=clock),
        lambda: station(other, clock=clock),
        lambda: stick(other),
    ]
    for act in acts:
        with pytest.raises(InputError, match="within the archive"):
            act()
    assert _names(other) == before


def test_a_witness_is_not_asked_within_the_archive_itself_and_no_entry_says_so(
    archive: Archive, expert: Actor
) -> None:
    before = _names(archive.folder)
    for place in (archive.folder, archive.folder / "db", archive.folder / "log"):
        with pytest.raises(InputError, match="within the archive"):
            archive.witnesses.request(expert, place)
    assert _names(archive.folder) == before
    assert "witness.request" not in {one.act for one in archive.log.entries(expert)}
