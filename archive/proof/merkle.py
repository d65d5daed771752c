"""The Merkle tree over the log (RFC 6962, 2.1): its root, and proofs that reveal no other entry.

A log of millions is never hashed anew for a proof: the hashes of complete subtrees of 256,
65,536 and 16,777,216 leaves are kept (`KEPT`), and everything else follows from at most a few
hundred neighbours a level.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from virtopsy.errors import Bug

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
STEP: Final = 8
"""Levels between two that are kept: a kept node stands over 256 of the kept ones below."""
KEPT: Final = (8, 16, 24)
"""Heights whose complete nodes are kept."""
_BLOCK: Final = 1 << STEP
_REMEMBERED: Final = 64  # blocks of 256 nodes: about a megabyte


def leaf_hash(body: bytes) -> bytes:
    """Return SHA256(0x00 || body)."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes.

    Level by level; a last node without a partner rises unchanged, which is the same tree as
    the RFC's recursion at the largest power of two below n.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return the complete nodes over `leaves`: the leaves, then level by level up."""
    found = [list(leaves)]
    while len(found[-1]) > 1:
        pairs = iter(found[-1])
        found.append([node_hash(*pair) for pair in zip(pairs, pairs, strict=False)])
    return found


def beginning(complete: Sequence[Sequence[bytes]], size: int) -> bytes:
    """Return the root over the first `size` leaves of a tree whose `levels` are given."""
    made, place = b"", size
    for level in complete:
        if place % 2:
            made = node_hash(level[place - 1], made) if made else level[place - 1]
        place //= 2
    return made or EMPTY_ROOT


