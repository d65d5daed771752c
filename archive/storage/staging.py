"""`staging/`: where an intake's files wait until they are known to be whole.

Each intake has a folder of its own with a journal, locked as long as its program lives: of a
program that was killed the lock is gone, the journal stays and tells what was copied already.

::

    staging/<32 hex>/journal.jsonl    {"v":1,"owner":...,"boot":...}, then a line a copied file
    staging/<32 hex>/1, 2, 3 ...      the copies
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from uuid import uuid4

from archive.records import Copied, Interrupted
from archive.storage.blobs import ObjectFolder
from archive.storage.files import Files
from archive.storage.source_files import Reading
from archive.storage.staging_journal import LONGEST, NAME, TOLD, Journal, line_of, read
from virtopsy.dicom.carrier import Address
from virtopsy.errors import IntegrityError, StorageError

_TRIES = 10


class StagingRoom:
    """The folder `staging/` and the intakes in it, of living programs and of dead ones."""

    def __init__(self, archive: Path, objects: ObjectFolder, files: Files) -> None:
        self._archive = archive
        self._root = archive / "staging"
        self._objects = objects
        self._files = files

    def enter(self, owner: str, boot: str, keys: Collection[str]) -> StagingFolder:
        """Return the folder of an intake: that of the same one where it was interrupted.

        Args:
            owner: whose import of which case it is; only the same one goes on with it.
            keys: of what is brought; where nothing of it was copied, it is another import.
            boot: the start of the machine, empty where it is not known. What was copied before it
                may have been lost by the disk and is read again.
        """
        for folder in self._folders():
            found = self._held(folder, owner, keys)
            if found is not None:
                handle, journal = found
                whole = boot != "" and journal.boot == boot
                kept = journal.copied if whole else self._still_whole(journal)
                opened = StagingFolder(folder, handle, self._objects, self._files, kept)
                opened.go_on(owner, boot, torn=not journal.whole)
                return opened
        for _ in range(_TRIES):
            folder = self._root / uuid4().hex
            self._files.make_folder(folder)
            new = self._files.hold(folder / NAME, new=True)
            if new is not None:  # else somebody looked at it before it was locked
                opened = StagingFolder(folder, new, self._objects, self._files, {})
                opened.go_on(owner, boot, torn=False)
                return opened
        raise StorageError("archive.storage.busy", path=self._root)

    def interrupted(self) -> tuple[Interrupted, ...]:
        """Return the intakes whose programs are gone, oldest name first; deletes nothing."""
        found = []
        for folder in self._folders():
            handle = self._files.hold(folder / NAME)
            if handle is None:
                continue
            try:
                journal = self._read(folder)
            finally:
                self._files.let_go(handle)
            if journal is not None:
                found.append(_interrupted(folder.name, journal))
        return tuple(found)

    def tell(self, name: str) -> None:
        """Note that an interruption stands in the log, so that it is not told twice."""
        path = self._root / name / NAME
        handle = self._files.hold(path)
        if handle is not None:
            try:
                self._files.note(path, handle, TOLD)
            finally:
                self._files.let_go(handle)

    def free_bytes(self) -> int:
        """Return the space left."""
        return self._files.free_bytes(self._archive)

    def _folders(self) -> list[Path]:
        return sorted(one.parent for one in self._root.glob(f"*/{NAME}"))

    def _held(self, folder: Path, owner: str, keys: Collection[str]) -> tuple[int, Journal] | None:
        handle = self._files.hold(folder / NAME)
        if handle is None:
            return None
        journal = self._read(folder)
        if journal is not None and journal.owner == owner and journal.about(keys):
            return handle, journal
        self._files.let_go(handle)
        return None

    def _read(self, folder: Path) -> Journal | None:
        """Return what a journal says; None where it was not begun or is none of ours."""
        path = folder / NAME
        if path.stat().st_size > LONGEST:
            return None
        return read(folder, self._files.read(path))

    def _still_whole(self, journal: Journal) -> dict[str, Copied]:
        """Return what the disk still has as it was copied, after another start of the machine."""
        return {key: one for key, one in journal.copied.items() if self._is_whole(one)}

    def _is_whole(self, one: Copied) -> bool:
        return one.path.is_file() and self._files.hash(one.path) == (one.sha256, one.size)


class StagingFolder:
    """One intake's own folder; entered through `StagingRoom`."""

    def __init__(
        self,
        folder: Path,
        handle: int,
        objects: ObjectFolder,
        files: Files,
        copied: dict[str, Copied],
    ) -> None:
        self._folder = folder
        self._handle = handle
        self._objects = objects
        self._files = files
        self._copied = copied
        self._left_something = bool(copied)
        numbers = [int(one.path.name) for one in copied.values()]
        present = [int(one.name) for one in folder.iterdir() if one.name.isdecimal()]
        self._count = max([0, *numbers, *present])

    def go_on(self, owner: str, boot: str, *, torn: bool) -> None:
        """Write the journal's first line, or that another program goes on."""
        head = {"v": 1, "owner": owner, "boot": boot}
        self._note(head, torn=torn)
        for key, one in self._copied.items():
            self._note(line_of(key, one))

    def copied(self, key: str) -> Copied | None:
        """Return what an interrupted intake copied of this source, where it is still there."""
        found = self._copied.get(key)
        if found is None or not found.path.is_file() or found.path.stat().st_size != found.size:
            return None
        return found

    def place(self) -> Path:
        """Return where the next file goes; called by one thread."""
        self._count += 1
        return self._folder / str(self._count)

    def copy(self, source: Address, key: str, place: Path, count: Callable[[int], None]) -> Copied:
        """Copy a file to `place`, hashing in the same pass, and note that it was done."""
        reading = Reading(source, count)
        sha256, size = self._files.write_in_batch(place, reading.blocks())
        made = Copied(place, sha256, size, reading.changing)
        if not reading.changing and (reading.state is None or reading.state.key == key):
            self._note(line_of(key, made))
        self._left_something = True
        return made

    def settle(self) -> None:
        """Wait until the disk has all that was copied."""
        paths = (one for one in self._folder.iterdir() if one.name != NAME)
        self._files.sync_all(self._folder, self._handle, [*paths, self._folder])

    def publish(self, staged: Sequence[Copied]) -> frozenset[str]:
        """Give staged files their final names durably; never overwrites.

        Returns:
            SHA-256 of the objects that were there before.
        """
        there, folders = set(), set()
        for one in {one.sha256: one for one in staged}.values():
            final = self._objects.path(one.sha256)
            if final.parent not in folders:
                self._files.make_folder(final.parent, in_batch=True)
                folders.add(final.parent)
            if not self._files.link(one.path, final):
                there.add(one.sha256)
        parents = {above for one in folders for above in (one, one.parent, one.parent.parent)}
        self._files.sync_all(self._folder, self._handle, sorted(parents))
        return frozenset(there)

    def read_back(self, sha256: str, *, there: bool, tick: Callable[[], None]) -> None:
        """Read an object past the cache.

        Args:
            sha256: the object.
            there: whether it was there before this intake.
            tick: called for every block; what it raises ends the reading.

        Raises:
            StorageError: the disk kept something else of what was written just now; it was put
                into quarantine, because no object may lie there under a name that is not its own.
            IntegrityError: the object that was there before is not what it was.
        """
        path = self._objects.path(sha256)
        found, _ = self._files.hash(path, past_cache=True, tick=tick)
        if found == sha256:
            return
        if there:
            where = self._objects.relative_path(sha256)
            raise IntegrityError("archive.problem.object_changed", path=where)
        aside = self._folder.parent.parent / "quarantine" / f"{sha256}.{uuid4().hex}"
        self._files.set_aside(path, aside)
        raise StorageError("archive.storage.read_back", path=path)

    def clear(self) -> None:
        """Remove what is staged."""
        self._files.remove_staging(self._folder)
        self._files.let_go(self._handle)

    def leave(self) -> None:
        """Keep what was copied for the next try; where nothing was, leave nothing."""
        if self._left_something:
            self._files.let_go(self._handle)
        else:
            self.clear()

    def _note(self, line: dict[str, object], *, torn: bool = False) -> None:
        content = (b"\n" if torn else b"") + json.dumps(line).encode() + b"\n"
        self._files.note(self._folder / NAME, self._handle, content)


def _interrupted(name: str, journal: Journal) -> Interrupted:
    copied = {one.sha256: one.size for one in journal.copied.values()}
    return Interrupted(name, len(journal.copied), sum(copied.values()), tuple(copied), journal.told)
