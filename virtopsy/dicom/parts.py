"""Several volumes under one series number, and planes that are there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtopsy.dicom.carrier import Address, fingerprint
from virtopsy.dicom.series import Instance, Problem
from virtopsy.dicom.stack import SAME_PLACE_MM, Stack, arrange, median

Labels: TypeAlias = NDArray[np.int64]
_FEWEST_OF_A_PART: Final = 3
# Without duplicates a split only explains a gap or another spacing; it needs more evidence,
# since sequential scanners number every few planes as an acquisition of their own.
_FEWEST_BESIDE_A_GAP: Final = 8
_MOST_BESIDE_A_GAP: Final = 3
# Slices that touch lie at most this many times their thickness apart.
_TOUCHING: Final = 1.25
# No volume has values of two of these, even where its planes would fit one grid.
_DECISIVE: Final = frozenset({"kernel"})
# These tell only planes at one place apart; along one scan they may change.
_LOCAL: Final = frozenset({"thickness", "diameter", "comment"})


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
    Planes that are there twice with the same picture are used once where nothing else helps.
    """
    whole = arrange(instances)
    if len(instances) < 2:
        return [whole]
    places = np.append(0, np.cumsum(np.diff(whole.distances) >= SAME_PLACE_MM))
    if places[-1] + 1 == len(instances):
        return _beside_each_other(whole, places)
    found = _doubled(whole, places)
    if len(found) > 1:
        return found
    kept, copies = _without_same_picture(whole.instances, places)
    if not copies:
        return found
    told = Problem("duplicate_position", "same_picture", {"n": copies})
    return [replace(one, problems=(*one.problems, told)) for one in split(kept)]


def _doubled(whole: Stack, places: Labels) -> list[Stack]:
    """Return the volumes of planes that lie several at a place."""
    most = int(np.bincount(places).max())
    best = [whole]
    for _, labels in _candidates(whole.instances, places):
        parts = _parts(whole.instances, labels, places, doubled=True)
        if not parts:
            continue
        stacks = [arrange(part) for part in parts]
        if all(stack.regular for stack in stacks):
            return stacks
        if len(best) == 1 and len(stacks) <= most:
            best = stacks
    return best


def _beside_each_other(whole: Stack, places: Labels) -> list[Stack]:
    """Return the volumes of planes that lie one at a place."""
    for trait, labels in _candidates(whole.instances, places):
        parts = _parts(whole.instances, labels, places, doubled=False)
        if not parts:
            continue
        stacks = [arrange(part) for part in parts]
        inserted = int((np.diff(labels) != 0).sum()) >= len(stacks)
        # What lies between the planes of another cannot be one grid with it, though it may lack
        # a slice of its own.
        allowed = {"missing_slices"} if inserted else set()
        if any(stack.step_mm == 0 or stack.codes - allowed for stack in stacks):
            continue
        if _separate(whole, stacks, inserted=inserted, decisive=trait in _DECISIVE):
            return stacks
    return [whole]


def _separate(whole: Stack, stacks: Sequence[Stack], *, inserted: bool, decisive: bool) -> bool:
    """Tell whether regular parts of a stack are volumes of their own, not one with a gap.

    Args:
        whole: the stack.
        stacks: its parts.
        inserted: planes of one part lie between planes of another. Then both are whole where
            their slices touch; half of a scan that was taken in turns has spaces between.
        decisive: they differ in what no volume mixes.
    """
    if inserted:
        return all(_touching(stack, known=whole.step_mm > 0) for stack in stacks)
    if decisive or whole.step_mm == 0:
        return True
    if whole.regular:
        return False
    # On one grid a short gap between two acquisitions may be lost slices: that is told.
    steps = {round(stack.step_mm / whole.step_mm) for stack in stacks}
    widest = int(np.diff(whole.places).max()) - 1
    return steps != {1} or widest > _FEWEST_BESIDE_A_GAP


def _touching(stack: Stack, *, known: bool) -> bool:
    """Tell whether neighbouring slices touch; without a thickness `known` says they do not."""
    thickness = np.array([one.thickness_mm or 0.0 for one in stack.instances])
    if thickness.min() <= 0:
        return not known
    return stack.step_mm <= _TOUCHING * median(thickness)


def _without_same_picture(
    instances: Sequence[Instance], places: Labels
) -> tuple[list[Instance], int]:
    """Leave out planes that show what another at their place shows; tell how many."""
    known: set[tuple[object, ...]] = set()
    kept = []
    for place, instance in zip(places.tolist(), instances, strict=True):
        picture = _picture(instance)
        if picture is None or (place, *picture) not in known:
            kept.append(instance)
        if picture is not None:
            known.add((place, *picture))
    return kept, len(instances) - len(kept)


def _picture(one: Instance) -> tuple[object, ...] | None:
    """Return what two planes share that hold the same values stored the same way.

    None for frames of many, for pixels whose place is not known, and where they cannot be read.
    """
    storage = one.storage
    if storage.frames != 1 or not storage.offset:
        return None
    plain = storage.length >= 0
    size = storage.length if plain else storage.available
    content = fingerprint(one.address, size, start=storage.offset)
    if content is None or (plain and storage.available < size):
        return None
    alike = replace(storage, offset=0, available=0 if plain else storage.available)
    return one.rows, one.columns, one.slope, one.intercept, one.padding, alike, content


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


def _candidates(instances: Sequence[Instance], places: Labels) -> Iterator[tuple[str, Labels]]:
    """Yield ways to tell volumes apart: by one trait, by two, by instance number.

    With the name of the trait, empty where it is not one alone.
    """
    traits = [dict(instance.traits) for instance in instances]
    single = int(places[-1]) + 1 == len(instances)
    names = [name for name in traits[0] if not (single and name in _LOCAL)]
    coded = ((name, _coded([trait.get(name) for trait in traits])) for name in names)
    # A trait that is another on every plane, as many times are, tells no volumes apart.
    most = len(traits) / _FEWEST_OF_A_PART
    telling = [(name, one) for name, one in coded if 1 < one.max() + 1 <= most]
    yield from telling
    for (_, one), (_, other) in combinations(telling, 2):
        yield "", _coded((one * (int(other.max()) + 1) + other).tolist())
    if single:
        yield "", _turns(instances)
        return
    yield "", _runs(instances, places)
    ranks = _ranks(instances, places)
    if ranks is not None:
        yield "", ranks


def _turns(instances: Sequence[Instance]) -> Labels:
    """Begin a new volume where, in order of number, the planes go back; they come in order."""
    labels = np.zeros(len(instances), dtype=np.int64)
    order = np.argsort([one.number for one in instances], kind="stable")
    run, onwards = 0, 0
    for last, at in pairwise(order.tolist()):
        way = 1 if at > last else -1
        if onwards and way != onwards:
            run, onwards = run + 1, 0
        else:
            onwards = way
        labels[at] = run
    return labels


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
