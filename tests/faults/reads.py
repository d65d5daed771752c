"""Every way in which the services hand out what is kept; each returns what can be compared."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from archive.opening import Archive
from archive.records import Actor
from archive.services.court import Picture
from tests.archive.conftest import CASE, PASSWORD, SERIES
from tests.faults.acts import KEEPER
from virtopsy.findings.record import to_record
from virtopsy.jobs import Progress

Read = Callable[[Archive, Actor, Path], Any]


def _open_case(archive: Archive, actor: Actor, _: Path) -> Any:
    case = archive.cases.open(actor, CASE)
    return [to_record(one) for one in case.findings], case.series


def _series(archive: Archive, actor: Actor, _: Path) -> Any:
    files = archive.cases.series_files(actor, CASE, SERIES)
    return [(one.relative_path, one.path_in_archive.read_bytes()) for one in files]


def _history(archive: Archive, actor: Actor, _: Path) -> Any:
    return archive.versions.history(actor, CASE, "t1")


def _receipt(archive: Archive, actor: Actor, _: Path) -> Any:
    made = archive.receipts.of(actor, CASE)
    return made.provenance, made.counts, made.files, made.series, made.list_sha256


def _bundle(archive: Archive, actor: Actor, beside: Path) -> Any:
    out = beside / uuid4().hex
    archive.court.bundle(
        actor,
        CASE,
        out,
        pictures=(Picture("axial", b"\x89PNG axial", {"mm_per_pixel": 1}),),
        conclusion_pdf={},
        progress=Progress(),
    )
    payload = {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((out / "data").rglob("*"))
        if path.is_file()
    }
    shutil.rmtree(out)
    return payload


READS: Mapping[str, Read] = {
    "login": lambda archive, _actor, _: archive.access.login(KEEPER, PASSWORD).person_id,
    "case list": lambda archive, actor, _: archive.cases.list(actor),
    "case": _open_case,
    "series": _series,
    "history": _history,
    "basis": lambda archive, actor, _: archive.court.basis(actor, CASE),
    "receipt": _receipt,
    "bundle": _bundle,
}
