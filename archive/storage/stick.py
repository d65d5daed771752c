"""What travels between an archive and its witness on a USB stick: small texts, one set a log.

======================= ====================================================
file                    what it holds
======================= ====================================================
<log>.request.txt       what the witness is asked to sign (C2SP add-checkpoint)
<log>.key.txt           the log's key, for the witness's first time
<log>.cosigned.txt      the checkpoint with the witness's line
<log>.size.txt          how many entries the witness has seen
======================= ====================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from archive.storage.files import Files
from archive.within import refuse_within
from virtopsy.errors import InputError

FOLDER = "virtopsy-witness"
_LARGEST = 100_000
_LOG = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REQUEST = re.compile(rf"({_LOG.pattern})\.request\.txt")


class Stick:
    """The folder `virtopsy-witness` on a stick, or wherever a person points but in an archive."""

    def __init__(self, place: Path, files: Files) -> None:
        if not place.is_dir():
            raise InputError("anchor.stick.missing", path=place)
        self._folder = place / FOLDER
        refuse_within(self._folder)
        self._files = files

    def logs(self) -> Sequence[str]:
        """Return the ids of the logs that ask for a signature."""
        if not self._folder.is_dir():
            return []
        found = (_REQUEST.fullmatch(path.name) for path in self._folder.iterdir())
        return sorted(one[1] for one in found if one)

    def where(self, log: str, kind: str) -> Path:
        """Return the path of a text, for words to a person."""
        return self._folder / f"{log}.{kind}.txt"

    def read(self, log: str, kind: str) -> str:
        """Return a text; empty where there is none.

        Raises:
            InputError: it is no small file, or no text.
        """
        path = self.where(log, kind)
        if not path.exists() and not path.is_symlink():
            return ""
        try:
            return self._files.read_brought(path, _LARGEST).decode()
        except UnicodeDecodeError as error:
            raise InputError("anchor.stick.no_text", path=path) from error

    def write(self, log: str, kind: str, text: str) -> None:
        """Put a text on the stick, in the place of an earlier one; it is there when this returns.

        Raises:
            StorageError: the stick refused.
        """
        self._files.make_folder(self._folder)
        draft = self._folder / f".{log}.{kind}.draft"
        try:
            self._files.remove_staged(draft)
            self._files.write_new(draft, text.encode())
            self._files.replace(draft, self.where(log, kind))
            self._files.sync_folder(self._folder)
        finally:
            self._files.remove_staged(draft)
