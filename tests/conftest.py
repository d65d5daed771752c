"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.court_case import Case, open_case

# A deadline would measure how busy the machine is, not what the property promises.
settings.register_profile("promises", deadline=None)
settings.load_profile("promises")

_ROOT = Path(__file__).resolve().parent.parent
_DATA = Path(os.environ.get("VIRTOPSY_DATA", _ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scanner files; the test skips where this machine has none."""
    if not _DATA.is_dir():
        pytest.skip(f"no test data at {_DATA}: set VIRTOPSY_DATA to run this")
    return _DATA


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """A small case in a real archive."""
    archive, actor = open_case(tmp_path)
    with archive:
        yield Case(tmp_path, archive, actor)
