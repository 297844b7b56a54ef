"""What a text gives a telling name: `DB_PASSWORD=...`, `<token>...</token>`, "비번은 ... 입니다", "password is ...".

Here is where names and values stand; `values` says whether what stands there is a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.policy.detect.cells import fallen_apart, tabled
from bot.policy.detect.finding import Finding
from bot.policy.detect.segment import Segment
from bot.policy.detect.values import Assigned, evidence, telling

_LOOK_BACK = 60
"""Characters before an operator that may be its name, and after a quote that may be a pass phrase."""
_VALUE = r"(?P<quote>[\"'`]?)(?P<value>[!-~]{4,256})"
# A block scalar of YAML stands below its operator.
_OPERATOR = re.compile(
    rf"[\"'`\]*]{{0,3}}[ \t]{{0,4}}(?::=|\?=|=>|->|[→⇒➡►▶»]|[:=]{{1,3}})(?!//)\*?"
    rf"(?:\s{{0,4}}|[ \t]{{0,3}}[|>][+-]?[0-9]?[ \t]{{0,3}}\n\s{{1,24}}|\s{{0,2}}```[a-z]{{0,10}}\s{{1,4}})(?={_VALUE})"
)
_AHEAD = rf"(?={_VALUE})"
_ELEMENT = re.compile(rf"<(?P<name>[A-Za-z][\w:.-]{{1,59}})>(?:\s{{0,8}}<[Vv]alue>)?(?={_VALUE})")
_FLAG = re.compile(rf"(?<![\w-])--?(?P<name>[A-Za-z][\w-]{{1,40}})[ \t]{{1,3}}(?={_VALUE})")
# A name in one field and its value in the next: environment variables of a cluster, a property list, a form.
_FIELD = re.compile(
    r"(?:\b(?:[a-z]{1,12}[_-]?)?(?:name|key)|\b(?:variable|label|title|field|property))"
    r"(?:\"\s{0,4}:|'\s{0,4}:|\s{0,3}[:=>])?\s{0,4}[\"']?"
    r"(?P<name>[a-z가-힣][\w.\- ]{1,60}?)[\"']?(?:[\s,;{}\"'>]|</?[a-z]{1,20}>|\btype\s?=\s?\w{1,10}\b){1,24}?"
    r"<?(?:\b(?:[a-z]{1,12}[_-]?)?value(?![a-z])|\bdefault|<string|\bcontent)[\"']?>?\s{0,4}(?:[:=>]\s{0,4}|(?<=>))"
    rf"(?:[|>][+-]?\s{{1,24}})?(?={_VALUE})"
)
_ARGUMENT = re.compile(
    rf"[\"'](?P<name>[A-Za-z][\w.-]{{1,60}})[\"']\s{{0,2}},\s{{0,4}}(?=[\"'][^\"'\n]{{4,200}}[\"'](?!\s?:)){_AHEAD}"
)
_CALL = re.compile(
    rf"(?P<name>[A-Za-z]\w{{0,40}}(?i:password|passwd|passphrase|token|secret|apikey))\((?=[\"']){_AHEAD}"
)
_CALLED = ("('", '("')
# A line that is nothing but a name and its value, or an order to set it.
_DIRECTIVE = re.compile(
    r"(?m)^[ \t]{0,20}(?:(?:export|set|setx|setenv|env|arg|define|config set|fastcgi_param|proxy_set_header)[ \t]{1,4}"
    rf"(?:-[a-z]{{1,3}}[ \t]{{1,2}})?)?(?P<name>[A-Za-z][\w.-]{{1,50}})[ \t]{{1,8}}{_AHEAD}"
    r"(?=[!-~]{4,256}(?: /m)?[ \t;]{0,4}$)",
    re.IGNORECASE,
)
_NETRC = re.compile(rf"\blogin\s{{1,8}}\S{{1,100}}\s{{1,8}}(?P<name>password)\s{{1,8}}(?={_VALUE})")
# From here on of the text in lower case: the tables of the quick search are of no use to a pattern that ignores case,
# nor to one of whose alternatives does not begin with a letter.
# What may stand between a word of a sentence and its value.
_BETWEEN = (
    r"(?:(?:\s{0,3}</?[a-z]{1,10}>\s{0,3}:?\s{0,3}){1,4}|\s{0,3}[*:]{0,2}\s{0,3}```[a-z]{0,10}\s{1,4}|\s{1,3}-{1,2}\s{1,3}"
    r"|\s?[가-힣]{1,6}\s?\+\s?|\s{0,3}(?:[*(\[|~:=]{1,2}(?:\s|\\n){0,3}){0,3})"
)
_KOREAN = re.compile(
    r"(?P<name>비 ?밀 ?번 ?호|비번|패스 ?워드|암호(?: ?문구)?|토큰|인증 ?키|시크릿(?: ?키)?|api ?키|핀 ?번호"
    r"|p(?<![a-z.].)(?:/?w|in)(?![!-)+-~])(?: ?번호)?)"
    rf"(?:\([^()\n]{{0,20}}\))?(?:은|는|이|가|을|를)?{_BETWEEN}(?={_VALUE})"
)
_KOREAN_VALUE = re.compile(
    r"(?P<name>비밀 ?번호|비번|패스 ?워드|암호)(?:은|는|이|가)?\s{0,3}:?\s{0,3}"
    r"(?P<quote>[\"'`])(?P<value>(?=[^\"'`\n]{0,30}[0-9!@#$%^&*])(?![^\"'`\n]{0,30}(?:자리|이상|이하|글자|숫자|[0-9]자))"
    r"[가-힣!#-&(-_a-~]{4,30})(?P=quote)"
)
_KOREAN_BARE = re.compile(
    r"(?P<name>비밀 ?번호|비번|패스 ?워드|암호)(?:은|는)?\s{0,3}[:=]?\s{0,3}(?P<quote>)"
    r"(?P<value>[가-힣]{1,8}[0-9]{1,8}[!@#$%^&*]{1,3})(?![!-~가-힣])"
)
_ENGLISH = re.compile(
    r"(?P<name>pass(?:word|wd|code|phrase)|pwd|p(?<![a-z].)(?:w|in)|token|secret|api[ -]key)"
    rf"(?: (?:for|to|of|on) [^\n.:;=]{{1,40}}?)? (?:(?:is|was) (?:now |still |currently )?"
    rf"|(?:(?:has been|is|was) )?(?:reset|set|changed|updated) to )(?={_VALUE})"
)
_AFTERWARDS = re.compile(
    r"(?<![!-~])(?P<quote>[\"'`]?)(?P<value>[!-~]{6,64}?)[\"'`]?"
    r"(?:(?:이|가|로|으로) (?:[가-힣]{1,6} )?| (?:is|as) (?:the|my|your|our) (?:[a-z]{2,12} )?)"
    r"(?P<name>비밀 ?번호|비번|패스 ?워드|암호|password|passcode|token)"
)
_MENTION = re.compile(
    r"비밀 ?번호|비번|패스 ?워드|패(?<![가-힣].)스(?![가-힣])|암호|p(?<![a-z].)(?:wd?|ass)(?![a-z0-9])"
    r"|pass(?:word|wd|code|phrase)"
)
_TOKEN = re.compile(r"[!-~]{6,64}")
_NO_FURTHER = re.compile(r"[\n{}<$]|%\(")
_NEAR = 48
"""Characters after a mention in which what can only be a password is taken for it."""
_SHAPES = (
    ((">",), _ELEMENT),
    ((" -",), _FLAG),
    (("value", "default", "<string", "content"), _FIELD),
    (("login",), _NETRC),
)
_SPOKEN = (
    "비밀", "밀 번", "p/w", "비번", "패스", "암호", "토큰", "인증", "시크릿",
    "api", "pw", "pin", "pass", "token", "secret", "pwd",
)  # fmt: skip
# Read backwards, because a search for what ends before an operator would begin at each character before it.
_NAME = re.compile(r"\s?(?:\)[^()\n]{0,20}\(\s?)?(?P<name>[\w.\- ]{2,60})")
_VALUE_END = re.compile(r"[\"'`,;<>]|\\[\"'nrt]|&[a-z_]{2,30}=|\)(?:[.,;]|$)|\]$")
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
    for gates, pattern in _SHAPES:
        if any(map(segment.lower.__contains__, gates)):
            for match in pattern.finditer(segment.lower if pattern is _FIELD else text):
                name = text[slice(*match.span("name"))]
                if telling(name):
                    yield _assignment(text, match, name, prose=False)


def _said(segment: Segment) -> Iterator[Assigned]:
    """What a sentence says that a password is."""
    if not segment.context(_SPOKEN):
        return
    text = segment.text
    for pattern in (_ARGUMENT, _CALL, _DIRECTIVE) if any(map(text.__contains__, _CALLED)) else (_ARGUMENT, _DIRECTIVE):
        for match in pattern.finditer(text):
            if telling(match["name"]):
                yield _assignment(text, match, match["name"], prose=False)
    for pattern in (_KOREAN, _KOREAN_VALUE, _KOREAN_BARE, _ENGLISH, _AFTERWARDS):
        for match in pattern.finditer(segment.lower):
            yield _assignment(text, match, match["name"], prose=True)
    for match in _MENTION.finditer(segment.lower):
        yield from _near(text, match)
    yield from tabled(segment)
    yield from fallen_apart(segment)


def _near(text: str, mention: re.Match[str]) -> Iterator[Assigned]:
    """What can only be a password, in the rest of the line of a mention, up to what only refers to one."""
    end = mention.end() + _NEAR
    rest = _NO_FURTHER.search(text, mention.end(), end)
    for token in _TOKEN.finditer(text, mention.end(), rest.start() if rest else end):
        value = token[0].strip("\"'`*_.,:;=>()[]|")
        start = token.start() + token[0].index(value)
        yield Assigned(
            "password", value, start, quoted=False, prose=True, following=text[start + len(value) :][:12], loose=True
        )


def _assignment(text: str, match: re.Match[str], name: str, *, prose: bool) -> Assigned:
    quote, start = match["quote"], match.start("value")
    value = text[start : match.end("value")]
    if quote:
        # Up to the closing quote, with the spaces of a pass phrase; without one up to the first space.
        value, closed, _ = text[start : start + len(value) + _LOOK_BACK].partition("\n")[0].partition(quote)
        value, quote = (value, quote) if closed else (text[start : match.end("value")], "")
    else:
        bracketed = _IN_BRACKETS.match(value)
        value, start = (bracketed[1], start + 1) if bracketed else (_VALUE_END.split(value, maxsplit=1)[0], start)
    end = start + len(value)
    return Assigned(name, value, start, bool(quote), prose, text[end : end + 12])
