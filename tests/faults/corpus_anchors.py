"""Bad archives whose outside anchors, the files of witnesses and timestamps, were attacked."""

from __future__ import annotations

from archive.opening import open_archive
from archive.proof import anchor_name, canonical
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from tests.archive.conftest import CHEAP
from tests.faults.acts import later_clock
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


@bad("anchors: witness forged", "witness_mismatch")
def signature_of_no_witness(stand: Stand) -> None:
    name = anchor_name.of_key(_size(stand), "0" * 64)
    (stand.folder / name).write_text("no signature")


@bad("anchors: taken away", "witness_missing", "timestamp_missing")
def anchors_that_were_taken_gone(stand: Stand) -> None:
    size = _size(stand)
    with open_archive(stand.folder, clock=later_clock(3), cost=CHEAP) as archive:
        for act, whose in ((ActName.TAKE_WITNESS, "key"), (ActName.TAKE_TIMESTAMP, "sha256")):
            data = {"size": size, whose: "0" * 64}
            archive._journal.write(Act(act, SYSTEM, data=data))
