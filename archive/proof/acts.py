"""What an entry's `act` can be called: a closed list, so that every entry can be explained.

A name is for ever: logs that hold it are never migrated. A new act gets its name here and its
sentences in resources/i18n/<language>/entry.po (`archive.services.explain`).
"""

from __future__ import annotations

from enum import StrEnum


class ActName(StrEnum):
    """Every act the archive writes, or an earlier version of it wrote."""

    CREATE_ARCHIVE = "archive.create"
    ADD_PERSON = "person.add"
    DISABLE_PERSON = "person.disable"
    LIST_PERSONS = "person.list"
    CHANGE_ROLE = "person.role"
    CHANGE_PASSWORD = "person.password"  # noqa: S105 -- the name of an act
    RESET_PASSWORD = "person.reset"  # noqa: S105 -- the name of an act
    ACKNOWLEDGE_RESET = "person.acknowledge"
    LOGIN = "login"
    LOGOUT = "logout"
    CREATE_CASE = "case.create"
    LIST_CASES = "case.list"
    OPEN_CASE = "case.open"
    READ_SOURCE = "source.read"
    READ_HISTORY = "history.read"
    IMPORT = "import"
    READ = "read"
    RECORD = "record"
    NOTE = "note"
    VIEW = "view"
    SHOW = "show"
    EXPORT = "export"
    PRINT = "print"
    PICTURE = "picture"
    VIDEO = "video"
    SEARCH = "search"
    READ_LOG = "log.read"
    READ_HOUSE_LOG = "log.read.house"
    READ_WHOLE_LOG = "log.read.whole"
    EXPORT_LOG = "log.export"
    PROVE_LOG = "log.prove"
    CHECKPOINT = "checkpoint"
    SEAL = "seal"
    VERIFY = "verify"
    BACKUP = "backup"
    RESTORE = "restore"
    REBUILD = "rebuild"
    MIGRATION = "migration"
    RECEIPT = "receipt"
    ADD_WITNESS = "witness.add"
    REQUEST_WITNESS = "witness.request"
    TAKE_WITNESS = "witness.take"
    REQUEST_TIMESTAMP = "timestamp.request"
    TAKE_TIMESTAMP = "timestamp.take"
    ROTATE_KEY = "key.rotate"
    LOSE_KEY = "key.lost"
    COMPROMISE_KEY = "key.compromised"
    DESTROY = "destroy"
    SECOND_DESTRUCTION = "destroy.second"
    SETTING = "setting"
    CLOCK_JUMP = "clock.jump"
    ORPHANS = "orphans"
