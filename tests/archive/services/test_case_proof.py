"""A case's entries with proofs, checked by the functions of the verifier in every bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.opening import Archive
from archive.records import Actor, Role
from resources.bundle import verify
from tests.archive.conftest import CASE
from virtopsy.errors import AccessDenied, InputError


def checked(folder: Path) -> list[str]:
    """What a recipient finds wrong with the bundle verifier's own functions."""
    log = folder / "log"
    public = verify.key_of((log / "key.pem").read_bytes())
    point = verify.checkpoint_of((log / "checkpoint.txt").read_bytes())
    assert public is not None
    assert point is not None
    faults = [] if verify.note_signed_by(point, public) else ["checkpoint"]
    proofs = json.loads((log / "proofs.json").read_text())
    paths = {one["seq"]: [bytes.fromhex(node) for node in one["path"]] for one in proofs["proofs"]}
    before, number = verify.BEGINNING, 0
    for line in (log / "entries.jsonl").read_bytes().split(b"\n")[:-1]:
        body = json.loads(line)
        leaf = verify.leaf_of(line)
        if verify.root_from(body["seq"] - 1, point.size, leaf, paths[body["seq"]]) != point.root:
            faults.append(f"root {body['seq']}")
        if (body["case_seq"], body["case_prev"]) != (number + 1, before.hex()):
            faults.append(f"case_log_gap {body['seq']}")
        before, number = leaf, body["case_seq"]
    last: dict[str, Any] = json.loads((log / "entries.jsonl").read_bytes().split(b"\n")[-2])
    if last["data"].get("entries") != number:
        faults.append("count")
    return faults


def test_the_entries_of_a_case_are_proven_and_nothing_else_is_told(
    kept: Archive, expert: Actor, tmp_path: Path
) -> None:
    made = kept.case_proofs.write(expert, CASE, tmp_path / "out", reason="court order 5")
    assert checked(tmp_path / "out") == []
    lines = (tmp_path / "out/log/entries.jsonl").read_bytes().split(b"\n")[:-1]
    bodies = [json.loads(one) for one in lines]
    assert {one["case"] for one in bodies} == {CASE}
    assert len(bodies) == made.entries
    last = bodies[-1]
    assert (last["act"], last["reason"]) == ("log.prove", "court order 5")
    names = json.loads((tmp_path / "out/log/persons.json").read_text())["persons"]
    assert [one["name"] for one in names] == ["Ахметова"]


def test_an_entry_left_out_or_changed_shows(kept: Archive, expert: Actor, tmp_path: Path) -> None:
    kept.case_proofs.write(expert, CASE, tmp_path / "out")
    entries = tmp_path / "out/log/entries.jsonl"
    lines = entries.read_bytes().split(b"\n")[:-1]
    entries.write_bytes(b"\n".join([lines[0], *lines[2:]]) + b"\n")
    assert any(one.startswith("case_log_gap") for one in checked(tmp_path / "out"))
    entries.write_bytes(b"\n".join(lines[:-1]) + b"\n")
    assert checked(tmp_path / "out") == ["count"]
    entries.write_bytes(b"\n".join([lines[0].replace(b'"ok"', b'"no"'), *lines[1:]]) + b"\n")
    assert any(one.startswith("root") for one in checked(tmp_path / "out"))


def test_only_who_keeps_the_case_or_reads_the_whole_log_gets_it(
    kept: Archive, expert: Actor, tmp_path: Path
) -> None:
    kept.access.add_person(expert, "Петров", "pw-pw-pw", (Role.EXPERT,))
    kept.access.add_person(expert, "Сидоров", "pw-pw-pw", (Role.AUDITOR,))
    with pytest.raises(AccessDenied):
        kept.case_proofs.write(kept.access.login("Петров", "pw-pw-pw"), CASE, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    auditor = kept.access.login("Сидоров", "pw-pw-pw")
    made = kept.case_proofs.write(auditor, CASE, tmp_path / "out")
    newest = kept.log.newest_checkpoint(expert)
    assert newest is not None
    assert made.size == newest.size  # without the key: up to the newest checkpoint
    assert [one for one in checked(tmp_path / "out") if one != "count"] == []


def test_nothing_is_written_over_or_into_the_archive(
    kept: Archive, expert: Actor, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    before = kept.log.head(expert)[0]
    for out in (tmp_path / "out", kept.folder / "log" / "x", tmp_path / "no" / "x"):
        with pytest.raises(InputError):
            kept.case_proofs.write(expert, CASE, out)
    assert kept.log.head(expert)[0] == before
    assert list((tmp_path / "out").iterdir()) == []


def test_a_case_that_is_not_there_is_refused(kept: Archive, expert: Actor, tmp_path: Path) -> None:
    kept.access.add_person(expert, "Сидоров", "pw-pw-pw", (Role.AUDITOR,))
    with pytest.raises(InputError):
        kept.case_proofs.write(kept.access.login("Сидоров", "pw-pw-pw"), "9", tmp_path / "out")
