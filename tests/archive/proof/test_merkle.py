"""The Merkle tree (RFC 6962)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import merkle
from virtopsy.errors import Bug

_VECTOR = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
# The test vectors of the certificate-transparency reference implementation.
_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Its audit paths, by (index, size), and consistency proofs, by (older, newer).
_PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
_PROOFS = {
    (1, 1): [],
    (1, 8): _PATHS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
_BODIES = st.lists(st.binary(max_size=6), min_size=1, max_size=40)
_MANY = [hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(66_000)]
_SIZES = st.integers(1, 1_200) | st.sampled_from(
    [255, 256, 257, 65_535, 65_536, 65_537, 65_792, 65_999, 66_000]
)


class _Kept:
    """Nodes in memory, which count what is read of each level."""

    def __init__(self, leaves: Sequence[bytes], *, lost: int = 0) -> None:
        self.levels: dict[int, dict[int, bytes]] = {level: {} for level in merkle.KEPT}
        self.levels[0] = dict(enumerate(leaves))
        for number, (level, place, made) in enumerate(merkle.grown(leaves), 1):
            if not lost or number % lost:
                self.levels[level][place] = made
        self.read: Counter[int] = Counter()

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        found = []
        for place in range(first, first + count):
            if place not in self.levels[level]:
                break
            found.append(self.levels[level][place])
        self.read[level] += len(found)
        return found


_KEPT = _Kept(_MANY)


@cache
def _root(size: int) -> bytes:
    return merkle.root(_MANY[:size])


def _mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of the RFC: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(_mth(leaves[:split]), _mth(leaves[split:]))


def _path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of the RFC."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*_path(index, leaves[:split]), _mth(leaves[split:])]
    return [*_path(index - split, leaves[split:]), _mth(leaves[:split])]


def _subproof(older: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of the RFC."""
    if older == len(leaves):
        return [] if whole else [_mth(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if older <= split:
        return [*_subproof(older, leaves[:split], whole), _mth(leaves[split:])]
    return [*_subproof(older - split, leaves[split:], False), _mth(leaves[:split])]


def _published(size: int) -> merkle.Tree:
    return merkle.Tree(_Kept([merkle.leaf_hash(one) for one in _VECTOR[:size]]))


def test_known_roots_come_out() -> None:
    leaves = [merkle.leaf_hash(one) for one in _VECTOR]
    assert [merkle.root(leaves[: n + 1]).hex() for n in range(8)] == _ROOTS
    assert [_published(8).root(n + 1).hex() for n in range(8)] == _ROOTS
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]).hex() == _published(8).root(0).hex() == empty


@pytest.mark.parametrize(("index", "size"), _PATHS)
def test_known_audit_paths_come_out(index: int, size: int) -> None:
    assert [one.hex() for one in _published(8).inclusion(index, size)] == _PATHS[index, size]


@given(_SIZES)
def test_the_root_with_one_more_leaf_is_known_before_that_is_kept(size: int) -> None:
    leaf = _MANY[size - 1]
    assert merkle.Tree(_KEPT).followed(size - 1, leaf) == _root(size)


@pytest.mark.parametrize(("older", "newer"), _PROOFS)
def test_known_consistency_proofs_come_out_and_are_believed(older: int, newer: int) -> None:
    proof = _published(8).consistency(older, newer)
    assert [one.hex() for one in proof] == _PROOFS[older, newer]
    first, second = (bytes.fromhex(_ROOTS[size - 1]) for size in (older, newer))
    assert merkle.consistent(older, first, newer, second, proof)


@given(_BODIES)
def test_the_root_is_the_rfcs_recursion(bodies: list[bytes]) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    assert merkle.root(leaves) == _mth(leaves)


