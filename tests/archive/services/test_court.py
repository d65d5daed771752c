from __future__ import annotations

import json
import zipfile

import pytest

from archive.proof.chain import read
from archive.records import Role
from archive.services.bundling import Picture
from resources.bundle import verify
from tests.court_case import FILES, NUMBER, PDF, PICTURES, Case, bundled, digest, nothing_is_left
from virtopsy.case.changes import changes
from virtopsy.errors import AccessDenied, Bug, InputError, IntegrityError
from virtopsy.jobs import Progress


def test_a_bundle_holds_the_source_files_byte_for_byte_under_safe_names(case: Case) -> None:
    report = bundled(case.archive, case.actor, case.folder / "b")
    table = json.loads((case.folder / "b/data/meta/sources.json").read_bytes())["files"]
    assert {one["source_path"] for one in table} == {"срез 0", "срез 1", "срез 2", "note.txt"}
    for one in table:
        source = case.folder / "carrier" / one["source_path"]
        assert (case.folder / "b" / one["path"]).read_bytes() == source.read_bytes()
        assert one["path"].isascii()
    assert report.files == len(FILES)
    assert report.fingerprint == case.archive.fingerprint


def test_the_entry_of_a_bundle_s_seal_is_signed_at_once(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "b")
    size, _ = case.archive.log.head(case.actor)
    (*_, last) = case.archive._journal.entries()
    newest = case.archive._journal.newest_checkpoint()
    assert newest is not None
    assert (last.act, last.seq, newest.size) == ("seal", size, size)


def test_findings_are_the_archives_own_bytes(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "b")
    for path in sorted((case.folder / "b/data/findings").iterdir()):
        sha256 = digest(path)
        kept = case.folder / "archive/objects/sha256" / sha256[:2] / sha256[2:4] / sha256
        assert kept.read_bytes() == path.read_bytes()


def test_every_version_of_a_finding_and_a_withdrawal_are_in_the_bundle(case: Case) -> None:
    kept = case.archive.cases.open(case.actor, NUMBER)
    changed = kept.findings[0]
    gone = changes(kept, kept.without_finding(changed.finding_id))
    case.archive.cases.record(case.actor, NUMBER, gone, label="case.finding.withdraw", act="do")
    bundled(case.archive, case.actor, case.folder / "b")
    records = [
        json.loads(path.read_bytes())
        for path in sorted((case.folder / "b/data/findings").iterdir())
    ]
    assert [one["version"] for one in records if one["id"] == changed.finding_id] == [1, 2]
    assert records[-1]["record"] is None


def test_pictures_carry_the_parameters_that_made_them(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "b")
    made = json.loads((case.folder / "b/data/meta/render.json").read_bytes())["pictures"]
    assert made[0]["parameters"] == dict(PICTURES[0].parameters)
    assert made[0]["sha256"] == digest(case.folder / "b" / made[0]["file"])


def test_the_bundle_holds_the_record_of_its_own_export_and_no_other_case(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "b")
    lines = (case.folder / "b/log/entries.jsonl").read_bytes().splitlines()
    entries = [json.loads(line) for line in lines]
    assert {one["case"] for one in entries} == {NUMBER}
    assert entries[-1]["act"] == "export"
    assert entries[-1]["case_seq"] == len(entries)
    assert entries[-1]["data"]["manifest_sha256"] == digest(case.folder / "b/manifest-sha256.txt")
    assert b"another case" not in b"".join(
        path.read_bytes() for path in (case.folder / "b").rglob("*") if path.is_file()
    )
    persons = json.loads((case.folder / "b/log/persons.json").read_bytes())["persons"]
    assert persons == [{"id": case.actor.person_id, "name": "Айгүл"}]


def test_the_seal_says_who_when_where_and_that_one_person_keeps_the_archive(case: Case) -> None:
    report = bundled(case.archive, case.actor, case.folder / "b")
    said = json.loads((case.folder / "b/sig/seal.json").read_bytes())
    assert said["archive"] == case.archive.uuid
    assert said["case"] == NUMBER
    assert said["when"] == report.when
    assert said["when_local"].endswith("+05:00")
    assert said["single_keeper"] is True
    assert said["t"] == "technical_seal"


