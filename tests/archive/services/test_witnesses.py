"""A log and its witness on two machines, with nothing between them but a stick."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive.opening import Archive
from archive.proof import anchor_name, chain
from archive.proof.cosignature import Cosigner
from archive.records import Actor, Role
from archive.services.witness_station import Station
from archive.storage.stick import FOLDER
from archive.witnessing import station, stick
from tests.archive.conftest import CHEAP, PASSWORD, Clock
from virtopsy.errors import AccessDenied, InputError, IntegrityError, UsageError

_SECRET = "the witness's own"


class Place:
    """The witness's machine, the stick, and how the two sides use it."""

    def __init__(self, folder: Path, archive: Archive, expert: Actor) -> None:
        self.home, self.stick = folder / "home", folder / "stick"
        self.stick.mkdir()
        self.archive, self.expert = archive, expert
        self.who = self.station().new("auditor-2", _SECRET)
        self.asked: list[tuple[str, str]] = []

    def station(self) -> Station:
        return station(self.home, clock=Clock(), cost=CHEAP)

    def sign(self, *, key: str | None = None, yes: bool = True) -> int:
        def confirm(origin: str, fingerprint: str) -> bool:
            self.asked.append((origin, fingerprint))
            return yes

        signed = self.station().sign(stick(self.stick), _SECRET, key=key, confirm=confirm)
        return signed[0].size

    def request(self) -> int:
        return self.archive.witnesses.request(self.expert, self.stick).size

    def take(self) -> str:
        return self.archive.witnesses.take(self.expert, self.stick).path

    def round(self) -> str:
        self.request()
        self.sign()
        return self.take()

    def work(self, entries: int) -> None:
        for _ in range(entries):
            self.archive.log.entries(self.expert)

    def file(self, kind: str) -> Path:
        return self.stick / FOLDER / f"{self.archive.uuid}.{kind}.txt"


@pytest.fixture
def place(tmp_path: Path, archive: Archive, expert: Actor) -> Place:
    made = Place(tmp_path, archive, expert)
    archive.witnesses.add(expert, "auditor-2", made.who.vkey)
    return made


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The root by the RFC's own recursion."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root_of(leaves[:split]), root_of(leaves[split:]))


def test_a_stranger_can_check_what_the_witness_signed_without_our_code(place: Place) -> None:
    path = place.archive.folder / place.round()
    text, _, lines = path.read_text().partition("\n\n")
    origin, size, root = text.split("\n")
    database = sqlite3.connect(place.archive.folder / "db" / "archive.sqlite")
    bodies = [one for (one,) in database.execute("SELECT body FROM log ORDER BY seq")]
    database.close()
    leaves = [hashlib.sha256(b"\0" + body).digest() for body in bodies]
    assert root_of(leaves[: int(size)]) == base64.b64decode(root)
    own, witness = (base64.b64decode(one.split(" ")[2]) for one in lines.splitlines())
    key = json.loads((place.archive.folder / "archive.json").read_text())["public_keys"][0]
    public = bytes.fromhex(key["public"])
    assert own[:4] == hashlib.sha256(f"{origin}\n".encode() + b"\1" + public).digest()[:4]
    Ed25519PublicKey.from_public_bytes(public).verify(own[4:], f"{text}\n".encode())
    public = base64.b64decode(place.who.vkey.split("+", 2)[2])[1:]
    time = int.from_bytes(witness[4:12], "big")
    message = f"cosignature/v1\ntime {time}\n{text}\n".encode()
    Ed25519PublicKey.from_public_bytes(public).verify(witness[12:], message)


def test_what_is_asked_signed_and_taken_is_in_the_log_and_holds_in_a_check(place: Place) -> None:
    place.round()
    place.round()
    acts = [one.act for one in place.archive._journal.entries()]
    assert acts.count("witness.add") == 1
    assert acts.count("witness.request") == acts.count("witness.take") == 2
    anchor = place.archive.anchors.last(place.expert).anchor
    assert anchor is not None
    assert anchor.kind == "witness"
    report = place.archive.verify.run()
    assert report.problems == ()
    assert len(list((place.archive.folder / "log").glob("witness-*.txt"))) == 2


