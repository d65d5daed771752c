"""Paper: PDF/A-3a, set by typst from templates that hold no words.

Every text reaches a template as JSON data, never as markup: a patient's name that looks like
typst code is printed, not run.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

# What the bundled font can show (held by a test); anything else is printed by its number.
SHOWN = ((0x20, 0x7E), (0xA0, 0x17F), (0x400, 0x4FF), (0x2010, 0x2026))
SHOWN_ALONE = frozenset("\u2030\u2039\u203a\u20b8\u20ac\u2116\u2190\u2191\u2192\u2193\u2212")


def typeset(
    template: str, page: Mapping[str, Any], parts: Mapping[str, bytes], when: datetime
) -> bytes:
    """Return `template` filled with `page` as PDF/A-3a.

    Args:
        template: name of a file in resources/templates.
        page: every text, as JSON values.
        parts: pictures by the names under which the template asks for them.
        when: the moment of writing; equal values give equal bytes.
    """
    said = json.dumps(_clean(page), ensure_ascii=False)
    main = (files("resources") / "templates" / template).read_bytes()
    with TemporaryDirectory() as folder, as_file(files("resources") / "fonts") as fonts:
        for name, content in {**parts, "main.typ": main, "page.json": said.encode()}.items():
            (Path(folder) / name).write_bytes(content)
        made: bytes = typst.compile(
            Path(folder) / "main.typ",
            root=Path(folder),
            format="pdf",
            font_paths=[fonts],
            ignore_system_fonts=True,
            pdf_standards="a-3a",
            timestamp=int(when.timestamp()),
        )
    return made


def printable(text: str) -> str:
    """Return `text` with what the font lacks, or what hides, written as its code point."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(_character(one) for one in composed)


def _character(one: str) -> str:
    if one == "\n" or one in SHOWN_ALONE:
        return one
    hidden = unicodedata.category(one) in {"Cf", "Cc", "Zl", "Zp"}
    if not hidden and any(low <= ord(one) <= high for low, high in SHOWN):
        return one
    return f"[U+{ord(one):04X}]"


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: _clean(one) for name, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value
