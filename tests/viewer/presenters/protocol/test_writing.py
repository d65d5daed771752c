"""The conclusion goes out of the window to a place of its own, never over what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.viewer.presenters.archive.test_exchanging import Desk, clock
from tests.virtopsy.exchange.scans import write
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.protocol.writing import Writing
from viewer.presenters.value import Value
from viewer.render.court_pictures import court_pictures
from virtopsy.errors import InputError
from virtopsy.language import Language


def test_a_conclusion_is_saved_over_no_file_of_an_archive(tmp_path: Path) -> None:
    desk = Desk()
    desk.open(write(tmp_path / "in"))
    desk.keep(tmp_path / "archive")
    writing = Writing(
        desk.session,
        desk.opening,
        Findings(desk.session, Views(), Value("")),
        desk.keeping,
        desk.work,
        court_pictures,
        clock,
        Language.EN,
    )
    kept = [one for one in (tmp_path / "archive" / "objects").rglob("*") if one.is_file()]
    before = {one: one.read_bytes() for one in kept}
    for out in (kept[0], tmp_path / "archive" / "log" / "new.pdf"):
        with pytest.raises(InputError, match="within the archive"):
            writing.save_pdf(out)
    desk.settle()
    assert {one: one.read_bytes() for one in kept} == before
    desk.lanes.close()
    desk.keeping.close()
