"""Names and words for tests, from `people.txt`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# How each declared character set is written, for round trips.
CODECS: Final = {
    "ISO_IR 100": "latin_1",
    "ISO_IR 101": "iso8859_2",
    "ISO_IR 109": "iso8859_3",
    "ISO_IR 110": "iso8859_4",
    "ISO_IR 148": "iso8859_9",
    "ISO_IR 203": "iso8859_15",
    "ISO_IR 126": "iso8859_7",
    "ISO_IR 127": "iso8859_6",
    "ISO_IR 138": "iso8859_8",
    "ISO_IR 166": "tis_620",
    "ISO_IR 192": "utf_8",
    "GB18030": "gb18030",
    "GBK": "gbk",
}


def people() -> dict[str, list[str]]:
    """Return the words of `people.txt` by their section."""
    sections: dict[str, list[str]] = {}
    title = ""
    for line in (Path(__file__).parent / "people.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            title = line.strip("[]")
            sections[title] = []
        elif line and not line.startswith(";"):
            sections[title].extend(line.split())
    return sections
