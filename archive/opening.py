"""Where an archive is made and opened; joins services to storage, without Qt.

Several programs may have one archive open: every transaction takes SQLite's own lock, and an
object's name is its hash. Nothing is held while nobody acts.
"""

from __future__ import annotations

import os
from importlib.resources import files as resource
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self
from uuid import uuid4

from archive.ports import Clock, Machine
from archive.proof import canonical, signing
from archive.proof.acts import ActName
from archive.proof.chain import Act, Who
from archive.proof.signing import Cost, Locksmith, Password, Seal
from archive.records import (
    Actor,
    Card,
    Checked,
    Encryption,
    Interrupted,
    Problem,
    Role,
    Shut,
    VerifyReport,
)
from archive.services import unsealed
from archive.services.access import Access
from archive.services.anchors import Anchors
from archive.services.backup import Backup
from archive.services.case_proof import CaseProofs
from archive.services.casework import Cases
from archive.services.court import Court
from archive.services.destruction import Destruction
from archive.services.gate import IDLE_S
from archive.services.head import Heads
from archive.services.intake import Intake
from archive.services.journal import Journal
from archive.services.leftovers import Leftovers
from archive.services.log import Log
from archive.services.log_export import LogExport
from archive.services.migrating import migrate, reshape
from archive.services.paper import PrintedHead
from archive.services.persons import added, checked_name, new_person
from archive.services.receipt import Receipts
from archive.services.rekeying import Keys
from archive.services.restored import Restored
from archive.services.rights import Right
from archive.services.search import Search
from archive.services.timestamps import Timestamps
from archive.services.verify import Scope, Verify
from archive.services.versions import Versions
from archive.services.witnesses import Witnesses
from archive.storage.anchor_folder import AnchorFolder
from archive.storage.archive_cut import ArchiveCut
from archive.storage.backup_disk import BackupDisk
from archive.storage.blobs import NoteFolder, ObjectFolder
from archive.storage.bundle_folder import BundleFolder
from archive.storage.card import FORMAT, CardFile
from archive.storage.check_file import CheckFolder
from archive.storage.disk import encryption
from archive.storage.files import Files, is_file
from archive.storage.log_copy import LogCopy
from archive.storage.machine import ThisMachine
from archive.storage.openssl import chain_holds
from archive.storage.place import may_write, refuse_shared_place
from archive.storage.presence import Presence
from archive.storage.restored_folder import MARK
from archive.storage.staging import StagingRoom
from archive.storage.stick import Stick
from archive.storage.unit_of_work import SqliteDatabase
from archive.within import NAME, refuse_within
from virtopsy.errors import InputError, IntegrityError, StorageError
from virtopsy.jobs import Progress
from virtopsy.language import Language

_FOLDERS = ("objects/sha256", "staging", "quarantine", "log", "db")
_DATABASE = "db/archive.sqlite"
_COST = Cost()


