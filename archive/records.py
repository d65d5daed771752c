"""What the archive hands out and keeps: frozen records, no behaviour."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from virtopsy.language import Fact, Language, Phrase, say

Document: TypeAlias = dict[str, Any]


class Role(StrEnum):
    """What a person is to the archive."""

    EXPERT = "expert"
    INVESTIGATOR = "investigator"
    COURT = "court"
    PROSECUTOR = "prosecutor"
    PARTICIPANT = "participant"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Out(StrEnum):
    """How an act ended."""

    OK = "ok"
    DENIED = "denied"
    FAIL = "fail"


@dataclass(frozen=True)
class Card:
    """`archive.json`: which archive this is, and the keys it seals with, newest last."""

    uuid: str
    format: int
    public_keys: tuple[bytes, ...]


@dataclass(frozen=True)
class Actor:
    """A person who logged in. `Access.login` alone makes one that the services accept."""

    person_id: str
    name: str
    roles: tuple[Role, ...]
    session: str = field(repr=False)


@dataclass(frozen=True)
class Person:
    """A person the archive knows.

    Attributes:
        person_sha256: the salted object with name and roles.
        credential_sha256: the object with the proof of the password and the locked key.
        failures: wrong passwords since the last good login.
        last_failure: when the last of them came; empty for none.
        reset: somebody else set the password, and the person has not acknowledged it yet.
    """

    person_id: str
    name: str
    roles: tuple[Role, ...]
    disabled: bool
    person_sha256: str
    credential_sha256: str
    failures: int = 0
    last_failure: str = ""
    reset: bool = False


@dataclass(frozen=True)
class Witness:
    """A witness of the log as the index knows it.

    Attributes:
        key_sha256: fingerprint of its key.
        name: of its key, as its signatures name it.
        public_key: 32 bytes.
    """

    key_sha256: str
    name: str
    public_key: bytes


@dataclass(frozen=True)
class Surroundings:
    """Where an act happens: machine, start of the machine, program."""

    host: str
    boot: str
    clock_source: str
    version: str
    program_sha256: str


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
class CaseRow:
    """A case as the index knows it."""

    number: str
    owner: str
    opened: str


@dataclass(frozen=True)
class CaseSummary:
    """A case in a list."""

    number: str
    owner: str
    opened: str
    series: int
    findings: int


@dataclass(frozen=True)
class SeriesRow:
    """A series of a case as the index knows it."""

    case_number: str
    series_uid: str
    study_uid: str
    description: str
    modality: str
    patient_name: str
    study_date: str
    frame_of_reference_uid: str
    manifest_sha256: str


@dataclass(frozen=True)
class FileRow:
    """A source file of a case; one row for the same bytes, however often they came.

    Attributes:
        kind: "dicom", "opaque", "photo", "document", "audio", "video", "surface" or "container".
    """

    case_number: str
    sha256: str
    size: int
    path: str
    sop_uid: str
    series_uid: str
    kind: str = "dicom"


@dataclass(frozen=True)
class ThingRow:
    """One version of a finding or a stop."""

    case_number: str
    thing: str
    thing_id: str
    version: int
    sha256: str
    withdrawn: bool


@dataclass(frozen=True)
class Tombstone:
    """What is left of a source file that was destroyed by act.

    Attributes:
        seq: the entry of the act.
    """

    case_number: str
    sha256: str
    size: int
    seq: int


@dataclass(frozen=True)
class SearchItem:
    """Something that can be searched for.

    Attributes:
        kind: "case", "series", "finding", "stop" or "exhibit".
        id: within the case and kind: number, series UID, finding's or stop's id, SHA-256.
        study_uid: of the study it belongs to; empty for none.
        text: what is shown.
        folded: the text as it is compared (`proof.folding`).
    """

    case_number: str
    kind: str
    id: str
    study_uid: str
    text: str
    folded: str


@dataclass(frozen=True)
class SearchReport:
    """What a search found.

    Attributes:
        total: how many there are, as far as they were counted (`services.search.COUNTED`).
        more: there are more than that.
        results: the first of them, newest first.
    """

    total: int
    more: bool
    results: tuple[SearchItem, ...]


@dataclass(frozen=True)
class SourceObject:
    """A source file that was read and found unchanged just now.

    Attributes:
        relative_path: where it lay on the carrier.
        path_in_archive: where its bytes lie now; read-only.
    """

    sha256: str
    size: int
    relative_path: str
    sop_uid: str
    path_in_archive: Path


class FileState(NamedTuple):
    """What changes whenever a file does."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, state: os.stat_result) -> FileState:
        """Return it of what the system says of a file."""
        return cls(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)

    @property
    def key(self) -> str:
        """Return it as the journal of an intake names the file."""
        return ":".join(map(str, self))


@dataclass(frozen=True)
class Copied:
    """A file copied into staging, and what was read while it was.

    Attributes:
        changing: somebody wrote to the source while it was read.
    """

    path: Path
    sha256: str
    size: int
    changing: bool = False


@dataclass(frozen=True)
class Interrupted:
    """An intake whose program ended before it was recorded.

    Attributes:
        name: of its folder in staging.
        files: how many were copied.
        bytes: of different files.
        copied: their SHA-256.
        told: it stands in the log already.
    """

    name: str
    files: int
    bytes: int
    copied: tuple[str, ...]
    told: bool


