"""What every finding has, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class Certainty(StrEnum):
    """How sure the expert is."""

    DEFINITE = "definite"
    PROBABLE = "probable"
    POSSIBLE = "possible"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing the expert marked on one series.

    Attributes:
        finding_id: stays the same through every version.
        name: as the expert calls it.
        series_uid, frame_of_reference_uid: where its coordinates hold.
    """

    kind: ClassVar[str] = ""

    finding_id: str
    name: str
    series_uid: str
    frame_of_reference_uid: str = ""
    certainty: Certainty = field(default=Certainty.DEFINITE)
