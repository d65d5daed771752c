"""What was taken in is kept byte for byte, and the report says what became of each file."""

from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from archive.opening import Archive, create, open_archive
from archive.proof import canonical
from archive.records import Actor, Role
from archive.storage.files import Files
from tests.archive.conftest import CASE, CHEAP, SERIES, Clock, write_slice
from virtopsy.errors import AccessDenied, Cancelled, InputError, StorageError
from virtopsy.jobs import Progress


def _take(archive: Archive, expert: Actor, *sources: Path, case: str = CASE) -> dict[str, str]:
    report = archive.intake.take_in(expert, sources, case_number=case, progress=Progress())
    return {one.path: one.code for one in report.report}


def _state(folder: Path) -> tuple[int, list[Path]]:
    return len(list((folder / "objects").rglob("*"))), list((folder / "staging").iterdir())


def test_every_file_is_kept_byte_for_byte_under_its_hash(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    assert _take(archive, expert, scan) == {
        "readme.txt": "opaque",
        "s1.dcm": "stored",
        "s2.dcm": "stored",
        "s3.dcm": "stored",
    }
    for source in scan.iterdir():
        sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
        kept = archive.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256
        assert kept.read_bytes() == source.read_bytes()
        assert kept.stat().st_mode & 0o222 == 0
    assert _state(archive.folder)[1] == []


def test_the_report_counts_and_says_what_was_not_stated(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    report = archive.intake.take_in(
        expert, scan, case_number=CASE, basis="Order 7", progress=Progress()
    )
    counts = (report.files, report.stored, report.already, report.conflicts, report.opaque)
    assert counts == (4, 4, 0, 0, 1)
    assert report.bytes == sum(one.stat().st_size for one in scan.iterdir())
    assert report.not_stated == ("deliverer", "carrier", "seal", "agreement")
    (entry,) = [one for one in archive.log.entries(expert, CASE) if one.act == "import"]
    said = canonical.decode(entry.body)
    assert said["data"]["not_stated"] == ["deliverer", "carrier", "seal", "agreement"]
    assert "Order 7" not in entry.body.decode()


def test_the_series_manifest_lists_its_files(archive: Archive, expert: Actor, scan: Path) -> None:
    report = archive.intake.take_in(expert, scan, case_number=CASE, progress=Progress())
    files = archive.cases.series_files(expert, CASE, SERIES)
    assert [one.relative_path for one in files] == ["s1.dcm", "s2.dcm", "s3.dcm"]
    manifest = canonical.encode(
        [
            {"sha256": f.sha256, "size": f.size, "path": f.relative_path, "sop_uid": f.sop_uid}
            for f in files
        ]
    )
    assert report.series_manifests == {SERIES: canonical.sha256(manifest)}


def test_what_is_there_already_is_not_kept_twice(kept: Archive, expert: Actor, scan: Path) -> None:
    before = _state(kept.folder)[0]
    assert set(_take(kept, expert, scan).values()) == {"already"}
    assert _state(kept.folder)[0] == before + 3  # one intake object and its two folders


def test_a_study_in_two_cases_is_stored_once_and_neither_case_hears_of_the_other(
    kept: Archive, expert: Actor, scan: Path
) -> None:
    report = kept.intake.take_in(expert, scan, case_number="other", progress=Progress())
    assert (report.stored, report.already) == (4, 0)
    first, second = (kept.cases.open(expert, number) for number in (CASE, "other"))
    assert [one.manifest_sha256 for one in first.series] == [
        one.manifest_sha256 for one in second.series
    ]


def test_the_report_is_the_same_whether_or_not_another_persons_case_holds_the_bytes(
    kept: Archive, expert: Actor, scan: Path, tmp_path: Path
) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    second = kept.access.login("Second", "pw-pw-pw")
    create(tmp_path / "fresh", person="Second", password="pw-pw-pw", clock=Clock(), cost=CHEAP)
    told = []
    with open_archive(tmp_path / "fresh", clock=Clock(), cost=CHEAP) as fresh:
        alone = fresh.access.login("Second", "pw-pw-pw")
        for archive, actor in ((kept, second), (fresh, alone)):
            report = archive.intake.take_in(actor, scan, case_number="7", progress=Progress())
            told.append(replace(report, seconds=0.0, seq=0, intake_sha256=""))
    assert told[0] == told[1]


def test_the_same_sop_uid_with_other_bytes_is_kept_beside_and_flagged(
    kept: Archive, expert: Actor, tmp_path: Path
) -> None:
    more = tmp_path / "more"
    more.mkdir()
    write_slice(more / "s1.dcm", 1, filler=100)
    write_slice(more / "s4.dcm", 4)
    assert _take(kept, expert, more) == {"s1.dcm": "conflict", "s4.dcm": "stored"}
    assert len(kept.cases.series_files(expert, CASE, SERIES)) == 5


def test_links_pipes_sockets_and_folders_without_files_are_named_not_followed(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    (scan / "link.dcm").symlink_to("/etc/hostname")
    (scan / "out").symlink_to("/etc")
    os.mkfifo(scan / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(scan / "socket"))
        codes = _take(archive, expert, scan)
    assert codes["link.dcm"] == codes["out"] == "link"
    assert codes["pipe"] == codes["socket"] == "special"
    assert len(codes) == 8


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 128 + b"DICM",
        b"\0" * 128 + b"DICM" + os.urandom(300),
        b"\0" * 128 + b"DICM\x02\x00\x10\x00UI\xff\xff",
        b"\xfe\xff\x00\xe0\xff\xff\xff\xff" * 4000,
    ],
)
def test_a_malformed_file_is_kept_as_it_is_and_stops_nothing(
    content: bytes, archive: Archive, expert: Actor, scan: Path
) -> None:
    (scan / "bad.dcm").write_bytes(content)
    codes = _take(archive, expert, scan)
    assert codes["bad.dcm"] == "opaque"
    assert codes["s1.dcm"] == "stored"


@pytest.mark.parametrize("uid", ["../../x", "1.2.3\\4", "", "1" * 65, "1.2 .3"])
def test_a_hostile_uid_builds_no_path_and_no_series(
    uid: str, archive: Archive, expert: Actor, scan: Path
) -> None:
    for one in scan.glob("*.dcm"):
        one.unlink()
    raw = scan.parent / "raw.dcm"
    write_slice(raw, 1, series="1.2.33333333333")
    text = raw.read_bytes()
    hostile = uid.encode().ljust(16, b" ")[:16] if len(uid) < 60 else b"1x11111111111111"
    (scan / "bad.dcm").write_bytes(text.replace(b"1.2.33333333333\0", hostile))
    assert _take(archive, expert, scan)["bad.dcm"] == "opaque"
    assert archive.cases.open(expert, CASE).series == ()


def test_names_of_any_bytes_are_kept_readably(archive: Archive, expert: Actor, scan: Path) -> None:
    odd = os.fsencode(scan) + b"/\xff\xfe.dcm"
    with open(odd, "wb") as file:  # noqa: PTH123 -- a name that is no text
        file.write(b"x")
    decomposed = scan / "e\u0301.txt"
    decomposed.write_text("y")
    codes = _take(archive, expert, scan)
    assert "\\udcff\\udcfe.dcm" in codes
    assert "\u00e9.txt" in codes
    assert archive.verify.run().ok


def test_cancelling_records_nothing_and_leaves_nothing(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    before = _state(archive.folder)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        archive.intake.take_in(expert, scan, case_number=CASE, progress=progress)
    assert _state(archive.folder) == before
    assert archive.cases.list(expert) == ()


@pytest.mark.parametrize("name", ["gone", "empty", "own", "above"])
def test_a_source_that_cannot_be_taken_is_refused_in_words(
    name: str, archive: Archive, expert: Actor, tmp_path: Path
) -> None:
    source = tmp_path / name
    if name == "empty":
        source.mkdir()
    source = {"own": archive.folder / "objects", "above": tmp_path}.get(name, source)
    with pytest.raises(InputError):
        _take(archive, expert, source)
    assert archive.cases.list(expert) == ()


@pytest.mark.parametrize("number", ["", " ", "x" * 65, "a\nb\x07"])
def test_a_case_number_nobody_can_read_is_refused(
    number: str, archive: Archive, expert: Actor, scan: Path
) -> None:
    with pytest.raises(InputError):
        _take(archive, expert, scan, case=number)


def test_another_persons_case_takes_nothing_from_me(
    kept: Archive, expert: Actor, scan: Path
) -> None:
    kept.access.add_person(expert, "Second", "pw-pw-pw", [Role.EXPERT])
    second = kept.access.login("Second", "pw-pw-pw")
    with pytest.raises(AccessDenied):
        _take(kept, second, scan)


def test_a_full_disk_is_known_before_anything_is_copied(
    archive: Archive, expert: Actor, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Files, "free_bytes", lambda *_: 100)
    before = _state(archive.folder)
    with pytest.raises(StorageError):
        _take(archive, expert, scan)
    assert _state(archive.folder) == before


def test_real_scanner_files_come_back_byte_for_byte(
    archive: Archive, expert: Actor, shared_data: Path
) -> None:
    source = shared_data / "ct_localizer_and_secondary"
    report = archive.intake.take_in(expert, source, case_number=CASE, progress=Progress())
    assert report.files == sum(1 for one in source.rglob("*") if one.is_file())
    for uid in report.series_manifests:
        for one in archive.cases.series_files(expert, CASE, uid):
            original = source / one.relative_path
            assert one.path_in_archive.read_bytes() == original.read_bytes()
    assert archive.verify.run().ok
