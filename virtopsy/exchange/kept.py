"""The record of a finding within an object that has no place for it: a private element.

PS3.5 7.8: group 0071, block VIRTOPSY, element 01, the record as JSON (UT). Whoever does not know it
leaves it alone.
"""

from __future__ import annotations

from typing import Final

from pydicom.dataset import Dataset

from virtopsy.exchange.group import record_text
from virtopsy.findings.finding import Finding

_GROUP: Final = 0x0071
_CREATOR: Final = "VIRTOPSY"
_RECORD: Final = 0x01


def keep(finding: Finding, within: Dataset) -> None:
    """Lay the record of a finding into an object or an item of one."""
    block = within.private_block(_GROUP, _CREATOR, create=True)
    block.add_new(_RECORD, "UT", record_text(finding))


def kept(within: Dataset) -> str:
    """Return the record that lies in an object or item; empty where none does."""
    try:
        block = within.private_block(_GROUP, _CREATOR)
    except KeyError:
        return ""
    if _RECORD not in block:
        return ""
    value = block[_RECORD].value
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
