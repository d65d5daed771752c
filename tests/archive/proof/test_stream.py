"""A file of a backup: what was written comes back, and any change of it is found and placed."""

from __future__ import annotations

import pytest

from archive.proof import stream
from archive.proof.stream import CHUNK, NotGenuine

_KEY = bytes(range(32))
_SALT = b"s" * 32
_HEADER = 48
_TAG = 16


def _written(content: bytes, name: str = "objects/ab/abc", salt: bytes = _SALT) -> bytes:
    return b"".join(stream.encrypted(_KEY, name, salt, [content]))


def _read(data: bytes, name: str = "objects/ab/abc", key: bytes = _KEY) -> bytes:
    return b"".join(stream.decrypted(key, name, [data]))


def _pieces(data: bytes) -> list[bytes]:
    rest = data[_HEADER:]
    return [rest[i : i + CHUNK + _TAG] for i in range(0, len(rest), CHUNK + _TAG)]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_comes_back_and_its_length_is_known_before(size: int) -> None:
    content = bytes(i % 251 for i in range(size))
    data = _written(content)
    assert len(data) == stream.encrypted_size(size)
    assert _read(data) == content
    if size:
        assert content[:16] not in data


def test_it_does_not_matter_how_the_bytes_came() -> None:
    content = bytes(CHUNK + 100)
    cut = [content[:7], b"", content[7:CHUNK], content[CHUNK:]]
    data = b"".join(stream.encrypted(_KEY, "n", _SALT, cut))
    assert data == _written(content, "n")
    single = (data[i : i + 999] for i in range(0, len(data), 999))
    assert b"".join(stream.decrypted(_KEY, "n", single)) == content


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_a_flipped_bit_is_found_in_its_chunk_and_what_came_before_was_given(chunk: int) -> None:
    data = bytearray(_written(bytes(2 * CHUNK + 5)))
    data[_HEADER + (chunk - 1) * (CHUNK + _TAG) + 3] ^= 1
    given = []
    with pytest.raises(NotGenuine) as failed:
        given.extend(stream.decrypted(_KEY, "objects/ab/abc", [bytes(data)]))
    assert failed.value.chunk == chunk
    assert len(given) == chunk - 1


@pytest.mark.parametrize("place", [0, 20])
def test_a_flipped_bit_in_the_header_is_found(place: int) -> None:
    data = bytearray(_written(b"content"))
    data[place] ^= 1
    with pytest.raises(NotGenuine):
        _read(bytes(data))


def test_chunks_cut_off_moved_twice_or_taken_out_are_found() -> None:
    data = _written(bytes(CHUNK) + bytes([1]) * CHUNK + b"rest")
    first, second, rest = _pieces(data)
    header = data[:_HEADER]
    for wrong in (
        header + first + second,
        header + first,
        header,
        header[:40],
        b"",
        header + second + first + rest,
        header + first + rest,
        header + first + second + second + rest,
        data + b"x",
        data + rest,
        data[:-1],
    ):
        with pytest.raises(NotGenuine):
            _read(wrong)


def test_a_chunk_of_another_file_is_found() -> None:
    one, other = _written(bytes(CHUNK + 1)), _written(bytes(CHUNK + 1), salt=b"t" * 32)
    with pytest.raises(NotGenuine):
        _read(one[:_HEADER] + _pieces(other)[0] + _pieces(one)[1])


def test_a_file_under_another_files_name_or_another_key_does_not_open() -> None:
    data = _written(b"content", "objects/ab/abc")
    with pytest.raises(NotGenuine):
        _read(data, "objects/ab/abd")
    with pytest.raises(NotGenuine):
        _read(data, key=bytes(32))


def test_a_name_says_nothing_about_the_content_without_the_key() -> None:
    one = stream.hidden_name(stream.names_key(_KEY), "0" * 64)
    other = stream.hidden_name(stream.names_key(bytes(32)), "0" * 64)
    assert one != other
    assert len(one) == 64
