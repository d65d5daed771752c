"""Canonical JSON: one value, one spelling (RFC 8785)."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.proof import canonical
from virtopsy.errors import Bug

_KEYS = st.text(st.characters(max_codepoint=127), max_size=6)
_WHOLE = st.integers(-canonical.LARGEST, canonical.LARGEST)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(canonical.text)
_VALUES = st.recursive(
    st.none() | st.booleans() | _WHOLE | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_what_is_spelled_can_be_read_back(value: object) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(st.dictionaries(_KEYS, _WHOLE, min_size=2))
def test_the_order_of_keys_makes_no_difference(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical.encode(value) == canonical.encode(backwards)
    assert list(json.loads(canonical.encode(value))) == sorted(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_fraction_keeps_every_bit(value: float) -> None:
    spelled = canonical.encode(value, fractions=True)
    assert float(spelled) == value
    assert canonical.encode(canonical.decode(spelled, fractions=True), fractions=True) == spelled


@pytest.mark.parametrize(
    ("bits", "spelled"),
    [
        # RFC 8785, appendix B
        ("0000000000000000", b"0"),
        ("8000000000000000", b"0"),
        ("0000000000000001", b"5e-324"),
        ("7fefffffffffffff", b"1.7976931348623157e+308"),
        ("4340000000000000", b"9007199254740992"),
        ("4430000000000000", b"295147905179352830000"),
        ("44b52d02c7e14af5", b"9.999999999999997e+22"),
        ("44b52d02c7e14af6", b"1e+23"),
        ("444b1ae4d6e2ef50", b"1e+21"),
        ("3eb0c6f7a0b5ed8d", b"0.000001"),
        ("3eb0c6f7a0b5ed8c", b"9.999999999999997e-7"),
        ("41b3de4355555553", b"333333333.3333332"),
        ("becbf647612f3696", b"-0.0000033333333333333333"),
        ("43143ff3c1cb0959", b"1424953923781206.2"),
    ],
)
def test_fractions_are_spelled_as_the_rfc_does(bits: str, spelled: bytes) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical.encode(value, fractions=True) == spelled


def test_texts_are_spelled_as_the_rfc_does() -> None:
    text = '\u20ac$\u000f\nA\'B"\\\\"/\u007f'
    assert canonical.encode(text).decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f"'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        {"a": [0.1]},
        2**53,
        {"ключ": 1},
        {1: 2},
        "e\u0301",
        "\ud800",
        b"x",
        pytest.param(object(), id="object"),  # an address in a name differs between workers
    ],
    ids=repr,
)
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(Bug):
        canonical.encode(value)


def _answer(act: Callable[[], object]) -> object:
    """Return what came out, or how it was refused."""
    try:
        return repr(act())  # 1, 1.0 and True are equal, but not the same answer
    except (Bug, canonical.NotCanonical) as refused:
        return type(refused)


def _spelled_by_the_rule(value: object, fractions: bool) -> bytes:
    try:
        return canonical._spell(value, fractions, canonical.DEEPEST).encode("utf-8")
    except (TypeError, AttributeError) as odd:  # keys that have no order
        raise Bug("keys") from odd


def _nested(value: object, levels: int) -> object:
    for number in range(levels):
        value = [value] if number % 2 else {"k": value}
    return value


_ODD_TEXT = st.text(
    st.sampled_from('ab"\\/\x00\x1f\x7f\n é\u0301\ud800\u2028\U0001f480ғ'), max_size=5
)
_ODD_NUMBER = (
    st.integers(-(2**70), 2**70)
    | st.sampled_from([2**53, 2**53 - 1, -(2**53), 10**15, 10**15 - 1, True, 1e16, 1e22, 1e-7])
    | st.floats()
)
_ODD = st.recursive(
    st.none() | st.booleans() | _ODD_NUMBER | _ODD_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(_ODD_TEXT, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_ODD | st.builds(_nested, _ODD, st.integers(97, 103)), st.booleans())
def test_the_shortcut_spells_as_the_rule_does(value: object, fractions: bool) -> None:
    quick = _answer(lambda: canonical.encode(value, fractions=fractions))
    assert quick == _answer(lambda: _spelled_by_the_rule(value, fractions))


def _spoiled(data: bytes, place: int, put: bytes) -> bytes:
    place %= len(data) + 1
    return data[:place] + put + data[place + 1 :]


_PIECES = [
    *(b"", b" ", b'"', b"\\", b"\\u0041", b"\\ud800", b"1", b"-0", b"1.0", b"1e5", b"NaN", b","),
    *(b'"a":1,', b"[", b"]", b"{}", b"null", b"\xff", "e\u0301".encode(), "ғ".encode(), b"\x7f"),
    *(b"9007199254740991", b"9007199254740992", b"00", b"\\u007f", b"\\/", b"\n", b"9" * 5000),
]


@given(_ODD, st.integers(0, 400), st.sampled_from(_PIECES), st.booleans(), st.booleans())
def test_the_shortcut_reads_as_the_rule_does(
    value: object, place: int, put: bytes, spoil: bool, fractions: bool
) -> None:
    loose = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    data = loose.encode("utf-8", "surrogatepass")
    data = _spoiled(data, place, put) if spoil else data
    quick = _answer(lambda: canonical.decode(data, fractions=fractions))
    assert quick == _answer(lambda: canonical._decoded_slowly(data, fractions))


@pytest.mark.parametrize("levels", [99, 100, 101, 400, 5_000])
@pytest.mark.parametrize("ends", [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("inner", [b"1", b"[]", b'"\xd2\x93"'])
def test_nesting_has_one_limit_whatever_is_on_the_stack(
    levels: int, ends: tuple[bytes, bytes], inner: bytes
) -> None:
    data = ends[0] * levels + inner + ends[1] * levels
    depth = levels + (inner == b"[]")
    if depth <= canonical.DEEPEST:
        assert canonical.encode(canonical.decode(data)) == data
    else:
        with pytest.raises(canonical.NotCanonical):
            canonical.decode(data)


def test_a_manifest_of_thousands_of_files_takes_the_shortcut() -> None:
    data = canonical.encode([{"path": f"срез {n}", "size": n} for n in range(500)])
    assert canonical._decoded_quickly(data) == canonical._decoded_slowly(data, False)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_at_all_is_refused_even_among_fractions(value: float) -> None:
    with pytest.raises(Bug):
        canonical.encode(value, fractions=True)


@pytest.mark.parametrize(
    "data",
    [b'{"a":1,"a":2}', b'{"b":1,"a":2}', b'{"a": 1}', b"1.0", b"-0", b"\xff", b"[1", b'"\\u0041"'],
)
def test_another_spelling_is_not_read(data: bytes) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.decode(data)


@given(st.text())
def test_any_text_can_be_made_canonical(value: str) -> None:
    canonical.encode(canonical.text(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_fraction_that_takes_the_shortcut_is_spelled_as_by_the_rule(number: float) -> None:
    for spelled in (repr(number), canonical.encode(number, fractions=True).decode()):
        data = f"[{spelled}]".encode()
        try:
            quick = canonical._decoded_quickly(data, True)
        except ValueError:
            continue
        assert canonical._spell(quick, True, canonical.DEEPEST).encode() == data


def test_a_findings_points_take_the_shortcut() -> None:
    assert canonical._decoded_quickly(b'{"at":[-12.5,0.001,7]}', True) == {"at": [-12.5, 0.001, 7]}
