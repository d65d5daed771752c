"""The tables of the index and the log (SQLite)."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

settings = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("prev", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("ts", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("out", String, nullable=False),
    Column("case_number", String, nullable=False),
    Index("log_case", "case_number", "seq"),
)

persons = Table(
    "person",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("name", String, nullable=False),
    Column("folded_name", String, nullable=False, unique=True),
    Column("roles", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("person_sha256", String(64), nullable=False),
    Column("credential_sha256", String(64), nullable=False),
)

cases = Table(
    "investigation",
    metadata,
    Column("number", String, primary_key=True),
    Column("owner", ForeignKey("person.person_id"), nullable=False, index=True),
    Column("opened", String, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("case_number", ForeignKey("investigation.number"), primary_key=True),
    Column("series_uid", String, primary_key=True),
    Column("study_uid", String, nullable=False),
    Column("description", String, nullable=False),
    Column("modality", String, nullable=False),
    Column("patient_name", String, nullable=False),
    Column("study_date", String, nullable=False),
    Column("frame_of_reference_uid", String, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
)

files = Table(
    "source_file",
    metadata,
    Column("case_number", ForeignKey("investigation.number"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("path", String, nullable=False),
    Column("sop_uid", String, nullable=False),
    Column("series_uid", String, nullable=False),
    Index("source_file_series", "case_number", "series_uid"),
)

things = Table(
    "thing_version",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("case_number", ForeignKey("investigation.number"), nullable=False),
    Column("thing", String, nullable=False),
    Column("thing_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index("thing_once", "case_number", "thing", "thing_id", "version", unique=True),
)
