"""A key's fingerprint as a person types it from paper."""

from __future__ import annotations

from virtopsy.errors import UsageError


def fingerprint_of(typed: str | None) -> str | None:
    """Return it as a key has it: groups and capitals do not matter. None where none was typed.

    Raises:
        UsageError: it is none.
    """
    from resources.bundle.verify import fingerprint_from_paper

    found = None if typed is None else fingerprint_from_paper(typed)
    if typed is not None and found is None:
        raise UsageError("archive.cli.bad_key")
    return found
