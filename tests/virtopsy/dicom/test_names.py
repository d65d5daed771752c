"""Names come out in their own letters, whatever the file declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtopsy.dicom.names import decode, file_name, readable
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
    assert decode(b"M\xfcller", "ISO_IR 999").text


def test_a_name_for_the_screen_has_its_parts_in_order() -> None:
    assert readable("Иванов^Иван^Иванович^^") == "Иванов Иван Иванович"
    assert readable("^^=山田^太郎") == "山田 太郎"


def test_a_name_cannot_command_the_terminal() -> None:
    assert decode(b"Evil\x1b[2J^Name\x07", "").text == "Evil [2J^Name "


@pytest.mark.parametrize("stored", ["cp866", "cp1251", "utf-8"])
@pytest.mark.parametrize("name", ["Снимки/Иванов_001.dcm", "КТ головы/серия 2/00012", "ЖАНБЕК.DCM"])
def test_a_file_name_of_a_zip_reads_as_the_packer_wrote_it(name: str, stored: str) -> None:
    assert file_name(name.encode(stored)) == name


def test_a_western_file_name_of_a_zip_reads_as_its_code_page() -> None:
    assert file_name("Schädel/Müller.dcm".encode("cp437")) == "Schädel/Müller.dcm"
