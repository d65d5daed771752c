"""An archive of a million images, made in bulk: 10,000 studies, 100,000 findings, a log of all.

Log, intakes, manifests and findings are what the services would have kept: real bodies, a real
chain, real objects. Not there: the bytes of most source files (a million files tell nothing about
the database), so `verify` would list them as missing; those of the first studies are there.
Everything is seeded: the same program makes the same cases, only keys, ids and salts differ.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Table, create_engine, insert, select, text
from sqlalchemy.engine import Connection

from archive.opening import create, open_archive
from archive.proof import canonical, chain, merkle
from archive.proof.chain import Act, Moment, Who, utc
from archive.proof.signing import Cost
from archive.records import (
    CaseRow,
    FileRow,
    LogEntry,
    ObjectName,
    Role,
    SearchItem,
    SeriesRow,
    ThingRow,
)
from archive.services.searched import Key, case_item, series_item, thing_item
from archive.storage import tables
from archive.storage.machine import ThisMachine
from archive.storage.search_table import SearchTable
from archive.storage.tree_table import TreeTable
from tests.bench.timing import tell
from virtopsy.findings.record import from_record, to_record

STUDIES, FILES_EACH, FINDINGS_EACH = 10_000, 100, 10
HEAVY = 500
"""Findings of the one case that was worked on for long, each edited once."""
WHOLE = 300
"""Studies whose source files have bytes."""
CHEAP = Cost(memory_kib=8, passes=1, lanes=1)
KEEPER, EXPERT, PASSWORD = "Ахметова", "Сейтқали", "a password"
_EXPERTS = {EXPERT: 70, "Оразбаева": 20, "Ким": 10}
"""Who keeps how many percent of the cases."""
_SURNAMES = ("Әлиев", "Жұмабаев", "Иванов", "Ким", "Нұрланова", "Петрова", "Сәрсенов", "Тлеуов")
_NAMES = ("Қанат", "Айгүл", "Сергей", "Гүлнар", "Пётр", "Әсел", "Ерлан", "Dana")
_PARTS = ("head", "neck", "thorax", "abdomen", "pelvis", "thigh", "кеуде", "бас", "череп")
_WORDS = ("entry wound", "Ход раневого канала", "оқ тиген тесік", "fracture", "ожог", "bullet")
_AT_ONCE = 20_000


class Million:
    """Makes the archive; fewer `studies` make a small one of the same kind."""

    def __init__(self, folder: Path, studies: int = STUDIES) -> None:
        self.folder = folder
        self._studies = studies
        self._random = random.Random(6)  # noqa: S311 -- made-up patients
        self._time = datetime(2026, 1, 1, tzinfo=UTC)
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._items: dict[Key, SearchItem] = {}
        self._objects = folder / "objects/sha256"
        self._folders: set[str] = set()
        self._surroundings = ThisMachine().surroundings()

    def make(self) -> None:
        """Make it; some minutes for a million."""
        owners = self._begin()
        engine = create_engine(f"sqlite:///{self.folder / 'db' / 'archive.sqlite'}")
        with engine.connect() as connection, (self.folder / "log/entries.jsonl").open("ab") as log:
            connection.execute(text("PRAGMA synchronous=OFF"))
            for number in range(self._studies):
                self._study(number, self._owner(number, owners), log)
                if sum(map(len, self._rows.values())) > _AT_ONCE:
                    self._write(connection)
                    tell(f"  {number + 1} of {self._studies} studies")
            self._write(connection)
            self._grow_tree(connection)
            connection.commit()
        engine.dispose()
        with open_archive(self.folder, clock=self._now, cost=CHEAP) as archive:
            archive.log.checkpoint(archive.access.login(KEEPER, PASSWORD))

    def _begin(self) -> dict[str, str]:
        """Make the archive and its persons through the services; return their ids by name."""
        create(self.folder, person=KEEPER, password=PASSWORD, clock=self._now, cost=CHEAP)
        with open_archive(self.folder, clock=self._now, cost=CHEAP) as archive:
            keeper = archive.access.login(KEEPER, PASSWORD)
            for name in _EXPERTS:
                archive.access.add_person(keeper, name, PASSWORD, [Role.EXPERT])
            owners = {one.name: one.person_id for one in archive.access.list(keeper)}
            self._uuid = archive.uuid
            self._last = archive.log.entries(keeper)[-1]
        return owners

    def _owner(self, number: int, owners: dict[str, str]) -> Who:
        name = (
            self._random.choices(list(_EXPERTS), list(_EXPERTS.values()))[0] if number else EXPERT
        )
        return Who(owners[name], (Role.EXPERT,), session=f"{number:016x}")

    def _study(self, number: int, owner: Who, log: BinaryIO) -> None:
        opened = utc(self._now())
        case = CaseRow(f"2026-{number:05d}", owner.id, opened)
        self._add(tables.cases, case)
        self._items[case.number, "case", case.number] = case_item(case)
        made = Act("case.create", owner, case=case.number, data={"opened": opened})
        entries = [self._entry(made, None)]
        series, files = self._scan(number, case.number)
        entries.append(self._entry(self._import(owner, series, files), entries[-1]))
        count = FINDINGS_EACH if number else HEAVY
        for which in range(count):
            row, earlier = series[which % len(series)], ""
            for version in (1,) if number else (1, 2):
                act, earlier = self._finding(row, owner, f"f{which}", version, earlier)
                entries.append(self._entry(act, entries[-1]))
        log.writelines(one.body + b"\n" for one in entries)

    def _scan(self, number: int, case: str) -> tuple[list[SeriesRow], list[FileRow]]:
        """Return a study's series, each with its manifest kept, and its files."""
        patient = f"{self._random.choice(_SURNAMES)}^{self._random.choice(_NAMES)}"
        study = f"1.2.826.0.1.{number}"
        date = f"2026{self._random.randint(1, 12):02d}{self._random.randint(1, 28):02d}"
        count = self._random.randint(1, 3)
        series = [
            SeriesRow(
                case_number=case,
                series_uid=f"{study}.{which + 1}",
                study_uid=study,
                description=self._random.choice(_PARTS),
                modality="CT",
                patient_name=patient,
                study_date=date,
                frame_of_reference_uid=f"{study}.9",
                manifest_sha256="",
            )
            for which in range(count)
        ]
        files = [self._file(number, series[place % count], place) for place in range(FILES_EACH)]
        kept = [replace(one, manifest_sha256=self._manifest(one, files)) for one in series]
        for one in kept:
            self._add(tables.series, one)
        for file in files:
            self._add(tables.files, file)
        for one in kept:
            self._items[one.case_number, "series", one.series_uid] = series_item(one)
        return kept, files

    def _file(self, number: int, row: SeriesRow, place: int) -> FileRow:
        uid = f"{row.series_uid}.{place}"
        content = uid.encode()
        if number < WHOLE:
            self._keep(content)
        return FileRow(
            case_number=row.case_number,
            sha256=canonical.sha256(content),
            size=len(content),
            path=f"{row.series_uid}/{place:04d}.dcm",
            sop_uid=uid,
            series_uid=row.series_uid,
        )

    def _manifest(self, row: SeriesRow, files: Sequence[FileRow]) -> str:
        listed = [
            {"sha256": one.sha256, "size": one.size, "path": one.path, "sop_uid": one.sop_uid}
            for one in sorted(files, key=lambda f: (f.sop_uid, f.sha256))
            if one.series_uid == row.series_uid
        ]
        return self._keep(_bytes(listed))

    def _import(self, owner: Who, series: Sequence[SeriesRow], files: Sequence[FileRow]) -> Act:
        described = {
            "basis": "order 17",
            "deliverer": "",
            "carrier": "",
            "files": [vars(one) for one in files],
            "report": [{"path": one.path, "code": "stored", "reason": ""} for one in files],
            "series": [vars(one) for one in series],
        }
        salt = f"{self._random.getrandbits(128):032x}"
        kept = {"v": 1, "t": "intake", "salt": salt, "data": described}
        intake = ObjectName("intake", salt, self._keep(_bytes(kept)))
        manifests = (ObjectName("manifest", s.series_uid, s.manifest_sha256) for s in series)
        size = sum(one.size for one in files)
        data = {"files": len(files), "stored": len(files), "already": 0, "conflicts": 0}
        return Act(
            "import",
            owner,
            case=series[0].case_number,
            objects=(intake, *manifests),
            data={**data, "opaque": 0, "bytes": size, "not_stated": ["deliverer", "carrier"]},
        )

    def _finding(
        self, row: SeriesRow, owner: Who, finding: str, version: int, earlier: str
    ) -> tuple[Act, str]:
        """Keep a version of a finding; return the act of recording it, and its object."""
        act = "add" if version == 1 else "change"
        record = self._record(row, finding)
        kept = {
            "v": 1,
            "t": "finding",
            "id": finding,
            "case": row.case_number,
            "version": version,
            "previous": earlier,
            "act": act,
            "author": owner.id,
            "ts": utc(self._now()),
            "source": row.manifest_sha256,
            "record": record,
        }
        sha256 = self._keep(_bytes(kept))
        thing = ThingRow(row.case_number, "finding", finding, version, sha256, withdrawn=False)
        self._add(tables.things, thing)
        item = thing_item(thing, record, {row.series_uid: row})
        if item is not None:
            self._items[row.case_number, "finding", finding] = item
        done = [{"thing": "finding", "id": finding, "version": version, "act": act}]
        return Act(
            "record",
            owner,
            case=row.case_number,
            objects=(ObjectName("finding", finding, sha256),),
            data={"label": f"case.finding.{act}", "how": "do", "changes": done},
        ), sha256

    def _record(self, row: SeriesRow, finding: str) -> dict[str, Any]:
        ends = [[round(self._random.uniform(-200, 200), 3) for _ in range(3)] for _ in range(2)]
        given = {
            "kind": "trajectory",
            "finding_id": finding,
            "name": f"{self._random.choice(_WORDS)} {finding[1:]}",
            "remark": f"{self._random.choice(_WORDS)}, {self._random.choice(_PARTS)}",
            "series_uid": row.series_uid,
            "frame_of_reference_uid": row.frame_of_reference_uid,
            "ends_lps_mm": ends,
        }
        return to_record(from_record(given))

    def _entry(self, act: Act, before_in_case: LogEntry | None) -> LogEntry:
        moment = Moment(self._now(), self._last.seq * 1000, self._surroundings)
        made = chain.entry(
            self._uuid, act, moment, before=self._last, before_in_case=before_in_case
        )
        row = {column.name: getattr(made, column.name) for column in tables.log.c}
        self._rows.setdefault(tables.log, []).append(row)
        self._last = made
        return made

    def _add(self, table: Table, row: Any) -> None:
        self._rows.setdefault(table, []).append(vars(row))

    def _write(self, connection: Connection) -> None:
        for table in tables.metadata.sorted_tables:  # what others point at comes first
            if self._rows.get(table):
                connection.execute(insert(table), self._rows[table])
        self._rows.clear()
        SearchTable(connection).add(self._items.values())
        self._items.clear()

    def _grow_tree(self, connection: Connection) -> None:
        leaves = connection.execute(select(tables.log.c.hash).order_by(tables.log.c.seq)).scalars()
        for node in list(merkle.grown(bytes.fromhex(one) for one in leaves)):
            TreeTable(connection).add(*node)

    def _keep(self, content: bytes) -> str:
        """Lay an object at its place; without a sync, which a made-up archive does not need."""
        sha256 = canonical.sha256(content)
        folder = f"{self._objects}/{sha256[:2]}/{sha256[2:4]}"
        if folder not in self._folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        with Path(folder, sha256).open("wb") as written:
            written.write(content)
        return sha256

    def _now(self) -> datetime:
        self._time += timedelta(seconds=1)
        return self._time


def _bytes(value: Any) -> bytes:
    """Spell a value as `canonical.encode` does, which is slow, for the 130,000 objects here.

    No text here is anything but NFC, and no number an odd one; `verify` of a small archive of
    this kind finds no fault.
    """
    return json.dumps(
        _whole(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def _whole(value: Any) -> Any:
    """Return the value with 5.0 as 5."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(one) for one in value]
    return value
