"""The planes of a series into memory: outwards from the one that is looked at, on all processors.

Plain pixels are copied by threads: the system and numpy work without the interpreter's lock.
Whatever needs a decoder goes to worker processes, which write straight into the voxels.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from mmap import mmap
from queue import SimpleQueue
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtopsy.confined import Block, Lost, each, prepare, processors
from virtopsy.dicom.codestream import modules_for
from virtopsy.dicom.pixels import is_plain, plane, undecodable
from virtopsy.dicom.scale import TooWide, put, types_for
from virtopsy.dicom.series import Instance
from virtopsy.errors import Bug, InputError, IntegrityError
from virtopsy.imaging.volume import Quantity
from virtopsy.imaging.voxels import Voxels
from virtopsy.jobs import Progress

_PLAIN_AT_ONCE: Final = 8
_CODED_AT_ONCE: Final = 4

Focus: TypeAlias = Callable[[], int]
"""Asks which slice is looked at now."""
Answer: TypeAlias = float | InputError | IntegrityError
"""The highest value of a plane, or why it is not there."""
Begun: TypeAlias = Callable[[Voxels, NDArray[np.bool_]], None]
"""Hears of the voxels while they fill: (voxels, (slices,) which have arrived)."""


@dataclass(frozen=True)
class Slots:
    """Where the planes of a series shall stand.

    Attributes:
        places: (n,) the slice k of each plane.
        count: slices in all; those without a plane hold `empty`.
        empty: the value where no plane is.
    """

    places: NDArray[np.int64]
    count: int
    empty: float


@dataclass(frozen=True, eq=False)
class Planes:
    """What was read.

    Attributes:
        voxels: (slices, rows, columns) int16 where they fit, else int32, float32 for fractions.
        tops: (n,) the highest value of each plane.
        failed: why a plane could not be read, by its place in the series.
    """

    voxels: Voxels
    tops: NDArray[np.float64]
    failed: dict[int, InputError]


def read(  # noqa: PLR0913 -- each says one thing of its own
    instances: Sequence[Instance],
    slots: Slots,
    quantity: Quantity,
    progress: Progress,
    *,
    focus: Focus,
    begun: Begun | None = None,
) -> Planes:
    """Read the planes; one that cannot be read leaves its slice empty.

    Args:
        instances: planes of the same rows and columns.
        slots: where they go.
        quantity: what their values mean.
        progress: ticks a plane.
        focus: the planes next to it come first; asked again and again.
        begun: called when the first planes are there, again if the type of values had to grow.

    Raises:
        InputError: none of them can be read, or they do not fit into memory.
        IntegrityError: a kept file is not what it was; then nothing of the series is shown.
        Cancelled: the user asked for it.
    """
    for kind in types_for(instances):
        try:
            planes = _Filling(instances, slots, quantity, kind).run(progress, focus, begun)
        except TooWide:
            continue
        if len(planes.failed) == len(instances):
            raise planes.failed[min(planes.failed)]
        return planes
    raise Bug("float32 holds every stored value")


class _Filling:
    """One try with one type of values."""

    def __init__(
        self,
        instances: Sequence[Instance],
        slots: Slots,
        quantity: Quantity,
        kind: type[np.generic],
    ) -> None:
        self._instances = instances
        self._slots = slots
        self._quantity = quantity
        self._kind = np.dtype(kind)
        self._shape = (slots.count, instances[0].rows, instances[0].columns)
        self._plain = all(map(is_plain, instances))

    def run(self, progress: Progress, focus: Focus, begun: Begun | None) -> Planes:
        count, places = len(self._instances), self._slots.places
        tops = np.full(count, -np.inf)
        failed: dict[int, InputError] = {}
        holes: list[int] = []
        with ExitStack() as held:
            block = None if self._plain else held.enter_context(self._block())
            voxels = self._voxels(block)
            arrived = np.ones(self._slots.count, dtype=bool)
            arrived[places] = False
            voxels[arrived] = self._slots.empty
            chunk = _PLAIN_AT_ONCE if block is None else _CODED_AT_ONCE
            queue = Outwards(places, chunk, focus)
            if block is None:
                answers = self._by_threads(voxels, queue)
            else:
                answers = self._by_workers(block, queue, progress)
            held.enter_context(closing(answers))
            for done, (number, answer) in enumerate(answers, start=1):
                if isinstance(answer, IntegrityError):
                    raise answer
                if isinstance(answer, InputError):
                    failed[number] = answer
                    holes.append(int(places[number]))
                else:
                    tops[number] = answer
                    arrived[places[number]] = True
                # Not before a plane could be read: gigabytes may be what only broken files claim.
                while holes and len(failed) < done:
                    voxels[holes.pop()] = self._slots.empty
                if begun is not None and done == min(chunk, count):
                    begun(voxels, arrived)
                progress.tick(done, count)
        return Planes(voxels, tops, failed)

    def _block(self) -> Block:
        try:
            return Block(int(np.prod(self._shape, dtype=np.int64)) * self._kind.itemsize)
        except MemoryError as error:
            raise self._too_large() from error

    def _voxels(self, block: Block | None) -> Voxels:
        if block is not None:
            return np.frombuffer(block.memory, self._kind).reshape(self._shape)
        try:
            # Zeros, which cost nothing: what was memory before may be NaN where planes are to come.
            return np.zeros(self._shape, self._kind)
        except MemoryError as error:
            raise self._too_large() from error

    def _too_large(self) -> InputError:
        gigabytes = np.prod(self._shape, dtype=float) * self._kind.itemsize / 1e9
        return InputError("scan.problem.too_large", gigabytes=round(float(gigabytes), 1))

    def _by_threads(
        self, voxels: Voxels, queue: Outwards
    ) -> Generator[tuple[int, Answer], None, None]:
        answers: SimpleQueue[Sequence[tuple[int, Answer]] | BaseException] = SimpleQueue()
        stopped = threading.Event()

        def work() -> None:
            try:
                while not stopped.is_set() and (task := queue.take()):
                    answers.put([(number, self._filled(number, voxels)) for number in task])
            except BaseException as error:  # noqa: BLE001 -- raised by who waits for the answers
                answers.put(error)

        with ThreadPoolExecutor(processors(), thread_name_prefix="pixels") as pool:
            for _ in range(processors()):
                pool.submit(work)
            try:
                missing = len(self._instances)
                while missing:
                    answer = answers.get()
                    if isinstance(answer, BaseException):
                        raise answer
                    missing -= len(answer)
                    yield from answer
            finally:
                stopped.set()

    def _filled(self, number: int, voxels: Voxels) -> Answer:
        out = voxels[self._slots.places[number]]
        return _fill(self._instances[number], out, self._quantity)

    def _by_workers(
        self, block: Block, queue: Outwards, progress: Progress
    ) -> Generator[tuple[int, Answer], None, None]:
        syntaxes = {one.storage.transfer_syntax for one in self._instances}
        prepare(tuple(chain(*map(modules_for, syntaxes))))
        function = partial(_fill_shared, kind=self._kind, shape=self._shape, what=self._quantity)
        items = list(zip(self._slots.places.tolist(), self._instances, strict=True))
        for number, answer in each(function, items, progress, queue=queue, block=block):
            if isinstance(answer, Lost):
                yield number, undecodable(self._instances[number])
            else:
                yield number, answer


class Outwards:
    """Hands out the planes, those next to the one that is looked at first."""

    def __init__(self, places: NDArray[np.int64], chunk: int, focus: Focus) -> None:
        order = np.argsort(places, kind="stable")
        self._chunks = [order[at : at + chunk].tolist() for at in range(0, len(order), chunk)]
        self._middles = [float(places[one].mean()) for one in self._chunks]
        self._focus = focus
        self._lock = threading.Lock()

    def take(self) -> Sequence[int]:
        """Return the numbers of the next planes, none at the end. Callable from any thread."""
        with self._lock:
            if not self._chunks:
                return ()
            k = self._focus()
            nearest = min(range(len(self._chunks)), key=lambda at: abs(self._middles[at] - k))
            del self._middles[nearest]
            task: Sequence[int] = self._chunks.pop(nearest)
            return task


def _fill_shared(
    item: tuple[int, Instance],
    memory: mmap,
    *,
    kind: np.dtype[Any],
    shape: tuple[int, int, int],
    what: Quantity,
) -> Answer:
    k, instance = item
    return _fill(instance, np.frombuffer(memory, kind).reshape(shape)[k], what)


def _fill(instance: Instance, out: NDArray[Any], what: Quantity) -> Answer:
    try:
        return put(plane(instance), instance, what, out)
    except (InputError, IntegrityError) as error:
        return error
