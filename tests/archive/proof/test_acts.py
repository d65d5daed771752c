"""The closed list of acts: nothing in the archive writes an act that cannot be explained."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from archive.proof.acts import ActName
from archive.services.casework import NOTES
from archive.services.keys import Why
from archive.services.rights import Right

_ARCHIVE = Path(__file__).resolve().parents[3] / "archive"


def written() -> Iterator[tuple[str, ast.expr]]:
    """Every `Act(...)` in the archive: where, and the expression of its name."""
    for path in sorted(_ARCHIVE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Act":
                name = node.args[0] if node.args else node.keywords[0].value
                yield f"{path.name}:{node.lineno}", name


def test_every_act_that_the_archive_writes_is_called_from_the_list() -> None:
    found = dict(written())
    assert "ActName.CREATE_ARCHIVE" in {ast.unparse(name) for name in found.values()}
    unclear = {
        place: ast.unparse(name)
        for place, name in found.items()
        if not (isinstance(name, ast.Attribute) and ast.unparse(name.value) in {"Right", "ActName"})
        and not (isinstance(name, ast.Name) and name.id in {"right", "act"})  # a Right, a note
    }
    assert not unclear


def test_what_can_be_refused_or_noted_is_an_act() -> None:
    assert {one.value for one in Right} <= set(ActName)
    assert set(NOTES) <= set(ActName)
    assert {f"key.{one}" for one in get_args(Why)} - {"key.rotate"} <= set(ActName)
