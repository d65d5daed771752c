"""The manual says in three languages the same, and no more than the program does."""

from __future__ import annotations

import re

import pytest

from archive.services.verify import CODES, NOTES
from tests.resources.manual_codes import codes, manual, with_table
from tests.resources.typed import options_of
from virtopsy.language import Language

_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"virtopsy ([a-z]+(?: [a-z]+)?)")
_TYPED = re.compile(r"^    virtopsy (.+)$", re.MULTILINE)


def _text(language: Language) -> str:
    return manual(language).read_text(encoding="utf-8")


def _headings(language: Language) -> list[tuple[int, str]]:
    return [(len(level), title) for level, title in _HEADING.findall(_text(language))]


def test_the_three_languages_have_the_same_chapters() -> None:
    shapes = {one: [level for level, _ in _headings(one)] for one in Language}
    assert shapes[Language.KK] == shapes[Language.RU] == shapes[Language.EN]
    assert len(shapes[Language.EN]) > 15


@pytest.mark.parametrize("language", Language)
def test_all_seven_promises_stand_there_each_with_its_limit(language: Language) -> None:
    chapters = re.split(r"^## ", _text(language), flags=re.MULTILINE)
    promises = re.split(r"^### ", chapters[1], flags=re.MULTILINE)[1:]
    assert [one.partition(".")[0] for one in promises] == list("1234567")
    limit = {Language.EN: "Limit: ", Language.RU: "Предел: ", Language.KK: "Шегі: "}[language]
    assert all(one.count(f"\n{limit}") == 1 for one in promises)


@pytest.mark.parametrize("language", Language)
def test_every_fault_code_is_explained_in_the_words_of_the_program(language: Language) -> None:
    text = _text(language)
    assert text == with_table(text, language), "python -m tests.resources.manual_codes"
    assert {*CODES, *NOTES} <= codes()
    for code in codes():
        assert f"| `{code}` |" in text


def test_the_three_languages_name_the_same_commands() -> None:
    named = {one: _COMMAND.findall(_text(one)) for one in Language}
    assert named[Language.KK] == named[Language.RU] == named[Language.EN]


@pytest.mark.parametrize("language", Language)
def test_every_command_can_be_typed_as_it_stands_there(language: Language) -> None:
    typed = _TYPED.findall(_text(language))
    assert len(typed) > 15
    for one in typed:
        given = options_of(one, language)
        assert not given.get("second") or given["user"], f"two are known, who acts? {one}"


@pytest.mark.parametrize("language", Language)
def test_no_line_is_a_leftover(language: Language) -> None:
    text = _text(language)
    assert "TODO" not in text
    assert all(one.isprintable() for one in text.split("\n"))
    assert not [one for one in text.split("\n") if one != one.rstrip()]
