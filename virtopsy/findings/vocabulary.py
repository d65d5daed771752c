"""The coded terms of findings: what each is called in three languages, and its code elsewhere.

Terms lie in resources/vocabularies/findings.json. A code of SNOMED CT is given where it is known
to mean the same; everything else has the project's own code, 99VIRTOPSY.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from virtopsy.errors import Bug
from virtopsy.language import Language

OWN_SCHEME, SNOMED_SCHEME = "99VIRTOPSY", "SCT"


@dataclass(frozen=True)
class Term:
    """One coded term.

    Attributes:
        group: of which choice it is one.
        code: the project's own, unique within the group.
        words: what it is called, by language.
        snomed: its code in SNOMED CT; empty: none is known.
        notes: what must be known of it, with its source, by language; empty: nothing.
    """

    group: str
    code: str
    words: Mapping[Language, str]
    snomed: str = ""
    notes: Mapping[Language, str] = field(default_factory=dict)

    @property
    def coded(self) -> tuple[str, str, str]:
        """Code value, coding scheme designator and English meaning, as DICOM codes a concept."""
        meaning = self.words[Language.EN]
        if self.snomed:
            return self.snomed, SNOMED_SCHEME, meaning
        return f"{self.group}.{self.code}", OWN_SCHEME, meaning


def term(group: str, code: str) -> Term:
    """Return a term; Bug where there is none."""
    found = _terms().get((group, code))
    if found is None:
        raise Bug(f"the vocabulary has no {group}.{code}")
    return found


def known(group: str, code: str) -> bool:
    """Tell whether there is such a term."""
    return (group, code) in _terms()


def called(group: str, code: str, language: Language) -> str:
    """Return what a term is called; a code nobody knows is shown as it is."""
    return term(group, code).words[language] if known(group, code) else code


def note(group: str, code: str, language: Language) -> str:
    """Return what must be known of a term, with its source; empty where nothing is."""
    return term(group, code).notes.get(language, "") if known(group, code) else ""


def terms(group: str) -> tuple[Term, ...]:
    """Return the terms of one choice, in their order."""
    return tuple(one for one in _terms().values() if one.group == group)


@cache
def _terms() -> Mapping[tuple[str, str], Term]:
    text = (files("resources") / "vocabularies" / "findings.json").read_text(encoding="utf-8")
    read = {}
    for one in json.loads(text)["terms"]:
        words = MappingProxyType({language: one[language.value] for language in Language})
        key = (one["group"], one["code"])
        note = one.get("note", {})
        notes = MappingProxyType({Language(tongue): text for tongue, text in note.items()})
        read[key] = Term(*key, words, one.get("sct", ""), notes)
    return MappingProxyType(read)
