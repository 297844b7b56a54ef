"""What a question is about, word by word, and how much of it a text says. Pure.

BM25 counts pairs of syllables. To tell whether a passage answers, it matters which *word* of the question it lacks: one
that lacks "주차" in "건강검진 병원에 주차할 수 있나요?" does not answer, one that lacks "여러" in "여러 번 틀리면" may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice

from retrieval.generic import ENGLISH_GENERIC, KOREAN_GENERIC, KOREAN_GENERIC_VERBS
from retrieval.glossary import Found
from retrieval.text import (
    MAX_QUERY_TERMS,
    QueryWord,
    normalise,
    query_terms,
    query_words,
    stem,
    term_id,
    written_term_ids,
)

Idf = Callable[[int], float]
"""Of a term id, as those who ask may know it."""

NOUN, NOUN_VERB, VERB, NUMBER, GENERIC = 1.0, 0.8, 0.4, 0.3, 0.1
"""How much it says that a passage lacks a word. People say a thing's name as the documents do, and verbs as they like;
a noun made a verb (신청하다) is between the two; of 400만 원 a rule says "500만 원 이하". By cross-validation (over the
questions of confidence.py) a verb's .25 to .65, a number's .1 to 1 and a generic word's .05 to .2 put within .005 as
many pairs into the right order."""

_PART = 0.2
"""Of a word's pairs: below it they are another word's. 다과비 has half of 다과. As good to .3; at .5 .006 worse."""
_PHRASE = 0.75
"""Of a synonym: "leave" alone does not say "annual leave"."""
_SAID_OTHERWISE = 0.9
"""What a synonym or another form of the verb is worth, in parts of the word."""

_HANGUL_WORD = re.compile("[가-힣]+")
_FIRST, _LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_RIEUL = 8
# 써야, 골라요, 다녀와서, 열어도: what stands before the ending is open, with ㅏ ㅐ ㅓ ㅔ ㅕ ㅘ or ㅝ.
_OPEN = frozenset({0, 1, 4, 5, 6, 9, 14})
_CONTRACTED = frozenset({6, 14})  # ㅕ ㅝ: 열려, 나눠
_SILENT = 11  # ㅇ as the first: 급여, 참여 are nouns

_NOUN_VERB = re.compile("(?:하|해|할|한|했|되|돼|될|됐)[가-힣]{0,4}$")
_VERB = re.compile(
    "(?:나요|까요|니까|니다|세요|려면|으면|(?<![화서반측표전라])면|죠|다가|는데|려고|네요|군요|[었았했렸][가-힣]{0,3}"
    "|(?<!에)게|(?<=[하되지리이우기쓰가오보주내떼받먹찍나들])고|던)$"
)
_TAIL = re.compile(
    "(?:버렸어요|나요|까요|습니까|니까|니다|세요|요|야|으려면|려면|으면|면|죠|는데|다가|어서|아서|서|던|네요"
    "|으려고|려고|고|어도|아도|도|는|은|을|게|지)$"
)
_BARE = re.compile(
    "(?:(?:이에요|예요|이고|인가요|인데|이면|입니까)|(?:[은는이가을를에의도만로]|에서|에게|한테|으로|까지|부터|마다|보다|처럼))$"
)
_PLACE = re.compile("(?:에|에서|에게|에게서|한테|한테서)[서도]?$")  # 해외에서, 회의에도: no verbs
_ASKING = re.compile("얼마|며칠|몇|언제|어디|누구|무슨|어떤")
_BEFORE_MAY = frozenset({"수", "때", "지", "데"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question. weight: what it counts for where a passage lacks it. terms: what BM25 counts of it. ways:
    the terms of what says the same. spelled: of a Korean verb the letters that its forms share, else empty. bare: of a
    Korean noun of one syllable, whose pairs are with its particle, the noun."""

    text: str
    terms: tuple[int, ...]
    weight: float
    ways: tuple[tuple[int, ...], ...] = ()
    spelled: str = ""
    bare: str = ""

    def is_form(self, written: str) -> bool:
        """Whether what is written is this word in another form than it was asked."""
        return _BARE.sub("", written) == self.bare if self.bare else _begins(self.spelled, written)


def words_of(question: str, glossed: Sequence[Found] = ()) -> tuple[Word, ...]:
    """At most 256. glossed: what the glossary knows of its words, with places in the normalised question."""
    words = list(islice(query_words(question), MAX_QUERY_TERMS))
    following = [*(word.text for word in words[1:]), ""]
    return tuple(_word(word, after, glossed) for word, after in zip(words, following, strict=False) if word.terms)


class Lines:
    """A text that is held against a question's words, line by line: no term spans two of them."""

    def __init__(self, text: str) -> None:
        self.texts = tuple(line for line in normalise(text).splitlines() if line.strip())
        self._terms = tuple(frozenset(chain.from_iterable(written_term_ids(line.split()))) for line in self.texts)
        self._all = frozenset().union(*self._terms)

    @cached_property
    def _written(self) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(_HANGUL_WORD.findall(line)) for line in self.texts)

    def say(self, word: Word, idf: Idf) -> tuple[float, tuple[float, ...]]:
        """How much of a word all of it says, 0 to 1, and each line."""
        forms = self._forms(word)
        of_all = _said(word, self._all, bool(forms), idf)
        if not of_all:
            return 0.0, (0.0,) * len(self.texts)
        formed = [bool(forms) and not forms.isdisjoint(written) for written in self._written]
        return of_all, tuple(_said(word, terms, form, idf) for terms, form in zip(self._terms, formed, strict=True))

    def _forms(self, word: Word) -> frozenset[str]:
        if not (word.spelled or word.bare):
            return frozenset()
        return frozenset(filter(word.is_form, frozenset().union(*self._written)))