def test_the_second_request_proves_that_the_log_continues_what_was_seen(place: Place) -> None:
    first = place.request()
    assert place.file("request").read_text().startswith("old 0\n\n")
    place.sign()
    second = place.request()
    assert place.file("request").read_text().startswith(f"old {first}\n")
    assert place.sign() == second
    assert len(place.asked) == 1  # the key is compared with the paper once


def test_the_first_time_somebody_must_compare_the_key_with_the_paper(place: Place) -> None:
    place.request()
    with pytest.raises(UsageError, match=place.archive.fingerprint):
        place.sign(yes=False)
    assert place.asked == [(f"virtopsy/{place.archive.uuid}", place.archive.fingerprint)]
    with pytest.raises(IntegrityError):
        place.sign(key="0" * 64)
    assert not place.file("cosigned").exists()
    assert place.sign(key=place.archive.fingerprint)


def test_a_log_that_lost_its_end_is_refused_loudly_on_both_sides(place: Place) -> None:
    saved = place.archive.folder.with_name("saved")
    shutil.copytree(place.archive.folder, saved)
    place.work(6)
    place.request()
    place.sign()
    shutil.rmtree(place.archive.folder)
    shutil.copytree(saved, place.archive.folder)  # an old backup, put back in silence
    expert = place.archive.access.login("Ахметова", PASSWORD)
    with pytest.raises(IntegrityError, match="LOST ENTRIES"):
        place.archive.witnesses.request(expert, place.stick)
    last = place.archive._journal.entries()[-1]
    assert (last.act, last.out) == ("witness.request", "fail")
    place.file("size").write_text("0\n")  # whoever hides what the witness saw
    place.archive.witnesses.request(expert, place.stick)
    with pytest.raises(IntegrityError, match="lost or cut off"):
        place.sign()


def test_a_rewritten_log_is_refused_although_its_own_key_signed_it(place: Place) -> None:
    saved = place.archive.folder.with_name("saved")
    shutil.copytree(place.archive.folder, saved)
    place.work(6)
    size = place.request()
    place.sign()
    shutil.rmtree(place.archive.folder)
    shutil.copytree(saved, place.archive.folder)
    expert = place.archive.access.login("Ахметова", PASSWORD)
    while place.archive.log.head(expert)[0] < size - 1:  # another history of the same length
        place.archive.log.entries(expert)
    place.file("size").write_text("0\n")
    place.archive.witnesses.request(expert, place.stick)
    with pytest.raises(IntegrityError, match="rewritten"):
        place.sign()
    place.archive.log.entries(expert)
    place.file("size").write_text(f"{size}\n")
    place.archive.witnesses.request(expert, place.stick)
    with pytest.raises(IntegrityError, match="does not begin with"):
        place.sign()
    with pytest.raises(IntegrityError, match="other entries"):
        place.archive.witnesses.take(expert, place.stick)


def test_a_request_from_elsewhere_is_answered_with_what_was_seen(place: Place) -> None:
    first = place.request()
    place.sign()
    place.file("size").write_text("3\n")
    place.request()
    with pytest.raises(InputError, match="starts elsewhere"):
        place.sign()
    assert place.file("size").read_text() == f"{first}\n"
    place.request()
    assert place.sign() > first


def test_another_key_is_signed_for_only_after_a_person_compared_it(place: Place) -> None:
    place.request()
    place.sign()
    place.archive.keys.rotate(place.expert, reason="act 7")
    place.request()
    with pytest.raises(IntegrityError, match="another key"):
        place.sign()
    assert place.sign(key=place.archive.fingerprint)
    assert place.take()
    assert place.archive.verify.run().ok


def test_a_checkpoint_that_the_log_s_key_did_not_sign_is_refused(place: Place) -> None:
    place.request()
    text = place.file("request").read_text()
    head, _, line = text.rpartition("— ")
    name, encoded = line.split(" ")
    spoilt = bytearray(base64.b64decode(encoded))
    spoilt[30] ^= 1
    place.file("request").write_text(f"{head}— {name} {base64.b64encode(spoilt).decode()}\n")
    with pytest.raises(IntegrityError, match="not signed"):
        place.sign()


