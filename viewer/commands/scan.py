"""`virtopsy scan PATH`: what is in a folder or file, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viewer.commands import speech
from virtopsy.dicom.dates import age_at, iso_time
from virtopsy.dicom.names import readable
from virtopsy.errors import InputError
from virtopsy.language import Language, say

if TYPE_CHECKING:
    from virtopsy.dicom.series import Problem, Scan, Series, Study


def build(language: Language) -> click.Command:
    """Return the subcommand, speaking `language`."""

    @speech.command("scan", language)
    @click.argument("path", type=speech.SCANNED)
    @speech.json_option(language)
    def scan_command(path: Path, as_json: bool) -> None:
        from virtopsy import confined

        confined.start()  # its interpreter comes up while this one imports
        from virtopsy.dicom.scan import require_images, scan

        try:
            found = scan(path, speech.progress("scan.progress.files", language))
        except InputError:
            if as_json:
                speech.facts({"files": 0, "skipped": [], "studies": []})
            raise
        if as_json:
            speech.facts(_facts(found, language))
        else:
            _tell(found, language)
        require_images(found, path)

    return scan_command


def problem_facts(problems: Iterable[Problem], language: Language) -> list[dict[str, str]]:
    """Return problems as the contract prints them."""
    return [{"code": one.code, "text": one.sentence(language)} for one in problems]


def _facts(found: Scan, language: Language) -> dict[str, Any]:
    return {
        "files": found.files,
        "skipped": [
            {
                "path": _printable(one.path),
                "code": one.problem.code,
                "text": one.problem.sentence(language),
            }
            for one in found.skipped
        ],
        "studies": [_study_facts(study, language) for study in found.studies],
    }


def _printable(path: Path) -> str:
    """Return a path that JSON can hold: bytes that are no UTF-8 become replacement signs."""
    return os.fsencode(path).decode("utf-8", "replace")


def _study_facts(study: Study, language: Language) -> dict[str, Any]:
    reckoned = age_at(study.birth_date, study.date)
    return {
        "uid": study.uid,
        "patient_name": study.patient_name,
        "patient_name_readable": readable(study.patient_name),
        "patient_id": study.patient_id,
        "sex": study.sex,
        "birth_date": study.birth_date,
        "age": study.age,
        "age_by_dates": "" if reckoned is None else reckoned.stored,
        "date": study.date,
        "time": iso_time(study.time),
        "description": study.description,
        "series": [_series_facts(one, language) for one in study.series],
    }


def _series_facts(series: Series, language: Language) -> dict[str, Any]:
    part = {"part": series.part} if series.part else {}
    return {
        "uid": series.uid,
        **part,
        "modality": series.modality,
        "description": series.description,
        "files": series.files,
        "frames": series.frames,
        "rows": series.rows,
        "columns": series.columns,
        "spacing_mm": None if series.spacing_mm is None else list(series.spacing_mm),
        "orientation": series.orientation,
        "volume": series.volume,
        "problems": problem_facts(series.problems, language),
    }


def _tell(found: Scan, language: Language) -> None:
    unknown = say("scan.answer.unknown", language)
    speech.line(say("scan.answer.files", language, n=found.files))
    for study in found.studies:
        speech.line(
            say(
                "scan.answer.study",
                language,
                date=study.date or unknown,
                name=readable(study.patient_name) or unknown,
                id=study.patient_id or unknown,
                description=study.description or unknown,
            )
        )
        for series in study.series:
            _tell_series(series, language)
    for one in found.skipped:
        sentence = one.problem.sentence(language)
        speech.line(say("scan.answer.skipped", language, path=_printable(one.path), text=sentence))


def _tell_series(series: Series, language: Language) -> None:
    verdict = "volume" if series.volume else "no_volume"
    description = series.description or say("scan.answer.unknown", language)
    speech.line(
        "  "
        + say(
            "scan.answer.series" if series.frames else "scan.answer.object",
            language,
            modality=series.modality,
            description=description,
            n=series.files,
            frames=series.frames,
            rows=series.rows,
            columns=series.columns,
            orientation=say(f"scan.orientation.{series.orientation or 'none'}", language),
            verdict=say(f"scan.answer.{verdict}", language),
        )
    )
    speech.line(f"    {series.key}")
    for problem in series.problems:
        speech.line(f"    {problem.sentence(language)}")
