"""Checkpoints and the key that signs them."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from archive.proof import checkpoint, signing
from archive.proof.signing import Cost, Locksmith, Password, Seal

_ORIGIN = checkpoint.origin_of("uuid")
_CHEAP = Cost(8, 1, 1)


def test_a_checkpoint_is_a_signed_note() -> None:
    seal = Seal.new()
    note = checkpoint.sign(_ORIGIN, 7, b"r" * 32, seal).note

    origin, size, root, empty, line = note.removesuffix("\n").split("\n")
    assert (origin, size, empty) == (_ORIGIN, "7", "")
    assert base64.b64decode(root) == b"r" * 32
    dash, name, signature = line.split(" ")
    assert (dash, name) == ("\N{EM DASH}", _ORIGIN)
    raw = base64.b64decode(signature)
    assert raw[:4] == checkpoint.key_hash(_ORIGIN, seal.public_key)
    assert signing.genuine(seal.public_key, f"{origin}\n{size}\n{root}\n".encode(), raw[4:])


def test_a_checkpoint_read_back_is_the_same_and_its_keys() -> None:
    seal = Seal.new()
    made = checkpoint.sign(_ORIGIN, 7, b"r" * 32, seal)
    read = checkpoint.read(made.note)
    assert read == made
    assert checkpoint.signed_by(made, seal.public_key)
    assert not checkpoint.signed_by(made, Seal.new().public_key)


@pytest.mark.parametrize("change", [("\n7\n", "\n8\n"), ("virtopsy/uuid\n7", "virtopsy/other\n7")])
def test_a_changed_checkpoint_is_not_signed(change: tuple[str, str]) -> None:
    seal = Seal.new()
    changed = checkpoint.read(checkpoint.sign(_ORIGIN, 7, b"r" * 32, seal).note.replace(*change))
    assert changed is not None
    assert not checkpoint.signed_by(changed, seal.public_key)


@pytest.mark.parametrize("text", ["", "a\nb\nc\n\n", "a\n1\n!\n\n", "a\n\u0661\nAA==\n\n", "a\n1"])
def test_what_is_no_checkpoint_is_not_read(text: str) -> None:
    assert checkpoint.read(text) is None


@pytest.mark.parametrize("added", ["see page 2\n", "\n", "x", "— a b c\n"])
def test_a_note_with_words_nobody_signed_is_not_signed(added: str) -> None:
    seal = Seal.new()
    changed = checkpoint.read(checkpoint.sign(_ORIGIN, 7, b"r" * 32, seal).note + added)
    assert changed is not None
    assert not checkpoint.signed_by(changed, seal.public_key)


def test_a_size_of_five_thousand_digits_is_no_checkpoint_and_no_crash() -> None:
    assert checkpoint.read(f"log\n{'9' * 5000}\nAAAA\n\n— log AAAA\n") is None


def test_only_the_right_password_of_the_right_person_and_archive_unlocks() -> None:
    seal = Seal.new()
    kept = Locksmith("archive", seal, _CHEAP).credential(
        Password("пароль"), "person", may_seal=True
    )

    assert signing.proven(kept, Password("Пароль")) is None
    lock = signing.proven(kept, Password("пароль"))
    assert lock is not None
    unlocked = lock.opened(kept["seal"], person="person", archive="archive")
    assert unlocked is not None
    assert unlocked.public_key == seal.public_key
    for person, archive in (("other", "archive"), ("person", "other")):
        assert lock.opened(kept["seal"], person=person, archive=archive) is None


def test_who_may_not_seal_gets_no_key() -> None:
    kept = Locksmith("archive", Seal.new(), _CHEAP).credential(
        Password("p"), "person", may_seal=False
    )
    assert kept["seal"] is None
    lock = signing.proven(kept, Password("p"))
    assert lock is not None
    assert lock.opened(kept["seal"], person="person", archive="archive") is None


def test_whoever_holds_the_key_locks_another_one_for_a_person_without_the_password() -> None:
    smith = Locksmith("archive", Seal.new(), _CHEAP)
    kept = smith.credential(Password("p"), "person", may_seal=True)
    newer = Seal.new()
    handed = replace(smith, seal=newer).handed(kept, "person", may_seal=True)
    assert (handed["proof"], handed["kdf"]) == (kept["proof"], kept["kdf"])
    lock = signing.proven(handed, Password("p"))
    assert lock is not None
    opened = lock.opened(handed["seal"], person="person", archive="archive")
    assert opened is not None
    assert opened.public_key == newer.public_key


def test_neither_password_nor_key_is_kept_in_the_clear() -> None:
    seed = bytes(range(32))
    kept = Locksmith("archive", Seal(seed), _CHEAP).credential(
        Password("secret"), "person", may_seal=True
    )
    assert "secret" not in str(kept)
    assert seed.hex() not in str(kept)
    assert "secret" not in repr(Seal(seed))


def test_a_credential_of_the_first_format_opens_and_takes_a_new_key_only_with_a_password() -> None:
    """It locked the key with the password's second half itself, and had no box."""
    smith = Locksmith("archive", Seal(bytes(range(32))), _CHEAP)
    kept = smith.credential(Password("p"), "person", may_seal=True)
    lock = signing.proven(kept, Password("p"))
    assert lock is not None
    bound_to, nonce = b"virtopsy seal\narchive\nperson", bytes(12)
    sealed = AESGCM(lock._key).encrypt(nonce, bytes(range(32)), bound_to)
    first = {"alg": "AES-256-GCM", "nonce": nonce.hex(), "sealed": sealed.hex()}
    kept = {"kdf": kept["kdf"], "proof": kept["proof"], "seal": first}
    opened = lock.opened(kept["seal"], person="person", archive="archive")
    assert opened is not None
    assert opened.public_key == Seal(bytes(range(32))).public_key
    assert smith.handed(kept, "person", may_seal=True)["seal"] is None
