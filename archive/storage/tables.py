"""The tables of the index and the log (SQLite).

All but the log can be made anew from objects and log. What changes here changes in the newest
file of `migrations/versions` as well; a test holds the two equal.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
)

metadata = MetaData()

REVISION = "0002"
"""The newest revision in `migrations/versions`."""

FIRST = "0001"
"""The revision of an archive made before revisions were counted."""

revision = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

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
    Index("log_act", "act", "seq"),
    Index("log_actor", "actor", "seq"),
)

tree_nodes = Table(
    "tree_node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Complete Merkle nodes over 256, 65536, ... leaves (level 8, 16, ...), counted from the left."""

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
    # Since the last good login; told by the log's login entries.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_failure", String, nullable=False, server_default=""),
    # Somebody else set the password; the person has not acknowledged it yet.
    Column("reset", Boolean, nullable=False, server_default="0"),
)

cases = Table(
    "investigation",
    metadata,
    Column("number", String, primary_key=True),
    Column("owner", ForeignKey("person.person_id"), nullable=False, index=True),
    Column("opened", String, nullable=False),
    Index("investigation_newest", "owner", "opened", "number"),
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
    Column("kind", String, nullable=False, server_default="dicom"),
    Index("source_file_series", "case_number", "series_uid"),
    Index("source_file_bytes", "sha256"),
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

tombstones = Table(
    "tombstone",
    metadata,
    Column("case_number", ForeignKey("investigation.number"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
)
"""What was destroyed by act: `seq` is the entry."""

witnesses = Table(
    "witness",
    metadata,
    Column("key_sha256", String(64), primary_key=True),
    Column("name", String, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
)

search_items = Table(
    "search_item",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=True),
    Column("case_number", ForeignKey("investigation.number"), nullable=False),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("study_uid", String, nullable=False),
    Column("text", String, nullable=False),
    Column("folded", String, nullable=False),
    Index("search_item_once", "case_number", "kind", "id", unique=True),
    Index("search_item_begins", "folded"),
)
"""What can be searched for; `folded` is the text in the form that is compared."""

TRIGRAMS = (
    "CREATE VIRTUAL TABLE search_text USING fts5"
    "(folded, content='search_item', content_rowid='place', tokenize='trigram')"
)
"""The index of three-letter pieces over `search_item`; whoever writes the one writes the other.

Triggers would do it, but a schema that is not trusted (`trusted_schema=OFF`) may not reach FTS5.
"""
event.listen(search_items, "after_create", DDL(TRIGRAMS))  # type: ignore[no-untyped-call]
