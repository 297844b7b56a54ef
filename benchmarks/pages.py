"""Invented documents, the same each time, to be loaded and not to be read."""

from __future__ import annotations

import random
from itertools import accumulate

from retrieval.parse import Parsed, Section

WORDS = 30_000
"""Of a long tail, as language has it: the n-th word is n times as rare as the first."""
_KOREAN = (
    "연차 휴가 규정 출장 숙박비 정산 신청 승인 결재 보안 교육 장비 지급 반납 회의실 예약 복지 경조사 급여 평가 채용 "
    "온보딩 퇴직 재택 근무 시간 외부 반출 계약 검토 법무 개인정보 처리 절차 담당자 문의 마감 기한 제출 서류 양식"
)
_ENGLISH = (
    "policy request approval manager security training laptop account access review contract vendor invoice budget "
    "deadline form ticket incident severity escalation runbook deploy release rollback monitoring alert"
)
_PARTICLES = ("", "을", "은", "의", "에")
_SYLLABLES = (
    "가나다라마바사아자차카타파하고노도로모보소오조초구누두루무부수우주추기니디리미비시이지치전정진장동성상신인원"
)
_LETTERS = "aeioutnshrdlcmpgbfwyvk"


def page(number: int, rng: random.Random) -> str:
    """Markdown: three sections of about 500 characters of 60 words that companies love, one page of four in English."""
    words = _ENGLISH.split() if number % 4 == 0 else [word + end for word in _KOREAN.split() for end in _PARTICLES]

    def sentence() -> str:
        return " ".join((*rng.choices(words, k=rng.randint(8, 14)), str(rng.randint(1, 9999)))) + "."

    sections = (f"## {rng.choice(words)} {n}\n\n{' '.join(sentence() for _ in range(8))}" for n in range(3))
    return f"# {rng.choice(words)} {number}\n\n" + "\n\n".join(sections) + "\n"


class Pages:
    """The same three sections of words as rare as those of a language."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        tongue = random.Random(WORDS)
        self._korean = ["".join(tongue.choices(_SYLLABLES, k=tongue.randint(2, 4))) for _ in range(WORDS)]
        self._english = ["".join(tongue.choices(_LETTERS, k=tongue.randint(3, 9))) for _ in range(WORDS)]
        self._weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def parsed(self, number: int) -> Parsed:
        words = self._english if number % 4 == 0 else self._korean
        section = (self._section(words, number % 4 == 0) for _ in range(3))
        return Parsed(f"{self._drawn(words, 2)} {number}", tuple(section))

    def _section(self, words: list[str], english: bool) -> Section:
        sentences = (f"{self._drawn(words, self._rng.randint(8, 12))}." for _ in range(8 if english else 11))
        return Section((self._drawn(words, 2),), (" ".join(sentences),))

    def _drawn(self, words: list[str], number: int) -> str:
        return " ".join(self._rng.choices(words, cum_weights=self._weights, k=number))
