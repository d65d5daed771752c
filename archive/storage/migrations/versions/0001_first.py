"""The first index: log, persons, cases, series, source files, versions of findings and stops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _log_and_persons()
    _cases()


def _log_and_persons() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    op.create_table(
        "log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("prev", sa.String(64), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("ts", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("out", sa.String, nullable=False),
        sa.Column("case_number", sa.String, nullable=False),
    )
    op.create_index("log_case", "log", ["case_number", "seq"])
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("folded_name", sa.String, nullable=False, unique=True),
        sa.Column("roles", sa.String, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("person_sha256", sa.String(64), nullable=False),
        sa.Column("credential_sha256", sa.String(64), nullable=False),
    )


def _cases() -> None:
    number = "investigation.number"
    op.create_table(
        "investigation",
        sa.Column("number", sa.String, primary_key=True),
        sa.Column("owner", sa.String(32), sa.ForeignKey("person.person_id"), nullable=False),
        sa.Column("opened", sa.String, nullable=False),
    )
    op.create_index("ix_investigation_owner", "investigation", ["owner"])
    op.create_table(
        "series",
        sa.Column("case_number", sa.String, sa.ForeignKey(number), primary_key=True),
        sa.Column("series_uid", sa.String, primary_key=True),
        sa.Column("study_uid", sa.String, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("modality", sa.String, nullable=False),
        sa.Column("patient_name", sa.String, nullable=False),
        sa.Column("study_date", sa.String, nullable=False),
        sa.Column("frame_of_reference_uid", sa.String, nullable=False),
        sa.Column("manifest_sha256", sa.String(64), nullable=False),
    )
    op.create_table(
        "source_file",
        sa.Column("case_number", sa.String, sa.ForeignKey(number), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("sop_uid", sa.String, nullable=False),
        sa.Column("series_uid", sa.String, nullable=False),
    )
    op.create_index("source_file_series", "source_file", ["case_number", "series_uid"])
    op.create_table(
        "thing_version",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("case_number", sa.String, sa.ForeignKey(number), nullable=False),
        sa.Column("thing", sa.String, nullable=False),
        sa.Column("thing_id", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
    )
    once = ["case_number", "thing", "thing_id", "version"]
    op.create_index("thing_once", "thing_version", once, unique=True)
