"""What can be searched for, and what was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchItem:
    """Something that can be searched for.

    Attributes:
        kind: "case", "series", "finding", "stop" or "exhibit".
        id: within the case and kind: number, series UID, finding's or stop's id, SHA-256.
        study_uid: of the study it belongs to; empty for none.
        text: what is shown.
        folded: the text as it is compared (`proof.folding`).
    """

    case_number: str
    kind: str
    id: str
    study_uid: str
    text: str
    folded: str


@dataclass(frozen=True)
class SearchReport:
    """What a search found.

    Attributes:
        total: how many there are, as far as they were counted (`services.search.COUNTED`).
        more: there are more than that.
        short: only words of one or two letters were looked for, which are found as words alone.
        results: the first of them, newest first.
    """

    total: int
    more: bool
    short: bool
    results: tuple[SearchItem, ...]

    @property
    def answer(self) -> str:
        """Key of the sentence that says how much there is, where all of it is shown."""
        return "search.none_short" if self.short and not self.total else "search.total"
