"""What `staging/` still holds of destroyed bytes: copies of imports that ended in their middle.

An import that runs keeps its copies: it finds the object gone and takes its bytes in anew. Those
of one that ended are of use to nobody: the same import, done again, reads the carrier again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from archive.storage import staging_journal
from archive.storage.files import Files, inside, is_file
from virtopsy.errors import StorageError


class StagedCopies:
    """Copies below `staging/`, found by size and hash, or as a second name of the object."""

    def __init__(self, staging: Path, files: Files) -> None:
        self._staging = staging
        self._files = files

    def of(self, wanted: Mapping[str, int]) -> dict[str, Path]:
        """Return a copy of each that has one, but those of programs that live.

        A file of its size that cannot be read is one.

        Args:
            wanted: SHA-256 -> size.
        """
        found: dict[str, Path] = {}
        for folder in self._folders():
            for path, sha256s in () if self._lives(folder) else self._alike(folder, wanted):
                try:
                    known = {self._files.hash(path)[0]} & sha256s
                except StorageError:
                    known = sha256s  # not known to be anything else
                found |= dict.fromkeys(known, path)
        return found

    def destroy(self, wanted: Mapping[str, int], place: Callable[[str], Path]) -> None:
        """Remove every copy but those of programs that live.

        Args:
            wanted: SHA-256 -> size.
            place: where the object itself lies, which may be gone.

        Raises:
            StorageError: the disk refused.
        """
        folders = self._folders()
        if not any(map(inside, folders)):
            return
        same = {_inode(place(one)) for one in wanted} - {None}
        for folder in folders:
            journal = folder / staging_journal.NAME
            handle = self._files.hold(journal) if is_file(journal) else None
            if handle is None and is_file(journal):
                continue
            try:
                self._destroy_in(folder, wanted, same)
            finally:
                if handle is not None:
                    self._files.let_go(handle)

    def _destroy_in(self, folder: Path, wanted: Mapping[str, int], same: set[int | None]) -> None:
        second_names = [one for one in _below(folder, self._staging) if _inode(one) in same]
        for path in second_names:
            self._files.destroy(path)
        for path, sha256s in self._alike(folder, wanted):
            if self._files.hash(path)[0] in sha256s:
                self._files.destroy(path)

    def _lives(self, folder: Path) -> bool:
        """Tell whether the program whose import a folder is has it locked."""
        journal = folder / staging_journal.NAME
        if not is_file(journal):
            return False
        try:
            handle = self._files.hold(journal)
        except StorageError:  # nothing may be written here: then no import runs either
            return False
        if handle is not None:
            self._files.let_go(handle)
        return handle is None

    def _folders(self) -> list[Path]:
        """Return `staging/` itself, where single files wait, and the folder of each import."""
        return [self._staging, *filter(_is_folder, inside(self._staging))]

    def _alike(self, folder: Path, wanted: Mapping[str, int]) -> Iterator[tuple[Path, set[str]]]:
        """Yield files with the size of what is wanted, unless the journal knows another hash."""
        by_size: dict[int, set[str]] = {}
        for sha256, size in wanted.items():
            by_size.setdefault(size, set()).add(sha256)
        noted = self._noted(folder)
        for path in _below(folder, self._staging):
            try:
                found = self._files.size(path)
            except StorageError:
                continue  # in a folder that is shut, or deeper than the system can name
            sha256s = set() if found is None else by_size.get(found, set())
            if path in noted:
                sha256s = sha256s & {noted[path]}
            if sha256s:
                yield path, sha256s

    def _noted(self, folder: Path) -> dict[Path, str]:
        path = folder / staging_journal.NAME
        if not 0 < (self._files.size(path) or 0) <= staging_journal.LONGEST:
            return {}
        try:
            journal = staging_journal.read(folder, self._files.read(path))
        except StorageError:
            return {}  # then every file of the size is hashed
        return {one.path: one.sha256 for one in journal.copied.values()} if journal else {}


def _below(folder: Path, staging: Path) -> Iterator[Path]:
    """Yield what lies in a folder, at any depth; in `staging/` itself only what is no import's."""
    waiting = [folder]
    while waiting:
        for one in inside(waiting.pop()):
            if not _is_folder(one):
                yield one
            elif folder != staging:
                waiting.append(one)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not path.is_symlink()  # noqa: PTH112 -- unlike Path's


def _inode(path: Path) -> int | None:
    try:
        return os.lstat(path).st_ino
    except OSError:
        return None
