"""What every finding has when it is marked: whose it is, what it is called, where it was seen."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.tools.forms import At, Form, Made, is_of
from viewer.presenters.tools.snap import LEVELS
from viewer.presenters.value import Value
from virtopsy.errors import Bug
from virtopsy.findings.landmark import Landmark
from virtopsy.geometry.camera import Point
from virtopsy.imaging.volume import Volume
from virtopsy.language import Language, say

_LEANS = 1e-3  # sine of the angle between two planes that are one, but for rounding
_NOT_YET = "-"  # a fracture is drawn while no source slice is named yet


class FindingMaker:
    """Fills in what a finding has besides its points.

    Args:
        views: on which it is marked.
        findings: among which it will be.
        new_id: makes an identity nobody else has.
        person: who marks.
        language: of its first name and of remarks.
    """

    def __init__(
        self,
        views: Views,
        findings: Findings,
        new_id: Callable[[], str],
        person: Value[str],
        language: Value[Language],
    ) -> None:
        self._views, self._findings, self._new_id = views, findings, new_id
        self._person, self._language = person, language

    def made(self, form: Form, places: tuple[At, ...], *, whole: bool) -> Made:
        """Return what a finding is made of.

        Args:
            form: of it.
            places: at least one.
            whole: whether it is to be recorded, and not only drawn.
        """
        volume, language = self.volume, self._language.now
        first = places[0]
        near = self.landmark_near(places[-1].lps_mm)
        seen_on = self.source_at(first.lps_mm) if first.normal is not None else ""
        known = {
            "finding_id": self._new_id() if whole else "",
            "name": form.named(self._how_many(form) + 1, language),
            "series_uid": volume.identity.series_uid,
            "frame_of_reference_uid": volume.identity.frame_of_reference_uid,
            "made_in": first.view,
            "resampled": not all(map(self.acquired, places)),
            "seen_on_slice": seen_on if whole else seen_on or _NOT_YET,
            "remark": _remark(places, language),
        }
        landmark_id = "" if near is None else near.finding_id
        return Made(known, places, volume, self._person.now, landmark_id, whole)

    @property
    def volume(self) -> Volume:
        """What is marked on."""
        if self._views.volume.now is None:
            raise Bug("marking needs a volume")
        return self._views.volume.now

    def landmark_near(self, lps_mm: Point) -> Landmark | None:
        """Return the shown landmark that is nearest to a place."""
        shown = [one for one in self._findings.visible if isinstance(one, Landmark)]
        return min(shown, key=lambda one: math.dist(one.at_lps_mm, lps_mm), default=None)

    def source_at(self, lps_mm: Point) -> str:
        """Return the SOP Instance UID of the acquired slice at a place; empty: none is known."""
        found = self.volume.nearest_source(lps_mm)
        return "" if found is None else found.sop_uid

    def unseen(self, places: tuple[At, ...]) -> bool:
        """Tell whether no source slice shows what was marked."""
        return any(one.normal is None for one in places) or not self.source_at(places[0].lps_mm)

    def acquired(self, at: At) -> bool:
        """Tell whether a place was pointed at on acquired pixels."""
        volume, normal = self.volume, at.normal
        if normal is None or self._views.slab.now is not None:
            return False
        if volume.acquired is not None or volume.widest_gap_mm is not None:
            return False
        lean = np.cross(normal, volume.frame.directions[:, 2])
        return float(np.linalg.norm(lean)) < _LEANS

    def _how_many(self, form: Form) -> int:
        return sum(is_of(form, one) for one in self._findings.shown)


def _remark(places: tuple[At, ...], language: Language) -> str:
    """Say which places were brought to a surface."""
    said = []
    for tissue in LEVELS:
        numbers = [str(n) for n, one in enumerate(places, start=1) if one.snapped == tissue]
        if numbers:
            said.append(say(f"marking.snapped.{tissue}", language, points=", ".join(numbers)))
    return " ".join(said)
