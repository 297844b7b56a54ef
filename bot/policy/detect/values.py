"""Whether what is assigned to a name is a secret: what the name tells, and what the value looks like. Pure.

A value without a format of its own is a secret by both. Prose, a reference to a secret and a placeholder are none: who
asks what a password must look like is not kept from an answer.
"""

from __future__ import annotations

import re
from math import log2
from typing import NamedTuple

from bot.policy.detect.formats import NAMED

# Names: in snake case, as `_snake` makes them.
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[ .\-]{1,4}")
_PASSWORD = re.compile(
    r"(?:pass(?:word|wd|code|phrase)|pwd|(?:^|_)(?:pass|pw|pin|핀)|master_?auth|bind_?pw"
    r"|(?:^|_)[a-z]{1,14}(?<!by)(?<!com)(?<!tres)(?<!sur)(?<!over)(?<!under)(?<!low)(?<!high)(?<!band)pass"
    r"|(?:비_?밀_?번_?호|비번|패스_?워드|암호(?:_?문구)?|p/w)[은는이가]?)"
    r"(?:_?(?:[0-9]{1,2}|value|값|prod|dev|번호)|_(?:for|to|of|on)_[\w]{1,30})?(?:_is|_was)?"
    r"(?:_(?:바뀌|변경|발급|안내|재?설정|전달|공유)[가-힣]{0,6})?$"
)
_PIN = re.compile(r"(?:^|_)(?:pin|핀)(?:_?번호)?$")
_KEY = re.compile(
    r"[a-z0-9]_keys?(?:_?[0-9]{1,2})?$|(?:secret|token|credentials?|creds|비밀_?키|시크릿|토큰|인증_?키|접근_?키|액세스_?키|api_?키"
    r"|(?:api|access|private|auth|account|encryption|signing|master|service|shared|storage|app)_?key)"
    r"(?P<rest>(?:s|_?[0-9]{1,2}|_[a-z0-9_]{1,24}|_?[값키])?)$"
)
_KEYISH = "key|access|login|token|secret|pass|pwd|auth|cred|api|키|토큰|시크릿|비밀"
_OF_AN_ISSUER = re.compile(_KEYISH)
_TELLING = re.compile(
    rf"{_KEYISH}|pw|pin|비번|패스|암호|^\W*(?:{'|'.join(name for named in NAMED for name in named.names)})\W*$",
    re.IGNORECASE,
)
_NOT_THE_VALUE = re.compile(
    r"(?:^|_)(?:ids?|names?|len|length|size|type|ur[li]|files?|path|dir|field|column|version|arn|prefix|suffix|count"
    r"|limit|ttl|expir[a-z]{1,6}|policy|store|ring|provider|manager|service|endpoint|class|label|format|algorithm|scopes?"
    r"|ref|hash|digest|at|word|board|frame|code|pair|usage|issuer|header|param|list|map|index|days|hours|seconds"
    r"|rotation)$"
)
_NOT_A_KEY = re.compile(
    r"(?:csrf|xsrf|authenticity|page|next|cursor|continuation|public|pub|primary|foreign|cache|partition|sort|bucket"
    r"|schema|object|group|index|routing|idempotency|hot|short|turn|issue|project|translation|lookup|row|map|dict|config"
    r"|host|ticket|publishable|license|layer|state|event|dedup|unique|composite|s3|redis|registry|etag)"
    r"_?(?:verification_)?(?:key|token)s?$"
)

