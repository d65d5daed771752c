"""The log's head for paper: so many entries, this root, under this key.

A printed head is an anchor: whoever holds the paper can tell later whether the log still begins
with the same entries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from archive.proof.acts import ActName
from archive.proof.chain import Act
from archive.records import Actor
from archive.services.access import Access
from archive.services.anchors import refuse_false
from archive.services.gate import who
from archive.services.journal import Journal
from archive.services.rights import Right
from virtopsy.report.head import LogHead

Fingerprint: TypeAlias = Callable[[], str]
"""Of the archive's key in use: it may be rotated while the archive is open."""


class Heads:
    """Tells the head, and records that it went on paper."""

    def __init__(self, access: Access, journal: Journal, fingerprint: Fingerprint) -> None:
        self._access = access
        self._journal = journal
        self._fingerprint = fingerprint

    def now(self, actor: Actor | None) -> LogHead:
        """Return the head of this moment; not an entry, which would move it.

        Raises:
            AccessDenied: nobody is logged in, or the person may not read the log.
        """
        self._access.require(actor, Right.READ_LOG)
        return head_now(self._access, self._journal, self._fingerprint)

    def printed(self, actor: Actor | None, head: LogHead) -> None:
        """Record that this head was handed out for paper.

        Raises:
            AccessDenied: nobody is logged in, or the person may not read the log.
        """
        session = self._access.require(actor, Right.READ_LOG)
        data = {"form": "head", "size": head.size, "root": head.root}
        refuse_false(self._journal, ActName.PRINT, data)
        self._journal.write(Act(ActName.PRINT, who(session.actor), data=data), session.seal)


def head_now(access: Access, journal: Journal, fingerprint: Fingerprint) -> LogHead:
    """Return the head of this moment as papers say it."""
    size, root = journal.head()
    return LogHead(
        archive=journal.archive,
        size=size,
        root=root.hex(),
        key_fingerprint=fingerprint(),
        single_keeper=bool(access.single_keeper()),
    )
