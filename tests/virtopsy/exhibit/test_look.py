"""An exhibit is known by its bytes; what was checked of it is true, what is broken is named."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from virtopsy.exhibit.exhibit import Exhibit, Kind
from virtopsy.exhibit.look import look

_CORNERS = np.array([[0, 0, 0], [10, 0, 0], [0, 20.5, 0], [0, 0, -5]], np.float32)
_FACES = ((0, 1, 2), (0, 1, 3), (0, 2, 3))
_BOUNDS = "0 0 -5 10 20.5 0"


def photo(form: str) -> bytes:
    """A photograph of 30 x 20 pixels, with a camera's time where its format has one."""
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Maker", "Model 1", "2026:02:28 15:00:00"
    exif.get_ifd(0x8769)[0x9003] = "2026:02:28 13:14:15"
    exif.get_ifd(0x8769)[0x9011] = "+05:00"
    noise = np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)
    Image.fromarray(noise).save(target, form, exif=exif)
    return target.getvalue()


def stl() -> bytes:
    """Three triangles; the free text begins as the other kind of STL does."""
    rows = [struct.pack("<12fH", *(0.0,) * 3, *_CORNERS[list(one)].ravel(), 0) for one in _FACES]
    return b"solid by a scanner".ljust(80) + struct.pack("<I", len(rows)) + b"".join(rows)


def stl_text() -> bytes:
    """The same in words."""
    lines = ["solid one"]
    for one in _FACES:
        lines += ["facet normal 0 0 0", "outer loop"]
        lines += ["vertex {} {} {}".format(*corner) for corner in _CORNERS[list(one)]]
        lines += ["endloop", "endfacet"]
    return "\n".join([*lines, "endsolid one", ""]).encode()


def obj() -> bytes:
    """The same as OBJ."""
    corners = ["v {} {} {}".format(*one) for one in _CORNERS]
    faces = ["f " + " ".join(f"{n + 1}/1" for n in one) for one in _FACES]
    return "\n".join(["# by hand", "o body", *corners, "vt 0 0", *faces, ""]).encode()


def ply(order: str) -> bytes:
    """The same as PLY: "ascii", "<" or ">"."""
    form = {"ascii": "ascii", "<": "binary_little_endian", ">": "binary_big_endian"}[order]
    head = (
        f"ply\nformat {form} 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
        "property float z\nelement face 3\nproperty list uchar int vertex_indices\nend_header\n"
    ).encode()
    if order == "ascii":
        lines = [" ".join(map(str, one)) for one in _CORNERS]
        lines += ["3 " + " ".join(map(str, one)) for one in _FACES]
        return head + ("\n".join(lines) + "\n").encode()
    corners = _CORNERS.astype(f"{order}f4").tobytes()
    return head + corners + b"".join(struct.pack(f"{order}B3i", 3, *one) for one in _FACES)


def box(kind: bytes, *content: bytes) -> bytes:
    """One box of an ISO base media file."""
    inside = b"".join(content)
    return struct.pack(">I4s", len(inside) + 8, kind) + inside


def film(brand: bytes = b"isom") -> bytes:
    """A film of 90 seconds without a picture."""
    header = box(b"mvhd", b"\0" * 12, struct.pack(">II", 600, 54_000), b"\0" * 80)
    return box(b"ftyp", brand, b"\0" * 4) + box(b"moov", header) + box(b"mdat", b"\0" * 50)


def heic() -> bytes:
    """The boxes of a HEIC that say its size."""
    size = box(b"ispe", b"\0" * 4, struct.pack(">II", 4032, 3024))
    meta = box(b"meta", b"\0" * 4, box(b"iprp", box(b"ipco", size)))
    return box(b"ftyp", b"heic", b"\0" * 4) + meta + box(b"mdat", b"\0" * 50)


def wav() -> bytes:
    """Two seconds of silence."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", 32_000)
    whole = b"WAVE" + chunks + bytes(32_000)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def packed(**members: str) -> bytes:
    """A zip; `__` in a name stands for a slash."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return target.getvalue()


