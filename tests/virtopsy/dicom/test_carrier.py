"""Folders, long paths and zips: what lies there is read, what is a trap is named."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from virtopsy.dicom import carrier
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan
from virtopsy.errors import InputError
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

Load = Callable[..., Volume]
SIX = [(0, 0, 2.0 * k) for k in range(6)]


def zipped(folder: Path, out: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(out, "w", method) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return out


def reasons(path: Path) -> dict[str, str]:
    """The variant of the reason for each file that was left out."""
    found = scan(path, Progress())
    return {str(one.path.relative_to(path)): one.problem.variant for one in found.skipped}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_gives_the_same_volume_as_its_folder(
    tmp_path: Path, write_stack: Any, load: Load, method: int
) -> None:
    write_stack(tmp_path / "a" / "b", SIX)
    out = zipped(tmp_path / "a", tmp_path / "scan.zip", method)
    here, there = load(tmp_path / "a"), load(out)
    assert np.array_equal(here.voxels, there.voxels)
    assert here.frame.same_as(there.frame)
    assert there.sources[0].path == out / "b" / "0000"


@pytest.mark.parametrize("name", ["enhanced_multiframe", "ct_gunshot_02", "compressed_same_image"])
def test_a_zip_of_real_files_holds_what_their_folder_holds(
    tmp_path: Path, shared_data: Path, name: str
) -> None:
    out = zipped(shared_data / name, tmp_path / "scan.zip")
    here, there = scan(shared_data / name, Progress()), scan(out, Progress())
    assert [s.key for t in there.studies for s in t.series] == [
        s.key for t in here.studies for s in t.series
    ]
    one = choose(here, None)
    other = choose(there, one.key)
    volumes = [
        assemble(series, study_of(found, series), Progress())
        for found, series in ((here, one), (there, other))
    ]
    assert np.array_equal(volumes[0].voxels, volumes[1].voxels)


def test_nothing_of_a_zip_is_written_anywhere(tmp_path: Path, write_stack: Any, load: Load) -> None:
    write_stack(tmp_path / "a", SIX)
    out = tmp_path / "in" / "scan.zip"
    out.parent.mkdir()
    with zipfile.ZipFile(out, "w") as archive:
        for number, path in enumerate(sorted((tmp_path / "a").iterdir())):
            archive.write(path, f"../../outside/{number}")
        archive.writestr("/etc/absolute", b"x")
    load(out)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "in"]
    assert [one.name for one in out.parent.iterdir()] == ["scan.zip"]


def test_a_slice_damaged_within_its_zip_is_left_empty_and_named(
    tmp_path: Path, write_stack: Any, load: Load
) -> None:
    large = np.ones((6, 256, 256), np.int16)  # its header is read without all of its pixels
    write_stack(tmp_path / "a", SIX, pixels=large)
    out = zipped(tmp_path / "a", tmp_path / "scan.zip", zipfile.ZIP_STORED)
    content = bytearray(out.read_bytes())
    with zipfile.ZipFile(out) as archive:
        place = archive.getinfo("0003").header_offset + 30 + 4
        size = archive.getinfo("0003").file_size
    content[place + size - 3] ^= 1  # a pixel: only the checksum of the zip tells
    out.write_bytes(content)
    volume = load(out)
    assert volume.gaps == (3,)
    assert volume.unread[0].path == out / "0003"


def test_traps_of_a_zip_are_named_and_the_rest_is_read(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "a", SIX)
    out = zipped(tmp_path / "a", tmp_path / "scan.zip")
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("rare", b"text" * 100, zipfile.ZIP_BZIP2)
        archive.writestr("inner.zip", (tmp_path / "scan.zip").read_bytes()[:200])
        archive.writestr("bomb", bytes(300_000_000), zipfile.ZIP_DEFLATED)
    found = scan(out, Progress())
    told = {one.path.name: one.problem.variant for one in found.skipped}
    assert told == {
        "link": "zip_link",
        "rare": "zip_method",
        "inner.zip": "not_dicom",
        "bomb": "not_dicom",
    }
    assert found.studies[0].series[0].frames == 6
    for one in found.skipped:
        assert all(one.problem.sentence(language) for language in Language)


def test_a_locked_member_is_named(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "a", SIX)
    out = zipped(tmp_path / "a", tmp_path / "scan.zip")
    content = bytearray(out.read_bytes())
    at = content.rfind(b"PK\x01\x02")  # the last entry of the directory
    content[at + 8] |= 1
    out.write_bytes(content)
    assert list(reasons(out).values()) == ["zip_encrypted"]


def test_a_member_that_claims_to_be_larger_than_its_bytes_is_named(
    tmp_path: Path, write_stack: Any
) -> None:
    write_stack(tmp_path / "a", SIX)
    out = zipped(tmp_path / "a", tmp_path / "scan.zip")
    content = bytearray(out.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1 << 31).to_bytes(4, "little")
    out.write_bytes(content)
    assert list(reasons(out).values()) == ["zip_lies"]


def test_a_file_shorter_than_its_zip_says_is_no_trap(tmp_path: Path, write_stack: Any) -> None:
    write_stack(tmp_path / "a", SIX)
    out = zipped(tmp_path / "a", tmp_path / "scan.zip")
    content = bytearray(out.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    size = int.from_bytes(content[at + 24 : at + 28], "little")
    content[at + 24 : at + 28] = (20 * size).to_bytes(4, "little")
    out.write_bytes(content)
    assert list(reasons(out).values()) in (["damaged"], [])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255), keep=st.floats(0.2, 1.0))
def test_a_damaged_zip_is_one_sentence_or_less_content(
    tmp_path: Path, write_stack: Any, place: int, flip: int, keep: float
) -> None:
    if not (tmp_path / "whole.zip").exists():
        write_stack(tmp_path / "a", SIX)
        zipped(tmp_path / "a", tmp_path / "whole.zip")
    content = bytearray((tmp_path / "whole.zip").read_bytes())
    content[place % len(content)] ^= flip
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content[: round(len(content) * keep)])
    with suppress(InputError):
        assert scan(bad, Progress()).files <= 7


def test_names_of_a_zip_without_a_flag_are_read_as_their_packer_wrote_them(
    tmp_path: Path, write_stack: Any
) -> None:
    paths = write_stack(tmp_path / "a", SIX[:1])
    out = tmp_path / "scan.zip"
    wrong = "Иванов/снимок".encode("cp866")
    with zipfile.ZipFile(out, "w") as archive:
        archive.write(paths[0], "x" * len(wrong))
    content = out.read_bytes().replace(b"x" * len(wrong), wrong)
    out.write_bytes(content)
    found = scan(out, Progress())
    assert found.studies[0].series[0].instances[0].place == out / "Иванов" / "снимок"


def test_a_path_longer_than_the_system_takes_at_once_is_read(
    tmp_path: Path, write_stack: Any
) -> None:
    paths = write_stack(tmp_path / "a", SIX)
    start = Path.cwd()
    top = tmp_path / "deep"
    top.mkdir()
    os.chdir(top)
    try:
        for _ in range(30):
            Path("ж" * 100).mkdir()  # 200 bytes each: 6,000 in all
            os.chdir("ж" * 100)
        for path in paths:
            shutil.copy(path, path.name)
    finally:
        os.chdir(start)
    try:
        found = scan(top, Progress())
        series = choose(found, None)
        volume = assemble(series, study_of(found, series), Progress())
        assert volume.voxels.shape[0] == 6
        assert len(str(series.instances[0].path)) > 3000
        assert not found.skipped
    finally:
        shutil.rmtree(top)


def test_a_name_that_is_no_text_is_read(tmp_path: Path, write_stack: Any) -> None:
    paths = write_stack(tmp_path / "a", SIX)
    paths[2].rename(os.fsdecode(os.fsencode(tmp_path / "a") + b"/\xc8\xe2\xe0\xed"))
    assert scan(tmp_path, Progress()).studies[0].series[0].frames == 6


def test_more_members_than_any_scan_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "MOST_MEMBERS", 3)
    out = tmp_path / "many.zip"
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(5):
            archive.writestr(str(number), b"")
    with pytest.raises(zipfile.BadZipFile):
        carrier.zip_listing(str(out))


def test_two_files_are_the_same_only_byte_for_byte(tmp_path: Path) -> None:
    for name, content in (("a", b"x" * 99_999), ("b", b"x" * 99_999), ("c", b"x" * 99_998 + b"y")):
        (tmp_path / name).write_bytes(content)
    one, same, other, gone = (carrier.Address(str(tmp_path / name)) for name in "abcd")
    assert carrier.fingerprint(one) == carrier.fingerprint(same)
    assert carrier.fingerprint(one) != carrier.fingerprint(other)
    assert carrier.fingerprint(one, 99_998) == carrier.fingerprint(other, 99_998)
    assert carrier.fingerprint(gone) is None
