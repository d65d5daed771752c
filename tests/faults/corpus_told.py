"""Archives that are whole, or nearly, and of which the check must not keep silent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.opening import Archive, open_archive
from archive.proof.acts import ActName
from archive.proof.chain import SYSTEM, Act
from archive.records import Actor, ObjectName, Surroundings
from archive.services.journal import CHECKPOINT_EVERY
from archive.storage.machine import ThisMachine
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from tests.faults.acts import KEEPER, later_clock
from tests.faults.corpus import bad
from tests.faults.stand import Stand, flipped, rechained, spoil, write_copy
from virtopsy.jobs import Progress

_SECOND = "a password of her own"


def _open(stand: Stand, **named: Any) -> Archive:
    return open_archive(stand.folder, **{"clock": later_clock(3), "cost": CHEAP, **named})


def _write(stand: Stand, act: ActName, **said: Any) -> None:
    """Append an entry without a person, as whoever can write the folder may."""
    with _open(stand) as archive:
        archive._journal.write(Act(act, SYSTEM, **said))


# ... the clock


@bad("told: clock moved", "clock_moved_by")
def clock_that_went_two_days_forward(stand: Stand) -> None:
    _write(stand, ActName.LIST_CASES)


class _StartedAnew(ThisMachine):
    def surroundings(self) -> Surroundings:
        return replace(super().surroundings(), boot="another start")


@bad("told: clock moved", "clock_moved")
def clock_that_went_back_while_the_machine_was_off(stand: Stand) -> None:
    with _open(stand, clock=later_clock(0), machine=_StartedAnew()) as archive:
        archive._journal.write(Act(ActName.LIST_CASES, SYSTEM))


@bad("told: clock moved", "clock_back")
def entry_dated_back_without_a_word(stand: Stand) -> None:
    bodies = stand.bodies()
    _append(stand, {**bodies[-1], "ts": bodies[0]["ts"]})


# ... what is not signed, or not copied, yet


def _append(stand: Stand, *bodies: Mapping[str, Any]) -> None:
    entries = rechained([*stand.bodies(), *map(dict, bodies)])
    stand.write_log(entries)
    write_copy(stand.folder, entries)


@bad("told: entries that nobody signed", "checkpoint_behind")
def more_than_a_hundred_entries_without_a_checkpoint(stand: Stand) -> None:
    _append(stand, *[stand.bodies()[-1]] * (CHECKPOINT_EVERY + 1))


@bad("told: entries that nobody signed", "records_unsealed")
def finding_altered_in_an_entry_that_nobody_signed(stand: Stand) -> None:
    (record,) = [one for one in stand.bodies() if one["act"] == ActName.RECORD][-1:]
    _append(stand, {**record, "act": ActName.EXPORT, "obj": [], "data": {}})


@bad("told: an older archive in place", "was_restore_rolled_back", "acts_unsealed")
def older_backup_put_in_place(stand: Stand) -> None:
    data = {"codes": ["restore_rolled_back"], "missing_entries": 3}
    _write(stand, ActName.RESTORE, data=data)


@bad("told: an older archive in place", "was_restore_forked")
def backup_of_another_log_put_in_place(stand: Stand) -> None:
    _write(stand, ActName.RESTORE, data={"codes": ["restore_forked"]})


@bad("told: copy of the log behind", "log_copy_behind")
def copy_of_the_log_without_its_newest_line(stand: Stand) -> None:
    copy = stand.folder / "log" / "entries.jsonl"
    *lines, _, _ = copy.read_bytes().split(b"\n")
    copy.write_bytes(b"".join(line + b"\n" for line in lines))


# ... destructions


@bad("log: destruction forged without the key", "destruction_unproven")
def destruction_forged_without_an_object(stand: Stand) -> None:
    sha256, size = stand.rows("SELECT sha256, size FROM source_file")[0]
    data = {"objects": [{"sha256": sha256, "size": size}], "concerned": []}
    named = (ObjectName("destruction", "x", sha256),)
    _write(stand, ActName.DESTROY, case=CASE, objects=named, data=data)


def _destroyed(stand: Stand, archive: Archive) -> tuple[Actor, Path, bytes]:
    """Destroy a source file by act; return who, where it lay, and its bytes."""
    keeper = archive.access.login(KEEPER, PASSWORD)
    second = archive.access.login("Second", "pw-pw-pw")
    archive.access.change_password(second, "pw-pw-pw", _SECOND)
    (sha256,) = stand.rows("SELECT sha256 FROM source_file WHERE path = 's1.dcm'")[0]
    path = stand.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256
    content = path.read_bytes()
    archive.destruction.destroy(keeper, CASE, sha256s=[sha256], second=second, basis="Order 9")
    return keeper, path, content


@bad("told: destroyed by act", "destroyed_by_act")
def source_file_destroyed(stand: Stand) -> None:
    with _open(stand) as archive:
        _destroyed(stand, archive)


@bad("told: destroyed by act", "destroyed_bytes_left")
def destroyed_bytes_put_back(stand: Stand) -> None:
    with _open(stand) as archive:
        _, path, content = _destroyed(stand, archive)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@bad("told: destroyed by act", "destroyed_taken_in_again")
def destroyed_bytes_taken_in_again(stand: Stand) -> None:
    carrier = stand.folder.parent / "carrier"
    carrier.mkdir()
    with _open(stand) as archive:
        keeper, _, content = _destroyed(stand, archive)
        (carrier / "s1.dcm").write_bytes(content)
        archive.intake.take_in(keeper, carrier, case_number=CASE, progress=Progress())


# ... keys


@bad("told: keys", "checkpoint_doubted", "key_replaced_unsigned")
def key_in_other_hands_since_before_the_newest_checkpoint(stand: Stand) -> None:
    with _open(stand) as archive:
        keeper = archive.access.login(KEEPER, PASSWORD)
        archive.keys.compromised(keeper, since=Clock()() - timedelta(days=9))


# ... files of nobody


@bad("told: files of nobody", "orphan", "stray_file")
def files_that_no_entry_names(stand: Stand) -> None:
    with _open(stand) as archive:
        sha256 = archive.intake._blobs.put(b"left by an import that was stopped")
    (stand.folder / "objects" / "sha256" / sha256[:2] / "notes.txt").write_text("x")


# ... faults that need more than one file


@bad("storage: object changed", "rows_untold", "object_changed")
def objects_that_tell_rows_damaged(stand: Stand) -> None:
    for path in stand.objects():
        spoil(path, flipped(0))


@bad("storage: card damaged", "card_edited")
def card_spelt_otherwise(stand: Stand) -> None:
    card = stand.folder / "archive.json"
    told = json.dumps(json.loads(card.read_bytes()), indent=1).encode()
    spoil(card, lambda content: content.__setitem__(slice(None), told))
