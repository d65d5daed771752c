"""A witness's cosignature, its request and its objections (C2SP tlog-cosignature, tlog-witness)."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as some

from archive.proof import checkpoint, cosignature, merkle
from archive.proof.cosignature import Cosigner, Request, Seen
from archive.proof.signing import Seal

_LOG = Seal(b"\1" * 32)
_WITNESS = Seal(b"\2" * 32)
_WHO = Cosigner("auditor-2", _WITNESS.public_key)
_LEAVES = [merkle.leaf_hash(bytes([one])) for one in range(200)]
_PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
    "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
    "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of C2SP tlog-cosignature."""


def note(size: int, leaves: list[bytes] = _LEAVES) -> checkpoint.Checkpoint:
    return checkpoint.sign("virtopsy/log", size, merkle.root(leaves[:size]), _LOG)


def signed(size: int, time: int = 1_700_000_000) -> str:
    point = note(size)
    return point.note + cosignature.line(_WHO, _WITNESS.sign, time, point.note)


def test_a_cosignature_is_what_the_standard_says_checked_without_our_code() -> None:
    text, _, lines = signed(5).partition("\n\n")
    line = lines.splitlines()[-1]
    dash, name, encoded = line.split(" ")
    made = base64.b64decode(encoded)
    assert (dash, name, len(made)) == ("—", "auditor-2", 4 + 8 + 64)
    public = _WITNESS.public_key
    assert made[:4] == hashlib.sha256(b"auditor-2\n\x04" + public).digest()[:4]
    assert int.from_bytes(made[4:12], "big") == 1_700_000_000
    message = b"cosignature/v1\ntime 1700000000\n" + text.encode() + b"\n"
    Ed25519PublicKey.from_public_bytes(public).verify(made[12:], message)


def test_the_example_of_the_standard_is_read_as_it_says() -> None:
    line = _PUBLISHED.splitlines()[-1]
    made = base64.b64decode(line.split(" ")[2])
    assert int.from_bytes(made[4:12], "big") == 1679315147
    assert cosignature.message(1679315147, _PUBLISHED).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_a_cosigned_note_still_is_the_log_s_own_checkpoint() -> None:
    read = checkpoint.read(signed(5))
    assert read is not None
    assert read.size == 5
    assert checkpoint.signed_by(read, _LOG.public_key)
    assert not checkpoint.signed_by(read, _WITNESS.public_key)


def test_only_the_very_key_time_and_text_make_a_cosignature() -> None:
    good = signed(5)
    assert cosignature.cosigned(good, _WHO) == 1_700_000_000
    assert cosignature.cosigned(good, Cosigner("auditor-3", _WITNESS.public_key)) is None
    assert cosignature.cosigned(good, Cosigner("auditor-2", _LOG.public_key)) is None
    assert cosignature.cosigned(good.replace("\n5\n", "\n6\n"), _WHO) is None
    assert cosignature.cosigned(note(5).note, _WHO) is None
    head, _, line = good.rstrip("\n").rpartition(" ")
    made = bytearray(base64.b64decode(line))
    for place in (5, 11, 12, 75):  # time, signature
        spoilt = bytearray(made)
        spoilt[place] ^= 1
        text = f"{head} {base64.b64encode(spoilt).decode()}\n"
        assert cosignature.cosigned(text, _WHO) is None


def test_a_plain_signature_of_the_witness_s_key_is_no_cosignature() -> None:
    point = note(5)
    text = point.note.partition("\n\n")[0] + "\n"
    made = _WHO.key_id + (0).to_bytes(8, "big") + _WITNESS.sign(text.encode())
    line = f"— auditor-2 {base64.b64encode(made).decode()}\n"
    assert cosignature.cosigned(point.note + line, _WHO) is None


