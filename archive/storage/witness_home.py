"""What a witness keeps on a machine of its own: its locked key, and what it saw of each log."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from archive.storage.files import Files, storage_errors

_KEY = "witness.json"
_LARGEST = 100_000
_SEEN = re.compile(r"[0-9]{18}\.json")


class WitnessHome:
    """A folder; nothing in it is ever overwritten."""

    def __init__(self, folder: Path, files: Files) -> None:
        self._folder = folder
        self._files = files

    @property
    def folder(self) -> Path:
        """Where it is, for words to a person."""
        return self._folder

    def key(self) -> bytes:
        """Return what is kept of the witness's key; empty where there is none."""
        path = self._folder / _KEY
        return self._files.read(path) if path.is_file() else b""

    def keep_key(self, content: bytes) -> bool:
        """Keep a key; False where there is one already."""
        self._files.make_folder(self._folder)
        return self._keep(content, self._folder / _KEY)

    def newest(self, origin: str) -> bytes:
        """Return what was seen of a log last; empty where it was never seen."""
        folder = self._log(origin)
        if not folder.is_dir():
            return b""
        names = sorted(path.name for path in folder.iterdir() if _SEEN.fullmatch(path.name))
        return self._files.read(folder / names[-1]) if names else b""

    def remember(self, origin: str, size: int, content: bytes) -> None:
        """Keep what was seen of a log, on the disk when this returns."""
        folder = self._log(origin)
        self._files.make_folder(folder)
        self._keep(content, folder / f"{size:018d}.json")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else sign meanwhile: what was seen is read and kept as one step.

        The system lets go of the lock when a program ends, however it ends.
        """
        self._files.make_folder(self._folder)
        path = self._folder / "lock"
        with storage_errors(path), path.open("ab") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def _log(self, origin: str) -> Path:
        return self._folder / "logs" / hashlib.sha256(origin.encode()).hexdigest()[:32]

    def _keep(self, content: bytes, final: Path) -> bool:
        draft = self._folder / f".{uuid4().hex}"
        try:
            self._files.write_new(draft, content)
            kept = self._files.link(draft, final)
            self._files.sync_folder(final.parent)
        finally:
            self._files.remove_staged(draft)
        return kept
