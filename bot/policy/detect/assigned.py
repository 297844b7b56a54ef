"""What a text gives a telling name: `DB_PASSWORD=...`, `<token>...</token>`, "비번은 ... 입니다", "password is ...".

Here is where names and values stand; `values` says whether what stands there is a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.policy.detect.finding import Finding
from bot.policy.detect.segment import Segment
from bot.policy.detect.values import Assigned, evidence, telling

_LOOK_BACK = 60
"""Characters before an operator that may be its name, and after a quote that may be a pass phrase."""
_VALUE = r"(?P<quote>[\"'`]?)(?P<value>[!-~]{4,256})"
_OPERATOR = re.compile(rf"[\"'`\]]{{0,3}}[ \t]{{0,4}}(?::=|\?=|=>|->|[:=]{{1,3}})(?!//)\s{{0,4}}(?={_VALUE})")
_ELEMENT = re.compile(rf"<(?P<name>[A-Za-z][\w:.-]{{1,59}})>(?={_VALUE})")
_FLAG = re.compile(rf"(?<![\w-])--?(?P<name>[A-Za-z][\w-]{{1,40}})[ \t]{{1,3}}(?={_VALUE})")
_ATTRIBUTE = re.compile(
    rf"(?:key|name)=[\"'](?P<name>[\w:.-]{{2,60}})[\"'][ \t]{{1,4}}value=(?={_VALUE})", re.IGNORECASE
)
_NETRC = re.compile(rf"\blogin\s{{1,8}}\S{{1,100}}\s{{1,8}}(?P<name>password)\s{{1,8}}(?={_VALUE})")
_KOREAN = re.compile(
    r"(?P<name>비밀 ?번호|비번|패스 ?워드|암호|토큰|인증 ?키|시크릿(?: ?키)?|api ?키"
    r"|(?<![a-z.])(?:pw|pin)(?![!-~])(?: ?번호)?)"
    rf"(?:\([^()\n]{{0,20}}\))?(?:은|는|이|가|을|를)?\s{{0,3}}(?={_VALUE})",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?P<name>password|passwd|passcode|passphrase|pwd|(?<![a-z])(?:pw|pin)|token|secret|api[ -]key)"
    rf"(?: (?:for|to|of|on) [^\n.:;=]{{1,40}}?)? (?:is|was) (?:now |still |currently )?(?={_VALUE})",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"(?<![!-~])(?P<quote>[\"'`]?)(?P<value>[!-~]{6,64}?)[\"'`]?"
    r"(?:(?:이|가|로|으로) (?:[가-힣]{1,6} )?| (?:is|as) (?:the|my|your|our) (?:[a-z]{2,12} )?)"
    r"(?P<name>비밀 ?번호|비번|패스 ?워드|암호|password|passcode|token)",
    re.IGNORECASE,
)
_SPOKEN = (
    "비밀", "비번", "패스", "암호", "토큰", "인증", "시크릿", "api", "pw", "pin", "pass", "token", "secret", "pwd",
)  # fmt: skip
# Read backwards, because a search for what ends before an operator would begin at each character before it.
_NAME = re.compile(r"\s?(?:\)[^()\n]{0,20}\(\s?)?(?P<name>[\w.\- ]{2,60})")
_VALUE_END = re.compile(r"[\"'`,;<>]|\\[\"'nrt]|&[a-z_]{2,30}=|\)(?:[.,;]|$)")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]\s]{4,256})[)\]]")


def assigned(segment: Segment) -> Iterator[Finding]:
    """Each value that is a secret by its name and by its looks."""
    for one in (*_written(segment), *_said(segment)):
        score, reason = evidence(one)
        if score:
            yield Finding("secret", one.start, one.start + len(one.value), score, reason)


def _written(segment: Segment) -> Iterator[Assigned]:
    """What code, configuration and commands assign."""
    text = segment.text
    for match in _OPERATOR.finditer(text):
        backwards = _NAME.match(text[max(0, match.start() - _LOOK_BACK) : match.start()][::-1])
        if backwards:
            name = backwards["name"][::-1]
            if telling(name):
                yield _assignment(text, match, name, prose=False)
    for gate, pattern in ((">", _ELEMENT), ("--", _FLAG), ("value=", _ATTRIBUTE), ("login", _NETRC)):
        if gate in segment.lower:
            for match in pattern.finditer(text):
                yield _assignment(text, match, match["name"], prose=False)


def _said(segment: Segment) -> Iterator[Assigned]:
    """What a sentence says that a password is."""
    if not segment.context(_SPOKEN):
        return
    for pattern in (_KOREAN, _ENGLISH, _AFTERWARDS):
        for match in pattern.finditer(segment.text):
            yield _assignment(segment.text, match, match["name"], prose=True)


def _assignment(text: str, match: re.Match[str], name: str, *, prose: bool) -> Assigned:
    quote, value, start = match["quote"], match["value"], match.start("value")
    if quote:
        # Up to the closing quote, with the spaces of a pass phrase; without one up to the first space.
        value, closed, _ = text[start : start + len(value) + _LOOK_BACK].partition("\n")[0].partition(quote)
        value, quote = (value, quote) if closed else (match["value"], "")
    else:
        bracketed = _IN_BRACKETS.match(value)
        value, start = (bracketed[1], start + 1) if bracketed else (_VALUE_END.split(value, maxsplit=1)[0], start)
    end = start + len(value)
    return Assigned(name, value, start, bool(quote), prose, text[end : end + 12])
