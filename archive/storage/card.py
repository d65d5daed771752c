"""`archive.json`: which archive a folder is, and the keys it seals with."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from archive.proof import canonical, signing
from archive.records import Card
from archive.storage.files import Files
from archive.within import NAME
from virtopsy.errors import InputError, IntegrityError

FORMAT = 1


class CardFile:
    """The card of one archive."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._archive = archive
        self._files = files

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._archive / NAME

    def is_there(self) -> bool:
        """Tell whether there is one; never raises, not even for a name that is too long."""
        return os.path.isfile(self.path)  # noqa: PTH113 -- unlike Path's

    def read(self) -> Card:
        """Return what it says.

        Raises:
            IntegrityError: nothing that could be one.
            InputError: an archive of a newer format.
        """
        try:
            said: Any = json.loads(self.path.read_bytes())
            keys = tuple(bytes.fromhex(one["public"]) for one in said["public_keys"])
            card = Card(str(said["uuid"]), said["format"], keys)
            card.uuid.encode()  # JSON can name half a letter, which nothing can hold
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise IntegrityError("archive.open.bad_card", path=self.path) from error
        known = type(card.format) is int and card.format > 0
        if known and card.format > FORMAT:
            raise InputError("archive.open.newer", path=self._archive, format=card.format)
        if not known or not keys or any(len(key) != 32 for key in keys):
            raise IntegrityError("archive.open.bad_card", path=self.path)
        return card

    def is_exact(self) -> bool:
        """Tell whether it is written as this program writes it, byte for byte."""
        try:
            return self.path.read_bytes() == _bytes(self.read())
        except OSError:
            return False

    def make(self, card: Card) -> None:
        """Write it where there is none yet.

        A second name for a whole file: a kill while it is written leaves no torn card.
        """
        staged = self._archive / "staging" / NAME
        self._files.write_new(staged, _bytes(card))
        self._files.link(staged, self.path)
        self._files.sync_folder(self._archive)
        self._files.remove_staged(staged)

    def replace(self, card: Card) -> None:
        """Put a new one in its place in one step, on the disk: never none, never half of one."""
        staged = self._archive / "staging" / uuid4().hex
        try:
            self._files.write_new(staged, _bytes(card))
            self._files.replace(staged, self.path)
            self._files.sync_folder(self._archive)
        finally:
            self._files.remove_staged(staged)


def _bytes(card: Card) -> bytes:
    keys = [
        {"alg": "Ed25519", "public": key.hex(), "fingerprint": signing.fingerprint(key)}
        for key in card.public_keys
    ]
    told = {"uuid": card.uuid, "format": card.format, "public_keys": keys}
    return canonical.encode(told) + b"\n"
