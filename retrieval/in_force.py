"""From when to when a document says that it holds. Pure.

Read where such things are said: in the first lines, in tables of versions, in the closing provisions (부칙), and in
the marks of amended articles (<개정 2026. 3. 1.>). What a date belongs to is told by the words right before and after
it. A date that might belong to something else (a deadline, a meeting, another law) is not taken: no date is a smaller
mistake than a wrong one, which would put an old rule first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from itertools import pairwise

from retrieval.dates import find_dates
from retrieval.parse import Parsed

_HEAD_CHARS = 1_500
_TAIL_CHARS = 1_000
_LONGEST_LINE = 400  # what is longer is prose

_HISTORY = re.compile(
    r"부\s?칙|(?:제|개|변경|문서|버전).{0,6}(?:이력|연혁|내역)|시행일|effective date|in force"
    r"|(?:revision|change|version|document) (?:history|log|control)",
    re.IGNORECASE,
)
_SUPPLEMENT = re.compile(r"부\s?칙(?:\s*[<(\[].*)?")
_MARKUP = re.compile(r"^\s*(?:[-*+>#]+\s+|\d+[.)]\s+(?!\d))+|[*_`]+|~~")
_CELL_RULE = re.compile(r"[\s|:-]*-[\s|:-]*\Z")
_LAW = re.compile(
    r"[「『“]|[가-힣]+(?:법|법률|시행령|시행규칙)(?![가-힣])|[가-힣]+(?:법|시행령|규칙)(?=[은는이가의에을상])"
)
_ARTICLE = re.compile(
    r"다만|단,|별표|제\s?\d+\s?(?:조|항|장)(?!\s*\(시행일\))|except|section \d|article \d", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[가-힣a-z)\]])\.\s+|(?<=다)\.(?=\S)")

_START = r"(?:^|.*[·•/,;(\[<]|.*\s[-–|]\s)\s*"
_OWN = r"(?:(?:이|본|동)\s?)?(?:(?:규정|지침|규칙|내규|정책|문서|매뉴얼|제도|최초|최종|현행)의?\s?)?"
_THIS = re.compile(
    r"(?:\(?시행일\)?|제\s?\d+\s?조\s*\(시행일\)|[①1]\.?|\s)*"
    r"(?:(?:이\s|본\s?|동\s|위\s)[가-힣· ]{1,16}?(?:은|는|을|를),?\s*)?"
)
_KO_FROM = re.compile(
    _START + _OWN + r"(?:시행|적용|발효|효력\s?발생)\s?(?:일자|일시|일|시기|시점)?\s*(?:[:：=]|은|는)*\s*\Z"
)
_KO_FROM_AFTER = re.compile(
    r"\s*(?:부터|자로|부로|자|에)?\s*(?:(?:전사|전면|새로|즉시|효력이)\s*)?(?:시행|적용|발효|발생)"
    r"(?:한다|합니다|함|된다|됩니다|됨|하며|하고|하되|예정|\s*[.)|\]>]|\s*\Z|\s예정)"
)
_KO_PERIOD = re.compile(_START + _OWN + r"(?:유효|적용|시행)\s?(?:기간|기한)\s*[:：]*\s*\Z")
_KO_AMENDED = re.compile(
    _START
    + _OWN
    + r"(?:(?:최근|전부|일부|전문|제\s?\d+\s?차)\s?)?(?P<what>개정|제정|신설)\s?(?:일자|일)?\s*(?:[:：=])*\s*\Z"
)
_KO_AMENDED_AFTER = re.compile(
    r"\s*[,)]?\s*(?:전부|일부|전문|제?\s?\d+차)?\s?(?P<what>개정|제정)(?:\s*[\])>|,./]|\s*\Z|됨|함|본|판)"
)
_KO_UNTIL = re.compile(
    _START + _OWN + r"(?:만료|실효|시행\s?종료|적용\s?종료|유효\s?(?:기간|기한))\s?일?\s*(?:[:：|=~–—-])*\s*\Z"
)
_KO_UNTIL_AFTER = re.compile(
    r"\s*까지\s*(?:만\s*)?(?:유효|시행|적용|효력)"
    r"(?:한다|합니다|하다|함|하며|하고|됩니다|된다|\s*[.)|\]]|\s*\Z|이 있|을 가)"
)
_KO_ENDED = re.compile(_START + _OWN + r"폐지\s?(?:일자|일)?\s*(?:[:：=])*\s*\Z")
_KO_ENDED_AFTER = re.compile(
    r"\s*(?:부터|자로|부로|자|에)?\s*폐지(?:한다|합니다|함|된다|됩니다|됨|되었|했|\s*[.)|\]]|\s*\Z)"
)
_TO = r"\s*(?:부터\s*[~∼〜–—-]?|[~∼〜–—-]|to|until|till|through)\s*"
_RANGE = re.compile(_TO + r"\Z", re.IGNORECASE)
_RANGE_AHEAD = re.compile(_TO + r"(?=['’0-9A-Z])", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:[,、·;/]|및|and)?\s*\Z")

_SUBJECT = (
    r"(?:(?P<subject>(?:this|the|our)(?: [\w&'-]+){1,6}?) )?(?:(?:is|are|was|becomes|will be|shall be|will|shall) )?"
)
_WHEN = r"(?:\s(?:from|as of|as from|since|on|starting))?\s*[:=–-]?\s*(?:(?:from|on) )?\Z"
_EN_FROM = re.compile(
    _START + _SUBJECT + r"(?:effective(?: date)?|(?:in|into) (?:force|effect)|(?:takes?|took) effect|date of effect"
    r"|(?:comes?|came|enters?|entered|goes|entry) into (?:force|effect)"
    r"|(?:valid|applies|apply|applicable)(?= (?:from|as)))" + _WHEN,
    re.IGNORECASE,
)  # fmt: skip
_EN_AMENDED = re.compile(
    _START + _SUBJECT + r"(?:last )?(?:revised|amended|(?:date of )?(?:last )?revision(?: date)?)" + _WHEN,
    re.IGNORECASE,
)
_EN_UNTIL = re.compile(
    _START + _SUBJECT + r"(?:(?:valid|in force|in effect|effective|applies|applicable) (?:until|till|through|to)"
    r"|expir(?:es|ed|y)(?: date)?(?: on)?)\s*[:=]?\s*\Z",
    re.IGNORECASE,
)
_EN_ENDED = re.compile(
    _START + _SUBJECT + r"(?:superseded|repealed|withdrawn|replaced|revoked)(?: (?:on|from|as of|since))?\s*[:=]?\s*\Z",
    re.IGNORECASE,
)

_FROM_COLUMN = re.compile(r"(?:시행|적용|발효)(?:일자|일)|(?:effective|in force)(?: date| from)?|effective date", re.I)
_AMENDED_COLUMN = re.compile(r"(?:제\s?[·.]?\s?)?(?:개정|변경)(?:일자|일)|일자|날짜|date|revised|revision date", re.I)
_VERSION_COLUMN = re.compile(r"버전|차수|판|구분|개정\s?(?:번호|차수)|version|ver\.?|rev\.?|revision|edition", re.I)


class _What(IntEnum):
    """What a date says. Of two kinds the higher one counts."""

    ENACTED = 0
    AMENDED = 1
    FROM = 2
    UNTIL = 3
    ENDED = 4


@dataclass(frozen=True, slots=True)
class Term:
    """The first and the last day on which a document holds, both included; None: it does not say."""

    first: date | None
    last: date | None


ALWAYS = Term(None, None)


def in_force_from(parsed: Parsed) -> date | None:
    """The first day on which the document holds, as far as it says so."""
    return in_force(parsed).first


def in_force(parsed: Parsed) -> Term:
    """What the document says of itself: the latest day of coming into force, else of its latest amendment, else of its
    enactment; and its last day."""
    said = list(_said(parsed))
    starts = [(what, day) for what, day in said if what <= _What.FROM]
    first = max(starts)[1] if starts else None
    ends = [day if what is _What.UNTIL else day - timedelta(days=1) for what, day in said if what >= _What.UNTIL]
    last = max(ends) if ends else None
    # A version that has come since holds, whatever an older one said of its own end.
    return Term(first, last if last is None or first is None or first <= last else None)


def _said(parsed: Parsed) -> Iterator[tuple[_What, date]]:
    for line in parsed.front.splitlines():
        yield from _in_line(line.replace("_", " ").replace('"', "").replace("'", ""), parsed.title)
    blocks = [(block, section.headings) for section in parsed.sections for block in section.blocks]
    if not any(map(_may_date, (block for block, _ in blocks))):
        return
    head = _until(_HEAD_CHARS, blocks)
    tail = len(blocks) - _until(_TAIL_CHARS, blocks[::-1])
    supplement = False
    for number, (block, headings) in enumerate(blocks):
        if not _may_date(block) and not _SUPPLEMENT.search(block):
            continue
        if block.lstrip().startswith(("```", "~~~")):
            continue
        history = any(map(_HISTORY.search, headings[-1:]))
        lines = block.splitlines()
        if history or number < head or number >= tail:
            yield from _in_table(lines)
        for line in lines:
            plain = _MARKUP.sub("", line).strip()
            supplement = supplement or _SUPPLEMENT.fullmatch(plain) is not None
            if history or supplement or number < head or number >= tail:
                yield from _in_line(plain, parsed.title)
            elif "<" in plain and not line.lstrip().startswith(">"):
                yield from _in_marks(plain, parsed.title)


def _may_date(text: str) -> bool:
    return "20" in text or "19" in text or "'" in text or "’" in text


def _until(characters: int, blocks: Sequence[tuple[str, tuple[str, ...]]]) -> int:
    """How many of the blocks begin within that many characters."""
    seen = 0
    for number, (block, _) in enumerate(blocks):
        if seen > characters:
            return number
        seen += len(block)
    return len(blocks)


def _in_marks(line: str, title: str) -> Iterator[tuple[_What, date]]:
    for mark in re.findall(r"<[^<>]{4,200}>", line):
        if "개정" in mark or "신설" in mark:
            yield from _in_line(mark, title)


def _in_line(line: str, title: str) -> Iterator[tuple[_What, date]]:
    """The dates of a line that say from when or until when; the words between two dates belong to the second."""
    if len(line) > _LONGEST_LINE or _CELL_RULE.match(line):
        return
    if line.startswith("|"):
        for name, value in pairwise(_cells(line)):
            yield from _in_line(f"{name}: {value}", title)
        return
    before: _What | None = None
    end = 0
    for found in find_dates(line):
        segment, rest = line[end : found.start], line[found.end :]
        sentence = _SENTENCE_END.split(line[: found.start])[-1]
        what = _goes_on(segment, before)
        if what is None and not _of_another(sentence, title):
            what = _named(segment, sentence, rest, title)
        if what is not None:
            yield what, found.last if what is _What.UNTIL else found.first
        before, end = what, found.end


def _goes_on(segment: str, before: _What | None) -> _What | None:
    """What a date says by the date before it: the end of a range (`~ 2026-12-31`), or one more of a list."""
    if before is _What.FROM and _RANGE.match(segment):
        return _What.UNTIL
    if before in (_What.AMENDED, _What.ENACTED) and _LISTED.match(segment):
        return before
    return None


def _named(segment: str, sentence: str, rest: str, title: str) -> _What | None:
    """What the words beside a date say of it; None: nothing of this document."""
    if _KO_PERIOD.match(segment) and _RANGE_AHEAD.match(rest):
        return _What.FROM
    for pattern, what in (
        (_KO_ENDED, _What.ENDED), (_KO_UNTIL, _What.UNTIL), (_KO_FROM, _What.FROM),
        (_EN_ENDED, _What.ENDED), (_EN_UNTIL, _What.UNTIL), (_EN_FROM, _What.FROM), (_EN_AMENDED, _What.AMENDED),
    ):  # fmt: skip
        match = pattern.match(segment)
        if match and _is_this(match.groupdict().get("subject"), title):
            return what
    if _is_subject(sentence, title):
        for pattern, what in (
            (_KO_ENDED_AFTER, _What.ENDED), (_KO_UNTIL_AFTER, _What.UNTIL), (_KO_FROM_AFTER, _What.FROM)
        ):  # fmt: skip
            if pattern.match(rest):
                return what
    amended = _KO_AMENDED.match(segment) or _KO_AMENDED_AFTER.match(rest)
    if amended:
        return _What.ENACTED if amended["what"] == "제정" else _What.AMENDED
    return None


def _of_another(sentence: str, title: str) -> bool:
    """Whether the words before a date speak of another law, or of a part of this one only."""
    return _ARTICLE.search(sentence) is not None or any(law not in title for law in _LAW.findall(sentence))


def _is_subject(sentence: str, title: str) -> bool:
    """Whether what begins this way speaks of the document itself: `이 규정은 `, its title, or nothing yet."""
    said = re.split(r"[|(\[<·]", sentence)[-1].strip()
    return _THIS.fullmatch(said) is not None or _in_title(said, title)


def _is_this(subject: str | None, title: str) -> bool:
    return subject is None or subject.lower().startswith("this") or _in_title(subject, title)


def _in_title(said: str, title: str) -> bool:
    words = [re.sub(r"(?:은|는|이|가|을|를),?\Z", "", word).lower() for word in said.split()]
    return bool(words) and all(word in title.lower() or word in ("the", "our", "policy") for word in words)


def _in_table(lines: Sequence[str]) -> Iterator[tuple[_What, date]]:
    """A table of versions: the dates of its column `시행일`, or, where it counts versions, of its column `일자`."""
    if len(lines) < 3 or not lines[0].lstrip().startswith("|") or not _CELL_RULE.match(lines[1]):
        return
    header, *rows = (_cells(line) for line in (lines[0], *lines[2:]))
    if not any(map(_VERSION_COLUMN.fullmatch, header)):
        return
    for number, name in enumerate(header):
        cells = [row[number] for row in rows if number < len(row)]
        if _FROM_COLUMN.fullmatch(name):
            yield from ((_What.FROM, day) for day in _only_dates(cells))
        elif _AMENDED_COLUMN.fullmatch(name):
            yield from ((_What.AMENDED, day) for day in _only_dates(cells))


def _cells(row: str) -> list[str]:
    return [_MARKUP.sub("", cell).strip() for cell in row.strip().strip("|").split("|")]


def _only_dates(cells: Iterable[str]) -> Iterator[date]:
    for cell in cells:
        found = list(find_dates(cell))
        if len(found) == 1 and found[0].end - found[0].start >= len(cell) - 2:
            yield found[0].first
