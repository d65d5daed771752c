"""`log/witness-*.txt` and `log/timestamp-*.tsr`: what others signed of the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from archive.proof.anchor_name import checkpoint_size, size_of
from archive.storage.files import Files, inside
from archive.storage.log_copy import NAME as COPY


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
        return sorted(name for name in self._beside() if size_of(name) is not None)

    def strays(self) -> Sequence[str]:
        """Return what lies beside them and is nothing of the log's, in order."""
        return [name for name in self._beside() if name != COPY and not _belongs(name)]

    def read(self, name: str) -> bytes:
        """Return what one holds."""
        return self._files.read(self._archive / name)

    def _beside(self) -> Sequence[str]:
        return [f"log/{path.name}" for path in inside(self._archive / "log")]


def _belongs(name: str) -> bool:
    """Tell whether a name is that of a checkpoint or an anchor."""
    return size_of(name) is not None or checkpoint_size(name) is not None
