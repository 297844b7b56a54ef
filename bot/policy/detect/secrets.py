"""Keys, tokens and passwords: by the format that their issuer documents, by the name that they are given, and where
a protocol puts them. A large document costs what its length costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.policy.detect.assigned import assigned
from bot.policy.detect.codes import codes
from bot.policy.detect.finding import Detector, Finding
from bot.policy.detect.formats import TOKENS, Token
from bot.policy.detect.logins import logins
from bot.policy.detect.private_keys import private_keys
from bot.policy.detect.secret_places import PLACES
from bot.policy.detect.segment import Segment

# No format is shorter, and most texts hold no such run: the table is not even opened for them.
_RUN = re.compile(r"[!-~]{12,}")
_GATED = tuple((place.gate, place) for place in PLACES)
_KEYWORDS = tuple((keyword, token) for token in TOKENS for keyword in token.keywords)

# https://kubernetes.io/docs/concepts/configuration/secret/: `data` holds base64, `stringData` the value itself.
_KUBERNETES = re.compile(r"kind[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?secret\b", re.IGNORECASE)
_BLOCK = re.compile(r"(?m)^([ \t]{0,20})(?:data|stringData):[ \t]{0,4}\n((?:\1[ \t]{1,20}[^\n]{1,4000}\n?)+)")
_ENTRY = re.compile(
    r"(?m)^[ \t]{1,40}(?:[\"']?[\w.-]{1,100}[\"']?:[ \t]{1,4})?[\"']?(?P<value>[^\s\"'|>${<][^\s\"'${<]{5,4000})"
)

_CROSSED_OUT = re.compile(r"[xX]{6}|[*]{3}")
_IN_EXAMPLES = re.compile(
    r"EXAMPLE|abcdefghijklmnop|0{12}|1{16}|(?i:placeholder|redacted|(?:your|insert|replace)[-_]|token[-_]?here)"
)


def secret(segment: Segment) -> Iterator[Finding]:
    """Tokens of known formats, private key blocks, passwords in addresses, and what is assigned to a telling name."""
    yield from _tokens(segment.text)
    yield from _placed(segment)
    for match in private_keys(segment):
        yield _of_format("private key", match)
    if "secret" in segment.lower and _KUBERNETES.search(segment.text):
        for block in _BLOCK.finditer(segment.text):
            for entry in _ENTRY.finditer(segment.text, *block.span(2)):
                yield _of_format("Kubernetes secret", entry, "value")
    for start, end in logins(segment):
        yield Finding("secret", start, end, 0.6, "beside a user")
    for name, start, end in codes(segment):
        yield Finding("secret", start, end, 0.5, f"called a {name}")
    yield from assigned(segment)


def _tokens(text: str) -> Iterator[Finding]:
    runs = [match.span() for match in _RUN.finditer(text)]
    joined = "\n".join(text[start:end] for start, end in runs)
    for token in _kinds_of(joined) if runs else ():
        for start, end in runs:
            for match in token.pattern.finditer(text, start, end):
                if token.crossed_out or not _example(match[0]):
                    yield _of_format(token.issuer, match)


def _kinds_of(joined: str) -> Iterable[Token]:
    return {id(token): token for token in [token for keyword, token in _KEYWORDS if keyword in joined]}.values()


def _placed(segment: Segment) -> Iterator[Finding]:
    lower = segment.lower
    for place in [place for gate, place in _GATED if gate in lower]:
        for match in place.pattern.finditer(segment.text):
            if not _example(match["value"]):
                yield _of_format(place.name, match, "value")


def _of_format(name: str, match: re.Match[str], group: str | int = 0) -> Finding:
    return Finding("secret", *match.span(group), 0.95, f"format {name}")


def _example(token: str) -> bool:
    """Whether the token only shows what a token looks like: ghp_xxxx..., AKIA...EXAMPLE; such a text says nothing."""
    return _CROSSED_OUT.search(token) is not None or _IN_EXAMPLES.search(token) is not None


DETECTORS: Mapping[str, Detector] = {"secret": secret}
