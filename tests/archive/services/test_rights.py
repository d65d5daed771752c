"""Whoever is refused reads what was refused, in the words of the person's language."""

from __future__ import annotations

import pytest

from archive.opening import Archive
from archive.records import Actor
from archive.services.rights import Right
from virtopsy.language import Language, say


@pytest.mark.parametrize("language", Language)
def test_a_refusal_names_every_right_in_words(
    archive: Archive, expert: Actor, language: Language
) -> None:
    told = {right: archive.access.denied(expert, right, "").sentence(language) for right in Right}
    for right, said in told.items():
        assert say(f"entry.what.{right.value}", language) in said, "as the log tells of it"
        if language is not Language.EN:
            letters = said.replace(expert.name, "")
            assert not any(one.isascii() and one.isalpha() for one in letters), said
    assert len(set(told.values())) == len(Right), "two rights in the same words"
