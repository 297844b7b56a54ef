"""How good an answer is, counted: what it cites, what of it its passages say, whether it should have been one. Pure.

Precision of citations is that of ALCE (Gao et al. 2023, Enabling Large Language Models to Generate Text with
Citations), with words in the place of its model: a citation counts where its passage says the sentence alone, or where
without it the cited passages do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from admin.answer_cases import Case
from bot.domain import Route, Usage
from retrieval.text import document_terms, query_terms

SUPPORTED = 0.6
"""Of the weight of a sentence's words, from which on a passage says it, if it has all of its figures as well."""

NOT_SAID = Usage()

_NUMBERS = r"\[\d{1,3}(?:\s?,\s?\d{1,3})*\]"
_CITED = re.compile(rf"\s*{_NUMBERS}")
_ENDS = re.compile(rf"[.!?。…]+[\"'”’)]*(?:\s*{_NUMBERS})*(?=\s|\Z)|\n+|\Z")
_COPULA = re.compile(r"(?:입니다|이에요|예요|이다)(?![가-힣])")
"""Behind a number it is no stem with an ending, and no document writes as an answer is polite."""
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """text: without its citations; cited: their numbers, each once."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What a question came to. passages: their texts by number, as the model was given them. uris: of what is cited.
    text: as it was drafted, before it was checked. written: by a model; what is quoted says nothing of its own. known:
    False where it was said that nothing is known. another_language: than the question's. cost: None where the price is
    not known. fault: why the model that was asked gave no answer, where no other did."""

    known: bool
    route: Route
    seconds: float
    text: str = ""
    written: bool = True
    passages: Mapping[int, str] | None = None
    uris: frozenset[str] = frozenset()
    another_language: bool = False
    usage: Usage = NOT_SAID
    cost: float | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer to one case, in numbers of sentences and of citations. judged: of the sentences, those that the judge
    says are supported; None: it was not asked. found: whether a document that answers is cited, says: whether all
    keywords stand in it; None where the case does not say any."""

    case: Case
    given: Given
    sentences: int = 0
    supported: int = 0
    citations: int = 0
    precise: int = 0
    judged: int | None = None
    found: bool | None = None
    says: bool | None = None

    @property
    def score(self) -> float:
        """What is compared question by question, 0 to 1: of a question that nothing answers, that it says so; of any
        other, the share of its sentences that their passages support, all where it is a quotation, 0 where it lacks a
        keyword."""
        if not self.case.answerable:
            return float(not self.given.known)
        if not self.given.known or self.says is False:
            return 0.0
        if not self.given.written:
            return 1.0
        if not self.sentences:
            return 0.0
        return (self.supported if self.judged is None else self.judged) / self.sentences


def scored(case: Case, given: Given, judged: int | None = None) -> Scored:
    if not given.known:
        return Scored(case, given)
    passages = given.passages or {}
    found = list(sentences(given.text)) if given.written else []
    cited = [(one.text, number, one.cited) for one in found for number in one.cited]
    return Scored(
        case,
        given,
        sentences=len(found),
        supported=sum(supports(one.text, _texts(one.cited, passages)) for one in found),
        citations=len(cited),
        precise=sum(_is_precise(text, number, among, passages) for text, number, among in cited),
        judged=judged,
        found=bool(given.uris & set(case.relevant)) if case.relevant else None,
        says=all(_squeezed(one) in _squeezed(given.text) for one in case.keywords) if case.keywords else None,
    )


def sentences(text: str) -> Iterator[Sentence]:
    """Those that say something. What announces a list, and a number of a list, does not."""
    start = 0
    for end in _ENDS.finditer(text):
        whole, start = text[start : end.end()], end.end()
        said = _CITED.sub("", whole).strip()
        if query_terms(said) and not said.endswith((":", "：")) and not re.fullmatch(r"#*\s*[\d.)]*", said):
            numbers = (int(n) for match in _CITED.findall(whole) for n in re.findall(r"\d+", match))
            yield Sentence(said, tuple(dict.fromkeys(numbers)))


def supports(sentence: str, passages: Iterable[str]) -> bool:
    """Whether the passages together say it, by its words and its figures."""
    text = "\n".join(passages)
    if not text:
        return False
    weights, there = query_terms(_COPULA.sub("", sentence)), set(document_terms(text))
    said = sum(weight for term, weight in weights.items() if term in there)
    return said >= SUPPORTED * sum(weights.values()) and _figures(sentence) <= _figures(text)


def figures(results: Sequence[Scored]) -> dict[str, Any]:
    """Shares, 0 to 1; None where there is nothing of which to take one.

    supported: of the sentences of all answers; judged: the same by the judge. citation_precision: of all citations.
    found: of the answers to cases that name documents, those that cite one of them. says: of those with keywords, the
    answers that have them all. abstained: of what nothing answers; wrongly_abstained: of the rest. same_language: of
    the answers that a model wrote. cost: of all together, in the settings' currency.
    """
    known = [one for one in results if one.given.known]
    written = [one for one in known if one.given.written]
    others = [one for one in results if not one.case.answerable]
    answerable = [one for one in results if one.case.answerable]
    routes = [one.given.route.value for one in results]
    took = sorted(one.given.seconds for one in results)
    cuts = quantiles(took, n=20, method="inclusive") if len(took) > 1 else took * 19
    tokens = [(one.given.usage.prompt_tokens, one.given.usage.completion_tokens) for one in results]
    costs = [one.given.cost for one in written]
    return {
        "questions": len(results),
        "routes": {route: routes.count(route) for route in dict.fromkeys(routes)},
        "supported": _share(sum(one.supported for one in known), sum(one.sentences for one in known)),
        "judged": _share(
            sum(one.judged or 0 for one in known), sum(one.sentences for one in known if one.judged is not None)
        ),
        "citation_precision": _share(sum(one.precise for one in known), sum(one.citations for one in known)),
        "found": _true([one.found for one in known if one.found is not None]),
        "says": _true([one.says for one in known if one.says is not None]),
        "abstained": _true([not one.given.known for one in others]),
        "wrongly_abstained": _true([not one.given.known for one in answerable]),
        "same_language": _true([not one.given.another_language for one in written]),
        "seconds": {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2)},
        "tokens": {"in": _sum(one for one, _ in tokens), "out": _sum(one for _, one in tokens)},
        "cost": None if None in costs or not costs else round(sum(cost or 0.0 for cost in costs), 4),
    }


def _is_precise(sentence: str, number: int, among: Sequence[int], passages: Mapping[int, str]) -> bool:
    if supports(sentence, _texts((number,), passages)):
        return True
    without = [one for one in among if one != number]
    return supports(sentence, _texts(among, passages)) and not supports(sentence, _texts(without, passages))


def _texts(numbers: Iterable[int], passages: Mapping[int, str]) -> list[str]:
    return [passages[number] for number in numbers if number in passages]


def _figures(text: str) -> set[str]:
    return {figure.replace(",", "") for figure in _FIGURE.findall(text)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _true(values: Sequence[bool]) -> float | None:
    return _share(sum(values), len(values))


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())
