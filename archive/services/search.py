"""Searching one's own cases: numbers, patients, words of series and findings, UIDs, exhibits.

Other persons' cases are not hinted at: the query itself asks whose cases they are, so neither the
results nor their number tells of them. What was searched for is personal (a name, most often): it
lies in a salted object that the entry names, and can be restricted like every other.
"""

from __future__ import annotations

from uuid import uuid4

from archive.ports import Blobs
from archive.proof import canonical
from archive.proof.chain import Act
from archive.proof.folding import fold
from archive.records import Actor, ObjectName, SearchReport
from archive.services.access import Access
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.persons import salted
from archive.services.rights import Right
from virtopsy.errors import InputError

COUNTED = 200
"""How far hits are counted, where no more are asked for; whoever has more must say more."""
LIMIT = 50
LONGEST = 200
WHOLE = 3
"""A word of fewer letters is found where it stands as a word of its own, not within another."""


class Search:
    """Finds what the acting person may see."""

    def __init__(self, access: Access, journal: Journal, blobs: Blobs) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs

    def find(self, actor: Actor | None, text: str, *, limit: int = LIMIT) -> SearchReport:
        """Return what holds every word of `text`, newest first.

        Small and capital letters, Ё and Е, a Kazakh letter and the one a Russian keyboard has in
        its place, and Latin letters that look like Cyrillic ones are the same (`proof.folding`).

        Args:
            actor: whose cases are searched.
            text: words; no letter in them has a meaning of its own.
            limit: how many results at most.

        Raises:
            AccessDenied: no right to search.
            InputError: there is no word in the text, or too much text.
        """
        person = self._access.require(actor, Right.SEARCH).actor
        words, most = words_of(text), max(COUNTED, limit)
        named = () if self._journal.database.shut else (self._kept(words),)
        with self._journal.database.reading() as work:
            found = work.search.find(person.person_id, words, limit)
            count = len(found)
            if count == limit:  # there may be more of them
                count = work.search.count(person.person_id, words, most + 1)
        total = min(count, most)
        self._journal.write(Act(Right.SEARCH, who(person), objects=named, data={"found": total}))
        short = all(len(fold(one)) < WHOLE for one in words)
        return SearchReport(total, count > most, short, tuple(found))

    def _kept(self, words: tuple[str, ...]) -> ObjectName:
        kept = self._blobs.put(salted("search", {"text": " ".join(words)}))
        return ObjectName("search", uuid4().hex, kept)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text that somebody searches for.

    Raises:
        InputError: there is none, or too much.
    """
    if len(text) > LONGEST:
        raise InputError("search.too_long", longest=LONGEST)
    printable = "".join(one if one.isprintable() else " " for one in canonical.text(text))
    words = tuple(one for one in printable.split() if fold(one).strip())
    if not words:
        raise InputError("search.empty")
    return words
