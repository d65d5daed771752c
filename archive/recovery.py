"""Where an archive comes back: from a backup, or its database from objects and log.

Joins services to storage, as `archive.opening` does for an archive that is whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from archive.opening import Archive, read_card
from archive.ports import Clock
from archive.proof import chain, checkpoint
from archive.proof.signing import Cost, Password
from archive.proof.snapshot import Snapshot
from archive.records import Problem
from archive.services import restore
from archive.services.backup_key import read_card as read_backup_card
from archive.services.journal import Journal
from archive.services.rebuild import Rebuilding, Rebuilt
from archive.services.restore import Restoring, Source
from archive.services.restored import Outside, missing_entries
from archive.services.rights import Right
from archive.storage.backup_disk import BackupDisk, backups_in
from archive.storage.blobs import NoteFolder, ObjectFolder
from archive.storage.files import Files
from archive.storage.log_copy import LogCopy
from archive.storage.machine import ThisMachine
from archive.storage.old_index import OldIndex
from archive.storage.outside_note import read_note
from archive.storage.place import refuse_shared_place
from archive.storage.restored_folder import RestoredFolder
from archive.within import refuse_within
from virtopsy.errors import AccessDenied, InputError, IntegrityError, StorageError, UsageError
from virtopsy.jobs import Progress

_COST = Cost()


@dataclass(frozen=True)
class RestoreReport:
    """What a restore brought.

    Attributes:
        snapshot, ts: which moment.
        objects, bytes: it holds.
        size, root: of the restored log, before the entries of check and restore.
        missing_entries: how many newer ones something outside tells of.
        problems: everything that is not as it should be; the archive stays where it is.
    """

    folder: Path
    archive: str
    snapshot: str
    ts: str
    objects: int
    bytes: int
    size: int
    root: str
    missing_entries: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """It verifies, and nothing outside tells of more or other entries."""
        return not self.problems


def is_encrypted(backup: Path, archive: str | None = None) -> bool:
    """Tell whether a password is needed to read a backup.

    Raises:
        InputError, UsageError, IntegrityError: as for `restore_backup`.
    """
    card = read_backup_card(BackupDisk(_backup(backup, archive), Files()))
    return card is None or card.encrypted


def snapshots_of(
    backup: Path, *, password: str, phrase: str = "", archive: str | None = None
) -> tuple[Snapshot, ...]:
    """Return the snapshots of a backup, oldest first; errors as for `restore_backup`."""
    opening = (Password(password), Password(phrase))
    return _unlocked(backup, archive, opening, Files()).snapshots()


def restore_backup(  # noqa: PLR0913 -- all but the two places by name
    backup: Path,
    folder: Path,
    *,
    password: str,
    phrase: str = "",
    clock: Clock,
    archive: str | None = None,
    snapshot: str | None = None,
    checkpoints: Sequence[Path] = (),
    key: str | None = None,
    user: str = "",
    reason: str = "",
    files: Files | None = None,
    cost: Cost = _COST,
    progress: Progress,
) -> RestoreReport:
    """Restore an archive into an empty place, check it, and say so in its log.

    An unfinished restore of the same snapshot goes on.

    Args:
        backup: the backup's disk, or the folder of one archive on it.
        folder: where the archive goes.
        password: of any person who made a backup, or the backup's passphrase; where a person is
            named, of that person.
        phrase: the backup's passphrase, for when the password opens nothing; empty for none.
        clock: for the entry.
        archive: uuid; needed where the disk holds several.
        snapshot: name or number; the newest where none is given.
        checkpoints: kept outside: signed notes, cosigned or not, or bundles.
        key: fingerprint that the archive's key must have.
        user: who acts, as the restored archive knows the person; empty: whose password opened the
            backup, else the program.
        reason: kept in the entry.
        files: the door to the disk.
        cost: of a guess at a password.
        progress: counts objects.

    Raises:
        InputError: no backup there, the place is not empty or in an archive, or a file is no
            checkpoint.
        UsageError: which archive or which snapshot is not clear.
        AccessDenied: neither of the two opens anything, or the password is not that of the
            person named; then the restore is not finished, and goes on when it is repeated.
        IntegrityError: the backup of what makes an archive is damaged.
        StorageError, Cancelled: a disk refused, the person stopped it; repeated, it goes on.
    """
    files = files or Files()
    refuse_shared_place(folder)
    refuse_within(folder)
    secret, own = Password(password), Password(phrase)
    del password, phrase
    outside = [_outside(path, files) for path in checkpoints]
    source = _unlocked(backup, archive, (secret, own), files)
    wanted = restore.chosen(source, snapshot)
    if folder.resolve().is_relative_to(source.kept.disk.folder.resolve()):
        raise InputError("backup.inside_backup", path=folder)
    target = RestoredFolder(folder.absolute(), files)
    run = Restoring(source, wanted, target, progress)
    run.check_place()
    with target.exclusive():
        run.copy()
        card = read_card(folder, unfinished=True)
        with Archive(folder.absolute(), card, clock, files, cost) as restored:
            # First: the check makes an entry of its own where all is whole.
            found = restored.restored.judged(wanted, source, outside, restored.keys.ring)
            checked = restored.verify.run(progress=progress, key=key)
            problems = (*run.problems, *checked.problems, *found)
            restored.restored.enter(wanted, source, secret, problems, user=user, reason=reason)
        target.finish()
    return _report(folder, wanted, problems)


def rebuild_folder(  # noqa: PLR0913 -- all but the folder by name
    folder: Path,
    *,
    user: str,
    password: str,
    clock: Clock,
    reason: str = "",
    files: Files | None = None,
    cost: Cost = _COST,
    progress: Progress,
) -> Rebuilt:
    """Make an archive's database anew from log and objects, and say so in the log.

    The old one goes to `quarantine/`. Works where it is gone, damaged or another archive's.

    Args:
        folder: the archive.
        user: an administrator, as the log tells it.
        password: of that person.
        clock: for the entry.
        reason: kept in the entry.
        files: the door to the disk.
        cost: of a guess at a password.
        progress: counts cases.

    Whoever is refused stands in the log, and a wrong password counts as one at login, where the
    old database still takes an entry; else there is no place where it could.

    Raises:
        InputError: the folder is no archive.
        AccessDenied: no such administrator, or another password; nothing else was changed.
        IntegrityError: the log itself is broken; nothing was changed.
        StorageError: the disk refused, or another program holds the database.
        Cancelled: nothing was changed.
    """
    files = files or Files()
    refuse_shared_place(folder)
    card, whole = read_card(folder), folder.absolute()
    notes, copy = NoteFolder(whole, files), LogCopy(whole, files)
    old = OldIndex(whole, card.uuid, files)
    run = Rebuilding(
        card,
        old,
        ObjectFolder(whole, files),
        notes,
        clock,
        lambda database: Journal(card.uuid, database, notes, copy, clock, ThisMachine()),
        progress,
    )
    moment = re.sub(r"[-:]|\.\d+", "", chain.utc(clock()))
    secret = Password(password)
    del password
    try:
        made = run.run(user, secret, moment)
    except AccessDenied:
        if old.takes_entries():
            # A damaged index, for which one rebuilds, may refuse: the first reason is told then.
            with (
                suppress(IntegrityError, StorageError),
                Archive(whole, card, clock, files, cost) as archive,
            ):
                archive.access.turned_away(user, secret, Right.REBUILD)
        raise
    with Archive(whole, card, clock, files, cost) as archive:
        actor = archive.access.login(user, secret.typed)
        archive.restored.enter_rebuilt(actor, made, reason)
    return made


def _report(folder: Path, wanted: Snapshot, problems: tuple[Problem, ...]) -> RestoreReport:
    return RestoreReport(
        folder=folder,
        archive=wanted.archive,
        snapshot=wanted.name,
        ts=wanted.ts,
        objects=wanted.count,
        bytes=wanted.total_bytes,
        size=wanted.size,
        root=wanted.root,
        missing_entries=missing_entries(problems),
        problems=problems,
    )


def _backup(place: Path, archive: str | None) -> Path:
    found = backups_in(place)
    if archive is not None and archive in found:
        return place / archive
    if not found or archive is not None:
        raise InputError("backup.none", path=place)
    if len(found) > 1:
        raise UsageError("backup.several", path=place, uuids=", ".join(found))
    return place / found[0]


def _unlocked(
    place: Path, archive: str | None, opening: tuple[Password, Password], files: Files
) -> Source:
    """Open a backup with a password or else with its passphrase; an empty one is none."""
    disk, (password, phrase) = BackupDisk(_backup(place, archive), files), opening
    if password.typed and phrase.typed:
        with suppress(AccessDenied):  # only the second refusal is one
            return restore.unlock(disk, password)
    return restore.unlock(disk, phrase if phrase.typed else password)


def _outside(path: Path, files: Files) -> Outside:
    """Read a checkpoint from a note, or from the bundle that holds it, a folder or a zip.

    Raises:
        InputError: there is none, or no small file.
    """
    try:
        found = checkpoint.read(read_note(path, files))
    except InputError as error:
        raise InputError("backup.no_checkpoint", path=path) from error
    if found is None:
        raise InputError("backup.no_checkpoint", path=path)
    return Outside(str(path), found)
