"""Objects by the SHA-256 of their bytes, and the checkpoints.

No path is ever built from anything but a hash, a number or a counter.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from archive.proof.canonical import sha256 as hash_of
from archive.storage.files import Files, inside
from archive.storage.staged_copies import StagedCopies
from virtopsy.errors import IntegrityError, StorageError
from virtopsy.jobs import silent

_HASH = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9a-f]{2}")
_DATABASE = "db/archive.sqlite"
_NOTE = re.compile(r"checkpoint-[0-9]{12}\.txt")


class ObjectFolder:
    """`objects/sha256/ab/cd/<64 hex>`, each file read-only."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._archive = archive
        self._root = archive / "objects" / "sha256"
        self._staging = archive / "staging"
        self._files = files
        self._copies = StagedCopies(self._staging, files)

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its SHA-256."""
        sha256 = hash_of(content)
        staged = self._staging / uuid4().hex
        try:
            self._files.write_new(staged, content)
            self.publish(staged, sha256)
            self._files.sync_folder(self.path(sha256).parent)
        finally:
            self._files.remove_staged(staged)
        return sha256

    def publish(self, staged: Path, sha256: str) -> None:
        """Give a staged file its final name; an existing object is read through instead.

        The caller syncs the folder (once for many).
        """
        final = self.path(sha256)
        self._files.make_folder(final.parent)
        if not self._files.link(staged, final):
            self.checked_path(sha256)

    def read(self, sha256: str) -> bytes:
        """Return the bytes.

        Raises:
            IntegrityError: they are missing, or not what they were.
            StorageError: the disk cannot read them.
        """
        path = self.path(sha256)
        if not _is_there(path):
            raise self._error("object_missing", sha256)
        content = self._read(path)
        if hash_of(content) != sha256:
            raise self._error("object_changed", sha256)
        return content

    def _read(self, path: Path) -> bytes:
        """Ask a disk that refuses once more: an index made anew would lack the object for good."""
        try:
            return self._files.read(path)
        except StorageError:
            return self._files.read(path)

    def checked_path(self, sha256: str) -> Path:
        """Return the object's path after reading it through; errors as for `read`."""
        path = self.path(sha256)
        if not _is_there(path):
            raise self._error("object_missing", sha256)
        if self._files.hash(path)[0] != sha256:
            raise self._error("object_changed", sha256)
        return path

    def holds(self, sha256: str) -> bool:
        """Tell whether the object lies there, without reading it."""
        return _is_there(self.path(sha256))

    def fault(self, sha256: str, tick: Callable[[], None] = silent) -> tuple[str, int]:
        """Return "" or the code of what is wrong with the object, and the bytes read.

        Reads past the cache: the disk is asked, not what the system remembers of it.
        """
        if not _HASH.fullmatch(sha256):
            return "object_missing", 0  # an edited log may name anything
        path = self.path(sha256)
        if not _is_there(path):
            return "object_unreadable" if _is_shut(path) else "object_missing", 0
        try:
            found, size = self._files.hash(path, past_cache=True, tick=tick)
        except StorageError:
            return "object_unreadable", 0
        return ("" if found == sha256 else "object_changed"), size

    def state(self, sha256: str) -> tuple[int, ...] | None:
        """Return size, times and place on the disk, which change with the bytes; None: gone."""
        try:
            found = self.path(sha256).lstat()
        except (OSError, IntegrityError):
            return None
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino

    def path(self, sha256: str) -> Path:
        """Return where the object of that hash lies.

        Raises:
            IntegrityError: it is no hash, so whoever named the object was changed.
        """
        if not _HASH.fullmatch(sha256):
            raise IntegrityError("archive.problem.database_damaged", path=_DATABASE)
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def blocks(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes; only when the last is read is it known whether all are as they were.

        Raises:
            IntegrityError, StorageError: as for `read`.
        """
        path = self.path(sha256)
        if not _is_there(path):
            raise self._error("object_missing", sha256)
        digest = hashlib.sha256()
        for block in self._files.blocks(path):
            digest.update(block)
            yield block
        if digest.hexdigest() != sha256:
            raise self._error("object_changed", sha256)

    def sizes(self, start: str) -> Iterator[tuple[str, int]]:
        """Yield the objects whose SHA-256 starts with two digits, and their sizes, in order."""
        for folder in sorted((self._root / start).glob("??")):
            found = sorted(one.name for one in folder.iterdir() if _HASH.fullmatch(one.name))
            for name in found:
                size = self._files.size(folder / name)
                if size is not None:
                    yield name, size

    def names(self) -> Sequence[str]:
        """Return the SHA-256 of every object that is there."""
        found = (path.name for path in self._root.glob("??/??/*"))
        return sorted(name for name in found if _HASH.fullmatch(name))

    def listed(self, start: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return the objects whose SHA-256 starts with two digits, and paths that are none.

        Both in order; empty where the folder cannot be read.
        """
        names: list[str] = []
        strays: list[str] = []
        for path in inside(self._root / start):
            for one in inside(path) if os.path.isdir(path) else [path]:  # noqa: PTH112
                if _HASH.fullmatch(one.name) and one == self.path(one.name):
                    names.append(one.name)
                else:
                    strays.append(one.relative_to(self._archive).as_posix())
        return names, strays

    def staged(self, wanted: Mapping[str, int]) -> Mapping[str, str]:
        """Return where in staging bytes of these (SHA-256 -> size) lie, within the archive."""
        found = self._copies.of(wanted)
        return {one: path.relative_to(self._archive).as_posix() for one, path in found.items()}

    def strays(self) -> Sequence[str]:
        """Return the paths above those folders that belong to no object, in order."""
        above, root = self._root.parent, self._root
        here = [one for one in inside(above) if one != root]
        here += [one for one in inside(root) if not (_DIGITS.fullmatch(one.name) and one.is_dir())]
        return [one.relative_to(self._archive).as_posix() for one in here]

    def destroy(self, unwanted: Mapping[str, int]) -> None:
        """Remove the bytes of these (SHA-256 -> size), first from staging: what is left is told."""
        self._copies.destroy(unwanted, self.path)
        for sha256 in sorted(unwanted):
            path = self.path(sha256)
            if path.exists():
                self._files.destroy(path)

    def relative_path(self, sha256: str) -> str:
        """Return where the object lies within the archive's folder; as it is, what is no hash."""
        if not _HASH.fullmatch(sha256):
            return f"objects/{ascii(sha256[:64])[1:-1]}"
        return self.path(sha256).relative_to(self._archive).as_posix()

    def _error(self, code: str, sha256: str) -> IntegrityError:
        return IntegrityError(f"archive.problem.{code}", path=self.relative_path(sha256))


def _is_there(path: Path) -> bool:
    """Tell whether an object lies there itself; a link to bytes elsewhere is none."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode)


def _is_shut(path: Path) -> bool:
    """Tell whether this account may not even look whether something lies there."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


class NoteFolder:
    """`log/checkpoint-<size>.txt`."""

    def __init__(self, archive: Path, files: Files) -> None:
        self._folder = archive / "log"
        self._staging = archive / "staging"
        self._files = files
        self._listed: tuple[int, tuple[str, ...]] = (0, ())

    def add(self, size: int, note: str) -> None:
        """Keep a checkpoint durably; the same one may be there."""
        staged = self._staging / uuid4().hex
        try:
            self._files.write_new(staged, note.encode())
            name = f"checkpoint-{size:012d}.txt"
            before = self._changed()
            if self._files.link(staged, self._folder / name) and before == self._listed[0]:
                names = (*self._listed[1], f"log/{name}")
                self._listed = self._changed(), tuple(sorted(names))
            self._files.sync_folder(self._folder)
        finally:
            self._files.remove_staged(staged)

    def names(self) -> Sequence[str]:
        """Return the names of the checkpoints, smallest first.

        There are thousands, and every act asks: they are listed anew only where the folder's own
        time says that a name came or went that was not ours. One that another program adds within
        the same tick of the system's clock (4 ms) is seen when the next one comes; until then one
        note too many may be signed.
        """
        changed = self._changed()
        if not changed or changed != self._listed[0]:
            self._listed = (changed, tuple(self._found()))
        return self._listed[1]

    def _found(self) -> Sequence[str]:
        try:
            there = os.listdir(self._folder)  # noqa: PTH208 -- thousands
        except OSError:
            return ()  # what is shut or gone holds none that could be read
        return sorted(f"log/{name}" for name in there if _NOTE.fullmatch(name))

    def _changed(self) -> int:
        """Return when a name in the folder came or went; 0 where there is no folder."""
        try:
            return os.stat(self._folder).st_mtime_ns  # noqa: PTH116 -- asked at every act
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def read(self, name: str) -> str:
        """Return the text of a checkpoint."""
        return self._files.read(self._folder.parent / name).decode("utf-8", "replace")