@dataclass(frozen=True)
class Flag:
    """Something an expert should know of what came in; it never refuses anything.

    Attributes:
        code: what (see `archive.services.flags`).
        about: series UID, study UID or path; empty for the file it stands at.
        facts: for its sentence.
    """

    code: str
    about: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return it in words."""
        return say(f"intake.flag.{self.code}", language, **self.facts)

    def record(self) -> Document:
        """Return it as the intake object keeps it."""
        return {"code": self.code, "about": self.about, "facts": dict(self.facts)}


@dataclass(frozen=True)
class FileReport:
    """What became of one file of an intake.

    Attributes:
        code: "stored", "already", "conflict", "opaque", "link", "special", "unreadable",
            "zip_damaged" (a member that does not unpack) or "refused" (a member not looked at).
        reason: why a file is opaque, or a member refused.
        kind: of a file that was kept: "dicom", "photo", "document" ...
        facts: a few that were checked of an exhibit, "format" among them.
        flags: what is odd about it.
    """

    path: str
    code: str
    reason: str = ""
    kind: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()

    @property
    def text_key(self) -> str:
        """The message that explains the code."""
        told = {"zip_damaged": "intake.file.zip_damaged", "refused": "intake.file.refused"}
        return told.get(self.code, f"archive.file.{self.code}")

    def sentence(self, language: Language) -> str:
        """Return what became of the file, in words."""
        if self.kind not in {"", "dicom", "opaque"} and self.code == "stored":
            return self._kept_as(language)
        reason = say(f"intake.reason.{self.reason}", language) if self.reason else ""
        return say(self.text_key, language, reason=reason)

    def record(self) -> Document:
        """Return it as the intake object keeps it; what is empty is left out."""
        said: Document = {"path": self.path, "code": self.code, "reason": self.reason}
        if self.kind:
            said["kind"] = self.kind
        if self.facts:
            said["facts"] = dict(self.facts)
        if self.flags:
            said["flags"] = [one.record() for one in self.flags]
        return said

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> FileReport:
        """Return it from an intake object; the first archives kept path, code and reason alone."""
        flags = (Flag(f["code"], f["about"], f["facts"]) for f in said.get("flags", ()))
        return cls(
            path=said["path"],
            code=said["code"],
            reason=said["reason"],
            kind=said.get("kind", ""),
            facts=said.get("facts", {}),
            flags=tuple(flags),
        )

    def _kept_as(self, language: Language) -> str:
        kind = Phrase(f"intake.kind.{self.kind}")
        told = [
            say(f"intake.fact.{name}", language, value=value)
            for name, value in self.facts.items()
            if name != "format"
        ]
        form = self.facts.get("format", "")
        kept = say("intake.file.exhibit", language, kind=kind, format=form)
        return f"{kept}: {'; '.join(told)}." if told else f"{kept}."


@dataclass(frozen=True)
class IntakeReport:
    """What an intake did.

    Attributes:
        files: regular files met, members of zips among them.
        stored: files whose bytes are new to the case (opaque ones and conflicts among them).
        already: files whose bytes the case held already.
        conflicts: files with the SOP UID of another file of the case, but other bytes.
        opaque: files kept although nothing is known of what they are.
        bytes: of all files met.
        seconds: from start to recorded.
        not_stated: what should have been stated and was not: "basis", "deliverer", "carrier",
            "seal", "agreement" (of body tag, scout and name).
        report: what became of each file, by path.
        series_manifests: series UID -> SHA-256 of its manifest object.
        kinds: kind -> files of it that were kept.
        flags: what is odd about series, studies and bundles; of single files see `report`.
        seq: of the log entry.
        intake_sha256: the object with statement, files and report.
    """

    case: str
    files: int
    stored: int
    already: int
    conflicts: int
    opaque: int
    bytes: int
    seconds: float
    not_stated: tuple[str, ...]
    report: tuple[FileReport, ...]
    series_manifests: Mapping[str, str]
    kinds: Mapping[str, int] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    seq: int = 0
    intake_sha256: str = ""


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


@dataclass(frozen=True)
class Problem:
    """Something `verify` found; codes are listed in `archive.services.verify`."""

    code: str
    path: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """Return what it means and what to do, in words."""
        return say(f"archive.problem.{self.code}", language, path=self.path, **self.facts)


@dataclass(frozen=True)
class Checked:
    """How much was looked at.

    Attributes:
        files: objects judged.
        bytes: of those that were read.
        skipped: objects among them that were read by an earlier check and did not change since,
            as far as size, times and place on the disk tell.
    """

    files: int = 0
    bytes: int = 0
    log_entries: int = 0
    signatures: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class VerifyReport:
    """The answer of `verify`.

    Attributes:
        sealed_when: time of the last entry under the newest good checkpoint; empty: none.
        fingerprint: of the key in archive.json.
        notes: what is no fault but must be said: destroyed by act, orphans, a moved clock.
        since: when the check began whose reading the skipped objects rely on; empty: none.
    """

    checked: Checked
    problems: tuple[Problem, ...]
    sealed_when: str
    fingerprint: str
    notes: tuple[Problem, ...] = ()
    since: str = ""

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.problems
