"""Keys, tokens and passwords: by the format that their issuer documents, by the name that they are given, and where
a protocol puts them. A large document costs what its length costs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.policy.detect.assigned import assigned
from bot.policy.detect.finding import Detector, Finding
from bot.policy.detect.formats import TOKENS
from bot.policy.detect.segment import Segment

# No format is shorter, and most texts hold no such run: the table is not even opened for them.
_RUN = re.compile(r"[!-~]{12,}")
_USER = r"[^\s:/@\"'<>${}]{1,128}"  # no variables: ${USER}:${PASSWORD} gives nothing away
# As documentation shows it, and nobody's.
_SHOWN = r"(?:user(?:name)?|login|name|id|test|admin):(?:pass(?:word|wd)?|pw|test|secret|token)"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a protocol or a tool puts a secret. gate: lower case, in every text that matches; "value": the secret."""

    name: str
    gate: str
    pattern: re.Pattern[str]


_PLACES = (
    _Place(
        "address with password",
        "://",
        re.compile(
            rf"(?<![A-Za-z0-9])(?P<value>[A-Za-z][A-Za-z0-9+.-]{{1,20}}://(?:{_USER})?:(?!//){_USER}@)[A-Za-z0-9\[]"
        ),
    ),
    _Place(
        "Oracle address",
        "jdbc:oracle",
        re.compile(r"(?P<value>jdbc:oracle:[a-z0-9]{2,8}:[^\s/@${}]{1,60}/[^\s/@${}]{2,100}@)"),
    ),
    _Place(
        "curl -u",
        "curl",
        re.compile(
            r"curl [^\n]{0,300}?(?<=[ \t])(?:-u|--user)[ =]{0,2}"
            rf"(?!['\"]?{_SHOWN}\b)"
            r"(?P<value>\"[^\"\n$<]{1,128}\":\"[^\"\n$<]{1,128}\""
            r"|\"(?=[^\"]{6})[^\"\n$<]{0,128}:[^\"\n$<]{0,128}\"|'(?=[^']{6})[^'\n$<]{0,128}:[^'\n$<]{0,128}'"
            r"|[^\s:\"'<>${}]{1,128}:[^\s\"'<>${}][^\s\"'<>{}]{2,128})"
        ),
    ),
    _Place(
        "authorization header",
        "authorization",
        re.compile(
            r"(?i:authorization)[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?P<value>"
            r"(?:(?i:basic|bearer|token|digest|api-?key|[a-z-]{2,12}-token)[ \t]{1,3})"
            r"(?=[A-Za-z+/=._~@-]{0,40}[0-9])[A-Za-z0-9+/=._~@-]{8,4000}"
            r"|(?:(?i:basic|bearer)[ \t]{1,3})?[A-Za-z0-9+/=._~-]{16,4000})"
        ),
    ),
    _Place(
        "command line",
        " -",
        re.compile(
            r"(?:\b(?:mysql|mysqldump|mariadb|sshpass|docker login|smbclient|mongo(?:sh)?)\b"
            r"[^\n|;]{0,120}?[ \t]-p[ \t]?"
            r"|\bredis-cli\b[^\n|;]{0,120}?[ \t]-a[ \t])"
            r"(?P<value>[\"']?(?![$<{\"'])(?=[!-~]{0,40}[0-9!@#^&*])[!-~]{6,128})"
        ),
    ),
    # https://bundler.io/man/bundle-config.1.html: BUNDLE_ and the host, in capitals, with "__" for a dot.
    _Place(
        "bundler",
        "bundle_",
        re.compile(
            r"BUNDLE_[A-Z0-9_]{2,60}__[A-Z0-9_]{2,30}[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?"
            r"(?P<value>[^\s:$<{\"']{2,80}:[^\s$<{\"']{2,80})"
        ),
    ),
    _Place(
        "kakao",
        "kakaoak",
        re.compile(r"(?P<value>(?i:kakaoak)(?:%20|[ +]){1,3}[0-9a-fA-F]{32})(?![A-Za-z0-9])"),
    ),
    _Place(
        "pgpass",
        ":",
        re.compile(r"(?m)^(?P<value>[\w.*-]{1,100}:(?:[0-9]{4,5}|\*):[\w*-]{1,60}:[\w*-]{1,60}:[^\s:${<]{4,128})$"),
    ),
    _Place(
        "id and password",
        "/",
        re.compile(
            r"(?i:(?:id|아이디|계정|user|account)\s?/\s?(?:pw|pass(?:word)?|비번|비밀번호|암호))\)?\s{0,3}(?:은|는|[:=])?\s{0,3}"
            r"(?P<value>[!-.0-~]{2,60}\s?/\s?(?![$<{])[!-~]{4,60})"
        ),
    ),
    _Place(
        "login",
        " / ",
        re.compile(
            r"(?i:login|로그인|계정)\s?[:=]\s?"
            r"(?P<value>[!-.0-~]{2,60} / (?=[!-~]{0,60}[A-Za-z])(?=[!-~]{0,60}[0-9!@#])[!-~]{6,60})"
        ),
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html: it follows the key's id.
    _Place(
        "aws secret key",
        "akia",
        re.compile(r"AKIA[A-Z0-9]{16}[\"',;:/|\s]{1,6}(?P<value>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])"),
    ),
)

# Never asks for the END line: a key cut off by a message's limit is as secret, and the match never goes back.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){10,20000}"
    r"(?:-----END [A-Z0-9 ]{0,60}-----)?"
)
_SSH2 = re.compile(
    r"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----(?:[^-]|-(?!---)){10,20000}(?:---- END [A-Z0-9 ]{0,60} ----)?"
)
_PUTTY = re.compile(
    r"PuTTY-User-Key-File-[0-9]{1,2}:[^\n]{3,80}\n(?:[^\n]{0,200}\n){1,300}?Private-MAC: [0-9a-f]{40,64}"
)

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
    if "private" in segment.lower:
        for pattern in (_PEM, _SSH2, _PUTTY):
            for match in pattern.finditer(segment.text):
                yield _of_format("private key", match)
    if "secret" in segment.lower and _KUBERNETES.search(segment.text):
        for block in _BLOCK.finditer(segment.text):
            for entry in _ENTRY.finditer(segment.text, *block.span(2)):
                yield _of_format("Kubernetes secret", entry, "value")
    yield from assigned(segment)


def _tokens(text: str) -> Iterator[Finding]:
    runs = [match.span() for match in _RUN.finditer(text)]
    joined = "\n".join(text[start:end] for start, end in runs)
    for token in TOKENS if runs else ():
        if any(keyword in joined for keyword in token.keywords):
            for start, end in runs:
                for match in token.pattern.finditer(text, start, end):
                    if token.crossed_out or not _example(match[0]):
                        yield _of_format(token.issuer, match)


def _placed(segment: Segment) -> Iterator[Finding]:
    for place in _PLACES:
        if place.gate in segment.lower:
            for match in place.pattern.finditer(segment.text):
                if not _example(match["value"]):
                    yield _of_format(place.name, match, "value")


def _of_format(name: str, match: re.Match[str], group: str | int = 0) -> Finding:
    return Finding("secret", *match.span(group), 0.95, f"format {name}")


def _example(token: str) -> bool:
    """Whether the token only shows what a token looks like: ghp_xxxx..., AKIA...EXAMPLE; such a text says nothing."""
    return _CROSSED_OUT.search(token) is not None or _IN_EXAMPLES.search(token) is not None


DETECTORS: Mapping[str, Detector] = {"secret": secret}