def docx() -> bytes:
    """The least a word processor's file has."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<w:document/>" * 50)
    return target.getvalue()


def odt() -> bytes:
    """The least a text of the other one has."""
    return packed(mimetype="application/vnd.oasis.opendocument.text", content_xml="<x/>")


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
_PHOTO = {"pixels": "30 x 20", "taken": "2026-02-28 13:14:15 +05:00", "camera": "Maker Model 1"}
_SAVED = {**_PHOTO, "taken": "2026-02-28 15:00:00"}  # Pillow writes no inner EXIF into a TIFF
_SURFACE = {"triangles": 3, "bounds": _BOUNDS}
WHOLE: dict[str, tuple[bytes, Exhibit]] = {
    "jpeg": (photo("JPEG"), Exhibit(Kind.PHOTO, "JPEG", _PHOTO)),
    "png": (photo("PNG"), Exhibit(Kind.PHOTO, "PNG", _PHOTO)),
    "tiff": (photo("TIFF"), Exhibit(Kind.PHOTO, "TIFF", _SAVED)),
    "heic": (heic(), Exhibit(Kind.PHOTO, "HEIC", {"pixels": "4032 x 3024"})),
    "pdf": (PDF, Exhibit(Kind.DOCUMENT, "PDF", {"version": "1.7"})),
    "docx": (docx(), Exhibit(Kind.DOCUMENT, "DOCX")),
    "odt": (odt(), Exhibit(Kind.DOCUMENT, "ODT")),
    "text": ("Акт вскрытия\n".encode(), Exhibit(Kind.DOCUMENT, "TXT", {"letters": 13})),
    "old text": (
        "Акт вскрытия, 7 листов".encode("cp1251"),
        Exhibit(Kind.DOCUMENT, "TXT", {"letters": 22, "charset": "Windows-1251?"}),
    ),
    "wide text": (
        "Әлиев".encode("utf-16"),
        Exhibit(Kind.DOCUMENT, "TXT", {"letters": 5, "charset": "UTF-16"}),
    ),
    "wav": (wav(), Exhibit(Kind.AUDIO, "WAV", {"seconds": 2})),
    "m4a": (film(b"M4A "), Exhibit(Kind.AUDIO, "M4A", {"seconds": 90})),
    "mp3": (b"ID3\4" + bytes(100), Exhibit(Kind.AUDIO, "MP3")),
    "mp3 frames": ((b"\xff\xfb\x90\x00" + bytes(413)) * 4, Exhibit(Kind.AUDIO, "MP3")),
    "mp4": (film(), Exhibit(Kind.VIDEO, "MP4", {"seconds": 90})),
    "stl": (stl(), Exhibit(Kind.SURFACE, "STL", _SURFACE)),
    "stl text": (stl_text(), Exhibit(Kind.SURFACE, "STL", _SURFACE)),
    "obj": (obj(), Exhibit(Kind.SURFACE, "OBJ", {"points": 4, **_SURFACE})),
    "ply": (ply("ascii"), Exhibit(Kind.SURFACE, "PLY", {"points": 4, **_SURFACE})),
    "ply little": (ply("<"), Exhibit(Kind.SURFACE, "PLY", {"points": 4, **_SURFACE})),
    "ply big": (ply(">"), Exhibit(Kind.SURFACE, "PLY", {"points": 4, **_SURFACE})),
    "zip": (packed(a="x"), Exhibit(Kind.CONTAINER, "ZIP")),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_a_file_is_and_a_few_facts_are_told_by_its_bytes(name: str, tmp_path: Path) -> None:
    content, expected = WHOLE[name]
    path = tmp_path / "without_an_ending"
    path.write_bytes(content)
    assert look(path) == expected


@pytest.mark.parametrize(
    ("name", "cut", "reason"),
    [
        *(("jpeg", -200, "damaged_photo"), ("png", -60, "damaged_photo")),
        *(("tiff", -200, "damaged_photo"), ("heic", -9, "damaged_photo")),
        *(("pdf", 20, "damaged_document"), ("docx", -30, "damaged_zip")),
        *(("wav", -100, "damaged_audio"), ("mp4", -9, "damaged_video")),
        *(("stl text", -120, "damaged_surface"), ("ply big", -5, "damaged_surface")),
        *(("ply", -40, "damaged_surface"), ("ply little", -5, "damaged_surface")),
        ("zip", -5, "damaged_zip"),
    ],
)
def test_a_broken_exhibit_is_named_by_what_it_began_as(
    name: str, cut: int, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "cut"
    path.write_bytes(WHOLE[name][0][:cut])
    assert look(path) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\0" * 90, "unknown"), (bytes(range(256)) * 3, "unknown")],
)
def test_what_nobody_knows_is_called_so(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert look(path) == reason


@pytest.mark.parametrize("name", WHOLE)
def test_no_bytes_within_an_exhibit_stop_the_looking(name: str, tmp_path: Path) -> None:
    whole = bytearray(WHOLE[name][0])
    chance = np.random.default_rng(7)
    path = tmp_path / "x"
    for _ in range(40):
        spoilt = bytearray(whole)
        for place in chance.integers(0, len(whole), 6):
            spoilt[place] = int(chance.integers(0, 256))
        path.write_bytes(spoilt)
        found = look(path)
        assert isinstance(found, Exhibit | str)


def test_corners_that_are_no_places_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(stl().replace(struct.pack("<f", 20.5), struct.pack("<f", float("nan"))))
    assert look(path) == "damaged_surface"
    path.write_bytes(obj().replace(b"f 1/1 2/1 3/1", b"f 1/1 2/1 9/1"))
    assert look(path) == "damaged_surface"
