"""The Merkle tree (RFC 6962)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.proof import merkle

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
_BODIES = st.lists(st.binary(max_size=6), min_size=1, max_size=40)


def _naive_root(leaves: list[bytes]) -> bytes:
    """The RFC's own recursion: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return merkle.node_hash(_naive_root(leaves[:split]), _naive_root(leaves[split:]))


def test_known_roots_come_out() -> None:
    leaves = [merkle.leaf_hash(one) for one in _VECTOR]
    assert [merkle.root(leaves[: n + 1]).hex() for n in range(8)] == _ROOTS
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]).hex() == empty


@given(_BODIES)
def test_the_root_is_the_rfcs_recursion(bodies: list[bytes]) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    assert merkle.root(leaves) == _naive_root(leaves)


@given(_BODIES, st.data())
def test_every_leaf_can_be_proven_and_nothing_else(
    bodies: list[bytes], data: st.DataObject
) -> None:
    leaves = [merkle.leaf_hash(one) for one in bodies]
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, path = merkle.root(leaves), merkle.inclusion(leaves, index)

    assert merkle.included(leaves[index], index, len(leaves), path, root)
    assert not merkle.included(merkle.leaf_hash(b"another"), index, len(leaves), path, root)
    assert not merkle.included(leaves[index], index, len(leaves), (*path, root), root)
    assert not merkle.included(leaves[index], len(leaves), len(leaves), path, root)
    if path:
        assert not merkle.included(leaves[index], index, len(leaves), path[:-1], root)
        swapped = (bytes(32), *path[1:])
        assert not merkle.included(leaves[index], index, len(leaves), swapped, root)