def _said(word: Word, terms: frozenset[int], formed: bool, idf: Idf) -> float:
    """formed: whether it stands there in another form."""
    said = _share(word.terms, terms, idf)
    said = said if said >= _PART else 0.0
    if said < 1 and word.ways:
        otherwise = max(_share(way, terms, idf) for way in word.ways)
        said = max(said, _SAID_OTHERWISE * otherwise if otherwise >= _PHRASE else 0.0)
    return max(said, _SAID_OTHERWISE) if formed else said


def _share(terms: Sequence[int], found: frozenset[int], idf: Idf) -> float:
    if found.isdisjoint(terms):
        return 0.0
    whole = sum(map(idf, terms))
    return sum(idf(term) for term in terms if term in found) / whole if whole else 0.0


def _word(word: QueryWord, after: str, glossed: Sequence[Found]) -> Word:
    start, end = word.at
    means = [other for found in glossed if found.at[0] <= start and end <= found.at[1] for other in found.means]
    ways = tuple(ids for other in means if (ids := tuple(map(term_id, query_terms(other)))))
    weight, spelled = _kind(word, after)
    bare = _BARE.sub("", word.text) if weight == NOUN and _HANGUL_WORD.fullmatch(word.text) else ""
    return Word(word.text, tuple(map(term_id, word.terms)), weight, ways, spelled, bare if len(bare) == 1 else "")


def _kind(word: QueryWord, after: str) -> tuple[float, str]:
    """What a word counts for, and the letters of a verb."""
    text = word.text
    if not _HANGUL_WORD.fullmatch(text):
        if text[0].isdecimal():
            return NUMBER, ""
        return (GENERIC if stem(text) in _GENERIC_STEMS else NOUN), ""
    if _ASKING.match(text) or not KOREAN_GENERIC.isdisjoint((text, word.stem, _BARE.sub("", text))):
        return GENERIC, ""
    verb = _TAIL.sub("", text) or text
    spelled = letters(verb)
    is_verb = _is_verb(text, after)
    if (is_verb or text.endswith(("는", "은"))) and _is_generic(verb, spelled):
        return GENERIC, ""
    if (made := _NOUN_VERB.search(text)) and made.start() >= 2:
        return NOUN_VERB, ""
    if not is_verb:
        return NOUN, ""
    # Its last vowel is what changes: 열리, 열려, 열립니다.
    shared = spelled[:-1] if _final(verb[-1]) == 0 else spelled
    return VERB, shared if len(shared) > 2 else ""


def _is_verb(text: str, after: str) -> bool:
    if _VERB.search(text):
        return True
    last = text[-1]
    if _PLACE.search(text):
        return False
    if len(text) > 1 and last == "는" and _final(text[-2]):
        return True  # 찍는, 먹는: behind a noun that ends so it is 은
    if len(text) > 1 and last in "야요서도" and _final(text[-2]) == 0 and _vowel(text[-2]) in _OPEN:
        return last != "도" or _vowel(text[-2]) != 0  # 의자도, 회사도
    if _final(last) == 0 and _vowel(last) in _CONTRACTED and _first(last) != _SILENT:
        return True
    return _final(last) == _RIEUL and (after in _BEFORE_MAY or len(text) == 1)


def _is_generic(verb: str, spelled: str) -> bool:
    if len(verb) == 1:
        return any(spelled in (short, short + "ㄹ") for short in _SHORT)
    return spelled.startswith(_LONG)


def letters(hangul: str) -> str:
    """Its syllables taken apart (Unicode 3.12, Conjoining Jamo Behavior), one letter for each part."""
    parts = []
    for syllable in hangul:
        parts.append(_LETTERS_FIRST[_first(syllable)] + _LETTERS_VOWEL[_vowel(syllable)])
        parts.append(_LETTERS_FINAL[_final(syllable)])
    return "".join(parts)


def _first(syllable: str) -> int:
    return (ord(syllable) - _FIRST) // (_VOWELS * _FINALS)


def _vowel(syllable: str) -> int:
    return (ord(syllable) - _FIRST) // _FINALS % _VOWELS


def _final(syllable: str) -> int:
    return (ord(syllable) - _FIRST) % _FINALS


@lru_cache(maxsize=65_536)
def _begins(spelled: str, hangul: str) -> bool:
    return _LETTERS_FIRST[_first(hangul[0])] == spelled[0] and letters(hangul[: len(spelled)]).startswith(spelled)


_LETTERS_FIRST = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_LETTERS_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_LETTERS_FINAL = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_GENERIC_STEMS = frozenset(map(stem, ENGLISH_GENERIC))
_SHORT = frozenset(letters(verb) for verb in KOREAN_GENERIC_VERBS if len(verb) == 1)
_LONG = tuple(letters(verb) for verb in KOREAN_GENERIC_VERBS if len(verb) > 1)
