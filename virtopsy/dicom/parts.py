"""Several volumes under one series number, and planes that are there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from virtopsy.dicom.carrier import same_content
from virtopsy.dicom.series import Instance, Problem
from virtopsy.dicom.stack import Stack, arrange

_FEWEST_OF_A_PART: Final = 3
# Without duplicates a split only explains a gap or another spacing; it needs more evidence,
# since sequential scanners number every few planes as an acquisition of their own.
_FEWEST_BESIDE_A_GAP: Final = 8
_MOST_BESIDE_A_GAP: Final = 3


def without_copies(
    instances: Sequence[Instance],
) -> tuple[list[Instance], tuple[Problem, ...]]:
    """Leave out files that are there twice, byte for byte; tell where one UID has two contents."""
    kept: dict[tuple[str, int], list[Instance]] = defaultdict(list)
    copies, conflicts = 0, []
    for instance in instances:
        same = kept[instance.sop_uid, instance.frame_number]
        if instance.sop_uid and any(_equal(instance, other) for other in same):
            copies += 1
            continue
        if instance.sop_uid and same:
            conflicts.append(instance)
        same.append(instance)
    problems = []
    if copies:
        problems.append(Problem("duplicate_position", "copies", {"n": copies}))
    if conflicts:
        problems.append(Problem("uid_conflict", facts={"path": conflicts[0].place}))
    return [one for same in kept.values() for one in same], tuple(problems)


def _equal(one: Instance, other: Instance) -> bool:
    return same_content(one.address, other.address)


def split(instances: Sequence[Instance]) -> list[Stack]:
    """Return the volumes that planes of one grid form, one flawed stack where no split fits."""
    whole = arrange(instances)
    if whole.regular or len(instances) < 2 * _FEWEST_OF_A_PART:
        return [whole]
    doubled = "duplicate_position" in whole.codes
    best = [whole]
    for parts in _candidates(instances):
        if len(parts) < 2 or not _enough(parts, doubled=doubled):
            continue
        stacks = [arrange(part) for part in parts]
        if all(stack.regular for stack in stacks):
            return stacks
        if doubled and best == [whole] and not any(_doubled(stack) for stack in stacks):
            best = stacks
    return best


def _doubled(stack: Stack) -> bool:
    return "duplicate_position" in stack.codes


def _enough(parts: Sequence[Sequence[Instance]], *, doubled: bool) -> bool:
    smallest = min(len(part) for part in parts)
    if doubled:
        return smallest >= _FEWEST_OF_A_PART
    return smallest >= _FEWEST_BESIDE_A_GAP and len(parts) <= _MOST_BESIDE_A_GAP


def _candidates(instances: Sequence[Instance]) -> Iterator[list[list[Instance]]]:
    """Yield ways to tell volumes apart: by one trait, by two, by runs of the instance number."""
    traits = [dict(instance.traits) for instance in instances]
    varying = [name for name in traits[0] if len({trait.get(name) for trait in traits}) > 1]
    for names in (*((name,) for name in varying), *combinations(varying, 2)):
        parts: dict[tuple[str | None, ...], list[Instance]] = defaultdict(list)
        for instance, trait in zip(instances, traits, strict=True):
            parts[tuple(trait.get(name) for name in names)].append(instance)
        yield list(parts.values())
    yield _runs(instances)


def _runs(instances: Sequence[Instance]) -> list[list[Instance]]:
    """Begin a new volume where, in order of number, a position comes again."""
    runs: list[list[Instance]] = [[]]
    seen: set[object] = set()
    for instance in sorted(instances, key=lambda one: one.number):
        if instance.position in seen:
            runs.append([])
            seen = set()
        seen.add(instance.position)
        runs[-1].append(instance)
    return runs