# Values that only say where the secret is, or hold the place of one.
_REFERENCE = re.compile(
    r"^[$<{\[(]|^%(?:[sdr(]|\w+%)|^[&*]{1,2}[A-Za-z_]\w*$|^@[\w/]|\$\{|\$\(|\{\{|\*{3}|\.{3}"
    r"|^(?:vault|ssm|arn|env|file|op|https?|secrets?|ref|keyring|gcp|aws|sm|urn):"
)
_CODE = re.compile(
    r"[A-Za-z_.]+[(\[]|(?:[A-Za-z_]\w{0,40}\.){1,5}\w{1,40}[(\[]|(?:[A-Za-z_]\w{0,40}\.)+[A-Za-z_]\w{0,40}[),;]{0,3}$"
    r"|[\w./-]{1,80}\.(?:txt|pem|json|ya?ml|cer|crt|key|env|p12|md|html?|py|js|go|ts)$"
)
_PLACEHOLDER = re.compile(
    r"^(?:(?:your|my|insert|enter|put|replace|change)[-_]|your[a-z]|change_?me|fake"
    r"|(?:none|null|true|false|undefined|required|optional|string|str|varchar|text|todo|foo|dummy|sample|redacted|hidden"
    r"|masked|x{3,}|password|user|username|pass|admin|login)(?![A-Za-z0-9@!#]))"
    r"|example|placeholder|[-_]here\b|x{6}|abcdefghij|-fake-|a-za-z0-9|a-z0-9",
    re.IGNORECASE,
)
# What a password may be made with, and is not.
_TECHNICAL = re.compile(
    r"(?:sha|md|aes|rsa|wpa|k8s|erc|isms|fido|aria[0-9]|seed[0-9]|ad[0-9]|base|utf|hmac|bcrypt|argon|scrypt|pbkdf|oauth|tls|ssl|https?|win|office|mfa|2fa|otp|[vk][0-9]{1,2}(?:alpha|beta|rc|[^A-Za-z0-9]|$)|1password"
    r"|rfc|ascii|iso|ed25519|p-?256|x509|pkcs|totp|hotp|saml|i18n|ios|gpt|[0-9]{1,4}-?(?:bit|char|digit|day|min|hour|자))",
    re.IGNORECASE,
)

_SAID = re.compile(r"[\"'`]?\s?(?:입니다|이에요|예요|이야|임(?![가-힣])|으?로 (?:설정|변경|바꿨|바꾸|해))")
_UNIT = re.compile(r"[ \t]?(?:[가-힣]|(?:char|digit|day|time|attempt|min|hour|letter|year|month)|[-~–]\s?[0-9])")
_PARTICLE = re.compile(r"[ \t]?(?:은|는|이|가|을|를|로|으로|입|임|예|야|라|하|에|의|인|니)")

_DIGITS = re.compile(r"[0-9][0-9*#]{3,15}")
_PUNCTUATED = re.compile(r"[!@#$%^&*?][A-Za-z!@#$%^&*?]|[A-Za-z][!@#$%^&*]+$")
# https://theworld.com/~reinhold/diceware.html: four words and more, and no sentence is made of such words alone.
_PASSPHRASE = re.compile(r"(?:[a-z]{3,9} ){3,7}[a-z]{3,9}")
_OF_SENTENCES = frozenset((
    "must", "not", "can", "the", "your", "you", "for", "and", "with", "from", "that", "this", "are", "has", "have",
    "been", "was", "will", "should",
))  # fmt: skip
_OF_NAMES = frozenset(("token", "secret", "password", "passwd", "key", "pass", "credentials"))
_SEPARATED = re.compile(r"[A-Za-z]{2,}[0-9]{0,4}|[A-Z]?[0-9]{1,6}|[A-Za-z]")
_SIGN = re.compile(r"[!@#$%^&*?]")
_CHANGE = re.compile(r"a(?=0)|0(?=a)")
_NO_PASSWORD = re.compile(
    r"[/\\<>(){}\[\]]|@[\w-]+\.|^[0-9a-f]{7,64}$|^[#@&$]|^[0-9.,:%~+-]+[A-Za-z%]{1,3}$|[?!.,]$(?<![A-Za-z0-9][!?])"
    r"|[a-z]=|&[a-z]+;|\.[a-z]{2,4}$"
)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}", re.IGNORECASE)
_MIN_ENTROPY = 2.5
"""Shannon's, in bits a character: what an issuer draws has 3 and more, a row of x has none."""


class Assigned(NamedTuple):
    """A value of that name. start: the value's offset; prose: whether a sentence gives it, and not code; following: the
    few characters after it; loose: whether other words may stand between the name and it, so that only what can be
    nothing else counts."""

    name: str
    value: str
    start: int
    quoted: bool
    prose: bool
    following: str
    loose: bool = False


def telling(name: str) -> bool:
    """Whether such a name can have a secret at all: cheap, for there is an operator in every line of code."""
    return _TELLING.search(name) is not None


def names_a_secret(name: str) -> bool:
    """Whether that is the name of a password or a key, and not of what is said of one ("password policy")."""
    if not telling(name):
        return False
    snake = _snake(name)
    return _PASSWORD.search(snake) is not None or (_KEY.search(snake) is not None and not _NOT_A_KEY.search(snake))


