from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from virtopsy.language import Language, say
from virtopsy.report.head import LogHead, head_text
from virtopsy.report.receipt import (
    Provenance,
    Receipt,
    ReceiptCounts,
    ReceivedFile,
    ReceivedSeries,
)
from virtopsy.report.receipt_pdf import receipt_pdf

_LONG = "Нұрмағамбетова Гүлбаршын Әбілқайырқызы"


@dataclass(frozen=True)
class _Said:
    text: str

    def sentence(self, language: Language) -> str:
        return f"{language.value}: {self.text}"


def _series(number: int) -> ReceivedSeries:
    return ReceivedSeries(
        uid=f"1.2.826.0.1.3680043.8.498.{10**37 + number}",
        modality="CT",
        description="PMCT Head Neck 0.8 mm",
        study_date="20260228",
        files=432,
        manifest_sha256=f"{number:064x}",
    )


@pytest.fixture
def receipt() -> Receipt:
    return Receipt(
        case_number="2026-0451",
        intake_id="ab" * 16,
        taken_in=datetime(2026, 11, 23, 20, 40, tzinfo=UTC),
        entry=41,
        printed=datetime(2026, 11, 23, 20, 45, tzinfo=UTC),
        received_by=_LONG,
        provenance=Provenance(
            basis="Order 118 of the investigator, " * 4,
            deliverer="Қасымжомартұлы Бақытжан",
            carrier="USB s/n 0019E06B9C85",
            seal="none",
            agrees=False,
            agrees_words="the tag says 17, the files 71",
        ),
        counts=ReceiptCounts(
            files=867, stored=865, already=1, conflicts=1, opaque=2, size=2_345_678_901
        ),
        flags=(_Said("another station"),),
        series=(_series(1), _series(2)),
        files=(ReceivedFile(path="report.pdf", sha256="cd" * 32, became=_Said("kept as it is")),),
        intake_sha256="ef" * 32,
        list_sha256="1234567890abcdef" * 4,
        log=LogHead(
            archive="0b6f8a4e-57cf-4a6e-9d27-1f5b8c0d1a11",
            size=42,
            root="0f" * 32,
            key_fingerprint="c7" * 32,
            single_keeper=True,
        ),
        software="Virtopsy 0.1.0",
    )


def _pages(pdf: bytes, tmp_path: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    (tmp_path / "page.pdf").write_bytes(pdf)
    read = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], check=True, capture_output=True
    )
    told = read.stdout.decode().replace("\u200b", "")  # where a long word may be broken
    return [" ".join(one.split()) for one in told.split("\f") if one.strip()]


@pytest.mark.parametrize("language", Language)
def test_the_usual_receipt_is_one_page_with_everything_on_it(
    receipt: Receipt, language: Language, tmp_path: Path
) -> None:
    pdf = receipt_pdf(receipt, language)
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    (page,) = _pages(pdf, tmp_path)
    told = receipt.provenance
    for text in (
        receipt.case_number,
        told.deliverer,
        told.carrier,
        told.seal,
        told.agrees_words,
        _LONG,
    ):
        assert text in page
    for text in ("2 345 678 901", "another station", "report.pdf", receipt.series[1].uid[:40]):
        assert text in page.replace("\u00a0", " ")
    for key in ("sign.deliverer", "sign.receiver", "signing"):
        assert say(f"receipt.{key}", language)[:40] in page
    assert say("receipt.no_flag", language) not in page
    assert page.count("0f0f " * 7) == 2  # the root, two lines of eight groups
    assert "(42)" in page
    assert page.count("c7c7 " * 7) == 2


def test_what_was_not_stated_stands_there_as_not_stated(receipt: Receipt, tmp_path: Path) -> None:
    silent = replace(
        receipt,
        provenance=Provenance(
            basis="", deliverer="", carrier="", seal="", agrees=None, agrees_words=""
        ),
        flags=(),
    )
    (page,) = _pages(receipt_pdf(silent, Language.EN), tmp_path)
    assert page.count("not stated") == 4
    assert "not confirmed by anybody" in page
    assert "Nothing was flagged." in page


def test_a_long_list_goes_on_over_the_pages_and_its_hash_stands_on_each(
    receipt: Receipt, tmp_path: Path
) -> None:
    many = replace(receipt, series=tuple(map(_series, range(1, 91))))
    pages = _pages(receipt_pdf(many, Language.KK), tmp_path)
    assert len(pages) > 2
    for page in pages:
        assert "1234 5678 90ab cdef" in page
    found = " ".join(pages)
    for one in many.series:
        assert one.manifest_sha256[-4:] in found
    # What is signed stands together on the last page.
    assert say("receipt.sign.receiver", Language.KK) in pages[-1]
    assert say("report.qr", Language.KK).split(",")[0] in pages[-1]
    assert "1234 5678 90ab cdef 1234 5678 90ab cdef" in pages[-1]


def test_a_hostile_name_is_printed_and_not_run(receipt: Receipt, tmp_path: Path) -> None:
    hostile = ReceivedFile(path='#read("/etc/passwd")\u202e $x$', sha256="", became=_Said("link"))
    (page,) = _pages(receipt_pdf(replace(receipt, files=(hostile,)), Language.EN), tmp_path)
    assert '#read("/etc/passwd")[U+202E]' in page.replace(" ", "")


def test_the_qr_code_holds_archive_head_and_key(receipt: Receipt) -> None:
    assert head_text(receipt.log).split("\n") == [
        "archive 0b6f8a4e-57cf-4a6e-9d27-1f5b8c0d1a11",
        f"log 42 {'0f' * 32}",
        f"key {'c7' * 32}",
    ]


def test_equal_values_give_equal_bytes(receipt: Receipt) -> None:
    assert receipt_pdf(receipt, Language.RU) == receipt_pdf(receipt, Language.RU)
