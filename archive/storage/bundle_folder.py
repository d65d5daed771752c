"""A bundle being written: a hidden folder beside its target, renamed when it is good."""

from __future__ import annotations

import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from archive.storage.files import Files, storage_errors
from virtopsy.jobs import Progress

_BLOCK = 1 << 20


class BundleFolder:
    """The files of one bundle; nothing is at the target before `publish`."""

    def __init__(self, target: Path, files: Files) -> None:
        self._target = target
        self._files = files
        hidden = uuid4().hex[:12]
        self.folder = target.parent / f".{target.name[:100]}.{hidden}.unfinished"
        self._zip = target.parent / f".{target.name[:100]}.{hidden}.unfinished.zip"
        self._made: set[Path] = set()

    def free_bytes(self) -> int:
        """Return the space left where the bundle goes."""
        return self._files.free_bytes(self._target.parent)

    def write(self, name: str, content: bytes) -> None:
        """Write one file durably; `name` is relative, with slashes."""
        path = self._place(name)
        self._files.write_new(path, content)
        self._hand_over(path)

    def copy(self, source: Path, name: str, progress: Progress) -> tuple[str, int]:
        """Copy one file durably; return SHA-256 and size of what was read."""
        path = self._place(name)
        # A tick without advance: lets the person stop within a file of gigabytes.
        copied = self._files.copy_hashing(source, path, lambda: progress.tick(0, 1))
        self._hand_over(path)
        return copied

    def settle(self) -> None:
        """Put the names in every folder on the disk."""
        for folder in sorted(self._made, reverse=True):
            self._files.sync_folder(folder)

    def zipped(self, when: datetime, progress: Progress) -> Path:
        """Return one zip of it all, stored without compression, the bundle's folder at its top.

        bagit.txt comes first, so that even a cut zip tells what it was.
        """
        paths = sorted(one for one in self.folder.rglob("*") if one.is_file())
        paths.sort(key=lambda one: one.name != "bagit.txt")
        top = self._target.stem
        with storage_errors(self._zip), zipfile.ZipFile(self._zip, "x", allowZip64=True) as made:
            for path in paths:
                name = f"{top}/{path.relative_to(self.folder).as_posix()}"
                described = zipfile.ZipInfo(name, when.timetuple()[:6])
                described.external_attr = 0o100644 << 16
                described.file_size = path.stat().st_size
                with path.open("rb") as source, made.open(described, "w") as target:
                    while block := source.read(_BLOCK):
                        progress.tick(0, 1)
                        target.write(block)
        # Only now: the zip's directory is written when it is closed.
        self._files.sync_file(self._zip)
        return self._zip

    def publish(self, made: Path) -> None:
        """Give the finished folder or zip its final name; never overwrites."""
        self._files.give_name(made, self._target)
        self._files.sync_folder(self._target.parent)

    def discard(self) -> None:
        """Remove what is left of the work; the target is not touched."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with storage_errors(self._zip):
            self._zip.unlink(missing_ok=True)

    def _hand_over(self, path: Path) -> None:
        """Leave the file writable: a copy is guarded by its seal, and must be easy to delete."""
        with storage_errors(path):
            path.chmod(0o644)

    def _place(self, name: str) -> Path:
        path = self.folder / name
        if path.parent not in self._made:
            self._files.make_folder(path.parent)
            self._made.add(path.parent)
        return path
