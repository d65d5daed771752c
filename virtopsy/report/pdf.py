"""The conclusion on paper: PDF/A-3a, set by typst from a template that holds no words.

Every text reaches the template as JSON data, never as markup: a patient's name that looks like
typst code is printed, not run.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Sequence
from datetime import UTC, timedelta, timezone
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno
import typst

from virtopsy.dicom.names import readable
from virtopsy.findings import words
from virtopsy.language import Language, say
from virtopsy.report.body_rows import frame_texts
from virtopsy.report.conclusion import Conclusion
from virtopsy.report.tables import (
    TRACK_COLUMNS,
    elsewhere_table,
    ground_notes,
    kind_tables,
    not_marked,
    track_rows,
)

ASTANA = timezone(timedelta(hours=5))
"""All of Kazakhstan since 1 March 2024."""
_PICTURE_MM = (80, 80, 57, 92)
"""Height of a picture by the number of findings: up to two share one page with their pictures."""

# What the bundled font can show (held by a test); anything else is printed by its number.
_SHOWN = ((0x20, 0x7E), (0xA0, 0x17F), (0x400, 0x4FF), (0x2010, 0x2026))
_SHOWN_ALONE = frozenset("\u2030\u2039\u203a\u20b8\u20ac\u2116\u2190\u2191\u2192\u2193\u2212")


def conclusion_pdf(conclusion: Conclusion, language: Language) -> bytes:
    """Return the conclusion as PDF/A-3a in one language."""
    said = json.dumps(_clean(_page(conclusion, language)), ensure_ascii=False)
    parts = {f"picture{n}.png": one.png for n, one in enumerate(conclusion.pictures, 1)}
    parts["main.typ"] = (files("resources") / "templates" / "conclusion.typ").read_bytes()
    parts["head.svg"] = _qr(conclusion)
    with TemporaryDirectory() as folder, as_file(files("resources") / "fonts") as fonts:
        for name, content in parts.items():
            (Path(folder) / name).write_bytes(content)
        made: bytes = typst.compile(
            Path(folder) / "main.typ",
            root=Path(folder),
            format="pdf",
            font_paths=[fonts],
            ignore_system_fonts=True,
            sys_inputs={"page": said},
            pdf_standards="a-3a",
            timestamp=int(conclusion.when.timestamp()),
        )
    return made


def printable(text: str) -> str:
    """Return `text` with what the font lacks, or what hides, written as its code point."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(_character(one) for one in composed)


def _character(one: str) -> str:
    if one == "\n" or one in _SHOWN_ALONE:
        return one
    hidden = unicodedata.category(one) in {"Cf", "Cc", "Zl", "Zp"}
    if not hidden and any(low <= ord(one) <= high for low, high in _SHOWN):
        return one
    return f"[U+{ord(one):04X}]"


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value


def _qr(conclusion: Conclusion) -> bytes:
    head = conclusion.log
    text = f"archive {head.archive}\nlog {head.size} {head.root}\nkey {head.key_fingerprint}"
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2)
    return drawn.getvalue()


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
        ("written", _when(conclusion)),
        ("expert", conclusion.written_by),
        ("patient", readable(study.patient_name) or unstated),
        ("subject", say(f"report.subject.{conclusion.subject.value}", language)),
        ("patient_id", study.patient_id or unstated),
        ("study_date", _scanner_date(study.study_date, language)),
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


def _when(conclusion: Conclusion) -> str:
    utc, local = conclusion.when.astimezone(UTC), conclusion.when.astimezone(ASTANA)
    kept = f"({local:%Y-%m-%d %H:%M:%S} +05:00)".replace(" ", "\u00a0")
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC {kept}"


def _scanner_date(date: str, language: Language) -> str:
    """Say the date of the scan as the scanner wrote it."""
    plain = date.replace("-", "")
    if len(plain) == 8 and plain.isdigit():
        date = f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    if not date:
        return say("report.not_stated", language)
    return say("report.scanner_clock", language, date=date)


def _proof(conclusion: Conclusion, language: Language) -> Sequence[tuple[str, str]]:
    head = conclusion.log
    told = [
        ("source_list", _grouped(conclusion.study.manifest_sha256)),
        ("log_head", f"{_grouped(head.root)}  ({head.size})"),
        ("key", _grouped(head.key_fingerprint)),
        ("verifier", _grouped(conclusion.verifier_sha256)),
        ("software", f"{conclusion.software} · {head.archive}"),
    ]
    lines = [(say(f"report.proof.{name}", language), text) for name, text in told]
    keeper = "single_keeper" if head.single_keeper else "keepers"
    return [*lines, (say("report.proof.seal", language), say(f"report.{keeper}", language))]


def _grouped(digits: str) -> str:
    """Return hexadecimal digits in fours, two lines of eight, as a person compares them."""
    fours = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    return "\n".join(" ".join(fours[at : at + 8]) for at in range(0, len(fours), 8))
