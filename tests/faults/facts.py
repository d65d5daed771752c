"""What an archive shows to a person who opens it, read through the services that check it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from archive.opening import Archive, is_archive, open_archive
from archive.records import Actor
from resources.bundle import verify
from tests.archive.conftest import CHEAP, PASSWORD, track
from tests.faults.acts import KEEPER, later_clock
from virtopsy.errors import AccessDenied
from virtopsy.findings.record import to_record

_PASSWORDS = {KEEPER: (PASSWORD,), "Second": ("second",)}


def shown(place: Path) -> dict[str, Any]:
    """Return everything that was announced in an archive and its surroundings.

    The archive must be whole; and it must take the next act. Bundles are checked as a stranger
    checks them.
    """
    facts: dict[str, Any] = {"bundles": _bundles(place)}
    if is_archive(place / "evidence"):
        with open_archive(place / "evidence", clock=later_clock(2), cost=CHEAP) as archive:
            report = archive.verify.run()
            assert report.ok, [str(one) for one in report.problems]
            facts |= _of(archive)
    return facts


def _of(archive: Archive) -> dict[str, Any]:
    logins = {name: _login(archive, name) for name in _PASSWORDS}
    keeper = logins[KEEPER]
    assert keeper is not None, "the keeper is let in"
    persons = {one.name: (one.roles, one.disabled) for one in archive.access.list(keeper)}
    cases = {one.number: _case(archive, keeper, one.number) for one in archive.cases.list(keeper)}
    note = archive.log.newest_checkpoint(keeper)
    assert note is not None, "a checkpoint is there since the archive is one"
    _work_goes_on(archive, keeper, [number for number, case in cases.items() if case["series"]])
    return {
        "persons": persons,
        "let in": sorted(name for name, actor in logins.items() if actor),
        "cases": cases,
    }


def _login(archive: Archive, name: str) -> Actor | None:
    with suppress(AccessDenied):
        return archive.access.login(name, _PASSWORDS[name][0])
    return None


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


def digest(place: Path) -> str:
    """Return one hash over every name and every byte below a place."""
    whole = hashlib.sha256()
    for path in sorted(place.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        whole.update(f"{path.relative_to(place)} {path.is_dir()} {len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()
