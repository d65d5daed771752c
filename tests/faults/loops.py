"""Work without end through the command line, each act announced when the command has ended well.

For a process that is killed at any instant: what was announced until then must be there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from itertools import count
from pathlib import Path
from typing import Any

from main import main
from tests.archive.conftest import CASE, PASSWORD, track
from tests.faults.acts import KEEPER
from virtopsy.errors import StorageError

Announced = tuple[str, str]
"""What was announced: its kind and its name."""


def command(*arguments: str | Path) -> dict[str, Any]:
    """Run one command and return the facts it printed.

    Raises:
        RuntimeError: it did not end with 0.
    """
    os.environ["VIRTOPSY_PASSWORD"] = PASSWORD
    printed = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(printed, "utf-8")) as stream:
        code = main([str(one) for one in (*arguments, "--json")])
        stream.flush()
        facts: dict[str, Any] = json.loads(printed.getvalue() or b"{}")
    if code == StorageError.exit_code:
        raise Busy
    if code:
        raise RuntimeError(f"{arguments} ended with {code}: {facts}")
    return facts


def _take_in(place: Path, name: str) -> list[Announced]:
    """Take a carrier of one's own into a case of one's own."""
    carrier = place / f"carrier-{name}"
    shutil.copytree(place / "carrier", carrier)
    (carrier / "new.txt").write_text(f"new bytes of {name}")
    return _import(place, carrier, name)


def _take_in_the_same(place: Path, _: str) -> list[Announced]:
    """Take the same carrier into the same case as everybody else."""
    return _import(place, place / "carrier", "shared")


def _import(place: Path, carrier: Path, number: str) -> list[Announced]:
    evidence = place / "evidence"
    facts = command("archive", "import", evidence, carrier, "--case", number, "--user", KEEPER)
    sources = [one for one in carrier.iterdir() if one.is_file()]
    assert facts["files"] == len(sources)
    return [(number, hashlib.sha256(one.read_bytes()).hexdigest()) for one in sources]


def _find(place: Path, name: str) -> list[Announced]:
    path = place / f"{name}.json"
    path.write_text(json.dumps(track(name, finding_id=name)), encoding="utf-8")
    evidence = place / "evidence"
    facts = command(
        *("archive", "finding", evidence, "--case", CASE, "--json-file", path, "--user", KEEPER),
    )
    return [("finding", str(facts["finding_id"]))]


def _back_up(place: Path, _: str) -> list[Announced]:
    (place / "disk").mkdir(exist_ok=True)
    facts = command("archive", "backup", place / "evidence", place / "disk", "--user", KEEPER)
    return [("backup", str(facts["snapshot"]))]


def _restore(place: Path, name: str) -> list[Announced]:
    backed_up = place / "backed up"
    if not backed_up.exists():
        _back_up(place, name)
        backed_up.touch()
    restored = place / f"restored-{name}"
    command("archive", "restore", place / "disk", restored)
    return [("restored", restored.name)]


LOOPS: Mapping[str, Callable[[Path, str], list[Announced]]] = {
    "intake": _take_in,
    "the same intake": _take_in_the_same,
    "finding": _find,
    "backup": _back_up,
    "restore": _restore,
}


def work(loop: str, place: Path, run: int) -> Iterator[Announced]:
    """Do the same over and over, under new names; yields what is to be announced.

    An archive that others hold for too long is said to be busy; one tries again then.
    """
    for number in count(1):
        with suppress(Busy):
            yield from LOOPS[loop](place, f"{loop.replace(' ', '-')}-{run}-{number}")


class Busy(Exception):  # noqa: N818 -- what the archive is
    """The disk or the database refused, in words (exit code 5)."""
