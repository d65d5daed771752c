"""Taking in 600 files of a CT, durable, against `cp` + `sync` + `sha256sum` and against Orthanc.

Run as `python -m tests.bench.intake [FOLDER]`. Without FOLDER: 600 synthetic slices of 0.5 MB. All
in turn, in one run, each into a fresh place on the same disk (the one of TMPDIR); the source lies
in the system's memory for all of them. The program stands ready, as in the window; Orthanc has
started. Orthanc (Debian's package `orthanc`) is told to sync what it stores, as it does by
itself, and gets the files by HTTP POST over one connection that stays open, and over four.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.opening import create, open_archive
from archive.proof.signing import Cost
from archive.storage.machine import system_clock
from tests.bench.stacks import scratch, write
from tests.bench.timing import tell
from virtopsy import confined
from virtopsy.jobs import Progress

_FILES = 600
_RUNS = 3
_CHEAP = Cost(memory_kib=8, passes=1, lanes=1)  # of a password: no part of an intake
_START_S = 20.0
_ASKED = {
    "cp + sync + sha256sum": "asked: 0.50 at least",
    "Orthanc, one connection": "asked: 1.50 at least",
}


def ours(source: Path) -> float:
    """Seconds of a durable intake, from the call to the return."""
    with TemporaryDirectory(dir=source.parent) as place:
        folder = Path(place) / "evidence"
        create(folder, person="Bench", password="pw-pw-pw", clock=system_clock, cost=_CHEAP)
        with open_archive(folder, clock=system_clock, cost=_CHEAP) as archive:
            actor = archive.access.login("Bench", "pw-pw-pw")
            begun = time.perf_counter()
            report = archive.intake.take_in(actor, source, case_number="1", progress=Progress())
            spent = time.perf_counter() - begun
            if report.stored != len(list(source.iterdir())):
                raise SystemExit("not every file was kept")
    return spent


def by_hand(source: Path) -> float:
    """Seconds of cp, sync and sha256sum."""
    with TemporaryDirectory(dir=source.parent) as place:
        copied = Path(place) / "copied"
        script = 'cp -r "$0" "$1" && sync && find "$1" -type f -exec sha256sum {} + > "$1.sums"'
        begun = time.perf_counter()
        subprocess.run(["sh", "-c", script, str(source), str(copied)], check=True)
        return time.perf_counter() - begun


def by_orthanc(source: Path, connections: int) -> float:
    """Seconds until Orthanc has acknowledged every file."""
    files = sorted(source.iterdir())
    shares = [files[first::connections] for first in range(connections)]
    with orthanc(source.parent) as port, ThreadPoolExecutor(connections) as pool:
        begun = time.perf_counter()
        list(pool.map(lambda share: _post(port, share), shares))
        return time.perf_counter() - begun


def _post(port: int, files: Sequence[Path]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for one in files:
        connection.request("POST", "/instances", one.read_bytes())
        answer = connection.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200 or said["Status"] != "Success":
            raise SystemExit(f"Orthanc did not keep {one.name}: {said}")
    connection.close()


@contextmanager
def orthanc(beside: Path) -> Iterator[int]:
    """Run Orthanc on a free port with a storage of its own; yield the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory(dir=beside) as place:
        told = {
            "HttpPort": port,
            "StorageDirectory": place,
            "IndexDirectory": place,
            "DicomServerEnabled": False,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "SyncStorageArea": True,
            "Plugins": [],
        }
        config = Path(place) / "orthanc.json"
        config.write_text(json.dumps(told))
        quiet = subprocess.DEVNULL
        with subprocess.Popen(["Orthanc", str(config)], stdout=quiet, stderr=quiet) as server:
            try:
                _wait(port)
                yield port
            finally:
                server.terminate()
                server.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("Orthanc does not start")


@contextmanager
def source_folder() -> Iterator[Path]:
    """Yield the folder named on the command line, else 600 synthetic slices."""
    with scratch() as folder:
        if len(sys.argv) > 1:
            yield Path(sys.argv[1])
        else:
            write(folder / "carrier", _FILES)
            yield folder / "carrier"


def main() -> None:
    """Compare."""
    confined.warm()
    with source_folder() as source:
        acts: dict[str, Callable[[], float]] = {
            "virtopsy": lambda: ours(source),
            "cp + sync + sha256sum": lambda: by_hand(source),
        }
        if shutil.which("Orthanc"):
            acts["Orthanc, one connection"] = lambda: by_orthanc(source, 1)
            acts["Orthanc, four connections"] = lambda: by_orthanc(source, 4)
        else:
            tell("Orthanc is not here (apt-get install orthanc)")
        spent: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(_RUNS):
            for name, act in acts.items():
                spent[name].append(act())
        _tell(source, {name: statistics.median(one) for name, one in spent.items()})


def _tell(source: Path, medians: dict[str, float]) -> None:
    size = sum(one.stat().st_size for one in source.iterdir()) / 1e6
    mine = medians["virtopsy"]
    for name, seconds in medians.items():
        wish = _ASKED.get(name, "nothing asked")
        ratio = (
            "" if name == "virtopsy" else f", we are {seconds / mine:.2f} times as fast ({wish})"
        )
        tell(f"intake, {size:.0f} MB: {name} {seconds:.2f} s, {size / seconds:.0f} MB/s{ratio}")


if __name__ == "__main__":
    main()