class Archive:
    """An open archive; every act goes through one of its services."""

    def __init__(  # noqa: PLR0913 -- what a test turns, by name
        self,
        folder: Path,
        card: Card,
        clock: Clock,
        files: Files,
        cost: Cost,
        *,
        machine: Machine | None = None,
        idle_s: float = IDLE_S,
        database: SqliteDatabase | None = None,
        state: Path | None = None,
    ) -> None:
        self.folder = folder
        self.uuid = card.uuid
        self._database = database or SqliteDatabase(folder / _DATABASE)
        self._presence = Presence(folder)
        self._machine = machine or ThisMachine()
        self._objects = objects = ObjectFolder(folder, files)
        notes = NoteFolder(folder, files)
        self._journal = Journal(
            card.uuid, self._database, notes, LogCopy(folder, files), clock, self._machine
        )
        self.access = Access(
            self._journal,
            objects,
            cost,
            idle_s=idle_s,
            at_login=lambda: self.destruction.complete(),  # noqa: PLW0108 -- made after it
        )
        self.destruction = Destruction(
            self.access, self._journal, objects, lambda: self.keys.ring().known
        )
        cards = CardFile(folder, files)
        self.keys = Keys(self.access, self._journal, objects, cards, cost)
        place = StagingRoom(folder, objects, files)
        self._leftovers = Leftovers(self._journal, objects, place)
        self.intake = Intake(
            self.access,
            self._journal,
            objects,
            place,
            self._leftovers,
            folder,
        )
        self.cases = Cases(self.access, self._journal, objects)
        self.versions = Versions(self.access, self._journal, objects)
        self.receipts = Receipts(self.access, self._journal, objects, lambda: self.fingerprint)
        self.search = Search(self.access, self._journal, objects)
        self.log = Log(self.access, self._journal)
        anchors = AnchorFolder(folder, files)
        self.timestamps = Timestamps(self.access, self._journal, anchors, chain_holds)
        self.witnesses = Witnesses(
            self.access,
            self._journal,
            objects,
            anchors,
            lambda place: Stick(place, files),
            lambda: self.keys.ring().known,
        )
        self.log_export = LogExport(self.access, self._journal)
        self.case_proofs = CaseProofs(
            self.access,
            self._journal,
            lambda target: BundleFolder(target, files),
            folder,
            lambda: self.public_key,
        )
        self.heads = Heads(self.access, self._journal, lambda: self.fingerprint)
        self.anchors = Anchors(self.access, self._journal, clock)
        self.court = Court(
            self.access,
            self._journal,
            objects,
            lambda target: BundleFolder(target, files),
            folder,
        )
        self.backup = Backup(
            self.access,
            self._journal,
            objects,
            lambda: ArchiveCut(folder, files),
            lambda place: BackupDisk(place, files),
            folder,
            cost,
        )
        self.restored = Restored(self.access, self._journal, lambda: is_file(folder / MARK))
        seen = CheckFolder(state, folder, card.uuid, files) if state else None
        self.verify = Verify(self._journal, objects, seen, cards, anchors)

    @property
    def public_key(self) -> bytes:
        """The public half of the key in use, or of the last one that was; 32 bytes."""
        return self.keys.ring().newest

    @property
    def fingerprint(self) -> str:
        """What is compared with the paper: SHA-256 of the public key in use, hexadecimal."""
        return signing.fingerprint(self.public_key)

    @property
    def program(self) -> str:
        """The version of the program, as the log names it."""
        return self._machine.surroundings().version

    @property
    def shut(self) -> Shut | None:
        """Why reading works and nothing is written; None where everything works."""
        return self._database.shut

    def migrate(self, progress: Progress | None) -> None:
        """Give the index of an older archive today's shape; only `open_archive` calls it.

        Raises:
            InputError: another program has the archive open.
            StorageError, Cancelled: nothing changed.
        """
        if self.open_elsewhere:  # by a program that would write rows of the older shape
            raise InputError("migration.open_elsewhere", path=self.folder)
        migrate(self._journal, self._objects, progress or Progress())

    @property
    def interrupted(self) -> tuple[Interrupted, ...]:
        """Imports whose programs ended before they were recorded; the same import goes on.

        None where nothing can go on, because the archive is only read.
        """
        return () if self.shut else self._leftovers.interrupted()

    @property
    def unsealed(self) -> tuple[IntegrityError, ...]:
        """What is told of destructions that no known key sealed (`services.unsealed`)."""
        ring = self.keys.ring()
        found = self._journal.unsealed(ring.known)
        bare = self._journal.unsealed(ring.known, ring.believed.given) if found else ()
        return unsealed.told(found, bare)

    @property
    def replaced_key(self) -> IntegrityError | None:
        """What is told of a key that follows a lost or compromised one; None where none does."""
        return unsealed.replaced(self.keys.ring())

    def note_interrupted(self, actor: Actor | None) -> None:
        """Write what was interrupted into the log, once; for who administers.

        Raises:
            AccessDenied: the person administers nothing.
        """
        self._leftovers.note(self.access.require(actor, Right.ADD_PERSON))

    @property
    def open_elsewhere(self) -> bool:
        """Whether another program has this archive open now; both may work in it."""
        return not self._presence.alone

    def close(self) -> None:
        """Forget every session and let go of the database."""
        self.access.forget()
        self._database.close()
        self._presence.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def create(  # noqa: PLR0913 -- all but the folder by name
    folder: Path, *, person: str, password: str, clock: Clock, cost: Cost = _COST, reason: str = ""
) -> None:
    """Make an archive whose one person is administrator and expert (single keeper).

    Raises:
        InputError: the folder is not empty, cannot be made, or lies on a network drive, in a
            synced folder or in another archive.
        UsageError: no password.
        StorageError: the disk refused.
    """
    secret = Password(password)
    del password
    person = checked_name(person, secret)
    refuse_shared_place(folder)
    refuse_within(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("archive.create.not_empty", path=folder)
    files, uuid, seal = Files(), str(uuid4()), Seal.new()
    try:
        files.make_folder(folder.absolute())
    except StorageError as error:
        why = error.facts["detail"]
        raise InputError("archive.create.no_folder", path=folder, reason=why) from error
    for name in _FOLDERS:
        files.make_folder(folder.absolute() / name)
    objects = ObjectFolder(folder, files)
    roles = (Role.ADMINISTRATOR, Role.EXPERT)
    first = new_person(objects, Locksmith(uuid, seal, cost), person, secret, roles)
    database = SqliteDatabase.create(folder / _DATABASE, uuid)
    notes, copy = NoteFolder(folder, files), LogCopy(folder, files)
    journal = Journal(uuid, database, notes, copy, clock, ThisMachine())
    by = Who(first.person_id, roles)
    key = signing.fingerprint(seal.public_key)
    data = {"format": FORMAT, "key": key, "single_keeper": True}
    with database.writing() as work:
        work.persons.add(first)
        journal.append(work, Act(ActName.CREATE_ARCHIVE, by, reason=reason, data=data))
        journal.append(work, added(by, first))
        work.commit()
    journal.catch_up()
    journal.checkpoint(seal)
    database.close()
    for language in Language:
        text = (resource("resources") / "templates" / f"archive_{language}.txt").read_bytes()
        files.write_new(folder / f"README_{language}.txt", text)
    # Last: a folder without it is no archive yet, so a kill before leaves nothing half made.
    CardFile(folder, files).make(Card(uuid, FORMAT, (seal.public_key,)))


def open_archive(  # noqa: PLR0913 -- all but the folder by name
    folder: Path,
    *,
    clock: Clock,
    files: Files | None = None,
    cost: Cost = _COST,
    machine: Machine | None = None,
    idle_s: float = IDLE_S,
    progress: Progress | None = None,
    state: Path | None = None,
) -> Archive:
    """Open an archive; as many programs may as like. A card that lags behind is completed.

    Args:
        folder: the archive.
        clock: the time that entries say.
        files: the door to the file system.
        cost: of a password that is set while it is open.
        machine: where entries say that they were made.
        idle_s: a session without an act ends after so many seconds.
        progress: counts the steps of a migration.
        state: where this account's program remembers what its checks saw; None: nowhere, and
            every check reads everything.

    The index of an archive that an older program made is brought into today's shape first; one
    that a newer program made, or that cannot be written to here, is only read, see `Archive.shut`.
    One to which somebody gave another shape (`storage.shape`) is not opened at all.

    Raises:
        InputError: the folder is no archive, is of a newer format, or lies on a network drive; or
            it is older and open in another program.
        IntegrityError: it is one, but its card or its database is gone, unreadable, or changed
            past the program.
        StorageError, Cancelled: the older index stays as it is.
    """
    card = read_card(folder)
    refuse_shared_place(folder)
    if not is_file(folder / _DATABASE):
        raise IntegrityError("archive.open.no_database", path=folder / _DATABASE)
    whole, files = folder.absolute(), files or Files()
    database = SqliteDatabase(whole / _DATABASE)
    age = database.age(card.uuid)
    if age == "newer":
        database.only_read(Shut.NEWER)
    elif age == "same" and not may_write(database.path):
        database.only_read(Shut.PLACE)
    archive = Archive(
        whole,
        card,
        clock,
        files,
        cost,
        machine=machine,
        idle_s=idle_s,
        database=database,
        state=state,
    )
    try:
        if age == "older":
            archive.migrate(progress)
        archive.keys.complete()
    except BaseException:
        archive.close()
        raise
    return archive


def encryption_of(folder: Path) -> Encryption:
    """Tell whether the disk under a folder is encrypted: that alone keeps evidence secret there."""
    return encryption(folder)


def is_older(folder: Path) -> bool:
    """Tell whether opening an archive means bringing its index up to date, which may take long.

    Raises:
        InputError, IntegrityError: as `open_archive` does.
    """
    if not (folder / _DATABASE).is_file():
        return False  # which opening it says
    database = SqliteDatabase(folder / _DATABASE)
    try:
        return database.shape().age == "older"
    finally:
        database.close()


def verify_folder(  # noqa: PLR0913 -- all but the folder by name
    folder: Path,
    *,
    clock: Clock,
    case_number: str | None = None,
    key: str | None = None,
    paper: PrintedHead | None = None,
    progress: Progress | None = None,
    scope: Scope = Scope.FULL,
    state: Path | None = None,
) -> VerifyReport:
    """Check an archive in whatever state it is; needs no person (see `services.verify`).

    Args:
        folder: the archive.
        clock: for the entry that says it was checked.
        case_number: check the objects and rows of one case only, with the whole log.
        key: fingerprint the archive's key must have.
        paper: a printed head with which the log must begin.
        progress: counts thousandths of the way.
        scope: which objects are read.
        state: where it remembers what it saw, as for `open_archive`.

    Raises:
        InputError: the folder is no archive, or there is no such case.
        Cancelled: the person stopped it; the next full check goes on there.
    """
    try:
        card = read_card(folder)
    except IntegrityError:
        return VerifyReport(Checked(), (Problem("card_damaged", NAME),), "", "")
    whole = folder.absolute()
    with (
        TemporaryDirectory() as place,
        Archive(
            whole,
            card,
            clock,
            Files(),
            _COST,
            database=_to_check(whole, card.uuid, Path(place)),
            state=state,
        ) as archive,
    ):
        number = None if case_number is None else canonical.text(case_number)
        return archive.verify.run(number, progress, key=key, paper=paper, scope=scope)


def _to_check(folder: Path, archive: str, place: Path) -> SqliteDatabase:
    """Return the index that is checked; of an older one a copy in today's shape, under `place`.

    So an older archive is checked as it lies, and not written to. A damaged or changed index is
    given as it is; the check says so.

    Raises:
        StorageError: the older index cannot be copied.
    """
    database = SqliteDatabase(folder / _DATABASE)
    try:
        age = database.age(archive)
    except (IntegrityError, StorageError):
        return database
    if age == "newer":
        database.only_read(Shut.NEWER)
    if age == "older":
        try:
            database = _copied(database, folder, place)
        except IntegrityError:
            return database
        database.only_read(Shut.PLACE)  # the check's own entry belongs into the archive
    return database


def _copied(database: SqliteDatabase, folder: Path, place: Path) -> SqliteDatabase:
    """Return a copy of an older index in today's shape."""
    copy = database.copy_to(place / "copy.sqlite")
    with copy.migrating() as work:
        reshape(work, ObjectFolder(folder, Files()), Progress())
        work.commit()
    return copy


def is_archive(folder: Path) -> bool:
    """Tell whether a folder looks like an archive (the start screen's list)."""
    unfinished = os.path.isfile(folder / MARK)  # noqa: PTH113 -- unlike Path's, never raises
    return not unfinished and CardFile(folder, Files()).is_there()


def read_card(folder: Path, *, unfinished: bool = False) -> Card:
    """Return what `archive.json` says.

    Raises:
        InputError: the folder is no archive, of a newer format, or a restore is not finished
            (unless that is what goes on).
        IntegrityError: it cannot be read.
    """
    card = CardFile(folder, Files())
    if not unfinished and os.path.isfile(folder / MARK):  # noqa: PTH113 -- never raises
        raise InputError("backup.unfinished", path=folder)
    if card.is_there():
        return card.read()
    if os.path.isfile(folder / _DATABASE):  # noqa: PTH113 -- unlike Path's, never raises
        raise IntegrityError("archive.open.bad_card", path=card.path)
    raise InputError("archive.open.no_archive", path=folder)
