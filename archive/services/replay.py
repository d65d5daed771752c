"""What the index must hold, told by log and objects alone: `verify` compares, `rebuild` writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from archive.ports import Blobs
from archive.proof import canonical, chain, cosignature
from archive.proof.acts import ActName
from archive.records import (
    CaseRow,
    Document,
    FileRow,
    LogEntry,
    Out,
    Person,
    Role,
    SeriesRow,
    ThingRow,
    Tombstone,
    Witness,
)
from archive.services import lockout, tombstones
from virtopsy.errors import IntegrityError, StorageError

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass
class Expected:
    """The index as log and objects tell it, and the objects they name.

    Attributes:
        persons: by person id.
        witnesses: by the fingerprint of the key.
        cases: by number.
        series: by case number and series UID.
        files: by case number and SHA-256.
        things: by case number, thing, id and version.
        tombstones: what was destroyed and not brought again, by case number and SHA-256.
        destroyed: every destruction that ever was, with the entry that brought the same bytes to
            the case again; 0 where none did.
        unproven: entries that tell of a destruction which nothing bears out: it does not count.
        proofs: salted objects that bore out a destruction; none bears out two.
        objects: SHA-256 of every object named, with the cases that name it ("" for none).
        untold: cases with an entry that tells rows by an object which cannot be read.
    """

    persons: dict[str, Person] = field(default_factory=dict)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)
    series: dict[tuple[str, str], SeriesRow] = field(default_factory=dict)
    files: dict[tuple[str, str], FileRow] = field(default_factory=dict)
    things: dict[tuple[str, str, str, int], ThingRow] = field(default_factory=dict)
    tombstones: dict[tuple[str, str], Tombstone] = field(default_factory=dict)
    destroyed: dict[Tombstone, int] = field(default_factory=dict)
    unproven: list[int] = field(default_factory=list)
    proofs: set[str] = field(default_factory=set)
    objects: dict[str, set[str]] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)

    def name(self, sha256: str, case: str) -> None:
        """Note that an object is named (by a case)."""
        self.objects.setdefault(sha256, set()).add(case)


def replay(entries: Iterable[LogEntry], blobs: Blobs) -> Expected:
    """Return what the index must hold. Entries and objects that cannot be read add nothing;
    the checks of the chain and of the objects name them.
    """  # noqa: D205 -- one thought
    expected = Expected()
    for entry in entries:
        try:
            _apply(expected, chain.read(entry), blobs)
        except (IntegrityError, StorageError, ValueError, LookupError, TypeError, AttributeError):
            expected.untold.add(entry.case_number)  # damaged: `verify` reads all and names it
    return expected


def _apply(expected: Expected, body: Document, blobs: Blobs) -> None:
    if body["out"] != Out.OK:
        if body["act"] == ActName.LOGIN:
            _wrong_password(expected, body)
        return
    if body["act"] not in NAMES_NOTHING:
        for one in body["obj"]:
            expected.name(_hash(one["sha256"]), body["case"])
    act = _ACTS.get(body["act"])
    if act is not None:
        act(expected, body, blobs)


def _add_person(expected: Expected, body: Document, blobs: Blobs) -> None:
    person, credential = body["obj"]
    said = _salted(blobs, person["sha256"])
    expected.persons[person["id"]] = Person(
        person_id=person["id"],
        name=said["name"],
        roles=tuple(Role(one) for one in said["roles"]),
        disabled=False,
        person_sha256=person["sha256"],
        credential_sha256=credential["sha256"],
    )


def _disable_person(expected: Expected, body: Document, _blobs: Blobs) -> None:
    person_id = body["obj"][0]["id"]
    expected.persons[person_id] = replace(expected.persons[person_id], disabled=True)


def _change_roles(expected: Expected, body: Document, blobs: Blobs) -> None:
    named, credential = body["obj"]
    said = _salted(blobs, named["sha256"])
    expected.persons[named["id"]] = replace(
        expected.persons[named["id"]],
        roles=tuple(Role(one) for one in said["roles"]),
        person_sha256=named["sha256"],
        credential_sha256=credential["sha256"],
    )


def _change_password(expected: Expected, body: Document, _blobs: Blobs) -> None:
    (named,) = body["obj"]
    person = expected.persons[named["id"]]
    expected.persons[named["id"]] = replace(person, credential_sha256=named["sha256"])


def _reset_password(expected: Expected, body: Document, blobs: Blobs) -> None:
    _change_password(expected, body, blobs)
    person_id = body["obj"][0]["id"]
    person = lockout.after_login(expected.persons[person_id])
    expected.persons[person_id] = replace(person, reset=True)


def _acknowledge(expected: Expected, body: Document, _blobs: Blobs) -> None:
    person_id = body["actor"]["id"]
    expected.persons[person_id] = replace(expected.persons[person_id], reset=False)


def _login(expected: Expected, body: Document, _blobs: Blobs) -> None:
    person_id = body["actor"]["id"]
    expected.persons[person_id] = lockout.after_login(expected.persons[person_id])


def _wrong_password(expected: Expected, body: Document) -> None:
    person = expected.persons.get(body["data"].get("person", ""))
    if person is not None and body["data"].get("why") == lockout.WRONG_PASSWORD:
        expected.persons[person.person_id] = lockout.after_failure(person, body["ts"])


def _rotate_key(expected: Expected, body: Document, _blobs: Blobs) -> None:
    for named in body["obj"]:
        person = expected.persons[named["id"]]
        expected.persons[named["id"]] = replace(person, credential_sha256=named["sha256"])


def _add_witness(expected: Expected, body: Document, blobs: Blobs) -> None:
    (named,) = body["obj"]
    found = cosignature.cosigner(_salted(blobs, named["sha256"])["vkey"])
    if found is not None:
        row = Witness(found.fingerprint, found.name, found.public_key)
        expected.witnesses[row.key_sha256] = row


def _create_case(expected: Expected, body: Document, _blobs: Blobs) -> None:
    number = body["case"]
    expected.cases[number] = CaseRow(number, body["actor"]["id"], body["data"]["opened"])


def _import(expected: Expected, body: Document, blobs: Blobs) -> None:
    said = _salted(blobs, body["obj"][0]["sha256"])
    for one in said["files"]:
        file = FileRow(**one)
        expected.files[file.case_number, file.sha256] = file
        tomb = expected.tombstones.pop((file.case_number, file.sha256), None)
        if tomb is not None:
            expected.destroyed[tomb] = body["seq"]
        expected.name(file.sha256, file.case_number)
    for one in said["series"]:
        row = SeriesRow(**one)
        key = (row.case_number, row.series_uid)
        first = expected.series.get(key, row)
        expected.series[key] = replace(first, manifest_sha256=row.manifest_sha256)


def _destroy(expected: Expected, body: Document, blobs: Blobs) -> None:
    case = body["case"]
    proof = tombstones.side_object(body)
    if proof in expected.proofs or not tombstones.is_proven(body, blobs):
        expected.unproven.append(body["seq"])
        return
    expected.proofs.add(proof)
    for one in body["data"]["objects"]:
        sha256 = one["sha256"]
        tomb = Tombstone(case, sha256, one["size"], body["seq"])
        expected.tombstones[case, sha256] = tomb
        expected.destroyed[tomb] = 0
        cases = expected.objects.get(sha256, set())
        cases.discard(case)
        if not cases:  # nobody rests on it any more: it is not missed
            expected.objects.pop(sha256, None)


def _record(expected: Expected, body: Document, _blobs: Blobs) -> None:
    for named, change in zip(body["obj"], body["data"]["changes"], strict=True):
        row = ThingRow(
            case_number=body["case"],
            thing=change["thing"],
            thing_id=change["id"],
            version=change["version"],
            sha256=named["sha256"],
            withdrawn=change["act"] == "withdraw",
        )
        expected.things[row.case_number, row.thing, row.thing_id, row.version] = row


def _salted(blobs: Blobs, sha256: str) -> Any:
    return canonical.decode(blobs.read(_hash(sha256)))["data"]


def _hash(sha256: Any) -> str:
    """Return the SHA-256 of an object as a body names it; ValueError where it is none."""
    if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
        raise ValueError(sha256)
    return sha256


_Act: TypeAlias = Callable[[Expected, Document, Blobs], None]
_OF_ARCHIVE: Mapping[str, _Act] = {
    ActName.ADD_PERSON: _add_person,
    ActName.DISABLE_PERSON: _disable_person,
    ActName.CHANGE_ROLE: _change_roles,
    ActName.CHANGE_PASSWORD: _change_password,
    ActName.RESET_PASSWORD: _reset_password,
    ActName.ACKNOWLEDGE_RESET: _acknowledge,
    ActName.LOGIN: _login,
    ActName.ROTATE_KEY: _rotate_key,
    ActName.ADD_WITNESS: _add_witness,
    ActName.CREATE_CASE: _create_case,
}
_OF_CASE: Mapping[str, _Act] = {
    ActName.IMPORT: _import,
    ActName.DESTROY: _destroy,
    ActName.RECORD: _record,
}
_ACTS: Mapping[str, _Act] = {**_OF_ARCHIVE, **_OF_CASE}

ACTS_OF_ARCHIVE = frozenset(_OF_ARCHIVE)
"""Acts that tell rows of the whole archive: persons, cases, witnesses."""
ACTS_OF_CASE = frozenset(_OF_CASE)
"""Acts that tell rows of their own case alone: `verify` replays one case after the other."""
NAMES_NOTHING = frozenset({ActName.SEAL})
"""Acts that name what was sealed or signed, which is no object of the archive."""
