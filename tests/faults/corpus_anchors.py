"""Bad archives whose outside anchors, the files of witnesses and timestamps, were attacked."""

from __future__ import annotations

from archive.proof import anchor_name, canonical
from tests.faults.corpus import bad
from tests.faults.stand import Stand


@bad("anchors: timestamp forged", "timestamp_mismatch")
def timestamp_that_is_none(stand: Stand) -> None:
    _timestamp(stand)


@bad("anchors: checkpoint of a timestamp gone", "timestamp_uncovered", "checkpoint_unreadable")
def folder_in_the_place_of_the_checkpoint_under_a_timestamp(stand: Stand) -> None:
    _timestamp(stand)
    stand.notes()[-1].unlink()
    (stand.folder / "log" / f"checkpoint-{_size(stand):012d}.txt").mkdir()


def _size(stand: Stand) -> int:
    return len(stand.bodies())


def _timestamp(stand: Stand) -> None:
    """Lay a file that is called as a timestamp over the newest checkpoint is."""
    content = b"no timestamp"
    name = anchor_name.of_timestamp(_size(stand), canonical.sha256(content))
    (stand.folder / name).write_bytes(content)
