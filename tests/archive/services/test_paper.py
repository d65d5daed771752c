from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archive.opening import Archive, verify_folder
from archive.records import Actor
from archive.services.paper import head_of
from tests.archive.conftest import CASE, Clock
from virtopsy.errors import UsageError
from virtopsy.report.head import grouped, head_text

_ROOT = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "typed",
    [
        f"42 {_ROOT}",
        f"42\n{_ROOT.upper()}",
        f"{grouped(_ROOT)}  (42)",  # as it stands on paper
        f"  42: {_ROOT[:30]} {_ROOT[30:]} ",
    ],
)
def test_a_head_is_read_as_people_type_it(typed: str) -> None:
    head = head_of(typed)
    assert (head.size, head.root, head.key) == (42, _ROOT, "")


def test_the_text_of_the_qr_code_is_read_with_its_key(kept: Archive, expert: Actor) -> None:
    printed = kept.receipts.of(expert, CASE).log
    for typed in (head_text(printed), head_text(printed).replace("\n", " ")):
        head = head_of(typed)
        assert (head.size, head.root) == (printed.size, printed.root)
        assert head.key == kept.fingerprint


@pytest.mark.parametrize("typed", ["", "42", _ROOT, f"x {_ROOT}", f"42 {_ROOT}0", "log 42 key 7"])
def test_what_is_no_head_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        head_of(typed)


def test_the_log_still_begins_as_the_paper_says_after_more_entries(
    kept: Archive, expert: Actor
) -> None:
    printed = kept.receipts.of(expert, CASE).log
    for _ in range(3):
        kept.cases.open(expert, CASE)
    assert kept.verify.run(paper=head_of(head_text(printed))).ok


def test_a_paper_of_another_log_is_named(kept: Archive, expert: Actor) -> None:
    size, root = kept.log.head(expert)
    wrong = root.hex()[:-1] + ("0" if root.hex()[-1] != "0" else "1")
    for typed, codes in (
        (f"{size} {wrong}", ["paper_mismatch"]),
        (f"{size - 1} {root.hex()}", ["paper_mismatch"]),
        (f"{size + 9} {root.hex()}", ["paper_ahead"]),
        (f"log {size} {root.hex()} key {_ROOT}", ["unknown_signer"]),
    ):
        report = kept.verify.run(paper=head_of(typed))
        assert [one.code for one in report.problems] == codes


def test_an_old_state_put_back_shows_against_a_newer_paper(
    kept: Archive, expert: Actor, tmp_path: Path
) -> None:
    shutil.copytree(kept.folder, tmp_path / "old")
    for _ in range(5):  # more than the checks below write into the old one
        kept.cases.open(expert, CASE)
    printed = kept.receipts.of(expert, CASE).log
    old = tmp_path / "old"
    assert verify_folder(old, clock=Clock()).ok  # from within it looks whole
    report = verify_folder(old, clock=Clock(), paper=head_of(head_text(printed)))
    assert [one.code for one in report.problems] == ["paper_ahead"]
