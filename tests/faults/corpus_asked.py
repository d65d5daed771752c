"""Archives that are bad only for who asks: with a key, a paper, or what an earlier check saw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.opening import open_archive, verify_folder
from archive.proof import canonical
from archive.services.paper import PrintedHead
from archive.services.verify import Scope
from tests.archive.conftest import CHEAP, PASSWORD
from tests.faults.acts import KEEPER, later_clock
from tests.faults.corpus import Asked, bad
from tests.faults.stand import Stand, flipped, spoil

# ... a fingerprint, a printed head


@bad("asked: another key", "unknown_signer")
def key_of_another_archive(stand: Stand) -> Asked:
    with open_archive(stand.other, clock=later_clock(3), cost=CHEAP) as archive:
        return {"key": archive.fingerprint}


@bad("asked: another key", "key_rotated")
def key_that_was_rotated(stand: Stand) -> Asked:
    with open_archive(stand.folder, clock=later_clock(3), cost=CHEAP) as archive:
        return {"key": archive.keys.rotate(archive.access.login(KEEPER, PASSWORD)).old}


@bad("asked: a paper", "paper_ahead")
def paper_of_a_longer_log(stand: Stand) -> Asked:
    return {"paper": PrintedHead(len(stand.bodies()) + 1, "0" * 64)}


@bad("asked: a paper", "paper_mismatch")
def paper_of_another_log(stand: Stand) -> Asked:
    return {"paper": PrintedHead(len(stand.bodies()), "0" * 64)}


# ... what an earlier check saw


def _state(stand: Stand) -> Path:
    return stand.folder.parent / "state"


def _checked(stand: Stand) -> Path:
    """Check once; return where that is remembered."""
    verify_folder(stand.folder, clock=later_clock(9), state=_state(stand))
    (last,) = _state(stand).rglob("check-last.txt")
    return last


def _stopped(stand: Stand, change: Callable[[bytes], bytes] = bytes) -> Asked:
    """Ask for a check that goes on with one that was stopped after the last object."""
    last = _checked(stand)
    last.write_bytes(change(last.read_bytes()))
    last.rename(last.with_name("check-1.txt"))
    return {"state": _state(stand)}


def _headed(content: bytes, **other: object) -> bytes:
    head, _, rest = content.partition(b"\n")
    return canonical.encode({**canonical.decode(head), **other}) + b"\n" + rest


@bad("asked: what changed", "no_full_check")
def no_check_to_go_by(stand: Stand) -> Asked:
    return {"state": _state(stand), "scope": Scope.CHANGED}


@bad("asked: what changed", "changed_only")
def check_to_go_by(stand: Stand) -> Asked:
    _checked(stand)
    return {"state": _state(stand), "scope": Scope.CHANGED}


@bad("asked: to go on", "resumed")
def check_stopped(stand: Stand) -> Asked:
    return _stopped(stand)


@bad("asked: to go on", "object_reads_again")
def object_that_was_damaged_before_the_stop(stand: Stand) -> Asked:
    return _stopped(stand, lambda content: content.replace(b" -\n", b" object_changed\n", 1))


@bad("asked: to go on", "resume_damaged")
def stopped_check_garbled(stand: Stand) -> Asked:
    return _stopped(stand, lambda content: b"x" + content[1:])


@bad("asked: to go on", "resume_old")
def check_stopped_long_ago(stand: Stand) -> Asked:
    return _stopped(stand) | {"clock": later_clock(11)}


@bad("asked: to go on", "resume_other_log")
def check_of_another_log_stopped(stand: Stand) -> Asked:
    return _stopped(stand, lambda content: _headed(content, root="0" * 64))


@bad("asked: to go on", "object_changed")
def stopped_check_laid_into_the_archive(stand: Stand) -> Asked:
    """It says of every object, also the one that was changed, that it was read and good."""
    last = _checked(stand)
    changed = stand.objects()[0]
    spoil(changed, flipped(0))
    now = changed.stat()
    state = f"{now.st_size} {now.st_mtime_ns} {now.st_ctime_ns} {now.st_ino}"
    lines = last.read_text().splitlines()
    forged = [f"{changed.name} {state} -" if changed.name in one else one for one in lines]
    (stand.folder / "db" / "check-1.txt").write_text("\n".join(forged) + "\n")
    last.unlink()
    return {"state": _state(stand)}
