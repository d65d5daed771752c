"""Silence is not an answer; "none" is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.opening import Archive
from archive.proof import canonical
from archive.records import Actor
from archive.services.statement import LONGEST, Statement, statement_of
from tests.archive.conftest import CASE
from virtopsy.errors import UsageError
from virtopsy.jobs import Progress


def test_none_is_an_answer_and_silence_is_not_stated() -> None:
    whole = Statement("Order 7", "Police", "none", "none", agrees=True)
    assert whole.not_stated == ()
    assert Statement().not_stated == ("basis", "deliverer", "carrier", "seal", "agreement")
    assert Statement("Order 7", " ", "disc", agrees=False).not_stated == ("deliverer", "seal")


def test_a_no_without_words_and_an_answer_nobody_reads_are_refused() -> None:
    with pytest.raises(UsageError, match="do not agree"):
        Statement(agrees=False).checked()
    with pytest.raises(UsageError, match="longer than"):
        Statement(basis="x" * (LONGEST + 1)).checked()
    assert Statement(agrees=False, agrees_words=" other name ").checked().agrees_words == (
        "other name"
    )


def test_the_statement_stands_in_the_intake_object_and_only_its_gaps_in_the_log(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    stated = Statement("Order 7", "Sergeant", "disc 12", "intact", False, "tag says Ahmetov")
    report = archive.intake.take_in(
        expert,
        scan,
        case_number=CASE,
        basis=stated.basis,
        deliverer=stated.deliverer,
        carrier=stated.carrier,
        seal=stated.seal,
        agrees=stated.agrees,
        agrees_words=stated.agrees_words,
        progress=Progress(),
    )
    assert report.not_stated == ()
    (entry,) = [one for one in archive.log.entries(expert, CASE) if one.act == "import"]
    said = canonical.decode(entry.body)
    assert (said["data"]["not_stated"], said["data"]["agrees"]) == ([], False)
    assert b"Ahmetov" not in entry.body
    name = report.intake_sha256
    path = archive.folder / "objects/sha256" / name[:2] / name[2:4] / name
    assert statement_of(canonical.decode(path.read_bytes())["data"]) == stated


def test_the_first_archives_asked_for_three_answers() -> None:
    old = {"basis": "Order 7", "deliverer": "", "carrier": "disc", "files": []}
    assert statement_of(old) == Statement("Order 7", "", "disc")
