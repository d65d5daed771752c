"""The conclusion on a lossy series says so in words and under each picture."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydicom import dcmread

from archive.opening import create, open_archive
from tests.court_case import CHEAP, NUMBER, Clock, write_sources
from viewer.presenters.archive.kept_scan import load_case
from viewer.presenters.court.export import Export, write_conclusion
from viewer.render.court_pictures import court_pictures
from virtopsy.jobs import Progress
from virtopsy.language import Language

SAID = {
    Language.EN: ("2 of 3 pictures were compressed with loss", "7.5:1"),
    Language.RU: ("С потерями сжато 2 из 3 снимков", "7,5:1"),
    Language.KK: ("3 кескіннің 2 данасы жоғалтумен сығылған", "7,5:1"),
}


def write_lossy(folder: Path) -> None:
    """Write the small case, two of its three slices once compressed with loss."""
    write_sources(folder)
    for path in sorted(folder.glob("срез*"))[:2]:
        ds = dcmread(path)
        ds.LossyImageCompression, ds.LossyImageCompressionRatio = "01", "7.5"
        ds.save_as(path)


def test_a_conclusion_on_lossy_pictures_says_so_in_every_language(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    write_lossy(tmp_path / "carrier")
    create(tmp_path / "archive", person="Айгүл", password="pw-pw-pw", clock=Clock(), cost=CHEAP)
    with open_archive(tmp_path / "archive", clock=Clock(), cost=CHEAP) as archive:
        actor = archive.access.login("Айгүл", "pw-pw-pw")
        archive.intake.take_in(
            actor, tmp_path / "carrier", case_number=NUMBER, basis="118", progress=Progress()
        )
        opened = load_case(archive, actor, archive.cases.open(actor, NUMBER), Progress())
        for language, (sentence, ratio) in SAID.items():
            page = tmp_path / f"{language}.pdf"
            page.write_bytes(
                write_conclusion(
                    archive,
                    actor,
                    Export(number=NUMBER, out=tmp_path / "x", language=language),
                    opened=opened,
                    pictures=court_pictures,
                    when=datetime(2026, 11, 23, tzinfo=UTC),
                )
            )
            read = subprocess.run(["pdftotext", page, "-"], check=True, capture_output=True)
            text = re.sub(r"\s+", " ", read.stdout.decode())
            assert sentence in text
            assert text.count(ratio) >= 2, "under the slice and under the 3D picture"
