"""What a text gives a telling name: `DB_PASSWORD=...`, `<token>...</token>`, "비번은 ... 입니다", "password is ...".

A value without a format of its own is a secret by its name and by its looks. Prose, a reference to a secret and a
placeholder are none: whoever asks what a password must look like is not kept from an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log2
from typing import NamedTuple

from bot.policy.detect.formats import NAMED

_LOOK_BACK = 60
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
    r"(?:(?:이|가|로|으로) (?:[가-힣]{1,6} )?(?P<name>비밀 ?번호|비번|패스 ?워드|암호)"
    r"| (?:is|as) (?:the|my|your|our) (?:[a-z]{2,12} )?(?P<named>password|passcode|token))",
    re.IGNORECASE,
)
_SAID = re.compile(r"[\"'`]?\s?(?:입니다|이에요|예요|이야|임(?![가-힣])|으?로 (?:설정|변경|바꿨|바꾸|해))")
_UNIT = re.compile(r"[ \t]?(?:[가-힣]|(?:char|digit|day|time|attempt|min|hour|letter|year|month)|[-~–]\s?[0-9])")
_PARTICLE = re.compile(r"[ \t]?(?:은|는|이|가|을|를|로|으로|입|임|예|야|라|하|에|의|인|니)")

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[ .\-]{1,4}")
_NAME = re.compile(r"\s?(?:\)[^()\n]{0,20}\(\s?)?(?P<name>[\w.\- ]{2,60})")
_PASSWORD = re.compile(
    r"(?:pass(?:word|wd|code|phrase)|pwd|(?:^|_)(?:pass|pw|pin)|(?:비밀_?번호|비번|패스_?워드|암호)[은는이가]?)"
    r"(?:_?(?:[0-9]{1,2}|value|값|prod|dev|번호)|_(?:for|to|of|on)_[\w]{1,30})?(?:_is|_was)?"
    r"(?:_(?:바뀌|변경|발급|안내|재?설정|전달|공유)[가-힣]{0,6})?$"
)
_PIN = re.compile(r"(?:^|_)pin(?:_?번호)?$")
_KEY = re.compile(
    r"(?:secret|token|credentials?|creds|(?:api|access|private|auth|account|encryption|signing|master|service|shared|storage|app)_?key"
    r"|[a-z0-9]_key|authorization|비밀_?키|시크릿|토큰|인증_?키|접근_?키|액세스_?키|api_?키)(?P<rest>(?:s|_?[0-9]{1,2}|_[a-z0-9_]{1,24}|_?[값키])?)$"
)
_KEYISH = re.compile(r"key|access|login|token|secret|pass|pwd|auth|cred|api|키|토큰|비밀|secretstring")
_TELLING = re.compile(
    rf"key|access|login|token|secret|pass|pwd|pw|pin|auth|cred|api|키|토큰|시크릿|비밀|비번|패스|암호"
    rf"|^\W*(?:{'|'.join(name for named in NAMED for name in named.names)})\W*$",
    re.IGNORECASE,
)
_NOT_THE_VALUE = re.compile(
    r"(?:^|_)(?:id|ids|name|names|len|length|size|type|ur[li]|file|files|path|dir|field|column|version|arn|prefix|suffix|count|limit"
    r"|ttl|expir[a-z]{1,6}|policy|store|ring|provider|manager|service|endpoint|class|label|format|algorithm|scope|scopes|ref"
    r"|hash|digest|at|word|board|frame|code|pair|usage|issuer|header|param|list|map|index|days|hours|seconds|rotation)$"
)
_NOT_A_KEY = re.compile(
    r"(?:csrf|xsrf|authenticity|page|next|cursor|continuation|public|pub|primary|foreign|cache|partition|sort|bucket|schema"
    r"|object|group|index|routing|idempotency|hot|short|turn|issue|project|translation|lookup|row|map|dict|config|host|ticket"
    r"|publishable|license|layer|state|event|dedup|unique|composite|map|s3|redis|registry|etag)_?(?:verification_)?(?:key|token)s?$"
)

_REFERENCE = re.compile(
    r"^[$<{\[(]|^%(?:[sdr(]|\w+%)|^[&*]{1,2}[A-Za-z_]\w*$|\$\{|\$\(|\{\{|^(?:vault|ssm|arn|env|file|op|https?|secrets?|ref|keyring|gcp|aws|sm|urn):|\*{3}|\.{3}|^@[\w/]"
)
_CODE = re.compile(
    r"[A-Za-z_.]+[(\[]|(?:[A-Za-z_]\w{0,40}\.){1,5}\w{1,40}[(\[]|process\.env|os\.environ|env\.|(?:[A-Za-z_]\w{0,40}\.)+[A-Za-z_]\w{0,40}[),;]{0,3}$"
    r"|[\w./-]{1,80}\.(?:txt|pem|json|ya?ml|cer|crt|key|env|p12|md|html?|py|js|go|ts)$"
)
_PLACEHOLDER = re.compile(
    r"^(?:(?:your|my|insert|enter|put|replace|change)[-_]|your[a-z]|change_?me|fake"
    r"|(?:none|null|true|false|undefined|required|optional|string|str|varchar|text|todo|foo|dummy|sample|redacted|hidden"
    r"|masked|x{3,}|password|user|username|pass|admin|login)(?![A-Za-z0-9@!#]))"
    r"|example|placeholder|[-_]here\b|x{6}|abcdefghij|-fake-|a-z|0-9",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"(?:sha|md|aes|rsa|base|utf|hmac|bcrypt|argon|scrypt|pbkdf|oauth|tls|ssl|https?|win|office|mfa|2fa|otp|[vk][0-9]|1password"
    r"|rfc|ascii|iso|ed25519|p-?256|x509|pkcs|totp|hotp|saml|i18n|ios|gpt|[0-9]{1,4}-?(?:bit|char|digit|day|min|hour|자))",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9][0-9*#]{3,15}")
_PASSPHRASE = re.compile(r"(?:[a-z]{3,9} ){3,7}[a-z]{3,9}")
_FUNCTION_WORDS = frozenset(
    [
        "must",
        "not",
        "can",
        "the",
        "your",
        "you",
        "for",
        "and",
        "with",
        "from",
        "that",
        "this",
        "are",
        "has",
        "have",
        "been",
        "was",
        "will",
        "should",
    ]
)
_SECRET_WORDS = frozenset(["token", "secret", "password", "passwd", "key", "pass", "credentials"])
_SEPARATED = re.compile(r"[A-Za-z]{2,}[0-9]{0,4}|[A-Z]?[0-9]{1,6}|[A-Za-z]")
_VALUE_END = re.compile(r"[\"'`,;<>]|\\[\"'nrt]|&[a-z_]{2,30}=|\)(?:[.,;]|$)")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}", re.IGNORECASE)


class Assigned(NamedTuple):
    """A value of that name; start: the value's offset. prose: whether a sentence gives it, not code."""

    name: str
    value: str
    start: int
    quoted: bool
    prose: bool
    following: str


