"""A process that has everything loaded, and forks a doer for every try.

::

    a test --- request, one line of JSON ---> the loaded process --- forks ---> the doer
           <-- what was done, or that it is dead, a line each ----------------------|

The doer is a real process that does one act in a real archive with a fault planted in it; it is
ended with SIGKILL where the fault is a kill. One thread, no window: it can be forked safely.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from archive.opening import verify_folder
from archive.records import CaseRow
from archive.storage.unit_of_work import SqliteDatabase
from tests.faults.acts import ACTS, Stage, later_clock, said
from tests.faults.door import Counted, Fault, Killed, Refused, Torn, Watch
from tests.faults.loops import Announced, work
from tests.faults.plug import Plug, choices
from tests.faults.reads import every_answer_is_in_words
from virtopsy import confined
from virtopsy.errors import VirtopsyError

_ROOT = Path(__file__).resolve().parents[2]
_LOADED = (
    "viewer.commands.archive",
    "viewer.commands.archive_import",
    "archive.recovery",
    "archive.storage.machine",
)
_HELD_S = 0.3
_NOBODY = 65534
_SAME = {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
Request = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of an act.

    Attributes:
        done: it was announced.
        refused: the class and key of the error the person was told instead.
        killed: the process was ended by SIGKILL.
        steps: the names of the steps there were, where they were counted.
        cuts: name of the step and the place, for every pulled plug; `announced` among them tells
            which came after the announcement.
        torn: there was something to tear.
    """

    done: bool = False
    refused: tuple[str, str] = ("", "")
    killed: bool = False
    steps: tuple[str, ...] = ()
    cuts: tuple[tuple[str, Path], ...] = ()
    torn: bool = False


class Forked:
    """The loaded process, seen from a test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forked"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(_ROOT), **_SAME},
            cwd=_ROOT,
        )

    def do(self, act: str, place: Path, **fault: Any) -> Outcome:
        """Do an act at a place with a fault planted in it."""
        facts: dict[str, Any] = {}
        for one in self._asked({"act": act, "place": str(place), **fault}):
            facts |= one
        return _outcome(facts)

    def _asked(self, request: Request) -> Iterator[dict[str, Any]]:
        """Yield the facts a doer says; the last one is its status."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        for line in stdout:
            facts = json.loads(line)
            yield facts
            if "status" in facts:
                return
        raise AssertionError("the loaded process died; its reason stands above")

    def kill_at_work(
        self, loop: str, place: Path, run: int, after_s: float | None
    ) -> tuple[tuple[Announced, ...], float]:
        """Let a doer work without end, kill it some time after it began, and tell what it said.

        Args:
            loop: what it does over and over, see `loops`.
            place: where.
            run: a number that makes the names of this run its own.
            after_s: from its first word to the kill; None: as soon as it announced something.

        Returns:
            What it announced, and how long it lived, in seconds.
        """
        doer, begun = 0, time.monotonic()
        announced: list[Announced] = []
        for facts in self._asked({"loop": loop, "place": str(place), "run": run}):
            if "doer" in facts:
                doer, begun = facts["doer"], time.monotonic()
                if after_s is not None:
                    threading.Timer(after_s, _kill, (doer,)).start()
            elif "announced" in facts:
                announced.append((facts["announced"][0], facts["announced"][1]))
                if after_s is None:
                    _kill(doer)
            else:
                assert os.WIFSIGNALED(facts["status"]), "it was at work when it was killed"
        return tuple(announced), time.monotonic() - begun

    def crowd(
        self, place: Path, works: Sequence[tuple[str, int]], kill: int = 0
    ) -> tuple[Announced, ...]:
        """Let several doers work at one archive at the same time; return what they announced.

        Args:
            place: where.
            works: for each doer its loop and how many announcements it makes.
            kill: so many doers more are killed while they hold the database's lock.
        """
        announced: list[Announced] = []
        for facts in self._asked({"crowd": works, "place": str(place), "kill": kill}):
            if "announced" in facts:
                announced.append((facts["announced"][0], facts["announced"][1]))
            else:
                assert facts["status"] == 0, "a doer raised what no person should see"
        return tuple(announced)

    def look(self, place: Path, close: Callable[[Path], object]) -> tuple[set[str], set[str]]:
        """Return what a check says that runs as an ordinary account, once `close` took rights away.

        And what is answered to a person who works there.

        The administrator may read everything; so the doer puts that right down first.
        """
        if os.geteuid() == 0:
            place.parent.chmod(0o755)
            for one in (place, *place.rglob("*")):
                os.chown(one, _NOBODY, _NOBODY)
        close(place / "evidence")
        codes: set[str] = set()
        answered: set[str] = set()
        for facts in self._asked({"look": True, "place": str(place)}):
            codes |= set(facts.get("codes", ()))
            answered |= set(facts.get("answered", ()))
            assert facts.get("status", 0) == 0, "the check raised what no person should see"
        return codes, answered

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=60) == 0
        self._process.stdout.close()


