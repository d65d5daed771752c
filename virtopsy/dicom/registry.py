"""The names of UIDs (PS3.6 table A-1); loaded only where one is to be said."""

from __future__ import annotations

from pydicom.config import IGNORE
from pydicom.uid import UID


def name(uid: str) -> str:
    """Return the name the standard gives a UID, empty where it gives none."""
    return UID(uid, IGNORE).name
