"""One file of findings, read by who knows its kind; runs in a worker process."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError

from virtopsy.errors import InputError
from virtopsy.exchange import pictures_in, regions_in, reports_in, table
from virtopsy.exchange.omission import Taken, omitted
from virtopsy.exchange.source import Source

Reader = Callable[[Dataset, Mapping[str, Source]], Taken]
_SR = "1.2.840.10008.5.1.4.1.1.88."
_READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        **{f"{_SR}{number}": reports_in.findings_of for number in (11, 22, 33, 34)},
        f"{_SR}59": pictures_in.of_selection,
        "1.2.840.10008.5.1.4.1.1.11.1": pictures_in.of_state,
        "1.2.840.10008.5.1.4.1.1.66.4": regions_in.findings_of,
        "1.2.840.10008.5.1.4.1.1.66.7": regions_in.findings_of,
    }
)
"""By SOP class: basic, enhanced, comprehensive and 3D reports; KO; GSPS; both segmentations."""
_BEGINNING: Final = 64
_BROKEN: Final = (
    *(AttributeError, KeyError, IndexError, TypeError, ValueError, OverflowError),
    *(EOFError, NotImplementedError, RuntimeError, OSError, ArithmeticError),
    *(struct.error, BytesLengthException, InvalidDicomError),
)
"""What pydicom and its decoders raise for a file that is not what it claims."""


def taken(sources: Mapping[str, Source], path: Path) -> Taken:
    """Return the findings a file holds.

    Args:
        sources: the series of the case, by the key that findings call them.
        path: the file.

    Raises:
        InputError: it cannot be read, or is of a kind that holds no findings.
    """
    if _is_json(path):
        return _records(path, sources)
    try:
        dataset = pydicom.dcmread(path)
        sop_class = str(dataset.get("SOPClassUID", ""))
    except _BROKEN as error:
        raise InputError("exchange.in.unreadable", path=path) from error
    reader = _READERS.get(sop_class)
    if reader is None:
        raise InputError("exchange.in.other_kind", path=path, kind=_called(dataset))
    try:
        return reader(dataset, sources)
    except _BROKEN as error:
        raise InputError("exchange.in.unreadable", path=path) from error


def _is_json(path: Path) -> bool:
    """Tell by its first letter whether a file is JSON; a DICOM file begins otherwise."""
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError as error:
        raise InputError("exchange.in.unreadable", path=path) from error
    return beginning.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"


def _records(path: Path, sources: Mapping[str, Source]) -> Taken:
    """Return the findings of the records a file holds, of series that are here."""
    try:
        read = table.findings_of(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError("exchange.in.no_json") from error
    here = tuple(one for one in read.findings if one.series_uid in sources)
    strangers = tuple(
        omitted("series", name=one.name, series=one.series_uid)
        for one in read.findings
        if one.series_uid not in sources
    )
    return Taken(here, (*read.omissions, *strangers))


def _called(dataset: Dataset) -> Any:
    """Return what kind of object it is, as DICOM calls it."""
    return getattr(dataset.get("SOPClassUID"), "name", "") or dataset.get("Modality", "")
