"""The RELAX NG schema of an audit message (DICOM PS3.15, A.5.1), transcribed, with a checker.

A pattern names the attributes an element may have and, in their order, the elements within it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

Check = Callable[[str], bool]


def token(text: str) -> bool:
    """xsd:token: no leading, trailing or doubled white space."""
    return text == " ".join(text.split())


def anything(_text: str) -> bool:
    return True


def one_of(*values: object) -> Check:
    known = {str(one) for one in values}
    return lambda text: text in known


def date_time(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", text))


def boolean(text: str) -> bool:
    return text in {"true", "false", "0", "1"}


def base64_binary(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return True


@dataclass(frozen=True)
class Pattern:
    """What an element may hold.

    Attributes:
        must, may: attributes and what their values must be.
        inside: (names, pattern, occurs) in order; several names are a choice; occurs "1?*+".
        text: what its text must be; None: no text.
    """

    must: Mapping[str, Check] = field(default_factory=dict)
    may: Mapping[str, Check] = field(default_factory=dict)
    inside: tuple[tuple[Mapping[str, Pattern], str], ...] = ()
    text: Check | None = None


CODED = Pattern(
    must={"csd-code": token, "codeSystemName": token, "originalText": token},
    may={"displayName": token},
)
EVENT = Pattern(
    must={"EventDateTime": date_time, "EventOutcomeIndicator": one_of(0, 4, 8, 12)},
    may={"EventActionCode": one_of(*"CRUDE")},
    inside=(
        ({"EventID": CODED}, "1"),
        ({"EventTypeCode": CODED}, "*"),
        ({"EventOutcomeDescription": Pattern(text=anything)}, "?"),
    ),
)
PARTICIPANT = Pattern(
    must={"UserID": anything, "UserIsRequestor": boolean},
    may={
        "AlternativeUserID": anything,
        "UserName": anything,
        "NetworkAccessPointID": token,
        "NetworkAccessPointTypeCode": one_of(*range(1, 6)),
    },
    inside=(
        ({"RoleIDCode": CODED}, "*"),
        ({"MediaIdentifier": Pattern(inside=(({"MediaType": CODED}, "1"),))}, "?"),
    ),
)
SOURCE = Pattern(
    must={"AuditSourceID": token},
    may={"AuditEnterpriseSiteID": token},
    inside=(
        (
            {
                "AuditSourceTypeCode": Pattern(
                    must={"csd-code": token},
                    may={"codeSystemName": token, "displayName": token, "originalText": token},
                )
            },
            "*",
        ),
    ),
)
DETAIL = Pattern(must={"type": token, "value": base64_binary})
NAME_OR_QUERY = {
    "ParticipantObjectName": Pattern(text=token),
    "ParticipantObjectQuery": Pattern(text=base64_binary),
}
OBJECT = Pattern(
    must={"ParticipantObjectID": token},
    may={
        "ParticipantObjectTypeCode": one_of(*range(1, 5)),
        "ParticipantObjectTypeCodeRole": one_of(*range(1, 27)),
        "ParticipantObjectDataLifeCycle": one_of(*range(1, 16)),
        "ParticipantObjectSensitivity": token,
    },
    inside=(
        ({"ParticipantObjectIDTypeCode": CODED}, "1"),
        (NAME_OR_QUERY, "1"),
        ({"ParticipantObjectDetail": DETAIL}, "*"),
    ),
)
MESSAGE = Pattern(
    inside=(
        ({"EventIdentification": EVENT}, "1"),
        ({"ActiveParticipant": PARTICIPANT}, "+"),
        ({"AuditSourceIdentification": SOURCE}, "1"),
        ({"ParticipantObjectIdentification": OBJECT}, "*"),
    ),
)


def faults(message: Element) -> list[str]:
    """Return everything in an AuditMessage that the schema does not allow."""
    if message.tag != "AuditMessage":
        return [f"{message.tag} is no AuditMessage"]
    return list(_faults(message, MESSAGE))


def _faults(element: Element, pattern: Pattern) -> Iterator[str]:
    known = {**pattern.must, **pattern.may}
    for name in pattern.must.keys() - element.attrib.keys():
        yield f"{element.tag} lacks {name}"
    for name, value in element.attrib.items():
        if name not in known:
            yield f"{element.tag} may have no {name}"
        elif not known[name](value):
            yield f"{element.tag} {name}={value!r}"
    text = element.text or ""
    if pattern.text is None and text.strip():
        yield f"{element.tag} may have no text"
    elif pattern.text is not None and not pattern.text(text):
        yield f"{element.tag}: {text!r}"
    yield from _within(element, pattern)


def _within(element: Element, pattern: Pattern) -> Iterator[str]:
    left = list(element)
    for choice, occurs in pattern.inside:
        found = 0
        while left and left[0].tag in choice and (occurs in "*+" or not found):
            one = left.pop(0)
            found += 1
            yield from _faults(one, choice[one.tag])
        if occurs in "1+" and not found:
            yield f"{element.tag} lacks {' or '.join(choice)}"
    for one in left:
        yield f"{one.tag} has no place there in {element.tag}"
