"""The receipt of an intake on paper, for the signatures of who delivered and who received."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from virtopsy.language import Language, count, say
from virtopsy.report.head import grouped, head_qr, head_rows, seal_row
from virtopsy.report.moments import day_words, moment_words
from virtopsy.report.receipt import Provenance, Receipt, ReceivedFile, ReceivedSeries
from virtopsy.report.typeset import typeset

_SHORT = 16  # digits of the list's hash that stand on every page


def receipt_pdf(receipt: Receipt, language: Language) -> bytes:
    """Return the receipt as PDF/A-3a in one language."""
    parts = {"head.svg": head_qr(receipt.log)}
    return typeset("receipt.typ", _page(receipt, language), parts, receipt.printed)


def _page(receipt: Receipt, language: Language) -> dict[str, Any]:
    """Return every text of the paper, in the order it is read."""

    def label(key: str) -> str:
        return say(f"receipt.{key}", language)

    return {
        "language": language.value,
        "title": label("title"),
        "explained": label("explained"),
        "case": say("report.case", language, number=receipt.case_number),
        "page": say("report.page", language),
        "short": say("receipt.short", language, digits=_spaced(receipt.list_sha256[:_SHORT])),
        "facts": _facts(receipt, language),
        "counted": label("counted"),
        "counts": _counts(receipt, language),
        "flagged": label("flagged"),
        "flags": [one.sentence(language) for one in receipt.flags] or [label("no_flag")],
        "listed": label("listed"),
        "intake": (label("intake_record"), receipt.intake_id, grouped(receipt.intake_sha256)),
        "columns": [label(f"column.{name}") for name in ("series", "manifest")],
        "series": [_series(one, language) for one in receipt.series],
        "no_series": label("no_series"),
        "others": label("others"),
        "files": [_file(one, language) for one in receipt.files],
        "list": (label("list"), grouped(receipt.list_sha256)),
        "list_how": label("list_how"),
        "signing": label("signing"),
        "signatures": [
            (label(f"sign.{who}"), label("sign.name"), label("sign.date"), name)
            for who, name in (
                ("deliverer", receipt.provenance.deliverer),
                ("receiver", receipt.received_by),
            )
        ],
        "proof": _proof(receipt, language),
        "qr": say("report.qr", language),
    }


def _facts(receipt: Receipt, language: Language) -> Sequence[tuple[str, str]]:
    unstated = say("report.not_stated", language)
    told = receipt.provenance
    rows = (
        ("case", receipt.case_number),
        ("basis", told.basis or unstated),
        ("deliverer", told.deliverer or unstated),
        ("carrier", told.carrier or unstated),
        ("seal", told.seal or unstated),
        ("confirmation", _agreement(told, language)),
        ("received_by", receipt.received_by),
        ("taken_in", moment_words(receipt.taken_in)),
        ("printed", moment_words(receipt.printed)),
    )
    return [(say(f"receipt.fact.{name}", language), text) for name, text in rows]


def _agreement(told: Provenance, language: Language) -> str:
    """Say whether body tag, scout and name agree, as who received states it."""
    if told.agrees is None:
        return say("receipt.agree.unstated", language)
    answer = say("receipt.agree.yes" if told.agrees else "receipt.agree.no", language)
    return f"{answer}: {told.agrees_words}" if told.agrees_words else answer


def _counts(receipt: Receipt, language: Language) -> Sequence[tuple[str, str]]:
    counts = receipt.counts
    rows = (
        ("files", counts.files),
        ("bytes", counts.size),
        ("stored", counts.stored),
        ("already", counts.already),
        ("conflicts", counts.conflicts),
        ("opaque", counts.opaque),
    )
    return [(say(f"receipt.count.{name}", language), count(number)) for name, number in rows]


def _series(one: ReceivedSeries, language: Language) -> dict[str, str]:
    described = " ".join(f"{one.modality} {one.description}".split())
    told = (described, day_words(one.study_date), say("receipt.files", language, n=one.files))
    return {
        "what": " · ".join(text for text in told if text),
        "uid": one.uid,
        "sha256": grouped(one.manifest_sha256),
    }


def _file(one: ReceivedFile, language: Language) -> dict[str, str]:
    sha256 = grouped(one.sha256) if one.sha256 else ""
    return {"path": one.path, "became": one.became.sentence(language), "sha256": sha256}


def _proof(receipt: Receipt, language: Language) -> Sequence[tuple[str, str]]:
    def label(name: str) -> str:
        return say(f"report.proof.{name}", language)

    return [
        *head_rows(receipt.log, language),
        (label("software"), f"{receipt.software} · {receipt.log.archive}"),
        (say("receipt.entry", language), str(receipt.entry)),
        (label("compare"), say("report.compare", language)),
        seal_row(receipt.log, language),
    ]


def _spaced(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
