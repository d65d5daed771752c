"""A zip is kept as it came, its members besides; a bundle is asked first whether it is whole."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive.opening import Archive
from archive.records import Actor, IntakeReport
from tests.archive.conftest import CASE, SERIES
from tests.court_case import Case, bundled
from tests.virtopsy.exhibit.test_look import docx
from virtopsy.errors import StorageError
from virtopsy.jobs import Progress


def _take(archive: Archive, expert: Actor, source: Path, case: str = CASE) -> IntakeReport:
    return archive.intake.take_in(expert, source, case_number=case, progress=Progress())


def _codes(report: IntakeReport) -> dict[str, tuple[str, str]]:
    return {one.path: (one.code, one.reason or one.kind) for one in report.report}


def _zip(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_a_zip_is_kept_whole_and_its_members_are_files_of_the_case(
    archive: Archive, expert: Actor, scan: Path, tmp_path: Path
) -> None:
    members = {f"CT/{one.name}": one.read_bytes() for one in sorted(scan.glob("*.dcm"))}
    brought = _zip(tmp_path / "scan.zip", {**members, "../../notes.txt": b"by hand"})
    report = _take(archive, expert, brought)
    assert _codes(report) == {
        "scan.zip": ("stored", "container"),
        "scan.zip/CT/s1.dcm": ("stored", "dicom"),
        "scan.zip/CT/s2.dcm": ("stored", "dicom"),
        "scan.zip/CT/s3.dcm": ("stored", "dicom"),
        "scan.zip/../../notes.txt": ("stored", "document"),
    }
    for content in (brought.read_bytes(), *members.values()):
        name = hashlib.sha256(content).hexdigest()
        kept = archive.folder / "objects/sha256" / name[:2] / name[2:4] / name
        assert kept.read_bytes() == content
    assert len(archive.cases.series_files(expert, CASE, SERIES)) == 3
    assert archive.verify.run().ok


def test_a_document_that_is_a_zip_and_a_zip_within_a_zip_are_not_opened(
    archive: Archive, expert: Actor, tmp_path: Path
) -> None:
    inner = _zip(tmp_path / "inner.zip", {"a": b"x"}).read_bytes()
    inner_path = tmp_path / "inner.zip"
    inner_path.unlink()
    folder = tmp_path / "carrier"
    folder.mkdir()
    _zip(folder / "outer.zip", {"inner.zip": inner})
    (folder / "act.docx").write_bytes(docx())
    assert _codes(_take(archive, expert, folder)) == {
        "act.docx": ("stored", "document"),
        "outer.zip": ("stored", "container"),
        "outer.zip/inner.zip": ("stored", "container"),
    }


def _spoilt(whole: bytes, name: bytes, change: dict[int, int]) -> bytes:
    """Change bytes of a member's entry in the zip's directory."""
    raw = bytearray(whole)
    entry = raw.rfind(b"PK\x01\x02", 0, raw.rfind(name))
    for place, value in change.items():
        raw[entry + place] = value
    return bytes(raw)


def test_members_that_cannot_be_trusted_are_named_and_the_rest_goes_in(
    archive: Archive, expert: Actor, tmp_path: Path
) -> None:
    names = ("encrypted", "method", "lies", "link", "broken", "before")
    path = _zip(tmp_path / "odd.zip", {**{n: n.encode() * 40 for n in names}, "good": b"good"})
    whole = path.read_bytes()
    whole = _spoilt(whole, b"encrypted", {8: 1})
    whole = _spoilt(whole, b"method", {10: 12})
    whole = _spoilt(whole, b"lies", {27: 0x10})
    whole = _spoilt(whole, b"link", {41: 0xA1})
    whole = _spoilt(whole, b"broken", {16: 0xFF, 17: 0xFF})
    whole = _spoilt(whole, b"before", {44: 0xFF, 45: 0xFF})
    path.write_bytes(whole)
    codes = _codes(_take(archive, expert, path))
    assert codes.pop("odd.zip") == ("stored", "container")
    assert codes.pop("odd.zip/good") == ("stored", "document")
    assert {name: code for name, (code, _) in codes.items()} == {
        **{f"odd.zip/{name}": "refused" for name in names[:4]},
        "odd.zip/before": "zip_damaged",
        "odd.zip/broken": "zip_damaged",
    }
    assert [codes[f"odd.zip/{n}"][1] for n in names[:4]] == [f"zip_{n}" for n in names[:4]]


def test_a_zip_that_claims_far_too_much_is_kept_and_not_opened(
    archive: Archive, expert: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("zeros", bytes(300_000_000))
    report = _take(archive, expert, path)
    assert [(one.path, one.code, one.reason) for one in report.report] == [
        ("bomb.zip", "stored", ""),
        ("bomb.zip", "refused", "zip_bomb"),
    ]
    assert report.stored == 1


def test_members_the_disk_has_no_room_for_are_known_before_they_are_written(
    archive: Archive, expert: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _zip(tmp_path / "a.zip", {"zeros": bytes(1_000_000)})
    free = path.stat().st_size * 2
    monkeypatch.setattr("archive.storage.files.Files.free_bytes", lambda *_: free)
    with pytest.raises(StorageError, match="MB"):
        _take(archive, expert, path)
    assert archive.cases.list(expert) == ()


@pytest.mark.parametrize("zipped", [False, True])
def test_a_bundle_is_checked_by_its_verifier_and_all_of_it_goes_in(
    zipped: bool, case: Case, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle"
    bundled(case.archive, case.actor, bundle)
    source = Path(shutil.make_archive(str(bundle), "zip", bundle)) if zipped else bundle
    report = _take(case.archive, case.actor, source, "another")
    (flag,) = [one for one in report.flags if one.code.startswith("bundle")]
    assert flag.code == "bundle_unchanged"
    assert flag.facts["fingerprint"] == case.archive.fingerprint
    assert report.kinds["dicom"] > 0
    assert report.kinds["document"] > 5
    inside = sum(1 for one in bundle.rglob("*") if one.is_file())
    assert report.files == inside + zipped

    broken = shutil.copytree(bundle, tmp_path / "broken")
    (next(broken.rglob("IM*"))).unlink()
    flags = {one.code: one for one in _take(case.archive, case.actor, broken, "third").flags}
    assert flags["bundle_problems"].facts["n"] == 1


def test_a_damaged_zip_is_kept_and_said_to_be_one(
    archive: Archive, expert: Actor, tmp_path: Path
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("a", "b")
    (tmp_path / "cut.zip").write_bytes(content.getvalue()[:-10])
    report = _take(archive, expert, tmp_path / "cut.zip")
    assert _codes(report) == {"cut.zip": ("opaque", "damaged_zip")}
