"""The words in the corner of a view: whose body this is, and when it was scanned."""

from __future__ import annotations

from virtopsy.imaging.volume import Identity


def person_name(dicom_name: str) -> str:
    """Return a DICOM person name as people write it: family and given name, no carets.

    PS3.5 6.2.1: components are joined by ``^``, ideographic and phonetic groups by ``=``.
    """
    return " ".join(dicom_name.partition("=")[0].replace("^", " ").split())


def whose(identity: Identity) -> tuple[str, str]:
    """Return the two lines in the corner of a view: patient; date and series."""
    when = (identity.study_date, identity.series_description)
    return person_name(identity.patient_name), " · ".join(one for one in when if one)
