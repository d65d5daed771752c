"""Backups: objects by hash, each written once; then the archive at one moment as a snapshot.

A snapshot is cut after the entry that tells of it, so a backup holds the record of its own
making. An object that is not what it was is never kept as good: the backup goes on and names it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from archive.ports import BackupFolder, Blobs, Cut
from archive.proof.chain import Act
from archive.proof.signing import Cost, Password
from archive.records import Actor, Out
from archive.services import backup_key
from archive.services.access import Access
from archive.services.backing_up import BackingUp, BackupReport, Place
from archive.services.backup_key import Opener
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.kept import Kept
from archive.services.object_copies import ObjectCopies
from archive.services.rights import Right
from archive.within import refuse_within
from virtopsy.errors import InputError, StorageError, UsageError, VirtopsyError
from virtopsy.jobs import Progress

__all__ = ["Backup", "BackupReport"]

NewDisk: TypeAlias = Callable[[Path], BackupFolder]


class Backup:
    """Writes the archive to another disk."""

    def __init__(  # noqa: PLR0913, PLR0917 -- one for each room it joins
        self,
        access: Access,
        journal: Journal,
        blobs: Blobs,
        cut: Callable[[], Cut],
        disk: NewDisk,
        folder: Path,
        cost: Cost,
    ) -> None:
        self._access = access
        self._journal = journal
        self._blobs = blobs
        self._cut = cut
        self._disk = disk
        self._folder = folder
        self._cost = cost

    def write(  # noqa: PLR0913 -- the form has that many fields; all by name
        self,
        actor: Actor,
        place: Path,
        *,
        password: str = "",
        phrase: str = "",
        plain: bool = False,
        full: bool = False,
        reason: str = "",
        progress: Progress,
    ) -> BackupReport:
        """Back the archive up into `place`, in the folder named by the archive's uuid.

        Args:
            actor: an administrator.
            place: a folder on another disk; several archives may share it.
            password: of the actor; opens the backup later. Not needed for a plain one.
            phrase: a passphrase of the backup's own, which opens it as well.
            plain: not encrypted.
            full: read everything that the backup holds already, and write anew what is damaged.
            reason: kept in the entry.
            progress: counts objects.

        Raises:
            AccessDenied: no right to back up, or nothing the person brings opens the backup.
            UsageError: the backup is plain and this is not, or the other way round.
            InputError: the place lies in the archive, or another archive's backup is there.
            StorageError: a disk refused; earlier snapshots are as they were.
            Cancelled: the same; the next backup goes on from here.
        """
        secret, own_phrase = Password(password), Password(phrase)
        del password, phrase
        session = self._access.require(actor, Right.BACKUP)
        if not plain:
            self._access.prove(session, secret)
        disk = self._disk(self._place(place))
        with disk.exclusive():
            disk.clear()
            cut = self._cut()
            try:
                opener = None if plain else self._opener(session, secret, own_phrase)
                where = self._opened(disk, opener, full=full)
                objects = ObjectCopies(self._blobs, where.kept, progress)
                run = BackingUp(self._journal, where, cut, objects, session, progress)
                return run.finish(reason)
            except VirtopsyError as error:
                self._failed(session, disk, error)
                raise
            finally:
                cut.clear()
                disk.clear()

    def _place(self, place: Path) -> Path:
        """Return the folder of this archive's backup in `place`."""
        here = self._folder.resolve()
        wanted = place.resolve()
        if wanted.is_relative_to(here):
            raise InputError("backup.inside_archive", path=place)
        if not wanted.is_dir():
            raise InputError("backup.no_folder", path=place)
        uuid = self._journal.archive
        found = wanted if wanted.name == uuid else wanted / uuid
        refuse_within(found)
        return found

    def _opener(self, session: Session, password: Password, phrase: Password) -> Opener:
        return Opener(session.actor.person_id, password, phrase, session.seal, self._cost)

    def _opened(self, disk: BackupFolder, opener: Opener | None, *, full: bool) -> Place:
        card = backup_key.read_card(disk)
        if card is None:
            card, key = backup_key.begun(disk, self._journal.archive, opener)
            return Place(Kept(disk, key, full=full), card)
        if card.archive != self._journal.archive:
            raise InputError("backup.other_archive", path=disk.folder)
        if card.encrypted and opener is None:
            raise UsageError("backup.is_encrypted", path=disk.folder)
        if opener is None:
            return Place(Kept(disk, None, full=full), card)
        if not card.encrypted:
            raise UsageError("backup.is_plain", path=disk.folder)
        with self._journal.database.reading() as work:
            gone = {one.person_id for one in work.persons.all() if one.disabled}
        return Place(Kept(disk, backup_key.unlocked(disk, card, opener, gone), full=full), card)

    def _failed(self, session: Session, disk: BackupFolder, error: VirtopsyError) -> None:
        """Note the failure; a disk too full even for that must not hide the first reason."""
        data = {"where": str(disk.folder), "why": error.key}
        with suppress(StorageError):
            self._journal.write(Act(Right.BACKUP, who(session.actor), Out.FAIL, data=data))