def _kill(doer: int) -> None:
    with suppress(ProcessLookupError):  # it ended by itself, which its status tells
        os.kill(doer, signal.SIGKILL)


def _outcome(facts: Mapping[str, Any]) -> Outcome:
    status = facts["status"]
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or status == 0, f"the doer raised what no person should see: {facts}"
    return Outcome(
        done=facts.get("done", False),
        refused=tuple(facts.get("refused", ("", ""))),
        killed=killed,
        steps=tuple(facts.get("steps", ())),
        cuts=tuple((name, Path(place)) for name, place in facts.get("cuts", ())),
        torn=facts.get("torn", False),
    )


def _serve() -> None:
    for name in _LOADED:
        import_module(name)
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        if "crowd" in request:
            status = _crowd(request)
        else:
            _, status = os.waitpid(_forked(request), 0)
        os.write(1, said(status=status))


def _crowd(request: Request) -> int:
    """Let all doers of a crowd work at once; return the first status that is not 0."""
    killed = [_forked({**request, "hold": True}) for _ in range(request["kill"])]
    works = [
        _forked({"loop": loop, "run": run, "count": count, "place": request["place"]})
        for run, (loop, count) in enumerate(request["crowd"])
    ]
    ends = [os.waitpid(doer, 0)[1] ^ signal.SIGKILL for doer in killed]
    return next(filter(None, [*ends, *(os.waitpid(doer, 0)[1] for doer in works)]), 0)


def _forked(request: Request) -> int:
    doer = os.fork()
    if not doer:
        _do(request)
    return doer


def _do(request: Request) -> None:
    """Do one act and end this process."""
    status = 1
    try:
        if "hold" in request:
            _hold(request)
        elif "look" in request:
            _look(request)
        elif "loop" in request:
            _work(request)
        else:
            _act(request)
        status = 0
    except BaseException:  # noqa: BLE001 -- whatever it is, it may not go on as the parent
        traceback.print_exc()
    finally:
        os._exit(status)


def _act(request: Request) -> None:
    confined.start_here()
    again = request.get("again", False)
    _repeat_chance(f"{request['act']} {again}")
    act, stage = ACTS[request["act"]], Stage(Path(request["place"]))
    if not again:
        act.prepare(stage)
    if request.get("prepare_only"):
        return
    fault = _planted(request)
    Watch(fault).set()
    try:
        act.do(stage)
    except VirtopsyError as error:
        os.write(1, said(refused=[type(error).__name__, error.key]))
    else:
        os.write(1, said(done=True))
    if isinstance(fault, Plug):
        fault.pull("announced")
        os.write(1, said(cuts=fault.made))
    elif isinstance(fault, Counted):
        os.write(1, said(steps=fault.names))
    elif isinstance(fault, Torn):
        os.write(1, said(torn=fault.torn))


def _work(request: Request) -> None:
    confined.start_here()
    if "count" not in request:
        os.write(1, said(doer=os.getpid()))
    made = work(request["loop"], Path(request["place"]), request["run"])
    for announced in islice(made, request.get("count")):
        os.write(1, said(announced=announced))


def _look(request: Request) -> None:
    folder = Path(request["place"]) / "evidence"
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    try:
        codes = [one.code for one in verify_folder(folder, clock=later_clock(9)).problems]
    except VirtopsyError as error:
        codes = [error.key]
    answered = every_answer_is_in_words(folder)
    os.write(1, said(codes=codes, answered=sorted(answered)))


def _hold(request: Request) -> None:
    """Take the database's one write lock, write, and die with it."""
    place = Path(request["place"]) / "evidence" / "db" / "archive.sqlite"
    with SqliteDatabase(place).writing() as work:
        work.cases.add(CaseRow("never committed", work.persons.all()[0].person_id, ""))
        time.sleep(_HELD_S)
        os.kill(os.getpid(), signal.SIGKILL)


def _repeat_chance(seed: str) -> None:
    """Let salts and names fall alike at every try, so that step n is the same step each time."""
    chance = random.Random(seed)  # noqa: S311
    os.urandom = chance.randbytes  # what uuid and secrets draw from
    random._urandom = chance.randbytes  # type: ignore[attr-defined]


def _planted(request: Request) -> Fault:
    kind, at = request["fault"], request.get("at", 0)
    if kind == "kill":
        return Killed(at, request["when"])
    if kind == "refuse":
        return Refused(at, request["when"], request["code"])
    if kind == "tear":
        return Torn(at, request["code"])
    if kind == "plug":
        place = Path(request["place"])
        ways = choices(request["seed"], request["count"])
        return Plug(place, Path(request["cuts"]), ways, set(request["steps"]))
    return Counted()


if __name__ == "__main__":
    _serve()
