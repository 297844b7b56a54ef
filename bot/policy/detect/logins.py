"""A user and a password side by side, without the word for either: `auth=("app", "...")`, a login and a slash. Pure."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from itertools import islice

from bot.policy.detect.segment import Segment
from bot.policy.detect.values import plausible, strong

_GATES = (
    "login", "log in", "log-in", "logg", "sign in", "sign-in", "signed", "로그인", "계정", "접속",
    "아이디", "cred", "account", "와이파이", "wifi", "wi-fi", "무선", "ssid",
)  # fmt: skip
# Of the text in lower case: the tables of the quick search are of no use to a pattern that ignores case.
_PAIR = re.compile(
    r"(?:log(?:ged|ging)?[ -]?in|sign(?:ed)?[ -]?in|로그인|계정|접속|아이디|cred(?:ential)?s?|account"
    r"|와이파이|wi-?fi|무선 ?랜|ssid)"
    r"(?: ?정보)?(?:은|는|이|가)?(?: (?:with|as|using|by|in|to|are|is))?[가-힣\s:=(\[*`→>-]{0,12}"
    r"(?P<user>[a-z][\w-]{1,39}(?:@[\w-]{1,60}(?:\.[\w-]{1,30}){1,3})?)"
    r"(?P<between> ?[/:,|(] ?| // | and |\n)(?P<value>[!-~]{6,64})"
)
_LINE = re.compile(
    r"(?m)^[ \t*`>-]{0,6}(?P<user>[A-Za-z][\w-]{1,39}(?:@[\w-]{1,60}(?:\.[\w-]{1,30}){1,3})?)"
    r"(?P<between> ?[/:|] ?| // )(?P<value>[!-~]{6,64})[ \t]{0,4}$"
)
_EVERYBODYS = frozenset((
    "admin", "administrator", "root", "sa", "test", "guest", "user", "manager", "system", "sys", "scott", "oracle",
    "postgres", "mysql", "ubuntu", "ec2-user", "deploy", "app", "dev", "operator", "master", "naru", "sysadmin", "pi",
))  # fmt: skip
"""Accounts that every company has: what stands beside one is no page of it."""
_CALLED = ("auth", "login", "credential", "connect", "signin", "sign_in")
_CALL = re.compile(
    r"(?:auth|login|credentials?|getconnection|connect|sign_?in)\w{0,20}\s{0,2}=?\s{0,2}\(\s{0,4}"
    r"(?P<arguments>[^()\n]{6,300})"
)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<value>[^\"'\n]{1,100})(?P=quote)")
# https://docs.docker.com/reference/cli/docker/login/, and .npmrc: base64 of user:password.
_BASIC = re.compile(r"(?<![A-Za-z])_?auth[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[A-Za-z0-9+/]{8,400}={0,2})")
_USER_AND_PASSWORD = re.compile(rb"[!-9;-~]{1,100}:[ -~]{4,}")


def logins(segment: Segment) -> Iterator[tuple[int, int]]:
    """The span of each password that stands beside its user."""
    text, lower = segment.text, segment.lower
    for pattern, read, gates in ((_PAIR, lower, _GATES), (_LINE, text, ("/", ":", "|"))):
        if [gate for gate in gates if gate in lower]:
            for match in pattern.finditer(read):
                start = match.start("value")
                value = text[start : match.end("value")].rstrip(").,;`*]\"'|")
                if _password(match["user"].lower(), value, alone=pattern is _LINE):
                    yield start, start + len(value)
    if [gate for gate in _CALLED if gate in lower]:
        for match in _CALL.finditer(lower):
            for argument in islice(_QUOTED.finditer(text, *match.span("arguments")), 1, None):
                if plausible(argument["value"]):
                    yield argument.span("value")
        for match in _BASIC.finditer(text):
            if _basic(match["value"]):
                yield match.span("value")


def _password(user: str, value: str, *, alone: bool) -> bool:
    known = user in _EVERYBODYS or "@" in user
    if alone:
        return known and strong(value)
    return strong(value) or (known and plausible(value))


def _basic(value: str) -> bool:
    try:
        return _USER_AND_PASSWORD.fullmatch(b64decode(value, validate=True)) is not None
    except ValueError:
        return False
