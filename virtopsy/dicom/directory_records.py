"""The records of a DICOMDIR (PS3.3 F.3); loaded only where there is one."""

from __future__ import annotations

import warnings

from pydicom import dcmread

from virtopsy.dicom.carrier import Address, opened
from virtopsy.dicom.directory import Reference
from virtopsy.dicom.header import Damaged
from virtopsy.dicom.multiframe import UNUSABLE


def references(address: Address) -> tuple[Reference, ...]:
    """Return the files that a DICOMDIR lists, as the parts of their paths.

    Raises:
        Damaged: it cannot be read.
        OSError: the system refused to read it.
    """
    try:
        with warnings.catch_warnings(), opened(address) as file:
            warnings.simplefilter("ignore")  # remarks about records that are not used here
            records = dcmread(file).get("DirectoryRecordSequence", ())
            named = [record.get("ReferencedFileID") for record in records]
    except UNUSABLE as error:
        raise Damaged("the index of the carrier cannot be read") from error
    return tuple(
        (one,) if isinstance(one, str) else tuple(str(part) for part in one) for one in named if one
    )
