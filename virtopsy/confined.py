"""Untrusted bytes are read in processes of their own, with little memory and little time.

A file can be made to crash a decoder, to inflate without end or to keep a parser busy for ever.
Such a file costs a worker process its life, never the program, and is named; the rest goes on.

::

    this process --- asks ---> zygote (has imported what is needed, forks on demand)
         |                        |
         +---- items, results --- worker, worker    (limits: memory, CPU time, no file written)

The zygote is a fresh interpreter, because a process that has threads and a window must not fork;
a command that has just begun has neither, and copies itself. Workers that have ended their work
wait for the next; all end when this process does.
"""

from __future__ import annotations

import atexit
import gc
import mmap
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeVar

from virtopsy.errors import Bug
from virtopsy.jobs import Progress

R = TypeVar("R")
T = TypeVar("T")

MEMORY_BYTES: Final = 1 << 30
CPU_S: Final = 10.0
# Nothing at all for this long, at whatever speed: a dead network drive, a file that is a trap.
_SILENCE_S: Final = 120.0
_LOOK_EVERY_S: Final = 0.05  # how soon a cancelled job ends
_START: Final = b"F"
_LOAD: Final = b"L"
_NUMBER_BYTES: Final = 8
_STANDARD_ERROR: Final = 2
_FIRST: Final = ("virtopsy.dicom.reader", "virtopsy.dicom.reading", "virtopsy.dicom.decoding")
_EVERYTHING: Final = (
    "virtopsy.dicom.directory_records",
    "virtopsy.dicom.multiframe",
    "virtopsy.dicom.run_lengths",
    "virtopsy.dicom.by_charls",
    "virtopsy.dicom.by_gdcm",
    "virtopsy.dicom.by_openjpeg",
    "virtopsy.dicom.picture",
)


class Lost(StrEnum):
    """Why a worker gave no answer for an item."""

    MEMORY = "memory"
    TIME = "time"
    CRASH = "crash"


