"""UIDs that last: the same finding and the same handing out always have the same."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("6f1d8f4e-51a5-4c6c-9d0c-8f0f2f3a7b19")


def lasting_uid(*parts: str) -> str:
    """Return a UID that the same parts always give (PS3.5 B.2, derived from a UUID)."""
    return f"2.25.{uuid5(_NAMESPACE, chr(0).join(parts)).int}"
