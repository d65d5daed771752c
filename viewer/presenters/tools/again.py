"""Marking a recorded finding again: an independent repeat, or the extents of a wound."""

from __future__ import annotations

import math
from dataclasses import replace

from viewer.presenters.tools.forms import At, Form, Made, form_named
from virtopsy.errors import Bug
from virtopsy.findings.finding import Finding
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure, MeasureKind
from virtopsy.findings.wound import Wound
from virtopsy.geometry.camera import Point

_NEVER_AGAIN = {MeasureKind.ROI, MeasureKind.PROFILE}
# What is reckoned from values is not marked again by points alone.


def no_finding(made: Made) -> Finding:
    """Refuse: what is marked so is made otherwise."""
    raise Bug(f"{len(made.places)} points make no finding of their own")


EXTENTS = Form("extents", 2, 4, no_finding, pairs=True)
"""The two ends of a wound's longest extent, then those of the one across."""


def again_form(finding: Finding) -> Form | None:
    """Return the form in which a finding is marked once more; None where that says nothing."""
    if isinstance(finding, Landmark):
        return form_named("landmark")
    if isinstance(finding, Measure) and finding.measure not in _NEVER_AGAIN:
        return form_named(f"measure.{finding.measure.value}")
    return None


def changed(form: Form, finding: Finding, places: tuple[At, ...]) -> Finding:
    """Return a finding with what was marked of it again."""
    points = tuple(one.lps_mm for one in places)
    if isinstance(finding, Landmark):
        return finding.marked_again(points[0])
    if isinstance(finding, Measure):
        return finding.measured_again(points)
    if isinstance(finding, Wound) and form is EXTENTS:
        return _measured(finding, points)
    raise Bug(f"a {finding.kind} is not marked again")


def _measured(wound: Wound, points: tuple[Point, ...]) -> Wound:
    first, second = points[:2], points[2:4]
    second = second if len(second) == 2 else ()
    if second and math.dist(*second) > math.dist(*first):
        first, second = second, first
    return replace(wound, long_lps_mm=first, short_lps_mm=second)
