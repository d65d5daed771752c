"""Who hands findings out, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from virtopsy.case.subject import Subject


@dataclass(frozen=True)
class Author:
    """Who hands out, and when.

    Attributes:
        name: of the person.
        when: with its zone.
        subject: the state of the person examined.
    """

    name: str
    when: datetime
    subject: Subject = Subject.UNKNOWN
