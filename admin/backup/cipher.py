"""A stream encrypted in chunks: AES-256-GCM, each chunk bound to its number and to whether it is the last one.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015): chunks that are missing, twice or in another
order do not open, nor does a stream without its end.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK = 1 << 20
_MAGIC = b"NARU1"
_SALT = 16
_TAG = 16


class NotOpened(Exception):
    """Another key, or a changed stream."""


def encrypted(chunks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The stream, encrypted with a key of its own that is derived from `key` (32 bytes)."""
    salt = os.urandom(_SALT)
    cipher = _cipher(key, salt)
    yield _MAGIC + salt
    number, waiting = 0, b""
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > CHUNK:  # not >=: the last chunk must be known as such
            yield cipher.encrypt(_nonce(number), waiting[:CHUNK], b"more")
            number, waiting = number + 1, waiting[CHUNK:]
    yield cipher.encrypt(_nonce(number), waiting, b"last")


def decrypted(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """What was encrypted. Raises NotOpened, possibly after some of it: use nothing of it before its end."""
    head = file.read(len(_MAGIC) + _SALT)
    if not head.startswith(_MAGIC) or len(head) != len(_MAGIC) + _SALT:
        raise NotOpened
    cipher = _cipher(key, head[len(_MAGIC) :])
    number, chunk = 0, file.read(CHUNK + _TAG)
    while chunk:
        following = file.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(number), chunk, b"more" if following else b"last")
        except InvalidTag:
            raise NotOpened from None
        number, chunk = number + 1, following
    if number == 0:
        raise NotOpened


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key, b"naru backup" + salt, hashlib.sha256))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
