"""The log's head as it stands on paper: in hexadecimal digits for the eye, as QR for a machine.

What is printed is outside the archive's reach: a log that was rewritten, or whose end was cut
off, can no longer give this root at this size.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno

from virtopsy.language import Language, say


@dataclass(frozen=True, kw_only=True)
class LogHead:
    """The archive's log when this was printed: what ties the paper to the machine.

    Attributes:
        archive: identifier of the archive.
        size: number of entries.
        root: Merkle root over them, 64 hexadecimal digits.
        key_fingerprint: of the archive's sealing key.
        single_keeper: one person alone keeps the archive.
    """

    archive: str
    size: int
    root: str
    key_fingerprint: str
    single_keeper: bool


def head_rows(head: LogHead, language: Language) -> Sequence[tuple[str, str]]:
    """Return name and digits of head and key, in the order in which they are compared."""
    told = (
        ("log_head", f"{grouped(head.root)}  ({head.size})"),
        ("key", grouped(head.key_fingerprint)),
    )
    return [(say(f"report.proof.{name}", language), text) for name, text in told]


def seal_row(head: LogHead, language: Language) -> tuple[str, str]:
    """Return what kind of seal the archive's is, and whether one person alone keeps it."""
    keeper = "single_keeper" if head.single_keeper else "keepers"
    return say("report.proof.seal", language), say(f"report.{keeper}", language)


def head_text(head: LogHead) -> str:
    """Return what the QR code holds: three lines of ASCII."""
    return f"archive {head.archive}\nlog {head.size} {head.root}\nkey {head.key_fingerprint}"


def head_qr(head: LogHead) -> bytes:
    """Return the QR code of the head as SVG; a quarter of it may be lost."""
    drawn = io.BytesIO()
    segno.make(head_text(head), error="m", micro=False).save(drawn, kind="svg", border=2)
    return drawn.getvalue()


def grouped(digits: str) -> str:
    """Return hexadecimal digits in fours, two lines of eight, as a person compares them."""
    fours = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    return "\n".join(" ".join(fours[at : at + 8]) for at in range(0, len(fours), 8))
