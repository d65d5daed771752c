"""Papers: PDF, DOCX and its kin, OpenDocument, plain text.

Facts: "version" of a PDF, "letters" of a text (as many as it has, in the character set it reads
as), "charset" where it is not UTF-8.
"""

from __future__ import annotations

import re
import zipfile
from typing import Final

from virtopsy.dicom.carrier import ZIP_ERRORS
from virtopsy.exhibit.exhibit import Broken, Content, Exhibit, Facts, Kind

_PDF_WITHIN: Final = 1024
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE: Final = {"word": "DOCX", "xl": "XLSX", "ppt": "PPTX"}
_OPEN: Final = {
    b"application/vnd.oasis.opendocument.text": "ODT",
    b"application/vnd.oasis.opendocument.spreadsheet": "ODS",
    b"application/vnd.oasis.opendocument.presentation": "ODP",
}
_MOST_MEMBERS: Final = 10_000
_BLOCK: Final = 1 << 20
_LONGEST_TEXT: Final = 64 << 20
_CONTROLS: Final = re.compile(rb"[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
# What text has besides letters, and Python does not call printable.
_UNSEEN: Final = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Letters, figures, spaces and the usual signs of Russian and Kazakh text.
_WRITTEN: Final = re.compile(r"[A-Za-z0-9А-Яа-яЁёІіҢңҒғҮүҰұҚқӨөҺһӘә\s.,;:!?()\"'«»№%/+=@_–—-]")


def is_pdf(head: bytes) -> bool:
    """Tell whether a file is a PDF; some writers put a few bytes before the mark."""
    return b"%PDF-" in head[:_PDF_WITHIN]


def read_pdf(content: Content) -> Exhibit:
    """Return a PDF.

    Raises:
        Broken: its end is missing, where a PDF says how to read it.
    """
    if b"startxref" not in content.tail(2048):
        raise Broken
    version = re.search(rb"%PDF-(\d\.\d)", content.head)
    facts = {"version": version[1].decode()} if version else {}
    return Exhibit(Kind.DOCUMENT, "PDF", facts)


def read_zip(content: Content) -> Exhibit:
    """Return a document that is a zip, or a zip that is only a container.

    Raises:
        Broken: a document whose parts do not unpack.
    """
    try:
        with zipfile.ZipFile(content.file) as found:
            names = {one.filename: one for one in found.infolist()[:_MOST_MEMBERS]}
            name = _office(names) or _open(found, names)
            if not name:
                return Exhibit(Kind.CONTAINER, "ZIP")
            for one in names.values():
                _unpacked(found, one)
    except (OSError, *ZIP_ERRORS) as error:  # the system's own word for a place before the file
        raise Broken from error
    return Exhibit(Kind.DOCUMENT, name)


def is_zip(head: bytes) -> bool:
    """Tell whether a file begins as a zip does."""
    return head.startswith(_ZIP)


def read_text(content: Content) -> Exhibit | None:
    """Return a plain text; None where it is none."""
    if not content.size or content.size > _LONGEST_TEXT:
        return None
    whole = content.at(0, content.size)
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if whole.startswith(mark):
            return _as_text(whole[2:], codec)
    if _CONTROLS.search(whole):
        return None
    return _as_text(whole, "utf-8-sig") or _cyrillic(whole)


def _as_text(whole: bytes, codec: str) -> Exhibit | None:
    try:
        text = whole.decode(codec)
    except UnicodeDecodeError:
        return None
    if not text or not _UNSEEN.sub("", text).isprintable():
        return None
    facts: Facts = {"letters": len(text)}
    if codec.startswith("utf-16"):
        facts = {**facts, "charset": "UTF-16"}
    return Exhibit(Kind.DOCUMENT, "TXT", facts)


def _cyrillic(whole: bytes) -> Exhibit | None:
    """Return a text of an old Windows; which page it is, only its reader can tell."""
    text = whole.decode("cp1251", "replace")
    if len(_WRITTEN.findall(text)) < 0.9 * len(text):
        return None
    return Exhibit(Kind.DOCUMENT, "TXT", {"letters": len(text), "charset": "Windows-1251?"})


def _office(names: dict[str, zipfile.ZipInfo]) -> str:
    if "[Content_Types].xml" not in names:
        return ""
    return next((form for top, form in _OFFICE.items() if f"{top}/" in "".join(names)), "")


def _open(found: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> str:
    one = names.get("mimetype")
    if one is None or one.file_size > 200:
        return ""
    return _OPEN.get(found.read(one).strip(), "")


def _unpacked(found: zipfile.ZipFile, one: zipfile.ZipInfo) -> None:
    """Read a part to its end, which checks its CRC."""
    with found.open(one) as part:
        while part.read(_BLOCK):
            pass
