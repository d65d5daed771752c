"""What an archive shows to a person who opens it, read through the services that check it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.opening import Archive, is_archive, open_archive
from archive.proof.acts import ActName
from archive.proof.snapshot import Snapshot
from archive.records import Actor, Out, VerifyReport
from archive.recovery import restore_backup, snapshots_of
from resources.bundle import verify
from tests.archive.conftest import CASE, CHEAP, PASSWORD, track
from tests.faults.acts import ANOTHER, KEEPER, later_clock
from virtopsy.errors import AccessDenied, InputError
from virtopsy.findings.record import to_record
from virtopsy.jobs import Progress

_TAKING = {ActName.TAKE_WITNESS, ActName.TAKE_TIMESTAMP}
_PASSWORDS = {KEEPER: (PASSWORD, ANOTHER), "Second": ("the second", ANOTHER)}


def shown(place: Path) -> dict[str, Any]:
    """Return everything that was announced in an archive and its surroundings.

    The archive must be whole; and it must take the next act. Bundles are checked as a stranger
    checks them.
    """
    facts: dict[str, Any] = {"bundles": _bundles(place)}
    for name in ("evidence", "restored"):
        if is_archive(place / name):
            facts[name] = _of_folder(place / name)
    if (place / "disk").is_dir():
        facts["backups"] = len(_snapshots(place / "disk"))
    return facts


def _of_folder(folder: Path) -> dict[str, Any]:
    if not (folder / "db" / "archive.sqlite").exists():
        return {"database": "gone"}
    with open_archive(folder, clock=later_clock(2), cost=CHEAP) as archive:
        report = archive.verify.run()
        if {one.code for one in report.problems} == {"destruction_unsealed"}:
            report = _vouched(archive, report)
        assert report.ok, [str(one) for one in report.problems]
        return _of(archive)


def _vouched(archive: Archive, report: VerifyReport) -> VerifyReport:
    """Do as the fault says that a kill leaves between a destruction and its checkpoint."""
    _, keeper = _login(archive, KEEPER)
    seqs = [int(one.facts["seq"]) for one in report.problems]
    assert all((archive.folder / one.path).exists() for one in report.problems), "bytes go last"
    archive.log.checkpoint(keeper, destructions=seqs)
    return archive.verify.run()


def _snapshots(disk: Path) -> tuple[Snapshot, ...]:
    """Return what can be restored from a disk, after restoring the newest."""
    try:
        found = snapshots_of(disk, password=PASSWORD)
    except InputError:
        return ()  # nothing is there yet
    if found:
        target = disk.with_name("tried")
        report = restore_backup(
            disk,
            target,
            password=PASSWORD,
            clock=later_clock(3),
            cost=CHEAP,
            progress=Progress(),
        )
        assert report.ok, [str(one) for one in report.problems]
        shutil.rmtree(target)
    return found


def _of(archive: Archive) -> dict[str, Any]:
    logins = {name: _login(archive, name) for name in _PASSWORDS}
    keeper = logins[KEEPER][1]
    assert keeper is not None, "the keeper is let in"
    persons = {one.name: (one.roles, one.disabled) for one in archive.access.list(keeper)}
    cases = {one.number: _case(archive, keeper, one.number) for one in archive.cases.list(keeper)}
    note = archive.log.newest_checkpoint(keeper)
    assert note is not None, "a checkpoint is there since the archive is one"
    _work_goes_on(archive, keeper, [number for number, case in cases.items() if case["series"]])
    return {
        "persons": persons,
        "let in by": {name: password for name, (password, _) in logins.items()},
        "keys": len(archive.keys.ring().known),
        "cases": cases,
        "anchors taken": _anchors_taken(archive),
        "destroyed": _destroyed(archive),
    }


def _anchors_taken(archive: Archive) -> int:
    """Return how many outside signatures the log names; that their files are there is checked."""
    with archive._journal.database.reading() as work:
        return sum(one.out == Out.OK for one in work.log.of_acts(_TAKING))


def _destroyed(archive: Archive) -> list[str]:
    """Return what was destroyed by act; after a login its bytes lie nowhere."""
    with archive._journal.database.reading() as work:
        gone = {one.sha256 for one in work.cases.tombstones()}
    files = [one for one in archive.folder.rglob("*") if one.is_file()] if gone else []
    there = {hashlib.sha256(one.read_bytes()).hexdigest() for one in files}
    assert not gone & there, "a login removes what was destroyed"
    return sorted(gone)


def _login(archive: Archive, name: str) -> tuple[str, Actor | None]:
    for password in _PASSWORDS[name]:
        with suppress(AccessDenied):
            return password, archive.access.login(name, password)
    return "", None


def _case(archive: Archive, actor: Actor, number: str) -> dict[str, Any]:
    case = archive.cases.open(actor, number)
    with archive._journal.database.reading() as work:
        files = {one.sha256: one.path for one in work.cases.files(number)}
    return {
        "files": files,
        "series": {
            one.series_uid: [
                file.path_in_archive.read_bytes()
                for file in archive.cases.series_files(actor, number, one.series_uid)
            ]
            for one in case.series
        },
        "findings": {one.finding_id: to_record(one) for one in case.findings},
        "versions": {
            one.finding_id: len(archive.versions.history(actor, number, one.finding_id))
            for one in case.findings
        },
    }


def _work_goes_on(archive: Archive, actor: Actor, numbers: list[str]) -> None:
    archive.log.checkpoint(actor)
    for number in numbers:
        made = archive.cases.add_finding(actor, number, track("the next"))
        assert made in {one.finding_id for one in archive.cases.open(actor, number).findings}


def _bundles(place: Path) -> dict[str, bool]:
    found = {}
    for name in ("bundle", "bundle.zip"):
        if (place / name).exists():
            found[name] = verify.examine(str(place / name)).ok
    return found


def all_is_there(place: Path, announced: Collection[tuple[str, str]]) -> None:
    """Hold that everything `loops` announced is there, in a whole archive."""
    with open_archive(place / "evidence", clock=later_clock(999), cost=CHEAP) as archive:
        report = archive.verify.run()
        assert report.ok, [str(one) for one in report.problems]
        keeper = archive.access.login(KEEPER, PASSWORD)
        found = _announced_of(archive, keeper)
    if (place / "disk").exists():
        found |= {("backup", one.name) for one in _snapshots(place / "disk")}
    for kind, name in set(announced) - found:
        assert kind == "restored", f"announced and lost: {kind} {name}"
        assert is_archive(place / name), f"announced and lost: {name}"
    for name in [name for kind, name in announced if kind == "restored"][-1:]:
        assert _of_folder(place / name)["cases"], f"announced and lost: {name}"


def _announced_of(archive: Archive, keeper: Actor) -> set[tuple[str, str]]:
    case = archive.cases.open(keeper, CASE)
    found = {("finding", one.finding_id) for one in case.findings}
    with archive._journal.database.reading() as work:
        for one in archive.cases.list(keeper):
            found |= {(one.number, row.sha256) for row in work.cases.files(one.number)}
    return found


def digest(place: Path) -> str:
    """Return one hash over every name and every byte below a place."""
    whole = hashlib.sha256()
    for path in sorted(place.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        whole.update(f"{path.relative_to(place)} {path.is_dir()} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()
