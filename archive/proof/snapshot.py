"""What a backup holds, as it is written down for ever.

A backup is a folder named by the archive's uuid, so that several archives may share a disk::

    README_{kk,ru,en}.txt
    backup.json, backup-copy.json     format, uuid, id of the backup, encrypted or not, key slots
    objects/ab/<name>                 one file an object of the archive
    parts/ab/<name>                   pieces of up to 4 MiB of everything else
    snapshots/000007-20261126T101500Z.snap
    incoming/                         what is being written; belongs to nothing
    lock                              held by the one program that writes

In an encrypted backup every file but backup.json is a stream (`proof.stream`), bound to its name
within the backup ("objects/ab/..."), and <name> is the HMAC-SHA256 of the SHA-256 of the content
under a key of the backup's own; in a plain one every file is its content and <name> is the
SHA-256. `ab` is how the name begins.

A snapshot is `{"sha256": of the canonical "snapshot", "snapshot": {...}}`, canonical JSON. Its
`files` are kept in parts (so that a next snapshot writes only the parts that changed): the
database, the copy of the log, and whatever else is large. `small` is a stream of lines
`{"base64", "path"}` of all other files of the archive. `objects` is a stream of lines
"<sha256> <size>" of the objects; `missing` is one of "<code> <sha256>" of those that
should be there and were not whole.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from archive.proof import canonical
from virtopsy.errors import Bug

FORMAT = 1
PART = 4 << 20
_HASH = re.compile(r"[0-9a-f]{64}")
_PATH = re.compile(r"[A-Za-z0-9_.-]{1,200}(/[A-Za-z0-9_.-]{1,200}){0,5}")
_OBJECT_LINE = re.compile(rb"([0-9a-f]{64}) (0|[1-9][0-9]{0,17})")
_LONGEST_LINE = 32 << 20


@dataclass(frozen=True)
class Stream:
    """Bytes that lie in parts.

    Attributes:
        sha256: of the whole.
        parts: SHA-256 of each part, in order.
    """

    size: int
    sha256: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """The archive at one moment.

    Attributes:
        archive: its uuid.
        number: of the snapshot within the backup, from 1.
        ts: when it was cut, UTC.
        size, root: of the log, the entry of this backup included.
        checkpoint: the newest signed note; empty where there is none.
        count, total_bytes: of the objects it holds.
        files: by their paths within the archive.
    """

    archive: str
    number: int
    ts: str
    size: int
    root: str
    checkpoint: str
    count: int
    total_bytes: int
    objects: Stream
    missing: Stream
    small: Stream
    files: Mapping[str, Stream]

    @property
    def name(self) -> str:
        """What its file is called."""
        moment = re.sub(r"[-:]|\.\d+", "", self.ts)
        return f"{self.number:06d}-{moment}.snap"


def encode(snapshot: Snapshot) -> bytes:
    """Return the bytes of a snapshot."""
    said = {"v": FORMAT, **asdict(snapshot)}
    inner = canonical.encode(said)
    return canonical.encode({"sha256": canonical.sha256(inner), "snapshot": said})


def decode(data: bytes) -> Snapshot:
    """Read a snapshot back.

    Raises:
        NotCanonical: it is none, or not what it was.
    """
    try:
        whole = canonical.decode(data)
        said = whole["snapshot"]
        if canonical.sha256(canonical.encode(said)) != whole["sha256"] or said["v"] != FORMAT:
            raise canonical.NotCanonical("not what it was")
        return Snapshot(
            archive=str(said["archive"]),
            number=int(said["number"]),
            ts=str(said["ts"]),
            size=int(said["size"]),
            root=str(said["root"]),
            checkpoint=str(said["checkpoint"]),
            count=int(said["count"]),
            total_bytes=int(said["total_bytes"]),
            objects=_stream(said["objects"]),
            missing=_stream(said["missing"]),
            small=_stream(said["small"]),
            files={checked_path(path): _stream(one) for path, one in said["files"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, Bug) as error:
        raise canonical.NotCanonical(f"no snapshot: {error}") from error


def checked_path(path: str) -> str:
    """Return a path within an archive; NotCanonical where it could lead elsewhere."""
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise canonical.NotCanonical(f"no path of an archive: {path[:100]!r}")
    return path


def may_be_kept(path: str) -> bool:
    """Tell whether a snapshot can name that path."""
    return bool(_PATH.fullmatch(path))


def object_line(sha256: str, size: int) -> bytes:
    """Spell an object of the list."""
    return f"{sha256} {size}\n".encode()


def missing_line(code: str, sha256: str) -> bytes:
    """Spell an object that is not there."""
    return f"{code} {sha256}\n".encode()


def small_line(path: str, content: bytes) -> bytes:
    """Spell a small file."""
    said = {"base64": base64.b64encode(content).decode(), "path": path}
    return canonical.encode(said) + b"\n"


def objects_of(blocks: Iterable[bytes]) -> Iterator[tuple[str, int]]:
    """Read the list of objects back; NotCanonical where it is none."""
    for line in lines(blocks):
        found = _OBJECT_LINE.fullmatch(line)
        if not found:
            raise canonical.NotCanonical("no line of a list of objects")
        yield found[1].decode(), int(found[2])


def small_of(blocks: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Read small files back, each with its path; NotCanonical where they are none."""
    for line in lines(blocks):
        try:
            said = json.loads(line)
            yield checked_path(said["path"]), base64.b64decode(said["base64"], validate=True)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise canonical.NotCanonical("no line of small files") from error


def lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines, however they were cut, without their ends.

    Raises:
        NotCanonical: the last line has no end, or one is longer than any of ours.
    """
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            raise canonical.NotCanonical("a line without end")
    if rest:
        raise canonical.NotCanonical("a torn line")


def _stream(said: Any) -> Stream:
    parts = tuple(map(str, said["parts"]))
    if not all(_HASH.fullmatch(one) for one in (said["sha256"], *parts)):
        raise canonical.NotCanonical("no hash")
    return Stream(int(said["size"]), str(said["sha256"]), parts)
