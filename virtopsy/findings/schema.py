"""The JSON schema of each kind of finding, made from its fields and what their docstring says.

`python -m virtopsy.findings.schema` writes them to resources/schemas anew; a test holds that what
ships is what the kinds are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from virtopsy.findings.finding import Finding
from virtopsy.findings.kinds import KINDS
from virtopsy.findings.record import hints, plain

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_FRAME = (
    "Lengths in millimetres, patient coordinates LPS (+x to the patient's left, +y to the back, "
    "+z to the head). Numbers have at most three decimals, unit vectors six."
)
_ATTRIBUTE = re.compile(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", re.MULTILINE)
_FILLED_IN = {"finding_id": "made by the archive where it is missing"}


def schema(kind: type[Finding]) -> dict[str, Any]:
    """Return the JSON schema of a kind's records."""
    first = (kind.__doc__ or "").strip().splitlines()[0]
    described = _object(kind)
    required = [one for one in described["required"] if one not in _FILLED_IN]
    return {
        "$schema": _DRAFT,
        "$id": f"{kind.kind}.schema.json",
        "title": kind.kind,
        "description": f"{first} {_FRAME}",
        "type": "object",
        "properties": {"kind": {"const": kind.kind}, **described["properties"]},
        "required": ["kind", *required],
    }


def text(kind: type[Finding]) -> str:
    """Return the schema as the file that ships."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


def _object(kind: type) -> dict[str, Any]:
    said = _said(kind)
    properties, required = {}, []
    for one in fields(kind):
        described = _type(hints(kind)[one.name], kind, one.name)
        if one.name in said:
            made = f" ({_FILLED_IN[one.name]})" if one.name in _FILLED_IN else ""
            described["description"] = said[one.name].rstrip(".") + made + "."
        if one.default is MISSING:
            required.append(one.name)
        else:
            described["default"] = plain(one.default)
        properties[one.name] = described
    return {"type": "object", "properties": properties, "required": required}


def _said(kind: type) -> Mapping[str, str]:
    """Return what the docstrings of a kind and what it builds on say of each field."""
    said: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        for name, words in _ATTRIBUTE.findall(one.__doc__ or ""):
            said[name] = " ".join(words.split())
    return said


def _type(hint: Any, kind: type, name: str) -> dict[str, Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return {"anyOf": [_type(one, kind, name) for one in inner]}
    if hint is type(None):
        return {"type": "null"}
    if origin is tuple:
        return _array(inner, kind, name)
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [one.value for one in hint]}
    return {"type": {str: "string", bool: "boolean", int: "integer", float: "number"}[hint]}


def _array(inner: tuple[Any, ...], kind: type, name: str) -> dict[str, Any]:
    items = _type(inner[0], kind, name)
    if name == "grounds" and issubclass(kind, Finding):
        items = {"enum": list(kind.GROUNDS)}
    if inner[-1] is Ellipsis:
        return {"type": "array", "items": items}
    return {"type": "array", "items": items, "minItems": len(inner), "maxItems": len(inner)}


def write(folder: Path) -> None:
    """Write the schema of every kind into a folder."""
    for kind in KINDS.values():
        (folder / f"{kind.kind}.schema.json").write_text(text(kind), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[2] / "resources" / "schemas")
