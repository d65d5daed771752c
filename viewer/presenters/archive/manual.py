"""The manual's chapter on the archive, in parts that a window can show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from virtopsy.language import Language

_ROW = re.compile(r"\| `([a-z_]+)` \| (.+) \|")
_SIGNS = re.compile(r"\*\*|`|<!--.*?-->")


@dataclass(frozen=True)
class Chapter:
    """A chapter of the manual.

    Attributes:
        title: its heading.
        sections: heading (empty for what stands before the first) and text, one after the other.
    """

    title: str
    sections: tuple[tuple[str, str], ...]


def evidence_manual(language: Language) -> Sequence[Chapter]:
    """Return the chapters; the promises come first."""
    path = files("resources") / "manual" / language.value / "evidence.md"
    parts = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return [_chapter(one) for one in parts]


def _chapter(text: str) -> Chapter:
    title, _, rest = text.partition("\n")
    first, *others = re.split(r"^### ", rest, flags=re.MULTILINE)
    sections = [("", _plain(first))] if _plain(first) else []
    for one in others:
        heading, _, said = one.partition("\n")
        sections.append((heading, _plain(said)))
    sections += [(code, _plain(said)) for code, said in _ROW.findall(rest)]
    return Chapter(title, tuple(sections))


def _plain(text: str) -> str:
    """Return paragraphs as they are read: each one line, without the signs of a table or mark."""
    kept = "\n".join(line for line in text.split("\n") if not line.startswith("|"))
    paragraphs = (_joined(one) for one in re.split(r"\n\s*\n", _SIGNS.sub("", kept)))
    return "\n\n".join(one for one in paragraphs if one)


def _joined(paragraph: str) -> str:
    """Return a paragraph as one line; commands and the points of a list keep theirs."""
    told: list[str] = []
    for line in paragraph.strip("\n").split("\n"):
        begins = line.startswith(("- ", "    "))
        if told and not begins:
            told[-1] = f"{told[-1]} {line.strip()}"
        elif line.strip():
            told.append(line.strip() if not line.startswith("- ") else f"– {line[2:].strip()}")
    return "\n".join(told)
