"""Hostile files cost the program nothing: kept byte for byte or named, never opened, never run."""

from __future__ import annotations

import hashlib
import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.opening import Archive, open_archive
from archive.records import Actor
from tests.archive.conftest import CHEAP, PASSWORD, SERIES, write_slice
from tests.faults.acts import KEEPER, later_clock
from tests.faults.conftest import some
from tests.faults.hostile import DICOM, FOLDERS
from tests.faults.stand import Stand
from tests.faults.table import Tally
from virtopsy.errors import StorageError, VirtopsyError
from virtopsy.jobs import Progress

_NUMBER = "hostile"
_LONGEST_PATH = 3500
_MOST_BYTES = 500_000_000


@pytest.fixture
def opened(stand: Callable[[], Stand]) -> tuple[Archive, Actor]:
    archive = open_archive(stand().folder, clock=later_clock(5), cost=CHEAP)
    return archive, archive.access.login(KEEPER, PASSWORD)


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Path]:
    """A folder with one good slice beside what is hostile."""
    folder = tmp_path / "carrier"
    folder.mkdir()
    write_slice(folder / "good.dcm", 1)
    yield folder
    # Python's own removal goes no deeper than its stack.
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.mark.parametrize("name", some(list(DICOM), 5))
def test_a_bad_file_is_kept_byte_for_byte_beside_the_good_ones(
    name: str, opened: tuple[Archive, Actor], carrier: Path, tally: Tally
) -> None:
    archive, keeper = opened
    content = DICOM[name]()
    (carrier / "bad.dcm").write_bytes(content)
    with archive, tally.attempt("DICOM: bad file taken in", name):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        report = archive.intake.take_in(keeper, carrier, case_number=_NUMBER, progress=Progress())
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        assert grown < _MOST_BYTES, f"{grown} bytes more"
        codes = {one.path: one.code for one in report.report}
        assert codes["good.dcm"] == "stored"
        assert codes["bad.dcm"] in {"stored", "opaque", "conflict"}
        _are_kept(archive, carrier)
        _is_read(archive, keeper)
        assert archive.verify.run().ok


@pytest.mark.parametrize("name", some(list(FOLDERS), 4))
def test_a_hostile_folder_is_taken_in_without_following_or_opening_anything(
    name: str, opened: tuple[Archive, Actor], carrier: Path, tally: Tally
) -> None:
    archive, keeper = opened
    if name == "device" and os.geteuid() != 0:
        pytest.skip("this account makes no devices")
    FOLDERS[name](carrier)
    with archive, tally.attempt("files: hostile folder taken in", name):
        if name == "sparse_file_of_a_terabyte":
            with pytest.raises(StorageError, match="needed"):
                archive.intake.take_in(keeper, carrier, case_number=_NUMBER, progress=Progress())
            return
        report = archive.intake.take_in(keeper, carrier, case_number=_NUMBER, progress=Progress())
        assert "good.dcm" in {one.path for one in report.report}
        _are_kept(archive, carrier)
        assert not (archive.folder / "etc").exists()
        for one in archive.folder.rglob("*"):
            assert stat.S_ISREG(one.lstat().st_mode) or one.is_dir(), one
        assert archive.verify.run().ok


def _are_kept(archive: Archive, carrier: Path) -> None:
    """Every regular file of the carrier that has a path the system can say lies in the archive."""
    waiting = [os.fspath(carrier)]
    while waiting:  # not by rglob: some folders lie too deep for it
        with os.scandir(waiting.pop()) as inside:
            for one in inside:
                if one.is_dir(follow_symlinks=False) and len(one.path) < _LONGEST_PATH:
                    waiting.append(one.path)
                elif one.is_file(follow_symlinks=False):
                    content = Path(one.path).read_bytes()
                    sha256 = hashlib.sha256(content).hexdigest()
                    kept = archive.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4]
                    assert (kept / sha256).read_bytes() == content


def _is_read(archive: Archive, keeper: Actor) -> None:
    """The case with it opens, is listed, is searched, and its good series is read."""
    case = archive.cases.open(keeper, _NUMBER)
    assert SERIES in {one.series_uid for one in case.series}
    archive.cases.list(keeper)
    assert archive.cases.series_files(keeper, _NUMBER, SERIES)
    try:
        archive.search.find(keeper, "A^B")
    except VirtopsyError as error:
        pytest.fail(str(error))
