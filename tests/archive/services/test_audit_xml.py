"""Every entry becomes a DICOM audit message that the standard's own schema allows."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from archive.proof import canonical, chain
from archive.proof.acts import ActName
from archive.proof.chain import Act, Moment, Who
from archive.records import LogEntry, ObjectName, Out, Surroundings
from archive.services.audit_xml import message, messages
from archive.services.explain import named
from tests.archive.services.audit_schema import faults
from virtopsy.language import Language

_MOMENT = Moment(datetime(2026, 3, 1, tzinfo=UTC), 1, Surroundings("h", "b", "c", "1", "0" * 64))
_WHO = Who("1f" * 16, ("expert", "administrator"), session="5e" * 8)
_LOG = "0d9c6f1e-0000-4000-8000-000000000000"


def entry(act: Act, name: str = "Ахметова") -> LogEntry:
    written = chain.entry(_LOG, act, _MOMENT, before=None, before_in_case=None)
    return named(written, {_WHO.id: name})


def told(act: Act) -> ET.Element:
    return ET.fromstring(message(entry(act), _LOG, Language.RU))  # noqa: S314 -- our own


def code(made: ET.Element, path: str) -> str:
    found = made.find(path)
    assert found is not None
    return found.attrib["csd-code"]


@pytest.mark.parametrize("out", Out)
def test_every_act_is_a_message_of_the_standard(out: Out) -> None:
    objects = (ObjectName("manifest", "1.2.3", "0" * 64), ObjectName("intake", "x", "1" * 64))
    for act in ActName:
        assert faults(told(Act(act, _WHO, out, case="7", objects=objects, reason="x"))) == []


@pytest.mark.parametrize(
    ("act", "event", "action", "kind"),
    [
        ("login", "110114", "E", "110122"),
        ("logout", "110114", "E", "110123"),
        ("import", "110107", "C", "import"),
        ("export", "110106", "R", "export"),
        ("source.read", "110103", "R", "source.read"),
        ("record", "110103", "U", "record"),
        ("destroy", "110105", "D", "destroy"),
        ("search", "110112", "E", "search"),
        ("log.read", "110101", "R", "log.read"),
        ("person.role", "110113", "E", "110136"),
        ("key.lost", "110113", "E", "110129"),
        ("checkpoint", "110100", "E", "checkpoint"),
        ("brain.upload", "110100", "E", "brain.upload"),
    ],
)
def test_an_act_has_the_event_of_the_standard_or_a_type_of_our_own(
    act: str, event: str, action: str, kind: str
) -> None:
    made = told(Act(act, _WHO))
    assert code(made, "EventIdentification/EventID") == event
    assert code(made, "EventIdentification/EventTypeCode") == kind
    identification = made.find("EventIdentification")
    assert identification is not None
    assert identification.attrib["EventActionCode"] == action
    assert identification.attrib["EventDateTime"] == "2026-03-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("act", "out", "event", "indicator"),
    [
        ("login", Out.DENIED, "110114", "4"),  # may be tried again
        ("source.read", Out.DENIED, "110113", "8"),  # a security alert
        ("export", Out.FAIL, "110106", "8"),
        ("export", Out.OK, "110106", "0"),
    ],
)
def test_the_outcome_is_told(act: str, out: Out, event: str, indicator: str) -> None:
    made = told(Act(act, _WHO, out))
    identification = made.find("EventIdentification")
    assert identification is not None
    assert identification.attrib["EventOutcomeIndicator"] == indicator
    assert code(made, "EventIdentification/EventID") == event
    if out is Out.DENIED and act != "login":
        assert code(made, "EventIdentification/EventTypeCode") == "110132"


def test_who_acted_where_and_on_what_is_told() -> None:
    act = Act("import", _WHO, case="7", objects=(ObjectName("manifest", "1.2.3", "ab" * 32),))
    made = told(act)
    person, program, media = made.findall("ActiveParticipant")
    assert person.attrib["UserID"] == _WHO.id
    assert person.attrib["UserName"] == "Ахметова"
    assert person.attrib["NetworkAccessPointID"] == "h"
    roles = [one.attrib["csd-code"] for one in person.findall("RoleIDCode")]
    assert roles == ["110152", "expert", "administrator"]
    assert code(program, "RoleIDCode") == "110150"
    assert code(media, "RoleIDCode") == "110155"
    source = made.find("AuditSourceIdentification")
    assert source is not None
    assert source.attrib["AuditSourceID"] == _LOG
    objects = [
        one.attrib["ParticipantObjectID"]
        for one in made.iter()
        if "ParticipantObjectID" in one.attrib
    ]
    assert objects == [f"urn:uuid:{_LOG}#entry=1", "7", "ab" * 32, "1.2.3"]


def test_the_entry_s_own_facts_and_hash_stand_in_the_message() -> None:
    act = Act("verify", _WHO, data={"files": 3}, reason="<x>")
    details = {
        one.attrib["type"]: base64.b64decode(one.attrib["value"]).decode()
        for one in told(act).iter("ParticipantObjectDetail")
    }
    assert details["hash"] == entry(act).hash
    assert json.loads(details["data"]) == {"files": 3}
    assert details["reason"] == "<x>"


_TEXT = some.text(max_size=20).map(canonical.text)


@settings(max_examples=60, deadline=None)
@given(
    act=_TEXT.filter(bool),
    case=_TEXT,
    name=_TEXT,
    reason=_TEXT,
    data=some.dictionaries(some.text("abc", min_size=1), _TEXT | some.integers(0, 9)),
    kind=_TEXT,
)
def test_whatever_an_entry_holds_the_message_stays_one(  # noqa: PLR0917, PLR0913
    act: str, case: str, name: str, reason: str, data: Any, kind: str
) -> None:
    named_object = ObjectName(kind, reason, case)
    made = entry(Act(act, _WHO, case=case, objects=(named_object,), reason=reason, data=data), name)
    text = message(made, _LOG, Language.KK)
    assert faults(ET.fromstring(text)) == []  # noqa: S314 -- our own


def test_many_messages_are_one_document_that_comes_piece_by_piece() -> None:
    damaged = LogEntry(3, b"\xff{", "p", "h", "2026-03-01T00:00:00.000000Z", "", "", "", "")
    pieces = list(messages([entry(Act("login", _WHO)), damaged], _LOG, Language.EN))
    assert len(pieces) == 4
    root = ET.fromstring(b"".join(pieces))  # noqa: S314 -- our own
    assert root.tag == "AuditMessages"
    assert [faults(one) for one in root] == [[], []]


def test_the_checker_finds_what_the_schema_forbids() -> None:
    good = message(entry(Act("login", _WHO)), _LOG, Language.EN)
    for old, new in (
        ("EventActionCode=", "EventActioncode="),
        ('EventOutcomeIndicator="0"', 'EventOutcomeIndicator="1"'),
        ("<EventID ", "<EventTypeCode "),
        ('UserIsRequestor="true"', 'UserIsRequestor="yes"'),
        ("<AuditSourceTypeCode", "<AuditSourceType"),
        ('EventDateTime="2026', 'EventDateTime="on 2026'),
    ):
        assert old in good
        assert faults(ET.fromstring(good.replace(old, new))) != []  # noqa: S314 -- our own
