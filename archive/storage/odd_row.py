"""A row that holds what the program never writes: SQLite keeps anything in any column."""

from __future__ import annotations

from virtopsy.errors import IntegrityError

_DATABASE = "db/archive.sqlite"


def refusal(table: str, *key: object) -> IntegrityError:
    """Return what is said of such a row to whoever asks for it; `verify` names it as well."""
    words = "/".join(str(one) for one in key)
    return IntegrityError("archive.problem.row_changed", path=f"{_DATABASE}#{table}/{words}")