def strong(value: str) -> bool:
    """Whether the value looks like a password by itself: no word, version, product or address is made so."""
    if not 6 <= len(value) <= 64 or _technical(value) or _NO_PASSWORD.search(value) or _holds_a_name(value):
        return False
    kinds = "".join("a" if char.isalpha() else "0" if char.isdigit() else "!" for char in value)
    if not ("a" in kinds and "0" in kinds):
        return False
    return _SIGN.search(value) is not None or (
        value.isalnum() and not value.isupper() and len(_CHANGE.findall(kinds)) >= 2
    )


def plausible(value: str) -> bool:
    """Whether the value may well be a password where a user's name stands beside it."""
    both = any(map(str.isalpha, value)) and any(map(str.isdigit, value))
    return strong(value) or (
        both and len(value) >= 6 and not (_technical(value) or _NO_PASSWORD.search(value) or _holds_a_name(value))
    )


def evidence(one: Assigned) -> tuple[float, str]:
    """The score of an assignment and the reason for it; 0 where the value is no secret."""
    name = _snake(one.name)
    if _refers(one) or (one.loose and not _by_itself(one)):
        return 0.0, ""
    issuer = _issuer(name, one.value)
    if issuer:
        return 0.7, f"assigned to a name of {issuer}"
    if _PASSWORD.search(name):
        if _PIN.search(name) and not _DIGITS.fullmatch(one.value):
            return 0.0, ""
        return _password(one), "assigned to a password"
    key = _KEY.search(name)
    if key and not _NOT_THE_VALUE.search(key["rest"] or "") and not _NOT_A_KEY.search(name):
        return _key(one.value, quoted=one.quoted), "assigned to a name"
    return 0.0, ""


def _technical(value: str) -> bool:
    return _TECHNICAL.match(value) is not None and _SIGN.search(value.rstrip("!?.")) is None


def _by_itself(one: Assigned) -> bool:
    return strong(one.value) or (plausible(one.value) and _SAID.match(one.following) is not None)


def _snake(name: str) -> str:
    return _WORD.sub("_", name.strip()).lower().strip("_")


def _refers(one: Assigned) -> bool:
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
            if f"_{issuer}" in marked and (name == issuer or _OF_AN_ISSUER.search(name)):
                short = len(value) < 20 and not any(map(str.isdigit, value))  # a word
                return named.issuer if named.value.match(value) and _varied(value) and not short else ""
    return ""


def _password(one: Assigned) -> float:
    value = one.value
    if " " in value:
        words = value.split()
        return 0.4 if _PASSPHRASE.fullmatch(value) and _OF_SENTENCES.isdisjoint(words) else 0.0
    if _DIGITS.fullmatch(value):
        counted = _UNIT.match(one.following) and not _PARTICLE.match(one.following)
        return 0.0 if counted else 0.4
    if _holds_a_name(value) or (one.prose and _technical(value)):
        return 0.0
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if letters and digits:
        return 0.6 if len(value) >= 6 else 0.4
    if one.prose:
        by_itself = len(value) >= 6 and _PUNCTUATED.search(value)
        return 0.4 if letters and (by_itself or _SAID.match(one.following)) else 0.0
    return 0.4 if len(value) >= 6 and letters and (one.quoted or _PUNCTUATED.search(value)) else 0.0


def _holds_a_name(value: str) -> bool:
    """Whether the value is itself the name of a secret: TFC_TEAM_TOKEN, secret-access-key."""
    parts = re.split(r"[-_./]", value.lower())
    return len(parts) > 1 and not _OF_NAMES.isdisjoint(parts)


def _key(value: str, *, quoted: bool) -> float:
    """Whether the value looks drawn at random: letters and digits that no word or version is made of."""
    if len(value) < 10 or " " in value or _holds_a_name(value) or not _varied(value):
        return 0.0
    parts = re.split(r"[-_./:]", value)
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if letters and digits:
        if len(parts) > 1 and all(_SEPARATED.fullmatch(part) or not part for part in parts):
            return 0.0
        return 0.7 if len(value) >= 16 else 0.6
    if letters and len(value) >= 20 and len(parts) == 1 and _CONSONANTS.search(value):
        return 0.5 if quoted else 0.4
    return 0.0


def _varied(value: str) -> bool:
    shares = [value.count(char) / len(value) for char in set(value)]
    return -sum(share * log2(share) for share in shares) >= _MIN_ENTROPY
