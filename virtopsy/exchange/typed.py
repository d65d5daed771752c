"""What type of its kind a finding is stated to be, as a term of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from virtopsy.findings.finding import Finding
from virtopsy.findings.fracture import Fracture
from virtopsy.findings.fragment import Fragment
from virtopsy.findings.measure import Measure
from virtopsy.findings.region import Region
from virtopsy.findings.wound import Wound

_FIELDS: Final[Mapping[type[Finding], str]] = MappingProxyType(
    {
        Wound: "wound",
        Fracture: "fracture",
        Fragment: "fragment",
        Measure: "measure",
        Region: "substance",
    }
)
"""Which field of a kind holds its type; the group of its terms has the same name."""


def stated_type(finding: Finding) -> tuple[str, str]:
    """Return group and code of the type; both empty where none is stated, or the kind has none."""
    group = _FIELDS.get(type(finding), "")
    code = str(getattr(finding, group)) if group else ""
    return (group, code) if code else ("", "")
