"""An older archive's index in today's shape: new tables and columns, filled from log and objects.

Only what is new is written. What the older index held already stays as it lies, right or wrong:
a row that somebody changed is still found by `verify`. Log bodies and objects are only read.
"""

from __future__ import annotations

from archive.ports import Blobs, Migration
from archive.proof import merkle
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from archive.services.journal import Journal
from archive.services.replay import replay
from archive.services.searched import expected_items
from virtopsy.jobs import Progress

_STEPS = 4


def migrate(journal: Journal, blobs: Blobs, progress: Progress) -> None:
    """Bring the index into today's shape in one transaction, and say so in the log.

    A kill at any instant leaves the older archive as it was; another program that did it
    meanwhile leaves nothing to do.

    Args:
        journal: of the archive.
        blobs: its objects.
        progress: counts steps.

    Raises:
        StorageError: the disk refused, and nothing changed.
        Cancelled: nothing changed.
    """
    with journal.database.migrating() as work:
        before, after = reshape(work, blobs, progress)
        if before == after:
            return
        journal.append(work, Act(ActName.MIGRATION, SYSTEM, data={"from": before, "to": after}))
        work.commit()
    journal.copy_out()
    progress.tick(_STEPS, _STEPS)


def reshape(work: Migration, blobs: Blobs, progress: Progress) -> tuple[str, str]:
    """Change the shape of the index and fill what is new; return the old and new revision."""
    before, after = work.upgrade()
    if before != after:
        progress.tick(1, _STEPS)
        for node in merkle.grown(merkle.leaf_hash(one.body) for one in work.log.entries()):
            work.tree.add(*node)
        expected = replay(work.log.entries(), blobs)
        progress.tick(2, _STEPS)
        work.state_persons(expected.persons.values())
        work.state_files(expected.files.values())
        progress.tick(3, _STEPS)
        items, _ = expected_items(expected, blobs, progress.check)
        work.search.add(items.values())
    return before, after
