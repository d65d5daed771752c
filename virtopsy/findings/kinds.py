"""Every kind of finding by the name it has in records, schemas and code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.key_picture import KeyPicture
from virtopsy.findings.landmark import Landmark
from virtopsy.findings.measure import Measure
from virtopsy.findings.note import Note
from virtopsy.findings.region import Region
from virtopsy.findings.trajectory import Trajectory
from virtopsy.findings.wound import Wound

KINDS: Mapping[str, type[Finding]] = MappingProxyType(
    {
        one.kind: one
        for one in (
            Wound,
            Trajectory,
            Fragment,
            Fracture,
            Region,
            Landmark,
            Measure,
            Note,
            KeyPicture,
        )
    }
)
"""In the order of lists and menus."""
