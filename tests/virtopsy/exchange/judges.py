"""Programs of others that judge what is handed out."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_NO_UTF8 = "The VR checker does not support this Specific Character Set: ISO_IR 192"
_NO_TEMPLATES = "Check for template constraints not yet supported"
_TOLERATED = {f"W: {_NO_UTF8}", f"W: {_NO_TEMPLATES}", ""}
"""What dcmtk says of itself, of any file in UTF-8 and any key object selection."""


def dsrdump(path: Path) -> str:
    """Return the content as dcmtk reads it; the test fails at any error or warning."""
    if shutil.which("dsrdump") is None:
        pytest.skip("dcmtk's dsrdump is not installed")
    ended = subprocess.run(
        ["dsrdump", "+Pl", str(path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert not set(ended.stderr.splitlines()) - _TOLERATED
    return ended.stdout


def errors_of_dciodvfy(path: Path) -> list[str]:
    """Return what dicom3tools holds for an error of the object."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("dicom3tools' dciodvfy is not installed")
    ended = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    return [one for one in ended.stderr.splitlines() if one.startswith("Error")]
