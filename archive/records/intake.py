"""An intake: files on their way, and what became of each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from archive.records.archive import Document
from virtopsy.language import Language, Phrase, say


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
