"""Every word the product says, in Kazakh, Russian and English.

A message is a *key* and *facts*: ``say("scan.no_dicom", Language.RU, path=p)``. The part of the
key before the first dot is the gettext domain: ``resources/i18n/<language>/<domain>.po`` holds
its texts. Placeholders are `str.format` fields. A message with plural forms takes the fact ``n``.

Command line, reports and widgets all speak through `say`; there is no other source of words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from typing import Final, TypeAlias
from unicodedata import category

import polib
from typing_extensions import override


class Language(StrEnum):
    """The three languages of the product."""

    KK = "kk"
    RU = "ru"
    EN = "en"


@dataclass(frozen=True)
class Phrase:
    """A fact that is a message itself, said in the language of the sentence it fills.

    Attributes:
        told: what the message quotes, where it quotes something.
    """

    key: str
    told: str = ""


BETWEEN_THOUSANDS: Final = "\u00a0"
"""A space at which no line is broken."""

Fact: TypeAlias = str | int | float | PurePath | Phrase


class MissingMessage(LookupError):  # noqa: N818 -- a bug in our catalogues
    """A key that no catalogue has, or facts that do not fit its placeholders: our own bug."""


def _plural_kk(n: int) -> int:
    return int(n != 1)


def _plural_ru(n: int) -> int:
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14} else 2


# The CLDR cardinal rules; the .po headers state the same.
_PLURAL_FORM: Mapping[Language, Callable[[int], int]] = {
    Language.KK: _plural_kk,
    Language.RU: _plural_ru,
    Language.EN: lambda n: int(n != 1),
}


@cache
def _catalogue(language: Language, domain: str) -> dict[str, polib.POEntry]:
    path = files("resources") / "i18n" / language.value / f"{domain}.po"
    if not path.is_file():
        raise MissingMessage(f"no catalogue {language.value}/{domain}.po")
    # polib takes a text as well as a path; the text keeps zipped installs working.
    return {entry.msgid: entry for entry in polib.pofile(path.read_text(encoding="utf-8"))}


def say(key: str, language: Language, /, **facts: Fact) -> str:
    """Return the text of `key` in `language`, filled with `facts`; fractions as people write them.

    A path is told in printable letters (`printable`): whoever made the folder chose its name.

    Raises:
        MissingMessage: the catalogue lacks the key, or a placeholder has no fact.
    """
    entry = _catalogue(language, key.partition(".")[0]).get(key)
    if entry is None:
        raise MissingMessage(f"{language.value}: {key}")
    text: str = entry.msgstr
    if entry.msgstr_plural:
        number = facts.get("n")
        if not isinstance(number, int):
            raise MissingMessage(f"{key} needs the whole number n, got {number!r}")
        text = entry.msgstr_plural[_PLURAL_FORM[language](number)]
    try:
        return text.format(**{name: _spelled(fact, language) for name, fact in facts.items()})
    except (KeyError, IndexError) as error:
        raise MissingMessage(f"{key} needs {error}, got {sorted(facts)}") from error


class _Gap:
    """A fact that nobody kept."""

    @override
    def __format__(self, spec: str) -> str:
        return "…"


class _Gaps(dict[str, _Gap]):
    """Facts of which none was kept."""

    def __missing__(self, name: str) -> _Gap:
        return _Gap()


def gist(key: str, language: Language) -> str:
    """Return the text of `key` with "…" for its facts: for a key that was kept without them.

    Raises:
        MissingMessage: the catalogue lacks the key.
    """
    entry = _catalogue(language, key.partition(".")[0]).get(key)
    if entry is None:
        raise MissingMessage(f"{language.value}: {key}")
    text: str = (
        entry.msgstr_plural[max(entry.msgstr_plural)] if entry.msgstr_plural else entry.msgstr
    )
    return text.format_map(_Gaps())


@dataclass(frozen=True)
class _Number:
    """A fraction that a placeholder spells with the decimal mark of its language."""

    value: float
    language: Language

    @override
    def __format__(self, spec: str) -> str:
        text = format(self.value, spec or ".10g")
        return text if self.language is Language.EN else text.replace(".", ",")


def _spelled(fact: Fact, language: Language) -> Fact | _Number:
    if isinstance(fact, Phrase):
        return say(fact.key, language, told=printable(fact.told))
    if isinstance(fact, PurePath):
        return printable(str(fact))
    return _Number(fact, language) if isinstance(fact, float) else fact


def count(n: int) -> str:
    """Return a number of things, its thousands apart by a space that no line breaks at.

    The space is that of all three languages (ISO 80000-1), because a comma or a point between
    thousands is the decimal mark of one of them.
    """
    return f"{n:,}".replace(",", BETWEEN_THOUSANDS)


def printable(text: str, *, kept: str = "") -> str:
    """Return `text` without control, direction and invisible characters.

    A name may not command a terminal, nor turn round the line it stands in, nor hide a letter.

    Args:
        text: from outside.
        kept: characters that stay all the same.
    """
    if text.isprintable():
        return text
    return "".join(one if one in kept else _visible(one) for one in text)


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    kind = category(letter)
    if kind == "Cf":
        return ""
    return "\ufffd" if kind in ("Cs", "Co", "Cn") else " "


def has(key: str, language: Language) -> bool:
    """Tell whether `key` has a text; for keys made from values read from outside."""
    try:
        return key in _catalogue(language, key.partition(".")[0])
    except MissingMessage:
        return False
