"""The log's chain: what an entry's body says, and its hash (`walk` checks stored rows).

A body is canonical JSON; its leaf hash is SHA256(0x00 || body) (RFC 6962); `prev` is the leaf
hash of the entry before, so order and forks show in the chain itself. `case_seq` and
`case_prev` chain the entries of one case, so that an entry left out of a case's export shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from archive.proof import canonical, merkle
from archive.records import LogEntry, ObjectName, Out, Surroundings
from virtopsy.errors import Bug

VERSION = 1
BEGINNING = "0" * 64
"""`prev` of the first entry of a log or a case."""


@dataclass(frozen=True)
class Who:
    """Who acted, as a body names it.

    Attributes:
        id: of the person; "system" for the program itself, "anonymous" for nobody known.
        roles: at login.
        key: fingerprint of the person's own key; empty while persons have none.
        session: random name of the session.
    """

    id: str
    roles: tuple[str, ...] = ()
    key: str = ""
    session: str = ""


SYSTEM = Who("system")
ANONYMOUS = Who("anonymous")


@dataclass(frozen=True)
class Act:
    """What happened.

    Attributes:
        name: one word or words joined by a full stop, such as "import", "person.add".
        case: case number; empty for what belongs to no case.
        data: further facts; no fractions, nothing personal (that lies in a salted object).
    """

    name: str
    who: Who
    out: Out = Out.OK
    case: str = ""
    objects: tuple[ObjectName, ...] = ()
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """When and on which machine."""

    time: datetime
    monotonic_ns: int
    where: Surroundings


def utc(time: datetime) -> str:
    """Spell an instant: UTC, microseconds, always 27 characters."""
    if time.tzinfo is None:
        raise Bug("a time without its zone")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry(
    log: str, act: Act, moment: Moment, *, before: LogEntry | None, before_in_case: LogEntry | None
) -> LogEntry:
    """Return the next entry of the log named `log`."""
    where = moment.where
    case_seq = _number_in_case(before_in_case) + 1 if act.case else 0
    body = {
        "v": VERSION,
        "log": log,
        "seq": before.seq + 1 if before else 1,
        "prev": before.hash if before else BEGINNING,
        "case_seq": case_seq,
        "case_prev": _case_prev(act, before_in_case),
        "ts": utc(moment.time),
        "boot": where.boot,
        "mono_ns": str(moment.monotonic_ns),
        "clk": where.clock_source,
        "actor": {
            "id": act.who.id,
            "role": [str(one) for one in act.who.roles],
            "key": act.who.key,
        },
        "sess": act.who.session,
        "host": where.host,
        "app": {"ver": where.version, "sha256": where.program_sha256},
        "act": str(act.name),
        "out": act.out.value,
        "case": act.case,
        "obj": [{"t": one.kind, "id": one.id, "sha256": one.sha256} for one in act.objects],
        "reason": canonical.text(act.reason),
        "data": canonical.normalised(act.data),
    }
    return _row(canonical.encode(body), body)


def from_body(body: bytes) -> LogEntry:
    """Return the row that belongs to a body.

    Raises:
        NotCanonical: the bytes are no body.
    """
    return _row(body, canonical.decode(body))


def when(one: LogEntry) -> datetime:
    """Return the time of an entry as lists show it; NotCanonical where it is none."""
    try:
        found = datetime.fromisoformat(one.ts)
    except (ValueError, TypeError) as error:  # a database may keep anything in a column
        raise canonical.NotCanonical(f"the time of entry {one.seq}") from error
    if found.tzinfo is None:
        raise canonical.NotCanonical(f"the time of entry {one.seq}")
    return found


def read(one: LogEntry) -> dict[str, Any]:
    """Return what the body says; NotCanonical where it is none."""
    said: dict[str, Any] = canonical.decode(one.body)
    _row(one.body, said)
    return said


def _row(body: bytes, said: Any) -> LogEntry:
    try:
        return LogEntry(
            seq=whole(said["seq"]),
            body=body,
            prev=str(said["prev"]),
            hash=merkle.leaf_hash(body).hex(),
            ts=str(said["ts"]),
            actor=str(said["actor"]["id"]),
            act=str(said["act"]),
            out=str(said["out"]),
            case_number=str(said["case"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise canonical.NotCanonical(f"no log body: {error}") from error


def whole(value: object) -> int:
    """Return a number of a body; ValueError for what only looks like one (text, true)."""
    if type(value) is not int:
        raise ValueError(f"{value!r} is no whole number")
    return value


def legible(one: LogEntry) -> dict[str, Any]:
    """Return what can be read of a body, to show it; empty where it is no JSON object.

    Says nothing about whether the body is as it was written: `faults` does.
    """
    try:
        said = json.loads(one.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def mapping(value: object) -> Mapping[str, Any]:
    """Return a part of a legible body; empty where something else stands in its place."""
    return value if isinstance(value, dict) else {}


def _case_prev(act: Act, before: LogEntry | None) -> str:
    if not act.case:
        return ""
    return before.hash if before else BEGINNING


def _number_in_case(one: LogEntry | None) -> int:
    if one is None:
        return 0
    number = canonical.decode(one.body).get("case_seq", 0)
    return number if isinstance(number, int) else 0
