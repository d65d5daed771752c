"""Several volumes under one series number, and planes that are there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.carrier import Address
from virtopsy.dicom.series import Instance, Problem
from virtopsy.dicom.stack import SAME_PLACE_MM, Stack, arrange

Labels: TypeAlias = NDArray[np.int64]
_FEWEST_OF_A_PART: Final = 3
# Without duplicates a split only explains a gap or another spacing; it needs more evidence,
# since sequential scanners number every few planes as an acquisition of their own.
_FEWEST_BESIDE_A_GAP: Final = 8
_MOST_BESIDE_A_GAP: Final = 3


def without_copies(
    instances: Sequence[Instance], contents: Mapping[Address, bytes]
) -> tuple[list[Instance], tuple[Problem, ...]]:
    """Leave out files that are there twice, byte for byte; tell where one UID has two contents.

    Args:
        instances: planes of one series.
        contents: `carrier.fingerprint` of the files that share a UID; one that is not in it is
            like no other.
    """
    kept: dict[tuple[str, int], list[Instance]] = defaultdict(list)
    known: set[tuple[str, int, bytes]] = set()
    copies, conflicts = 0, []
    for instance in instances:
        same = kept[instance.sop_uid, instance.frame_number]
        content = contents.get(instance.address)
        if instance.sop_uid and content is not None:
            this = instance.sop_uid, instance.frame_number, content
            if this in known:
                copies += 1
                continue
            known.add(this)
        if instance.sop_uid and same:
            conflicts.append(instance)
        same.append(instance)
    problems = []
    if copies:
        problems.append(Problem("duplicate_position", "copies", {"n": copies}))
    if conflicts:
        problems.append(Problem("uid_conflict", facts={"path": conflicts[0].place}))
    return [one for same in kept.values() for one in same], tuple(problems)


def split(instances: Sequence[Instance]) -> list[Stack]:
    """Return the volumes that planes of one grid form, one flawed stack where no split fits.

    A split fits where all its parts are regular; where planes lie twice at one place also where
    it leaves no more parts than planes at a place, each with its own gaps or uneven spacing.
    """
    whole = arrange(instances)
    if whole.regular or len(instances) < 2 * _FEWEST_OF_A_PART:
        return [whole]
    places = np.append(0, np.cumsum(np.diff(whole.distances) >= SAME_PLACE_MM))
    most = int(np.bincount(places).max())
    best = [whole]
    for labels in _candidates(whole.instances, places):
        parts = _parts(whole.instances, labels, places, doubled=most > 1)
        if not parts:
            continue
        stacks = [arrange(part) for part in parts]
        if all(stack.regular for stack in stacks):
            return stacks
        if len(best) == 1 and len(stacks) <= most:
            best = stacks
    return best


def _parts(
    instances: Sequence[Instance], labels: Labels, places: Labels, *, doubled: bool
) -> list[list[Instance]]:
    """Return the planes of each label; nothing where such a split explains nothing."""
    sizes = np.bincount(labels)
    if len(sizes) < 2 or not _enough(sizes, doubled=doubled):
        return []
    if doubled and len(np.unique(labels * len(places) + places)) < len(places):
        return []  # a part would hold two planes of one place
    parts: list[list[Instance]] = [[] for _ in sizes]
    for label, instance in zip(labels.tolist(), instances, strict=True):
        parts[label].append(instance)
    return parts


def _enough(sizes: Labels, *, doubled: bool) -> bool:
    if doubled:
        return int(sizes.min()) >= _FEWEST_OF_A_PART
    return int(sizes.min()) >= _FEWEST_BESIDE_A_GAP and len(sizes) <= _MOST_BESIDE_A_GAP


def _candidates(instances: Sequence[Instance], places: Labels) -> Iterator[Labels]:
    """Yield ways to tell volumes apart: by one trait, by two, by instance number."""
    traits = [dict(instance.traits) for instance in instances]
    coded = (_coded([trait.get(name) for trait in traits]) for name in traits[0])
    # A trait that is another on every plane, as many times are, tells no volumes apart.
    telling = [one for one in coded if 1 < one.max() + 1 <= len(traits) / _FEWEST_OF_A_PART]
    yield from telling
    for one, other in combinations(telling, 2):
        yield _coded((one * (int(other.max()) + 1) + other).tolist())
    yield _runs(instances, places)
    ranks = _ranks(instances, places)
    if ranks is not None:
        yield ranks


def _coded(values: Sequence[object]) -> Labels:
    """Number the values from 0 in the order they come."""
    codes: dict[object, int] = {}
    return np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.int64)


def _runs(instances: Sequence[Instance], places: Labels) -> Labels:
    """Begin a new volume where, in order of number, a place comes again."""
    labels = np.zeros(len(places), dtype=np.int64)
    run = 0
    last = np.full(len(places), -1)  # the run in which a place was last met
    for at in sorted(range(len(instances)), key=lambda at: instances[at].number):
        if last[places[at]] == run:
            run += 1
        last[places[at]] = labels[at] = run
    return labels


def _ranks(instances: Sequence[Instance], places: Labels) -> Labels | None:
    """Give the first plane of each place to the first volume, the second to the second.

    So echoes come that no header names, when all of one place were numbered before the next. None
    unless there are as many at each place and their numbers go on alike at all of them: else
    which belongs to which would be a guess.
    """
    counts = np.bincount(places)
    if counts.min() != counts.max():
        return None
    numbers = np.array([one.number for one in instances], dtype=np.float64)
    order = np.lexsort((numbers, places))
    steps = np.diff(numbers[order].reshape(len(counts), -1), axis=1)
    if (steps != steps[0]).any() or (steps <= 0).any():
        return None
    labels = np.empty(len(places), dtype=np.int64)
    labels[order] = np.tile(np.arange(counts[0]), len(counts))
    return labels
