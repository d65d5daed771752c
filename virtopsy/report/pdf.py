"""The conclusion on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from virtopsy.dicom.names import readable
from virtopsy.findings import words
from virtopsy.language import Language, say
from virtopsy.report.body_rows import frame_texts
from virtopsy.report.conclusion import Conclusion
from virtopsy.report.head import grouped, head_qr, head_rows, seal_row
from virtopsy.report.moments import moment_words, scanner_date
from virtopsy.report.tables import (
    TRACK_COLUMNS,
    elsewhere_table,
    ground_notes,
    kind_tables,
    not_marked,
    track_rows,
)
from virtopsy.report.typeset import typeset

_PICTURE_MM = (80, 80, 57, 92)
"""Height of a picture by the number of findings: up to two share one page with their pictures."""


def conclusion_pdf(conclusion: Conclusion, language: Language) -> bytes:
    """Return the conclusion as PDF/A-3a in one language."""
    parts = {f"picture{n}.png": one.png for n, one in enumerate(conclusion.pictures, 1)}
    parts["head.svg"] = head_qr(conclusion.log)
    page = _page(conclusion, language)
    return typeset("conclusion.typ", page, parts, conclusion.when)


def _page(conclusion: Conclusion, language: Language) -> dict[str, Any]:
    """Return every text of the page, in the order it is read."""

    def label(key: str) -> str:
        return say(f"report.{key}", language)

    return {
        "language": language.value,
        "title": label("title"),
        "preliminary": label("preliminary"),
        "facts": _facts(conclusion, language),
        "uid": (label("fact.series_uid"), conclusion.study.series_uid),
        "found": label("found"),
        "columns": [label(f"column.{name}") for name in TRACK_COLUMNS],
        "tracks": track_rows(conclusion.findings, language),
        "no_tracks": label("no_tracks"),
        "kinds": kind_tables(conclusion.findings, language),
        "elsewhere": elsewhere_table(conclusion.elsewhere, language),
        "not_marked": not_marked(conclusion.findings, language),
        "silence": say("conclusion5.silence", language),
        "ground_notes": ground_notes((*conclusion.findings, *conclusion.elsewhere), language),
        "limits": [
            label(f"sides.{conclusion.subject.value}"),
            label("frame"),
            label("not_projected"),
            label("limits"),
            *_frames(conclusion, language),
        ],
        "warned": label("warned"),
        "warnings": [one.sentence(language) for one in conclusion.warnings]
        or [label("no_warnings")],
        "pictures": [
            {"file": f"picture{n}.png", "caption": one.caption}
            for n, one in enumerate(conclusion.pictures, 1)
        ],
        "picture_mm": _PICTURE_MM[min(len(conclusion.findings) + len(conclusion.elsewhere), 3)],
        "demonstrative": label("demonstrative"),
        "concluded": label("concluded"),
        "text": conclusion.text.strip() or label("no_text"),
        "written_by": say("report.written_by", language, who=conclusion.written_by),
        "signature": label("signature"),
        "proof": _proof(conclusion, language),
        "qr": label("qr"),
        "page": label("page"),
        "case": say("report.case", language, number=conclusion.case_number),
    }


def _frames(conclusion: Conclusion, language: Language) -> tuple[str, ...]:
    """Return where the body's frames come from; nothing where no landmark was marked."""
    found = [one.finding for one in conclusion.findings]
    series = found[0].series_uid if found else ""
    return frame_texts(found, series, language)


def _facts(conclusion: Conclusion, language: Language) -> Sequence[tuple[str, str]]:
    study = conclusion.study
    unstated = say("report.not_stated", language)
    spacing = " × ".join(words.number(one, language, 2) for one in study.spacing_mm)
    told = (
        ("case_number", conclusion.case_number),
        ("basis", conclusion.basis or unstated),
        ("written", moment_words(conclusion.when)),
        ("expert", conclusion.written_by),
        ("patient", readable(study.patient_name) or unstated),
        ("subject", say(f"report.subject.{conclusion.subject.value}", language)),
        ("patient_id", study.patient_id or unstated),
        ("study_date", scanner_date(study.study_date, language)),
        ("series", f"{study.modality}, {study.description or unstated}"),
        (
            "voxels",
            say(
                "report.voxels",
                language,
                shape=" × ".join(map(str, study.shape)),
                spacing=spacing,
                files=study.files,
            ),
        ),
    )
    return [(say(f"report.fact.{name}", language), text) for name, text in told]


def _proof(conclusion: Conclusion, language: Language) -> Sequence[tuple[str, str]]:
    head = conclusion.log

    def label(name: str) -> str:
        return say(f"report.proof.{name}", language)

    return [
        (label("source_list"), grouped(conclusion.study.manifest_sha256)),
        *head_rows(head, language),
        (label("verifier"), grouped(conclusion.verifier_sha256)),
        (label("software"), f"{conclusion.software} · {head.archive}"),
        (label("compare"), say("report.compare", language)),
        seal_row(head, language),
    ]
