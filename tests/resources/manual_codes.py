"""Writes the table of fault codes into the manual: `python -m tests.resources.manual_codes`.

The words are those of the program, so that a code is said in one way only.
"""

from __future__ import annotations

import re
from pathlib import Path

import polib

from archive.services.verify import NOTES
from virtopsy.language import Language

ROOT = Path(__file__).parents[2]
_BEGIN = "<!-- codes: begin. This table is held equal to the program by a test. -->"
_END = "<!-- codes: end -->"
_HEAD = "archive.problem."
_COLUMNS = {
    Language.EN: ("code", "what it means, what to do", "no fault, but said"),
    Language.RU: ("код", "что значит и что делать", "не неисправность, но сообщается"),
    Language.KK: ("код", "нені білдіреді және не істеу керек", "ақау емес, бірақ айтылады"),
}


def manual(language: Language) -> Path:
    """Return the chapter on the archive in one language."""
    return ROOT / "resources" / "manual" / language.value / "evidence.md"


def codes() -> set[str]:
    """Return every code that the program has words for."""
    return {key.removeprefix(_HEAD) for key in _sentences(Language.EN)}


def table(language: Language) -> str:
    """Return the tables of faults and of notes with their marks."""
    first, second, third = _COLUMNS[language]
    told = {
        key.removeprefix(_HEAD): re.sub(r"\{[a-z_]+\}", "…", text).replace("|", "\\|")
        for key, text in sorted(_sentences(language).items())
    }
    rows = {code: f"| `{code}` | {text} |" for code, text in told.items()}
    faults = [row for code, row in rows.items() if code not in NOTES]
    notes = [row for code, row in rows.items() if code in NOTES]
    head, line = f"| {first} | {second} |", "|---|---|"
    tables = [head, line, *faults, "", f"| {first} | {third} |", line, *notes]
    return "\n".join([_BEGIN, "", *tables, "", _END])


def with_table(text: str, language: Language) -> str:
    """Return a chapter with the present table in the place of what stands between the marks."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + table(language) + after


def _sentences(language: Language) -> dict[str, str]:
    path = ROOT / "resources" / "i18n" / language.value / "archive.po"
    entries = polib.pofile(path.read_text(encoding="utf-8"))
    return {one.msgid: _sentence(one) for one in entries if one.msgid.startswith(_HEAD)}


def _sentence(entry: polib.POEntry) -> str:
    """Return what is said; of several forms, the one for many."""
    forms = entry.msgstr_plural
    return str(forms[max(forms)] if forms else entry.msgstr)


if __name__ == "__main__":
    for spoken in Language:
        there = manual(spoken)
        text = there.read_text(encoding="utf-8")
        there.write_text(with_table(text, spoken), encoding="utf-8")
