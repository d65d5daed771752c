"""The evidence core: the log's tree, lockout, kinds of files, tombstones, witnesses, search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TRIGRAMS = (
    "CREATE VIRTUAL TABLE search_text USING fts5"
    "(folded, content='search_item', content_rowid='place', tokenize='trigram')"
)


def upgrade() -> None:
    """Add columns, indexes and tables; log and objects tell later what they hold."""
    op.create_index("log_act", "log", ["act", "seq"])
    op.create_index("log_actor", "log", ["actor", "seq"])
    op.create_index("investigation_newest", "investigation", ["owner", "opened", "number"])
    _add("person", sa.Column("failures", sa.Integer, nullable=False, server_default="0"))
    _add("person", sa.Column("last_failure", sa.String, nullable=False, server_default=""))
    _add("person", sa.Column("reset", sa.Boolean, nullable=False, server_default="0"))
    op.create_index("source_file_bytes", "source_file", ["sha256"])
    _add("source_file", sa.Column("kind", sa.String, nullable=False, server_default="dicom"))
    _proof()
    _search()


def _add(table: str, column: sa.Column[object]) -> None:
    op.add_column(table, column)


def _proof() -> None:
    op.create_table(
        "tree_node",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tombstone",
        sa.Column(
            "case_number", sa.String, sa.ForeignKey("investigation.number"), primary_key=True
        ),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "witness",
        sa.Column("key_sha256", sa.String(64), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
    )


def _search() -> None:
    op.create_table(
        "search_item",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_number", sa.String, sa.ForeignKey("investigation.number"), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("study_uid", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
    )
    op.create_index("search_item_once", "search_item", ["case_number", "kind", "id"], unique=True)
    op.create_index("search_item_begins", "search_item", ["folded"])
    op.execute(_TRIGRAMS)
