"""Names come out in their own letters, whatever the file declares."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from timeit import repeat
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.virtopsy.dicom.people import CODECS
from virtopsy.dicom.names import decode, decode_all, file_name, readable
from virtopsy.dicom.scan import scan
from virtopsy.jobs import Progress

NAMES = [
    "Иванов^Иван^Иванович",
    "ИВАНОВ^ИВАН",
    "Смағұлова^Әйгерім^Қанатқызы",
    "ЖҮНІСОВ^ЕРБОЛ",
    "Цой^Виктор",
    "Щукин^Пётр",
    "Неизвестный^Мужчина",
]

DECLARATIONS = [
    *("", "ISO_IR 6", "ISO_IR 13", "ISO_IR 144", "windows-1251", "nonsense", "\\ISO 2022 IR 87"),
    *("ISO 2022 IR 100\\ISO 2022 IR 144", "ISO 2022 IR 149", *CODECS),
]


def _encodable(name: str, encoding: str) -> bool:
    return "?" not in name.encode(encoding, "replace").decode(encoding)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        (name, encoding)
        for name in NAMES
        for encoding in ("cp1251", "koi8_r", "cp866", "utf-8", "kz1048", "ptcp154")
        if _encodable(name, encoding)
    ],
)
@pytest.mark.parametrize("declared", ["", "ISO_IR 100", "ISO_IR 144"])
def test_wrongly_declared_cyrillic_reads_right_and_says_so(
    name: str, stored: str, declared: str
) -> None:
    decoded = decode(name.encode(stored), declared)
    assert (decoded.text, decoded.guessed) == (name, True)


@pytest.mark.parametrize("name", [name for name in NAMES if _encodable(name, "iso8859_5")])
def test_rightly_declared_cyrillic_is_not_a_guess(name: str) -> None:
    assert decode(name.encode("iso8859_5"), "ISO_IR 144").guessed is False
    assert decode(name.encode("iso8859_5"), "ISO_IR 144").text == name
    assert decode(name.encode(), "ISO_IR 192").text == name
    assert decode(name.encode(), "ISO_IR 192").guessed is False


@pytest.mark.parametrize("name", ["Müller^Jürgen", "Buc^Jérôme", "Ångström^Åsa", "François^Noël"])
def test_western_names_stay_as_declared(name: str) -> None:
    decoded = decode(name.encode("latin-1"), "ISO_IR 100")
    assert (decoded.text, decoded.guessed) == (name, False)


def test_every_declared_set_of_the_samples_reads_right(shared_data: Path) -> None:
    found = scan(shared_data / "charsets", Progress())
    names = {study.patient_name for study in found.studies}
    assert names == {
        "Buc^Jérôme",
        "Διονυσιος",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "김희중",
        "Люкceмбypг",
        "Wang^XiaoDong=王^小東=",
    }


def test_an_unknown_set_gives_text_not_an_error() -> None:
    assert decode(b"M\xfcller", "ISO_IR 999").text == "Müller"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Иванов^Иван^Иванович^^", "Иванов Иван Иванович"),
        ("Иванов^Иван^^^", "Иванов Иван"),
        ("Иванов^И.И.", "Иванов И.И."),
        (
            "Adams^John Robert Quincy^^Rev.^B.A. M.Div.",
            "Rev. Adams John Robert Quincy, B.A. M.Div.",
        ),
        ("Иванов^Иван^^проф.^д.м.н.", "проф. Иванов Иван, д.м.н."),
        ("  Иванов ^ Иван ", "Иванов Иван"),
        ("^^=山田^太郎", "山田 太郎"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada Tarou (山田 太郎)"),
        ("Ivanov^Ivan=Иванов^Иван", "Ivanov Ivan (Иванов Иван)"),
        ("Ivanov^Ivan==Иванов^Иван", "Ivanov Ivan (Иванов Иван)"),
        ("Иванов^Иван=ИВАНОВ^ИВАН=", "Иванов Иван"),
        ("Wang^XiaoDong=王^小東=", "Wang XiaoDong (王 小東)"),
        ("", ""),
        ("^^^", ""),
        ("=", ""),
        ("12", "12"),
        ("Бондареи\u0306", "Бондарей"),
    ],
)
def test_a_name_for_the_screen_has_its_parts_in_order(stored: str, shown: str) -> None:
    assert readable(stored) == shown


def test_a_name_cannot_command_the_terminal() -> None:
    assert decode(b"Evil\x1b[2J^Name\x07", "").text == "Evil [2J^Name "
    assert decode("Зло\x1b]0;x\x07^Имя".encode(), "ISO_IR 192").text == "Зло ]0;x ^Имя"


@pytest.mark.parametrize(
    "hidden", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
)
def test_a_name_cannot_turn_round_the_line_it_stands_in(hidden: str) -> None:
    assert decode(f"Иванов{hidden}^Иван".encode(), "ISO_IR 192").text == "Иванов^Иван"


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u061c"]
)
def test_a_name_hides_nothing(hidden: str) -> None:
    assert decode(f"Ив{hidden}анов".encode(), "ISO_IR 192").text == "Иванов"


def test_accents_cannot_pile_up_over_the_lines_beside() -> None:
    text = decode(("Z" + "\u0301" * 300 + "algo").encode(), "ISO_IR 192").text
    assert text == "Z\u0301\u0301\u0301algo"


def test_nul_is_no_letter() -> None:
    assert decode(b"Ivan\0ov^I\0\0", "").text == "Ivan ov^I"


@pytest.mark.parametrize("letter", ["A", "Щ", "Қ", "山"])
def test_a_name_of_ten_megabytes_is_cut_with_a_mark_and_quickly(letter: str) -> None:
    raw = (letter * (10_000_000 // len(letter.encode()))).encode()
    begun = perf_counter()
    text = decode(raw, "ISO_IR 192").text
    assert perf_counter() - begun < 0.5
    assert len(text) == 513
    assert text == letter * 512 + "…"


@given(raw=st.binary(max_size=120), charset=st.sampled_from(DECLARATIONS))
def test_any_bytes_under_any_declaration_give_a_printable_text(raw: bytes, charset: str) -> None:
    decoded = decode(raw, charset)
    assert decoded.text.isprintable()
    assert readable(decoded.text).isprintable()
    assert is_normalized("NFC", readable(decoded.text))
    assert file_name(raw).isprintable()


@given(raws=st.lists(st.binary(max_size=40), max_size=6), charset=st.sampled_from(DECLARATIONS))
def test_every_text_of_a_file_is_read(raws: list[bytes], charset: str) -> None:
    assert len(decode_all(raws, charset)) == len(raws)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Әбдіғалиқызы^Өмірбек^Нұрсұлтанұлы", "kz1048"),
        ("Константинопольский^Александр^Александрович", "cp1251"),
        ("Müller^Jürgen", "latin-1"),
    ],
)
def test_a_name_is_read_in_well_under_a_millisecond(name: str, stored: str) -> None:
    raw = name.encode(stored)
    assert min(repeat(lambda: decode(raw, "ISO_IR 100"), number=5, repeat=20)) / 5 < 0.001


@pytest.mark.parametrize("stored", ["cp866", "cp1251", "utf-8"])
@pytest.mark.parametrize("name", ["Снимки/Иванов_001.dcm", "КТ головы/серия 2/00012", "ЖАНБЕК.DCM"])
def test_a_file_name_of_a_zip_reads_as_the_packer_wrote_it(name: str, stored: str) -> None:
    assert file_name(name.encode(stored)) == name


def test_a_western_file_name_of_a_zip_reads_as_its_code_page() -> None:
    assert file_name("Schädel/Müller.dcm".encode("cp437")) == "Schädel/Müller.dcm"
