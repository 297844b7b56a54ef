"""What is hardly an answer: the same again and again, or in a language that nobody asked in. Pure."""

from __future__ import annotations

import re

from bot.words import Language, spoken

_TAIL = 600
"""Characters at the end of a text that are looked at: enough for four turns of the longest period."""
_PERIOD = _TAIL // 4
_LETTERS = 24
"""From which on an answer has a language, a syllable counted as two: a name or a unit has none."""
_LEAST = {"ko": 0.1, "en": 0.5}
"""Share of its letters in the question's script. Korean answers are full of English words."""
_SCRIPT = {"ko": re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]"), "en": re.compile("[A-Za-z]")}
_ASKS_FOR_ONE = re.compile(
    r"영어|영문|한국어|한글|국문|번역|일본어|중국어|english|korean|translat|japanese|chinese", re.IGNORECASE
)


def repeats(text: str) -> bool:
    """Whether it ends in the same 150 characters or fewer, four times and more: 600 characters of it."""
    tail = text[-_TAIL:]
    if len(tail) < _TAIL:
        return False
    return any(tail[period:] == tail[:-period] for period in range(1, _PERIOD + 1))


def of_another_language(question: str, answer: str) -> bool:
    """Whether hardly anything of an answer is in the language of its question, where the question names none."""
    said = [letter for letter in answer if letter.isalpha()]
    if sum(1 if letter.isascii() else 2 for letter in said) < _LETTERS or _ASKS_FOR_ONE.search(question):
        return False
    tongue = spoken(question)
    return len(_SCRIPT[tongue].findall(answer)) < _LEAST[tongue] * len(said)


def asks_for(tongue: Language) -> str:
    """The plain instruction, for the end of a prompt."""
    return {"ko": "한국어로 답하세요. Answer in Korean.", "en": "Answer in English."}[tongue]
