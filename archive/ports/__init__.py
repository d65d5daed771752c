"""What the services ask of storage: protocols, so that no service knows a database."""

from archive.ports.backup import BackupFolder, Cut, EmptyPlace, IndexRemains
from archive.ports.database import Database, Migration, UnitOfWork
from archive.ports.files import AnchorFiles, BodyCopy, Cards, CheckParts, Notes
from archive.ports.log import LogRows, TreeRows
from archive.ports.machine import Clock, Machine
from archive.ports.objects import Blobs, Staging, StagingPlace
from archive.ports.outside import Stick, Target, WitnessMemory
from archive.ports.rows import CaseRows, PersonRows, SearchRows, WitnessRows

__all__ = [
    "AnchorFiles",
    "BackupFolder",
    "Blobs",
    "BodyCopy",
    "Cards",
    "CaseRows",
    "CheckParts",
    "Clock",
    "Cut",
    "Database",
    "EmptyPlace",
    "IndexRemains",
    "LogRows",
    "Machine",
    "Migration",
    "Notes",
    "PersonRows",
    "SearchRows",
    "Staging",
    "StagingPlace",
    "Stick",
    "Target",
    "TreeRows",
    "UnitOfWork",
    "WitnessMemory",
    "WitnessRows",
]
