"""Bad archives whose keys were attacked by somebody who has the folder, but no key of it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

from archive.opening import open_archive
from archive.proof.signing import Locksmith, Seal
from archive.records import LogEntry
from archive.services import keys
from archive.services.persons import credential_name, rehanded, salted
from tests.archive.conftest import CASE, CHEAP
from tests.faults.acts import later_clock
from tests.faults.corpus import bad
from tests.faults.stand import Stand, note, origin_of, rechained, spoil, write_copy

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@bad("keys: loss forged without the key", "destruction_replaced_key")
def loss_forged_to_seal_a_forged_destruction(stand: Stand) -> None:
    forger = Seal.new()
    entries = _appended(stand, *_loss(stand, forger), _destruction(stand))
    _sign(stand, entries, forger)


@bad("keys: loss forged without the key", "destruction_replaced_key")
def loss_forged_and_the_new_key_handed_to_everybody(stand: Stand) -> None:
    """No password is needed for that; then who logs in holds the forger's key."""
    _take_over(stand)


@bad("keys: brought in without a signature", "key_unvouched")
def rotation_forged_without_a_loss(stand: Stand) -> None:
    _, replaced = _loss(stand, Seal.new())
    _appended(stand, replaced)


@bad("keys: loss forged without the key", "key_unvouched")
def loss_forged_that_is_to_come(stand: Stand) -> None:
    """Else no checkpoint of the former key would be doubted."""
    forger = Seal.new()
    lost, replaced = _loss(stand, forger)
    lost["data"]["from"] = "9999-01-01T00:00:00.000000+00:00"
    _sign(stand, _appended(stand, lost, replaced), forger)


@bad("keys: brought in without a signature", "card_differs", "checkpoint_key_ended")
def archive_said_to_be_made_once_more(stand: Stand) -> None:
    forger = Seal.new()
    made = {**stand.bodies()[0]["data"], "key": forger.fingerprint}
    entries = _appended(stand, _said(stand, "archive.create", made))
    card = json.loads((stand.folder / "archive.json").read_bytes())
    public = {"alg": "Ed25519", "public": forger.public_key.hex()}
    card["public_keys"].append({**public, "fingerprint": forger.fingerprint})
    _rewrite_card(stand, card)
    _sign(stand, entries, forger)


def _rewrite_card(stand: Stand, card: dict[str, Any]) -> None:
    spelt = keys.canonical.encode(card) + b"\n"
    spoil(stand.folder / "archive.json", lambda content: content.__setitem__(slice(None), spelt))


# ... single bytes


@bad("storage: card damaged", "card_damaged")
def card_of_format_nought(stand: Stand) -> None:
    _rewrite_card(stand, {**json.loads((stand.folder / "archive.json").read_bytes()), "format": 0})


@bad("storage: card damaged", "card_damaged")
def card_of_a_format_below_nought(stand: Stand) -> None:
    _rewrite_card(stand, {**json.loads((stand.folder / "archive.json").read_bytes()), "format": -3})


@bad("storage: card damaged", "card_damaged")
def card_of_half_a_letter(stand: Stand) -> None:
    card = json.loads((stand.folder / "archive.json").read_bytes())
    spelt = json.dumps({**card, "uuid": "\ud800"}).encode()
    spoil(stand.folder / "archive.json", lambda content: content.__setitem__(slice(None), spelt))


@bad("log: checkpoint edited or removed", "checkpoint_unsigned")
def checkpoint_with_bits_that_base64_does_not_use(stand: Stand) -> None:
    path = stand.notes()[-1]
    text = path.read_text()
    end = re.search(r"(.)(=+)\n$", text)
    assert end, text
    unused = _BASE64[_BASE64.index(end[1]) ^ 1]
    path.chmod(0o644)
    path.write_text(f"{text[: end.start()]}{unused}{end[2]}\n")


@bad("log: checkpoint edited or removed", "checkpoint_unsigned")
def checkpoint_with_a_line_of_somebody_else(stand: Stand) -> None:
    spoil(stand.notes()[-1], lambda content: content.extend("— somebody AAAA\n".encode()))


