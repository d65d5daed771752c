"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent
_DATA = Path(os.environ.get("VIRTOPSY_DATA", _ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scanner files; the test skips where this machine has none."""
    if not _DATA.is_dir():
        pytest.skip(f"no test data at {_DATA}: set VIRTOPSY_DATA to run this")
    return _DATA
