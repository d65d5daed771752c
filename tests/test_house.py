"""The house stands as ARCHITECTURE.md says: its arrows, its top level, its locks, its font."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no stubs

_ROOT = Path(__file__).resolve().parents[1]
_LOCKS = ("requirements.lock", "requirements-develop.lock")
_TOP = {
    *("virtopsy", "archive", "viewer", "resources", "tests"),
    *("main.py", "pyproject.toml", "Makefile", *_LOCKS),
    *("README.md", "LICENSE", "ARCHITECTURE.md", "CHANGELOG.md"),
}
_PIN = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")
_OBEYS_MARK_UP = {
    *("QLabel", "QMessageBox", "QErrorMessage", "QInputDialog", "QToolTip", "QWhatsThis"),
    *("QTextEdit", "QTextBrowser", "QTextDocument", "QGraphicsTextItem", "QStaticText"),
    *("setToolTip", "setWhatsThis", "setTextFormat", "setHtml", "appendHtml", "insertHtml"),
    *("ToolTipRole", "WhatsThisRole"),
}
_SPOKEN = "ӘҒҚҢӨҰҮҺІәғқңөұүһіЁёАЯаяAZaz09±°·×−–—→←↑↓«»№²³≤≥≈µ"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    return [Path(name) for name in listed.stdout.split("\0") if name]


def pins(lock: str) -> dict[str, str]:
    text = (_ROOT / lock).read_text(encoding="utf-8")
    return {name: version for name, version, _ in _PIN.findall(text)}


def asked_for(requirements: list[str]) -> set[str]:
    names = {re.split(r"[^A-Za-z0-9_.-]", one)[0] for one in requirements}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_the_floors_know_only_what_lies_below_them() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    checked = subprocess.run(
        [sys.executable, "-c", program], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_top_level_holds_what_a_newcomer_needs_and_no_more() -> None:
    top = {path.parts[0] for path in tracked()}
    assert {name for name in top if not name.startswith(".")} <= _TOP


def test_nothing_is_named_after_having_no_name() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert not [path for path in tracked() if nameless & {*path.parts[:-1], path.stem}]


def test_only_the_plain_widgets_touch_what_obeys_mark_up() -> None:
    plain = Path("viewer/widgets/plain.py")
    window = [one for one in tracked() if one.parts[0] == "viewer" and one.suffix == ".py"]
    bare = {one: _OBEYS_MARK_UP & _names(one) for one in window if one != plain}
    assert not {path.as_posix(): names for path, names in bare.items() if names}
    assert _names(plain) >= {"QLabel", "QMessageBox", "setToolTip"}


def _names(path: Path) -> set[str]:
    """Return every name a module imports, reads or writes, dotted ones part by part."""
    return {
        getattr(node, field).rpartition(".")[2]
        for node in ast.walk(ast.parse((_ROOT / path).read_text(encoding="utf-8")))
        for kind, field in ((ast.Name, "id"), (ast.Attribute, "attr"), (ast.alias, "name"))
        if isinstance(node, kind)
    }


@pytest.mark.parametrize("script", [".ci/run", ".ci/setup"])
def test_a_script_can_be_started(script: str) -> None:
    assert os.access(_ROOT / script, os.X_OK)


@pytest.mark.parametrize("lock", _LOCKS)
def test_a_lock_holds_pins_with_hashes_and_no_address(lock: str) -> None:
    text = (_ROOT / lock).read_text(encoding="utf-8")
    assert _PIN.sub("", text) == ""
    assert {"setuptools", "numpy", "vtk"} <= pins(lock).keys()


def test_developing_runs_on_the_versions_that_are_shipped() -> None:
    assert pins(_LOCKS[0]).items() <= pins(_LOCKS[1]).items()


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert asked_for(project["dependencies"]) <= pins(_LOCKS[0]).keys()
    assert asked_for(project["optional-dependencies"]["develop"]) <= pins(_LOCKS[1]).keys()


@pytest.mark.parametrize("cut", ["Regular", "Bold"])
def test_the_bundled_font_can_write_the_three_languages(cut: str) -> None:
    with TTFont(_ROOT / "resources" / "fonts" / f"Inter-{cut}.otf") as font:
        drawn = font.getBestCmap()
        assert not [letter for letter in _SPOKEN if ord(letter) not in drawn]
        assert "SIL Open Font License" in font["name"].getDebugName(13)
    assert "SIL OPEN FONT LICENSE" in (_ROOT / "resources/fonts/OFL.txt").read_text()
