"""An outside anchor's file comes before its entry; where a kill parted them, it is taken again."""

from __future__ import annotations

from archive.ports import AnchorFiles
from archive.proof.chain import Act
from archive.proof.signing import Seal
from archive.services.anchor_check import recorded
from archive.services.journal import Journal
from virtopsy.errors import InputError, IntegrityError


def keep(  # noqa: PLR0913, PLR0917 -- where to, and what was found
    journal: Journal,
    kept: AnchorFiles,
    name: str,
    content: bytes,
    act: Act,
    seal: Seal | None,
) -> None:
    """Keep the file of an anchor and write the entry that it was taken.

    Raises:
        InputError: it is here already, and an entry says so.
        IntegrityError: something else lies under that name, and no entry says what.
        StorageError: the disk refused; nothing was recorded.
    """
    if not kept.add(name, content):
        with journal.database.reading() as work:
            told = set(recorded(work.log.of_acts({act.name})))
        if name in told:
            raise InputError("anchor.take.again", path=name)
        if kept.read(name) != content:
            raise IntegrityError("anchor.take.other_content", path=name)
    journal.write(act, seal)
