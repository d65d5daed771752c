"""What stands in a bundle's own files (BagIt 1.0, RFC 8493): pure functions from facts to bytes."""

from __future__ import annotations

import base64
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from archive.proof import canonical
from archive.proof.checkpoint import Checkpoint
from archive.records import Inclusion, LogEntry
from virtopsy.report.moments import ASTANA

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_SPKI = bytes.fromhex("302a300506032b6570032100")  # RFC 8410, before the 32 bytes of the key
_PACKAGES = (
    *("SimpleITK", "cryptography", "numpy", "pydicom", "scipy", "sqlalchemy", "typst", "vtk"),
    *("pyjpegls", "pylibjpeg-openjpeg", "pylibjpeg-rle", "python-gdcm"),
)


@dataclass(frozen=True)
class Listed:
    """A file of the bundle as its manifest lists it."""

    path: str
    sha256: str
    size: int


def manifest(files: Sequence[Listed]) -> bytes:
    """Return a manifest that `sha256sum -c` reads, by path."""
    lines = (f"{one.sha256}  {one.path}\n" for one in sorted(files, key=lambda one: one.path))
    return "".join(lines).encode()


def bag_info(
    archive: str, case: str, when: datetime, payload: Sequence[Listed], program: str
) -> bytes:
    """Return bag-info.txt."""
    size = sum(one.size for one in payload)
    lines = (
        f"Bagging-Date: {when.astimezone(UTC):%Y-%m-%d}",
        f"Bag-Software-Agent: virtopsy {program}",
        f"External-Identifier: {archive}",
        f"Internal-Sender-Identifier: {case}",
        f"Payload-Oxum: {size}.{len(payload)}",
    )
    return ("\n".join(lines) + "\n").encode()


def public_key_pem(public_key: bytes) -> bytes:
    """Return the key as openssl reads it."""
    body = base64.b64encode(_SPKI + public_key)
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n"


def software(program: str) -> bytes:
    """Return what the bundle was made with; `program` is the product's own version."""
    described = {
        "product": "virtopsy",
        "version": program,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: installed(name) for name in sorted(_PACKAGES)},
    }
    return readable(described)


def installed(package: str) -> str:
    """Return the version of an installed package; empty where it is not installed as one."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def entries(cut: Sequence[LogEntry]) -> bytes:
    """Return the bodies of log entries, one a line (a canonical body holds no line feed)."""
    return b"".join(one.body + b"\n" for one in cut)


def proofs(found: Sequence[Inclusion], checkpoint: Checkpoint) -> bytes:
    """Return the inclusion proofs against the checkpoint."""
    described = {
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "proofs": [{"seq": one.seq, "path": [node.hex() for node in one.path]} for one in found],
    }
    return canonical.encode(described) + b"\n"


def persons(cut: Sequence[LogEntry]) -> bytes:
    """Return the names of those who acted in the case; the entries name only their ids."""
    names = {one.actor: one.actor_name for one in cut}
    return readable({"persons": [{"id": key, "name": names[key]} for key in sorted(names)]})


@dataclass(frozen=True)
class Sealed:
    """What the seal binds together."""

    archive: str
    case: str
    when: datetime
    tag_manifest_sha256: str
    verify_sha256: str
    checkpoint: Checkpoint
    signer: str
    single_keeper: bool

    @property
    def when_utc(self) -> str:
        """Return the time as the answer of the verifier names it."""
        return f"{self.when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def statement(self) -> bytes:
        """Return the canonical bytes that are signed."""
        described = {
            "v": 1,
            "t": "technical_seal",
            "archive": self.archive,
            "case": self.case,
            "when": self.when_utc,
            "when_local": f"{self.when.astimezone(ASTANA):%Y-%m-%dT%H:%M:%S+05:00}",
            "tagmanifest_sha256": self.tag_manifest_sha256,
            "verify_sha256": self.verify_sha256,
            "checkpoint": {"size": self.checkpoint.size, "root": self.checkpoint.root.hex()},
            "signer": self.signer,
            "single_keeper": self.single_keeper,
        }
        return canonical.encode(described)


def readable(described: Mapping[str, Any]) -> bytes:
    """Return JSON for reading by eye."""
    text = json.dumps(described, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
    return (text + "\n").encode()
