"""What staged files are to a case: new, there already, or in conflict; told only of this case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.records import FileReport, FileRow, Flag, SeriesRow
from archive.services.copying import Staged
from archive.services.examine import Index
from archive.services.flags import of_file
from archive.services.header import Header
from virtopsy.exhibit.exhibit import Exhibit, Kind


@dataclass(frozen=True)
class Taken:
    """What the staged files are to the case.

    Attributes:
        new: rows for bytes the case did not hold.
        files: a report on each staged file.
        headers: series UID -> a header of the series.
        bytes: of all of them.
    """

    new: tuple[FileRow, ...]
    files: tuple[FileReport, ...]
    headers: dict[str, Header]
    bytes: int

    @classmethod
    def sort(
        cls,
        staged: Sequence[Staged],
        held: Sequence[FileRow],
        number: str,
        destroyed: Collection[str] = (),
    ) -> Taken:
        """Tell new bytes from bytes already held, and flag SOP UIDs with other bytes.

        Bytes that the case destroyed by act may come again; that is said to this case alone.
        """
        held = [row for row in held if row.sha256 not in destroyed]
        known = {row.sha256 for row in held}
        uids = {row.sop_uid for row in held if row.sop_uid}
        rows: list[FileRow] = []
        reports: list[FileReport] = []
        headers: dict[str, Header] = {}
        for one in staged:
            row = _row(number, one)
            report = _report(one, row, known, uids)
            if one.sha256 in destroyed:
                report = replace(report, flags=(*report.flags, Flag("destroyed_before")))
            reports.append(report)
            if isinstance(one.found, Header):
                headers.setdefault(one.found.series_uid, one.found)
            if one.sha256 not in known:
                rows.append(row)
            known.add(one.sha256)
            if row.sop_uid:
                uids.add(row.sop_uid)
        size = sum(one.size for one in staged)
        return cls(tuple(rows), tuple(reports), headers, size)

    @property
    def counts(self) -> dict[str, Any]:
        """Return how many files of each kind, for the log."""
        codes = Counter(one.code for one in self.files)
        return {
            "files": len(self.files),
            "stored": len(self.new),
            "already": codes["already"],
            "conflicts": codes["conflict"],
            "opaque": codes["opaque"],
            "bytes": self.bytes,
        }

    @property
    def kinds(self) -> Mapping[str, int]:
        """Return how many new files there are of each kind."""
        return dict(sorted(Counter(row.kind for row in self.new).items()))


def series_row(number: str, header: Header, manifest: str) -> SeriesRow:
    """Return what the index keeps of a series."""
    return SeriesRow(
        case_number=number,
        series_uid=header.series_uid,
        study_uid=header.study_uid,
        description=header.description,
        modality=header.modality,
        patient_name=header.patient_name,
        study_date=header.study_date,
        frame_of_reference_uid=header.frame_of_reference_uid,
        manifest_sha256=manifest,
    )


def _report(one: Staged, row: FileRow, known: set[str], uids: set[str]) -> FileReport:
    kind, facts, flags = row.kind, _facts(one), of_file(one)
    if row.sop_uid in uids and one.sha256 not in known:
        flags = (*flags, Flag("conflict"))
        return FileReport(row.path, "conflict", kind=kind, flags=flags)
    if one.sha256 in known:
        return FileReport(row.path, "already", kind=kind, flags=flags)
    if isinstance(one.found, str):
        return FileReport(row.path, "opaque", one.found, kind=kind, flags=flags)
    return FileReport(row.path, "stored", kind=kind, facts=facts, flags=flags)


def _facts(one: Staged) -> Mapping[str, str | int]:
    if isinstance(one.found, Exhibit):
        return {"format": one.found.format, **one.found.facts}
    if isinstance(one.found, Index):
        return {"format": "DICOMDIR", "listed": len(one.found.references)}
    return {}


def _kind(one: Staged) -> Kind:
    if isinstance(one.found, Header):
        return Kind.DICOM
    if isinstance(one.found, Index):
        return Kind.CONTAINER
    return one.found.kind if isinstance(one.found, Exhibit) else Kind.OPAQUE


def _row(number: str, one: Staged) -> FileRow:
    header = one.found if isinstance(one.found, Header) else None
    return FileRow(
        case_number=number,
        sha256=one.sha256,
        size=one.size,
        path=one.brought.name,
        sop_uid=header.sop_uid if header else "",
        series_uid=header.series_uid if header else "",
        kind=_kind(one).value,
    )