@pytest.mark.parametrize("kind", ["request", "key"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"old 0\n\nx\n", b"x" * 200_000])
def test_rubbish_on_a_stick_is_refused_in_one_sentence(
    place: Place, kind: str, content: bytes
) -> None:
    place.request()
    place.file(kind).write_bytes(content)
    with pytest.raises(InputError):
        place.sign()


def test_a_link_on_a_stick_is_not_followed(place: Place, tmp_path: Path) -> None:
    place.request()
    aside = tmp_path / "elsewhere.txt"
    place.file("request").rename(aside)
    place.file("request").symlink_to(aside)
    with pytest.raises(InputError):
        place.sign()


def test_what_is_signed_is_remembered_before_the_signature_leaves(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = place.request()
    brought = stick(place.stick)

    def pulled_out(_log: str, _kind: str, _text: str) -> None:
        raise InputError("anchor.stick.missing", path=place.stick)

    monkeypatch.setattr(brought, "write", pulled_out)
    with pytest.raises(InputError):
        place.station().sign(brought, _SECRET, confirm=lambda *_: True)
    kept = json.loads(next((place.home / "logs").rglob("*.json")).read_bytes())
    assert kept["size"] == size
    assert place.sign() == size  # the same one may be signed again


def test_the_witness_s_key_is_locked_by_its_password_alone(place: Place) -> None:
    place.request()
    with pytest.raises(AccessDenied, match="password"):
        place.station().sign(stick(place.stick), PASSWORD, confirm=lambda *_: True)
    with pytest.raises(UsageError, match="already"):
        place.station().new("auditor-3", "x")
    kept = (place.home / "witness.json").read_bytes()
    assert _SECRET.encode() not in kept
    assert json.loads(kept)["public"] == place.who.public_key.hex()


def test_a_signature_of_somebody_unknown_is_not_taken(place: Place, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    stranger = Place(tmp_path / "other", place.archive, place.expert)
    stranger.request()
    stranger.sign()
    with pytest.raises(IntegrityError, match="No witness known here"):
        stranger.take()
    with pytest.raises(InputError, match="no witness's signature"):
        place.take()


def test_a_signature_from_the_day_after_tomorrow_is_not_taken(place: Place) -> None:
    place.request()
    ahead = station(place.home, clock=lambda: Clock()() + timedelta(days=2), cost=CHEAP)
    ahead.sign(stick(place.stick), _SECRET, confirm=lambda *_: True)
    with pytest.raises(IntegrityError, match="ahead"):
        place.take()


def test_a_signature_is_taken_once(place: Place) -> None:
    place.round()
    with pytest.raises(InputError, match="already"):
        place.take()


def test_what_lies_in_the_place_of_a_signature_is_not_taken_for_it(place: Place) -> None:
    size = place.request()
    place.sign()
    other = place.archive.folder / anchor_name.of_key(size, place.who.fingerprint)
    other.write_text("something else")
    with pytest.raises(IntegrityError, match="holds something else") as refused:
        place.take()
    assert place.archive.anchors.last(place.expert).anchor is None
    entry = place.archive._journal.entries()[-1]
    assert (entry.act, entry.out) == ("witness.take", "fail")
    assert chain.read(entry)["data"] == {"why": refused.value.key}
    other.unlink()
    place.take()
    assert place.archive.verify.run().ok


@pytest.mark.parametrize("vkey", ["", "auditor-2", "auditor-2+00000000+AAAA"])
def test_only_a_witness_s_own_key_is_added(archive: Archive, expert: Actor, vkey: str) -> None:
    with pytest.raises(InputError, match="no witness's key"):
        archive.witnesses.add(expert, "auditor-2", vkey)


def test_a_witness_is_added_under_its_own_name_once_by_an_administrator(
    place: Place, archive: Archive, expert: Actor
) -> None:
    other = Cosigner("other", b"\7" * 32)
    with pytest.raises(InputError, match="other"):
        archive.witnesses.add(expert, "auditor-2", other.vkey)
    with pytest.raises(UsageError, match="already"):
        archive.witnesses.add(expert, "auditor-2", place.who.vkey)
    archive.access.add_person(expert, "Петров", "pw-pw-pw", (Role.AUDITOR,))
    auditor = archive.access.login("Петров", "pw-pw-pw")
    with pytest.raises(AccessDenied):
        archive.witnesses.add(auditor, "other", other.vkey)
    assert [one.name for one in archive.witnesses.all(auditor)] == ["auditor-2"]


def test_an_auditor_without_the_key_carries_the_newest_checkpoint(
    place: Place, archive: Archive, expert: Actor
) -> None:
    archive.access.add_person(expert, "Петров", "pw-pw-pw", (Role.AUDITOR,))
    auditor = archive.access.login("Петров", "pw-pw-pw")
    newest = archive.log.newest_checkpoint(expert)
    asked = archive.witnesses.request(auditor, place.stick)
    assert newest is not None
    assert asked.size == newest.size < archive.log.head(expert)[0]
    place.sign()
    assert archive.witnesses.take(auditor, place.stick).size == newest.size


@pytest.mark.parametrize("change", ["own line changed", "own line away", "twice", "another's"])
def test_no_word_of_a_witness_s_file_can_be_changed_unseen(
    change: str, place: Place, archive: Archive
) -> None:
    path = archive.folder / place.round()
    head, _, lines = path.read_text().partition("\n\n")
    own, witness = lines.splitlines()
    assert own.startswith("— virtopsy/")
    swapped = own[:-12] + ("A" if own[-12] != "A" else "B") + own[-11:]
    said = {
        "own line changed": (swapped, witness),
        "own line away": (witness,),
        "twice": (own, witness, witness[:-2] + ("A" if witness[-2] != "A" else "B") + witness[-1]),
        "another's": (own, witness, "— somebody AAAA"),
    }
    path.chmod(0o644)
    path.write_text(f"{head}\n\n" + "".join(f"{one}\n" for one in said[change]))
    assert [one.code for one in archive.verify.run().problems] == ["witness_mismatch"]


def test_the_rows_of_witnesses_are_told_by_the_log(place: Place, archive: Archive) -> None:
    database = sqlite3.connect(archive.folder / "db" / "archive.sqlite")
    database.execute("UPDATE witness SET name = 'somebody'")
    database.commit()
    database.close()
    codes = [(one.code, one.path.partition("#")[2]) for one in archive.verify.run().problems]
    assert codes == [("row_changed", f"witness/{place.who.fingerprint}")]


def test_a_witness_s_file_that_does_not_fit_is_a_fault(place: Place, archive: Archive) -> None:
    path = archive.folder / place.round()
    text = path.read_text()
    path.chmod(0o644)
    path.write_text(text.replace("auditor-2 ", "auditor-3 "))
    (problem,) = archive.verify.run().problems
    assert (problem.code, problem.path) == ("witness_mismatch", f"log/{path.name}")
    path.write_text(text)
    assert archive.verify.run().ok
    other = path.with_name(path.name.replace("witness-0000", "witness-0001"))
    path.rename(other)
    found = [one.code for one in archive.verify.run().problems]
    assert found == ["witness_missing", "witness_mismatch"]


def test_a_witness_s_file_that_was_taken_and_is_gone_is_missed(
    place: Place, archive: Archive
) -> None:
    path = place.round()
    (archive.folder / path).unlink()
    (problem,) = archive.verify.run().problems
    assert (problem.code, problem.path) == ("witness_missing", path)


def test_the_entry_of_a_signature_names_size_root_key_and_time(place: Place) -> None:
    place.round()
    entry = [one for one in place.archive._journal.entries() if one.act == "witness.take"][-1]
    data = chain.read(entry)["data"]
    assert data["key"] == place.who.fingerprint
    assert place.archive._journal.root(data["size"]).hex() == data["root"]
    assert data["time"].endswith("Z")