class Block:
    """Memory that this process and its workers see: pixels are decoded straight into it.

    Args:
        size: bytes.

    Attributes:
        memory: the bytes, zero at first; they live as long as something looks at them.

    Raises:
        MemoryError: there is no such room.
    """

    def __init__(self, size: int) -> None:
        self.file = os.memfd_create("virtopsy", os.MFD_CLOEXEC)
        try:
            os.truncate(self.file, size)
            self.memory = mmap.mmap(self.file, size)
        except OSError as error:
            os.close(self.file)
            raise MemoryError from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let no more workers look at it."""
        os.close(self.file)


class Queue(Protocol):
    """Which items are next; asked whenever a worker is free, so that it can change its mind."""

    def take(self) -> Sequence[int]:
        """Return the numbers of the next items, none at the end."""


class InOrder:
    """All items, `chunk` at a time, as they stand."""

    def __init__(self, count: int, chunk: int) -> None:
        self._rest = iter([range(at, min(at + chunk, count)) for at in range(0, count, chunk)])

    def take(self) -> Sequence[int]:
        """Return the next items."""
        return next(self._rest, range(0))


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def each(
    function: Callable[[T], R],
    items: Sequence[T],
    progress: Progress,
    *,
    queue: Queue | None = None,
    block: Block | None = None,
) -> Iterator[tuple[int, R | Lost]]:
    """Yield (number of the item, `function(item)`) from worker processes, as they come.

    Args:
        function: of a module, with an argument and a result that can be pickled. With `block`
            it is called as `function(item, memory)`.
        items: what it is called with.
        progress: asked for cancelling; the caller ticks it.
        queue: the order; as they stand, 16 at a time, where None.
        block: memory to write into.

    Raises:
        Cancelled: the user asked for it.
        Exception: what `function` raised.
    """
    job = _Job(function, items, queue or InOrder(len(items), 16), block)
    try:
        yield from job.answers(progress)
    finally:
        job.end()


def start() -> None:
    """Begin to make workers possible; returns at once. For who will have work soon.

    They can read headers and plain pixels; what else they need they load first, each for itself.
    """
    with _lock:
        if not _zygote:
            _zygote.append(_start_zygote())


def start_here() -> None:
    """Begin as `start` does, but with a copy of this process, which need not load all anew.

    For a program that has just begun: one that has threads already cannot be copied safely, and
    an interpreter of its own is started instead.
    """
    with _lock:
        if not _zygote:
            alone = len(list(Path("/proc/self/task").iterdir())) == 1
            _zygote.append(_copied_zygote() if alone else _start_zygote())


def prepare(modules: Sequence[str] = _EVERYTHING) -> None:
    """Have modules loaded, once for all workers to come; returns at once.

    For who will need them: loading takes longer than reading the headers of most scans.
    """
    start()
    with _lock:
        fresh = [name for name in modules if name not in _loaded]
        if not fresh:
            return
        _loaded.extend(fresh)
        with suppress(OSError):  # it is gone; the next will be told when it starts
            _ask_to_load(_zygote[0], fresh)
        while _idle:  # they would load them each for itself
            _idle.pop().end()


def _ask_to_load(maker: socket.socket, modules: Sequence[str]) -> None:
    names = " ".join(modules).encode("ascii")
    maker.sendall(_LOAD + len(names).to_bytes(_NUMBER_BYTES, "little") + names)


@atexit.register
def _end() -> None:
    """Let the zygote end; the workers end by themselves."""
    while _zygote:
        _zygote.pop().close()


def warm(count: int | None = None) -> None:
    """Have workers ready for whatever comes, so that the first job need not wait for them."""
    prepare()
    workers = [_borrow() for _ in range(count or processors())]
    for worker in workers:
        worker.connection.send(_Do(_nothing, (None,)))
    for worker in workers:
        worker.connection.recv()
        _give_back(worker)


def _nothing(item: None) -> None:
    return item


class _Word(StrEnum):
    """What a worker is told about its block."""

    TAKE = "take"
    FORGET = "forget"


@dataclass(frozen=True)
class _Do:
    """What a worker is asked for: the results, one an item."""

    function: Callable[..., Any]
    items: tuple[Any, ...]


@dataclass(eq=False)
class _Worker:
    """One process, seen from here."""

    connection: Connection
    process: int  # a descriptor that names it for good, unlike its number
    task: Sequence[int] = ()
    begun: float = 0.0

    def end(self) -> None:
        """Kill it, whatever it does."""
        with suppress(ProcessLookupError):  # it is dead already
            signal.pidfd_send_signal(self.process, signal.SIGKILL)
        self.connection.close()
        os.close(self.process)


class _Job:
    """The items of one call and the workers that have them."""

    def __init__(
        self,
        function: Callable[..., Any],
        items: Sequence[Any],
        queue: Queue,
        block: Block | None,
    ) -> None:
        self._function = function
        self._items = items
        self._queue = queue
        self._block = block
        self._singly: list[int] = []  # their worker died: one at a time, to find the guilty one
        self._repeated: set[int] = set()
        self._workers: list[_Worker] = []

    def answers(self, progress: Progress) -> Iterator[tuple[int, Any]]:
        while True:
            self._employ()
            busy = {worker.connection: worker for worker in self._workers}
            if not busy:
                return
            ready = wait(list(busy), _LOOK_EVERY_S)
            for connection in ready:
                yield from self._answer(busy[connection])  # type: ignore[index]
            for worker in tuple(self._workers):
                if worker.connection not in ready and time.monotonic() - worker.begun > _SILENCE_S:
                    yield from self._dead(worker)
            progress.check()

    def _employ(self) -> None:
        """Give every worker that can be had something to do."""
        while len(self._workers) < processors():
            task = [self._singly.pop()] if self._singly else self._queue.take()
            if not task:
                return
            self._send(_borrow(self._block), task)

    def _send(self, worker: _Worker, task: Sequence[int]) -> None:
        worker.task, worker.begun = task, time.monotonic()
        self._workers.append(worker)
        # One that died in its sleep is found when its answer is awaited.
        with suppress(BrokenPipeError, ConnectionResetError):
            items = tuple(self._items[number] for number in task)
            worker.connection.send(_Do(self._function, items))

    def _answer(self, worker: _Worker) -> Iterator[tuple[int, Any]]:
        try:
            answer = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            yield from self._dead(worker)
            return
        self._workers.remove(worker)
        task = worker.task
        following = [self._singly.pop()] if self._singly else self._queue.take()
        if following:
            self._send(worker, following)
        else:
            _give_back(worker, self._block)
        if isinstance(answer, BaseException):
            raise answer
        yield from zip(task, answer, strict=True)

    def _dead(self, worker: _Worker) -> Iterator[tuple[int, Lost]]:
        """Repeat its items one at a time; a single one is lost, and why is told by its time."""
        self._workers.remove(worker)
        worker.end()
        alone = len(worker.task) == 1
        if not alone or worker.task[0] not in self._repeated:
            # Also once alone: the system may have ended the worker for reasons of its own.
            self._singly.extend(reversed(worker.task))
            self._repeated.update(worker.task)
            return
        slow = time.monotonic() - worker.begun >= CPU_S
        yield worker.task[0], Lost.TIME if slow else Lost.CRASH

    def end(self) -> None:
        """End what still runs: the caller no longer wants it."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()


# Like the interpreter's own thread and fork servers, the workers belong to the process.
_lock: Final = threading.Lock()
_idle: Final[list[_Worker]] = []
_zygote: Final[list[socket.socket]] = []
_loaded: Final[list[str]] = []  # what whoever makes workers was asked to load