def test_keys_are_handed_on_as_one_line() -> None:
    assert cosignature.cosigner(_WHO.vkey) == _WHO
    name, key_id, encoded = _WHO.vkey.split("+", 2)
    assert (name, key_id) == ("auditor-2", _WHO.key_id.hex())
    assert base64.b64decode(encoded) == b"\x04" + _WITNESS.public_key
    own = cosignature.log_vkey("virtopsy/log", _LOG.public_key)
    assert cosignature.log_key(own) == ("virtopsy/log", _LOG.public_key)
    assert cosignature.cosigner(own) is None  # a log's key signs otherwise
    assert cosignature.log_key(_WHO.vkey) is None


@given(text=some.text() | some.just(_WHO.vkey[:-1]) | some.just("auditor-3" + _WHO.vkey[9:]))
def test_what_is_no_key_is_none(text: str) -> None:
    assert cosignature.cosigner(text) is None
    assert cosignature.log_key(text) is None


@pytest.mark.parametrize("name", ["", "two words", "a+b", "tab\there", "no\u00a0break", "\x1b[1m"])
def test_a_key_s_name_holds_no_space_no_plus_and_no_command(name: str) -> None:
    assert not cosignature.is_name(name)
    assert cosignature.is_name("куәгер/1")


def test_a_request_is_read_back() -> None:
    proof = (b"\5" * 32, b"\6" * 32)
    for one in (Request(0, (), note(5)), Request(3, proof, note(5))):
        assert cosignature.request(one.text) == one
    lines = Request(3, proof, note(5)).text.split("\n")
    assert lines[0] == "old 3"
    assert lines[3:5] == ["", "virtopsy/log"]


@given(
    text=some.text() | some.builds("old {}\n{}\n\n{}".format, some.text(), some.text(), some.text())
)
def test_what_is_no_request_is_none(text: str) -> None:
    assert cosignature.request(text) is None


def test_a_request_with_too_many_or_broken_hashes_is_none() -> None:
    good = Request(3, (b"\5" * 32,), note(5)).text
    assert cosignature.request(good) is not None
    assert cosignature.request(good.replace("old 3", "old 03")) is None
    assert cosignature.request(good.replace("BQUF", "BQU", 1)) is None
    assert cosignature.request(Request(3, (b"\5" * 31,), note(5)).text) is None
    assert cosignature.request(Request(3, (b"\5" * 32,) * 64, note(5)).text) is None


def proof_of(old: int, new: int) -> tuple[bytes, ...]:
    """A consistency proof by the RFC's own recursion (6962, 2.1.2), apart from our tree."""

    def sub(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
        if old == len(leaves):
            return [] if whole else [merkle.root(leaves)]
        split = 1 << (len(leaves) - 1).bit_length() - 1
        if old <= split:
            return [*sub(old, leaves[:split], whole), merkle.root(leaves[split:])]
        return [*sub(old - split, leaves[split:], False), merkle.root(leaves[:split])]

    return tuple(sub(old, _LEAVES[:new], True))


def seen(size: int) -> Seen:
    return Seen(size, merkle.root(_LEAVES[:size]))


@given(sizes=some.tuples(some.integers(1, 199), some.integers(1, 199)).map(sorted))
def test_a_witness_signs_what_grew_and_nothing_else(sizes: list[int]) -> None:
    old, new = sizes
    asked = Request(old, proof_of(old, new), note(new))
    assert cosignature.objection(asked, seen(old)) == ""
    other = Seen(old, merkle.root([b"\0" * 32, *_LEAVES[1:old]]))
    assert cosignature.objection(asked, other) == ("forked" if old == new else "inconsistent")
    if new > old:
        assert cosignature.objection(Request(old, (), note(new)), seen(old)) == "inconsistent"
        assert cosignature.objection(Request(new, (), note(new)), seen(old)) == "old"
        assert cosignature.objection(Request(old, (), note(old)), seen(new)) == "smaller"
    assert cosignature.objection(asked, None) == "old"
    assert cosignature.objection(Request(0, (), note(new)), None) == ""