def assigned(text: str, lower: str) -> Iterator[tuple[int, int, float, str]]:
    """start, end, score and evidence of each value that is a secret by its name."""
    for one in _assignments(text, lower):
        score, evidence = _judge(one)
        if score:
            yield one.start, one.start + len(one.value), score, evidence


def _assignments(text: str, lower: str) -> Iterator[Assigned]:
    for match in _OPERATOR.finditer(text):
        # Backwards, because a search for what ends here would begin at each character before.
        backwards = _NAME.match(text[max(0, match.start() - _LOOK_BACK) : match.start()][::-1])
        if backwards:
            name = backwards["name"][::-1]
            if _TELLING.search(name):
                yield _assignment(text, match, name, prose=False)
    for gate, pattern in ((">", _ELEMENT), ("--", _FLAG), ("value=", _ATTRIBUTE), ("login", _NETRC)):
        if gate in lower:
            for match in pattern.finditer(text):
                yield _assignment(text, match, match["name"], prose=False)
    if any(word in lower for word in _SPOKEN):
        for pattern in (_KOREAN, _ENGLISH):
            for match in pattern.finditer(text):
                yield _assignment(text, match, match["name"], prose=True)
        for match in _AFTERWARDS.finditer(text):
            yield _assignment(text, match, match["name"] or match["named"], prose=True)


_SPOKEN = (
    "비밀", "비번", "패스", "암호", "토큰", "인증", "시크릿", "api", "pw", "pin", "pass", "token", "secret", "pwd",
)  # fmt: skip