# ... what a forger does


def _take_over(stand: Stand) -> None:
    """Bring a key of one's own in, hand it to everybody, and tell of a destruction under it."""
    forger = Seal.new()
    lost, replaced = _loss(stand, forger)
    with open_archive(stand.folder, clock=later_clock(3), cost=CHEAP) as archive:
        smith = Locksmith(archive.uuid, forger, CHEAP)
        with archive._journal.database.reading() as work:
            persons = tuple(work.persons.all())
        handed = [rehanded(archive.intake._blobs, smith, one, one.roles) for one in persons]
    named = map(credential_name, handed)
    replaced["obj"] = [{"t": one.kind, "id": one.id, "sha256": one.sha256} for one in named]
    entries = _appended(stand, lost, replaced, _destruction(stand, removing=False))
    with closing(sqlite3.connect(stand.database)) as connection, connection:
        rows = [(one.credential_sha256, one.person_id) for one in handed]
        connection.executemany("UPDATE person SET credential_sha256=? WHERE person_id=?", rows)
    _sign(stand, entries, forger)


def _said(stand: Stand, act: str, data: dict[str, Any], **more: object) -> dict[str, Any]:
    last = stand.bodies()[-1]
    none = {"case": "", "case_seq": 0, "case_prev": "", "obj": [], "out": "ok", "reason": ""}
    return {**last, **none, "act": act, "data": data, **more}


def _loss(stand: Stand, forger: Seal) -> tuple[dict[str, Any], dict[str, Any]]:
    with open_archive(stand.folder, clock=later_clock(3), cost=CHEAP) as archive:
        old, uuid, name = archive.public_key, archive.uuid, archive.fingerprint
    said = keys.statement(uuid, old, forger.public_key, "lost")
    lost = {"key": name, "from": stand.bodies()[-1]["ts"]}
    replaced = keys.signed(said, None, forger)
    return _said(stand, "key.lost", lost), _said(stand, "key.rotate", replaced)


def _destruction(stand: Stand, *, removing: bool = True) -> dict[str, Any]:
    """Lay the object of a destruction in, remove the bytes; return what its entry says."""
    sha256, size, name = stand.rows("SELECT sha256, size, path FROM source_file")[0]
    with open_archive(stand.folder, clock=later_clock(3), cost=CHEAP) as archive:
        files = [{"sha256": sha256, "size": size, "path": name}]
        said = {"case": CASE, "basis": "Order 9", "files": files}
        proof = archive.intake._blobs.put(salted("destruction", said))
    if removing:  # else that is left to the program
        (stand.folder / "objects" / "sha256" / sha256[:2] / sha256[2:4] / sha256).unlink()
    data = {"objects": [{"sha256": sha256, "size": size}], "concerned": []}
    named = [{"t": "destruction", "id": "x", "sha256": proof}]
    return _said(stand, "destroy", data, case=CASE, obj=named)


def _appended(stand: Stand, *bodies: dict[str, Any]) -> list[LogEntry]:
    """Put entries behind the log, in the database and in its copy, and the rows they tell."""
    entries = rechained([*stand.bodies(), *bodies])
    stand.write_log(entries)
    write_copy(stand.folder, entries)
    gone = [(CASE, one["sha256"], one["size"]) for one in _destroyed(bodies)]
    rows = [(*one, entries[-1].seq) for one in gone]
    with closing(sqlite3.connect(stand.database)) as connection, connection:
        connection.executemany("INSERT INTO tombstone VALUES (?,?,?,?)", rows)
    return entries


def _destroyed(bodies: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [file for one in bodies if one["act"] == "destroy" for file in one["data"]["objects"]]


def _sign(stand: Stand, entries: list[LogEntry], forger: Seal) -> None:
    path = stand.folder / "log" / f"checkpoint-{len(entries):012d}.txt"
    path.write_text(note(origin_of(stand.folder), entries, forger))
