from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import compress, crc32

import pytest

from archive.opening import Archive
from archive.records import Actor
from archive.services.bundling import BundleReport
from resources.bundle import verify
from tests.court_case import NUMBER, SERIES, open_case
from tests.virtopsy.findings.some import one_of_each
from viewer.presenters.archive.kept_scan import load_case
from viewer.presenters.court.export import Export, export_bundle, write_conclusion
from viewer.presenters.examine.opening import Opened
from virtopsy.case.changes import changes
from virtopsy.case.commands import StateSubject
from virtopsy.case.subject import Subject
from virtopsy.errors import InputError, UsageError
from virtopsy.findings.numbered import Numbered
from virtopsy.findings.record import to_record
from virtopsy.imaging.volume import Volume
from virtopsy.jobs import Progress
from virtopsy.language import Language

_WHEN = datetime(2026, 11, 23, 13, tzinfo=UTC)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc32(kind + content))
    )


_PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", compress(bytes(15)))
    + _chunk(b"IEND", b"")
)


@dataclass(frozen=True)
class Drawn:
    name: str
    caption: str = "A picture"
    png: bytes = _PNG
    on_paper: bool = True
    parameters: dict[str, Any] = field(default_factory=lambda: {"window": {"centre": 40.5}})


@dataclass(frozen=True)
class Kept:
    folder: Path
    archive: Archive
    actor: Actor
    opened: Opened

    def export(
        self, language: Language, *, zipped: bool = False, subject: Subject | None = None
    ) -> BundleReport:
        asked = Export(
            number=NUMBER,
            out=self.folder / language,
            language=language,
            zipped=zipped,
            subject=subject,
        )
        return export_bundle(
            self.archive,
            self.actor,
            asked,
            opened=self.opened,
            pictures=draw,
            when=_WHEN,
            progress=Progress(),
        )


def draw(  # noqa: PLR0913 -- as `TakePictures` says
    volume: Volume,
    findings: Sequence[Numbered],
    language: Language,
    *,
    source_sha256: str,
    notes: Sequence[str],
    mark: str,
) -> list[Drawn]:
    assert volume.voxels.shape == (3, 8, 8)
    assert [(one.number, one.finding.name) for one in findings][:2] == [
        (1, "Track 1"),
        (2, "Track 2"),
    ]
    assert len(source_sha256) == 64
    volume_too = Drawn("volume", f"{language}: {len(notes)} notes", parameters={"mark": mark})
    return [Drawn("axial"), volume_too]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    archive, actor = open_case(tmp_path)
    with archive:
        case = archive.cases.open(actor, NUMBER)
        opened = load_case(archive, actor, case, Progress())
        assert opened is not None
        yield Kept(tmp_path, archive, actor, opened)


@pytest.mark.parametrize("language", Language)
def test_the_bundle_holds_the_conclusion_in_the_language_asked_for(
    kept: Kept, language: Language
) -> None:
    report = kept.export(language)
    assert verify.examine(str(report.path), report.fingerprint).ok
    pdf = report.path / f"data/report/conclusion_{language.value}.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    made = json.loads((report.path / "data/meta/render.json").read_bytes())["pictures"]
    assert [one["file"] for one in made] == ["data/media/axial.png", "data/media/volume.png"]


def state(kept: Kept, subject: Subject) -> None:
    case = kept.archive.cases.open(kept.actor, NUMBER)
    done = changes(case, case.with_subject(subject))
    kept.archive.cases.record(kept.actor, NUMBER, done, label=StateSubject.label, act="do")


@pytest.mark.parametrize(
    ("stated", "asked", "mark"),
    [
        (Subject.UNKNOWN, None, ""),
        (Subject.DECEASED, None, "Post-mortem examination"),
        (Subject.LIVING, None, "Living person"),
        (Subject.DECEASED, Subject.DECEASED, "Post-mortem examination"),
        (Subject.UNKNOWN, Subject.LIVING, "Living person"),
    ],
)
def test_pictures_bear_the_mark_that_the_case_states_and_the_bundle_the_statement(
    kept: Kept, stated: Subject, asked: Subject | None, mark: str
) -> None:
    if stated is not Subject.UNKNOWN:
        state(kept, stated)
    report = kept.export(Language.EN, subject=asked)
    assert verify.examine(str(report.path), report.fingerprint).ok
    made = json.loads((report.path / "data/meta/render.json").read_bytes())["pictures"]
    assert made[1]["parameters"] == {"mark": mark}
    carried = sorted((report.path / "data").glob("subject/*.json"))
    assert len(carried) == (stated is not Subject.UNKNOWN)
    for one in carried:
        assert json.loads(one.read_bytes())["record"] == {"state": stated.value}
        one.unlink()
        assert not verify.examine(str(report.path), report.fingerprint).ok


@pytest.mark.parametrize("asked", [Subject.LIVING, Subject.UNKNOWN])
def test_page_and_case_never_say_two_things_of_one_person(kept: Kept, asked: Subject) -> None:
    state(kept, Subject.DECEASED)
    with pytest.raises(UsageError, match="The case says of the person examined: deceased"):
        kept.export(Language.EN, subject=asked)
    assert not (kept.folder / Language.EN).exists()