class Nodes(Protocol):
    """Where hashes of complete subtrees are kept."""

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return the nodes `first` to `first + count` of a level: 0 (leaves) or one of `KEPT`.

        Fewer where they are not there; a gap ends them.
        """
        ...


class Tree:
    """A tree of any size over kept nodes.

    Reads at most 255 nodes a level for a root, 510 for a proof, and remembers what it has read:
    make one for every question.

    Args:
        nodes: what is kept; a node that is missing there is made from those below it.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._blocks: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` leaves."""
        return self._over(0, size) if size else EMPTY_ROOT

    def followed(self, size: int, leaf: bytes) -> bytes:
        """Return the root over the first `size` leaves and one more that is not kept yet."""
        made = leaf
        for level in range(size.bit_length()):
            if size >> level & 1:
                made = node_hash(self.node(level, (size >> level) - 1), made)
        return made

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the audit path of leaf `index` (RFC 6962, 2.1.1), lowest sibling first."""
        if not 0 <= index < size:
            raise Bug(f"leaf {index} of {size}")
        return tuple(self._path(index, 0, size))

    def consistency(self, older: int, newer: int) -> tuple[bytes, ...]:
        """Return the proof that a tree only grew (RFC 6962, 2.1.2); empty for the same size."""
        if not 0 < older <= newer:
            raise Bug(f"a tree of {older} leaves does not grow to {newer}")
        return tuple(self._subproof(older, 0, newer, known=True))

    def node(self, level: int, place: int) -> bytes:
        """Return the hash of a complete subtree of 2**level leaves."""
        return self._over(place << level, (place + 1) << level)

    def _path(self, index: int, first: int, last: int) -> Iterator[bytes]:
        if last - first == 1:
            return
        middle = first + _split(last - first)
        if index < middle:
            yield from self._path(index, first, middle)
            yield self._over(middle, last)
        else:
            yield from self._path(index, middle, last)
            yield self._over(first, middle)

    def _subproof(self, older: int, first: int, last: int, *, known: bool) -> Iterator[bytes]:
        """SUBPROOF(m, D[n], b) of the RFC: `older` leaves of [first, last), `known` is its b."""
        if older == last - first:
            if not known:
                yield self._over(first, last)
            return
        half = _split(last - first)
        if older <= half:
            yield from self._subproof(older, first, first + half, known=known)
            yield self._over(first + half, last)
        else:
            yield from self._subproof(older - half, first + half, last, known=False)
            yield self._over(first, first + half)

    def _over(self, first: int, last: int) -> bytes:
        """Return MTH(D[first:last]); `first` is where a subtree of that size may begin."""
        level = 0
        while level < KEPT[-1] and (last - first) >> (level + STEP):
            level += STEP
        return self._reduced(level, first, last)

    def _reduced(self, level: int, first: int, last: int) -> bytes:
        """Return MTH(D[first:last]) from complete nodes of `level` and what is ragged after."""
        whole = range(first >> level, last >> level)
        found = self._read(level, whole)
        ragged = whole.stop << level
        if ragged < last:
            found.append(self._over(ragged, last))
        return root(found)

    def _read(self, level: int, places: range) -> list[bytes]:
        found: list[bytes] = []
        for block in range(places.start >> STEP, ((places.stop - 1) >> STEP) + 1):
            start = block << STEP
            wanted = range(max(places.start, start), min(places.stop, start + _BLOCK))
            held = self._block(level, block, wanted.stop - start)
            found.extend(held[wanted.start - start : wanted.stop - start])
        return found

    def _block(self, level: int, block: int, count: int) -> Sequence[bytes]:
        """Return at least `count` nodes of a block of 256."""
        held = self._blocks.pop((level, block), [])
        self._complete(held, level, block << STEP, count)
        self._blocks[level, block] = held
        if len(self._blocks) > _REMEMBERED:
            self._blocks.popitem(last=False)
        return held

    def _complete(self, held: list[bytes], level: int, first: int, count: int) -> None:
        if len(held) < count:
            held.extend(self._nodes.hashes(level, first + len(held), count - len(held)))
        if level == 0 and len(held) < count:
            raise Bug(f"leaf {first + len(held)} is not kept")
        while len(held) < count:  # not kept yet: an archive of an earlier version
            place = first + len(held)
            below = level - STEP
            held.append(self._reduced(below, place << level, (place + 1) << level))


def completed(size: int) -> Iterator[tuple[int, int]]:
    """Yield (level, place) of the kept nodes that the `size`-th leaf completes, lowest first."""
    for level in KEPT:
        if size % (1 << level):
            return
        yield level, (size >> level) - 1


def grown(leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Yield (level, place, hash) of every node to be kept over `leaves`, as each is complete."""
    held: dict[int, list[bytes]] = {level: [] for level in (0, *KEPT)}
    for size, leaf in enumerate(leaves, 1):
        held[0].append(leaf)
        for level, place in completed(size):
            made = root(held[level - STEP])
            held[level - STEP].clear()
            held[level].append(made)
            yield level, place, made


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Tell whether `path` proves leaf `index` to be in the tree of that size and root.

    The check of RFC 9162, 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node % 2 or node == last:
            found = node_hash(sibling, found)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            found = node_hash(found, sibling)
        node, last = node // 2, last // 2
    return last == 0 and found == expected


def consistent(
    older: int, older_root: bytes, newer: int, newer_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether `proof` shows that the newer tree begins with all leaves of the older one.

    The check of RFC 9162, 2.1.4.2; the same size needs the same root and no proof. Nothing can
    be proven of an empty tree, in which nothing was ever signed: it answers False.
    """
    if not 0 < older <= newer:
        return False
    if older == newer:
        return not proof and older_root == newer_root
    path = list(proof)
    if older & (older - 1) == 0:  # it stands whole in the newer tree, so its root is no news
        path.insert(0, older_root)
    if not path:
        return False
    node, last = older - 1, newer - 1
    while node % 2:
        node, last = node // 2, last // 2
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node % 2 == 0 and node:
                node, last = node // 2, last // 2
        else:
            new = node_hash(new, sibling)
        node, last = node // 2, last // 2
    return last == 0 and old == older_root and new == newer_root


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _above(level: list[bytes]) -> list[bytes]:
    above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return above + level[len(above) * 2 :]
