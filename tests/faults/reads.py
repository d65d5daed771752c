"""Every way in which the services hand out what is kept; each returns what can be compared."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from archive.opening import Archive, open_archive
from archive.records import Actor, Role
from archive.services.bundling import Picture
from tests.archive.conftest import CASE, CHEAP, PASSWORD, SERIES, track
from tests.faults.acts import KEEPER, later_clock
from virtopsy.errors import VirtopsyError
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


WRITES: Mapping[str, Read] = {
    "finding": lambda archive, actor, _: archive.cases.add_finding(actor, CASE, track("more")),
    "note": lambda archive, actor, _: archive.cases.note(actor, CASE, "view", {}),
    "checkpoint": lambda archive, actor, _: archive.log.checkpoint(actor),
    "log": lambda archive, actor, _: archive.log.entries(actor),
    "person": lambda archive, actor, _: archive.access.add_person(
        actor, "Third", "pw-pw-pw", [Role.AUDITOR]
    ),
    "anchor": lambda archive, actor, _: archive.anchors.last(actor),
}
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


def every_answer_is_in_words(folder: Path) -> set[str]:
    """Hold that a person who works in a spoilt archive sees an answer or a sentence, no crash.

    Returns:
        What was answered.
    """
    answered = set()
    for name, read in {**READS, **WRITES}.items():
        try:
            with open_archive(folder, clock=later_clock(9), cost=CHEAP) as archive:
                read(archive, archive.access.login(KEEPER, PASSWORD), folder.parent)
        except VirtopsyError:
            continue
        except Exception as error:
            error.add_note(f"told to the person who asked for: {name}")
            raise
        answered.add(name)
    return answered