@given(_BODIES, st.data())
def test_proofs_are_the_rfcs_recursion(bodies: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    tree, size = merkle.Tree(_Kept(leaves)), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    assert list(tree.inclusion(index, size)) == _path(index, leaves)
    assert list(tree.consistency(index + 1, size)) == _subproof(index + 1, leaves, True)


@given(_BODIES, st.data())
def test_the_root_of_every_beginning_follows_from_the_levels(
    bodies: list[bytes], data: st.DataObject
) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    size = data.draw(st.integers(0, len(leaves)))
    assert merkle.beginning(merkle.levels(leaves), size) == merkle.root(leaves[:size])


@given(_SIZES)
def test_a_root_over_kept_nodes_is_the_root_over_all_leaves(size: int) -> None:
    assert merkle.Tree(_KEPT).root(size) == _root(size)


@given(_SIZES, st.data())
def test_proofs_over_kept_nodes_are_believed(size: int, data: st.DataObject) -> None:
    tree, root = merkle.Tree(_KEPT), _root(size)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    assert merkle.included(_MANY[index], index, size, path, root)
    older, proof = index + 1, tree.consistency(index + 1, size)
    assert merkle.consistent(older, _root(older), size, root, proof)


@given(_SIZES, st.data())
def test_no_question_reads_more_than_two_blocks_a_level(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    for ask, most in (
        (partial(merkle.Tree.root, size=size), 255),
        (partial(merkle.Tree.inclusion, index=index, size=size), 511),
        (partial(merkle.Tree.consistency, older=index + 1, newer=size), 511),
    ):
        _KEPT.read.clear()
        ask(merkle.Tree(_KEPT))
        assert max(_KEPT.read.values(), default=0) <= most


def test_nodes_that_are_not_kept_yet_are_made_from_those_below() -> None:
    lacking = _Kept(_MANY, lost=3)
    for size in (256, 1_000, 65_536, 66_000):
        assert merkle.Tree(lacking).root(size) == _root(size)


def test_every_complete_node_is_named_when_its_last_leaf_comes() -> None:
    assert list(merkle.completed(255)) == []
    assert list(merkle.completed(512)) == [(8, 1)]
    assert list(merkle.completed(131_072)) == [(8, 511), (16, 1)]
    assert list(merkle.completed(1 << 24)) == [(8, 65_535), (16, 255), (24, 0)]
    told = [(level, place) for level, place, _ in merkle.grown(_MANY)]
    assert told == [one for size in range(1, 66_001) for one in merkle.completed(size)]


@given(_BODIES, st.data())
def test_every_leaf_can_be_proven_and_nothing_else(
    bodies: list[bytes], data: st.DataObject
) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = merkle.Tree(_Kept(leaves))
    root, path = merkle.root(leaves), tree.inclusion(index, len(leaves))

    assert merkle.included(leaves[index], index, len(leaves), path, root)
    assert not merkle.included(merkle.leaf_hash(b"another"), index, len(leaves), path, root)
    assert not merkle.included(leaves[index], index, len(leaves), (*path, root), root)
    assert not merkle.included(leaves[index], len(leaves), len(leaves), path, root)
    if path:
        assert not merkle.included(leaves[index], index, len(leaves), path[:-1], root)
        swapped = (bytes(32), *path[1:])
        assert not merkle.included(leaves[index], index, len(leaves), swapped, root)


@given(_BODIES, st.data())
def test_a_tree_that_did_not_only_grow_cannot_be_proven(
    bodies: list[bytes], data: st.DataObject
) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    newer = len(leaves)
    older = data.draw(st.integers(1, newer))
    changed = [*leaves]
    changed[data.draw(st.integers(0, older - 1))] = merkle.leaf_hash(b"another")
    was, now = merkle.root(leaves[:older]), merkle.root(leaves)
    proof = merkle.Tree(_Kept(leaves)).consistency(older, newer)

    assert merkle.consistent(older, was, newer, now, proof)
    assert not merkle.consistent(older, merkle.root(changed[:older]), newer, now, proof)
    assert not merkle.consistent(older, was, newer, merkle.root(changed), proof)
    assert not merkle.consistent(older, was, newer, now, (*proof, was))
    assert not merkle.consistent(newer + 1, was, newer, now, proof)
    assert not merkle.consistent(0, was, newer, now, proof)
    if proof:
        assert not merkle.consistent(older, was, newer, now, proof[:-1])
        assert not merkle.consistent(older, was, newer, now, (bytes(32), *proof[1:]))


def test_a_question_about_leaves_that_are_not_there_is_our_mistake() -> None:
    tree = _published(8)
    for ask in (
        partial(tree.inclusion, 8, 8),
        partial(tree.consistency, 0, 8),
        partial(tree.consistency, 9, 8),
        partial(tree.root, 9),
    ):
        with pytest.raises(Bug):
            ask()
