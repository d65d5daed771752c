"""`log/witness-*.txt` and `log/timestamp-*.tsr`: what others signed of the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from archive.proof.anchor_name import size_of
from archive.storage.files import Files, inside


class AnchorFolder:
    """Files beside the checkpoints; none is ever overwritten."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._archive = archive
        self._staging = archive / "staging"
        self._files = files

    def add(self, name: str, content: bytes) -> bool:
        """Keep a file durably; False where that name is taken."""
        staged = self._staging / uuid4().hex
        final = self._archive / name
        try:
            self._files.write_new(staged, content)
            kept = self._files.link(staged, final)
            self._files.sync_folder(final.parent)
        finally:
            self._files.remove_staged(staged)
        return kept

    def names(self) -> Sequence[str]:
        """Return the names of all, smallest first."""
        folder = self._archive / "log"
        found = (f"log/{path.name}" for path in inside(folder))
        return sorted(name for name in found if size_of(name) is not None)

    def read(self, name: str) -> bytes:
        """Return what one holds."""
        return self._files.read(self._archive / name)