def _assignment(text: str, match: re.Match[str], name: str, *, prose: bool) -> Assigned:
    quote, value, start = match["quote"], match["value"], match.start("value")
    if quote:
        # Up to the closing quote, with the spaces of a pass phrase; without one up to the first space.
        value, closed, _ = text[start : start + len(value) + _LOOK_BACK].partition("\n")[0].partition(quote)
        value, quote = (value, quote) if closed else (match["value"], "")
    else:
        value = _VALUE_END.split(value, maxsplit=1)[0]
    end = start + len(value)
    return Assigned(name, value, start, bool(quote), prose, text[end : end + 12])


def _judge(one: Assigned) -> tuple[float, str]:
    name = _WORD.sub("_", one.name.strip()).lower().strip("_")
    if _refers(one):
        return 0.0, ""
    issuer = _issuer(name, one.value)
    if issuer:
        return 0.7, f"assigned to a name of {issuer}"
    if _PASSWORD.search(name):
        pin = _PIN.search(name) and not _DIGITS.fullmatch(one.value)
        return (0.0 if pin else _password_score(one)), "assigned to a password"
    key = _KEY.search(name)
    if key and not _NOT_THE_VALUE.search(key["rest"]) and not _NOT_A_KEY.search(name):
        return _key_score(one.value, quoted=one.quoted), "assigned to a name"
    return 0.0, ""


def _refers(one: Assigned) -> bool:
    """Whether the value only says where the secret is, or holds the place of one."""
    value = one.value
    return bool(
        len(value) < 4
        or _REFERENCE.search(value)
        or _PLACEHOLDER.search(value)
        or (not one.quoted and _CODE.match(value))
    )


def _issuer(name: str, value: str) -> str:
    marked = f"_{name}"
    for named in NAMED:
        for issuer in named.names:
            if f"_{issuer}" in marked and (name == issuer or _KEYISH.search(name)):
                return named.issuer if named.value.match(value) and _drawn(value) else ""
    return ""


def _password_score(one: Assigned) -> float:
    value = one.value
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if " " in value and not _PASSPHRASE.fullmatch(value):
        return 0.0
    if one.prose and _TECHNICAL.match(value):
        return 0.0
    if _PASSPHRASE.fullmatch(value):
        return 0.4 if one.quoted and not _FUNCTION_WORDS & set(value.split()) else 0.0
    if _DIGITS.fullmatch(value):
        counted = _UNIT.match(one.following) and not _PARTICLE.match(one.following)
        return 0.0 if counted else 0.4
    if letters and digits:
        if _identifiers(value):
            return 0.0
        return 0.6 if len(value) >= 6 else 0.4
    if len(value) >= 6 and letters and re.search(r"[!@#$%^&*?][A-Za-z!@#$%^&*?]|[A-Za-z][!@#$%^&*]+$", value):
        return 0.4
    if one.prose:
        return 0.4 if letters and _SAID.match(one.following) else 0.0
    return 0.4 if one.quoted and len(value) >= 6 and not _identifiers(value) else 0.0


def _identifiers(value: str) -> bool:
    """Whether the value is itself the name of a secret: TFC_TEAM_TOKEN, secret-access-key."""
    parts = re.split(r"[-_./]", value.lower())
    return len(parts) > 1 and not _SECRET_WORDS.isdisjoint(parts)


def _key_score(value: str, *, quoted: bool) -> float:
    """Whether the value looks drawn at random: letters and digits that no word or version is made of."""
    if len(value) < 10 or _identifiers(value) or not _varied(value):
        return 0.0
    parts = re.split(r"[-_./: ]", value)
    letters, digits = any(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if letters and digits:
        if len(parts) > 1 and all(_SEPARATED.fullmatch(part) or not part for part in parts):
            return 0.0
        return 0.7 if len(value) >= 16 else 0.6
    if letters and len(value) >= 20 and len(parts) == 1 and _CONSONANTS.search(value):
        return 0.5 if quoted else 0.4
    return 0.0


def _drawn(value: str) -> bool:
    return _varied(value) and (len(value) >= 20 or any(map(str.isdigit, value)))


def _varied(value: str) -> bool:
    """Shannon's entropy of at least 2.5 bits a character: what an issuer draws has 3 and more, a row of x has none."""
    counts = [value.count(char) for char in set(value)]
    return -sum(count / len(value) * log2(count / len(value)) for count in counts) >= 2.5
