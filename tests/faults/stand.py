"""An archive that is to be spoilt, and what an attacker may have beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.opening import Archive, open_archive
from archive.proof import canonical, chain, checkpoint, merkle
from archive.proof.signing import Seal
from archive.records import Actor, LogEntry
from tests.archive.conftest import CHEAP, PASSWORD
from tests.faults.acts import KEEPER, later_clock

Bodies = list[dict[str, Any]]


@dataclass(frozen=True)
class Stand:
    """The place of an attack.

    Attributes:
        folder: the archive; closed, whole, with a checkpoint over everything.
        earlier: the same archive as it was some acts before.
        fork: a copy of `earlier` that went on by itself.
        other: another archive.
    """

    folder: Path
    earlier: Path
    fork: Path
    other: Path

    @property
    def database(self) -> Path:
        """Return the file of the index and the log."""
        return database_of(self.folder)

    def objects(self) -> list[Path]:
        """Return every object."""
        return sorted(one for one in (self.folder / "objects").rglob("*") if one.is_file())

    def notes(self) -> list[Path]:
        """Return the checkpoints, smallest first."""
        return notes_of(self.folder)

    def sql(self, *statements: str) -> None:
        """Run statements on the database, as whoever can write the folder may."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            for one in statements:
                assert connection.execute(one).rowcount, one

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the database answers."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(question).fetchall()

    def bodies(self) -> Bodies:
        """Return what every entry says."""
        with closing(sqlite3.connect(self.database)) as connection:
            rows = connection.execute("SELECT body FROM log ORDER BY seq").fetchall()
        return [canonical.decode(body) for (body,) in rows]

    def write_log(self, entries: Iterable[LogEntry]) -> None:
        """Put these rows in the place of the log, without its rules where they forbid it."""
        rows = [
            (e.seq, e.body, e.prev, e.hash, e.ts, e.actor, e.act, e.out, e.case_number)
            for e in entries
        ]
        with closing(sqlite3.connect(self.database)) as connection:
            try:
                with connection:
                    connection.execute("DELETE FROM log")
                    connection.executemany("INSERT INTO log VALUES (?,?,?,?,?,?,?,?,?)", rows)
            except sqlite3.IntegrityError:
                with connection:
                    connection.execute("CREATE TABLE made AS SELECT * FROM log WHERE 0")
                    connection.executemany("INSERT INTO made VALUES (?,?,?,?,?,?,?,?,?)", rows)
                    connection.execute("DROP TABLE log")
                    connection.execute("ALTER TABLE made RENAME TO log")


def database_of(folder: Path) -> Path:
    """Return the file of an archive's index and log."""
    return folder / "db" / "archive.sqlite"


def notes_of(folder: Path) -> list[Path]:
    """Return the checkpoints of an archive, smallest first."""
    return sorted((folder / "log").glob("checkpoint-*.txt"))


def spoil(path: Path, change: Callable[[bytearray], object]) -> None:
    """Change the bytes of a file, whatever its mode."""
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)


def flipped(place: int) -> Callable[[bytearray], object]:
    """Return the change of one bit at a place; -1 is the last byte."""

    def change(content: bytearray) -> None:
        content[place] ^= 0x40

    return change


def rechained(bodies: Bodies) -> list[LogEntry]:
    """Return entries with every number and hash made to fit, as a forger would."""
    made: list[LogEntry] = []
    cases: dict[str, tuple[int, str]] = {}
    for said in bodies:
        said["seq"] = len(made) + 1
        said["prev"] = made[-1].hash if made else chain.BEGINNING
        if said["case"]:
            number, before = cases.get(said["case"], (0, chain.BEGINNING))
            said["case_seq"], said["case_prev"] = number + 1, before
        entry = chain.from_body(canonical.encode(said))
        if said["case"]:
            cases[said["case"]] = (said["case_seq"], entry.hash)
        made.append(entry)
    return made


def write_copy(folder: Path, entries: Iterable[LogEntry]) -> None:
    """Write the copy of the log anew."""
    (folder / "log" / "entries.jsonl").write_bytes(b"".join(e.body + b"\n" for e in entries))


def note(origin: str, entries: list[LogEntry], seal: Seal) -> str:
    """Return a signed checkpoint over entries."""
    root = merkle.root([merkle.leaf_hash(one.body) for one in entries])
    return checkpoint.sign(origin, len(entries), root, seal).note


def origin_of(folder: Path) -> str:
    """Return the name of an archive's log."""
    with open_archive(folder, clock=later_clock(3), cost=CHEAP) as archive:
        return checkpoint.origin_of(archive.uuid)


def seal_of(archive: Archive, actor: Actor) -> Seal:
    """Return the key in a person's session."""
    sessions = [one.session for one in archive.access._sessions.values()]
    (seal,) = [one.seal for one in sessions if one.actor == actor]
    assert seal is not None
    return seal


def key_of(folder: Path) -> Seal:
    """Return the archive's key, as somebody has it who knows a sealing person's password."""
    with open_archive(folder, clock=later_clock(3), cost=CHEAP) as archive:
        return seal_of(archive, archive.access.login(KEEPER, PASSWORD))