def test_the_head_printed_is_one_the_log_had_before_the_export(kept: Kept) -> None:
    before = kept.archive.log.head(kept.actor)[0]
    kept.export(Language.EN)
    acts = [one.act for one in kept.archive.log.entries(kept.actor)]
    assert acts.index("export") >= before
    assert acts[before : acts.index("export")] == ["case.open", "read"], "each look is told once"


def test_a_zip_is_handed_out_too(kept: Kept) -> None:
    report = kept.export(Language.RU, zipped=True)
    assert report.path.is_file()
    assert verify.examine(str(report.path)).ok


def test_a_taken_place_is_refused_before_any_picture_is_made(kept: Kept) -> None:
    (kept.folder / "kk").mkdir()
    with pytest.raises(InputError, match="never written over"):
        kept.export(Language.KK)


def test_a_case_without_a_volume_is_refused_in_words(kept: Kept) -> None:
    with pytest.raises(InputError, match="no series that makes a volume"):
        export_bundle(
            kept.archive,
            kept.actor,
            Export(number=NUMBER, out=kept.folder / "x", language=Language.EN),
            opened=None,
            pictures=draw,
            when=_WHEN,
            progress=Progress(),
        )


def _of_each(kept: Kept) -> list[dict[str, Any]]:
    """Record a finding of every kind in the case; return the records."""
    given = []
    for one in one_of_each():
        record = to_record(one) | {
            "series_uid": SERIES,
            "frame_of_reference_uid": "1.2.9",
            "seen_on_slice": f"{SERIES}.1",
        }
        kept.archive.cases.add_finding(kept.actor, NUMBER, record)
        given.append(record)
    return given


@pytest.mark.parametrize("language", Language)
def test_a_bundle_with_every_kind_verifies_and_its_page_lists_every_finding(
    kept: Kept, language: Language
) -> None:
    given = _of_each(kept)
    state(kept, Subject.DECEASED)
    report = kept.export(language)
    found = verify.examine(str(report.path), report.fingerprint)
    assert found.ok, [one.text("en") for one in found.problems]

    carried = [
        json.loads(path.read_bytes())["record"]
        for path in sorted((report.path / "data/findings").iterdir())
    ]
    assert [one for one in carried if one["finding_id"] in {each["finding_id"] for each in given}]
    assert carried[2:] == given

    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    pdf = report.path / f"data/report/conclusion_{language.value}.pdf"
    read = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    text = " ".join(read.stdout.decode().split())
    for number, record in enumerate([{"name": "Track 1"}, {"name": "Track 2"}, *given], start=1):
        assert f"{number}. {record['name']}" in text


@pytest.mark.parametrize("spoilt", range(9))
def test_a_finding_of_any_kind_that_was_changed_or_taken_out_is_found(
    kept: Kept, spoilt: int
) -> None:
    _of_each(kept)
    report = kept.export(Language.EN)
    path = report.path / f"data/findings/{spoilt + 3:06d}.json"
    kind = json.loads(path.read_bytes())["record"]["kind"]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"definite", b"possible").replace(b"head", b"neck"))
    assert not verify.examine(str(report.path), report.fingerprint).ok, kind
    path.unlink()
    assert not verify.examine(str(report.path), report.fingerprint).ok, kind


def test_a_finding_of_another_series_is_listed_with_that_series_and_not_pictured(
    kept: Kept,
) -> None:
    (note,) = (to_record(one) for one in one_of_each() if one.kind == "note")
    other = {"series_uid": f"{SERIES}#2", "frame_of_reference_uid": "1.2.9", "seen_on_slice": ""}
    kept.archive.cases.add_finding(kept.actor, NUMBER, note | other)
    report = kept.export(Language.EN)  # `draw` holds that it is shown two tracks
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    pdf = report.path / "data/report/conclusion_en.pdf"
    read = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    text = " ".join(read.stdout.decode().split())
    assert "Findings on other series of this case: 1" in text
    assert "CT Head" in text
    assert "#2" in text
    assert f"1. {note['name']}" in text


def test_the_conclusion_alone_is_in_the_log_with_the_head_it_shows(kept: Kept) -> None:
    size, root = kept.archive.log.head(kept.actor)
    asked = Export(number=NUMBER, out=kept.folder / "x", language=Language.EN)
    page = write_conclusion(
        kept.archive, kept.actor, asked, opened=kept.opened, pictures=draw, when=_WHEN
    )
    *_, printed = (
        one for one in kept.archive.log.entries(kept.actor, NUMBER) if one.act == "print"
    )
    data = json.loads(printed.body)["data"]
    assert data["paper_sha256"] == hashlib.sha256(page).hexdigest()
    # One entry for opening the case, one for its intakes' records.
    assert data["size"] == size + 2 == printed.seq - 1
    assert data["root"] != root.hex()
    last = kept.archive.anchors.last(kept.actor)
    assert last.anchor is not None
    assert (last.anchor.kind, last.anchor.size) == ("paper", data["size"])
