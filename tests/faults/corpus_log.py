"""Bad archives whose log was attacked by somebody who has the folder, but not the key."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive.opening import open_archive
from archive.proof import canonical, chain, merkle
from archive.proof.chain import Act, Who
from archive.proof.signing import Seal
from archive.records import LogEntry, ObjectName, Role, Tombstone
from archive.services.persons import salted
from tests.archive.conftest import CASE, CHEAP
from tests.faults.acts import later_clock
from tests.faults.corpus import bad
from tests.faults.stand import (
    Stand,
    flipped,
    key_of,
    note,
    notes_of,
    origin_of,
    rechained,
    spoil,
    write_copy,
)


@bad("log: body edited", "log_body_changed")
def body_edited(stand: Stand) -> None:
    stand.sql(
        'UPDATE log SET body = CAST(replace(CAST(body AS TEXT), \'"out":"ok"\', \'"out":"no"\')'
        " AS BLOB) WHERE seq = 5"
    )


@bad("log: body edited", "log_body_changed")
def body_that_is_no_json(stand: Stand) -> None:
    stand.sql("UPDATE log SET body = x'00ff' WHERE seq = 3")


@bad("log: body edited", "log_chain_broken")
def body_and_its_hash_edited(stand: Stand) -> None:
    bodies = stand.bodies()
    entries = rechained(bodies)
    bodies[2]["reason"] = "another"
    forged = chain.from_body(_spelt(bodies[2]))
    stand.write_log([*entries[:2], forged, *entries[3:]])


def _edited(column: str) -> Callable[[Stand], object]:
    def make(stand: Stand) -> None:
        stand.sql(f"UPDATE log SET {column} = 'x' WHERE seq = 5")  # noqa: S608

    make.__name__ = f"column_{column}_edited"
    return make


for _column in ("ts", "actor", "act", "out", "case_number"):
    bad("log: search column edited", "log_columns_differ")(_edited(_column))
bad("log: search column edited", "log_chain_broken")(_edited("prev"))
bad("log: search column edited", "log_body_changed")(_edited("hash"))


@bad("log: search column edited", "log_columns_differ")
def newest_time_that_is_no_text(stand: Stand) -> None:
    stand.sql("UPDATE log SET ts = x'00' WHERE seq = (SELECT max(seq) FROM log)")


@bad("log: search column edited", "log_body_changed")
def newest_hash_edited(stand: Stand) -> None:
    stand.sql("UPDATE log SET hash = x'00' WHERE seq = (SELECT max(seq) FROM log)")


@bad("log: body edited", "log_body_changed")
def newest_body_that_is_a_number(stand: Stand) -> None:
    stand.sql("UPDATE log SET body = 7 WHERE seq = (SELECT max(seq) FROM log)")


@bad("log: row deleted", "log_chain_broken")
def first_row_deleted(stand: Stand) -> None:
    stand.sql("DELETE FROM log WHERE seq = 1")


@bad("log: row deleted", "log_chain_broken", "log_case_gap")
def row_of_a_case_deleted(stand: Stand) -> None:
    stand.sql("DELETE FROM log WHERE seq = 5")


@bad("log: row deleted", "log_empty")
def every_row_deleted(stand: Stand) -> None:
    stand.sql("DELETE FROM log")


@bad("log: row inserted", "log_chain_broken")
def row_inserted(stand: Stand) -> None:
    entries = rechained(stand.bodies())
    forged = chain.from_body(_spelt({**stand.bodies()[4], "reason": "never said"}))
    stand.write_log([*entries[:4], replace(forged, seq=5), *(_shifted(e) for e in entries[4:])])


@bad("log: rows reordered", "log_chain_broken")
def rows_reordered(stand: Stand) -> None:
    entries = rechained(stand.bodies())
    third, fourth = entries[2:4]
    stand.write_log([*entries[:2], replace(fourth, seq=3), replace(third, seq=4), *entries[4:]])


@bad("log: row duplicated", "log_chain_broken")
def row_duplicated(stand: Stand) -> None:
    entries = rechained(stand.bodies())
    stand.write_log([*entries[:4], replace(entries[3], seq=5), *(_shifted(e) for e in entries[4:])])


@bad("log: row duplicated", "log_chain_broken")
def row_twice_with_the_same_number(stand: Stand) -> None:
    entries = rechained(stand.bodies())
    stand.write_log([*entries, entries[-1]])


@bad("log: tail cut", "log_tail_cut")
def tail_cut_in_the_database(stand: Stand) -> None:
    stand.sql("DELETE FROM log WHERE seq >= 4")


@bad("log: tail cut", "log_tail_cut")
def tail_cut_in_database_and_copy(stand: Stand) -> None:
    entries = rechained(stand.bodies())[:-2]
    stand.write_log(entries)
    write_copy(stand.folder, entries)


@bad("log: copy outside the database changed", "log_copy_differs")
def copy_of_the_log_edited(stand: Stand) -> None:
    spoil(stand.folder / "log" / "entries.jsonl", flipped(100))


@bad("log: copy outside the database changed", "log_copy_missing")
def copy_of_the_log_removed(stand: Stand) -> None:
    (stand.folder / "log" / "entries.jsonl").unlink()


@bad("log: chain recomputed without the key", "checkpoint_mismatch")
def whole_chain_recomputed_without_the_key(stand: Stand) -> None:
    bodies = stand.bodies()
    bodies[2]["reason"] = "another"
    entries = rechained(bodies)
    stand.write_log(entries)
    write_copy(stand.folder, entries)


@bad("log: chain recomputed without the key", "checkpoint_mismatch")
def object_named_by_a_path_in_a_recomputed_chain(stand: Stand) -> None:
    bodies = stand.bodies()
    bodies[4]["obj"] = [{"t": "intake", "id": "x", "sha256": "../../../../etc/passwd"}]
    entries = rechained(bodies)
    stand.write_log(entries)
    write_copy(stand.folder, entries)


@bad("log: chain recomputed without the key", "checkpoint_unsigned")
def whole_chain_recomputed_and_signed_with_another_key(stand: Stand) -> None:
    bodies, seal, origin = stand.bodies(), Seal.new(), origin_of(stand.folder)
    bodies[2]["reason"] = "another"
    entries = rechained(bodies)
    stand.write_log(entries)
    write_copy(stand.folder, entries)
    for path in stand.notes():
        _rewrite(path, note(origin, entries[: int(path.stem[-12:])], seal))


# ... destructions that nobody vouches for


@bad("log: destruction forged without the key", "destruction_unsealed")
def destruction_forged_with_an_object_of_its_own(stand: Stand) -> None:
    path = stand.folder / "objects" / "sha256"
    sha256, size, name = stand.rows("SELECT sha256, size, path FROM source_file")[0]
    with open_archive(stand.folder, clock=later_clock(3), cost=CHEAP) as archive:
        files = [{"sha256": sha256, "size": size, "path": name}]
        said = {"case": CASE, "basis": "Order 9", "files": files}
        proof = archive.intake._blobs.put(salted("destruction", said))
        by = Who("somebody", (Role.EXPERT,))
        data = {"objects": [{"sha256": sha256, "size": size}], "concerned": []}
        objects = (ObjectName("destruction", "x", proof),)
        seq = archive._journal.write(Act("destroy", by, case=CASE, objects=objects, data=data)).seq
        with archive._journal.database.writing() as work:
            work.cases.add_tombstones([Tombstone(CASE, sha256, size, seq)])
            work.commit()
    (path / sha256[:2] / sha256[2:4] / sha256).unlink()


@bad("log: destruction forged without the key", "log_body_changed")
def destruction_whose_number_is_a_text(stand: Stand) -> None:
    """It is borne out by an object of its own; nothing may count with its number."""
    destruction_forged_with_an_object_of_its_own(stand)
    *before, forged = stand.bodies()
    entries = rechained(before)
    body = _spelt({**forged, "seq": str(forged["seq"])})
    leaf = merkle.leaf_hash(body).hex()
    as_written = chain.from_body(_spelt(forged))
    odd = replace(as_written, body=body, prev=entries[-1].hash, hash=leaf)
    stand.write_log([*entries, odd])
    write_copy(stand.folder, [*entries, odd])


# ... the checkpoints


@bad("log: checkpoint of a larger tree", "log_tail_cut")
def checkpoint_of_a_larger_tree(stand: Stand) -> None:
    entries, seal = rechained(stand.bodies()), key_of(stand.earlier)
    more = [*entries, *rechained([*stand.bodies(), stand.bodies()[-1]])[-1:]]
    path = stand.folder / "log" / f"checkpoint-{len(more):012d}.txt"
    path.write_text(note(origin_of(stand.earlier), more, seal))


@bad("log: checkpoint of another log", "checkpoint_unreadable")
def checkpoint_of_another_log(stand: Stand) -> None:
    _rewrite(stand.notes()[-1], notes_of(stand.other)[-1].read_text())


@bad("log: checkpoint by an unknown key", "checkpoint_unsigned")
def checkpoint_by_an_unknown_key(stand: Stand) -> None:
    path = stand.notes()[-1]
    entries = rechained(stand.bodies())[: int(path.stem[-12:])]
    _rewrite(path, note(origin_of(stand.earlier), entries, Seal.new()))


@bad("log: checkpoint edited or removed", "checkpoint_unsigned")
def checkpoint_edited(stand: Stand) -> None:
    spoil(stand.notes()[-1], flipped(-20))


@bad("log: checkpoint edited or removed", "checkpoint_unreadable")
def checkpoint_garbled(stand: Stand) -> None:
    _rewrite(stand.notes()[0], "x")


@bad("log: checkpoint edited or removed", "checkpoint_missing")
def checkpoints_removed(stand: Stand) -> None:
    for path in stand.notes():
        path.unlink()


@bad("log: forked", "checkpoint_mismatch")
def log_that_went_on_elsewhere_too(stand: Stand) -> None:
    newest = notes_of(stand.fork)[-1]
    _rewrite(stand.folder / "log" / newest.name, newest.read_text())


def _spelt(body: dict[str, Any]) -> bytes:
    return canonical.encode(body)


def _shifted(entry: LogEntry) -> LogEntry:
    return replace(entry, seq=entry.seq + 1)


def _rewrite(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


@bad("log: checkpoint edited or removed", "checkpoint_unreadable")
def checkpoint_turned_into_a_pipe(stand: Stand) -> None:
    note = stand.notes()[-1]
    note.unlink()
    os.mkfifo(note)
