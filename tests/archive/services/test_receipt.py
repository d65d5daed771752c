from __future__ import annotations

import hashlib
from pathlib import Path

import pydicom
import pytest

from archive.opening import Archive
from archive.proof.chain import read
from archive.records import Actor, Role
from archive.services.explain import sentence
from tests.archive.conftest import CASE, PASSWORD, SERIES, write_slice
from virtopsy.errors import AccessDenied, InputError, IntegrityError
from virtopsy.jobs import Progress
from virtopsy.language import Language


def test_a_receipt_lists_what_was_taken_in_and_from_whom(
    archive: Archive, expert: Actor, scan: Path
) -> None:
    taken = archive.intake.take_in(
        expert,
        scan,
        case_number="7",
        basis="Order 12",
        deliverer="Police, Capt. Омаров",
        seal="none",
        agrees=True,
        progress=Progress(),
    )
    receipt = archive.receipts.of(expert, "7")
    assert receipt.received_by == expert.name
    told = receipt.provenance
    assert (told.basis, told.deliverer, told.carrier) == ("Order 12", "Police, Capt. Омаров", "")
    assert (told.seal, told.agrees) == ("none", True)
    assert [one.sentence(Language.EN) for one in receipt.flags] == ["The carrier was not stated."]
    assert (receipt.counts.files, receipt.counts.opaque) == (4, 1)
    assert receipt.counts.size == taken.bytes
    (series,) = receipt.series
    assert (series.uid, series.files) == (SERIES, 3)
    assert series.manifest_sha256 == taken.series_manifests[SERIES]
    (text,) = receipt.files
    assert text.path.endswith("readme.txt")
    assert text.sha256 == hashlib.sha256((scan / "readme.txt").read_bytes()).hexdigest()


def test_the_hash_of_the_list_can_be_calculated_from_the_paper_alone(
    kept: Archive, expert: Actor
) -> None:
    receipt = kept.receipts.of(expert, CASE)
    lines = [f"{receipt.intake_sha256}  intake {receipt.intake_id}"]
    lines += [f"{one.manifest_sha256}  series {one.uid}" for one in receipt.series]
    by_hand = hashlib.sha256("".join(f"{one}\n" for one in lines).encode())
    assert receipt.list_sha256 == by_hand.hexdigest()


def test_making_a_receipt_is_an_entry_that_names_the_head_on_the_paper(
    kept: Archive, expert: Actor
) -> None:
    receipt = kept.receipts.of(expert, CASE)
    size, root = kept.log.head(expert)
    assert (receipt.log.size, receipt.log.root) == (size, root.hex())
    kept.receipts.made(expert, receipt, b"the paper")
    entry = kept.log.entries(expert, CASE)[-1]
    newest = [one for one in kept.log.entries(expert, CASE) if one.act == "receipt"][-1]
    assert entry.seq >= newest.seq == receipt.log.size + 1
    body = read(newest)
    assert (body["data"]["size"], body["data"]["root"]) == (receipt.log.size, receipt.log.root)
    assert body["data"]["paper_sha256"] == hashlib.sha256(b"the paper").hexdigest()
    assert kept.verify.run().ok


def test_a_look_at_an_intake_is_one_entry_which_the_head_on_the_paper_covers(
    kept: Archive, expert: Actor
) -> None:
    before = kept._journal.head()[0]
    receipt = kept.receipts.of(expert, CASE)
    (look,) = kept._journal.entries()[before:]
    assert (look.act, look.actor, look.case_number) == ("read", expert.person_id, CASE)
    named = {"t": "intake", "id": receipt.intake_id, "sha256": receipt.intake_sha256}
    assert read(look)["obj"] == [named]
    assert "recorded at an intake" in sentence(look, Language.EN)
    assert receipt.log.size == look.seq
    kept.receipts.made(expert, receipt, b"the paper")
    assert [one.act for one in kept._journal.entries()[look.seq :]] == ["receipt"]
    assert kept.verify.run().ok


def test_every_intake_of_a_case_has_a_receipt_of_its_own(
    kept: Archive, expert: Actor, tmp_path: Path
) -> None:
    first = kept.receipts.of(expert, CASE)
    (tmp_path / "later").mkdir()
    write_slice(tmp_path / "later" / "9.dcm", 9)
    kept.intake.take_in(expert, tmp_path / "later", case_number=CASE, progress=Progress())
    second = kept.receipts.of(expert, CASE)
    assert second.entry > first.entry
    assert (second.counts.files, second.series[0].files) == (1, 4)
    again = kept.receipts.of(expert, CASE, first.intake_id)
    assert (again.entry, again.list_sha256) == (first.entry, first.list_sha256)
    with pytest.raises(InputError, match="no intake 0000"):
        kept.receipts.of(expert, CASE, "0" * 32)


def test_only_the_cases_keeper_gets_a_receipt(kept: Archive, expert: Actor) -> None:
    kept.access.add_person(expert, "Other", PASSWORD, [Role.EXPERT])
    other = kept.access.login("Other", PASSWORD)
    for actor in (other, None):
        with pytest.raises(AccessDenied):
            kept.receipts.of(actor, CASE)  # type: ignore[arg-type]
    denied = [
        one for one in kept.log.entries(expert) if (one.act, one.out) == ("receipt", "denied")
    ]
    assert len(denied) == 2


def test_no_receipt_is_given_for_a_record_that_was_changed(kept: Archive, expert: Actor) -> None:
    intake = kept.receipts.of(expert, CASE).intake_sha256
    path = kept.folder / "objects" / "sha256" / intake[:2] / intake[2:4] / intake
    changed = path.read_bytes().replace(b"basis", b"besis")
    path.unlink()
    path.write_bytes(changed)
    with pytest.raises(IntegrityError):
        kept.receipts.of(expert, CASE)


def test_what_is_odd_stands_on_the_receipt_once_with_the_number_of_its_files(
    archive: Archive, expert: Actor, tmp_path: Path
) -> None:
    carrier = tmp_path / "odd"
    carrier.mkdir()
    for number in (1, 2, 4):
        write_slice(carrier / f"{number}.dcm", number)
        dataset = pydicom.dcmread(carrier / f"{number}.dcm")
        dataset.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]
        dataset.InstanceNumber = number
        dataset.save_as(carrier / f"{number}.dcm")
    archive.intake.take_in(
        expert, carrier, case_number="8", basis="x", deliverer="x", carrier="x", seal="none",
        agrees=True, progress=Progress(),
    )  # fmt: skip
    gap, derived = (one.sentence(Language.EN) for one in archive.receipts.of(expert, "8").flags)
    assert gap.startswith("Numbers are missing in the series (1): 3.")
    assert gap.endswith(f"({SERIES})")
    assert derived.endswith("(3 files)")
