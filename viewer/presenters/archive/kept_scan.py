"""The scan of a kept case, made anew from the archive's own files."""

from __future__ import annotations

from archive.opening import Archive
from archive.records import Actor
from viewer.presenters.examine.opening import Opened
from virtopsy.case.case import Case
from virtopsy.dicom.assemble import assemble, choose, study_of
from virtopsy.dicom.scan import scan_files
from virtopsy.dicom.series import Scan
from virtopsy.jobs import Progress


def load_case(archive: Archive, actor: Actor, case: Case, progress: Progress) -> Opened | None:
    """Assemble the series of a case that has findings, else the largest that is a volume."""
    return assembled(scan_case(archive, actor, case, progress), case, progress)


def scan_case(archive: Archive, actor: Actor, case: Case, progress: Progress) -> Scan:
    """Return the studies and series whose files a case keeps."""
    paths = [
        source.path_in_archive
        for entry in case.series
        for source in archive.cases.series_files(actor, case.number, entry.series_uid)
    ]
    return scan_files(paths, progress) if paths else Scan(0, (), ())


def assembled(found: Scan, case: Case, progress: Progress) -> Opened | None:
    """Return the series of a case's files that is shown; None where there is no file."""
    if not found.files:
        return None
    marked = next((one.series_uid for one in case.findings), None)
    series = choose(found, marked)
    study = study_of(found, series)
    return Opened(study, series, assemble(series, study, progress))
