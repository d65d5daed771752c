"""The receipt of an intake as values: what two people sign, and take one copy each of.

It is the first thing outside the archive that holds the archive to what it took in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from virtopsy.report.conclusion import Warned
from virtopsy.report.head import LogHead


@dataclass(frozen=True, kw_only=True)
class ReceivedSeries:
    """A series of the intake.

    Attributes:
        study_date: as the files say, YYYYMMDD.
        files: how many the manifest lists: those of earlier intakes of the case among them.
        manifest_sha256: of the archive's list of these files.
    """

    uid: str
    modality: str
    description: str
    study_date: str
    files: int
    manifest_sha256: str


@dataclass(frozen=True, kw_only=True)
class ReceivedFile:
    """A file of the intake that is of no series, or of which there is something to say.

    Attributes:
        path: on the carrier.
        sha256: of its bytes; empty: it was not taken in, or is in the list of its series.
        became: what became of it.
    """

    path: str
    sha256: str
    became: Warned


@dataclass(frozen=True, kw_only=True)
class ReceiptCounts:
    """How many files of which kind.

    Attributes:
        files: regular files met on the carrier.
        stored: new to the case (conflicts and opaque ones among them).
        already: held by the case before, byte for byte.
        conflicts: with the UID of another file of the case and other bytes.
        opaque: kept as they are, although no readable images.
        size: bytes of all files met.
    """

    files: int
    stored: int
    already: int
    conflicts: int
    opaque: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What was stated about where the evidence comes from; empty is "not stated".

    Attributes:
        basis: the ordering act: number, date, body.
        deliverer: who handed the carrier over.
        carrier: kind and serial number.
        seal: of the package; "none" in the person's own words is an answer.
        agrees: whether body tag, scout and name agree, as the receiver states; None: not stated.
        agrees_words: in what they differ, or how it was confirmed.
    """

    basis: str
    deliverer: str
    carrier: str
    seal: str
    agrees: bool | None
    agrees_words: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What two people sign.

    Attributes:
        intake_id: random identifier of the intake.
        taken_in: the moment of its entry in the log, with its zone.
        entry: number of that entry.
        printed: the moment of writing, with its zone.
        received_by: name of who took the evidence in.
        intake_sha256: of the archive's salted record of the intake: statement, report, files.
        list_sha256: of `receipt_list`: one number for everything the receipt lists.
        flags: what somebody should look at.
    """

    case_number: str
    intake_id: str
    taken_in: datetime
    entry: int
    printed: datetime
    received_by: str
    provenance: Provenance
    counts: ReceiptCounts
    flags: tuple[Warned, ...]
    series: tuple[ReceivedSeries, ...]
    files: tuple[ReceivedFile, ...]
    intake_sha256: str
    list_sha256: str
    log: LogHead
    software: str


def receipt_list(intake_id: str, intake_sha256: str, manifests: dict[str, str]) -> bytes:
    """Return what a receipt's list hash is taken of.

    Every line is the SHA-256 of an object, two spaces, and what it is, as `sha256sum` writes
    lines: first the record of the intake, then the manifest of every series, sorted by UID. All
    of it stands on the paper, so that the paper itself can be checked: a page that was swapped
    changes the number.

    Args:
        intake_id: random identifier of the intake.
        intake_sha256: of its record.
        manifests: series UID to SHA-256 of its manifest.
    """
    lines = [f"{intake_sha256}  intake {intake_id}"]
    lines += [f"{sha256}  series {uid}" for uid, sha256 in sorted(manifests.items())]
    return "".join(f"{line}\n" for line in lines).encode()
