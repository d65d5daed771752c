"""The forms in which findings are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from virtopsy.exchange.omission import Omission


class Form(StrEnum):
    """What another program is to read."""

    SR = "sr"
    SEG = "seg"
    KO = "ko"
    CSV = "csv"
    JSON = "json"


DICOM = frozenset({Form.SR, Form.SEG, Form.KO})


@dataclass(frozen=True)
class Handed:
    """What is handed out.

    Attributes:
        files: their bytes by their name.
        omissions: what a form could not take, and why.
    """

    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    omissions: tuple[Omission, ...] = ()
