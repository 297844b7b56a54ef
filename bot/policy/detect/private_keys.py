"""Private keys as text: whole, cut off by a message's limit, without the lines around them, and as JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.policy.detect.segment import Segment


class _Form(NamedTuple):
    """gates: one of them is in every text that matches."""

    gates: tuple[str, ...]
    pattern: re.Pattern[str]


_BODY = r"[A-Za-z0-9+/=\s\\>]{20,20000}"
# The first bytes of the DER that RFC 8017, 5208, 5915 and 8410 prescribe, and OpenSSH's magic, in base64: nothing but
# a private key begins so, and it is one without its BEGIN line too.
_BEGINNINGS = (
    r"MII[A-Za-z0-9+/]{3}IBAAK[BC]"
    r"|MII[A-Za-z0-9+/]{3}IBADANBgkqhkiG9w0BAQEFAASC"
    r"|MII[A-Za-z0-9+/]{5}BgkqhkiG9w0BBQ0w|MI[A-Za-z0-9+/]{2}M[A-Za-z0-9+/]{2}GCSqGSIb3DQEFDTB"
    r"|MI[A-Za-z0-9+/]{2}AgEAMB[A-Za-z0-9+/]{2}ByqGSM49"
    r"|MHcCAQEEI|MI(?:GkAgEBBD|HcAgEBBE)|MC4CAQAwBQYDK2V"
    r"|b3BlbnNzaC1rZXktdjE"
)
# None asks for an END line: a key that was cut off is as secret, and a match never goes back.
_FORMS = (
    _Form(
        ("PRIVATE KEY",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){10,20000}"
            r"(?:-----END [A-Z0-9 ]{0,60}-----)?"
        ),
    ),
    # The dashes are lost, or are one long dash now.
    _Form(
        ("PRIVATE KEY",),
        re.compile(
            r"-{0,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?[^A-Za-z0-9]{0,20}"
            r"(?:[A-Za-z-]{2,20}: [^\n]{1,80}\s{1,3}){0,4}"
            rf"[A-Za-z0-9+/=]{{32}}{_BODY}(?:-{{0,5}} ?END [A-Z0-9 ]{{0,40}}KEY)?"
        ),
    ),
    _Form(
        ("SSH2 ENCRYPTED",),
        re.compile(
            r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----(?:[^-]|-(?!---)){10,20000}(?:---- END [A-Z0-9 ]{0,60} ----)?"
        ),
    ),
    _Form(
        ("Private-Lines",),
        re.compile(
            r"(?:PuTTY-User-Key-File-[0-9]{1,2}:[^\n]{3,80}\n(?:(?!Private-Lines)[^\n]{0,200}\n){0,100})?"
            r"Private-Lines: [0-9]{1,3}\s{1,3}(?:[A-Za-z0-9+/=]{16,80}\s{0,3}){1,300}"
            r"(?:Private-MAC: [0-9a-f]{40,64})?"
        ),
    ),
    _Form(
        ("MI", "MHcC", "MC4C", "b3Bl"),
        re.compile(rf"(?<![A-Za-z0-9+/])(?:{_BEGINNINGS}){_BODY}"),
    ),
    # RFC 7517: "d" is the private exponent or scalar, "k" the symmetric key.
    _Form(('"kty"',), re.compile(r"\"[dk]\"\s{0,3}:\s{0,3}\"[A-Za-z0-9_-]{20,1000}\"")),
)


def private_keys(segment: Segment) -> Iterator[re.Match[str]]:
    """Each private key, from its first line to what there is of its last."""
    for form in _FORMS:
        if any(gate in segment.text for gate in form.gates):
            yield from form.pattern.finditer(segment.text)
