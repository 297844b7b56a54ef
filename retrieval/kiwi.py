"""Korean morphemes by Kiwi (kiwipiepy), the extra `kiwi`: in this process, nothing leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

from retrieval.errors import Fault
from retrieval.stopwords import KOREAN_QUESTION_WORDS
from retrieval.text import normalise

_PACKAGES = ("kiwipiepy", "kiwipiepy_model")
_CONTENT = ("NNG", "NNP", "NNB", "NR", "XR", "VV", "VA")
"""Nouns, numerals, roots, verbs, adjectives: tags of the Sejong corpus; irregular verbs have -I or -R behind."""
_HANGUL = re.compile("[가-힣]")
_ENDLESS = re.compile(r"[가-힣]{31,}")
"""No word: of 20,000 syllables without a space Kiwi takes 4 s."""


class KiwiFault(Fault):
    """The extra is not installed."""


class Kiwi:
    """An Analyzer. Its model is loaded when it is first needed: 2 s, 500 MB."""

    def __init__(self) -> None:
        """Raises KiwiFault where the packages are not installed."""
        try:
            versions = [version(package) for package in _PACKAGES]
        except PackageNotFoundError as error:
            raise KiwiFault(
                f'[search] korean = "kiwi" needs the package {error.name}, which is not installed: run `pip install '
                "'naru[kiwi]' -c constraints.txt`, or take the line out of naru.toml."
            ) from None
        self.name = f"kiwi {versions[0]} ({versions[1]})"
        # Threads count documents while questions are asked.
        self._turn = Lock()

    def morphemes(self, text: str) -> Sequence[str]:
        # A lone surrogate, which it refuses, is no Korean.
        plain = _ENDLESS.sub(" ", normalise(text)).encode(errors="replace").decode()
        if not _HANGUL.search(plain):
            return ()
        with self._turn:
            tokens = self._kiwi.tokenize(plain)
        return [token.form for token in tokens if token.tag.startswith(_CONTENT) and _is_content(token.form)]

    @cached_property
    def _kiwi(self) -> Any:
        from kiwipiepy import Kiwi as Loaded

        # One thread: it is called for one text after the other, and the others are for the questions.
        return Loaded(num_workers=1)


def _is_content(form: str) -> bool:
    return _HANGUL.search(form) is not None and form not in KOREAN_QUESTION_WORDS
