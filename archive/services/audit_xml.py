"""The log as DICOM audit messages (PS3.15, A.5), one for each entry.

The standard defines a message, not a file of many: here they stand in one element
`AuditMessages`. Codes are those of PS3.16 (CID 400 to 405); what the standard has no event for is
an Application Activity with the act as a type code of our own (scheme 99VIRTOPSY). A message tells
an entry to systems that collect audit trails; the proof stays the log.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from archive.proof import chain
from archive.proof.acts import ActName
from archive.records import Document, LogEntry, Out
from archive.services.explain import sentence
from virtopsy.language import Language, printable

_OWN = "99VIRTOPSY"


@dataclass(frozen=True)
class Code:
    """A coded value: code, its meaning, and the scheme that defines it."""

    value: str
    meaning: str
    scheme: str = "DCM"

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes of CodedValueType."""
        return {
            "csd-code": self.value,
            "codeSystemName": self.scheme,
            "originalText": self.meaning,
        }


@dataclass(frozen=True)
class Event:
    """What the standard calls an act.

    Attributes:
        action: C create, R read, U update, D delete, E execute.
        type: the kind of event within the family, where the standard has one.
        media: an import comes from media, an export goes to media; of this type.
    """

    id: Code
    action: str
    type: Code | None = None
    media: Code | None = None


_APPLICATION = Code("110100", "Application Activity")
_AUDIT_LOG = Event(Code("110101", "Audit Log Used"), "R")
_ACCESSED = Code("110103", "DICOM Instances Accessed")
_EXPORT = Code("110106", "Export")
_IMPORT = Code("110107", "Import")
_QUERY = Event(Code("110112", "Query"), "E")
_ALERT = Code("110113", "Security Alert")
_AUTHENTICATION = Code("110114", "User Authentication")
_SECURITY = Event(_ALERT, "E", Code("110129", "Security Configuration"))
_USER = Event(_ALERT, "E", Code("110137", "User Security Attributes Changed"))
_SOFTWARE = Event(_ALERT, "E", Code("110131", "Software Configuration"))
_RESTRICTED = Event(_ALERT, "E", Code("110132", "Use of Restricted Function"))
_READING = Event(_ACCESSED, "R")
_FILE = Code("110037", "URI")
_PAPER = Code("110038", "Paper Document")
_EVENTS: Mapping[str, Event] = {
    ActName.LOGIN: Event(_AUTHENTICATION, "E", Code("110122", "Login")),
    ActName.LOGOUT: Event(_AUTHENTICATION, "E", Code("110123", "Logout")),
    ActName.ADD_PERSON: _USER,
    ActName.DISABLE_PERSON: _USER,
    ActName.CHANGE_PASSWORD: _USER,
    ActName.RESET_PASSWORD: _USER,
    ActName.CHANGE_ROLE: Event(_ALERT, "E", Code("110136", "Security Roles Changed")),
    ActName.ROTATE_KEY: _SECURITY,
    ActName.LOSE_KEY: _SECURITY,
    ActName.COMPROMISE_KEY: _SECURITY,
    ActName.ADD_WITNESS: _SECURITY,
    ActName.SETTING: _SOFTWARE,
    ActName.LIST_CASES: _QUERY,
    ActName.LIST_PERSONS: _QUERY,
    ActName.SEARCH: _QUERY,
    ActName.OPEN_CASE: _READING,
    ActName.READ_SOURCE: _READING,
    ActName.READ_HISTORY: _READING,
    ActName.READ: _READING,
    ActName.VIEW: _READING,
    ActName.SHOW: _READING,
    ActName.RECORD: Event(_ACCESSED, "U"),
    ActName.DESTROY: Event(Code("110105", "DICOM Study Deleted"), "D"),
    ActName.IMPORT: Event(_IMPORT, "C", media=_FILE),
    ActName.EXPORT: Event(_EXPORT, "R", media=_FILE),
    ActName.PICTURE: Event(_EXPORT, "R", media=_FILE),
    ActName.VIDEO: Event(_EXPORT, "R", media=_FILE),
    ActName.PRINT: Event(_EXPORT, "R", media=_PAPER),
    ActName.RECEIPT: Event(_EXPORT, "R", media=_PAPER),
    ActName.READ_LOG: _AUDIT_LOG,
    ActName.READ_WHOLE_LOG: _AUDIT_LOG,
    ActName.EXPORT_LOG: _AUDIT_LOG,
    ActName.PROVE_LOG: _AUDIT_LOG,
}
_LIFE_CYCLE: Mapping[str, str] = {
    ActName.IMPORT: "2",
    ActName.RECORD: "3",
    ActName.VERIFY: "4",
    ActName.EXPORT: "10",
    ActName.PRINT: "10",
    ActName.RECEIPT: "10",
    ActName.BACKUP: "13",
    ActName.DESTROY: "15",
}
"""ParticipantObjectDataLifeCycle (A.5.1.2.3); every other act is an access or use, "6"."""
_SOURCE_TYPE = '<AuditSourceTypeCode csd-code="1"/>'  # end-user interface (A.5.1.2.1)
_PROGRAM_ROLE = Code("110150", "Application")
_FROM = Code("110153", "Source Role ID")
_TO = Code("110152", "Destination Role ID")
_URI = Code("12", "URI", "RFC-3881")
_CRITERIA = Code("10", "Search Criteria", "RFC-3881")
_CASE = Code("case", "Case number", _OWN)
_SERIES = Code("112002", "Series Instance UID")
_OBJECT = Code("sha256", "SHA-256 of the object's bytes", _OWN)


