"""Worker processes: their limits, and that nothing is lost but the guilty item."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.virtopsy import asked_of_workers as asked
from virtopsy import confined
from virtopsy.confined import Block, InOrder, Lost, each
from virtopsy.errors import Cancelled, InputError
from virtopsy.jobs import Progress


def answers(function: Any, items: Any, **more: Any) -> dict[int, Any]:
    return dict(each(function, items, Progress(), **more))


def test_every_item_gets_its_answer() -> None:
    assert answers(asked.double, list(range(100))) == {n: 2 * n for n in range(100)}


def test_nothing_asked_is_nothing_answered() -> None:
    assert answers(asked.double, []) == {}


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_an_item_that_kills_its_worker_is_lost_alone(how: int) -> None:
    items = [0] * 20 + [how] + [0] * 19
    assert answers(asked.die_by, items) == {n: Lost.CRASH if n == 20 else 0 for n in range(40)}


def test_an_item_that_takes_too_much_memory_is_lost_alone() -> None:
    items = [10, 4 * confined.MEMORY_BYTES, 10]
    assert answers(asked.take_memory, items) == {0: 10, 1: Lost.MEMORY, 2: 10}


def test_an_item_that_takes_too_long_is_lost_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [(0.0, 0.4), (30.0, 0.4), (0.0, 0.4)]
    monkeypatch.setattr(confined, "CPU_S", 0.3)
    assert answers(asked.be_busy, items) == {0: None, 1: Lost.TIME, 2: None}


def test_a_worker_writes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "written"
    assert answers(asked.write_file, [str(path)])[0] in {Lost.CRASH, "refused"}
    assert not path.exists() or path.stat().st_size == 0


def test_what_the_function_raises_is_raised_here() -> None:
    with pytest.raises(InputError) as caught:
        answers(asked.refuse, ["a path"])
    assert caught.value.facts == {"path": "a path"}


def test_a_cancelled_job_ends_soon_though_its_worker_is_busy() -> None:
    progress = Progress()
    progress.cancel()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(each(asked.be_busy, [(30.0, 60.0)], progress))
    assert time.monotonic() - begun < 10
    assert answers(asked.double, [1]) == {0: 2}


def test_workers_write_into_memory_that_is_seen_here() -> None:
    with Block(1000) as block:
        answers(asked.put, list(range(100)), block=block, queue=InOrder(100, 7))
        values = np.frombuffer(block.memory, np.uint8).copy()
    assert values[:100].tolist() == list(range(100))
    assert not values[100:].any()


def test_memory_of_one_job_is_not_seen_by_the_next() -> None:
    with Block(100) as block:
        answers(asked.put, [1], block=block)
    assert answers(asked.double, [4]) == {0: 8}


def test_a_worker_that_died_in_its_sleep_is_replaced() -> None:
    answers(asked.double, [1, 2])
    for worker in confined._idle:
        signal.pidfd_send_signal(worker.process, signal.SIGKILL)
    assert answers(asked.double, list(range(50))) == {n: 2 * n for n in range(50)}
    for worker in confined._idle:
        signal.pidfd_send_signal(worker.process, signal.SIGKILL)
    time.sleep(0.05)
    with Block(100) as block:
        assert answers(asked.put, [1], block=block) == {0: 1}


def test_workers_are_made_again_where_their_maker_is_gone() -> None:
    confined.warm(1)
    confined._zygote[0].close()
    confined._zygote[0] = confined._start_zygote()
    while confined._idle:
        confined._idle.pop().end()
    assert answers(asked.double, [1]) == {0: 2}


def test_workers_are_others_than_this_process() -> None:
    assert os.getpid() not in answers(asked.process, [None] * 40).values()


def test_workers_know_what_was_prepared_also_when_their_maker_was_replaced() -> None:
    confined.prepare(("colorsys",))
    assert answers(asked.knows, ["colorsys"] * 40) == dict.fromkeys(range(40), True)
    confined._zygote[0].close()
    confined._zygote[0] = confined._start_zygote()
    while confined._idle:
        confined._idle.pop().end()
    assert answers(asked.knows, ["colorsys"]) == {0: True}


def test_a_maker_that_was_not_asked_loads_no_decoder() -> None:
    code = (
        "from tests.virtopsy import asked_of_workers as asked\n"
        "from virtopsy.confined import each\n"
        "from virtopsy.jobs import Progress\n"
        "names = ['pydicom', 'gdcm', 'jpeg_ls', 'openjpeg', 'PIL', 'virtopsy.dicom.decoding']\n"
        "known = dict(each(asked.knows, names, Progress()))\n"
        "assert [name for n, name in enumerate(names) if known[n]] == names[-1:], known\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=_HERE)


# A worker stands in no folder of its program's: it finds the tests by their path.
_HERE = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
_COPIED = """
import os, sys, threading
import colorsys
from tests.virtopsy import asked_of_workers as asked
from virtopsy import confined
from virtopsy.confined import each
from virtopsy.jobs import Progress
threads = [threading.Thread(target=threading.Event().wait, daemon=True)] * int(sys.argv[1])
for thread in threads:
    thread.start()
confined.start_here()
print("this line once")
assert dict(each(asked.knows, ["colorsys"], Progress())) == {0: sys.argv[1] == "0"}
assert dict(each(asked.process, [None], Progress())) != {0: os.getpid()}
os.abort()
"""


@pytest.mark.parametrize("threads", ["0", "1"])
def test_a_program_without_threads_is_copied_and_its_copies_end_with_it(threads: str) -> None:
    command = [sys.executable, "-c", _COPIED, threads]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=_HERE
    )
    # The output ends only when no copy holds it any more.
    assert (ran.returncode, ran.stderr) == (-signal.SIGABRT, "")
    assert ran.stdout in {"this line once\n", ""}
