"""A wrongly declared name is told by what it reads as, a right one is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

import pytest

from tests.virtopsy.dicom.people import CODECS, people
from virtopsy.dicom.names import decode, decode_all

PEOPLE: Final = people()
STORED: Final = (
    *("cp1251", "koi8_r", "koi8_u", "cp866", "iso8859_5", "utf-8", "kz1048", "ptcp154"),
    "mac_cyrillic",
)
# Under these Cyrillic is met although they have none, or have it otherwise.
DECLARED: Final = ("", "ISO_IR 100", "ISO_IR 144", "ISO_IR 192", "\\ISO 2022 IR 144", "GB18030")
DECLARED_TOO: Final = ("ISO_IR 6", "ISO 2022 IR 100", "ISO_IR 101", "ISO_IR 148", "ISO_IR 203")
# How many names may stay as declared: bytes that make Chinese characters leave more doubt, and
# PT154 has other Kazakh letters where KZ-1048, far more common, has its own.
LEFT: Final = {"GB18030": 0.03, "ptcp154": 0.08}
RIGHT: Final = {"ISO_IR 144": "iso8859_5", "ISO_IR 192": "utf-8"}


def _full_names() -> list[str]:
    given = cycle(PEOPLE["russian given"] + PEOPLE["kazakh given"])
    father = cycle(PEOPLE["patronymics"] + PEOPLE["kazakh own"])
    family = [*PEOPLE["russian families"], *PEOPLE["kazakh families"], *PEOPLE["kazakh own"]]
    women = [f"{one}а" for one in family if one.endswith(("ов", "ев", "ин"))]
    names = [f"{one}^{next(given)}^{next(father)}" for one in family[::6]]
    names += [f"{one}^{next(given)}" for one in PEOPLE["others"][::3]]
    names += [f"{one}^{next(given)[0]}.{next(father)[0]}." for one in women[::12]]
    names += [one.upper() for one in names[::3]]
    return [*names, "НЕИЗВЕСТНЫЙ 12", "Неизвестная^Женщина", "Айтбаев-Ким^Тимур", "О'Нил^Шон"]


NAMES: Final = _full_names()


def _written(names: list[str], stored: str) -> Iterator[tuple[str, bytes]]:
    """Return each name of the letters that `stored` has, with its bytes."""
    for name in names:
        try:
            yield name, name.encode(stored)
        except UnicodeEncodeError:
            continue


@pytest.mark.parametrize("stored", STORED)
def test_a_full_name_reads_right_whatever_the_file_declares(stored: str) -> None:
    written = list(_written(NAMES, stored))
    assert len(written) > 60
    for declared in DECLARED:
        read = [(name, decode(raw, declared)) for name, raw in written]
        wrong = [(name, one) for name, one in read if one.guessed and one.text != name]
        missed = [name for name, one in read if one.text != name]
        assert wrong == [], declared
        assert len(missed) <= LEFT.get(stored, LEFT.get(declared, 0.01)) * len(read), declared


@pytest.mark.parametrize("declared", DECLARED_TOO)
def test_a_name_reads_right_under_every_set_it_cannot_be_in(declared: str) -> None:
    for stored in ("cp1251", "koi8_r", "cp866", "utf-8"):
        for name, raw in _written(NAMES[::10], stored):
            assert decode(raw, declared).text == name


@pytest.mark.parametrize("stored", STORED)
def test_a_right_reading_against_the_declaration_is_told(stored: str) -> None:
    for name, raw in _written(NAMES[:40], stored):
        for declared in ("ISO_IR 100", "ISO_IR 144", "ISO_IR 192"):
            assert decode(raw, declared).guessed is (RIGHT.get(declared) != stored), name


@pytest.mark.parametrize(
    "name", ["Ли", "ЛИ", "Ким", "КИМ", "Цой", "Пак", "Ан", "Тен", "Хан", "Юн", "Әли", "Зоя"]
)
@pytest.mark.parametrize("declared", ["", "ISO_IR 100", "ISO_IR 192"])
def test_a_short_family_name_is_enough(name: str, declared: str) -> None:
    stored = "kz1048" if name == "Әли" else "cp1251"
    assert decode(name.encode(stored), declared).text == name


@pytest.mark.parametrize("stored", ["cp1251", "koi8_r", "cp866", "mac_cyrillic", "iso8859_5"])
def test_the_other_texts_of_a_file_decide_a_doubtful_name(stored: str) -> None:
    texts = ["АН^ЛЕОНИД", "12345", "КТ головы", "Костный режим", "Городская больница", "Ким"]
    read = decode_all([text.encode(stored) for text in texts], "ISO_IR 100")
    assert [one.text for one in read] == texts


def test_a_latin_text_stays_latin_beside_cyrillic_ones() -> None:
    raws = ["Иванов".encode("cp1251"), "Schädel nativ".encode("latin-1"), b"CT Head 1.0 H60s"]
    read = decode_all(raws, "ISO_IR 100")
    assert [one.text for one in read] == ["Иванов", "Schädel nativ", "CT Head 1.0 H60s"]
    assert [one.guessed for one in read] == [True, False, False]


def test_texts_of_one_file_may_be_written_in_several_sets() -> None:
    raws = ["Иванов^Пётр".encode("cp1251"), "Больница".encode()]
    read = decode_all(raws, "ISO_IR 100")
    assert [(one.text, one.assumed) for one in read] == [
        ("Иванов^Пётр", "Windows-1251"),
        ("Больница", "UTF-8"),
    ]


@pytest.mark.parametrize("declared", sorted(CODECS))
def test_a_name_of_another_alphabet_is_never_turned_into_cyrillic(declared: str) -> None:
    for name in PEOPLE[declared]:
        # Nobody is called so: every letter is accented, and as Cyrillic it could be a word.
        for text in {name, *name.split("^")} - {"Äüö", "Íó"}:
            read = decode(text.encode(CODECS[declared]), declared)
            assert (read.text, read.guessed) == (text, False)


@pytest.mark.parametrize("name", ["Кyзнецов^Aлексей", "Сeргей", "Cергей", "Ивaнов", "Люкceмбypг"])
def test_latin_letters_typed_for_cyrillic_ones_do_not_hide_the_name(name: str) -> None:
    assert decode(name.encode("cp1251"), "ISO_IR 100").text == name


@pytest.mark.parametrize("declared", ["ISO_IR 192", "ISO_IR 100", ""])
@pytest.mark.parametrize(
    ("stored", "taken"),
    [
        *((stored, "latin-1") for stored in ("cp1251", "koi8_r", "cp866", "utf-8")),
        *(("cp1251", taken) for taken in ("cp1252", "koi8_r")),
        *(("koi8_r", taken) for taken in ("cp1252", "cp1251")),
        *(("cp866", taken) for taken in ("cp1251", "koi8_r")),
        ("utf-8", "koi8_r"),
    ],
)
def test_a_name_an_archive_garbled_into_utf_8_reads_right(
    stored: str, taken: str, declared: str
) -> None:
    name = "Иванова^Анна"
    garbled = name.encode(stored).decode(taken)
    read = decode(garbled.encode(), declared)
    assert read.text == name
    assert read.assumed.endswith("→ UTF-8")


def test_a_right_name_in_utf_8_is_never_taken_for_a_garbled_one() -> None:
    names = [name for section in PEOPLE.values() for name in section]
    for name in islice((form for one in names for form in (one, one.upper())), 0, None, 2):
        assert decode(name.encode(), "ISO_IR 192").guessed is False, name


def test_western_letters_under_utf_8_are_read_as_windows_1252() -> None:
    read = decode("Schröder^Käthe".encode("cp1252"), "ISO_IR 192")
    assert (read.text, read.assumed) == ("Schröder^Käthe", "Windows-1252")


def test_the_assumed_set_is_named() -> None:
    for stored, known in {
        "cp1251": "Windows-1251",
        "koi8_r": "KOI8-R",
        "cp866": "CP866",
        "iso8859_5": "ISO 8859-5",
        "utf-8": "UTF-8",
        "mac_cyrillic": "MacCyrillic",
    }.items():
        assert decode("Фёдоров^Пётр".encode(stored), "ISO_IR 100").assumed == known
    assert decode("Әбдіғали^Өмірбек".encode("kz1048"), "ISO_IR 100").assumed == "KZ-1048"
    assert decode("Әбдіғали^Өмірбек".encode("ptcp154"), "ISO_IR 100").assumed == "PT154"


@pytest.mark.parametrize(
    ("spelt", "stored", "assumed"),
    [
        ("ISO IR 144", "iso8859_5", "ISO 8859-5"),
        ("ISO-IR 192", "utf-8", "UTF-8"),
        ("windows-1251", "cp1251", "Windows-1251"),
        ("windows-1251", "koi8_r", "KOI8-R"),
    ],
)
def test_a_misspelt_declaration_that_changes_the_reading_is_told(
    spelt: str, stored: str, assumed: str
) -> None:
    read = decode("Иванов^Иван".encode(stored), spelt)
    assert (read.text, read.assumed) == ("Иванов^Иван", assumed)


def test_a_misspelt_declaration_that_changes_nothing_is_not_told() -> None:
    read = decode("Müller^Jürgen".encode("latin-1"), "iso-ir 100")
    assert (read.text, read.guessed) == ("Müller^Jürgen", False)


@pytest.mark.parametrize("raw", [b"\xc8", b"\xe9", b"\xa7 5", b"5 \xb5m", b"25\xb0", b"m\xb2"])
def test_what_cannot_be_decided_stays_as_declared(raw: bytes) -> None:
    read = decode(raw, "ISO_IR 100")
    assert (read.text, read.guessed) == (raw.decode("latin-1"), False)
