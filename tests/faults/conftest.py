"""Faults are planted in the same small archives that the archive's own tests use.

`make test` tries a few of each fault; with VIRTOPSY_FAULTS=all (`make faults`) every one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from archive.opening import create, open_archive
from archive.records import Role
from tests.archive.conftest import (
    CASE,
    CHEAP,
    PASSWORD,
    archive,
    clock,
    expert,
    folder,
    kept,
    scan,
    state,
    templates,
    track,
)
from tests.faults.acts import ACTS, FIRST_FORMAT, KEEPER, later_clock
from tests.faults.facts import shown
from tests.faults.forked import Forked
from tests.faults.stand import Stand
from tests.faults.table import Tally, table

__all__ = ["archive", "clock", "expert", "folder", "kept", "scan", "state", "templates"]

T = TypeVar("T")
ALL = os.environ.get("VIRTOPSY_FAULTS") == "all"
_MEMORY = Path("/dev/shm")  # noqa: S108 -- a disk whose syncs cost nothing
_FIRST_FORMAT = Path(__file__).parents[1] / "archive" / "fixtures" / "format_1_first.zip"
_PROPERTY = "faults"


def some(every: Sequence[T], few: int) -> Sequence[T]:
    """Return all of them in `make faults`, else a few spread over them, first and last among."""
    if ALL or len(every) <= few:
        return every
    if few == 1:
        return [every[len(every) // 2]]
    places = {round(n * (len(every) - 1) / (few - 1)) for n in range(few)}
    return [every[place] for place in sorted(places)]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(row): where the table counts this test as one try")
    config.addinivalue_line("markers", "thorough: tried in `make faults` only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not ALL:
        left = [one for one in items if one.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left)
        items[:] = [one for one in items if one not in left]


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Count the test's tries, and let it fail for every loss it noted."""
    tally = pyfuncitem.funcargs.get("tally") or Tally()
    row = pyfuncitem.get_closest_marker("fault")
    survived = 0
    try:
        outcome = yield
        survived = 1
    finally:
        if row is not None and not tally.rows:
            tally.count(row.args[0], 1, survived)
        pyfuncitem.user_properties.append((_PROPERTY, tally.rows))
    if tally.losses:
        raise AssertionError("\n".join([f"{len(tally.losses)} lost:", *tally.losses[:20]]))
    return outcome


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.getreports(kind)]
    parts = [
        rows
        for one in reports
        if one.when == "call"
        for name, rows in one.user_properties
        if name == _PROPERTY
    ]
    if lines := table(parts):
        terminalreporter.section("faults and attacks")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def tally() -> Tally:
    """Count tries and losses of this test."""
    return Tally()


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """The loaded process that forks doers."""
    made = Forked()
    yield made
    made.close()


class Workshop:
    """Lays out places for acts: a copy of a template, with the carrier beside."""

    def __init__(self, root: Path, templates: Path, forked: Forked) -> None:
        self._root = root
        self._templates = templates
        self._forked = forked
        self._known: dict[str, tuple[tuple[str, ...], dict[str, Any], dict[str, Any]]] = {}
        self._count = 0

    def place(self, act: str) -> Path:
        """Return a fresh place for an act."""
        self._count += 1
        place = self._root / f"{self._count}"
        place.mkdir()
        shutil.copytree(self._templates / "carrier", place / "carrier")
        if ACTS[act].template == FIRST_FORMAT:
            shutil.unpack_archive(_FIRST_FORMAT, place / "unpacked")
            (place / "unpacked").rename(place / "evidence")
        elif ACTS[act].template:
            shutil.copytree(self._templates / ACTS[act].template, place / "evidence")
        return place

    def known(self, act: str) -> tuple[tuple[str, ...], dict[str, Any], dict[str, Any]]:
        """Return the steps of an act, and what the archive shows without and with it."""
        if act not in self._known:
            place = self.place(act)
            prepared = self._forked.do(act, place, fault="none", prepare_only=True)
            assert not prepared.steps
            before = shown(place)
            clear(place)
            place = self.place(act)
            outcome = self._forked.do(act, place, fault="none")
            assert outcome.done, outcome
            self._known[act] = (outcome.steps, before, shown(place))
            clear(place)
        return self._known[act]


def clear(place: Path) -> None:
    """Remove a place."""
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def workshop(
    templates: Path, forked: Forked, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workshop]:
    """Where acts are done, in memory where the machine has such a disk."""
    quick = _MEMORY if os.access(_MEMORY, os.W_OK) else tmp_path_factory.getbasetemp()
    root = Path(tempfile.mkdtemp(prefix="virtopsy-faults-", dir=quick))
    yield Workshop(root, templates, forked)
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def whole(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives for stands: `folder`, `earlier`, `fork` and `other`."""
    made = tmp_path_factory.mktemp("stand")
    shutil.copytree(templates / "kept", made / "earlier")
    shutil.copytree(templates / "kept", made / "folder")
    shutil.copytree(templates / "kept", made / "fork")
    with open_archive(made / "folder", clock=later_clock(1), cost=CHEAP) as archive:
        keeper = archive.access.login(KEEPER, PASSWORD)
        for name in ("Second", "Gone"):
            archive.access.add_person(keeper, name, "pw-pw-pw", [Role.EXPERT])
        archive.access.disable(keeper, "Gone")
        archive.log.checkpoint(keeper)
    with open_archive(made / "fork", clock=later_clock(1), cost=CHEAP) as archive:
        keeper = archive.access.login(KEEPER, PASSWORD)
        archive.cases.add_finding(keeper, CASE, track("elsewhere"))
        archive.log.checkpoint(keeper)
    create(made / "other", person=KEEPER, password=PASSWORD, clock=later_clock(0), cost=CHEAP)
    return made


@pytest.fixture
def stand(whole: Path, tmp_path: Path) -> Callable[[], Stand]:
    """Return a maker of fresh stands."""
    made = 0

    def fresh() -> Stand:
        nonlocal made
        made += 1
        place = tmp_path / str(made)
        shutil.copytree(whole, place)
        return Stand(*(place / name for name in ("folder", "earlier", "fork", "other")))

    return fresh
