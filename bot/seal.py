"""Encryption of text at rest, and pseudonyms of people. One key (NARU_KEY, or home/key) for both."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_NONCE = 12


class Seal:
    """AES-256-GCM. key: 32 bytes; what each use needs is derived from it, so that none weakens another."""

    def __init__(self, key: bytes) -> None:
        self._text = AESGCM(hmac.digest(key, b"naru text", hashlib.sha256))
        self._people = hmac.digest(key, b"naru people", hashlib.sha256)
        self._audit = hmac.digest(key, b"naru audit", hashlib.sha256)
        self._fingerprint = hmac.digest(key, b"naru fingerprint", hashlib.sha256).hex()[:16]

    def close(self, text: str, place: str) -> bytes:
        """Sealed text: version, nonce, ciphertext. place: where it is kept ("answer:<id>"); it opens only there."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._text.encrypt(nonce, text.encode("utf-8", "surrogatepass"), place.encode())

    def open(self, sealed: bytes, place: str) -> str | None:
        """The text, or None when it was sealed with another key, for another place, or was changed."""
        version, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if version != _VERSION:
            return None
        try:
            return self._text.decrypt(nonce, body, place.encode()).decode("utf-8", "surrogatepass")
        except (InvalidTag, ValueError):
            return None

    def digest(self, said: bytes) -> bytes:
        """32 bytes for the audit's chain: without the key nobody makes the right ones for other bytes."""
        return hmac.digest(self._audit, said, hashlib.sha256)

    @property
    def fingerprint(self) -> str:
        """Tells one key from another, and nothing of it."""
        return self._fingerprint

    def pseudonym(self, person: str) -> str:
        """The same person always has the same one; without the key nobody can tell whose it is."""
        return hmac.new(self._people, person.encode(), hashlib.sha256).hexdigest()[:32]
