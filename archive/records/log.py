"""The log: its entries, what is asked of it, proofs out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Out(StrEnum):
    """How an act ended."""

    OK = "ok"
    DENIED = "denied"
    FAIL = "fail"


@dataclass(frozen=True)
class ObjectName:
    """An object as a log body names it: its type, its id within the type, its bytes."""

    kind: str
    id: str
    sha256: str


@dataclass(frozen=True)
class LogEntry:
    """One row of the log.

    Attributes:
        seq: 1, 2, 3, ...
        body: the canonical bytes; everything else follows from them.
        prev, hash: leaf hashes of the entry before and of this one, hexadecimal.
        ts, actor, act, out, case_number: search columns, derived from the body.
        actor_name, about_name: of who acted and of the person the act is about; filled in where
            the entry is shown to a person.
    """

    seq: int
    body: bytes
    prev: str
    hash: str
    ts: str
    actor: str
    act: str
    out: str
    case_number: str
    actor_name: str = ""
    about_name: str = ""


@dataclass(frozen=True)
class LogQuery:
    """Which entries of the log are wanted.

    Attributes:
        case_number: of one case; empty for every case and none.
        act: of one act; empty for every act.
        refused: only what was refused.
        after: only entries later than this one.
    """

    case_number: str = ""
    act: str = ""
    refused: bool = False
    after: int = 0


@dataclass(frozen=True)
class OwnEntries:
    """What a person sees of the log who may not read the whole of it: own cases and own acts.

    Attributes:
        person_id: whose cases and acts.
        house: also what belongs to no case.
    """

    person_id: str
    house: bool


@dataclass(frozen=True)
class Inclusion:
    """A proof that an entry is in the log of a checkpoint.

    Attributes:
        seq: the entry, counted from 1 (leaf index seq - 1).
        size: entries of the tree.
        path: sibling hashes, lowest first.
    """

    seq: int
    size: int
    path: tuple[bytes, ...]
