"""What of a case can be searched for: made when something is recorded, and told again by replay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from archive.ports import Blobs, UnitOfWork
from archive.proof import canonical
from archive.proof.folding import fold
from archive.records import CaseRow, Document, FileRow, SearchItem, SeriesRow, ThingRow
from archive.services.replay import Expected
from virtopsy.case.changes import Change
from virtopsy.errors import IntegrityError, StorageError

Key: TypeAlias = tuple[str, str, str]
"""Case number, kind and id: what makes an item one of its own."""
_WORDS = {"finding": ("name", "remark", "shape", "bone"), "stop": ("caption",)}
"""Which of a record's fields hold a person's own words."""


def case_item(case: CaseRow) -> SearchItem:
    """Return what a case is found by: its number."""
    return _item(case.number, "case", case.number, text=case.number)


def series_item(row: SeriesRow) -> SearchItem:
    """Return what a series is found by: patient, date, words and UIDs."""
    said = (row.patient_name.replace("^", " "), row.study_date, row.description, row.modality)
    text = _joined((*said, row.series_uid, row.study_uid))
    return _item(row.case_number, "series", row.series_uid, row.study_uid, text=text)


def file_items(rows: Iterable[FileRow]) -> Iterator[SearchItem]:
    """Yield what exhibits are found by: their names; images are found by their series."""
    for row in rows:
        if row.kind != "dicom":
            yield _item(row.case_number, "exhibit", row.sha256, text=row.path)


def keep_things(
    work: UnitOfWork,
    rows: Sequence[ThingRow],
    changes: Sequence[Change],
    series: Mapping[str, SeriesRow],
) -> None:
    """Bring what an act recorded into the search; what was withdrawn is out of it."""
    for row, change in zip(rows, changes, strict=True):
        item = None if change.after is None else thing_item(row, change.after, series)
        if item is None:
            work.search.remove(row.case_number, row.thing, row.thing_id)
        else:
            work.search.put((item,))


def expected_items(
    expected: Expected, blobs: Blobs, check: Callable[[], None]
) -> tuple[dict[Key, SearchItem], set[Key]]:
    """Return the items that log and objects tell, and the keys of those that are damaged.

    Args:
        expected: the index as the log tells it.
        blobs: the objects; the newest version of every finding is read.
        check: called often; what it raises ends it.
    """
    items = [case_item(one) for one in expected.cases.values()]
    items += map(series_item, expected.series.values())
    items += file_items(expected.files.values())
    unknown = set()
    series = _by_case(expected.series.values())
    for row in _newest(expected.things.values()):
        check()
        try:
            kept = canonical.decode(blobs.read(row.sha256), fractions=True)
            item = thing_item(row, kept["record"], series.get(row.case_number, {}))
        except (IntegrityError, StorageError, ValueError, KeyError, TypeError):
            unknown.add((row.case_number, row.thing, row.thing_id))
            continue
        if item is not None:
            items.append(item)
    return {(one.case_number, one.kind, one.id): one for one in items}, unknown


def thing_item(
    row: ThingRow, record: Document, series: Mapping[str, SeriesRow]
) -> SearchItem | None:
    """Return what a finding or stop is found by; None for what has no words of its own."""
    if row.thing not in _WORDS:
        return None
    uid = str(record.get("series_uid", "")).partition("#")[0]
    study = series[uid].study_uid if uid in series else ""
    text = _joined(str(record.get(name) or "") for name in _WORDS[row.thing])
    return _item(row.case_number, row.thing, row.thing_id, study, text=canonical.text(text))


def _item(case: str, kind: str, item_id: str, study: str = "", *, text: str) -> SearchItem:
    return SearchItem(case, kind, item_id, study, text, fold(text))


def _newest(rows: Iterable[ThingRow]) -> list[ThingRow]:
    """Return the newest version of everything that is not withdrawn."""
    newest: dict[Key, ThingRow] = {}
    for row in rows:
        key = (row.case_number, row.thing, row.thing_id)
        if key not in newest or newest[key].version < row.version:
            newest[key] = row
    return [one for one in newest.values() if not one.withdrawn]


def _by_case(rows: Iterable[SeriesRow]) -> dict[str, dict[str, SeriesRow]]:
    found: dict[str, dict[str, SeriesRow]] = {}
    for row in rows:
        found.setdefault(row.case_number, {})[row.series_uid] = row
    return found


def _joined(words: Iterable[str]) -> str:
    return " · ".join(one.strip() for one in words if one.strip())
