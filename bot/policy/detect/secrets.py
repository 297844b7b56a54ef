"""Keys, tokens and passwords.

The formats are those that the issuers document. Each pattern runs only over a text that holds one of its
keywords, and none scans the same stretch from more than a bounded number of starts: a large document costs
what its length costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.policy.detect.finding import Detector, Finding
from bot.policy.detect.segment import Segment

_FREE = r"(?<![A-Za-z0-9])"
_USER = r"[^\s:/@\"'<>${}]{1,128}"  # no variables: ${USER}:${PASSWORD} gives nothing away


@dataclass(frozen=True, slots=True)
class Format:
    """A documented token format. keywords: lower case, one of them is in every text that matches."""

    name: str
    keywords: tuple[str, ...]
    pattern: re.Pattern[str]


def _format(name: str, keywords: str, pattern: str) -> Format:
    return Format(name, tuple(keywords.split()), re.compile(_FREE + pattern))


_FORMATS = (
    _format("anthropic", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    _format("openai", "sk-", r"sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})"),
    _format("aws", "akia asia abia acca a3t", r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _format("github", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,}"),
    _format("github", "github_pat_", r"github_pat_[A-Za-z0-9_]{22,}"),
    _format("gitlab", "gl", r"gl(?:pat|dt|rtr?|ptt|soat|imt|agent|cbt|ft|ffct|oas)-[A-Za-z0-9_-]{20,}"),
    _format("gitlab", "gr1348941", r"GR1348941[A-Za-z0-9_-]{20,}"),
    _format("slack", "xox", r"xox(?:[abeoprs]-|e\.xox[bp]-)[A-Za-z0-9-]{20,}"),
    _format("slack", "xapp-", r"xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    _format("slack", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/+-]{20,}"),
    _format("google", "aiza", r"AIza[A-Za-z0-9_-]{35}"),
    _format("google", "gocspx-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    _format("stripe", "k_live_ k_test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _format("stripe", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}"),
    _format("npm", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _format("npm", "_authtoken", r":_authToken[ \t]{0,3}=[ \t]{0,3}[A-Za-z0-9_+/=-]{20,}"),
    _format("pypi", "pypi-age", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _format("hugging face", "hf_", r"hf_[A-Za-z0-9]{30,}"),
    _format("hugging face", "api_org_", r"api_org_[A-Za-z0-9]{30,}"),
    # Its own look-behind: from each "eyJ" inside a long run the scan would start anew.
    _format("jwt", "eyj", r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)?"),
    _format("sendgrid", "sg.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    _format("azure", "q~", r"(?<![~._-])[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"),
    _format("vault", "hvs. hvb.", r"hv[sb]\.[A-Za-z0-9_-]{24,}"),
    _format("notion", "ntn_", r"ntn_[A-Za-z0-9]{40,}"),
    _format("sourcegraph", "sgp_", r"sgp_(?:[A-Fa-f0-9]{16}_|local_)?[A-Fa-f0-9]{40}(?![A-Za-z0-9])"),
    _format("telegram", ":aa", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{32,33}"),
    _format("databricks", "dapi", r"dapi[0-9a-f]{32}(?![A-Za-z0-9])"),
    _format("digitalocean", "_v1_", r"do[oprt]_v1_[0-9a-f]{64}"),
    _format("shopify", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    _format("facebook", "eaa", r"EAA[A-Za-z0-9]{60,}"),
    _format("mailchimp", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![0-9A-Za-z])"),
    _format("discord", ".", r"[MNO][A-Za-z0-9]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"),
    _format("address with password", "://", rf"[A-Za-z][A-Za-z0-9+.-]{{1,20}}://{_USER}:{_USER}@[A-Za-z0-9]"),
    _format("curl -u", "curl", rf"curl [^\n]{{0,200}}?(?:-u|--user)[ =][ \"']{{0,2}}{_USER}:[!-~]{{6,128}}"),
    _format(
        "authorization header",
        "authorization",
        r"(?i:authorization)[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?"
        r"(?i:(?:basic|bearer|token|[a-z-]{2,12}-token)[ \t]{1,3})?[A-Za-z0-9+/=._~-]{16,}",
    ),
)

# Never asks for the END line: a key cut off by a message's limit is as secret, and the match never goes back.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){20,20000}"
    r"(?:-----END [A-Z0-9 ]{0,60}-----)?"
)

_NAMES = (
    "password", "passwd", "passphrase", "pwd", "api_key", "api-key", "apikey", "api key", "secret", "token",
    "access_key", "accesskey", "access key", "account_key", "accountkey", "auth_key", "private_key",
    "credential", "비밀번호", "패스워드", "비번", "암호", "토큰", "인증키", "시크릿", "api키", "api 키",
)  # fmt: skip
# Looks ahead at the value, because what follows a name may itself be an assignment.
_ASSIGNMENT = re.compile(
    rf"(?:{'|'.join(map(re.escape, _NAMES))})[a-z0-9_-]{{0,20}}[\"'`]?\s{{0,4}}"
    r"(?:[:=]{1,2}>?|is |은 |는 |이 |가 )\s{0,4}(?=(?P<quote>[\"'`]?)(?P<value>[!-~]{6,256}))",
    re.IGNORECASE,
)
_VALUE_END = re.compile(r"[\"'`,;<>]")
_REFERENCE = re.compile(r"^[$<%{\[(]|\$\{|\{\{|^(?:vault:|https?:)|\*{3}|\.{3}")
_CODE = re.compile(r"[A-Za-z_.]+[(\[]|process\.env|os\.environ|env\.")
_PLACEHOLDER = re.compile(r"(?:your|insert|change|example|placeholder|dummy|sample|redacted|xxx)", re.IGNORECASE)


def secret(segment: Segment) -> Iterator[Finding]:
    """Tokens of known formats, private key blocks, and what is assigned to a name like api_key."""
    for known in _FORMATS:
        if segment.context(known.keywords):
            for match in known.pattern.finditer(segment.text):
                if not _crossed_out(match[0]):
                    yield Finding("secret", *match.span(), 0.95, f"format {known.name}")
    if "private key" in segment.lower:
        for match in _PEM.finditer(segment.text):
            yield Finding("secret", *match.span(), 0.95, "format private key")
    if segment.context(_NAMES):
        yield from _assigned(segment)


def _assigned(segment: Segment) -> Iterator[Finding]:
    for match in _ASSIGNMENT.finditer(segment.text):
        quote, value = match["quote"], match["value"]
        value = value.partition(quote)[0] if quote else _VALUE_END.split(value, maxsplit=1)[0]
        score = _value_score(value, quoted=bool(quote))
        if score:
            start = match.start("value")
            yield Finding("secret", start, start + len(value), score, "assigned to a name")


def _value_score(value: str, *, quoted: bool) -> float:
    """How much a value looks like a secret rather than a word, a reference to one, or a number."""
    if len(value) < 6 or _REFERENCE.search(value) or _PLACEHOLDER.match(value) or _crossed_out(value):
        return 0.0
    if not quoted and _CODE.match(value):
        return 0.0
    letters, digits = any(map(str.isalpha, value)), any(map(str.isdigit, value))
    if letters and digits:
        return 0.7 if len(value) >= 16 else 0.6
    if quoted or (letters and not value.rstrip(".:").isalpha()):
        return 0.4
    return 0.0


def _crossed_out(token: str) -> bool:
    """Whether the token's body is only x, as in documentation: ghp_xxxx...; such a text says nothing."""
    return len(token) > 8 and set(token[-8:].lower()) == {"x"}


DETECTORS: Mapping[str, Detector] = {"secret": secret}
