"""Who opens a backup: its card read, its data key unlocked, its slots kept up to date."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from importlib.resources import files as resource

from archive.ports import BackupFolder
from archive.proof import backup_card, canonical, slots
from archive.proof.backup_card import BackupCard
from archive.proof.signing import Cost, Password, Seal
from archive.proof.slots import Secret
from archive.proof.snapshot import FORMAT
from virtopsy.errors import AccessDenied, InputError, IntegrityError
from virtopsy.language import Language


@dataclass(frozen=True)
class Opener:
    """What a person brings to a backup.

    Attributes:
        person: id.
        phrase: a passphrase of the backup's own; empty for none.
        seal: the archive's key, where the person may seal.
        cost: of a guess at the slots made now.
    """

    person: str
    password: Password
    phrase: Password
    seal: Seal | None = field(repr=False)
    cost: Cost


def read_card(disk: BackupFolder) -> BackupCard | None:
    """Return what backup.json says; None where there is no backup.

    Raises:
        InputError: a newer program wrote it.
        IntegrityError: neither it nor its copy can be read.
    """
    contents = disk.cards()
    for content in contents:
        try:
            card = backup_card.decode(content)
        except canonical.NotCanonical:
            continue
        if card.format > FORMAT:
            raise InputError("backup.newer", path=disk.folder, format=card.format)
        return card
    if contents:
        raise IntegrityError("backup.card_damaged", path=disk.folder)
    return None


def begun(
    disk: BackupFolder, archive: str, opener: Opener | None
) -> tuple[BackupCard, bytes | None]:
    """Begin a backup: write its card, and return it with the data key; no opener, no key."""
    card = BackupCard(archive, secrets.token_hex(16), encrypted=opener is not None)
    key = None
    if opener is not None:
        key = secrets.token_bytes(slots.KEY)
        card = _with_slots(card, key, opener, ())
    for language in Language:
        text = (resource("resources") / "templates" / f"backup_{language}.txt").read_bytes()
        disk.stage(f"README_{language}.txt", [text])
    disk.put_card(backup_card.encode(card))
    return card, key


def unlocked(disk: BackupFolder, card: BackupCard, opener: Opener, gone: Collection[str]) -> bytes:
    """Return the data key of a backup that is there, and bring its slots up to date.

    Args:
        disk: where it lies.
        card: what it says.
        opener: who opens it; afterwards the present password, phrase and seal open it.
        gone: persons whose slots are removed.

    Raises:
        AccessDenied: nothing that the person brings opens it.
    """
    key = _key(card, opener)
    if key is None:
        raise AccessDenied("backup.no_slot", path=disk.folder)
    newer = _with_slots(card, key, opener, gone)
    if newer != card:
        disk.put_card(backup_card.encode(newer))
    return key


def _key(card: BackupCard, opener: Opener) -> bytes | None:
    key = None
    if opener.seal is not None:
        key = slots.opened_by_seal(card.slots, card.id, opener.seal)
    for password in (opener.password, opener.phrase):
        if key is None and password:
            found = slots.opened_by_password(card.slots, card.id, password)
            key = found[0] if found else None
    return key


def _with_slots(card: BackupCard, key: bytes, opener: Opener, gone: Collection[str]) -> BackupCard:
    """Return the card with a slot for each thing the opener brings; what still opens stays."""
    left = [one for one in card.slots if one["kind"] != slots.PERSON or one["id"] not in gone]
    for secret in (
        Secret(slots.PERSON, opener.person, opener.password),
        Secret(slots.PHRASE, "", opener.phrase),
    ):
        own = [one for one in left if (one["kind"], one["id"]) == (secret.kind, secret.id)]
        if secret.password and not slots.opened_by_password(own, card.id, secret.password):
            left = [one for one in left if one not in own]
            left.append(slots.by_password(key, card.id, secret, opener.cost))
    if opener.seal is not None and not slots.opened_by_seal(left, card.id, opener.seal):
        left.append(slots.by_seal(key, card.id, opener.seal))
    return replace(card, slots=tuple(left))
