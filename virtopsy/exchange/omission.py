"""What could not be exchanged, and why: named, never dropped without a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from virtopsy.errors import VirtopsyError
from virtopsy.findings.finding import Finding
from virtopsy.language import Fact, Language, say


@dataclass(frozen=True)
class Omission:
    """One thing that was left out, or taken in otherwise than it stood.

    Attributes:
        code: message key `exchange.omitted.<code>`.
        facts: what fills the sentence.
        cause: the error it comes from; its sentence stands in this one.
    """

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    cause: VirtopsyError | None = None

    def sentence(self, language: Language) -> str:
        """Return what it is, and why."""
        why = {} if self.cause is None else {"why": self.cause.sentence(language)}
        return say(f"exchange.omitted.{self.code}", language, **self.facts, **why)


@dataclass(frozen=True)
class Taken:
    """What came in.

    Attributes:
        findings: as they can be added to a case.
        omissions: what the file holds besides.
    """

    findings: tuple[Finding, ...] = ()
    omissions: tuple[Omission, ...] = ()

    def __add__(self, other: Taken) -> Taken:
        """Return both."""
        return Taken(self.findings + other.findings, self.omissions + other.omissions)


def omitted(code: str, **facts: Fact) -> Omission:
    """Return an omission."""
    return Omission(code, facts)
