"""Runs the revisions in `versions/` on the archive's own connection and transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from archive.storage import tables

_HERE = Path(__file__).parent


def upgrade(connection: Connection) -> str:
    """Bring the schema to the newest revision, within the caller's transaction.

    An archive made before revisions were counted has the tables of the first one.

    Returns:
        The revision it had.
    """
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    names = inspect(connection)
    if names.has_table(tables.log.name) and not names.has_table(tables.revision.name):
        command.stamp(config, tables.FIRST)
    before = MigrationContext.configure(connection).get_current_revision() or tables.FIRST
    command.upgrade(config, tables.REVISION)
    return before
