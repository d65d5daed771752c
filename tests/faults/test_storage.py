"""A damaged object is found by the check, and no service ever shows it as good."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.opening import open_archive
from tests.archive.conftest import CHEAP, PASSWORD
from tests.faults.acts import KEEPER, later_clock
from tests.faults.conftest import ALL, some
from tests.faults.reads import READS
from tests.faults.stand import Stand, flipped
from tests.faults.table import Tally
from virtopsy.errors import IntegrityError, StorageError

Damage = Callable[[Path], object]


def _changed(change: Callable[[bytearray], object]) -> Damage:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        change(content)
        path.unlink()
        path.write_bytes(content)

    return damage


def _middle(content: bytearray) -> None:
    content[len(content) // 2] ^= 1


def _into_a_link(path: Path) -> None:
    elsewhere = path.parents[5] / f"elsewhere-{path.name}"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _into_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


_DAMAGES: dict[str, tuple[Damage, str]] = {
    "bit flip, first byte": (_changed(flipped(0)), "object_changed"),
    "bit flip, middle byte": (_changed(_middle), "object_changed"),
    "bit flip, last byte": (_changed(flipped(-1)), "object_changed"),
    "truncated": (_changed(lambda content: content.pop()), "object_changed"),
    "extended": (_changed(lambda content: content.append(0)), "object_changed"),
    "zero length": (_changed(lambda content: content.clear()), "object_changed"),
    "zeros": (_changed(lambda c: c.__setitem__(slice(None), bytes(len(c)))), "object_changed"),
    "bytes of another object": (
        _changed(lambda c: c.__setitem__(slice(None), b'{"v":1}')),
        "object_changed",
    ),
    "missing": (lambda path: path.unlink(), "object_missing"),
    "turned into a link": (_into_a_link, "object_missing"),
    "turned into a pipe": (_into_a_pipe, "object_missing"),
}


@pytest.mark.parametrize("damage", some(list(_DAMAGES), 2))
def test_a_damaged_object_is_found_and_never_shown_as_good(
    damage: str, stand: Callable[[], Stand], tally: Tally
) -> None:
    place = stand()
    act, code = _DAMAGES[damage]
    refused = set()
    with open_archive(place.folder, clock=later_clock(5), cost=CHEAP) as archive:
        keeper = archive.access.login(KEEPER, PASSWORD)
        beside = place.folder.parent
        good = {name: read(archive, keeper, beside) for name, read in READS.items()}
        for path in some(place.objects(), 2):
            with _damaged(path, act):
                for name, read in READS.items():
                    with tally.attempt(f"reading a damaged object: {name}", (damage, path)):
                        try:
                            shown = read(archive, keeper, beside)
                        except (IntegrityError, StorageError):
                            refused.add(name)
                            continue
                        assert shown == good[name]
                with tally.attempt(f"storage: object {damage}", path):
                    report = archive.verify.run()
                    name = path.relative_to(place.folder).as_posix()
                    assert (code, name) in {(one.code, one.path) for one in report.problems}
        with tally.attempt("reading a damaged object: brought back", damage):
            assert archive.verify.run().ok
    assert not ALL or refused == READS.keys() - {"case list"}, "every way met a damaged object"


@contextmanager
def _damaged(path: Path, act: Damage) -> Iterator[None]:
    """Damage an object for a while."""
    content = path.read_bytes()
    act(path)
    yield
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    path.chmod(0o444)
