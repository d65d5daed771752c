"""One version of a finding: who made it, when, why, and what it was then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

How: TypeAlias = Literal["do", "undo", "redo"]


@dataclass(frozen=True)
class Version:
    """What a thing was from one act on.

    Attributes:
        number: 1, 2, 3, ... within the thing.
        when: in UTC.
        author: name of the person; empty before anybody said who acts.
        act: what happened to it.
        how: whether that was done, or came from undo or redo.
        label: message key of what was done.
        record: its JSON record; None: it was withdrawn.
        reason: why, where that was asked.
    """

    number: int
    when: datetime
    author: str
    act: Literal["add", "change", "withdraw"]
    how: How
    label: str
    record: Mapping[str, Any] | None
    reason: str = ""
