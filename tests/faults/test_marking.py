"""A drag that dies leaves nothing half; what was released and announced is there for ever.

One process that has everything loaded forks a marker, which drags a finding up and down in a real
archive through the session, and is killed with SIGKILL: in the middle of a drag, right after a
release was announced, or at any instant. Half millimetres are drafts, whole ones were released.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from archive.opening import Archive, open_archive
from tests.archive.conftest import CASE, CHEAP, PASSWORD, Clock
from tests.faults.table import Tally

_ROOT = Path(__file__).resolve().parents[2]
_KILLS = 30
_BEGUN = 40.123
"""Where the end of the archive's track is before anybody drags it."""
_MARKER = """
import os, sys, time
from pathlib import Path
import numpy as np
from archive.opening import open_archive
from tests.archive.conftest import CASE, CHEAP, FRAME, PASSWORD, SERIES, Clock
from viewer.presenters.archive.case_recorder import CaseRecorder
from viewer.presenters.examine.findings import Findings
from viewer.presenters.examine.views import Views
from viewer.presenters.session import Session
from viewer.presenters.tools.forms import At
from viewer.presenters.tools.handles import Handles
from viewer.presenters.value import Value
from virtopsy.geometry.frame import Frame
from virtopsy.imaging.volume import Identity, Volume

def say(*words):
    # in one write: a kill between two would leave half a line
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def at(x):
    return At((x, 2.0, 3.0), "axial", ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))

def mark(folder):
    session, views = Session(), Views()
    identity = Identity(series_uid=SERIES, frame_of_reference_uid=FRAME)
    frame = Frame.of((4, 4, 4), origin_mm=(0.0, 0.0, 0.0), spacing_mm=(1.0, 1.0, 1.0))
    views.show(Volume(np.zeros((4, 4, 4), np.int16), frame, identity=identity))
    archive = open_archive(folder, clock=Clock(), cost=CHEAP)
    expert = archive.access.login("Ахметова", PASSWORD)
    findings = Findings(session, views, Value("Ахметова"))
    session.open(archive.cases.open(expert, CASE), CaseRecorder(archive, expert, CASE))
    handles = Handles(session, views, findings)
    findings.unlock("t1")
    x = session.case.finding("t1").ends_lps_mm[1][0]
    say("open", x)
    while True:
        x = 41.0 if x > 900 else int(x) + 1.0
        handles.grab("t1", 1)
        for part in (0.5, 1.5, 2.5):
            handles.pull(at(x + part))
            say("drag", x + part)
            time.sleep(0.002)
        handles.pull(at(x))
        handles.release()
        say("released", session.case.finding("t1").ends_lps_mm[1][0])

for line in sys.stdin:
    child = os.fork()
    if not child:
        mark(Path(sys.argv[1]))
    say("child", child)
    os.waitpid(child, 0)
    say("dead")
"""


class Marker:
    """The process that forks markers, and what they announced."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _MARKER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            cwd=_ROOT,
        )

    def kill_one(self, when: str, wait_s: float) -> tuple[float, float, int]:
        """Let a marker work and kill it at `when` ("drag", "released") or at any instant.

        Returns:
            Where the finding was announced to be when it was opened and last; how many releases.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("\n")
        stdin.flush()
        pid, opened, last, releases, killed = 0, 0.0, 0.0, 0, False
        end: float | None = None
        for line in stdout:
            word, *rest = line.split()
            if word == "dead":
                return opened, last, releases
            if word == "child":
                pid = int(rest[0])
            elif word == "open":
                opened = last = float(rest[0])
                end = time.monotonic() + wait_s
                if when == "any":
                    timer = threading.Timer(wait_s, os.kill, (pid, signal.SIGKILL))
                    timer.start()
            elif word == "released":
                last, releases = float(rest[0]), releases + 1
            due = end is not None and time.monotonic() >= end and word == when
            if due and not killed:
                os.kill(pid, signal.SIGKILL)
                killed = True
        raise AssertionError("the marker's parent died")

    def close(self) -> None:
        """End the parent process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(timeout=30) == 0
        assert self._process.stdout is not None
        self._process.stdout.close()


def test_a_kill_in_a_drag_or_right_after_a_release_loses_nothing_and_leaves_nothing_half(
    kept: Archive, tally: Tally
) -> None:
    chance = np.random.default_rng(5)
    marker = Marker(kept.folder)
    releases, last = 0, _BEGUN
    for number in range(_KILLS):
        when = ("drag", "released", "any")[number % 3]
        with tally.attempt("kill -9 at a random instant: drag", (when, number)):
            opened, announced, done = marker.kill_one(when, chance.uniform(0.0, 0.25))
            releases += done
            assert opened == last, "what was recorded was there when it was opened"
            last = announced
            with open_archive(kept.folder, clock=Clock(), cost=CHEAP) as archive:
                expert = archive.access.login("Ахметова", PASSWORD)
                x = archive.cases.open(expert, CASE).finding("t1").ends_lps_mm[1][0]  # type: ignore[attr-defined]
                # one more may have been recorded than could be announced, never one less
                assert x in {last, int(last) + 1}, (when, number)
                assert x in {int(x), _BEGUN}, "no draft was ever recorded"
                versions = archive.versions.history(expert, CASE, "t1")
                assert [one.number for one in versions] == list(range(1, len(versions) + 1))
                assert versions[-1].record is not None
                last = x
    marker.close()
    assert releases > _KILLS // 2, "it was at work when it was killed"
    assert kept.verify.run().ok
