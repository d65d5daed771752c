"""The tables of findings on the page, as texts in the order they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from virtopsy.findings import words
from virtopsy.findings.finding import Finding
from virtopsy.findings.fragment import Fragment, FragmentKind
from virtopsy.findings.frames import frame_lines_of
from virtopsy.findings.kinds import KINDS
from virtopsy.findings.numbered import Numbered
from virtopsy.findings.quantity_words import quantity_lines
from virtopsy.findings.segments import straight_parts
from virtopsy.findings.stab import blade_lines
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.vocabulary import called, note
from virtopsy.findings.wound import Wound
from virtopsy.language import Language, say
from virtopsy.report import statement
from virtopsy.report.body_rows import body_directions, body_rows
from virtopsy.report.kind_words import kind_words, number_words
from virtopsy.report.place import beside, certainty_words, ground_words, place_words

TRACK_COLUMNS = ("name", "length", "azimuth", "elevation", "sagittal", "coronal", "transverse")
_COLUMNS = ("number", "what", "numbers", "grounds")
_WHOLE = 1200  # characters of a row that is rather moved to the next page than torn apart
_LIMITED = frozenset({"wound", "fragment", "fracture", "region", "landmark", "measure"})


def track_rows(findings: Sequence[Numbered], language: Language) -> list[dict[str, Any]]:
    """Return the trajectories: the row of each, a row for each straight part, and what is said."""
    here = [one.finding for one in findings]
    return [
        _track(one.number, one.finding, here, language)
        for one in findings
        if isinstance(one.finding, Trajectory)
    ]


def kind_tables(findings: Sequence[Numbered], language: Language) -> list[dict[str, Any]]:
    """Return a table for each other kind of which there is one."""
    tables = []
    here = [one.finding for one in findings]
    for kind in KINDS:
        rows = [one for one in findings if one.finding.kind == kind]
        if rows and kind != Trajectory.kind:
            tables.append(
                {
                    "title": say(f"conclusion5.kind.{kind}", language),
                    "columns": [say(f"conclusion5.column.{name}", language) for name in _COLUMNS],
                    "rows": [_row(one, here, language) for one in rows],
                    "limits": say(f"conclusion5.limits.{kind}", language)
                    if kind in _LIMITED
                    else "",
                }
            )
    return tables


def elsewhere_table(findings: Sequence[Numbered], language: Language) -> dict[str, Any] | None:
    """Return the findings of the case's other series in one table; None where there is none."""
    if not findings:
        return None
    here = [one.finding for one in findings]
    return {
        "title": say("report.others", language, n=len(findings)),
        "columns": [say(f"conclusion5.column.{name}", language) for name in _COLUMNS],
        "rows": [_named(_row(one, here, language), one, language) for one in findings],
        "limits": "",
    }


def ground_notes(findings: Sequence[Numbered], language: Language) -> tuple[str, ...]:
    """Return what a reader must know of each ground that was ticked, each once."""
    ticked = dict.fromkeys(ground for one in findings for ground in one.finding.grounds)
    told = ((called("ground", one, language), note("ground", one, language)) for one in ticked)
    return tuple(f"{name}: {text}" for name, text in told if text)


def not_marked(findings: Sequence[Numbered], language: Language) -> str:
    """Say of which kinds nothing was marked, and that this does not mean there is none."""
    marked = {one.finding.kind for one in findings}
    about = [kind for kind in KINDS if kind not in marked and kind in _ABSENT]
    if not about:
        return ""
    kinds = ", ".join(called("kind", kind, language).lower() for kind in about)
    return say("conclusion5.not_marked", language, kinds=kinds)


_ABSENT = frozenset({"wound", "trajectory", "fragment", "fracture", "region"})
"""Kinds whose absence a reader could take for a statement about the body."""


def _track(
    n: int, track: Trajectory, findings: Sequence[Finding], language: Language
) -> dict[str, Any]:
    parts = straight_parts(track)
    deflected = len(parts) > 1
    bent = (
        *body_directions(track, findings, language),
        *statement.directions(track, language),
        *statement.deflections(track, language),
        statement.course(track, language),
    )
    return {
        "name": f"{n}. {track.name}",
        "note": say("conclusion5.chord_of_ends", language) if deflected else "",
        "numbers": _numbers(track, language),
        "parts": [
            *body_rows(track, findings, language),
            *(_parts(parts, language) if deflected else []),
        ],
        "remark": " ".join((statement.statement(track, language), *bent)),
        "source": statement.source(track, language),
    }


def _parts(parts: Sequence[Trajectory], language: Language) -> list[list[str]]:
    """Return a row for each straight part."""
    key = "conclusion5.part" if parts[0].entry is None else "conclusion5.part_from_entry"
    return [
        [say(key, language, n=at, of=len(parts)), *_numbers(one, language)]
        for at, one in enumerate(parts, 1)
    ]


def _numbers(track: Trajectory, language: Language) -> list[str]:
    return [
        words.length(track, language),
        *words.readings(track, language),
        *words.planes(track, language),
    ]


def _row(one: Numbered, findings: Sequence[Finding], language: Language) -> dict[str, Any]:
    finding = one.finding
    about = [one.series, place_words(finding, language), *kind_words(finding, language)]
    sure = [certainty_words(finding, language), ground_words(finding, language)]
    numbers = number_words(finding, language)
    if isinstance(finding, Trajectory):
        sure[1] = statement.direction(finding, language)
        numbers = tuple(f"{line.label}: {line.text}" for line in quantity_lines(finding, language))
    elif not isinstance(finding, Fragment) or finding.fragment is FragmentKind.PROJECTILE:
        # Of every small fragment they would bury the list.
        numbers += tuple(
            f"{line.label}: {line.text}" for line in frame_lines_of(finding, findings, language)
        )
    if isinstance(finding, Wound):
        numbers += tuple(f"{line.label}: {line.text}" for line in blade_lines(finding, language))
    row = {
        "name": f"{one.number}. {finding.name}",
        "what": "; ".join(text for text in about if text),
        "numbers": list(numbers),
        "sure": [text for text in sure if text],
        "beside": " ".join(beside(finding, language)),
    }
    return row | {"whole": len(str(row)) < _WHOLE}


def _named(row: dict[str, Any], one: Numbered, language: Language) -> dict[str, Any]:
    """Return a row of a table of all kinds with the kind's name."""
    return row | {"what": f"{called('kind', one.finding.kind, language)}. {row['what']}"}
