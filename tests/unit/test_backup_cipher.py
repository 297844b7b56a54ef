"""An encrypted stream opens whole and with its key, or not at all."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.backup.cipher import CHUNK, NotOpened, decrypted, encrypted

KEY = b"k" * 32
SIZES = st.sampled_from((0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK))


def sealed(text: bytes) -> bytes:
    return b"".join(encrypted([text[: len(text) // 3], text[len(text) // 3 :]], KEY))


def opened(stream: bytes, key: bytes = KEY) -> bytes:
    return b"".join(decrypted(BytesIO(stream), key))


@given(SIZES)
def test_what_was_encrypted_opens(size: int) -> None:
    text = bytes(range(256)) * (size // 256 + 1)
    assert opened(sealed(text[:size])) == text[:size]


def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotOpened):
        opened(sealed("연차".encode()), b"x" * 32)


@given(st.data())
def test_a_stream_that_was_cut_or_changed_anywhere_never_opens(data: st.DataObject) -> None:
    stream = sealed(b"a" * (CHUNK + 100))
    place = data.draw(st.integers(0, len(stream) - 1))
    with pytest.raises(NotOpened):
        opened(stream[:place])
    flipped = bytes([stream[place] ^ 1])
    with pytest.raises(NotOpened):
        opened(stream[:place] + flipped + stream[place + 1 :])


def test_chunks_in_another_order_never_open() -> None:
    stream = sealed(b"a" * 3 * CHUNK)
    head, size = 21, CHUNK + 16
    first, second, rest = stream[head : head + size], stream[head + size : head + 2 * size], stream[head + 2 * size :]
    with pytest.raises(NotOpened):
        opened(stream[:head] + second + first + rest)
