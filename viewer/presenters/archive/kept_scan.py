"""The scan of a kept case, made anew from the archive's own files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from archive.opening import Archive
from archive.records import Actor
from viewer.presenters.examine.opening import Opened
from virtopsy.case.case import Case
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan_files
from virtopsy.dicom.series import Scan
from virtopsy.jobs import Progress


def load_case(archive: Archive, actor: Actor, case: Case, progress: Progress) -> Opened | None:
    """Assemble the series of a case that has findings, else the largest that is a volume.

    Returns:
        None where the case has no file, or destruction by act left nothing to picture.
    """
    without = archive.cases.destroyed_series(actor, case.number)
    found = scan_case(archive, actor, case, progress, without=without)
    return assembled(found, case, progress, without=without)


def scan_case(
    archive: Archive,
    actor: Actor,
    case: Case,
    progress: Progress,
    *,
    without: Collection[str] = (),
) -> Scan:
    """Return the studies and series whose files a case keeps, but those named in `without`.

    The files are read again whenever a series of them is shown, and each is then held against
    its hash once more.
    """
    kept = {
        source.path_in_archive.absolute(): source.sha256
        for entry in case.series
        if entry.series_uid not in without
        for source in archive.cases.series_files(actor, case.number, entry.series_uid)
    }
    return _hashed(scan_files(tuple(kept), progress), kept) if kept else Scan(0, (), ())


def _hashed(found: Scan, kept: Mapping[Path, str]) -> Scan:
    """Return what was found with the hash that each file was kept under."""
    studies = []
    for study in found.studies:
        series = []
        for one in study.series:
            instances = (replace(plane, sha256=kept[plane.path]) for plane in one.instances)
            series.append(replace(one, instances=tuple(instances)))
        studies.append(replace(study, series=tuple(series)))
    return replace(found, studies=tuple(studies))


def assembled(
    found: Scan, case: Case, progress: Progress, *, without: Collection[str] = ()
) -> Opened | None:
    """Return the series of a case's files that is shown.

    Args:
        found: the files.
        case: whose findings say which series is shown.
        progress: ticks a slice.
        without: UIDs of the series that were destroyed by act.

    Returns:
        None where there is no file, or where none of what was not destroyed is a volume.
    """
    volumes = any(one.volume for study in found.studies for one in study.series)
    if not found.files or (without and not volumes):
        return None
    keys = (one.series_uid for one in case.findings)
    marked = next((one for one in keys if one.partition("#")[0] not in without), None)
    series = choose(found, marked)
    study = study_of(found, series)
    return Opened(study, series, assemble(series, study, progress))
