"""A case of which a series was destroyed by act is handed out with what is left of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydicom import dcmread

from archive.opening import Archive
from archive.records import Actor
from archive.services.bundling import BundleReport
from resources.bundle import verify
from tests.archive.conftest import another
from tests.court_case import NUMBER, SERIES, open_case
from viewer.presenters.archive.destroyed import left_out
from viewer.presenters.archive.kept_scan import load_case
from viewer.presenters.court.export import Export, export_bundle, write_conclusion
from viewer.render.court_pictures import court_pictures
from virtopsy.errors import InputError
from virtopsy.jobs import Progress
from virtopsy.language import Language

OTHER = "1.2.826.0.1.98"
_WHEN = datetime(2026, 11, 23, 13, tzinfo=UTC)


def add_other_series(archive: Archive, actor: Actor, folder: Path) -> None:
    """Take a second series into the case: the first one's slices under another UID."""
    other = Path(shutil.copytree(folder / "carrier", folder / "other"))
    for number, path in enumerate(sorted(other.glob("срез*"))):
        ds = dcmread(path)
        ds.SeriesInstanceUID, ds.SOPInstanceUID = OTHER, f"{OTHER}.{number}"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.save_as(path, enforce_file_format=True)
    archive.intake.take_in(actor, other, case_number=NUMBER, progress=Progress())


def destroy(archive: Archive, actor: Actor) -> None:
    """Destroy the series on which everything is marked."""
    second = another(archive, actor)
    named = {"series_uid": SERIES, "basis": "Order 12"}
    archive.destruction.destroy(actor, NUMBER, second=second, **named)


def export(archive: Archive, actor: Actor, out: Path, text: str = "") -> BundleReport:
    """Hand the case out as the window and the command line do."""
    return export_bundle(
        archive,
        actor,
        Export(number=NUMBER, out=out, language=Language.EN, text=text),
        opened=load_case(archive, actor, archive.cases.open(actor, NUMBER), Progress()),
        pictures=court_pictures,
        when=_WHEN,
        progress=Progress(),
    )


def test_what_is_left_is_pictured_and_the_page_names_what_is_left_out(tmp_path: Path) -> None:
    archive, actor = open_case(tmp_path)
    with archive:
        add_other_series(archive, actor, tmp_path)
        destroy(archive, actor)
        report = export(archive, actor, tmp_path / "bundle")
        gone = left_out(archive, actor, archive.cases.open(actor, NUMBER))
    assert gone.uids == (SERIES,)
    assert verify.examine(str(report.path), report.fingerprint).ok
    assert json.loads((report.path / "data/meta/render.json").read_bytes())["pictures"]
    assert list((report.path / "data/meta/destruction").iterdir())
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    pdf = report.path / "data/report/conclusion_en.pdf"
    read = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True)
    text = re.sub(r"\s+", " ", read.stdout.decode())
    assert "1 series of case" in text
    assert "left out and not pictured" in text


def test_where_nothing_is_left_to_picture_the_bundle_is_made_without_pictures(
    tmp_path: Path,
) -> None:
    archive, actor = open_case(tmp_path)
    with archive:
        destroy(archive, actor)
        report = export(archive, actor, tmp_path / "bundle")
        with pytest.raises(InputError, match="your text would be lost"):
            export(archive, actor, tmp_path / "again", text="Struck by a car.")
        with pytest.raises(InputError, match="no conclusion can be written"):
            write_conclusion(
                archive,
                actor,
                Export(number=NUMBER, out=tmp_path / "x", language=Language.EN),
                opened=None,
                pictures=court_pictures,
                when=_WHEN,
            )
    assert verify.examine(str(report.path), report.fingerprint).ok
    assert json.loads((report.path / "data/meta/render.json").read_bytes())["pictures"] == []
    assert list((report.path / "data/meta/destruction").iterdir())
    assert not (tmp_path / "again").exists()