def _borrow(block: Block | None = None) -> _Worker:
    """Return a worker that waits; with `block` it sees that memory."""
    while True:
        with _lock:
            worker = _idle.pop() if _idle else _forked()
        try:
            if block is not None:
                worker.connection.send(_Word.TAKE)
                _pass(worker.connection, block.file)
        except OSError:  # it died while it waited
            worker.end()
        else:
            return worker


def _give_back(worker: _Worker, block: Block | None = None) -> None:
    try:
        if block is not None:
            worker.connection.send(_Word.FORGET)
    except OSError:  # it is gone, with the block
        worker.end()
        return
    with _lock:
        _idle.append(worker)


def _pass(connection: Connection, file: int) -> None:
    with socket.socket(fileno=os.dup(connection.fileno())) as door:
        socket.send_fds(door, [_START], [file])


def _forked() -> _Worker:
    """Have the zygote make a worker; start the zygote where there is none.

    Raises:
        Bug: the zygote does not start.
    """
    for _ in range(2):
        if not _zygote:
            _zygote.append(_start_zygote())
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                socket.send_fds(_zygote[0], [_START], [theirs.fileno()])
                number = _zygote[0].recv(_NUMBER_BYTES, socket.MSG_WAITALL)
                process = os.pidfd_open(int.from_bytes(number, "little"))
            except (OSError, ValueError):  # it is gone
                _zygote.pop().close()
            else:
                return _Worker(Connection(ours.detach()), process)
    raise Bug("the process that makes workers does not start; its reason stands above")


def _copied_zygote() -> socket.socket:
    _fill_streams()
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        try:
            ours.close()  # else it would not see that the program is gone
            os.dup2(theirs.fileno(), 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            theirs.close()
            zygote()
        finally:
            os._exit(0)  # whatever happens, it may not go on as the program
    theirs.close()
    return ours


def _fill_streams() -> None:
    """Open the streams that were closed when this program began: a door would take their place."""
    while (nowhere := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(nowhere)


def _start_zygote() -> socket.socket:
    _fill_streams()
    ours, theirs = socket.socketpair()
    with theirs:
        code = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import zygote; zygote()"
        os.posix_spawn(
            sys.executable,
            [sys.executable, "-c", code],
            # One thread: a process with more cannot be forked safely.
            os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, _STANDARD_ERROR, _STANDARD_ERROR),  # to be inherited
            ],
        )
    if _loaded:
        _ask_to_load(ours, _loaded)
    return ours


def zygote() -> None:
    """Fork a worker for every request on descriptor 0; ends with the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the person stops the program, not its parts
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.chdir("/")
    _load(_FIRST)
    with socket.socket(fileno=0) as asked:
        while True:
            wish, files, _, _ = socket.recv_fds(asked, 1, 1)
            if not wish:
                return
            if wish == _LOAD:
                length = int.from_bytes(asked.recv(_NUMBER_BYTES, socket.MSG_WAITALL), "little")
                _load(asked.recv(length, socket.MSG_WAITALL).decode("ascii").split())
                continue
            gc.freeze()  # what is loaded is no garbage: no worker looks through it and copies it
            child = os.fork()
            if child == 0:
                asked.detach()
                _confine()
                _serve(Connection(files[0]))
                os._exit(0)
            os.close(files[0])
            try:
                asked.sendall(child.to_bytes(_NUMBER_BYTES, "little"))
            except BrokenPipeError:  # the program was stopped meanwhile; its workers go with it
                return


def _load(modules: Sequence[str]) -> None:
    for name in modules:
        import_module(name)


_block: Final[list[mmap.mmap]] = []  # of this worker: the memory it writes into


def _serve(connection: Connection) -> None:
    """Answer requests until the other side is gone."""
    while True:
        try:
            request = connection.recv()
            if request is _Word.TAKE:
                _block[:] = [_taken(connection)]
            elif request is _Word.FORGET:
                _block.clear()
            else:
                connection.send(_answer(request))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return


def _answer(request: _Do) -> object:
    try:
        return [_done(request.function, item) for item in request.items]
    except Exception as error:  # noqa: BLE001 -- raised on the other side
        return error


def _done(function: Callable[..., Any], item: object) -> object:
    signal.setitimer(signal.ITIMER_PROF, CPU_S)  # kills, also within a decoder
    try:
        return function(item, *_block)
    except MemoryError:
        return Lost.MEMORY
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _confine() -> None:
    """Set the limits of this process for good."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # Memory of its own only: what it shares with the program is the program's matter.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # C libraries print what they think
        os.dup2(nowhere, stream)


def _taken(connection: Connection) -> mmap.mmap:
    with socket.socket(fileno=os.dup(connection.fileno())) as door:
        _, files, _, _ = socket.recv_fds(door, 1, 1)
    try:
        return mmap.mmap(files[0], 0)
    finally:
        os.close(files[0])
