"""Bad DICOM files and hostile folders, each made by a function of its own."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from pydicom import config
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
)

from tests.archive.conftest import FRAME, SERIES

Make = Callable[[], bytes]
DICOM: dict[str, Make] = {}
_PREAMBLE = b"\0" * 128 + b"DICM"


def bad(make: Make) -> Make:
    """Put a function into the corpus."""
    DICOM[make.__name__] = make
    return make


def _dataset(number: int = 77, syntax: str = ExplicitVRLittleEndian) -> FileDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = f"{SERIES}.{number}"
    made = FileDataset("x", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, f"{SERIES}.{number}"
    made.SeriesInstanceUID, made.StudyInstanceUID = SERIES, "1.2.3.4"
    made.FrameOfReferenceUID, made.Modality, made.PatientName = FRAME, "CT", "A^B"
    made.Rows = made.Columns = 4
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation, made.SamplesPerPixel = 15, 1, 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.PixelData = np.zeros((4, 4), np.int16).tobytes()
    return made


def _bytes(dataset: Dataset) -> bytes:
    made = io.BytesIO()
    pydicom.dcmwrite(made, dataset, enforce_file_format=True)
    return made.getvalue()


def _meta(syntax: str) -> bytes:
    """Return preamble and file meta information alone."""
    whole = _dataset(syntax=syntax)
    only = FileDataset("x", {}, file_meta=whole.file_meta, preamble=b"\0" * 128)
    made = io.BytesIO()
    pydicom.dcmwrite(made, only, enforce_file_format=True)
    return made.getvalue()


def _element(group: int, element: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    head = struct.pack("<HH", group, element)
    if vr in {b"OB", b"OW", b"SQ", b"UN", b"UT"}:
        return head + vr + b"\0\0" + struct.pack("<I", size) + value
    return head + vr + struct.pack("<H", size) + value


@bad
def truncated_pixels() -> bytes:
    return _bytes(_dataset())[:-9]


@bad
def length_of_4_gb_on_a_value_of_3_bytes() -> bytes:
    return _meta(ExplicitVRLittleEndian) + _element(8, 0x16, b"UN", b"abc", 0xFFFFFFFE)


def _opened(times: int) -> bytes:
    """Return sequences within sequences, none of them closed."""
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    begun = _element(8, 0x1140, b"SQ", b"", 0xFFFFFFFF) + item
    return _meta(ExplicitVRLittleEndian) + begun * times


@bad
def sequences_300_deep() -> bytes:
    return _opened(300)


@bad
def sequences_100_000_deep() -> bytes:
    return _opened(100_000)


@bad
def deflated_1_mb_that_opens_to_2_gb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(_element(8, 0x18, b"UN", b"", 0x7FFFFFF0))
    head += packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing looks back, so that one packed block may stand many times.
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return _meta(DeflatedExplicitVRLittleEndian) + head + block * 2048 + packer.flush()


@bad
def no_preamble() -> bytes:
    return _bytes(_dataset())[132:]


@bad
def wrong_value_representation() -> bytes:
    return _bytes(_dataset()).replace(b"\x28\0\x10\0US", b"\x28\0\x10\0ZZ")


@bad
def implicit_that_calls_itself_explicit() -> bytes:
    whole = _dataset(syntax=ImplicitVRLittleEndian)
    return _bytes(whole).replace(b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.2.1")


@bad
def rows_times_columns_overflow() -> bytes:
    whole = _dataset()
    whole.Rows = whole.Columns = 65535
    return _bytes(whole)


@bad
def number_of_frames_two_to_the_31st() -> bytes:
    whole = _dataset()
    whole.NumberOfFrames = "2147483648"
    return _bytes(whole)


@bad
def lying_fragments() -> bytes:
    whole = _dataset(syntax=JPEGLSLossless)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 0x7FFFFFFF)
    whole.PixelData = struct.pack("<HHI", 0xFFFE, 0xE000, 0) + item + b"\xff\xd8\xff"
    whole["PixelData"].VR, whole["PixelData"].is_undefined_length = "OB", True
    return _bytes(whole)


@bad
def polyglot_preamble() -> bytes:
    return b"MZ\x90\0PK\x03\x04%PDF-1.7<html><script>".ljust(128, b"\0") + _bytes(_dataset())[128:]


@bad
def uid_that_climbs() -> bytes:
    return _bytes(_dataset()).replace(f"{SERIES}.77".encode(), b"../../../x".ljust(12))


@bad
def uid_with_nul() -> bytes:
    return _bytes(_dataset()).replace(f"{SERIES}.77".encode(), b"1.2\0.3\0.4.5.")


@bad
def name_of_10_mb() -> bytes:
    return _meta(ExplicitVRLittleEndian) + _element(0x10, 0x10, b"UT", b"A" * 10_000_000)


@bad
def name_from_right_to_left() -> bytes:
    whole = _dataset()
    whole.SpecificCharacterSet, whole.PatientName = "ISO_IR 192", "\u202eexe.gpj^\u2066x"
    return _bytes(whole)


@bad
def name_of_homoglyphs() -> bytes:
    whole = _dataset()
    whole.SpecificCharacterSet, whole.PatientName = "ISO_IR 192", "Αхmеtоv^\u200bА"
    return _bytes(whole)


@bad
def wrong_character_set() -> bytes:
    whole = _dataset()
    whole.SpecificCharacterSet = "ISO_IR 100"
    made = _bytes(whole).replace(b"ISO_IR 100", b"ISO_IR 999")
    return made.replace(b"A^B ", b"\xff\xfe\x80\x81")


@bad
def escape_sequences_in_a_name() -> bytes:
    return _bytes(_dataset()).replace(b"A^B ", b"\x1b$)C")


@bad
def empty() -> bytes:
    return b""


@bad
def preamble_alone() -> bytes:
    return _PREAMBLE


@bad
def noise() -> bytes:
    return _PREAMBLE + np.random.default_rng(7).bytes(4096)


@bad
def dicomdir_that_escapes() -> bytes:
    whole = _dataset()
    whole.SOPClassUID = whole.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    record = Dataset()
    record.DirectoryRecordType = "IMAGE"
    with config.disable_value_validation():  # what it shall hold is no name that is allowed
        record.ReferencedFileID = ["..", "..", "..", "etc", "passwd"]
    whole.DirectoryRecordSequence = [record]
    return _bytes(whole)


FOLDERS: dict[str, Callable[[Path], object]] = {}


def hostile(make: Callable[[Path], object]) -> Callable[[Path], object]:
    """Put a function into the corpus."""
    FOLDERS[make.__name__] = make
    return make


@hostile
def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.dcm")


@hostile
def device(folder: Path) -> None:
    os.mknod(folder / "zero.dcm", 0o020666, os.makedev(1, 5))


@hostile
def link_out(folder: Path) -> None:
    (folder / "link.dcm").symlink_to("/etc/passwd")


@hostile
def link_to_itself(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "round").symlink_to("round")


@hostile
def dangling_link(folder: Path) -> None:
    (folder / "gone.dcm").symlink_to("nowhere")


@hostile
def names_of_another_system(folder: Path) -> None:
    for name in ("CON", "nul.txt", "a:b", "a\\b", "x" * 255, "trailing ", "dot.", "-rf", "~"):
        (folder / name).write_text(name)


@hostile
def twins_in_case_and_form(folder: Path) -> None:
    for name in ("STRASSE", "strasse", "straße", "e\u0301.txt", "\u00e9.txt", "İ", "i̇"):
        (folder / name).write_bytes(name.encode())


@hostile
def path_of_3000_characters(folder: Path) -> None:
    deep = folder
    for _ in range(14):
        deep /= "d" * 200
    made, here = deep, Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(14):
            os.mkdir("d" * 200)  # noqa: PTH102 -- the whole path is too long for one call
            os.chdir("d" * 200)
        Path("deep.txt").write_text(str(len(str(made))))
    finally:
        os.chdir(here)


@hostile
def folders_1000_deep(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(1000):
            os.mkdir("d")  # noqa: PTH102
            os.chdir("d")
        Path("deep.txt").write_text("x")
    finally:
        os.chdir(here)


@hostile
def names_that_are_no_text(folder: Path) -> None:
    for name in (b"\xff\xfe", b"a\nb", b"\x1b[2J", b"\xe2\x80\xaegpj.exe"):
        with open(os.fsencode(folder) + b"/" + name, "wb") as made:  # noqa: PTH123
            made.write(name)


@hostile
def sparse_file_of_a_terabyte(folder: Path) -> None:
    with (folder / "sparse.dcm").open("wb") as made:
        made.truncate(1 << 40)
