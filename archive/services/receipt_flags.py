"""What a receipt asks people to look at: what nobody stated, and what is odd about what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from archive.records import Document, FileReport, Flag
from virtopsy.language import Language, say
from virtopsy.report.conclusion import Warned


@dataclass(frozen=True)
class Unstated:
    """A question of the intake that nobody answered."""

    question: str

    def sentence(self, language: Language) -> str:
        """Return it as a sentence."""
        return say(f"receipt.flag.{self.question}", language)


@dataclass(frozen=True)
class Odd:
    """A flag with what it is about.

    Attributes:
        files: how many files it stands at; 0 where it is about a series, a study or a carrier.
    """

    flag: Flag
    files: int = 0

    def sentence(self, language: Language) -> str:
        """Return it as a sentence."""
        told = self.flag.sentence(language)
        if self.files:
            return f"{told} ({say('receipt.files', language, n=self.files)})"
        return f"{told} ({self.flag.about})" if self.flag.about else told


def flags_of(said: Document, not_stated: Sequence[str]) -> tuple[Warned, ...]:
    """Return everything that is to be looked at of one intake.

    Args:
        said: the record of the intake.
        not_stated: the questions that were not answered.
    """
    reports = map(FileReport.of, said["report"])
    return (*map(Unstated, not_stated), *_whole(said), *_of_files(reports))


def _whole(said: Document) -> Iterator[Odd]:
    for one in said.get("flags", ()):  # the first archives kept none
        yield Odd(Flag(one["code"], one["about"], one["facts"]))


def _of_files(reports: Iterable[FileReport]) -> Iterator[Odd]:
    """Yield each flag once, however many files it stands at; conflicts are counted apart."""
    counted: Counter[tuple[str, tuple[tuple[str, str | int], ...]]] = Counter()
    for report in reports:
        for flag in report.flags:
            counted[flag.code, tuple(sorted(flag.facts.items()))] += 1
    for (code, facts), files in sorted(counted.items(), key=str):
        yield Odd(Flag(code, "", dict(facts)), files)
