"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.court_case import Case, open_case

# A deadline would measure how busy the machine is, not what the property promises.
settings.register_profile("promises", deadline=None)
settings.load_profile("promises")

_ROOT = Path(__file__).resolve().parent.parent
_DATA = Path(os.environ.get("VIRTOPSY_DATA", _ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the program of this account remembers what its checks saw: not in the tester's home."""
    place = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as session:
        session.setenv("XDG_STATE_HOME", str(place))
        yield place / "virtopsy"


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


@pytest.fixture
def mounted_read_only(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Shows a folder on a volume that is mounted read-only; skips where that is not allowed."""
    mount, views = shutil.which("mount"), list[Path]()

    def mounted(folder: Path) -> Path:
        view = tmp_path / f"read-only-{len(views)}"
        view.mkdir()
        bind = [mount or "mount", "--bind", str(folder), str(view)]
        if mount is None or subprocess.run(bind, capture_output=True, check=False).returncode:
            pytest.skip("this account may not mount")
        views.append(view)
        subprocess.run([mount, "-o", "remount,ro,bind", str(view)], check=True)
        return view

    yield mounted
    for view in views:
        subprocess.run(["umount", str(view)], check=True)
