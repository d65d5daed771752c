"""One court bundle being written: payload, the entry of its export, the seal, its own check."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as resource
from pathlib import Path
from typing import Any

from archive.ports import Blobs, Target
from archive.proof import canonical, signing
from archive.proof.acts import ActName
from archive.proof.chain import Act, read
from archive.proof.signing import Seal
from archive.records import FileRow, LogEntry, ObjectName
from archive.services import bag
from archive.services.bag import Listed, Sealed
from archive.services.gate import Session, who
from archive.services.journal import Journal
from archive.services.rights import Right
from resources.bundle import verify
from virtopsy.errors import Bug, IntegrityError, StorageError
from virtopsy.jobs import Progress
from virtopsy.language import Language

_PICTURE = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")
_ROOM = 1.05
_FOLDERS = {
    "finding": "data/findings",
    "stop": "data/stops",
    "subject": "data/subject",
    "manifest": "data/meta/manifests",
    "intake": "data/meta/intake",
    "destruction": "data/meta/destruction",
}


@dataclass(frozen=True)
class Picture:
    """A picture made above, with what is needed to make it again.

    Attributes:
        name: of its file, without extension: small letters, digits, "-" and "_".
        parameters: JSON values; kept in data/meta/render.json.
    """

    name: str
    png: bytes
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class BundleReport:
    """What was written.

    Attributes:
        fingerprint: of the key that sealed it; to be compared with the paper.
        when: time of the seal, UTC.
        files, bytes: as the verifier counted them.
    """

    path: Path
    fingerprint: str
    when: str
    files: int
    bytes: int


@dataclass
class Bundling:
    """One bundle being written; `payload`, `export_entry`, `seal`, `publish`, in this order."""

    journal: Journal
    blobs: Blobs
    target: Target
    session: Session
    number: str
    progress: Progress
    _manifest: bytes = b""
    _exported: LogEntry | None = None
    _payload: list[Listed] = field(default_factory=list)
    _tags: list[Listed] = field(default_factory=list)

    @property
    def _key(self) -> Seal:
        if self.session.seal is None:
            raise Bug("a bundle is written only by a person who may seal")
        return self.session.seal

    @property
    def _program(self) -> str:
        return self.journal.machine.surroundings().version

    # ... data/

    def payload(self, pictures: Sequence[Picture], pdf: Mapping[Language, bytes]) -> None:
        """Write everything under data/."""
        with self.journal.database.reading() as work:
            files = work.cases.files(self.number)
            gone = {one.sha256: one.seq for one in work.cases.tombstones(self.number)}
            named = objects_named(tuple(work.log.entries(self.number)))
        kept = [one for one in files if one.sha256 not in gone]
        self._preflight(kept)
        self._sources(kept, [one for one in files if one.sha256 in gone])
        counts = dict.fromkeys(_FOLDERS, 0)
        for kind, sha256 in named:
            counts[kind] += 1
            self._data(f"{_FOLDERS[kind]}/{counts[kind]:06d}.json", self.blobs.read(sha256))
        for one in pictures:
            if not _PICTURE.fullmatch(one.name):
                raise Bug(f"{one.name!r} is no name for a picture")
            self._data(f"data/media/{one.name}.png", one.png)
        self._data("data/meta/render.json", _render(pictures))
        self._data("data/meta/software.json", bag.software(self._program))
        for language, content in pdf.items():
            self._data(f"data/report/conclusion_{Language(language).value}.pdf", content)

    def _preflight(self, files: Sequence[FileRow]) -> None:
        needed = int(sum(one.size for one in files) * _ROOM)
        free = self.target.free_bytes()
        if free < needed:
            needed_mb, free_mb = -(-needed // 1_000_000), free // 1_000_000
            raise StorageError("bundle.full", needed=needed_mb, free=free_mb)

    def _sources(self, files: Sequence[FileRow], destroyed: Sequence[FileRow]) -> None:
        """Copy the source files to names made of counters; a table tells their old names.

        What was destroyed by act is told there too: the entry of the act is in the excerpt.
        """
        ordered = sorted(files, key=lambda one: (one.series_uid, one.sop_uid, one.sha256))
        series = {
            uid: n for n, uid in enumerate(sorted({one.series_uid for one in ordered} - {""}), 1)
        }
        counts: dict[str, int] = {}
        table = []
        for done, row in enumerate(ordered):
            self.progress.tick(done, len(ordered))
            counts[row.series_uid] = counts.get(row.series_uid, 0) + 1
            folder = f"dicom/SE{series[row.series_uid]:06d}/IM" if row.series_uid else "other/OT"
            path = f"data/{folder}{counts[row.series_uid]:06d}"
            self._copy(row, path)
            table.append(
                {
                    "path": path,
                    "sha256": row.sha256,
                    "size": row.size,
                    "source_path": row.path,
                    "sop_uid": row.sop_uid,
                    "series_uid": row.series_uid,
                }
            )
        self.progress.tick(len(ordered), len(ordered))
        lost = [
            {"sha256": one.sha256, "size": one.size, "source_path": one.path} for one in destroyed
        ]
        told = {"files": table, "destroyed": lost} if lost else {"files": table}
        self._data("data/meta/sources.json", bag.readable(told))

    def _copy(self, row: FileRow, path: str) -> None:
        source = self.blobs.checked_path(row.sha256)
        sha256, size = self.target.copy(source, path, self.progress)
        if sha256 != row.sha256:
            where = self.blobs.relative_path(row.sha256)
            raise IntegrityError("archive.problem.object_changed", path=where)
        self._payload.append(Listed(path, sha256, size))

    # ... the log

    def export_entry(self, reason: str) -> None:
        """Log the export, bound to this very payload, before the excerpt is cut."""
        self._manifest = bag.manifest(self._payload)
        data = {
            "manifest_sha256": canonical.sha256(self._manifest),
            "files": len(self._payload),
            "bytes": str(sum(one.size for one in self._payload)),
        }
        act = Act(
            ActName.EXPORT, who(self.session.actor), case=self.number, reason=reason, data=data
        )
        self._exported = self.journal.write(act)

    def seal(self, *, single_keeper: bool) -> Sealed:
        """Write the bundle's own files, the log's excerpt and the seal."""
        if self._exported is None:
            raise Bug("the export must be logged before the excerpt is cut")
        last = self._exported.seq
        when = self.journal.clock()
        checkpoint = self.journal.checkpoint(self._key)
        cut = [one for one in self.journal.entries(self.number) if one.seq <= last]
        key = bag.public_key_pem(self._key.public_key)
        self._tag("bagit.txt", bag.BAGIT)
        info = bag.bag_info(self.journal.archive, self.number, when, self._payload, self._program)
        self._tag("bag-info.txt", info)
        self._tag("manifest-sha256.txt", self._manifest)
        for name in ("verify.py", *(f"VERIFY_{one.value}.txt" for one in Language)):
            self._tag(name, (resource("resources") / "bundle" / name).read_bytes())
        inclusions = self.journal.inclusion([one.seq for one in cut], checkpoint.size)
        self._tag("log/entries.jsonl", bag.entries(cut))
        self._tag("log/proofs.json", bag.proofs(inclusions, checkpoint))
        self._tag("log/checkpoint.txt", checkpoint.note.encode())
        self._tag("log/persons.json", bag.persons(cut))
        self._tag("log/key.pem", key)
        tag_manifest = bag.manifest(self._tags)
        self.target.write("tagmanifest-sha256.txt", tag_manifest)
        sealed = Sealed(
            archive=self.journal.archive,
            case=self.number,
            when=when,
            tag_manifest_sha256=canonical.sha256(tag_manifest),
            verify_sha256=verifier_sha256(),
            checkpoint=checkpoint,
            signer=signing.fingerprint(self._key.public_key),
            single_keeper=single_keeper,
        )
        self._sign(sealed.statement(), key)
        return sealed

    def _sign(self, statement: bytes, key: bytes) -> None:
        named = ObjectName("statement", "", canonical.sha256(statement))
        act = Act(Right.SEAL, who(self.session.actor), case=self.number, objects=(named,))
        self.journal.write(act, self._key, at_once=True)
        self.target.write("sig/seal.json", statement)
        self.target.write("sig/seal.sig", self._key.sign(statement))
        self.target.write("sig/key.pem", key)
        self.target.settle()

    # ... the end

    def publish(self, out: Path, sealed: Sealed, *, zipped: bool) -> BundleReport:
        """Check the bundle as a stranger would, then give it its name."""
        made = self.target.folder
        if zipped:
            made = self.target.zipped(sealed.when, self.progress)
        found = verify.examine(str(made), sealed.signer)
        if not found.ok:
            first = found.problems[0]
            raise IntegrityError("bundle.self_check", n=len(found.problems), first=first.text("en"))
        self.progress.tick(0, 1)
        self.target.publish(made)
        return BundleReport(out, sealed.signer, sealed.when_utc, found.files, found.bytes)

    def _data(self, path: str, content: bytes) -> None:
        self.target.write(path, content)
        self._payload.append(Listed(path, canonical.sha256(content), len(content)))

    def _tag(self, path: str, content: bytes) -> None:
        self.target.write(path, content)
        self._tags.append(Listed(path, canonical.sha256(content), len(content)))


def verifier_sha256() -> str:
    """Return the hash of the verifier that goes into every bundle; printed on the conclusion."""
    return canonical.sha256((resource("resources") / "bundle" / "verify.py").read_bytes())


def objects_named(entries: Sequence[LogEntry]) -> list[tuple[str, str]]:
    """Return (kind, SHA-256) of the objects that the case's entries name, each once, in order."""
    named = [(str(one["t"]), str(one["sha256"])) for entry in entries for one in read(entry)["obj"]]
    return list(dict.fromkeys(pair for pair in named if pair[0] in _FOLDERS))


def _render(pictures: Sequence[Picture]) -> bytes:
    made = [
        {
            "file": f"data/media/{one.name}.png",
            "sha256": canonical.sha256(one.png),
            "parameters": dict(one.parameters),
        }
        for one in pictures
    ]
    return bag.readable({"pictures": made})
