"""What the archive hands out and keeps: frozen records, a module a subject."""

from archive.records.archive import Card, Document, Encryption, Shut, Surroundings
from archive.records.cases import (
    CaseRow,
    CaseSummary,
    FileRow,
    SeriesRow,
    SourceObject,
    ThingRow,
    Tombstone,
)
from archive.records.intake import Copied, FileReport, FileState, Flag, IntakeReport, Interrupted
from archive.records.log import Inclusion, LogEntry, LogQuery, ObjectName, Out, OwnEntries
from archive.records.persons import Actor, Person, Role, Witness
from archive.records.search import SearchItem, SearchReport
from archive.records.verify import Checked, Problem, VerifyReport

__all__ = [
    "Actor",
    "Card",
    "CaseRow",
    "CaseSummary",
    "Checked",
    "Copied",
    "Document",
    "Encryption",
    "FileReport",
    "FileRow",
    "FileState",
    "Flag",
    "Inclusion",
    "IntakeReport",
    "Interrupted",
    "LogEntry",
    "LogQuery",
    "ObjectName",
    "Out",
    "OwnEntries",
    "Person",
    "Problem",
    "Role",
    "SearchItem",
    "SearchReport",
    "SeriesRow",
    "Shut",
    "SourceObject",
    "Surroundings",
    "ThingRow",
    "Tombstone",
    "VerifyReport",
    "Witness",
]