def messages(entries: Iterable[LogEntry], archive: str, language: Language) -> Iterator[bytes]:
    """Yield the file piece by piece: its head, one message for each entry, its end."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<AuditMessages>\n'
    for one in entries:
        yield f"{message(one, archive, language)}\n".encode()
    yield b"</AuditMessages>\n"


def message(entry: LogEntry, archive: str, language: Language) -> str:
    """Return the AuditMessage of an entry."""
    body = chain.legible(entry)
    event = _event(entry)
    inside = (
        _identification(entry, event, language)
        + _participants(entry, body, event)
        + _element("AuditSourceIdentification", {"AuditSourceID": archive}, _SOURCE_TYPE)
        + _objects(entry, body, event, archive)
    )
    return _element("AuditMessage", {}, inside)


def _event(entry: LogEntry) -> Event:
    if entry.out == Out.DENIED and entry.act != ActName.LOGIN:
        return _RESTRICTED
    return _EVENTS.get(entry.act, Event(_APPLICATION, "E"))


def _identification(entry: LogEntry, event: Event, language: Language) -> str:
    own = Code(entry.act or "unknown", entry.act or "unknown", _OWN)
    types = [one for one in (event.type, own) if one is not None]
    attributes = {
        "EventActionCode": event.action,
        "EventDateTime": entry.ts,
        "EventOutcomeIndicator": _outcome(entry),
    }
    inside = _coded("EventID", event.id) + "".join(_coded("EventTypeCode", one) for one in types)
    told = f"<EventOutcomeDescription>{escape(_clean(sentence(entry, language)))}"
    return _element("EventIdentification", attributes, f"{inside}{told}</EventOutcomeDescription>")


def _outcome(entry: LogEntry) -> str:
    """Return 0 success, 4 an action that may be tried again, 8 an action that was ended."""
    if entry.out == Out.OK:
        return "0"
    return "4" if entry.act == ActName.LOGIN and entry.out == Out.DENIED else "8"


def _participants(entry: LogEntry, body: Document, event: Event) -> str:
    """Return who acted, the program that wrote it down, and the media something moved on."""
    actor, app = chain.mapping(body.get("actor")), chain.mapping(body.get("app"))
    roles = actor.get("role")
    codes = [Code(str(one), str(one), _OWN) for one in roles] if isinstance(roles, list) else []
    if event.media is not None:
        codes = [_TO if event.id == _IMPORT else _FROM, *codes]
    who = {
        "UserID": entry.actor or "unknown",
        "AlternativeUserID": str(body.get("sess") or "none"),
        "UserName": entry.actor_name or entry.actor or "unknown",
        "UserIsRequestor": "true",
        "NetworkAccessPointID": str(body.get("host") or "unknown"),
        "NetworkAccessPointTypeCode": "1",
    }
    program = {"UserID": f"virtopsy {app.get('ver', '')}", "UserIsRequestor": "false"}
    return (
        _element("ActiveParticipant", who, "".join(_coded("RoleIDCode", one) for one in codes))
        + _element("ActiveParticipant", program, _coded("RoleIDCode", _PROGRAM_ROLE))
        + _media(event)
    )


def _media(event: Event) -> str:
    if event.media is None:
        return ""
    into = event.id == _IMPORT
    role = Code("110155", "Source Media") if into else Code("110154", "Destination Media")
    kind = _element("MediaIdentifier", {}, _coded("MediaType", event.media))
    where = {"UserID": "media", "UserIsRequestor": "false"}
    return _element("ActiveParticipant", where, _coded("RoleIDCode", role) + kind)


def _objects(entry: LogEntry, body: Document, event: Event, archive: str) -> str:
    """Return the entry itself, its case, what was asked, and the objects it names."""
    cycle = _LIFE_CYCLE.get(entry.act, "6")
    found = [_log_object(entry, body, archive)]
    if event.id == _QUERY.id:
        asked = _encoded(json.dumps(body.get("data", {}), ensure_ascii=False))
        query = f"<ParticipantObjectQuery>{asked}</ParticipantObjectQuery>"
        found.append(_object(_Object(entry.hash, "24", cycle, _CRITERIA), query))
    if entry.case_number:
        found.append(_object(_Object(entry.case_number, "3", cycle, _CASE), _name("Case")))
    named = body.get("obj")
    for one in named if isinstance(named, list) else []:
        said = chain.mapping(one)
        kind = str(said.get("t") or "object")
        sha256 = str(said.get("sha256") or "unknown")
        found.append(_object(_Object(sha256, "3", cycle, _OBJECT), _name(kind)))
        if kind == "manifest" and said.get("id"):
            found.append(_object(_Object(str(said["id"]), "3", cycle, _SERIES), _name("Series")))
    return "".join(found)


def _log_object(entry: LogEntry, body: Document, archive: str) -> str:
    """Return the entry itself: its place in the log, and what it says beyond the coded part."""
    details = {
        "seq": str(entry.seq),
        "prev": entry.prev,
        "hash": entry.hash,
        "reason": str(body.get("reason") or ""),
        "data": json.dumps(body.get("data", {}), ensure_ascii=False, sort_keys=True),
    }
    told = "".join(
        _element("ParticipantObjectDetail", {"type": key, "value": _encoded(value)}, "")
        for key, value in details.items()
    )
    place = f"urn:uuid:{archive}#entry={entry.seq}"
    return _object(_Object(place, "13", "6", _URI), _name("Security Audit Log") + told)


@dataclass(frozen=True)
class _Object:
    """The attributes of a ParticipantObjectIdentification; every one here is a system object."""

    id: str
    role: str
    cycle: str
    kind: Code


def _object(what: _Object, told: str) -> str:
    attributes = {
        "ParticipantObjectID": what.id,
        "ParticipantObjectTypeCode": "2",
        "ParticipantObjectTypeCodeRole": what.role,
        "ParticipantObjectDataLifeCycle": what.cycle,
    }
    inside = _coded("ParticipantObjectIDTypeCode", what.kind) + told
    return _element("ParticipantObjectIdentification", attributes, inside)


def _name(text: str) -> str:
    return f"<ParticipantObjectName>{escape(_clean(text))}</ParticipantObjectName>"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "backslashreplace")).decode()


@lru_cache(maxsize=1000)
def _coded(name: str, code: Code) -> str:
    return _element(name, code.attributes, "")


def _element(name: str, attributes: Mapping[str, str], inside: str) -> str:
    told = "".join(f" {key}={quoteattr(_clean(value))}" for key, value in attributes.items())
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def _clean(text: str) -> str:
    """Return the text without what XML 1.0 cannot hold."""
    if text.isprintable() and "  " not in text and text == text.strip():
        return text
    return " ".join(printable(text).split())
