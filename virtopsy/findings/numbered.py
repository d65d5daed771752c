"""Findings with the numbers they have in lists, circles and on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from virtopsy.findings.finding import Finding


@dataclass(frozen=True)
class Numbered:
    """A finding with its number.

    Attributes:
        number: its place among the findings of its series, from 1, as the window shows it.
        finding: what was marked.
        series: what its series is called, where that is not the series the page is about.
    """

    number: int
    finding: Finding
    series: str = ""


def numbered(findings: Iterable[Finding]) -> tuple[Numbered, ...]:
    """Return findings in their order, each counted among those of its own series."""
    counted: dict[str, int] = {}
    told = []
    for one in findings:
        counted[one.series_uid] = counted.get(one.series_uid, 0) + 1
        told.append(Numbered(counted[one.series_uid], one))
    return tuple(told)
