"""Does the log still begin as a paper says? A printed head is held against the entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.proof import signing
from archive.services.journal import Journal
from archive.services.verify_findings import DAMAGE, Findings
from virtopsy.errors import UsageError

_WHERE = "log"
_DIGITS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class PrintedHead:
    """What a paper says of the log.

    Attributes:
        size: how many entries it had.
        root: Merkle root over them, 64 hexadecimal digits.
        key: fingerprint of the sealing key; empty where only the head was typed.
    """

    size: int
    root: str
    key: str = ""


def head_of(typed: str) -> PrintedHead:
    """Return the head from what a QR code holds, or from the number and digits as typed.

    Spaces, line ends, colons and brackets between the digits do not matter; the number of entries
    stands before the digits or, as on paper, behind them.

    Raises:
        UsageError: it is neither.
    """
    words = re.sub(r"[(){}\[\]:;,.\-]", " ", typed.lower()).split()
    if "log" in words and "key" in words[words.index("log") :]:
        begin, end = words.index("log"), words.index("key", words.index("log"))
        return _read(words[begin + 1 : end], "".join(words[end + 1 :]))
    return _read(words, "")


def _read(words: Sequence[str], key: str) -> PrintedHead:
    """Return the head from a number and 64 digits, in this order or the other one."""
    for size, digits in ((words[:1], words[1:]), (words[-1:], words[:-1])):
        root = "".join(digits)
        whole = _DIGITS.fullmatch(root) and (not key or _DIGITS.fullmatch(key))
        if size and size[0].isascii() and size[0].isdecimal() and len(size[0]) < 19 and whole:
            return PrintedHead(int(size[0]), root, key)
    raise UsageError("receipt.head.unreadable")


def check_head(
    journal: Journal, paper: PrintedHead, known: Iterable[bytes], found: Findings
) -> None:
    """Name it where the log does not begin, or is not sealed, as the paper says.

    The root is made of the kept nodes, which the check of the log compares with the entries.

    Args:
        journal: the log.
        paper: what was printed.
        known: public keys of the archive, earlier ones too: a paper may be older than a rotation.
        found: where it is named.
    """
    if paper.key and paper.key not in map(signing.fingerprint, known):
        found.add("unknown_signer", paper.key)
    try:
        size, _ = journal.head()
        if paper.size > size:
            found.add("paper_ahead", _WHERE, size=paper.size, left=size)
        elif journal.root(paper.size).hex() != paper.root:
            found.add("paper_mismatch", _WHERE, size=paper.size)
    except DAMAGE:
        found.damaged()
