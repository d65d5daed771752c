"""Every character set of the standard reads as declared, however it is spelt."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data import get_charset_files

from tests.virtopsy.dicom.people import CODECS, people
from virtopsy.dicom.charsets import as_declared, declaration, undeclared
from virtopsy.dicom.header import read_header

# Patient's Name of the sample files of David Clunie, as they stand in PS3.5 annexes H to K.
SAMPLES = {
    "chrArab.dcm": "قباني^لنزار",
    "chrFren.dcm": "Buc^Jérôme",
    "chrGerm.dcm": "Äneas^Rüdiger",
    "chrGreek.dcm": "Διονυσιος",
    "chrH31.dcm": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "chrH32.dcm": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrHbrw.dcm": "שרון^דבורה",
    "chrI2.dcm": "Hong^Gildong=洪^吉洞=홍^길동",
    "chrJapMulti.dcm": "やまだ^たろう",
    "chrKoreanMulti.dcm": "김희중",
    "chrRuss.dcm": "Люкceмбypг",
    "chrX1.dcm": "Wang^XiaoDong=王^小東=",
    "chrX2.dcm": "Wang^XiaoDong=王^小东=",
}
# Escape sequences of PS3.3 tables C.12-3 and C.12-4, a name each.
SWITCHED = [
    ("13", "ﾔﾏﾀﾞ^ﾀﾛｳ", b"\x1b)I\xd4\xcf\xc0\xde^\x1b)I\xc0\xdb\xb3"),
    ("100", "Buc^Jérôme", b"\x1b-ABuc^\x1b-AJ\xe9r\xf4me"),
    ("101", "Wałęsa", b"\x1b-BWa\xb3\xeasa"),
    ("109", "antaŭnomo", b"\x1b-Canta\xfdnomo"),
    ("110", "vārds", b"\x1b-Dv\xe0rds"),
    ("126", "Διονυσιος", b"\x1b-F\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2"),
    ("127", "قباني^لنزار", b"\x1b-G\xe2\xc8\xc7\xe6\xea^\x1b-G\xe4\xe6\xd2\xc7\xd1"),
    ("138", "שרון^דבורה", b"\x1b-H\xf9\xf8\xe5\xef^\x1b-H\xe3\xe1\xe5\xf8\xe4"),
    ("144", "Люкceмбypг", b"\x1b-L\xbb\xee\xdace\xdc\xd1yp\xd3"),
    ("148", "Çavuşoğlu", b"\x1b-M\xc7avu\xfeo\xf0lu"),
    ("166", "นามสกุล", b"\x1b-T\xb9\xd2\xc1\xca\xa1\xd8\xc5"),
    ("203", "Œuvré", b"\x1b-b\xbcuvr\xe9"),
    ("87", "山田^太郎", b"\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"),
    ("159", "丂", b"\x1b$(D0!\x1b(B"),
    ("149", "洪^吉洞", b"\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7"),
    ("58", "张^小东", b"\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab"),
]


@pytest.mark.parametrize("file", sorted(SAMPLES))
def test_every_sample_file_shows_its_name(file: str) -> None:
    (path,) = get_charset_files(file)
    header = read_header(Path(path), frozenset({0x00080005, 0x00100010}))
    raw = header.elements[0x00100010].strip()
    declared = declaration(header.elements[0x00080005].decode().strip())
    assert as_declared(raw, declared) == SAMPLES[file]
    assert not undeclared(raw, declared)


@pytest.mark.parametrize("declared", sorted(CODECS))
def test_what_is_written_in_a_declared_set_reads_the_same(declared: str) -> None:
    for text in people()[declared]:
        assert as_declared(text.encode(CODECS[declared]), declaration(declared)) == text


@pytest.mark.parametrize(("number", "text", "raw"), SWITCHED)
@pytest.mark.parametrize("first", ["", "ISO 2022 IR 6", "ISO 2022 IR 100"])
def test_a_text_may_switch_sets_by_escape_sequences(
    first: str, number: str, text: str, raw: bytes
) -> None:
    declared = declaration(f"{first}\\ISO 2022 IR {number}")
    assert as_declared(raw, declared) == text
    assert not undeclared(raw, declared)


@pytest.mark.parametrize(("number", "text", "raw"), SWITCHED)
def test_a_switch_nobody_declared_is_followed_and_told(number: str, text: str, raw: bytes) -> None:
    assert as_declared(raw, declaration("ISO_IR 6")) == text
    assert undeclared(raw, declaration("ISO_IR 6")) == (f"ISO 2022 IR {number}",)


def test_one_name_may_mix_several_sets() -> None:
    raw = b"Buc^J\xe9r\xf4me=\x1b-F\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2=\x1b-L\xbb\xee\xda"
    declared = declaration("ISO 2022 IR 100\\ISO 2022 IR 126\\ISO 2022 IR 144")
    assert as_declared(raw, declared) == "Buc^Jérôme=Διονυσιος=Люк"


def test_a_delimiter_brings_the_first_set_back() -> None:
    declared = declaration("ISO 2022 IR 100\\ISO 2022 IR 144")
    assert as_declared(b"\x1b-L\xbb\xee\xda^J\xe9r\xf4me", declared) == "Люк^Jérôme"


def test_a_writer_that_forgets_the_escape_behind_a_delimiter_is_understood() -> None:
    declared = declaration("\\ISO 2022 IR 144")
    assert as_declared(b"\x1b-L\xbb\xee\xda^\xbb\xee\xda", declared) == "Люк^Люк"


@pytest.mark.parametrize(
    "spelt",
    [
        *("ISO IR 144", "ISO-IR 144", "ISO_IR_144", "iso_ir 144", "ISO_IR144", "IR 144"),
        *("ISO 8859-5", "ISO_8859-5", "ISO8859_5", "ISO_2022_IR_144", "ISO 2022 IR 144"),
    ],
)
def test_a_misspelt_set_is_read_as_meant(spelt: str) -> None:
    assert as_declared("Люкceмбypг".encode("iso8859_5"), declaration(spelt)) == "Люкceмбypг"


@pytest.mark.parametrize(
    ("spelt", "codec"),
    [
        ("ISO-IR 192", "utf_8"),
        ("UTF8", "utf_8"),
        ("utf-8", "utf_8"),
        ("windows-1251", "cp1251"),
        ("CP-866", "cp866"),
        ("KOI8-R", "koi8_r"),
        ("ISO 2022 GBK", "gbk"),
        ("latin1", "latin_1"),
        ("ISO_IR 999", "latin_1"),
        ("zip", "latin_1"),
        ("rot13", "latin_1"),
    ],
)
def test_a_name_of_no_standard_is_understood_or_read_as_latin_1(spelt: str, codec: str) -> None:
    declared = declaration(spelt)
    assert (declared.codec, declared.misspelt) == (codec, True)


@given(raw=st.binary(max_size=80), charset=st.text("ISO_IR2045 \\GBKé", max_size=30))
def test_no_bytes_and_no_declaration_stop_the_reading(raw: bytes, charset: str) -> None:
    assert isinstance(as_declared(raw, declaration(charset)), str)
    assert isinstance(undeclared(raw, declaration(charset)), tuple)


@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from([raw for *_, raw in SWITCHED]),
            st.sampled_from([b"\x1b$B", b"\x1b(B", b"\x1b", b"\x1b$)C", b"^", b"=", b"\\"]),
            st.binary(max_size=6),
        ),
        max_size=8,
    ),
    first=st.sampled_from(["", *sorted(CODECS), "ISO 2022 IR 13", "ISO 2022 IR 149"]),
)
def test_any_mixture_of_escape_sequences_is_read(pieces: list[bytes], first: str) -> None:
    assert isinstance(as_declared(b"".join(pieces), declaration(f"{first}\\ISO 2022 IR 87")), str)
