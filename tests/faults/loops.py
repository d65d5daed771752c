"""Work without end through the command line, each act announced when the command has ended well.

For a process that is killed at any instant: what was announced until then must be there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from itertools import count
from pathlib import Path
from typing import Any

from main import main
from tests.archive.conftest import CASE, PASSWORD, track
from tests.faults.acts import KEEPER

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
    if code:
        raise RuntimeError(f"{arguments} ended with {code}: {facts}")
    return facts


def _take_in(place: Path, name: str) -> Announced:
    new = place / "carrier" / f"{name}.txt"
    new.write_text(f"new bytes of {name}")
    evidence, carrier = place / "evidence", place / "carrier"
    facts = command(
        *("archive", "import", evidence, carrier, "--case", name, "--user", KEEPER),
    )
    assert facts["stored"] == facts["files"]
    sha256 = hashlib.sha256(new.read_bytes()).hexdigest()
    new.unlink()
    return name, sha256


def _find(place: Path, name: str) -> Announced:
    path = place / "finding.json"
    path.write_text(json.dumps(track(name, finding_id=name)), encoding="utf-8")
    evidence = place / "evidence"
    facts = command(
        *("archive", "finding", evidence, "--case", CASE, "--json-file", path, "--user", KEEPER),
    )
    return "finding", str(facts["finding_id"])


LOOPS: Mapping[str, Callable[[Path, str], Announced]] = {"intake": _take_in, "finding": _find}


def work(loop: str, place: Path, run: int) -> Iterator[Announced]:
    """Do the same over and over, under new names; yields what is to be announced."""
    for number in count(1):
        yield LOOPS[loop](place, f"{loop}-{run}-{number}")