def test_the_archive_still_verifies_and_knows_what_it_sealed(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "b")
    acts = [one.act for one in case.archive.log.entries(case.actor, NUMBER)]
    assert acts[-3:] == ["export", "seal", "log.read"]
    sealed = digest(case.folder / "b/sig/seal.json")
    assert any(sealed.encode() in one.body for one in case.archive.log.entries(case.actor))


def test_a_second_bundle_tells_of_the_first(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "b")
    bundled(case.archive, case.actor, case.folder / "c")
    lines = (case.folder / "c/log/entries.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["act"] for line in lines].count("export") == 2


def test_a_zip_is_one_file_stored_with_bagit_first(case: Case) -> None:
    bundled(case.archive, case.actor, case.folder / "case.zip", zipped=True)
    with zipfile.ZipFile(case.folder / "case.zip") as made:
        listed = made.infolist()
    assert listed[0].filename == "case/bagit.txt"
    assert {one.filename for one in listed} == {f"case/{name}" for name in FILES}
    assert {one.compress_type for one in listed} == {zipfile.ZIP_STORED}
    assert verify.examine(str(case.folder / "case.zip")).ok
    (case.folder / "case.zip").unlink()
    assert nothing_is_left(case.folder)


# --- refusals -----------------------------------------------------------------------------------


def test_an_existing_target_is_never_written_over(case: Case) -> None:
    (case.folder / "b").write_text("mine")
    with pytest.raises(InputError, match="never written over"):
        bundled(case.archive, case.actor, case.folder / "b")
    assert (case.folder / "b").read_text() == "mine"


@pytest.mark.parametrize("place", ["archive/b", "archive/objects/b"])
def test_a_bundle_inside_the_archive_is_refused(case: Case, place: str) -> None:
    with pytest.raises(InputError, match="inside the archive"):
        bundled(case.archive, case.actor, case.folder / place)


def test_a_folder_that_is_not_there_is_refused(case: Case) -> None:
    with pytest.raises(InputError, match="no such folder"):
        bundled(case.archive, case.actor, case.folder / "no/b")


def test_another_persons_case_is_refused(case: Case) -> None:
    case.archive.access.add_person(case.actor, "Other", "pw-pw-pw", [Role.EXPERT])
    other = case.archive.access.login("Other", "pw-pw-pw")
    with pytest.raises(AccessDenied):
        bundled(case.archive, other, case.folder / "b")
    assert nothing_is_left(case.folder)


def test_a_picture_name_that_leaves_the_bundle_is_a_bug(case: Case) -> None:
    with pytest.raises(Bug):
        case.archive.court.bundle(
            case.actor,
            NUMBER,
            case.folder / "b",
            pictures=[Picture("../x", b"", {})],
            conclusion_pdf=PDF,
            progress=Progress(),
        )
    assert nothing_is_left(case.folder)


def test_a_damaged_source_object_is_never_handed_out(case: Case) -> None:
    sha256 = digest(case.folder / "carrier/срез 1")
    kept = case.folder / "archive/objects/sha256" / sha256[:2] / sha256[2:4] / sha256
    kept.chmod(0o644)
    kept.write_bytes(kept.read_bytes()[:-1] + b"\x99")
    with pytest.raises(IntegrityError):
        bundled(case.archive, case.actor, case.folder / "b")
    assert nothing_is_left(case.folder)
    last = case.archive.log.entries(case.actor, NUMBER)[-2]
    assert (last.act, last.out) == ("export", "fail")


def test_the_acts_stated_at_intake_are_the_basis(case: Case) -> None:
    assert case.archive.court.basis(case.actor, NUMBER) == "Order 118"
    assert case.archive.court.basis(case.actor, "another case") == ""


def test_asking_for_the_basis_is_one_entry_that_names_the_intakes(case: Case) -> None:
    before = case.archive.log.head(case.actor)[0]
    case.archive.court.basis(case.actor, NUMBER)
    (look,) = case.archive._journal.entries()[before:]
    assert (look.act, look.actor, look.case_number) == ("read", case.actor.person_id, NUMBER)
    assert [one["t"] for one in read(look)["obj"]] == ["intake"]
