"""The newest anchor of the log outside this machine: since then only this machine vouches for it.

A whole log rewritten by somebody who holds the key, or a tail cut from it, shows only against
something that lies elsewhere. So the time since the last such thing is shown while one works.
What a paper cannot have said, of entries to come or of another log, is no anchor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from archive.ports import Clock, UnitOfWork
from archive.proof import canonical, chain, merkle
from archive.proof.acts import ActName
from archive.records import Actor, LogEntry, Out
from archive.services.access import Access
from archive.services.journal import Journal
from archive.services.rights import Right
from virtopsy.errors import Bug, IntegrityError
from virtopsy.language import Language, say


@dataclass(frozen=True)
class Anchor:
    """Something outside this machine against which the log can be held.

    Attributes:
        kind: "bundle", "receipt", "paper", "witness", "timestamp" or "backup".
        when: time of the entry that says so, UTC.
        size: how many entries of the log it covers at least.
        seq: the entry that says so.
    """

    kind: str
    when: datetime
    size: int
    seq: int


@dataclass(frozen=True)
class LastAnchor:
    """The newest outside anchor, seen from now.

    Attributes:
        anchor: None where there is none yet.
        entries_since: entries that it does not cover.
        age: since the anchor; zero where the clock went back, and where there is none.
    """

    anchor: Anchor | None
    entries_since: int
    age: timedelta

    def sentence(self, language: Language) -> str:
        """Return what the status line says."""
        if self.anchor is None:
            return say("anchor.none", language, n=self.entries_since)
        kind = say(f"anchor.kind.{self.anchor.kind}", language)
        age = age_in_words(self.age, language)
        return say("anchor.last", language, kind=kind, age=age, n=self.entries_since)


_Size: TypeAlias = Callable[[LogEntry, Mapping[str, Any]], int | None]


def _stated(_entry: LogEntry, data: Mapping[str, Any]) -> int | None:
    """Return the size that the entry itself states; None: it is no anchor."""
    size = data.get("size")
    return size if isinstance(size, int) and not isinstance(size, bool) else None


def _stated_or_all_before(entry: LogEntry, data: Mapping[str, Any]) -> int | None:
    size = _stated(entry, data)
    return entry.seq - 1 if size is None else size


def _of_bundle(entry: LogEntry, data: Mapping[str, Any]) -> int | None:
    """A bundle's checkpoint is signed after the entry of its export, which it holds."""
    return entry.seq if "manifest_sha256" in data else None


_KINDS: tuple[tuple[ActName, str, _Size], ...] = (
    (ActName.EXPORT, "bundle", _of_bundle),
    (ActName.RECEIPT, "receipt", _stated_or_all_before),
    (ActName.PRINT, "paper", _stated),
    (ActName.TAKE_WITNESS, "witness", _stated),
    (ActName.TAKE_TIMESTAMP, "timestamp", _stated),
    (ActName.BACKUP, "backup", _stated_or_all_before),
)
_PAPERS = (ActName.PRINT, ActName.RECEIPT)
_LOOKED_AT = 1000
"""Of one act, newest first: an act that is no anchor may be repeated, but a look must be quick."""


class Anchors:
    """Finds the newest outside anchor by the index over acts, whatever the length of the log."""

    def __init__(self, access: Access, journal: Journal, clock: Clock) -> None:
        self._access = access
        self._journal = journal
        self._clock = clock

    def last(self, actor: Actor) -> LastAnchor:
        """Return the newest outside anchor; not an entry, for it is asked again and again.

        Raises:
            AccessDenied: nobody is logged in, or the person may not read the log.
        """
        self._access.require(actor, Right.READ_LOG, acting=False)
        with self._journal.database.reading() as work:
            found = _newest(work)
            size = work.log.size()
        if found is None:
            return LastAnchor(None, size, timedelta(0))
        age = max(self._clock() - found.when, timedelta(0))
        return LastAnchor(found, max(size - found.size, 0), age)


def _newest(work: UnitOfWork) -> Anchor | None:
    """Return the anchor that covers most; of two that cover the same, the later one."""
    found = [one for one in (_newest_of(work, *kind) for kind in _KINDS) if one is not None]
    return max(found, key=lambda one: (one.size, one.seq), default=None)


def _newest_of(work: UnitOfWork, act: ActName, kind: str, size_of: _Size) -> Anchor | None:
    for entry in work.log.newest_first(act, Out.OK, _LOOKED_AT):
        try:
            data = chain.read(entry)["data"]
        except canonical.NotCanonical:
            continue  # `verify` names it; it anchors nothing
        size = size_of(entry, data) if isinstance(data, Mapping) else None
        if size is not None and _can_be(work, act, data, size, entry.seq):
            return Anchor(kind, chain.when(entry), size, entry.seq)
    return None


def _can_be(work: UnitOfWork, act: ActName, data: Mapping[str, Any], size: int, seq: int) -> bool:
    """Tell whether an entry can tell truly of `size` entries; a paper names their root too."""
    covered = seq if act == ActName.EXPORT else seq - 1
    if not 0 <= size <= covered:
        return False
    if act not in _PAPERS or (act == ActName.RECEIPT and "root" not in data):  # an early receipt
        return True
    try:
        return data.get("root") == merkle.Tree(work.tree).root(size).hex()
    except IntegrityError:
        return False  # `verify` names the damaged log; it bears nothing out


def refuse_false(journal: Journal, act: ActName | str, data: Mapping[str, Any]) -> None:
    """Refuse to note what would count as an anchor and is none.

    Raises:
        Bug: a head that is not the log's, or a bundle, which its own service notes.
    """
    if act == ActName.EXPORT and "manifest_sha256" in data:
        raise Bug("a bundle is noted by the service that writes it")
    if act in _PAPERS and "size" in data:
        size, _ = journal.head()
        stated = data["size"]
        if type(stated) is not int or not 0 <= stated <= size:
            raise Bug(f"the log has {size} entries, not {stated!r}")
        if data.get("root") != journal.root(stated).hex():
            raise Bug(f"the log's first {stated} entries have another root")


def age_in_words(age: timedelta, language: Language) -> str:
    """Return a length of time in its largest whole unit: minutes, hours or days."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return say("anchor.age.minutes", language, value=minutes)
    if minutes < 48 * 60:
        return say("anchor.age.hours", language, value=minutes // 60)
    return say("anchor.age.days", language, value=minutes // (24 * 60))
